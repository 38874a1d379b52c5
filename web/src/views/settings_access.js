// Email and password, sessions, personal tokens, and what happened to the account.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, post, remove } from "../api.js";
import { moment, t } from "../i18n.js";
import { Confirm } from "../parts/dialog.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { OpenedForm } from "../parts/opened_form.js";
import { QrCode } from "../parts/qr.js";
import { Secret } from "../parts/secret.js";
import { toast } from "../state.js";
import { Credentials } from "./settings_credentials.js";

const SCOPES = ["habits:read", "habits:write", "check_ins:write", "analytics:read", "account:read"];
const LIFETIMES = [0, 7, 30, 90, 365]; // days; 0 is without an end
const DAY = 86_400_000;
const fail = (/** @type {Error} */ error) => toast(error.message, { kind: "bad" });

export function Access() {
  const [passwords, setPasswords] = useState(0); // how many were set here: each ends the other sessions
  return html`
    <section class="card">
      <h2>${t("access")}</h2>
      <${Credentials} onSessionsEnded=${() => setPasswords(passwords + 1)} />
      <${Sessions} key=${passwords} />
      <${AnotherDevice} />
      <${Tokens} />
      <${Events} />
    </section>
  `;
}

function Sessions() {
  const [items, setItems] = useState(/** @type {any[]} */ ([]));
  const load = () => get("/v1/me/sessions").then((page) => setItems(page.items));
  useEffect(() => void load().catch(() => undefined), []);
  return html`
    <h3>${t("sessions")}</h3>
    <ul class="plain-list">
      ${items.map(
        (one) => html`
          <li key=${one.id}>
            <span>
              ${one.device || t("unknown_device")}${one.current ? ` · ${t("this_device")}` : ""}
              <br />
              <span class="muted small">${[placeInWords(one.place), moment(one.last_use_time)].filter(Boolean).join(" · ")}</span>
            </span>
            ${
              !one.current &&
              html`
                <button
                  class="quiet"
                  aria-label=${t("end_session_of", { device: one.device || t("unknown_device") })}
                  onClick=${() => remove(`/v1/me/sessions/${one.id}`).then(load).catch(fail)}
                >
                  ${t("end_session")}
                </button>
              `
            }
          </li>
        `,
      )}
    </ul>
  `;
}

function AnotherDevice() {
  const [code, setCode] = useState(/** @type {any} */ (null));
  if (!code) {
    const make = () => post("/v1/me/sign-in-codes").then(setCode, fail);
    return html`
      <button class="link" onClick=${make}>${t("another_device")}</button>
    `;
  }
  return html`
    <p>${t("another_device_help")}</p>
    <${QrCode} text=${`${location.origin}/#/sign-in/${code.code}`} label=${t("another_device")} />
    <p><code>${code.code}</code></p>
    <p class="muted small">${t("expires", { time: moment(code.expire_time) })}</p>
  `;
}

function Tokens() {
  const [items, setItems] = useState(/** @type {any[]} */ ([]));
  const [secret, setSecret] = useState("");
  const [asked, setAsked] = useState(/** @type {any} */ (null));
  const load = () => get("/v1/me/tokens").then((page) => setItems(page.items));
  useEffect(() => void load().catch(() => undefined), []);
  const created = (/** @type {string} */ text) => {
    setSecret(text);
    void load().catch(fail);
  };
  const revoke = (/** @type {any} */ token) => {
    setAsked(null);
    setSecret(""); // it may be the one that is shown
    void remove(`/v1/me/tokens/${token.id}`).then(load).catch(fail);
  };
  return html`
    <h3>${t("tokens")}</h3>
    <p class="muted small">${t("tokens_help")}</p>
    <${Secret} text=${secret} />
    <ul class="plain-list">
      ${items.map(
        (one) => html`
          <li key=${one.id}>
            <span dir="auto">
              ${one.name}
              <br />
              <span class="muted small">
                ${one.prefix}… · ${one.scopes.join(", ")} ·
                ${one.last_use_time ? t("last_used", { time: moment(one.last_use_time) }) : t("never_used")}
                ${one.expire_time && ` · ${t("expires", { time: moment(one.expire_time) })}`}
              </span>
            </span>
            <button class="quiet" aria-label=${t("revoke_quick_link", { title: one.name })} onClick=${() => setAsked(one)}>
              ${t("revoke")}
            </button>
          </li>
        `,
      )}
    </ul>
    <${OpenedForm} label=${t("new_token")} look="link">
      ${(/** @type {() => void} */ close) => html`
        <${NewToken} onClose=${close} onCreated=${created} />
      `}
    <//>
    ${
      asked &&
      html`
        <${Confirm}
          title=${t("revoke_quick_link", { title: asked.name })}
          text=${t("revoke_token_help")}
          yes=${t("revoke")}
          onYes=${() => revoke(asked)}
          onClose=${() => setAsked(null)}
        />
      `
    }
  `;
}

/** @param {{onClose: () => void, onCreated: (secret: string) => void}} properties */
function NewToken({ onClose, onCreated }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    setError(null);
    try {
      const days = Number(form.get("days"));
      const made = await post("/v1/me/tokens", {
        name: form.get("name"),
        scopes: form.getAll("scopes"),
        ...(days && { expire_time: new Date(Date.now() + days * DAY).toISOString() }),
      });
      onClose();
      onCreated(made.secret);
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`
    <form onSubmit=${submit} aria-label=${t("new_token")}>
      <${Field} label=${t("token_name")} error=${errorOf(error, "name")}>
        <input name="name" required maxlength="80" dir="auto" />
      <//>
      <fieldset>
        <legend>${t("token_scopes")}</legend>
        ${SCOPES.map(
          (scope) => html`
            <label class="line" key=${scope}>
              <input type="checkbox" name="scopes" value=${scope} defaultChecked=${scope === "habits:read"} />
              <span>
                ${t(`scope_${scope}`)}
                <br />
                <code class="small">${scope}</code>
              </span>
            </label>
          `,
        )}
      </fieldset>
      <${Field} label=${t("token_lifetime")}>
        <select name="days">
          ${LIFETIMES.map(
            (n) => html`
              <option key=${n} value=${n}>${n ? t("n_days", { n }) : t("token_endless")}</option>
            `,
          )}
        </select>
      <//>
      <${FormError} error=${error && !errorOf(error, "name") ? error : null} />
      <div class="actions">
        <button type="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="primary">${t("create")}</button>
      </div>
    </form>
  `;
}

function Events() {
  const [items, setItems] = useState(/** @type {any[] | null} */ (null));
  const show = () => get("/v1/me/events?page_size=20").then((page) => setItems(page.items), fail);
  if (!items)
    return html`
      <button class="link" onClick=${show}>${t("account_events")}</button>
    `;
  return html`
    <h3>${t("account_events")}</h3>
    <ul class="plain-list">
      ${items.map(
        (one) => html`
          <li key=${one.id}>
            <span>${eventInWords(one.kind)}</span>
            <span class="muted small">
              ${[one.device, placeInWords(one.place), moment(one.create_time)].filter(Boolean).join(" · ")}
            </span>
          </li>
        `,
      )}
    </ul>
  `;
}

/** @param {string} kind newer ones have no words yet */
function eventInWords(kind) {
  const text = t(`event_${kind}`);
  return text === `event_${kind}` ? kind.replaceAll("_", " ") : text;
}

const PLACES = /** @type {Record<string, string>} */ ({ "this computer": "this_computer", "local network": "local_network" });

/** @param {string} place a part of an address, or auth's words for one that is not public */
function placeInWords(place) {
  return place in PLACES ? t(PLACES[place]) : place;
}
