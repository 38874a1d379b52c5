// A dialog: the browser's own, so that focus, Escape and screen readers are right.
import { html, useEffect, useRef } from "../../vendor/view.js";
import { t } from "../i18n.js";
import { Icon } from "./common.js";

/**
 * @param {{title: string, onClose: () => void, children?: any, wide?: boolean}} properties
 */
export function Dialog({ title, onClose, children, wide = false }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const dialog = element.current;
    const opener = /** @type {HTMLElement | null} */ (document.activeElement);
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (opener?.isConnected) opener.focus(); // what is removed gives it back to nobody
    };
  }, []);
  const onClick = (/** @type {MouseEvent} */ event) => event.target === element.current && onClose();
  const onCancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  return html`
    <dialog ref=${element} class=${wide ? "wide" : ""} aria-labelledby="dialog-title" onClick=${onClick} onCancel=${onCancel}>
      <div class="dialog-body">
        <header>
          <h2 id="dialog-title" dir="auto">${title}</h2>
          <button class="quiet round" aria-label=${t("close")} onClick=${onClose}><${Icon} name="close" /></button>
        </header>
        ${children}
      </div>
    </dialog>
  `;
}

/**
 * Ask before something that cannot be taken back.
 * @param {{title: string, text: string, yes: string, onYes: () => void, onClose: () => void}} properties
 */
export const Confirm = ({ title, text, yes, onYes, onClose }) => html`
  <${Dialog} title=${title} onClose=${onClose}>
    <p>${text}</p>
    <div class="actions">
      <button onClick=${onClose}>${t("cancel")}</button>
      <button class="danger" onClick=${onYes}>${yes}</button>
    </div>
  <//>
`;
