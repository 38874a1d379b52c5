// Short messages at the bottom.
import { html } from "../html.js";
import { closeToast, toasts } from "../state.js";

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
