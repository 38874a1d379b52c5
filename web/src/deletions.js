// Habits that are being deleted: hidden at once, and deleted when it can no longer be taken back.
import { remove } from "./api.js";
import { reloadBoard } from "./board.js";
import { hiddenHabits, toast } from "./state.js";

export const UNDO_SECONDS = 7;

/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const timers = new Map();

/** @param {string} id */
export function deleteSoon(id) {
  hiddenHabits.value = new Set([...hiddenHabits.value, id]);
  reloadBoard();
  timers.set(
    id,
    setTimeout(() => send(id), UNDO_SECONDS * 1000),
  );
}

/** @param {string} id of a habit that shall stay after all */
export function keep(id) {
  clearTimeout(timers.get(id));
  timers.delete(id);
  hiddenHabits.value = new Set([...hiddenHabits.value].filter((one) => one !== id));
  reloadBoard();
}

/** @param {string} id @param {any} [options] of the request */
async function send(id, options) {
  timers.delete(id);
  try {
    await remove(`/v1/habits/${id}`, undefined, options);
  } catch (error) {
    keep(id);
    toast(/** @type {Error} */ (error).message, { kind: "bad" });
  }
}

/** Whoever closes the page has not taken it back. */
addEventListener("pagehide", () => {
  for (const id of [...timers.keys()]) {
    clearTimeout(timers.get(id));
    void send(id, { keepalive: true });
  }
});
