// What became of each event that was posted to a webhook.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, post } from "../api.js";
import { moment, t } from "../i18n.js";
import { toast } from "../state.js";

const SHOWN = 20;
const PENDING_POLL = 2000;
const fail = (/** @type {Error} */ error) => toast(error.message, { kind: "bad" });

/** @param {{path: string, tests: number, isEnabled: boolean}} properties a new number of tests loads it again */
export function DeliveryLog({ path, tests, isEnabled }) {
  const [deliveries, setDeliveries] = useState(/** @type {any[] | null} */ (null));
  const [hasFailed, setFailed] = useState(false);
  const load = async () => {
    const [shown, failed] = await Promise.all([
      get(`${path}/deliveries?page_size=${SHOWN}`),
      get(`${path}/deliveries?page_size=1&state=failed`),
    ]);
    setDeliveries(shown.items);
    setFailed(failed.items.length > 0);
  };
  useEffect(() => void load().catch(fail), [path, tests]);
  const isDue = deliveries?.some((one) => one.state === "pending" && Date.parse(one.next_attempt_time) - Date.now() < 60_000);
  useEffect(() => {
    if (!isDue) return undefined;
    const timer = setInterval(() => load().catch(() => undefined), PENDING_POLL);
    return () => clearInterval(timer);
  }, [isDue]);
  if (!deliveries) return null;
  const replay = (/** @type {any} */ one) => post(`${path}/deliveries/${one.id}/replay`).then(load).catch(fail);
  const replayFailed = async () => {
    const { replayed } = await post(`${path}/replay`, {});
    toast(t("replayed", { n: replayed }));
    await load();
  };
  return html`
    ${
      deliveries.length === 0 &&
      html`
        <p class="muted small">${t("no_deliveries")}</p>
      `
    }
    <ul class="plain-list">
      ${deliveries.map(
        (one) => html`
          <li key=${one.id}>
            <span>
              <code>${one.type}</code>
              ${` ${t(`delivery_${one.state}`)}`}
              <br />
              <span class="muted small">
                ${[moment(one.create_time), t("n_attempts", { n: one.attempt_count }), one.detail].filter(Boolean).join(" · ")}
                ${one.next_attempt_time && ` · ${t("next_attempt", { time: moment(one.next_attempt_time) })}`}
              </span>
            </span>
            ${
              one.state !== "pending" &&
              isEnabled &&
              html`
                <button class="quiet" aria-label=${t("replay_one", { type: one.type })} onClick=${() => replay(one)}>
                  ${t("replay")}
                </button>
              `
            }
          </li>
        `,
      )}
    </ul>
    ${
      hasFailed &&
      isEnabled &&
      html`
        <button onClick=${() => replayFailed().catch(fail)}>${t("replay_failed")}</button>
      `
    }
  `;
}
