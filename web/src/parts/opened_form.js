// A button, and the form that takes its place; the focus goes along, and comes back.
import { html, useEffect, useRef, useState } from "../../vendor/view.js";

const FIELDS = "input, select, textarea";

/**
 * @param {{label: string, look?: string, children?: any}} properties `look` is the button's class;
 *   inside is a function that gets what closes the form, and returns the form
 */
export function OpenedForm({ label, look = "", children }) {
  const [isOpen, setOpen] = useState(false);
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const was = useRef(false);
  useEffect(() => {
    if (was.current === isOpen) return;
    was.current = isOpen;
    /** @type {HTMLElement | null | undefined} */ (place.current?.querySelector(isOpen ? FIELDS : "button"))?.focus();
  }, [isOpen]);
  return html`
    <div ref=${place} class="opened-form">
      ${
        isOpen
          ? children(() => setOpen(false))
          : html`
              <button type="button" class=${look} onClick=${() => setOpen(true)}>${label}</button>
            `
      }
    </div>
  `;
}
