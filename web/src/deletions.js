// Habits that are being deleted: hidden at once, and deleted when it can no longer be taken back.
import { remove } from "./api.js";
import { reloadBoard } from "./board.js";
import { store } from "./queue.js";
import { ACTION_SECONDS, hiddenHabits, toast } from "./state.js";

const DELETE_SECONDS = ACTION_SECONDS + 1;

/** @type {Map<string, {title: string, timer: ReturnType<typeof setTimeout>}>} */
const waiting = new Map();

/** @param {{id: string, title: string}} habit */
export function deleteSoon({ id, title }) {
  hiddenHabits.value = new Set([...hiddenHabits.value, id]);
  reloadBoard();
  waiting.set(id, { title, timer: setTimeout(() => send(id), DELETE_SECONDS * 1000) });
}

/** @param {string} id of a habit that shall stay after all */
export function keep(id) {
  clearTimeout(waiting.get(id)?.timer);
  waiting.delete(id);
  hiddenHabits.value = new Set([...hiddenHabits.value].filter((one) => one !== id));
  reloadBoard();
}

/** @param {string} id @param {any} [options] of the request */
async function send(id, options) {
  waiting.delete(id);
  try {
    await remove(`/v1/habits/${id}`, undefined, options);
  } catch (error) {
    if (options?.keepalive) return; // the next start tries again
    keep(id);
    toast(/** @type {Error} */ (error).message, { kind: "bad" });
  }
}

/** Whoever closes the page has not taken it back. The request may be lost with the page: the next start sends it again. */
addEventListener("pagehide", () => {
  for (const [id, { title, timer }] of [...waiting]) {
    clearTimeout(timer);
    store({ method: "DELETE", path: `/v1/habits/${id}`, title });
    void send(id, { keepalive: true });
  }
});
