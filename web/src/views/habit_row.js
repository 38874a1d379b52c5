// One habit on the board: a tap does the usual thing, the menu the rest; swipe left to skip.
import { html, useRef, useState } from "../../vendor/view.js";
import { addAmount, board, clearDay, setDay, undoLast } from "../board.js";
import { number, t } from "../i18n.js";
import { Icon, Later } from "../parts/common.js";
import { goalInWords, iconOf, scheduleInWords, streakInWords } from "../schedule_words.js";
import { toast } from "../state.js";

// Not needed for the board itself, which is there sooner without them.
const amountDialog = () => import("./amount_dialog.js").then((module) => module.AmountDialog);
const dayDialog = () => import("./day_dialog.js").then((module) => module.DayDialog);

const SWIPE = 80;

/** @param {{item: any, isOrdering: boolean, isFirst: boolean, isLast: boolean, onMove: (to: number) => void}} properties */
export function HabitRow({ item, isOrdering, isFirst, isLast, onMove }) {
  const [open, setOpen] = useState("");
  const { habit, progress, state } = item;
  const streak = progress.current_streak;
  const swipe = useSwipe(() => skip(item));
  const style = { "--habit": habit.color || "var(--accent)" };
  return html`
    <li class="habit ${state} ${item.resting ? "resting" : ""}" style=${style} ...${isOrdering ? dragging(onMove) : swipe}>
      <${Share} item=${item} />
      <a class="habit-title" href=${`#/habit/${item.habit_id}`}>
        <span class="habit-icon" aria-hidden="true">${iconOf(habit)}</span>
        <span class="habit-text">
          <span class="title" dir="auto">${habit.title}</span>
          <span class="muted small">${[goalInWords(habit), scheduleInWords(habit.schedule)].filter(Boolean).join(" · ")}</span>
          <span class="badges small">
            ${
              streak.length > 0 &&
              html`
                <span class=${streak.at_risk ? "badge risk" : "badge"} title=${streak.at_risk ? t("at_risk") : ""}>
                  🔥 ${streakInWords(streak)}${streak.at_risk ? " · " : ""}
                  ${
                    streak.at_risk &&
                    html`
                      <b>${t("at_risk")}</b>
                    `
                  }
                </span>
              `
            }
            ${
              item.resting &&
              html`
                <span class="badge">${item.mark === "skip" ? t("skipped") : t("paused")}</span>
              `
            }
            ${
              item.note &&
              html`
                <span class="badge" dir="auto">📝 ${item.note.slice(0, 60)}</span>
              `
            }
          </span>
        </span>
      </a>
      ${
        isOrdering
          ? html`
              <span class="order-buttons">
                <button
                  class="quiet round"
                  disabled=${isFirst}
                  aria-label=${t("move_up", { title: habit.title })}
                  onClick=${() => onMove(indexOf(item) - 1)}
                >
                  <${Icon} name="up" />
                </button>
                <button
                  class="quiet round"
                  disabled=${isLast}
                  aria-label=${t("move_down", { title: habit.title })}
                  onClick=${() => onMove(indexOf(item) + 1)}
                >
                  <${Icon} name="down" />
                </button>
                <span class="grip" aria-hidden="true"><${Icon} name="grip" /></span>
              </span>
            `
          : html`
              <${Buttons} item=${item} onAmount=${() => setOpen("amount")} onMore=${() => setOpen("day")} />
            `
      }
      ${
        open === "amount" &&
        html`
          <${Later} isSmall load=${amountDialog} item=${item} onClose=${() => setOpen("")} />
        `
      }
      ${
        open === "day" &&
        html`
          <${Later} isSmall load=${dayDialog} item=${item} onClose=${() => setOpen("")} />
        `
      }
    </li>
  `;
}

const indexOf = (/** @type {any} */ item) =>
  board.value.items.findIndex((/** @type {any} */ one) => one.habit_id === item.habit_id);

/** How much of the unit is done, as the row's background. @param {{item: any}} properties */
function Share({ item }) {
  const unit = item.progress.current_unit;
  const { goal, measure } = item.habit;
  let percent = item.state === "met" ? 100 : 0;
  if (measure === "quantity" && goal.amount) percent = Math.min(100, ((item.amount ?? 0) / goal.amount) * 100);
  if (unit && unit.unit !== "day") percent = Math.min(100, unit.percent);
  return html`
    <span class="share" style=${{ width: `${percent}%` }} aria-hidden="true"></span>
  `;
}

/** @param {{item: any, onAmount: () => void, onMore: () => void}} properties */
function Buttons({ item, onAmount, onMore }) {
  const { habit, mark, amount } = item;
  const isDone = mark === "done" || item.state === "met";
  const unit = item.progress.current_unit;
  const label = t(isDone ? "undo_done" : "check_in", { title: habit.title });
  return html`
    <span class="habit-buttons">
      ${
        habit.measure === "yes_no" && unit && unit.unit !== "day"
          ? html`
              <span class="small muted count">${number(unit.done)}/${number(unit.asked)}</span>
            `
          : null
      }
      ${
        habit.measure === "yes_no"
          ? html`
              <button
                class="check round"
                role="switch"
                aria-checked=${mark === "done"}
                aria-label=${label}
                onClick=${() => toggle(item)}
              >
                <${Icon} name=${mark === "skip" ? "skip" : "check"} />
              </button>
            `
          : html`
              <button class="amount" onClick=${onAmount} aria-label=${t("add_amount", { title: habit.title })}>
                <b>${number(isTotal(item) ? unit.done : (amount ?? 0), { maximumFractionDigits: 3 })}</b>
                <span class="small">
                  ${habit.goal.amount !== null ? `/${number(isTotal(item) ? unit.asked : habit.goal.amount)}` : ""}
                </span>
              </button>
              <button
                class="check round"
                aria-label=${t("add_n", { n: stepOf(habit), title: habit.title })}
                onClick=${() => addAmount(item, stepOf(habit))}
              >
                <${Icon} name="plus" />
              </button>
            `
      }
      <button class="quiet round" aria-label=${t("more", { title: habit.title })} onClick=${onMore}>
        <${Icon} name="more" />
      </button>
    </span>
  `;
}

/** Whether the goal is a total of a week, month or year. @param {any} item */
function isTotal({ habit, progress }) {
  const unit = progress.current_unit;
  const { times, weekdays, month_days, weekday_ordinals, year_days } = habit.schedule;
  return Boolean(
    unit && unit.unit !== "day" && !times && ![weekdays, month_days, weekday_ordinals, year_days].some((one) => one?.length),
  );
}

/** @param {any} habit @returns {number} the usual amount to add: 1, or a round tenth of a large goal */
export function stepOf(habit) {
  const goal = habit.goal.amount ?? 1;
  if (goal <= 20) return 1;
  return 10 ** Math.max(0, Math.floor(Math.log10(goal / 5)));
}

/** @param {any} item */
async function toggle(item) {
  if (item.mark !== "done") {
    navigator.vibrate?.(10);
    await setDay(item, { mark: "done" });
    return;
  }
  const cleared = clearDay(item); // with its note, which was no part of the tap
  if (item.note) void setDay({ ...item, mark: null, amount: null }, { note: item.note });
  await cleared;
}

/** @param {any} item */
async function skip(item) {
  await setDay(item, { mark: "skip" });
  toast(t("skipped_toast", { title: item.habit.title }), { action: { label: t("undo"), run: () => undoLast(item) } });
}

/** @param {() => void} onSwipe */
function useSwipe(onSwipe) {
  const start = useRef(/** @type {{x: number, y: number} | null} */ (null));
  return {
    onTouchStart: (/** @type {TouchEvent} */ event) => {
      start.current = { x: event.touches[0].clientX, y: event.touches[0].clientY };
    },
    onTouchEnd: (/** @type {TouchEvent} */ event) => {
      const from = start.current;
      const to = event.changedTouches[0];
      start.current = null;
      if (from && from.x - to.clientX > SWIPE && Math.abs(from.y - to.clientY) < SWIPE / 2) onSwipe();
    },
  };
}

/** Drag a row to the place of another. @param {(to: number) => void} onMove */
function dragging(onMove) {
  return {
    draggable: true,
    onDragStart: (/** @type {DragEvent} */ event) => event.dataTransfer?.setData("text/plain", "habit"),
    onDragOver: (/** @type {DragEvent} */ event) => event.preventDefault(),
    onDragEnd: (/** @type {DragEvent} */ event) => {
      const target = document.elementFromPoint(event.clientX, event.clientY)?.closest(".habit");
      const rows = [...document.querySelectorAll(".habits > .habit")];
      if (target) onMove(rows.indexOf(target));
    },
  };
}
