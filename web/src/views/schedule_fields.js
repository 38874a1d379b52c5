// Every schedule of the product, by choosing.
import { html } from "../../vendor/view.js";
import { WEEKDAYS, monthName, number, t, weekdayName } from "../i18n.js";
import { Field } from "../parts/field.js";

const DEFAULTS = /** @type {Record<string, any>} */ ({
  every_day: { frequency: "daily" },
  every_n_days: { frequency: "daily", interval: 2 },
  weekdays: { frequency: "weekly", weekdays: ["mon", "wed", "fri"] },
  times_a_week: { frequency: "weekly", times: 3 },
  total_a_week: { frequency: "weekly" },
  month_days: { frequency: "monthly", month_days: [1] },
  month_weekday: { frequency: "monthly", weekday_ordinals: [{ weekday: "mon", ordinal: 1 }] },
  times_a_month: { frequency: "monthly", times: 4 },
  total_a_month: { frequency: "monthly" },
  rolling: { frequency: "rolling", times: 3, days: 7 },
  year_days: { frequency: "yearly", year_days: [{ month: 1, day: 1 }] },
  times_a_year: { frequency: "yearly", times: 12 },
});

/** @param {any} schedule @returns {string} */
function kindOf(schedule) {
  const { frequency, interval, times, weekdays, month_days, weekday_ordinals, year_days } = schedule;
  if (frequency === "daily") return (interval ?? 1) > 1 ? "every_n_days" : "every_day";
  if (frequency === "rolling") return "rolling";
  if (frequency === "weekly") return weekdays?.length ? "weekdays" : times ? "times_a_week" : "total_a_week";
  if (frequency === "yearly") return year_days?.length ? "year_days" : "times_a_year";
  return month_days?.length
    ? "month_days"
    : weekday_ordinals?.length
      ? "month_weekday"
      : times
        ? "times_a_month"
        : "total_a_month";
}

/** @param {{schedule: any, error: string, onChange: (schedule: any) => void}} properties */
export function ScheduleFields({ schedule, error, onChange }) {
  const kind = kindOf(schedule);
  const change = (/** @type {any} */ fields) => onChange({ ...schedule, ...fields });
  return html`
    <fieldset>
      <legend>${t("how_often")}</legend>
      <${Field} label=${t("schedule")} error=${error}>
        <select value=${kind} onChange=${(/** @type {any} */ event) => onChange(DEFAULTS[event.target.value])}>
          ${Object.keys(DEFAULTS).map(
            (one) => html`
              <option key=${one} value=${one}>${t(`schedule_${one}`)}</option>
            `,
          )}
        </select>
      <//>
      ${
        kind === "every_n_days" &&
        html`
          <${Count}
            label=${t("interval_days")}
            value=${schedule.interval}
            most=${366}
            onChange=${(/** @type {number} */ interval) => change({ interval })}
          />
        `
      }
      ${
        kind === "weekdays" &&
        html`
          <${Weekdays} chosen=${schedule.weekdays} onChange=${(/** @type {string[]} */ weekdays) => change({ weekdays })} />
          <${Count}
            label=${t("interval_weeks")}
            value=${schedule.interval ?? 1}
            most=${52}
            onChange=${(/** @type {number} */ interval) => change({ interval })}
          />
        `
      }
      ${
        ["times_a_week", "times_a_month", "times_a_year", "rolling"].includes(kind) &&
        html`
          <${Count}
            label=${t("times")}
            value=${schedule.times ?? ""}
            most=${366}
            onChange=${(/** @type {number} */ times) => change({ times })}
          />
        `
      }
      ${
        kind === "rolling" &&
        html`
          <${Count}
            label=${t("window_days")}
            value=${schedule.days}
            most=${366}
            onChange=${(/** @type {number} */ days) => change({ days })}
          />
        `
      }
      ${
        kind === "month_days" &&
        html`
          <${MonthDays}
            chosen=${schedule.month_days}
            onChange=${(/** @type {number[]} */ month_days) => change({ month_days })}
          />
        `
      }
      ${
        kind === "month_weekday" &&
        html`
          <${Ordinal}
            one=${schedule.weekday_ordinals[0]}
            onChange=${(/** @type {any} */ one) => change({ weekday_ordinals: [one] })}
          />
        `
      }
      ${
        kind === "year_days" &&
        html`
          <${YearDay} one=${schedule.year_days[0]} onChange=${(/** @type {any} */ one) => change({ year_days: [one] })} />
        `
      }
    </fieldset>
  `;
}

/** @param {{label: string, value: any, most: number, onChange: (value: number) => void}} properties */
const Count = ({ label, value, most, onChange }) => html`
  <${Field} label=${label}>
    <input
      type="number"
      min="1"
      max=${most}
      required
      value=${value}
      onInput=${(/** @type {any} */ event) => event.target.value && onChange(Number(event.target.value))}
    />
  <//>
`;

/** @param {{chosen: string[], onChange: (days: string[]) => void}} properties */
export const Weekdays = ({ chosen, onChange }) => html`
  <div class="chips" role="group" aria-label=${t("weekdays")}>
    ${WEEKDAYS.map((day) => {
      const isOn = chosen.includes(day);
      const next = isOn ? chosen.filter((one) => one !== day) : WEEKDAYS.filter((one) => one === day || chosen.includes(one));
      return html`
        <button
          type="button"
          key=${day}
          aria-pressed=${isOn}
          aria-label=${weekdayName(day, "long")}
          onClick=${() => onChange(next)}
        >
          ${weekdayName(day)}
        </button>
      `;
    })}
  </div>
`;

/** @param {{chosen: number[], onChange: (days: number[]) => void}} properties */
function MonthDays({ chosen, onChange }) {
  const days = [...Array.from({ length: 31 }, (_, n) => n + 1), -1];
  return html`
    <div class="chips month" role="group" aria-label=${t("month_days")}>
      ${days.map((day) => {
        const isOn = chosen.includes(day);
        const next = isOn
          ? chosen.filter((one) => one !== day)
          : [...chosen, day].sort((one, other) => (one < 0 ? 99 : one) - (other < 0 ? 99 : other));
        return html`
          <button type="button" key=${day} aria-pressed=${isOn} onClick=${() => next.length && onChange(next)}>
            ${day < 0 ? t("last_day") : number(day)}
          </button>
        `;
      })}
    </div>
  `;
}

/** @param {{one: any, onChange: (one: any) => void}} properties */
const Ordinal = ({ one, onChange }) => html`
  <div class="row">
    <select
      aria-label=${t("which_of_month")}
      value=${one.ordinal}
      onChange=${(/** @type {any} */ event) => onChange({ ...one, ordinal: Number(event.target.value) })}
    >
      ${[1, 2, 3, 4, 5, -1].map(
        (n) => html`
          <option key=${n} value=${n}>${t(`ordinal_${n}`)}</option>
        `,
      )}
    </select>
    <select
      aria-label=${t("weekday")}
      value=${one.weekday}
      onChange=${(/** @type {any} */ event) => onChange({ ...one, weekday: event.target.value })}
    >
      ${WEEKDAYS.map(
        (day) => html`
          <option key=${day} value=${day}>${weekdayName(day, "long")}</option>
        `,
      )}
    </select>
  </div>
`;

/** @param {{one: any, onChange: (one: any) => void}} properties */
const YearDay = ({ one, onChange }) => html`
  <div class="row">
    <input
      type="number"
      min="1"
      max="31"
      aria-label=${t("day")}
      value=${one.day}
      onInput=${(/** @type {any} */ event) => event.target.value && onChange({ ...one, day: Number(event.target.value) })}
    />
    <select
      aria-label=${t("month")}
      value=${one.month}
      onChange=${(/** @type {any} */ event) => onChange({ ...one, month: Number(event.target.value) })}
    >
      ${Array.from(
        { length: 12 },
        (_, n) => html`
          <option key=${n} value=${n + 1}>${monthName(n + 1)}</option>
        `,
      )}
    </select>
  </div>
`;
