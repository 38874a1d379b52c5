// Pauses of one habit, or of all.
import { html, useEffect, useState } from "../../vendor/view.js";
import { all, post, remove } from "../api.js";
import { date, t } from "../i18n.js";
import { toast } from "../state.js";

/** @param {{habit?: any, today: string}} properties */
export function Pauses({ habit, today }) {
  const [pauses, setPauses] = useState(/** @type {any[]} */ ([]));
  const [isOpen, setOpen] = useState(false);
  const load = () =>
    all("/v1/pauses").then((found) => setPauses(found.filter((one) => !habit || !one.habit_id || one.habit_id === habit.id)));
  useEffect(() => void load().catch(() => undefined), [habit?.id]);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    const body = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ""));
    try {
      await post(habit ? `/v1/habits/${habit.id}/pauses` : "/v1/pauses", body);
      setOpen(false);
      await load();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { kind: "bad" });
    }
  };
  const day = (/** @type {string} */ text) => date(text, { day: "numeric", month: "short", year: "numeric" });
  return html`
    <section>
      <h2>${t("pauses")}</h2>
      <ul class="plain-list">
        ${pauses.map(
          (one) => html`
            <li key=${one.id}>
              <span>
                ${one.to_date ? t("from_to", { from: day(one.from_date), to: day(one.to_date) }) : t("from_day", { day: day(one.from_date) })}
              </span>
              <span class="muted" dir="auto">${one.reason}${one.habit_id ? "" : ` · ${t("all_habits")}`}</span>
              <button class="quiet" onClick=${() => remove(`/v1/pauses/${one.id}`).then(load)}>${t("remove")}</button>
            </li>
          `,
        )}
      </ul>
      ${
        !isOpen &&
        html`
          <button class="link" onClick=${() => setOpen(true)}>${t("add_pause")}</button>
        `
      }
      ${
        isOpen &&
        html`
          <form class="row" onSubmit=${submit}>
            <label>
              ${t("from")}
              <input type="date" name="from_date" value=${today} required />
            </label>
            <label>
              ${t("to")}
              <input type="date" name="to_date" />
            </label>
            <input name="reason" aria-label=${t("reason")} placeholder=${t("reason")} dir="auto" maxlength="200" />
            <button class="primary">${t("add")}</button>
          </form>
        `
      }
    </section>
  `;
}
