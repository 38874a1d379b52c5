// Which browsers show reminders.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, remove } from "../api.js";
import { t } from "../i18n.js";
import { Refused, findHere, obstacle, subscribeHere, unsubscribeHere } from "../push.js";
import { toast } from "../state.js";

/** @param {unknown} error */
const tell = (error) => {
  const text = /** @type {Error} */ (error).message;
  toast(error instanceof Refused ? t(text) : text, { kind: "bad" });
};

export function PushReminders() {
  const [channel, setChannel] = useState(/** @type {any} */ (null));
  const [here, setHere] = useState("");
  const [isBusy, setBusy] = useState(false);
  const load = async () => {
    const found = await get("/v1/me/push");
    setHere(await findHere(found));
    setChannel(found);
  };
  useEffect(() => void load().catch(() => undefined), []);
  if (!channel) return null;
  if (!channel.public_key)
    return html`
      <p class="muted small">${t("push_not_configured")}</p>
    `;
  const change = (/** @type {boolean} */ on) => {
    setBusy(true);
    const changed = on ? subscribeHere(channel.public_key) : unsubscribeHere();
    return changed
      .catch(tell)
      .then(load)
      .catch(tell)
      .finally(() => setBusy(false));
  };
  const why = obstacle();
  const others = channel.subscriptions.filter((/** @type {any} */ one) => one.id !== here);
  return html`
    <label class="line">
      <input
        type="checkbox"
        checked=${isBusy ? !here : Boolean(here)}
        disabled=${Boolean(why) || isBusy}
        onChange=${(/** @type {any} */ event) => change(event.target.checked)}
      />
      ${t("push_here")}
    </label>
    ${
      why &&
      html`
        <p class="muted small">${t(why)}</p>
      `
    }
    ${
      others.length > 0 &&
      html`
        <h3>${t("push_others")}</h3>
        <ul class="plain-list">
          ${others.map(
            (/** @type {any} */ one) => html`
              <li key=${one.id}>
                <span>${one.device || t("unknown_device")}</span>
                <button
                  class="quiet"
                  onClick=${() => remove(`/v1/me/push/subscriptions/${one.id}`).catch(tell).then(load).catch(tell)}
                >
                  ${t("remove")}
                </button>
              </li>
            `,
          )}
        </ul>
      `
    }
  `;
}
