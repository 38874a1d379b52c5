// The reminders of a habit: up to 8.
import { html } from "../../vendor/view.js";
import { t } from "../i18n.js";
import { Field } from "../parts/field.js";
import { Weekdays } from "./schedule_fields.js";

const MOST = 8;
const NAGS = [15, 30, 60, 120];

/** @param {{reminders: any[], error: string, onChange: (reminders: any[]) => void}} properties */
export function ReminderFields({ reminders, error, onChange }) {
  const change = (/** @type {number} */ at, /** @type {any} */ fields) =>
    onChange(reminders.map((one, index) => (index === at ? { ...one, ...fields } : one)));
  return html`
    <fieldset>
      <legend>${t("reminders")}</legend>
      ${reminders.map(
        (one, index) => html`
          <div class="card" key=${one.id ?? index}>
            <div class="row">
              <input
                type="time"
                required
                aria-label=${t("time")}
                value=${one.time}
                onInput=${(/** @type {any} */ event) => change(index, { time: event.target.value })}
              />
              <input
                aria-label=${t("reminder_text")}
                placeholder=${t("reminder_text")}
                dir="auto"
                maxlength="200"
                value=${one.text ?? ""}
                onInput=${(/** @type {any} */ event) => change(index, { text: event.target.value })}
              />
              <button type="button" class="quiet" onClick=${() => onChange(reminders.filter((_, n) => n !== index))}>
                ${t("remove")}
              </button>
            </div>
            <${Weekdays}
              chosen=${one.weekdays ?? []}
              onChange=${(/** @type {string[]} */ weekdays) => change(index, { weekdays })}
            />
            <${Field} label=${t("nag")}>
              <select
                value=${one.nag_minutes ?? ""}
                onChange=${(/** @type {any} */ event) => change(index, { nag_minutes: Number(event.target.value) || null })}
              >
                <option value="">${t("nag_never")}</option>
                ${[...new Set([...NAGS, ...(one.nag_minutes ? [one.nag_minutes] : [])])].map(
                  (n) => html`
                    <option key=${n} value=${n}>${t("nag_every", { n })}</option>
                  `,
                )}
              </select>
            <//>
          </div>
        `,
      )}
      ${
        error &&
        html`
          <p class="error" role="alert">${error}</p>
        `
      }
      ${
        reminders.length < MOST &&
        html`
          <button type="button" class="link" onClick=${() => onChange([...reminders, { time: "09:00", weekdays: [], text: "" }])}>
            ${t("add_reminder")}
          </button>
        `
      }
    </fieldset>
  `;
}
