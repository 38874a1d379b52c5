// Bars of shares, each with its words.
import { html } from "../../vendor/view.js";
import { percent } from "../i18n.js";

/** @param {{rows: {label: string, share: number | null}[]}} properties */
export const Bars = ({ rows }) => html`
  <div class="bars">
    ${rows.map(
      (row) => html`
        <div key=${row.label}>
          <span dir="auto">${row.label}</span>
          <span class="track">
            ${
              row.share !== null &&
              html`
                <i style=${{ width: `${Math.round(row.share * 100)}%` }}></i>
              `
            }
          </span>
          <span class="small">${percent(row.share)}</span>
        </div>
      `,
    )}
  </div>
`;

/** Columns without words, such as the hours of a day. @param {{values: number[], label: string, ends: string[]}} properties */
export function Columns({ values, label, ends }) {
  const most = Math.max(1, ...values);
  return html`
    <div class="columns" role="img" aria-label=${label}>
      ${values.map(
        (value, index) => html`
          <i key=${index} style=${{ height: `${(value / most) * 100}%` }} title=${`${index}: ${value}`}></i>
        `,
      )}
    </div>
    <div class="axis small muted" aria-hidden="true">
      ${ends.map(
        (one) => html`
          <span key=${one}>${one}</span>
        `,
      )}
    </div>
  `;
}
