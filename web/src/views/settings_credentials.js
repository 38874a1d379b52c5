// The email address and the password of the account.
import { html, useState } from "../../vendor/view.js";
import { post } from "../api.js";
import { t } from "../i18n.js";
import { enter } from "../main.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { OpenedForm } from "../parts/opened_form.js";
import { person, toast } from "../state.js";

/** @param {{onSessionsEnded: () => void}} properties called when a new password has ended other sessions */
export function Credentials({ onSessionsEnded }) {
  // An account that came by an OpenID provider has an address, and no password: only the API knows.
  const [hasNone, setHasNone] = useState(false);
  const { email } = person.value;
  if (!email || hasNone)
    return html`
      <p class="muted">${email || t("no_email")}</p>
      <${FirstPassword} onDone=${() => setHasNone(false)} />
    `;
  const onRefused = (/** @type {any} */ refusal) => {
    if (refusal.reason !== "PASSWORD_NOT_SET") return;
    setHasNone(true);
    toast(refusal.message);
  };
  return html`
    <p class="muted" dir="auto">${email}</p>
    <div class="row">
      <${Email} onRefused=${onRefused} />
      <${Password} onRefused=${onRefused} onDone=${onSessionsEnded} />
    </div>
  `;
}

/** @param {{onRefused: (refusal: any) => void}} properties */
const Email = ({ onRefused }) => html`
  <${OpenedForm} label=${t("change_email")}>
    ${(/** @type {() => void} */ close) => html`
      <${Form}
        label=${t("change_email")}
        path="/v1/me/email"
        onClose=${close}
        onRefused=${onRefused}
        onDone=${async (/** @type {any} */ user) => {
          await enter(user);
          toast(t("email_saved", { email: user.email }));
        }}
      >
        ${(/** @type {any} */ error) => html`
          <${Address} error=${error} label=${t("new_email")} />
          <${Proof} error=${error} name="password" />
        `}
      <//>
    `}
  <//>
`;

/** @param {{onRefused: (refusal: any) => void, onDone: () => void}} properties */
const Password = ({ onRefused, onDone }) => html`
  <${OpenedForm} label=${t("change_password")}>
    ${(/** @type {() => void} */ close) => html`
      <${Form}
        label=${t("change_password")}
        path="/v1/me/password"
        onClose=${close}
        onRefused=${onRefused}
        onDone=${() => {
          onDone();
          toast(t("password_saved"));
        }}
      >
        ${(/** @type {any} */ error) => html`
          <input type="hidden" autocomplete="username" value=${person.value.email} />
          <${Proof} error=${error} name="current_password" />
          <${NewPassword} error=${error} name="new_password" />
        `}
      <//>
    `}
  <//>
`;

/** @param {{onDone: () => void}} properties */
const FirstPassword = ({ onDone }) => html`
  <${OpenedForm} label=${t("set_password")}>
    ${(/** @type {() => void} */ close) => html`
      <${Form}
        label=${t("set_password")}
        path="/v1/me/credentials"
        onClose=${close}
        onDone=${async (/** @type {any} */ user) => {
          await enter(user);
          onDone();
          toast(t("credentials_saved"));
        }}
      >
        ${(/** @type {any} */ error) => html`
          <${Address} error=${error} label=${t("email")} value=${person.value.email ?? ""} />
          <${NewPassword} error=${error} name="password" />
        `}
      <//>
    `}
  <//>
`;

/**
 * @param {{label: string, path: string, children?: any, onClose: () => void,
 *   onDone: (answer: any) => unknown, onRefused?: (refusal: any) => void}} properties
 */
function Form({ label, path, children, onClose, onDone, onRefused }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const body = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    setBusy(true);
    setError(null);
    try {
      const answer = await post(path, body);
      onClose();
      await onDone(answer);
    } catch (refusal) {
      setBusy(false);
      setError(refusal);
      onRefused?.(refusal);
    }
  };
  return html`
    <form onSubmit=${submit} aria-label=${label}>
      ${children(error)}
      <${FormError} error=${error && !atField(error) ? error : null} />
      <div class="actions">
        <button type="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="primary" disabled=${busy}>${t("save")}</button>
      </div>
    </form>
  `;
}

const atField = (/** @type {any} */ error) =>
  error.errors?.length > 0 || error.reason === "PASSWORD_WRONG" || error.reason === "EMAIL_TAKEN";

/** @param {{error: any, label: string, value?: string}} properties */
const Address = ({ error, label, value = "" }) => html`
  <${Field} label=${label} error=${error?.reason === "EMAIL_TAKEN" ? error.message : errorOf(error, "email")}>
    <input name="email" type="email" autocomplete="username" maxlength="254" defaultValue=${value} required />
  <//>
`;

/** The password of now, which proves that it is the person. @param {{error: any, name: string}} properties */
const Proof = ({ error, name }) => html`
  <${Field} label=${t("current_password")} error=${error?.reason === "PASSWORD_WRONG" ? error.message : errorOf(error, name)}>
    <input name=${name} type="password" autocomplete="current-password" required />
  <//>
`;

/** @param {{error: any, name: string}} properties */
const NewPassword = ({ error, name }) => html`
  <${Field} label=${t("new_password")} hint=${t("password_hint")} error=${errorOf(error, name) || errorOf(error, "password")}>
    <input name=${name} type="password" autocomplete="new-password" required />
  <//>
`;
