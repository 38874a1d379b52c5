// The person's settings, in sections.
import { html, useState } from "../../vendor/view.js";
import { patch, signOut } from "../api.js";
import { today } from "../board.js";
import { LANGUAGES, WEEKDAYS, speak, t, weekdayName } from "../i18n.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { leave } from "../main.js";
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
    <section class="card"><${Pauses} today=${today.value ?? new Date().toISOString().slice(0, 10)} /></section>
    <${CalendarSettings} />
    <${QuickLinkSettings} />
    <${WebhookSettings} />
    <${Access} />
    <${DataSettings} />
    <div class="actions"><button onClick=${out}>${t("sign_out")}</button></div>
    <${DangerZone} />
  `;
}

function Profile() {
  const [error, setError] = useState(/** @type {any} */ (null));
  const user = person.value;
  const save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)));
    const changed = Object.fromEntries(Object.entries(form).filter(([name, value]) => user[name] !== value));
    setError(null);
    try {
      person.value = Object.keys(changed).length ? await patch("/v1/me", changed) : user;
      await speak(person.value.locale);
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
      <p class="muted">${user.email ?? t("no_email")}</p>
      <form onSubmit=${save}>
        <${Field} label=${t("name")} error=${errorOf(error, "display_name")}>
          <input name="display_name" dir="auto" value=${user.display_name} />
        <//>
        <${Field}
          label=${t("timezone")}
          error=${errorOf(error, "timezone")}
          hint=${here === user.timezone ? "" : t("zone_here", { zone: here })}
        >
          <input name="timezone" list="zones" value=${user.timezone} />
        <//>
        <datalist id="zones">
          ${zones.map(
            (zone) => html`
              <option key=${zone} value=${zone}></option>
            `,
          )}
        </datalist>
        <${Field} label=${t("day_start")} hint=${t("day_start_hint")} error=${errorOf(error, "day_start")}>
          <input name="day_start" type="time" min="00:00" max="12:00" value=${user.day_start} />
        <//>
        <${Field} label=${t("week_start")}>
          <select name="week_start" value=${user.week_start}>
            ${WEEKDAYS.map(
              (day) => html`
                <option key=${day} value=${day}>${weekdayName(day, "long")}</option>
              `,
            )}
          </select>
        <//>
        <${Field} label=${t("language")} error=${errorOf(error, "locale")}>
          <select name="locale" value=${user.locale.split("-")[0]}>
            ${Object.entries(LANGUAGES).map(
              ([tag, name]) => html`
                <option key=${tag} value=${tag} lang=${tag}>${name}</option>
              `,
            )}
          </select>
        <//>
        <${FormError} error=${error} />
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
