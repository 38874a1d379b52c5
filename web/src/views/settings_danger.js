// Deleting the account.
import { html, useState } from "../../vendor/view.js";
import { remove } from "../api.js";
import { t } from "../i18n.js";
import { leave } from "../main.js";
import { Dialog } from "../parts/dialog.js";
import { Field, FormError } from "../parts/field.js";
import { person, toast } from "../state.js";

export function DangerZone() {
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const hasPassword = Boolean(person.value.email);
  const close = () => {
    setOpen(false);
    setError(null);
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    try {
      await remove("/v1/me", { password: form.get("password") ?? "" });
      leave();
      toast(t("account_deleted"));
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`
    <section class="card">
      <h2>${t("delete_account")}</h2>
      <p class="muted">${t("delete_account_help")}</p>
      <button class="danger" onClick=${() => setOpen(true)}>${t("delete_account")}</button>
      ${
        isOpen &&
        html`
          <${Dialog} title=${t("delete_account")} onClose=${close}>
            <form onSubmit=${submit}>
              <p>${t(hasPassword ? "delete_account_sure" : "delete_account_chat")}</p>
              ${
                hasPassword &&
                html`
                  <${Field} label=${t("password")}>
                    <input name="password" type="password" autocomplete="current-password" required />
                  <//>
                `
              }
              <${FormError} error=${error} />
              <div class="actions">
                <button type="button" onClick=${close}>${t("cancel")}</button>
                <button class="danger">${t("delete_account")}</button>
              </div>
            </form>
          <//>
        `
      }
    </section>
  `;
}
