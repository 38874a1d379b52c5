// What the whole app knows: the person, the route, the language, messages; and how each changes.
import { computed, effect, signal } from "../vendor/view.js";
import { words } from "./i18n.js";

/** @type {import("../vendor/view.js").Signal<"starting" | "signed_out" | "signed_in">} */
export const session = signal("starting");
/** The signed-in person, as `/v1/me` shows them; null for nobody. */
export const person = signal(/** @type {any} */ (null));
export const route = signal(readRoute());
export const isOnline = signal(navigator.onLine);
export const waitingWrites = signal(0);
/** How Telegram has opened the app; null outside of it. @type {import("../vendor/view.js").Signal<import("./telegram.js").Launch | null>} */
export const launch = signal(/** @type {any} */ (null));
export const theme = signal(localStorage.getItem("habits.theme") || "system");
/** @type {import("../vendor/view.js").Signal<{id: number, text: string, kind: string, action?: {label: string, run: () => void}}[]>} */
export const toasts = signal([]);
/** The ids of habits that are being deleted: nothing shows them any more. @type {import("../vendor/view.js").Signal<Set<string>>} */
export const hiddenHabits = signal(new Set());
export const locale = computed(() => words.value.locale);

/** How long something can be taken back: whoever goes by keyboard needs some time to get there. */
export const ACTION_SECONDS = 12;

let lastToast = 0;

/**
 * Show a message for some seconds.
 * @param {string} text
 * @param {{kind?: "good" | "bad" | "plain", action?: {label: string, run: () => void}, seconds?: number}} [options]
 */
export function toast(text, { kind = "plain", action, seconds = action ? ACTION_SECONDS : 6 } = {}) {
  const id = ++lastToast;
  toasts.value = [...toasts.value.slice(-2), { id, text, kind, action }];
  setTimeout(() => closeToast(id), seconds * 1000);
}

/** @param {number} id */
export function closeToast(id) {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

/** @param {string} path such as `/habit/0198…` */
export function go(path) {
  location.hash = path;
}

function readRoute() {
  const hash = location.hash.replace(/^#/, "") || "/";
  const [path, query] = hash.split("?");
  return { path, parts: path.split("/").filter(Boolean), query: new URLSearchParams(query) };
}

addEventListener("hashchange", () => {
  route.value = readRoute();
  scrollTo(0, 0);
});
addEventListener("online", () => (isOnline.value = true));
addEventListener("offline", () => (isOnline.value = false));

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem("habits.theme", theme.value);
});
effect(() => {
  document.documentElement.lang = locale.value;
});
