// The person's settings, in sections.
import { html, useState } from "../../vendor/view.js";
import { patch, signOut } from "../api.js";
import { today } from "../board.js";
import { LANGUAGES, WEEKDAYS, t, weekdayName } from "../i18n.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { enter, leave } from "../main.js";
import { unsubscribeHere } from "../push.js";
import { person, theme, toast } from "../state.js";
import { Access } from "./settings_access.js";
import { CalendarSettings } from "./settings_calendar.js";
import { DangerZone } from "./settings_danger.js";
import { DataSettings } from "./settings_data.js";
import { Messages } from "./settings_messages.js";
import { QuickLinkSettings } from "./settings_quick_links.js";
import { WebhookSettings } from "./settings_webhooks.js";
import { Pauses } from "./pauses.js";

export function SettingsView() {
  const out = async () => {
    try {
      await unsubscribeHere().catch(() => undefined); // who comes next sees none of these reminders
      await signOut();
    } catch (error) {
      return toast(/** @type {Error} */ (error).message, { kind: "bad" });
    }
    return leave();
  };
  return html`
    <h1>${t("settings")}</h1>
    <${Profile} />
    <${Look} />
    <${Messages} />
    <section class="card"><${Pauses} today=${today.value ?? civilDay(person.value.timezone)} /></section>
    <${CalendarSettings} />
    <${QuickLinkSettings} />
    <${WebhookSettings} />
    <${Access} />
    <${DataSettings} />
    <div class="actions"><button onClick=${out}>${t("sign_out")}</button></div>
    <${DangerZone} />
  `;
}

/** @param {string} timeZone @returns {string} the date there; the board, once seen, knows better when a day begins */
const civilDay = (timeZone) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date());

function Profile() {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [typed, setTyped] = useState({}); // what a refusal must not take away
  const user = person.value;
  const draft = { ...user, ...typed };
  const onInput = (/** @type {any} */ event) => setTyped({ ...typed, [event.target.name]: event.target.value });
  const save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    const changed = Object.fromEntries(Object.entries(form).filter(([name, value]) => user[name] !== value));
    setError(null);
    try {
      if (Object.keys(changed).length) await enter(await patch("/v1/me", changed));
      setTyped({});
      toast(t("saved"));
    } catch (refusal) {
      setError(refusal);
    }
  };
  const zones = Intl.supportedValuesOf("timeZone");
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return html`
    <section class="card">
      <h2>${t("profile")}</h2>
      <form onSubmit=${save} onInput=${onInput}>
        <${Field} label=${t("name")} error=${errorOf(error, "display_name")}>
          <input name="display_name" dir="auto" value=${draft.display_name} />
        <//>
        <${Field}
          label=${t("timezone")}
          error=${errorOf(error, "timezone")}
          hint=${here === user.timezone ? "" : t("zone_here", { zone: here })}
        >
          <input name="timezone" list="zones" value=${draft.timezone} />
        <//>
        <datalist id="zones">
          ${zones.map(
            (zone) => html`
              <option key=${zone} value=${zone}></option>
            `,
          )}
        </datalist>
        <${Field} label=${t("day_start")} hint=${t("day_start_hint")} error=${errorOf(error, "day_start")}>
          <input name="day_start" type="time" min="00:00" max="12:00" value=${draft.day_start} />
        <//>
        <${Field} label=${t("week_start")}>
          <select name="week_start" value=${draft.week_start}>
            ${WEEKDAYS.map(
              (day) => html`
                <option key=${day} value=${day}>${weekdayName(day, "long")}</option>
              `,
            )}
          </select>
        <//>
        <${Field} label=${t("language")} error=${errorOf(error, "locale")}>
          <select name="locale" value=${draft.locale}>
            ${Object.entries(LANGUAGES).map(
              ([tag, name]) => html`
                <option key=${tag} value=${user.locale.split("-")[0] === tag ? user.locale : tag} lang=${tag}>${name}</option>
              `,
            )}
          </select>
        <//>
        <${FormError} error=${error && !error.errors?.length ? error : null} />
        <div class="actions"><button class="primary">${t("save")}</button></div>
      </form>
    </section>
  `;
}

const Look = () => html`
  <section class="card">
    <h2>${t("theme")}</h2>
    <div class="chips" role="group" aria-label=${t("theme")}>
      ${["system", "light", "dark"].map(
        (one) => html`
          <button key=${one} aria-pressed=${theme.value === one} onClick=${() => (theme.value = one)}>
            ${t(`theme_${one}`)}
          </button>
        `,
      )}
    </div>
  </section>
`;
