// Sessions, personal tokens, email and password.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, post, remove } from "../api.js";
import { moment, t } from "../i18n.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { QrCode } from "../parts/qr.js";
import { Secret } from "../parts/secret.js";
import { person, toast } from "../state.js";

const SCOPES = ["habits:read", "habits:write", "check_ins:write", "analytics:read", "account:read"];
const fail = (/** @type {Error} */ error) => toast(error.message, { kind: "bad" });

export const Access = () => html`
  <section class="card">
    <h2>${t("access")}</h2>
    <${Password} />
    <${Sessions} />
    <${AnotherDevice} />
    <${Tokens} />
    <${Events} />
  </section>
`;

function Password() {
  const [isOpen, setOpen] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const has = Boolean(person.value.email);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    setError(null);
    try {
      const answer = await post(has ? "/v1/me/password" : "/v1/me/credentials", form);
      if (answer) person.value = answer;
      setOpen(false);
      toast(t("password_saved"));
    } catch (refusal) {
      setError(refusal);
    }
  };
  if (!isOpen)
    return html`
      <button onClick=${() => setOpen(true)}>${t(has ? "change_password" : "set_password")}</button>
    `;
  return html`
    <form onSubmit=${submit}>
      ${
        has
          ? html`
              <${Field} label=${t("current_password")} error=${errorOf(error, "current_password")}>
                <input name="current_password" type="password" autocomplete="current-password" required />
              <//>
            `
          : html`
              <${Field} label=${t("email")} error=${errorOf(error, "email")}>
                <input name="email" type="email" autocomplete="username" required />
              <//>
            `
      }
      <${Field} label=${t("new_password")} hint=${t("password_hint")} error=${errorOf(error, has ? "new_password" : "password")}>
        <input name=${has ? "new_password" : "password"} type="password" autocomplete="new-password" required />
      <//>
      <${FormError} error=${error} />
      <div class="actions">
        <button type="button" onClick=${() => setOpen(false)}>${t("cancel")}</button>
        <button class="primary">${t("save")}</button>
      </div>
    </form>
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
              <span class="muted small">${one.place} · ${moment(one.last_use_time)}</span>
            </span>
            ${
              !one.current &&
              html`
                <button class="quiet" onClick=${() => remove(`/v1/me/sessions/${one.id}`).then(load, fail)}>
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
  const [isOpen, setOpen] = useState(false);
  const load = () => get("/v1/me/tokens").then((page) => setItems(page.items));
  useEffect(() => void load().catch(() => undefined), []);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    try {
      const made = await post("/v1/me/tokens", { name: form.get("name"), scopes: form.getAll("scopes") });
      setSecret(made.secret);
      setOpen(false);
      await load();
    } catch (error) {
      fail(/** @type {Error} */ (error));
    }
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
                ${one.prefix}… · ${one.scopes.join(", ")} · ${one.last_use_time ? moment(one.last_use_time) : t("never_used")}
              </span>
            </span>
            <button class="quiet" onClick=${() => remove(`/v1/me/tokens/${one.id}`).then(load, fail)}>${t("remove")}</button>
          </li>
        `,
      )}
    </ul>
    ${
      !isOpen &&
      html`
        <button class="link" onClick=${() => setOpen(true)}>${t("new_token")}</button>
      `
    }
    ${
      isOpen &&
      html`
        <form onSubmit=${submit}>
          <${Field} label=${t("token_name")}><input name="name" required maxlength="80" dir="auto" /><//>
          ${SCOPES.map(
            (scope) => html`
              <label class="line" key=${scope}>
                <input type="checkbox" name="scopes" value=${scope} checked=${scope === "habits:read"} />
                <code>${scope}</code>
              </label>
            `,
          )}
          <div class="actions"><button class="primary">${t("create")}</button></div>
        </form>
      `
    }
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
            <span>${one.kind.replaceAll("_", " ")}</span>
            <span class="muted small">${[one.device, one.place, moment(one.create_time)].filter(Boolean).join(" · ")}</span>
          </li>
        `,
      )}
    </ul>
  `;
}
