// The board: what is due on a day, kept for offline, changed at once and put right by the API.
import { Unreachable, get, takeToday } from "./api.js";
import { enqueue } from "./queue.js";
import { hiddenHabits, person, toast } from "./state.js";
import { signal } from "../vendor/view.js";

/** @type {import("../vendor/view.js").Signal<any>} the answer of `/v1/today`; null until the first */
export const board = signal(null);
/** `fresh`, `loading`, `kept` (shown from this browser's storage) or `failed` */
export const boardState = signal("loading");
/** The person's today as the API said last; null before. */
export const today = signal(/** @type {string | null} */ (null));

let asked = 0;
let shownDate = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let later;

const keyOf = (/** @type {string} */ date) => `habits.board.${person.value?.id}.${date || "today"}`;

/**
 * Show a day: at once from storage, then from the API.
 * @param {string} [date] `YYYY-MM-DD`; the person's today when empty
 */
export async function loadBoard(date = "") {
  const mine = ++asked;
  shownDate = date;
  if (!board.value || (date && board.value.date !== date)) {
    const kept = localStorage.getItem(keyOf(date));
    board.value = kept ? JSON.parse(kept) : null;
  }
  boardState.value = board.value ? "kept" : "loading";
  try {
    const early = await takeToday();
    const answer = (!date && early) || (await get(`/v1/today${date ? `?date=${date}` : ""}`));
    if (mine !== asked) return;
    board.value = withoutHidden(answer);
    boardState.value = "fresh";
    if (!date) today.value = answer.date;
    keep(date, board.value);
  } catch (error) {
    if (mine !== asked) return;
    boardState.value = board.value ? "kept" : "failed";
    if (!(error instanceof Unreachable)) throw error;
  }
}

/** @param {any} day */
function withoutHidden(day) {
  if (!hiddenHabits.value.size) return day;
  const items = day.items.filter((/** @type {any} */ one) => !hiddenHabits.value.has(one.habit_id));
  return { ...day, items };
}

/** Load the shown day again soon; several calls are one. */
export function reloadBoard() {
  clearTimeout(later);
  later = setTimeout(() => loadBoard(shownDate).catch(() => undefined), 150);
}

/** @param {string} date @param {any} answer */
function keep(date, answer) {
  try {
    localStorage.setItem(keyOf(date), JSON.stringify(answer));
  } catch {
    localStorage.removeItem(keyOf(date)); // the storage is full: the day is shown all the same
  }
}

/**
 * Set a day of a habit to a mark, an amount or a note.
 * @param {any} item of the board
 * @param {{mark?: string, amount?: number, note?: string}} record
 */
export function setDay(item, record) {
  return write(item, "PUT", `/check-ins/${board.value.date}`, { ...record, source: "web" }, record);
}

/** @param {any} item @param {number} amount */
export function addAmount(item, amount) {
  const sum = Math.round(((item.amount ?? 0) + amount) * 1000) / 1000;
  const body = { date: board.value.date, amount, source: "web" };
  return write(item, "POST", "/check-ins", body, { amount: sum });
}

/** @param {any} item */
export const clearDay = (item) =>
  write(item, "DELETE", `/check-ins/${board.value.date}`, undefined, { mark: null, amount: null, note: "" });

/** @param {any} item */
export const undoLast = (item) => write(item, "POST", "/undo", undefined, {});

/**
 * @param {any} item
 * @param {string} method
 * @param {string} path below the habit
 * @param {any} body
 * @param {any} record what the day becomes
 */
async function write(item, method, path, body, record) {
  const before = board.value;
  change(item.habit_id, (old) => expected(old, record));
  const title = item.habit.title;
  try {
    const answer = await enqueue({ method, path: `/v1/habits/${item.habit_id}${path}`, body, title });
    if (answer?.current_streak) {
      const { mark, amount, note, current_streak } = answer;
      change(item.habit_id, (old) => ({ ...old, mark, amount, note, progress: { ...old.progress, current_streak } }));
    }
    reloadBoard();
    return answer;
  } catch {
    if (board.value?.date === before.date) board.value = before;
    reloadBoard();
    return null; // the queue has told why
  }
}

/** @param {string} id @param {(item: any) => any} how */
function change(id, how) {
  const items = board.value.items.map((/** @type {any} */ item) => (item.habit_id === id ? how(item) : item));
  const met = items.filter((/** @type {any} */ one) => one.state === "met").length;
  board.value = { ...board.value, items, met };
  keep(shownDate, board.value);
}

/**
 * The item as it will most likely be; the API's answer replaces it.
 * @param {any} item
 * @param {{mark?: string | null, amount?: number | null, note?: string}} record
 */
function expected(item, record) {
  const next = { ...item, ...record };
  if (record.mark !== undefined) next.amount = record.mark === "done" ? (item.habit.goal.amount ?? null) : null;
  if (record.amount !== undefined) next.mark = null;
  const { measure, goal } = item.habit;
  const unit = item.progress.current_unit;
  if (next.mark === "skip") next.state = "neutral";
  else if (next.mark === "missed") next.state = "failed";
  else if (goal.direction === "at_most") next.state = (next.amount ?? 0) > (goal.amount ?? 0) ? "failed" : item.state;
  else if (measure === "yes_no") next.state = next.mark === "done" ? "met" : "open";
  else if (goal.amount !== null && unit?.unit === "day") next.state = (next.amount ?? 0) >= goal.amount ? "met" : "open";
  return next;
}

/**
 * Say why a write was refused; the board has been put back.
 * @param {{title: string}} write
 * @param {Error} error
 */
export function tellRefusal(write, error) {
  toast(`${write.title}: ${error.message}`, { kind: "bad", seconds: 9 });
  reloadBoard();
}
