// A secret that is shown once, with a button that copies it.
import { html } from "../../vendor/view.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";

/** @param {{text: string}} properties nothing is shown while it is empty */
export function Secret({ text }) {
  if (!text) return null;
  const copied = () => toast(t("copied"));
  const fail = () => toast(t("copy_failed"), { kind: "bad" }); // a page without https has no clipboard
  const copy = async () => navigator.clipboard.writeText(text);
  return html`
    <p class="notice">
      ${t("token_once")}
      <br />
      <code>${text}</code>
      <button type="button" onClick=${() => copy().then(copied, fail)}>${t("copy")}</button>
    </p>
  `;
}
