// All that can be said of one day of one habit.
import { html, useState } from "../../vendor/view.js";
import { board, clearDay, setDay, undoLast } from "../board.js";
import { date, t } from "../i18n.js";
import { Dialog } from "../parts/dialog.js";
import { NoteField } from "../parts/note_field.js";
import { Icon } from "../parts/common.js";

/** @param {{item: any, onClose: () => void}} properties */
export function DayDialog({ item, onClose }) {
  const [note, setNote] = useState(item.note);
  const act = (/** @type {() => Promise<any>} */ work) => () => {
    onClose();
    void work();
  };
  const done = item.habit.measure === "yes_no" || item.habit.goal.direction === "at_least";
  return html`
    <${Dialog} title=${item.habit.title} onClose=${onClose}>
      <p class="muted">${date(board.value.date, { weekday: "long", day: "numeric", month: "long" })}</p>
      <div class="menu">
        ${
          done &&
          html`
            <button onClick=${act(() => setDay(item, { mark: "done" }))}>
              <${Icon} name="check" />
              ${t("done")}
            </button>
          `
        }
        <button onClick=${act(() => setDay(item, { mark: "skip" }))}>
          <${Icon} name="skip" />
          ${t("skip")}
        </button>
        <button onClick=${act(() => setDay(item, { mark: "missed" }))}>
          <${Icon} name="close" />
          ${t("missed")}
        </button>
        <button onClick=${act(() => clearDay(item))}>
          <${Icon} name="minus" />
          ${t("clear")}
        </button>
        <button onClick=${act(() => undoLast(item))}>
          <${Icon} name="undo" />
          ${t("undo_last")}
        </button>
      </div>
      <${NoteField} note=${note} onInput=${setNote} />
      <div class="actions">
        <a class="button quiet" href=${`#/habit/${item.habit_id}`}>${t("open_habit")}</a>
        <button class="primary" disabled=${note === item.note} onClick=${act(() => setDay(item, { note }))}>
          ${t("save_note")}
        </button>
      </div>
    <//>
  `;
}
