// Addresses of the person's own that are sent what happens.
import { html, useEffect, useState } from "../../vendor/view.js";
import { all, patch, post, remove } from "../api.js";
import { moment, t } from "../i18n.js";
import { Confirm } from "../parts/dialog.js";
import { Secret } from "../parts/secret.js";
import { toast } from "../state.js";
import { DeliveryLog } from "./webhook_deliveries.js";
import { WebhookForm } from "./webhook_form.js";

const fail = (/** @type {Error} */ error) => toast(error.message, { kind: "bad" });

export function WebhookSettings() {
  const [webhooks, setWebhooks] = useState(/** @type {any[] | null} */ (null));
  const [shown, setShown] = useState({ id: "", secret: "" });
  const [isOpen, setOpen] = useState(false);
  const load = async () => setWebhooks(await all("/v1/webhooks"));
  useEffect(() => void load().catch(() => undefined), []);
  if (!webhooks) return null;
  const onCreated = (/** @type {any} */ webhook) => {
    setShown(webhook);
    setOpen(false);
    load().catch(fail);
  };
  const onChanged = () => load().catch(fail);
  return html`
    <section class="card">
      <h2>${t("webhooks")}</h2>
      <p class="muted">${t("webhooks_help")}</p>
      ${
        webhooks.length === 0 &&
        html`
          <p class="muted small">${t("no_webhooks")}</p>
        `
      }
      ${webhooks.map(
        (webhook) => html`
          <${Webhook}
            key=${webhook.id}
            webhook=${webhook}
            secret=${webhook.id === shown.id ? shown.secret : ""}
            onSecret=${(/** @type {string} */ secret) => setShown({ id: webhook.id, secret })}
            onChanged=${onChanged}
          />
        `,
      )}
      ${
        isOpen
          ? html`
              <${WebhookForm} onSaved=${onCreated} onClose=${() => setOpen(false)} />
            `
          : html`
              <button class="link" onClick=${() => setOpen(true)}>${t("new_webhook")}</button>
            `
      }
    </section>
  `;
}

/**
 * @param {{webhook: any, secret: string, onSecret: (secret: string) => void, onChanged: () => void}} properties
 *   `secret` is empty when it is not to be shown
 */
function Webhook({ webhook, secret, onSecret, onChanged }) {
  const [isLogOpen, setLogOpen] = useState(false);
  const [isEdited, setEdited] = useState(false);
  const [asks, setAsks] = useState(/** @type {"" | "delete" | "secret"} */ (""));
  const [tests, setTests] = useState(0);
  const path = `/v1/webhooks/${webhook.id}`;
  const name = webhook.description || webhook.url;
  const close = () => setAsks("");
  const enable = () => patch(path, { enabled: true }).then(onChanged, fail);
  const test = () =>
    post(`${path}/test`).then(() => {
      setTests(tests + 1);
      setLogOpen(true);
    }, fail);
  const onDelete = () => {
    close();
    remove(path).then(onChanged, fail);
  };
  const onNewSecret = () => {
    close();
    post(`${path}/secret`).then((made) => onSecret(made.secret), fail);
  };
  const onSaved = () => {
    setEdited(false);
    toast(t("saved"));
    onChanged();
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
      ${
        secret &&
        html`
          <p>${t("webhook_secret")}</p>
          <${Secret} text=${secret} />
        `
      }
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
        <button aria-expanded=${isEdited} onClick=${() => setEdited(!isEdited)}>${t("edit")}</button>
        <button class="quiet" onClick=${() => setAsks("secret")}>${t("webhook_new_secret")}</button>
        <button class="quiet" onClick=${() => setAsks("delete")}>${t("delete")}</button>
      </div>
      ${
        isEdited &&
        html`
          <${WebhookForm} webhook=${webhook} onSaved=${onSaved} onClose=${() => setEdited(false)} />
        `
      }
      ${
        isLogOpen &&
        html`
          <${DeliveryLog} path=${path} tests=${tests} isEnabled=${webhook.enabled} />
        `
      }
      ${
        asks === "delete" &&
        html`
          <${Confirm}
            title=${t("webhook_delete", { name })}
            text=${t("webhook_delete_help")}
            yes=${t("delete")}
            onYes=${onDelete}
            onClose=${close}
          />
        `
      }
      ${
        asks === "secret" &&
        html`
          <${Confirm}
            title=${t("webhook_secret_title", { name })}
            text=${t("webhook_secret_help")}
            yes=${t("webhook_new_secret")}
            onYes=${onNewSecret}
            onClose=${close}
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
