// Words in the person's language; plurals, dates and numbers by Intl.
import { signal } from "../vendor/view.js";
import { speakErrors } from "./api.js";
import { en } from "./words/en.js";

/** Languages that the app speaks, each loaded when it is chosen. */
export const LANGUAGES = { en: "English", ru: "Русский" };

/** @type {import("../vendor/view.js").Signal<{locale: string, texts: Record<string, any>}>} */
export const words = signal({ locale: "en", texts: en });

/**
 * Speak a language; unknown ones are English.
 * @param {string} tag such as `ru` or `pt-BR`
 */
export async function speak(tag) {
  const language = (tag || "en").toLowerCase().split("-")[0];
  if (language === "ru") words.value = { locale: tag, texts: { ...en, ...(await import("./words/ru.js")).ru } };
  else words.value = { locale: language === "en" ? tag : "en", texts: en };
  const { unreachable } = words.value.texts;
  speakErrors({ refusals: {}, unreachable });
  if (language !== "ru") return;
  const speakRussian = (/** @type {any} */ { refusals }) => words.value.locale === tag && speakErrors({ refusals, unreachable });
  void import("./words/refusals_ru.js").then(speakRussian, () => undefined); // nothing waits for it
}

/**
 * A text; `{name}` is replaced by a value, and a text of several forms is chosen by `n`.
 * @param {string} key
 * @param {Record<string, any>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const { locale, texts } = words.value;
  let text = texts[key];
  if (text === undefined) return key;
  if (typeof text === "object") {
    const rules = new Intl.PluralRules(locale);
    text = text[rules.select(Math.abs(values.n))] ?? text.other;
  }
  return text.replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : String(value ?? "");
  });
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export const number = (value, options) => new Intl.NumberFormat(words.value.locale, options).format(value);

/** @param {number | null} share from 0 to 1 */
export const percent = (share) =>
  share === null || share === undefined ? "–" : number(share, { style: "percent", maximumFractionDigits: 0 });

/** @param {string} day `YYYY-MM-DD` @param {Intl.DateTimeFormatOptions} [options] */
export function date(day, options = { day: "numeric", month: "long" }) {
  return new Intl.DateTimeFormat(words.value.locale, { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
}

/** @param {string} day `YYYY-MM-DD`, of any year */
export const dateAndYear = (day) => date(day, { day: "numeric", month: "short", year: "numeric" });

/** @param {string} moment RFC 3339 @param {string} [zone] */
export function moment(moment, zone) {
  const options = { dateStyle: "medium", timeStyle: "short", timeZone: zone };
  return new Intl.DateTimeFormat(words.value.locale, /** @type {any} */ (options)).format(new Date(moment));
}

const MONDAY = Date.UTC(2024, 0, 1);
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** @param {string} weekday `mon` to `sun` @param {"short" | "long" | "narrow"} [width] */
export function weekdayName(weekday, width = "short") {
  const day = new Date(MONDAY + WEEKDAYS.indexOf(weekday) * 86_400_000);
  return new Intl.DateTimeFormat(words.value.locale, { weekday: width, timeZone: "UTC" }).format(day);
}

/** @param {number} month 1 to 12 */
export const monthName = (month, width = /** @type {"long" | "short"} */ ("long")) =>
  new Intl.DateTimeFormat(words.value.locale, { month: width, timeZone: "UTC" }).format(new Date(Date.UTC(2024, month - 1, 1)));

/** @param {string[]} parts */
export const list = (parts) => new Intl.ListFormat(words.value.locale).format(parts);
