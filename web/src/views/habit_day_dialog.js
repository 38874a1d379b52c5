// Change any day of a habit, from its year or its history.
import { html, useState } from "../../vendor/view.js";
import { put, remove } from "../api.js";
import { date, t } from "../i18n.js";
import { Dialog } from "../parts/dialog.js";
import { NoteField } from "../parts/note_field.js";
import { Field, FormError } from "../parts/field.js";

/** @param {{habit: any, day: any, onClose: () => void}} properties */
export function HabitDayDialog({ habit, day, onClose }) {
  const [amount, setAmount] = useState(day.amount === null ? "" : String(day.amount));
  const [note, setNote] = useState(day.note);
  const [error, setError] = useState(/** @type {any} */ (null));
  const path = `/v1/habits/${habit.id}/check-ins/${day.date}`;
  const act = (/** @type {() => Promise<any>} */ work) => async () => {
    try {
      await work();
      onClose();
    } catch (refusal) {
      setError(refusal);
    }
  };
  const mark = (/** @type {string} */ name) => act(() => put(path, { mark: name, source: "web" }));
  const save = act(async () => {
    const value = Number(amount.replace(",", "."));
    const isAmount = habit.measure === "quantity" && amount.trim() !== "" && value !== day.amount;
    await put(path, { ...(isAmount ? { amount: value } : {}), ...(note === day.note ? {} : { note }), source: "web" });
  });
  const isChanged = note !== day.note || (amount.trim() !== "" && Number(amount.replace(",", ".")) !== day.amount);
  return html`
    <${Dialog} title=${date(day.date, { weekday: "long", day: "numeric", month: "long", year: "numeric" })} onClose=${onClose}>
      <p class="muted">${t(`state_${day.state}`)}</p>
      <div class="chips">
        <button aria-pressed=${day.mark === "done"} onClick=${mark("done")}>${t("done")}</button>
        <button aria-pressed=${day.mark === "skip"} onClick=${mark("skip")}>${t("skip")}</button>
        <button aria-pressed=${day.mark === "missed"} onClick=${mark("missed")}>${t("missed")}</button>
        <button onClick=${act(() => remove(path))}>${t("clear")}</button>
      </div>
      ${
        habit.measure === "quantity" &&
        html`
          <${Field} label=${t("day_total", { unit: habit.unit })}>
            <input inputmode="decimal" value=${amount} onInput=${(/** @type {any} */ event) => setAmount(event.target.value)} />
          <//>
        `
      }
      <${NoteField} note=${note} onInput=${setNote} />
      <${FormError} error=${error} />
      <div class="actions"><button class="primary" disabled=${!isChanged} onClick=${save}>${t("save")}</button></div>
    <//>
  `;
}
