// A ring that fills up: the day's progress.
import { html } from "../html.js";

const RADIUS = 26;
const LENGTH = 2 * Math.PI * RADIUS;

/** @param {{done: number, of: number, label: string}} properties */
export function Ring({ done, of, label }) {
  const share = of ? Math.min(done / of, 1) : 0;
  return html`
    <svg class="ring ${of && done >= of ? "full" : ""}" viewBox="0 0 64 64" role="img" aria-label=${label}>
      <circle cx="32" cy="32" r=${RADIUS} />
      ${
        share > 0 && // round ends would make a dot of nothing
        html`
          <circle class="ring-value" cx="32" cy="32" r=${RADIUS} stroke-dasharray=${`${LENGTH * share} ${LENGTH}`} />
        `
      }
      <text x="32" y="37" text-anchor="middle" aria-hidden="true">${done}/${of}</text>
    </svg>
  `;
}
