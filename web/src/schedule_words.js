// A schedule and a goal in words.
import { list, monthName, number, t, weekdayName } from "./i18n.js";

/** @param {any} schedule @returns {string} such as "3 times a week" */
export function scheduleInWords(schedule) {
  const { frequency, interval = 1, times, days } = schedule;
  const every = interval || 1;
  if (frequency === "daily") return every > 1 ? t("every_n_days", { n: every }) : t("every_day");
  if (frequency === "rolling") {
    return times ? t("n_in_any_days", { n: times, days }) : t("total_in_any_days", { days });
  }
  if (frequency === "weekly") {
    if (schedule.weekdays?.length) {
      const named = list(schedule.weekdays.map((/** @type {string} */ day) => weekdayName(day)));
      return every > 1 ? t("weekdays_every_n_weeks", { days: named, n: every }) : t("on_weekdays", { days: named });
    }
    return times ? t("n_a_week", { n: times }) : t("a_week");
  }
  if (frequency === "monthly") {
    const named = [...(schedule.month_days ?? []).map(monthDayInWords), ...(schedule.weekday_ordinals ?? []).map(ordinalInWords)];
    if (named.length) return t("on_month_days", { days: list(named) });
    return times ? t("n_a_month", { n: times }) : t("a_month");
  }
  const named = (schedule.year_days ?? []).map((/** @type {any} */ one) => `${one.day} ${monthName(one.month, "short")}`);
  if (named.length) return t("on_year_days", { days: list(named) });
  return times ? t("n_a_year", { n: times }) : t("a_year");
}

/** @param {number} day */
function monthDayInWords(day) {
  if (day > 0) return number(day);
  return day === -1 ? t("last_day") : t("nth_last_day", { n: -day });
}

/** @param {{weekday: string, ordinal: number}} one */
function ordinalInWords({ weekday, ordinal }) {
  const name = weekdayName(weekday, "long");
  return ordinal === -1 ? t("last_weekday", { day: name }) : t("nth_weekday", { n: ordinal, day: name });
}

/** @param {any} habit @returns {string} such as "at least 8 glasses"; empty for yes or no */
export function goalInWords(habit) {
  const { direction, amount } = habit.goal;
  if (habit.measure !== "quantity") return direction === "at_most" ? t("goal_none") : "";
  const value = `${number(amount ?? 0, { maximumFractionDigits: 3 })} ${habit.unit || ""}`.trim();
  if (direction === "at_most") return amount === 0 ? t("goal_none") : t("goal_at_most", { value });
  return value;
}

/** @param {any} habit @returns {string} */
export function habitInWords(habit) {
  return [goalInWords(habit), scheduleInWords(habit.schedule)].filter(Boolean).join(" · ");
}

/** @param {{length: number, unit: string}} streak */
export const streakInWords = (streak) => t(`streak_${streak.unit}`, { n: streak.length });

/** @param {any} habit @returns {string} its icon; without one, what its title begins with */
export function iconOf(habit) {
  const [first] = new Intl.Segmenter().segment(habit.title.trim());
  return habit.icon || (first?.segment ?? "").toUpperCase();
}
