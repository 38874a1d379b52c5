// Addresses of the person's own that are sent what happens.
import { html, useEffect, useState } from "../../vendor/view.js";
import { all, patch, post, remove } from "../api.js";
import { moment, t } from "../i18n.js";
import { Confirm } from "../parts/dialog.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { Secret } from "../parts/secret.js";
import { toast } from "../state.js";
import { DeliveryLog } from "./webhook_deliveries.js";

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
const fail = (/** @type {Error} */ error) => toast(error.message, { kind: "bad" });

export function WebhookSettings() {
  const [webhooks, setWebhooks] = useState(/** @type {any[] | null} */ (null));
  const [created, setCreated] = useState(/** @type {any} */ (null));
  const [isOpen, setOpen] = useState(false);
  const load = async () => setWebhooks(await all("/v1/webhooks"));
  useEffect(() => void load().catch(() => undefined), []);
  if (!webhooks) return null;
  const onCreated = (/** @type {any} */ webhook) => {
    setCreated(webhook);
    setOpen(false);
    load().catch(fail);
  };
  const onChanged = () => load().catch(fail);
  const isCreatedThere = webhooks.some((webhook) => webhook.id === created?.id);
  return html`
    <section class="card">
      <h2>${t("webhooks")}</h2>
      <p class="muted">${t("webhooks_help")}</p>
      ${
        isCreatedThere &&
        html`
          <h3>${t("webhook_secret")}</h3>
          <${Secret} text=${created.secret} />
        `
      }
      ${
        webhooks.length === 0 &&
        html`
          <p class="muted small">${t("no_webhooks")}</p>
        `
      }
      ${webhooks.map(
        (webhook) => html`
          <${Webhook} key=${webhook.id} webhook=${webhook} onChanged=${onChanged} />
        `,
      )}
      ${
        isOpen
          ? html`
              <${NewWebhook} onCreated=${onCreated} onClose=${() => setOpen(false)} />
            `
          : html`
              <button class="link" onClick=${() => setOpen(true)}>${t("new_webhook")}</button>
            `
      }
    </section>
  `;
}

/** @param {{webhook: any, onChanged: () => void}} properties */
function Webhook({ webhook, onChanged }) {
  const [isLogOpen, setLogOpen] = useState(false);
  const [asks, setAsks] = useState(false);
  const [tests, setTests] = useState(0);
  const path = `/v1/webhooks/${webhook.id}`;
  const name = webhook.description || webhook.url;
  const enable = () => patch(path, { enabled: true }).then(onChanged, fail);
  const test = () =>
    post(`${path}/test`).then(() => {
      setTests(tests + 1);
      setLogOpen(true);
    }, fail);
  const onDelete = () => {
    setAsks(false);
    remove(path).then(onChanged, fail);
  };
  return html`
    <article aria-label=${name}>
      <h3 dir="auto">${name}</h3>
      <p class="muted small">
        ${
          webhook.description &&
          html`
            <code>${webhook.url}</code>
            <br />
          `
        }
        ${webhook.events.includes("*") ? t("webhook_all") : webhook.events.join(", ")} · ${stateOf(webhook)}
      </p>
      <div class="chips">
        ${
          webhook.enabled
            ? html`
                <button onClick=${test}>${t("webhook_test")}</button>
              `
            : html`
                <button onClick=${enable}>${t("webhook_enable")}</button>
              `
        }
        <button aria-expanded=${isLogOpen} onClick=${() => setLogOpen(!isLogOpen)}>${t("webhook_deliveries")}</button>
        <button class="quiet" onClick=${() => setAsks(true)}>${t("delete")}</button>
      </div>
      ${
        isLogOpen &&
        html`
          <${DeliveryLog} path=${path} tests=${tests} isEnabled=${webhook.enabled} />
        `
      }
      ${
        asks &&
        html`
          <${Confirm}
            title=${t("webhook_delete", { name })}
            text=${t("webhook_delete_help")}
            yes=${t("delete")}
            onYes=${onDelete}
            onClose=${() => setAsks(false)}
          />
        `
      }
    </article>
  `;
}

/** @param {any} webhook */
function stateOf(webhook) {
  if (!webhook.enabled) {
    return [t(`webhook_disabled_${webhook.disabled_reason ?? "unknown"}`), webhook.disabled_detail].filter(Boolean).join(" ");
  }
  return webhook.success_time ? t("webhook_works", { time: moment(webhook.success_time) }) : t("webhook_waits");
}

/** @param {{onCreated: (webhook: any) => void, onClose: () => void}} properties */
function NewWebhook({ onCreated, onClose }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [isAll, setAll] = useState(true);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const events = isAll ? ["*"] : form.getAll("events");
    setError(null);
    try {
      onCreated(await post("/v1/webhooks", { url: form.get("url"), description: form.get("description"), events }));
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`
    <form onSubmit=${submit}>
      <${Field} label=${t("address")} error=${errorOf(error, "url")}>
        <input name="url" type="url" required maxlength="2048" placeholder="https://" />
      <//>
      <${Field} label=${t("name_optional")} error=${errorOf(error, "description")}>
        <input name="description" maxlength="200" dir="auto" />
      <//>
      <fieldset>
        <legend>${t("webhook_events")}</legend>
        <label class="line">
          <input type="checkbox" checked=${isAll} onChange=${(/** @type {any} */ event) => setAll(event.target.checked)} />
          ${t("webhook_all")}
        </label>
        ${
          !isAll &&
          EVENTS.map(
            (name) => html`
              <label class="line" key=${name}>
                <input type="checkbox" name="events" value=${name} />
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
        <button class="primary">${t("create")}</button>
      </div>
    </form>
  `;
}
