// What is done elsewhere, in the chat or on another device, shows on the board: one stream of events
// for a tab that is looked at; where a proxy holds streams back, requests that wait for a change.
import { effect } from "../vendor/view.js";
import { ApiError, call, get } from "./api.js";
import { reloadBoard } from "./board.js";
import { isOnline, person, session } from "./state.js";

const OPENING = 8_000; // the first bytes come at once, unless something holds them back
const SILENCE = 40_000; // an id comes every 15 seconds
const ENDLESS = 2 ** 31 - 1;
const LONGEST_WAIT = 30_000;

/** What this tab has: the id of the last event. */
let cursor = "";
let isHeldBack = false;
/** @type {{stop: () => void, person: string} | null} */
let running = null;

/** Follow the person's changes while somebody is signed in, online, and looks at the tab. */
export function startLive() {
  effect(update);
  document.addEventListener("visibilitychange", update);
}

function update() {
  const id = session.value === "signed_in" && isOnline.value ? (person.value?.id ?? "") : "";
  const wanted = document.hidden ? "" : id;
  if (wanted === (running?.person ?? "")) return;
  running?.stop();
  running = null;
  if (session.value === "signed_out") cursor = "";
  if (wanted) running = { stop: follow(), person: wanted };
}

/** @returns {() => void} stops it */
function follow() {
  const stopped = new AbortController();
  const { signal } = stopped;
  const loop = async () => {
    let wait = 1000;
    while (!signal.aborted) {
      try {
        await (isHeldBack ? waitOnce(signal) : readStream(signal));
        wait = 1000;
      } catch (error) {
        if (error instanceof ApiError && error.status === 422) cursor = ""; // of no use any longer
        await pause(wait, signal);
        wait = Math.min(wait * 2, LONGEST_WAIT);
      }
    }
  };
  void loop();
  return () => stopped.abort();
}

/** @param {AbortSignal} signal */
async function readStream(signal) {
  const headers = cursor ? { "Last-Event-ID": cursor } : undefined;
  const answer = await beginning(call("GET", "/v1/live", { as: "response", headers, timeout: ENDLESS }));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  signal.addEventListener("abort", cancel);
  let text = "";
  let hasBegun = false;
  try {
    while (!signal.aborted) {
      const watch = setTimeout(
        () => {
          isHeldBack = !hasBegun;
          cancel();
        },
        hasBegun ? SILENCE : OPENING,
      );
      const { done, value } = await reader.read().finally(() => clearTimeout(watch));
      if (done) return;
      hasBegun = true;
      const blocks = (text + value).split("\n\n");
      text = blocks.pop() ?? "";
      blocks.forEach(take);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

/**
 * The response once it begins; where it does not, no stream comes through here.
 * @param {Promise<Response>} response
 */
async function beginning(response) {
  let late = 0;
  const limit = new Promise((_, reject) => {
    late = setTimeout(() => {
      isHeldBack = true;
      reject(new Error("held back"));
      response.then((answer) => answer.body?.cancel()).catch(() => undefined);
    }, OPENING);
  });
  try {
    return await Promise.race([response, limit]);
  } finally {
    clearTimeout(late);
  }
}

/** @param {string} block the lines of one event */
function take(block) {
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) cursor = line.slice(4);
    if (line === "event: changes" || line === "event: reset") reloadBoard();
  }
}

/** @param {AbortSignal} signal */
async function waitOnce(signal) {
  const since = cursor ? `${encodeURIComponent(cursor)}&wait=25` : "now";
  const page = await get(`/v1/changes?since=${since}`, { timeout: 40_000 });
  if (signal.aborted) return;
  const isNew = page.full || page.habits.length || page.days.length || page.pauses.length;
  const isLess = page.deleted.habit_ids.length || page.deleted.pause_ids.length;
  if (cursor && (isNew || isLess)) reloadBoard();
  cursor = page.cursor;
}

/** @param {number} milliseconds @param {AbortSignal} signal */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
