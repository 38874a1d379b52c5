// The parts that every page has: icons, what is shown while something is loaded, and messages.
// One file: they always load together, and each file is a request more before the board is there.
import { html, useEffect, useState } from "../../vendor/view.js";
import { Unreachable } from "../api.js";
import { t } from "../i18n.js";
import { closeToast, toasts } from "../state.js";

// Icons: lines of 24 × 24, in the color of the text.
const PATHS = {
  check: "M5 13l4.5 4.5L19 7",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  today: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M9 15l2 2 4-4",
  insight: "M5 20V11M12 20V4M19 20v-6",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  close: "M6 6l12 12M18 6L6 18",
  skip: "M6 5l8 7-8 7zM18 5v14",
  note: "M5 4h14v16H5zM9 9h6M9 13h6",
  undo: "M9 7L4 12l5 5M4 12h10a6 6 0 010 12",
  up: "M5 15l7-7 7 7",
  down: "M5 9l7 7 7-7",
  grip: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  flame: "M12 3c1 4 5 5.5 5 10.5a5 5 0 01-10 0C7 11 9 10 9 7.5c1.5.5 2.5 1.5 3 3C12.5 8 12.5 5 12 3z",
  pause: "M8 5v14M16 5v14",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
};

/**
 * @param {{name: keyof typeof PATHS}} properties
 */
export const Icon = ({ name }) => html`
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>
`;

/** @param {{isPage?: boolean}} properties `isPage` where the page has no heading yet */
export const Loading = ({ isPage = false }) => html`
  <div class="skeleton head" role="status" aria-label=${t("loading")}></div>
  ${
    isPage &&
    html`
      <h1 class="visually-hidden">${t("loading")}</h1>
    `
  }
`;

/**
 * What is shown instead of something that could not be loaded.
 * @param {{error: Error, onRetry: () => void}} properties
 */
export const Failed = ({ error, onRetry }) => html`
  <div class="empty" role="alert">
    <p>${error instanceof Unreachable ? t("unreachable") : error.message}</p>
    <button class="primary" onClick=${onRetry}>${t("try_again")}</button>
  </div>
`;

/** @param {{load: () => Promise<any>, isSmall?: boolean, [name: string]: any}} properties what else is given goes to the view */
export function Later({ load, isSmall, ...others }) {
  const [view, setView] = useState(/** @type {{View: any} | null} */ (null));
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (View) => setView({ View }),
      () => setFailed(true),
    );
  }, []);
  if (hasFailed)
    return html`
      <div class="empty"><p>${t("unreachable")}</p></div>
    `;
  return view
    ? html`
        <${view.View} ...${others} />
      `
    : isSmall
      ? null
      : html`
          <${Loading} isPage />
        `;
}

// Short messages at the bottom.
export const Toasts = () => html`
  <div class="toasts" role="status" aria-live="polite">
    ${toasts.value.map(
      (one) => html`
        <div class="toast ${one.kind}" key=${one.id}>
          <span dir="auto">${one.text}</span>
          ${
            one.action &&
            html`
              <button
                onClick=${() => {
                  closeToast(one.id);
                  one.action?.run();
                }}
              >
                ${one.action.label}
              </button>
            `
          }
        </div>
      `,
    )}
  </div>
`;
