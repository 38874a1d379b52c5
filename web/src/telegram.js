// The app inside Telegram (a Mini App): what Telegram says of the launch, of its colors and of the
// space there is, and its back button. Spoken by messages, as Telegram documents them; its own
// script would have to come from another server. Loaded at /telegram only.
import { effect } from "../vendor/view.js";
import { ApiError, embed, resume, signIn } from "./api.js";
import { route } from "./state.js";

const KEPT = "habits.launch";
const WEB_VERSION = "https://web.telegram.org";
const LEAST_CONTRAST = 4.5;

/** @typedef {{init_data: string, name: string, language: string, colors: Record<string, string>}} Launch */

/**
 * Read how Telegram has opened the page, and begin to speak with it.
 * @returns {Launch | null} null where it was not opened by Telegram
 */
export function startTelegram() {
  const launch = readLaunch();
  if (!launch) return null;
  embed();
  listen();
  useColors(launch.colors);
  send("iframe_ready", { reload_supported: true });
  send("web_app_ready");
  send("web_app_expand");
  send("web_app_setup_swipe_behavior", { allow_vertical_swipe: false }); // it would take the drags that reorder
  for (const what of ["theme", "viewport", "safe_area", "content_safe_area"]) send(`web_app_request_${what}`);
  effect(() => send("web_app_setup_back_button", { is_visible: route.value.parts.length > 0 }));
  document.addEventListener("click", openChatInTelegram);
  return launch;
}

/**
 * Sign in as the Telegram user; where this launch was used up, go on with the session it began.
 * @param {Launch} launch
 * @returns {Promise<any>} the person; null where Telegram's user has no account here
 */
export async function signInByTelegram({ init_data }) {
  try {
    return await signIn("/telegram", { init_data });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    return error.status === 401 ? resume() : null;
  }
}

/** @returns {Launch | null} from the address, which then loses it; after a reload, what was kept of it */
function readLaunch() {
  const hash = location.hash.slice(1);
  if (hash.includes("tgWebAppData=")) {
    sessionStorage.setItem(KEPT, hash);
    history.replaceState(null, "", location.pathname);
    dispatchEvent(new HashChangeEvent("hashchange"));
  }
  const told = new URLSearchParams(sessionStorage.getItem(KEPT) ?? "");
  const init_data = told.get("tgWebAppData");
  if (!init_data) return null;
  const user = objectOf(new URLSearchParams(init_data).get("user"));
  return {
    init_data,
    name: user.first_name ?? "",
    language: user.language_code ?? "",
    colors: objectOf(told.get("tgWebAppThemeParams")),
  };
}

/** @param {string | null} text @returns {any} */
function objectOf(text) {
  try {
    return JSON.parse(text ?? "{}") ?? {};
  } catch {
    return {};
  }
}

/**
 * Say something to Telegram: by what its apps put into the page, or to the frame around it.
 * @param {string} type @param {any} [data]
 */
function send(type, data = {}) {
  const own = /** @type {any} */ (window);
  if (own.TelegramWebviewProxy) own.TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
  else if (parent !== window) parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), WEB_VERSION);
}

/** Hear what Telegram says: its apps call a function, its web version posts messages. */
function listen() {
  const own = /** @type {any} */ (window);
  const receiveEvent = (/** @type {string} */ type, /** @type {any} */ data) => EVENTS[type]?.(data ?? {});
  own.Telegram = { WebView: { receiveEvent } };
  own.TelegramGameProxy = { receiveEvent };
  own.TelegramGameProxy_receiveEvent = receiveEvent;
  addEventListener("message", ({ origin, source, data }) => {
    if (origin !== WEB_VERSION || source !== parent || typeof data !== "string") return;
    const { eventType, eventData } = objectOf(data);
    receiveEvent(eventType, eventData);
  });
}

const EVENTS = /** @type {Record<string, (data: any) => void>} */ ({
  theme_changed: ({ theme_params }) => useColors(theme_params ?? {}),
  viewport_changed: ({ height }) => setLength("--below", height ? innerHeight - height : 0),
  safe_area_changed: (area) => useArea("device", area),
  content_safe_area_changed: (area) => useArea("telegram", area),
  back_button_pressed: () => history.back(),
  reload_iframe: () => location.reload(),
});

/** What the device covers, and what Telegram's own controls cover inside of that. */
const areas = /** @type {Record<string, Record<string, number>>} */ ({ device: {}, telegram: {} });

/** @param {string} whose @param {Record<string, number>} area */
function useArea(whose, area) {
  areas[whose] = area;
  for (const side of ["top", "bottom", "left", "right"]) {
    setLength(`--safe-${side}`, (areas.device[side] || 0) + (areas.telegram[side] || 0));
  }
}

/** @param {string} name @param {number} pixels */
const setLength = (name, pixels) => document.documentElement.style.setProperty(name, `${Math.max(0, Number(pixels) || 0)}px`);

/**
 * Take Telegram's colors, those that can be read on its background; ours stay for the others.
 * @param {Record<string, string>} colors
 */
function useColors(colors) {
  const { bg_color, secondary_bg_color, section_bg_color, text_color, button_color, button_text_color } = colors;
  const card = lightness(section_bg_color ?? bg_color);
  if (card === null) return;
  const root = document.documentElement;
  root.dataset.telegram = card > 0.18 ? "light" : "dark";
  const paper = secondary_bg_color ?? bg_color;
  const isReadable =
    contrast(text_color, paper) >= LEAST_CONTRAST && contrast(text_color, section_bg_color ?? bg_color) >= LEAST_CONTRAST;
  const isButton = contrast(button_color, paper) >= LEAST_CONTRAST && contrast(button_text_color, button_color) >= LEAST_CONTRAST;
  const chosen = {
    "--paper": isReadable && paper,
    "--card": isReadable && (section_bg_color ?? bg_color),
    "--ink": isReadable && text_color,
    "--accent": isReadable && isButton && button_color,
    "--accent-ink": isReadable && isButton && button_text_color,
  };
  for (const [name, color] of Object.entries(chosen)) root.style.setProperty(name, color || "");
}

/** @param {string | undefined} color `#rrggbb` @returns {number | null} relative luminance (WCAG), null for no color */
function lightness(color) {
  if (!/^#[0-9a-f]{6}$/i.test(color ?? "")) return null;
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = parseInt(/** @type {string} */ (color).slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string | undefined} one @param {string | undefined} other */
function contrast(one, other) {
  const [first, second] = [lightness(one), lightness(other)];
  if (first === null || second === null) return 0;
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

/** @param {MouseEvent} event */
function openChatInTelegram(event) {
  const link = /** @type {HTMLElement} */ (event.target).closest?.("a");
  if (!link?.href.startsWith("https://t.me/")) return;
  event.preventDefault();
  const { pathname, search } = new URL(link.href);
  send("web_app_open_tg_link", { path_full: pathname + search });
}
