// The service worker's part of reminders: it shows them, and answers them without opening a page.
// What a button does is safe to repeat: it sets the day to one mark, with a key made of the reminder.
const MARKS = new Set(["done", "skip"]);
const ICON = "/web/icons/icon-192.png";
const TIMEOUT = 15_000;
const NOT_SAVED = {
  en: "This could not be saved. Tap to open the app.",
  ru: "Сохранить не удалось. Нажмите, чтобы открыть приложение.",
};

/**
 * A reminder as it is pushed.
 * @typedef {{id: string, title: string, body: string, habit_id: string, date: string, actions: {action: string, title: string}[]}} Reminder
 */

self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const reminder = event.notification.data;
  event.waitUntil(MARKS.has(event.action) ? answer(reminder, event.action) : openApp());
});

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain(event.oldSubscription)));

/**
 * @param {PushMessageData | null} data
 * @returns {Partial<Reminder>} without a title when it is not one of ours
 */
function read(data) {
  try {
    return data?.json() ?? {};
  } catch {
    return {};
  }
}

/**
 * Show a reminder; a later one of the same habit and day takes its place. A browser asks for a
 * notification for every push, whatever was in it.
 * @param {Partial<Reminder>} reminder
 * @param {string} [more] a last line
 */
function show(reminder, more = "") {
  return self.registration.showNotification(reminder.title || "Habit Tracker", {
    body: [reminder.body, more].filter(Boolean).join("\n"),
    tag: reminder.habit_id ? `${reminder.habit_id} ${reminder.date}` : "reminder",
    renotify: true,
    icon: ICON,
    badge: ICON,
    data: reminder,
    actions: reminder.actions ?? [],
  });
}

/**
 * Set the day of a reminder, and have open pages show it.
 * @param {Reminder} reminder
 * @param {string} mark
 */
async function answer(reminder, mark) {
  try {
    const path = `/v1/habits/${reminder.habit_id}/check-ins/${reminder.date}`;
    await send("PUT", path, { mark }, { "Idempotency-Key": `${reminder.id} ${mark}` });
  } catch {
    const tag = navigator.language.split("-")[0];
    await show(reminder, NOT_SAVED[tag === "ru" ? tag : "en"]);
    return;
  }
  for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage({ type: "day-changed" });
}

async function openApp() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.length) await pages[0].focus();
  else await self.clients.openWindow("/");
}

/**
 * Go on with reminders after the browser has changed its subscription.
 * @param {PushSubscription | null | undefined} before
 */
async function subscribeAgain(before) {
  if (!before) return;
  const { endpoint, keys } = (await self.registration.pushManager.subscribe(before.options)).toJSON();
  await send("PUT", "/v1/me/push/subscriptions", { endpoint, keys });
}

/**
 * Send a request in the session of this browser, which pages renew under the same lock.
 * @param {string} method
 * @param {string} path
 * @param {any} body
 * @param {Record<string, string>} [headers]
 */
async function send(method, path, body, headers = {}) {
  const session = await navigator.locks.request("habits-session", () => answerOf("POST", "/v1/web/session/refresh", {}));
  await answerOf(method, path, {
    headers: { ...headers, "Content-Type": "application/json", Authorization: `Bearer ${session.access_token}` },
    body: JSON.stringify(body),
  });
}

/**
 * @param {string} method
 * @param {string} path
 * @param {RequestInit} options
 */
async function answerOf(method, path, options) {
  const request = { ...options, method, credentials: "same-origin", cache: "no-store" };
  const answer = await fetch(path, { ...request, signal: AbortSignal.timeout(TIMEOUT) });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}
