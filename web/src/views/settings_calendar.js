// The address of the person's calendar, for calendar apps.
import { html, useState } from "../../vendor/view.js";
import { post, remove } from "../api.js";
import { t } from "../i18n.js";
import { Confirm } from "../parts/dialog.js";
import { Secret } from "../parts/secret.js";
import { toast } from "../state.js";

const fail = (/** @type {Error} */ error) => toast(error.message, { kind: "bad" });

export function CalendarSettings() {
  const [url, setUrl] = useState("");
  const [asks, setAsks] = useState("");
  const create = () => post("/v1/calendar").then((made) => setUrl(made.url), fail);
  const takeBack = () =>
    remove("/v1/calendar").then(() => {
      setUrl("");
      toast(t("calendar_gone"));
    }, fail);
  const run = { create, takeBack };
  return html`
    <section class="card">
      <h2>${t("calendar")}</h2>
      <p class="muted">${t("calendar_help")}</p>
      ${
        url
          ? html`
              <${Secret} text=${url} />
              <a class="button primary" href=${url.replace(/^https?/, "webcal")}>${t("calendar_open")}</a>
            `
          : html`
              <div class="chips">
                <button onClick=${() => setAsks("create")}>${t("calendar_create")}</button>
                <button class="quiet" onClick=${() => setAsks("takeBack")}>${t("calendar_take_back")}</button>
              </div>
            `
      }
      ${
        asks &&
        html`
          <${Confirm}
            title=${t(asks === "create" ? "calendar_create" : "calendar_take_back")}
            text=${t("calendar_replaces")}
            yes=${t(asks === "create" ? "calendar_create" : "calendar_take_back")}
            onYes=${() => {
              setAsks("");
              void run[/** @type {keyof typeof run} */ (asks)]();
            }}
            onClose=${() => setAsks("")}
          />
        `
      }
    </section>
  `;
}
