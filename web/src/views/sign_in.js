// Sign in, register, or enter a code from the chat.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, post, put, signIn } from "../api.js";
import { t } from "../i18n.js";
import { enter } from "../main.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { Loading } from "../parts/common.js";
import { go, launch, toast } from "../state.js";

const SECRET = "habits.oidc";

export function SignInView() {
  const [way, setWay] = useState(/** @type {"sign_in" | "register" | "code"} */ ("sign_in"));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [isBusy, setBusy] = useState(false);
  const [isBack, setBack] = useState(isBackFromProvider);
  const [hasOidc, setHasOidc] = useState(false);
  /** One thing at a time; what goes wrong is shown. @param {() => Promise<any>} work */
  const run = async (work) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (refusal) {
      setError(refusal);
    }
    setBusy(false);
  };
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    return run(async () => {
      const user = await signIn(PATHS[way], bodyOf(way, form));
      if (launch.value) await link(launch.value);
      await enter(user);
      if (location.hash.startsWith("#/sign-in")) go("/");
    });
  };
  useEffect(() => {
    if (isBack) void run(finishOidc).then(() => setBack(false));
    get("/v1/auth/sign-in-methods").then(
      (methods) => setHasOidc(methods.oidc),
      () => undefined, // without an answer the other ways are there
    );
  }, []);
  const choose = (/** @type {any} */ next) => () => {
    setError(null);
    setWay(next);
  };
  if (isBack)
    return html`
      <${Loading} isPage />
    `;
  return html`
    <div class="sign-in">
      <img src="/web/icons/icon.svg" alt="" width="64" height="64" />
      <h1>${t("app_name")}</h1>
      <p class="muted">${t("app_claim")}</p>
      ${
        launch.value &&
        html`
          <${InTelegram} launch=${launch.value} isBusy=${isBusy} run=${run} />
        `
      }
      <form onSubmit=${submit} aria-label=${t(way)} key=${way}>
        ${
          way === "code"
            ? html`
                <${CodeField} error=${error} />
              `
            : html`
                <${PasswordFields} way=${way} error=${error} />
              `
        }
        <${FormError} error=${error && !error.errors?.length ? error : null} />
        <button class="primary" disabled=${isBusy}>${t(way)}</button>
      </form>
      <p class="ways">
        ${
          way !== "sign_in" &&
          html`
            <button class="link" onClick=${choose("sign_in")}>${t("have_account")}</button>
          `
        }
        ${
          way !== "register" &&
          html`
            <button class="link" onClick=${choose("register")}>${t("no_account")}</button>
          `
        }
        ${
          way !== "code" &&
          html`
            <button class="link" onClick=${choose("code")}>${t("have_code")}</button>
          `
        }
        ${
          hasOidc &&
          html`
            <button class="link" disabled=${isBusy} onClick=${() => run(startOidc)}>${t("oidc")}</button>
          `
        }
      </p>
    </div>
  `;
}

/**
 * Telegram's user has no account here: make one right away, or sign in to one, which links it.
 * @param {{launch: import("../telegram.js").Launch, isBusy: boolean, run: (work: () => Promise<any>) => any}} properties
 */
const InTelegram = ({ launch, isBusy, run }) => html`
  <p>${t("in_telegram", { name: launch.name })}</p>
  <button class="primary" disabled=${isBusy} onClick=${() => run(() => registerByTelegram(launch))}>
    ${t("in_telegram_register")}
  </button>
  <p class="muted">${t("in_telegram_link")}</p>
`;

/** @param {import("../telegram.js").Launch} launch */
async function registerByTelegram({ init_data, language }) {
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  await enter(
    await signIn("/telegram", { init_data, register: { timezone, locale: (language || navigator.language).split("-")[0] } }),
  );
}

/**
 * Link Telegram's chat with the account that has just been signed in. It stays signed in without.
 * @param {import("../telegram.js").Launch} launch
 */
async function link({ init_data }) {
  try {
    await put("/v1/telegram/link", { init_data });
    toast(t("in_telegram_linked"), { kind: "good" });
  } catch (error) {
    toast(/** @type {Error} */ (error).message, { kind: "bad" });
  }
}

const PATHS = /** @type {const} */ ({ sign_in: "", register: "/register", code: "/code" });

/** @param {string} way @param {any} form */
function bodyOf(way, form) {
  if (way !== "register") return form;
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  const week = /** @type {any} */ (new Intl.Locale(navigator.language)).getWeekInfo?.();
  const week_start = week?.firstDay === 7 ? "sun" : "mon";
  return { ...form, timezone, week_start, locale: navigator.language.slice(0, 2) };
}

/** @param {{way: string, error: any}} properties */
const PasswordFields = ({ way, error }) => html`
  <${Field} label=${t("email")} error=${errorOf(error, "email")}>
    <input name="email" type="email" autocomplete="username" required autofocus />
  <//>
  <${Field} label=${t("password")} error=${errorOf(error, "password")} hint=${way === "register" ? t("password_hint") : ""}>
    <input name="password" type="password" required autocomplete=${way === "register" ? "new-password" : "current-password"} />
  <//>
  ${
    way === "register" &&
    html`
      <${Field} label=${t("name_optional")}><input name="display_name" autocomplete="name" dir="auto" /><//>
    `
  }
`;

/** @param {{error: any}} properties */
const CodeField = ({ error }) => html`
  <${Field} label=${t("code")} error=${errorOf(error, "code")} hint=${t("code_hint")}>
    <input name="code" autocomplete="one-time-code" required autofocus spellcheck="false" />
  <//>
`;

async function startOidc() {
  const started = await post("/v1/auth/oidc/start", { redirect_uri: `${location.origin}/` });
  sessionStorage.setItem(SECRET, started.browser_secret);
  location.assign(started.authorization_url);
}

/** Whether the page was opened by the OpenID provider: with a code, or with the reason why there is none. */
function isBackFromProvider() {
  const query = new URLSearchParams(location.search);
  return query.has("state") && (query.has("code") || query.has("error"));
}

/** Finish what the OpenID provider has sent the browser back with. It leaves the address: it is of use once. */
async function finishOidc() {
  const query = new URLSearchParams(location.search);
  const browser_secret = sessionStorage.getItem(SECRET);
  sessionStorage.removeItem(SECRET);
  history.replaceState(null, "", "/");
  if (!browser_secret || !query.get("code")) throw new Error(t("oidc_failed"));
  const body = { state: query.get("state"), code: query.get("code"), iss: query.get("iss") ?? "", browser_secret };
  await enter(await signIn("/oidc", body));
}
