// Adding an amount: quick steps, and a keypad of the device's own.
import { html, useState } from "../../vendor/view.js";
import { addAmount, setDay, undoLast } from "../board.js";
import { number, t } from "../i18n.js";
import { Dialog } from "../parts/dialog.js";
import { toast } from "../state.js";
import { stepOf } from "./habit_row.js";

/** @param {{item: any, onClose: () => void}} properties */
export function AmountDialog({ item, onClose }) {
  const { habit } = item;
  const [text, setText] = useState("");
  const step = stepOf(habit);
  const left = habit.goal.amount === null ? 0 : Math.max(0, habit.goal.amount - (item.amount ?? 0));
  const quick = [...new Set([step, step * 5, habit.goal.direction === "at_least" ? left : 0])].filter((one) => one > 0);
  const value = Number(text.replace(",", "."));
  const isReadable = text.trim() !== "" && Number.isFinite(value) && value >= 0;
  const add = async (/** @type {number} */ amount) => {
    onClose();
    if (await addAmount(item, amount)) {
      const added = t("added", { amount, unit: habit.unit, title: habit.title });
      toast(added, { action: { label: t("undo"), run: () => undoLast(item) } });
    }
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (isReadable) void add(value);
  };
  return html`
    <${Dialog} title=${habit.title} onClose=${onClose}>
      <p class="muted">${t("so_far", { amount: item.amount ?? 0, unit: habit.unit })}</p>
      <div class="chips">
        ${quick.map(
          (one) => html`
            <button key=${one} onClick=${() => add(one)}>+${number(one, { maximumFractionDigits: 3 })}</button>
          `,
        )}
      </div>
      <form onSubmit=${submit} class="row">
        <input
          inputmode="decimal"
          aria-label=${t("amount")}
          placeholder=${t("other_amount")}
          value=${text}
          onInput=${(/** @type {any} */ event) => setText(event.target.value)}
        />
        <button class="primary" disabled=${!isReadable}>${t("add")}</button>
        <button
          type="button"
          disabled=${!isReadable}
          onClick=${() => {
            onClose();
            void setDay(item, { amount: value });
          }}
        >
          ${t("set_total")}
        </button>
      </form>
    <//>
  `;
}
