// Reminders in this browser: whether it can show them, and subscribing it (Web Push).
import { put, remove } from "./api.js";

/** The id of this browser's subscription. */
const KEPT = "habits.push";
/** How long a browser may try to reach its push service. */
const MILLISECONDS = 20_000;

const isApple = () =>
  /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

/** @returns {"" | "push_insecure" | "push_install" | "push_unsupported" | "push_denied"} why this browser shows no reminders */
export function obstacle() {
  if (!isSecureContext) return "push_insecure";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window))
    return isApple() ? "push_install" : "push_unsupported";
  return Notification.permission === "denied" ? "push_denied" : "";
}

/**
 * Find this browser among those that are subscribed.
 * @param {{subscriptions: {id: string}[]}} channel as `/v1/me/push` shows it
 * @returns {Promise<string>} its id; empty when it shows no reminders
 */
export async function findHere(channel) {
  const id = localStorage.getItem(KEPT) ?? "";
  const isKnown = channel.subscriptions.some((one) => one.id === id);
  return isKnown && !obstacle() && (await subscription()) ? id : "";
}

/**
 * Have this browser show reminders. It asks the person for permission.
 * @param {string} publicKey
 * @throws {Error} when the person, the browser or the API refuses; its message is a key of words, or the API's sentence
 */
export async function subscribeHere(publicKey) {
  if ((await Notification.requestPermission()) !== "granted") throw new Refused("push_denied");
  const { endpoint, keys } = (await subscribed(publicKey)).toJSON();
  const stored = await put("/v1/me/push/subscriptions", { endpoint, keys });
  localStorage.setItem(KEPT, stored.id);
}

/** Have this browser show no more reminders; nothing happens where it shows none. */
export async function unsubscribeHere() {
  const id = localStorage.getItem(KEPT);
  if (!id) return;
  localStorage.removeItem(KEPT);
  await (await subscription())?.unsubscribe();
  await remove(`/v1/me/push/subscriptions/${id}`);
}

/** The browser or its owner refuses; the message is a key of words. */
export class Refused extends Error {}

const manager = async () => (await navigator.serviceWorker?.getRegistration("/"))?.pushManager;
const subscription = async () => (await manager())?.getSubscription();

/**
 * @param {string} publicKey
 * @returns {Promise<PushSubscription>}
 */
async function subscribed(publicKey) {
  const registration = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: publicKey };
  const subscribe = async () => {
    try {
      return await registration.pushManager.subscribe(options);
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "InvalidStateError") throw error;
      await (await subscription())?.unsubscribe(); // it was made with another key
      return await registration.pushManager.subscribe(options);
    }
  };
  const late = new Promise((_, reject) => setTimeout(reject, MILLISECONDS));
  return Promise.race([subscribe(), late]).catch(() => {
    throw new Refused("push_failed");
  });
}
