// Writes of the board wait here until the API has taken them: kept in the browser's storage, sent in
// order by one tab at a time, each with a key that makes a second sending harmless.
import { ApiError, Unreachable, call, newKey } from "./api.js";
import { waitingWrites } from "./state.js";

const KEY = "habits.queue";
const LONGEST_WAIT = 60;

/**
 * A write that waits.
 * @typedef {{id: string, person: string, method: string, path: string, body?: any, title: string}} Write
 */

/** @type {Map<string, {resolve: (answer: any) => void, reject: (error: Error) => void}>} */
const listeners = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let owner = "";
let wait = 1;
/** @type {(write: Write, error: ApiError) => void} */
let onRefused = () => undefined;

/** @returns {Write[]} */
function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY) || "[]");
  } catch {
    return [];
  }
}

/** @param {(writes: Write[]) => Write[]} change */
function update(change) {
  localStorage.setItem(KEY, JSON.stringify(change(read())));
  count();
}

function count() {
  waitingWrites.value = read().filter((one) => one.person === owner).length;
}

/**
 * Send what waits of a person, now and whenever the network returns.
 * @param {string} person
 * @param {(write: Write, error: ApiError) => void} refused called for a write that the API refuses
 */
export function startQueue(person, refused) {
  owner = person;
  onRefused = refused;
  count();
  void drain();
}

/** Send nothing more, until the next person signs in; what waits stays. */
export function stopQueue() {
  clearTimeout(timer);
  owner = "";
}

/**
 * Keep a write for the next start: of a page that ends now.
 * @param {Omit<Write, "id" | "person">} write
 * @returns {string} its id
 */
export function store(write) {
  const id = newKey();
  update((writes) => [...writes, { ...write, id, person: owner }]);
  return id;
}

/**
 * Add a write.
 * @param {Omit<Write, "id" | "person">} write
 * @returns {Promise<any>} the API's answer; null when it is sent by another tab, or later
 */
export function enqueue(write) {
  const id = store(write);
  const answer = new Promise((resolve, reject) => listeners.set(id, { resolve, reject }));
  void drain();
  return answer;
}

async function drain() {
  clearTimeout(timer);
  const work = async () => {
    for (let next = first(); next; next = first()) {
      const { id } = next;
      try {
        const headers = next.method === "POST" ? { "Idempotency-Key": id } : undefined;
        const answer = await call(next.method, next.path, { body: next.body, headers }).catch((error) => {
          if (next.method === "DELETE" && error.status === 404) return null; // an earlier sending has done it
          throw error;
        });
        update((writes) => writes.filter((one) => one.id !== id));
        listeners.get(id)?.resolve(answer);
        wait = 1;
      } catch (error) {
        if (!isFinal(error)) {
          timer = setTimeout(drain, wait * 1000);
          wait = Math.min(wait * 2, LONGEST_WAIT);
          return;
        }
        update((writes) => writes.filter((one) => one.id !== id));
        listeners.get(id)?.reject(/** @type {Error} */ (error));
        onRefused(next, /** @type {ApiError} */ (error));
      }
      listeners.delete(id);
    }
  };
  if (navigator.locks) await navigator.locks.request("habits-queue", { ifAvailable: false }, work);
  else await work();
}

const first = () => read().find((one) => one.person === owner);

/** @param {unknown} error */
function isFinal(error) {
  if (error instanceof Unreachable) return false;
  return !(error instanceof ApiError && (error.status === 429 || error.status === 401 || error.status >= 500));
}

addEventListener("online", () => void drain());
addEventListener("storage", (event) => event.key === KEY && count());
document.addEventListener("visibilitychange", () => !document.hidden && first() && void drain());
