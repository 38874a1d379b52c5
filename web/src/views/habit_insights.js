// What the last year says about one habit: hours, and what is not chance, in sentences.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get } from "../api.js";
import { dateAndYear, percent, t, weekdayName } from "../i18n.js";
import { Columns } from "../parts/bars.js";

const MOST_RELATED = 3;

/** @param {any} found the insights of a habit @returns {{text: string, href?: string}[]} */
function sentences(found) {
  const { best_weekday: weekday, best_hour: hour, consistency, longest_gap: gap, related_habits: related } = found;
  return [
    weekday && {
      text: t("best_weekday", {
        day: weekdayName(weekday.weekday, "long"),
        rate: percent(weekday.met / weekday.days),
        others: percent(weekday.other_met / weekday.other_days),
      }),
    },
    hour && {
      text: t("best_hour", {
        from: clock(hour.hour),
        to: clock(hour.hour + 1),
        share: percent(hour.check_ins / hour.all_check_ins),
      }),
    },
    consistency && { text: t("kept_weeks", { n: consistency.weeks, kept: consistency.kept_weeks }) },
    gap && {
      text: t(gap.ongoing ? "gap_now" : "longest_gap", {
        n: gap.days,
        from: dateAndYear(gap.from_date),
        to: dateAndYear(gap.to_date),
      }),
    },
    ...related.slice(0, MOST_RELATED).map((/** @type {any} */ one) => ({
      text: t(one.correlation > 0 ? "goes_with" : "goes_without", { title: one.title, n: one.common_days }),
      href: `#/habit/${one.habit_id}`,
    })),
  ].filter(Boolean);
}

/** @param {number} hour */
const clock = (hour) => `${String(hour % 24).padStart(2, "0")}:00`;

/** Nothing, where they cannot be had: the page is of use without. @param {{id: string}} properties */
export function HabitInsights({ id }) {
  const [found, setFound] = useState(/** @type {any} */ (null));
  useEffect(() => {
    setFound(null);
    get(`/v1/analytics/habits/${id}/insights`).then(setFound, () => undefined);
  }, [id]);
  if (!found) return null;
  const said = sentences(found);
  const counts = found.by_hour.map((/** @type {any} */ one) => one.check_ins);
  return html`
    <section class="card">
      <h2>${t("by_hour")}</h2>
      ${
        counts.some(Boolean)
          ? html`
              <${Columns} label=${t("by_hour")} ends=${["0", "6", "12", "18", "24"]} values=${counts} />
            `
          : html`
              <p class="muted">${t("no_data")}</p>
            `
      }
    </section>
    ${
      said.length > 0 &&
      html`
        <section class="card">
          <h2>${t("what_stands_out")}</h2>
          <ul class="plain-list">
            ${said.map(
              ({ text, href }) => html`
                <li key=${text} dir="auto">
                  ${
                    href
                      ? html`
                          <a href=${href}>${text}</a>
                        `
                      : text
                  }
                </li>
              `,
            )}
          </ul>
          <p class="muted small">${t("not_by_chance")}</p>
        </section>
      `
    }
  `;
}
