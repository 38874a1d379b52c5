// A year of days: a column a week, a row a weekday.
import { html, useEffect, useRef } from "../../vendor/view.js";
import { addDays, daysBetween, startOfWeek } from "../days.js";
import { date, monthName, t, weekdayName, WEEKDAYS } from "../i18n.js";

const CELL = 12;
const LEFT = 26;
const TOP = 14;

/**
 * @param {{from: string, to: string, weekStart: number, label: string,
 *   cells: Map<string, {shade: string, text: string}>, onDay?: (day: string) => void}} properties
 */
export function Heatmap({ from, to, weekStart, label, cells, onDay }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => place.current?.scrollTo({ left: 10_000 }), []); // the newest days are at the end
  const first = startOfWeek(from, weekStart);
  const weeks = Math.floor(daysBetween(first, to) / 7) + 1;
  const days = Array.from({ length: daysBetween(first, to) + 1 }, (_, n) => addDays(first, n));
  const width = LEFT + weeks * CELL;
  const onClick = (/** @type {any} */ event) => event.target.dataset.day && onDay?.(event.target.dataset.day);
  return html`
    <div ref=${place} class="scroll" tabindex="0" role="group" aria-label=${label}>
      <svg class="heatmap" viewBox=${`0 0 ${width} ${TOP + 7 * CELL}`} role="img" aria-label=${label} onClick=${onClick}>
        ${[0, 2, 4].map(
          (row) => html`
            <text key=${row} x="0" y=${TOP + row * CELL + 9}>${weekdayName(WEEKDAYS[(weekStart + row) % 7])}</text>
          `,
        )}
        ${days.map((day, n) => {
          if (day < from) return null;
          const cell = cells.get(day);
          const x = LEFT + Math.floor(n / 7) * CELL;
          const isMonth = day.endsWith("-01") || day === from;
          return html`
            <g key=${day}>
              ${
                isMonth &&
                day.endsWith("-01") &&
                html`
                  <text x=${x} y="9">${monthName(Number(day.slice(5, 7)), "short")}</text>
                `
              }
              <rect
                class="${cell?.shade ?? ""} ${onDay && cell ? "tappable" : ""}"
                data-day=${day}
                x=${x}
                y=${TOP + (n % 7) * CELL}
                width="10"
                height="10"
              >
                <title>${date(day, { day: "numeric", month: "long", year: "numeric" })}${cell ? `: ${cell.text}` : ""}</title>
              </rect>
            </g>
          `;
        })}
      </svg>
    </div>
  `;
}

/** @param {any} day of a habit's history */
export function cellOfState(day) {
  const shades = /** @type {Record<string, string>} */ ({
    met: "h4",
    failed: "failed",
    neutral: day.mark === "skip" ? "rest" : "",
    open: "",
    not_due: "",
  });
  const shade = day.state === "met" ? "h4" : day.mark === "done" || (day.amount ?? 0) > 0 ? "h2" : shades[day.state];
  return { shade, text: [t(`state_${day.state}`), day.amount].filter((one) => one !== null).join(", ") };
}

/** @param {any} day of the heatmap of all habits */
export function cellOfRate(day) {
  if (day.rate === null) return { shade: "", text: t("nothing_due_short") };
  const shade = day.rate === 0 ? "failed" : `h${Math.max(1, Math.ceil(day.rate * 4))}`;
  return { shade, text: t("done_of", { done: day.met, due: day.due }) };
}
