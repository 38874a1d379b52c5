// Pauses of one habit, or of all.
import { html, useEffect, useState } from "../../vendor/view.js";
import { all, post, remove } from "../api.js";
import { addDays } from "../days.js";
import { dateAndYear, t } from "../i18n.js";
import { FormError } from "../parts/field.js";
import { OpenedForm } from "../parts/opened_form.js";
import { toast } from "../state.js";

/** @param {{habit?: any, today: string}} properties */
export function Pauses({ habit, today }) {
  const [pauses, setPauses] = useState(/** @type {any[]} */ ([]));
  const load = () =>
    all("/v1/pauses").then((found) => setPauses(found.filter((one) => !habit || !one.habit_id || one.habit_id === habit.id)));
  useEffect(() => void load().catch(() => undefined), [habit?.id]);
  const run = (/** @type {Promise<any>} */ work) => work.then(load).catch((error) => toast(error.message, { kind: "bad" }));
  return html`
    <section>
      <h2>${t("pauses")}</h2>
      <ul class="plain-list">
        ${pauses.map(
          (one) => html`
            <li key=${one.id} class="wraps">
              <span>
                ${one.to_date ? t("from_to", { from: dateAndYear(one.from_date), to: dateAndYear(one.to_date) }) : t("from_day", { day: dateAndYear(one.from_date) })}
                <br />
                <span class="muted" dir="auto">
                  ${[one.reason, one.habit_id ? "" : t("all_habits")].filter(Boolean).join(" · ")}
                </span>
              </span>
              <span>
                ${
                  isRunning(one, today) &&
                  html`
                    <button class="quiet" onClick=${() => run(end(one, today))}>${t("end_pause")}</button>
                  `
                }
                <button class="quiet" onClick=${() => run(remove(`/v1/pauses/${one.id}`))}>${t("remove")}</button>
              </span>
            </li>
          `,
        )}
      </ul>
      <${OpenedForm} label=${t("add_pause")} look="link">
        ${(/** @type {() => void} */ close) => html`
          <${NewPause}
            path=${habit ? `/v1/habits/${habit.id}/pauses` : "/v1/pauses"}
            today=${today}
            onClose=${close}
            onAdded=${() => load().catch(() => undefined)}
          />
        `}
      <//>
    </section>
  `;
}

/** Whether days of it have passed, and today is one of it. @param {any} pause @param {string} today */
const isRunning = (pause, today) => pause.from_date < today && (!pause.to_date || pause.to_date >= today);

/** Let a pause end yesterday: what it was stays paused. @param {any} pause @param {string} today */
async function end({ id, habit_id, from_date, reason }, today) {
  const to_date = addDays(today, -1);
  await post(habit_id ? `/v1/habits/${habit_id}/pauses` : "/v1/pauses", { from_date, to_date, ...(reason && { reason }) });
  await remove(`/v1/pauses/${id}`);
}

/** @param {{path: string, today: string, onClose: () => void, onAdded: () => void}} properties */
function NewPause({ path, today, onClose, onAdded }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [from, setFrom] = useState(today);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    setError(null);
    try {
      await post(path, Object.fromEntries(Object.entries(form).filter(([, value]) => value !== "")));
      onClose();
      onAdded();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`
    <form onSubmit=${submit} aria-label=${t("add_pause")}>
      <div class="row">
        <label>
          ${t("from")}
          <input
            type="date"
            name="from_date"
            value=${from}
            required
            onInput=${(/** @type {any} */ event) => setFrom(event.target.value)}
          />
        </label>
        <label>
          ${t("to")}
          <input type="date" name="to_date" min=${from} />
        </label>
        <input name="reason" aria-label=${t("reason")} placeholder=${t("reason")} dir="auto" maxlength="200" />
      </div>
      <p class="muted small">${t("pause_hint")}</p>
      <${FormError} error=${error} />
      <div class="actions">
        <button type="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="primary">${t("add")}</button>
      </div>
    </form>
  `;
}
