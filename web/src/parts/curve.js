// The curve of a habit's strength, drawn by the chart library, which is loaded only here.
import { html, useEffect, useRef } from "../../vendor/view.js";
import uPlot from "../../vendor/uplot.js";
import { date, percent } from "../i18n.js";

const HEIGHT = 170;

function addStyle() {
  if (document.getElementById("uplot-style")) return;
  const link = Object.assign(document.createElement("link"), {
    id: "uplot-style",
    rel: "stylesheet",
    href: "/web/vendor/uplot.css",
  });
  document.head.append(link);
}

/**
 * A view of the strength of some days.
 * @param {any[]} history
 * @param {string} label for people who cannot see it
 */
export function curveOf(history, label) {
  addStyle();
  return function Curve() {
    const place = useRef(/** @type {HTMLElement | null} */ (null));
    useEffect(() => {
      const element = place.current;
      if (!element || history.length === 0) return undefined;
      const { color } = getComputedStyle(element);
      const muted = getComputedStyle(/** @type {HTMLElement} */ (element.parentElement)).color;
      const axis = { stroke: muted, grid: { stroke: muted, width: 0.15 } };
      const chart = new uPlot(
        {
          width: element.clientWidth,
          height: HEIGHT,
          legend: { show: false },
          cursor: { y: false },
          scales: { y: { range: [0, 1] } },
          axes: [
            {
              ...axis,
              values: (/** @type {any} */ _, /** @type {number[]} */ values) =>
                values.map((one) => date(new Date(one * 1000).toISOString().slice(0, 10), { month: "short", day: "numeric" })),
            },
            { ...axis, size: 58, values: (/** @type {any} */ _, /** @type {number[]} */ values) => values.map(percent) },
          ],
          series: [{}, { stroke: color, width: 2, fill: `color-mix(in srgb, ${color} 13%, transparent)` }],
        },
        [history.map((day) => Date.parse(`${day.date}T00:00Z`) / 1000), history.map((day) => day.strength)],
        element,
      );
      const watch = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
      watch.observe(element);
      return () => {
        watch.disconnect();
        chart.destroy();
      };
    }, []);
    const last = history.at(-1);
    return html`
      <div class="muted">
        <div ref=${place} class="curve" role="img" aria-label=${`${label}: ${percent(last?.strength ?? 0)}`}></div>
      </div>
    `;
  };
}
