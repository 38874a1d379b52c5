// How it goes over all habits: numbers, a heatmap, recommendations and reports.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get } from "../api.js";
import { addDays } from "../days.js";
import { Failed, Loading } from "../parts/common.js";
import { WEEKDAYS, date, number, percent, t, weekdayName } from "../i18n.js";
import { Bars, Columns } from "../parts/bars.js";
import { Heatmap, cellOfRate } from "../parts/heatmap.js";
import { person } from "../state.js";
import { Recommendations } from "./recommendations.js";
import { Reports } from "./reports.js";

const WINDOWS = [30, 90, 365];

export function InsightView() {
  const [length, setLength] = useState(WINDOWS[0]);
  const [data, setData] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isWanted = true;
    setError(null);
    const load = async () => {
      const { date: today } = await get("/v1/today");
      const window = `from=${addDays(today, 1 - length)}&to=${today}`;
      const [summary, days] = await Promise.all([
        get(`/v1/analytics/summary?${window}`),
        data?.days ?? get(`/v1/analytics/heatmap?from=${addDays(today, -364)}&to=${today}`).then((page) => page.items),
      ]);
      if (isWanted) setData({ today, summary, days });
    };
    load().catch((problem) => isWanted && setError(problem));
    return () => {
      isWanted = false;
    };
  }, [length, tries]);
  return html`
    <h1>${t("insight")}</h1>
    <div class="chips" role="group" aria-label=${t("window")}>
      ${WINDOWS.map(
        (one) => html`
          <button key=${one} aria-pressed=${one === length} onClick=${() => setLength(one)}>
            ${one === 365 ? t("a_whole_year") : t("n_days", { n: one })}
          </button>
        `,
      )}
    </div>
    <${Recommendations} key=${`ideas ${tries}`} />
    ${
      error
        ? html`
            <${Failed} error=${error} onRetry=${() => setTries(tries + 1)} />
          `
        : data
          ? html`
              <${Numbers} ...${data} />
            `
          : html`
              <${Loading} />
            `
    }
    <${Reports} key=${`reports ${tries}`} />
  `;
}

/** @param {{today: string, summary: any, days: any[]}} properties */
function Numbers({ today, summary, days }) {
  const { trend } = summary;
  const change = trend.change === null ? "" : number(trend.change * 100, { maximumFractionDigits: 0, signDisplay: "exceptZero" });
  const order = WEEKDAYS.indexOf(person.value.week_start);
  const weekdays = [...summary.by_weekday.slice(order), ...summary.by_weekday.slice(0, order)];
  return html`
    <div class="facts">
      <div>
        <b>${percent(summary.completion_rate)}</b>
        <span class="muted small">${t("completed")}${change && ` · ${t("change_points", { change })}`}</span>
      </div>
      <div>
        <b>${number(summary.perfect_days)}</b>
        <span class="muted small">${t("perfect_days")}</span>
      </div>
      <div>
        <b>${number(summary.check_ins)}</b>
        <span class="muted small">${t("check_ins")}</span>
      </div>
      <div>
        <b>🔥 ${number(summary.longest_current_streak)}</b>
        <span class="muted small">${t("longest_streak")}</span>
      </div>
      ${
        summary.best_day &&
        html`
          <div>
            <b>${date(summary.best_day, { day: "numeric", month: "short" })}</b>
            <span class="muted small">${t("best_day")}</span>
          </div>
        `
      }
    </div>
    <section class="card">
      <h2>${t("year")}</h2>
      <${Heatmap}
        label=${t("year_of_all")}
        from=${addDays(today, -364)}
        to=${today}
        weekStart=${order}
        cells=${new Map(days.map((day) => [day.date, cellOfRate(day)]))}
      />
    </section>
    <section class="card">
      <h2>${t("by_habit")}</h2>
      ${
        summary.by_habit.length === 0
          ? html`
              <p class="muted">${t("no_data")}</p>
            `
          : html`
              <table>
                <thead>
                  <tr>
                    <th>${t("habit")}</th>
                    <th class="number">${t("completed")}</th>
                    <th class="number">🔥</th>
                  </tr>
                </thead>
                <tbody>
                  ${summary.by_habit.map(
                    (/** @type {any} */ one) => html`
                      <tr key=${one.habit_id}>
                        <td dir="auto"><a href=${`#/habit/${one.habit_id}`}>${one.title}</a></td>
                        <td class="number">${percent(one.completion_rate)}</td>
                        <td class="number">${number(one.current_streak)}</td>
                      </tr>
                    `,
                  )}
                </tbody>
              </table>
            `
      }
    </section>
    <section class="card">
      <h2>${t("by_weekday")}</h2>
      <${Bars}
        rows=${weekdays.map((/** @type {any} */ one) => ({ label: weekdayName(one.weekday), share: one.completion_rate }))}
      />
    </section>
    <section class="card">
      <h2>${t("by_hour")}</h2>
      <${Columns}
        label=${t("by_hour")}
        ends=${["0", "6", "12", "18", "24"]}
        values=${summary.by_hour.map((/** @type {any} */ one) => one.check_ins)}
      />
    </section>
  `;
}
