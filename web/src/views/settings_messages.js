// Telegram, quiet hours, reports and cheers.
import { html, useEffect, useRef, useState } from "../../vendor/view.js";
import { ApiError, get, patch, post, remove } from "../api.js";
import { Loading } from "../parts/common.js";
import { moment, t } from "../i18n.js";
import { Field } from "../parts/field.js";
import { QrCode } from "../parts/qr.js";
import { toast } from "../state.js";
import { PushReminders } from "./settings_push.js";

const PREFERENCES = "/v1/notifications/preferences";

/**
 * The preferences as the person has set them: what is stored, and over it the changes that are still on their way.
 * Changes are sent one after the other, so that the last one wins, and an answer takes none of the later ones back.
 * @returns {[any, (fields: object) => void]}
 */
function usePreferences() {
  const [stored, setStored] = useState(/** @type {any} */ (null));
  const [pending, setPending] = useState(/** @type {object[]} */ ([]));
  const last = useRef(/** @type {Promise<any>} */ (Promise.resolve()));
  useEffect(() => {
    get(PREFERENCES).then(setStored, () => undefined);
  }, []);
  const change = (/** @type {object} */ fields) => {
    setPending((those) => [...those, fields]);
    last.current = last.current
      .then(() => patch(PREFERENCES, fields))
      .then(setStored, (error) => toast(error.message, { kind: "bad" }))
      .then(() => setPending((those) => those.filter((one) => one !== fields)));
  };
  return [stored && Object.assign({}, stored, ...pending), change];
}

export function Messages() {
  const [preferences, change] = usePreferences();
  if (!preferences)
    return html`
      <${Loading} />
    `;
  const quiet = preferences.quiet_hours;
  return html`
    <section class="card">
      <h2>${t("messages")}</h2>
      <${Telegram} />
      <${Switch}
        label=${t("telegram_enabled")}
        value=${preferences.telegram_enabled}
        onChange=${(/** @type {boolean} */ telegram_enabled) => change({ telegram_enabled })}
      />
      <${PushReminders} />
      <${Switch}
        label=${t("quiet_hours")}
        value=${Boolean(quiet)}
        onChange=${(/** @type {boolean} */ on) => change({ quiet_hours: on ? { from: "22:00", to: "07:00" } : null })}
      />
      ${
        quiet &&
        html`
          <div class="row">
            <label>
              ${t("from_time")}
              <input
                type="time"
                value=${quiet.from}
                onChange=${(/** @type {any} */ event) => change({ quiet_hours: { ...quiet, from: event.target.value } })}
              />
            </label>
            <label>
              ${t("to_time")}
              <input
                type="time"
                value=${quiet.to}
                onChange=${(/** @type {any} */ event) => change({ quiet_hours: { ...quiet, to: event.target.value } })}
              />
            </label>
          </div>
        `
      }
      <${Switch}
        label=${t("daily_report")}
        value=${Boolean(preferences.daily_report_time)}
        onChange=${(/** @type {boolean} */ on) => change({ daily_report_time: on ? "21:00" : null })}
      />
      ${
        preferences.daily_report_time &&
        html`
          <${Field} label=${t("report_time")}>
            <input
              type="time"
              value=${preferences.daily_report_time}
              onChange=${(/** @type {any} */ event) => change({ daily_report_time: event.target.value })}
            />
          <//>
        `
      }
      <${Switch}
        label=${t("weekly_report")}
        value=${preferences.weekly_report}
        onChange=${(/** @type {boolean} */ weekly_report) => change({ weekly_report })}
      />
      <${Switch}
        label=${t("monthly_report")}
        value=${preferences.monthly_report}
        onChange=${(/** @type {boolean} */ monthly_report) => change({ monthly_report })}
      />
      <${Switch}
        label=${t("streak_cheers")}
        value=${preferences.streak_cheers}
        onChange=${(/** @type {boolean} */ streak_cheers) => change({ streak_cheers })}
      />
    </section>
  `;
}

/** @param {{label: string, value: boolean, onChange: (value: boolean) => void}} properties */
const Switch = ({ label, value, onChange }) => html`
  <label class="line">
    <input type="checkbox" checked=${value} onChange=${(/** @type {any} */ event) => onChange(event.target.checked)} />
    ${label}
  </label>
`;

function Telegram() {
  const [chat, setChat] = useState(/** @type {any} */ (undefined));
  const [link, setLink] = useState(/** @type {any} */ (null));
  const find = () =>
    get("/v1/telegram/link").then(setChat, (error) => error instanceof ApiError && error.status === 404 && setChat(null));
  useEffect(() => void find(), []);
  useEffect(() => {
    if (!link || chat) return undefined;
    const timer = setInterval(find, 3000);
    return () => clearInterval(timer);
  }, [link, chat]);
  const run = (/** @type {Promise<any>} */ work) => work.catch((error) => toast(error.message, { kind: "bad" }));
  if (chat === undefined) return null;
  if (chat) {
    return html`
      <div class="line">
        <span>
          ✅
          ${t("telegram_linked", { name: chat.chat_title || chat.chat_id })}${chat.reachable ? "" : ` · ${t("telegram_blocked")}`}
        </span>
        <button class="quiet" onClick=${() => run(remove("/v1/telegram/link").then(() => setChat(null)))}>${t("unlink")}</button>
      </div>
    `;
  }
  if (!link)
    return html`
      <button onClick=${() => run(post("/v1/telegram/link").then(setLink))}>${t("telegram_link")}</button>
    `;
  return html`
    <p>${t("telegram_help")}</p>
    <${QrCode} text=${link.url} label=${t("telegram_qr")} />
    <a class="button primary" href=${link.url} target="_blank" rel="noreferrer">${t("telegram_open")}</a>
    <p class="muted small">${t("expires", { time: moment(link.expire_time) })}</p>
  `;
}
