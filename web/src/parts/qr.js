// A QR code, drawn as one path.
import { encode } from "../../vendor/uqr.js";
import { html } from "../../vendor/view.js";

/** @param {{text: string, label: string}} properties */
export function QrCode({ text, label }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return html`
    <svg class="qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${label} shape-rendering="crispEdges">
      <path d=${path} />
    </svg>
  `;
}
