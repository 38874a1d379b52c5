// Starts the app: who is signed in, in which language, and which view the address names.
import { html, render, useEffect, useRef } from "../vendor/view.js";
import { resume, signIn, whenSignedOut } from "./api.js";
import { board, reloadBoard, tellRefusal } from "./board.js";
import { speak, t } from "./i18n.js";
import { Icon, Later, Toasts } from "./parts/common.js";
import { startQueue, stopQueue } from "./queue.js";
import { go, launch, person, route, session, toast } from "./state.js";
import { TodayView } from "./views/today.js";

const KEPT_PERSON = "habits.person";

/** Views that are loaded when they are first shown, by the first part of the route. */
const VIEWS = {
  habits: () => import("./views/habits.js").then((module) => module.HabitsView),
  habit: () => import("./views/habit.js").then((module) => module.HabitView),
  new: () => import("./views/habit_form.js").then((module) => module.NewHabitView),
  insight: () => import("./views/insight.js").then((module) => module.InsightView),
  settings: () => import("./views/settings.js").then((module) => module.SettingsView),
};
const signInView = () => import("./views/sign_in.js").then((module) => module.SignInView);

/** @param {any} user */
export async function enter(user) {
  person.value = user;
  localStorage.setItem(KEPT_PERSON, JSON.stringify(user));
  await speak(user.locale);
  session.value = "signed_in";
  startQueue(user.id, tellRefusal);
}

/** Forget who was here; what waits to be sent stays, for their next sign-in. */
export function leave() {
  stopQueue();
  localStorage.removeItem(KEPT_PERSON);
  board.value = null;
  if (person.value) launch.value = null; // whoever signs out is offered no other account
  person.value = null;
  session.value = "signed_out";
}

function App() {
  useEffect(() => {
    document.title = route.value.parts.length ? `${t(route.value.parts[0])} · ${t("habits")}` : t("habits");
  });
  const { path } = route.value;
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current !== path && !document.activeElement?.closest("main")) focusMain();
    shown.current = path;
  }, [path]);
  if (session.value === "starting") return null;
  if (session.value === "signed_out")
    return html`
      <main><${Later} load=${signInView} /></main>
      <${Toasts} />
    `;
  const [first] = route.value.parts;
  const load = VIEWS[/** @type {keyof typeof VIEWS} */ (first)];
  return html`
    <a class="skip-link" href="#main" onClick=${skip}>${t("skip_to_content")}</a>
    <main id="main" tabindex="-1">
      ${
        load
          ? html`
              <${Later} key=${route.value.parts.slice(0, 2).join("/")} load=${load} />
            `
          : html`
              <${TodayView} />
            `
      }
    </main>
    <nav class="tabs" aria-label=${t("sections")}>
      <${Tab} to="" icon="today" label=${t("today")} />
      <${Tab} to="habits" icon="list" label=${t("habits")} />
      <${Tab} to="insight" icon="insight" label=${t("insight")} />
      <${Tab} to="settings" icon="settings" label=${t("settings")} />
    </nav>
    <${Toasts} />
  `;
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  focusMain();
}

/** Begin where the page does, for who goes by keyboard or has it read out. */
function focusMain() {
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** @param {{to: string, icon: any, label: string}} properties */
function Tab({ to, icon, label }) {
  const isHere = (route.value.parts[0] ?? "") === to;
  return html`
    <a href=${`#/${to}`} aria-current=${isHere ? "page" : undefined}>
      <${Icon} name=${icon} />
      <span>${label}</span>
    </a>
  `;
}

/** @type {(() => Promise<any>) | null} */
let signInByTelegram = null;

/** Where Telegram has opened the page, take what it says of the launch. */
async function takeLaunch() {
  if (location.pathname !== "/telegram") return;
  const telegram = await import("./telegram.js");
  const taken = telegram.startTelegram();
  launch.value = taken;
  if (taken) signInByTelegram = () => telegram.signInByTelegram(taken);
}

/**
 * Begin a session with a code or as Telegram's user, or go on with this browser's.
 * @param {string} code
 * @returns {Promise<any>} the person; null when nobody is signed in
 */
async function beginSession(code) {
  return (code && (await useCode(code))) || (signInByTelegram ?? resume)();
}

/**
 * Show the day of the person of a session; without a network, of who is kept.
 * @param {Promise<any>} beginning
 * @param {string} code
 * @param {string | null} kept
 */
async function goOn(beginning, code, kept) {
  try {
    const user = await beginning;
    if (!user) leave();
    else if (!kept || code || JSON.stringify(user) !== kept) await enter(user);
  } catch {
    if (!kept || code) leave();
  }
}

/**
 * Sign in with the code of a one-use link, which then leaves the address.
 * @param {string} code
 * @returns {Promise<any>} the person; null when it is refused, which is said
 */
async function useCode(code) {
  history.replaceState(null, "", "/");
  go("/");
  try {
    return await signIn("/code", { code });
  } catch (error) {
    toast(/** @type {Error} */ (error).message, { kind: "bad" });
    return null;
  }
}

async function start() {
  whenSignedOut(() => {
    if (session.value === "signed_in") toast(t("session_over"), { kind: "bad" });
    leave();
  });
  await takeLaunch();
  await speak(launch.value?.language || navigator.language);
  const kept = localStorage.getItem(KEPT_PERSON);
  const code = route.value.parts[0] === "sign-in" ? route.value.parts[1] : "";
  const beginning = beginSession(code);
  beginning.catch(() => undefined); // told where it is awaited
  if (kept && !code) await enter(JSON.parse(kept)); // the day that was shown last, while the rest goes on
  const shown = goOn(beginning, code, kept);
  if (!kept || code) await shown;
  const place = document.getElementById("app");
  if (!place) return;
  place.replaceChildren();
  render(
    html`
      <${App} />
    `,
    place,
  );
  void import("./live.js").then(({ startLive }) => startLive());
  const before = navigator.serviceWorker?.controller;
  navigator.serviceWorker?.addEventListener("controllerchange", () => {
    if (before) addEventListener("hashchange", () => location.reload(), { once: true }); // modules of two versions would mix
  });
  navigator.serviceWorker?.addEventListener("message", (event) => event.data?.type === "day-changed" && reloadBoard());
  if ("serviceWorker" in navigator) void navigator.serviceWorker.register("/web/sw.js", { scope: "/" }).catch(() => undefined);
}

void start();
