// Why something is recommended, in sentences.
import { dateAndYear, list, moment, percent, t } from "./i18n.js";
import { streakInWords } from "./schedule_words.js";

/** Sentences, each made of some of the evidence, and said where the first of it is there. */
const SENTENCES = /** @type {[string, (evidence: any) => string][]} */ ([
  ["met", ({ met, due, rate }) => t("why_met", { met, due, rate: percent(rate) })],
  ["usual_rate", ({ usual_rate }) => t("why_usual", { rate: percent(usual_rate) })],
  ["other_rate", ({ other_rate }) => t("why_other_days", { rate: percent(other_rate) })],
  ["from_date", ({ from_date, to_date }) => t("from_to", { from: dateAndYear(from_date), to: dateAndYear(to_date) })],
  ["silent_days", ({ silent_days }) => t("why_silent", { n: silent_days })],
  ["last_date", ({ last_date }) => (last_date ? t("why_last", { day: dateAndYear(last_date) }) : t("why_never"))],
  ["missed_units", ({ missed_units }) => t("why_missed", { n: missed_units })],
  ["habits", ({ habits }) => t("why_habits", { n: habits })],
  ["run", ({ run, unit }) => t("why_run", { streak: streakInWords({ length: run, unit }) })],
  ["streak", ({ streak, unit }) => t("why_streak", { streak: streakInWords({ length: streak, unit }) })],
  ["deadline", ({ deadline }) => t("why_deadline", { time: moment(deadline) })],
  ["hits", ({ hits, check_ins, usual_time }) => t("why_hits", { hits, check_ins, time: usual_time })],
  ["earliest", ({ check_ins, earliest, latest }) => t("why_between", { check_ins, earliest, latest })],
  ["reminder_times", ({ reminder_times }) => (reminder_times.length ? t("why_reminded", { times: list(reminder_times) }) : "")],
  ["anchor_time", ({ anchor_time, anchor_rate }) => t("why_anchor", { time: anchor_time, rate: percent(anchor_rate) })],
]);

/** @param {any} evidence of a recommendation @returns {string[]} */
export const evidenceInWords = (evidence) => SENTENCES.flatMap(([name, say]) => (name in evidence ? say(evidence) || [] : []));
