// The form of a webhook: a new one, or one that is edited.
import { html, useState } from "../../vendor/view.js";
import { patch, post } from "../api.js";
import { t } from "../i18n.js";
import { Field, FormError, errorOf } from "../parts/field.js";

const EVENTS = [
  "check_in.changed",
  "goal.reached",
  "habit.created",
  "habit.updated",
  "habit.archived",
  "habit.restored",
  "habit.deleted",
  "pause.created",
  "pause.deleted",
  "reminder.due",
  "report.ready",
];

/** @param {{webhook?: any, onSaved: (saved: any) => void, onClose: () => void}} properties `onSaved` is given what the API answers */
export function WebhookForm({ webhook, onSaved, onClose }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [isBusy, setBusy] = useState(false);
  const [isAll, setAll] = useState(webhook ? webhook.events.includes("*") : true);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const events = isAll ? ["*"] : form.getAll("events");
    const wanted = { url: form.get("url"), description: form.get("description"), events };
    setBusy(true);
    setError(null);
    try {
      onSaved(await (webhook ? patch(`/v1/webhooks/${webhook.id}`, wanted) : post("/v1/webhooks", wanted)));
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return html`
    <form onSubmit=${submit} aria-label=${t(webhook ? "edit" : "new_webhook")}>
      <${Field} label=${t("address")} error=${errorOf(error, "url")}>
        <input name="url" type="url" required maxlength="2048" placeholder="https://" defaultValue=${webhook?.url} />
      <//>
      <${Field} label=${t("name_optional")} error=${errorOf(error, "description")}>
        <input name="description" maxlength="200" dir="auto" defaultValue=${webhook?.description} />
      <//>
      <fieldset>
        <legend>${t("webhook_events")}</legend>
        <label class="line">
          <input type="checkbox" checked=${isAll} onChange=${(/** @type {any} */ event) => setAll(event.target.checked)} />
          ${t("webhook_all")}
        </label>
        ${
          !isAll &&
          eventsFor(webhook).map(
            (name) => html`
              <label class="line" key=${name}>
                <input type="checkbox" name="events" value=${name} defaultChecked=${webhook?.events.includes(name)} />
                <code>${name}</code>
              </label>
            `,
          )
        }
        <p class="error" role="alert">${errorOf(error, "events")}</p>
      </fieldset>
      <${FormError} error=${error} />
      <div class="actions">
        <button type="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="primary" disabled=${isBusy}>${t(webhook ? "save" : "create")}</button>
      </div>
    </form>
  `;
}

/**
 * The events to choose from: also those of the webhook that this page does not know yet.
 * @param {any} webhook
 * @returns {string[]}
 */
const eventsFor = (webhook) => [...new Set([...EVENTS, ...(webhook?.events ?? [])])].filter((name) => name !== "*");
