// Addresses that check one habit in, for a tag on the fridge or a button elsewhere.
import { html, useEffect, useState } from "../../vendor/view.js";
import { all, post, remove } from "../api.js";
import { moment, number, t } from "../i18n.js";
import { Confirm } from "../parts/dialog.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { QrCode } from "../parts/qr.js";
import { Secret } from "../parts/secret.js";
import { toast } from "../state.js";

const fail = (/** @type {Error} */ error) => toast(error.message, { kind: "bad" });

export function QuickLinkSettings() {
  const [links, setLinks] = useState(/** @type {any[] | null} */ (null));
  const [habits, setHabits] = useState(/** @type {any[]} */ ([]));
  const [created, setCreated] = useState(/** @type {any} */ (null));
  const [revoked, setRevoked] = useState(/** @type {any} */ (null));
  const [isOpen, setOpen] = useState(false);
  const load = async () => setLinks(await all("/v1/quick-links"));
  useEffect(() => {
    all("/v1/habits?state=all")
      .then(setHabits)
      .then(load)
      .catch(() => undefined);
  }, []);
  if (!links) return null;
  const habitOf = (/** @type {any} */ link) => habits.find((habit) => habit.id === link.habit_id);
  const nameOf = (/** @type {any} */ link) => link.title || habitOf(link)?.title || t("habit");
  const onCreated = (/** @type {any} */ link) => {
    setCreated(link);
    setOpen(false);
    load().catch(fail);
  };
  const revoke = (/** @type {any} */ link) => {
    setRevoked(null);
    if (created?.id === link.id) setCreated(null);
    remove(`/v1/quick-links/${link.id}`).then(load).catch(fail);
  };
  const active = habits.filter((habit) => habit.state === "active");
  return html`
    <section class="card">
      <h2>${t("quick_links")}</h2>
      <p class="muted">${t("quick_links_help")}</p>
      ${
        created &&
        html`
          <h3 dir="auto">${nameOf(created)}</h3>
          <${Secret} text=${created.url} />
          <${QrCode} text=${created.url} label=${t("quick_link_qr", { title: nameOf(created) })} />
        `
      }
      ${
        links.length === 0 &&
        html`
          <p class="muted small">${t(active.length ? "no_quick_links" : "no_quick_links_no_habits")}</p>
        `
      }
      <ul class="plain-list">
        ${links.map(
          (link) => html`
            <li key=${link.id}>
              <${QuickLink} link=${link} habit=${habitOf(link)} name=${nameOf(link)} />
              <button
                class="quiet"
                aria-label=${t("revoke_quick_link", { title: nameOf(link) })}
                onClick=${() => setRevoked(link)}
              >
                ${t("revoke")}
              </button>
            </li>
          `,
        )}
      </ul>
      ${
        isOpen
          ? html`
              <${NewQuickLink} habits=${active} onCreated=${onCreated} onClose=${() => setOpen(false)} />
            `
          : active.length > 0 &&
            html`
              <button class="link" onClick=${() => setOpen(true)}>${t("new_quick_link")}</button>
            `
      }
      ${
        revoked &&
        html`
          <${Confirm}
            title=${t("revoke_quick_link", { title: nameOf(revoked) })}
            text=${t("revoke_quick_link_help")}
            yes=${t("revoke")}
            onYes=${() => revoke(revoked)}
            onClose=${() => setRevoked(null)}
          />
        `
      }
    </section>
  `;
}

/** @param {{link: any, habit: any, name: string}} properties */
function QuickLink({ link, habit, name }) {
  const facts = [
    link.title && habit?.title,
    link.amount !== null && `${number(link.amount)} ${habit?.unit ?? ""}`.trim(),
    link.use_time ? t("last_used", { time: moment(link.use_time) }) : t("quick_link_unused"),
  ];
  return html`
    <span dir="auto">
      ${name}
      <br />
      <span class="muted small">${facts.filter(Boolean).join(" · ")}</span>
    </span>
  `;
}

/** @param {{habits: any[], onCreated: (link: any) => void, onClose: () => void}} properties */
function NewQuickLink({ habits, onCreated, onClose }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [habit, setHabit] = useState(habits[0]);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const body = /** @type {any} */ ({ habit_id: habit.id, title: form.get("title") });
    if (habit.measure === "quantity") body.amount = Number(form.get("amount"));
    setError(null);
    try {
      onCreated(await post("/v1/quick-links", body));
    } catch (refusal) {
      setError(refusal);
    }
  };
  const choose = (/** @type {any} */ event) => setHabit(habits.find((one) => one.id === event.target.value));
  return html`
    <form onSubmit=${submit}>
      <${Field} label=${t("habit")} error=${errorOf(error, "habit_id")}>
        <select value=${habit.id} onChange=${choose}>
          ${habits.map(
            (one) => html`
              <option key=${one.id} value=${one.id}>${one.title}</option>
            `,
          )}
        </select>
      <//>
      ${
        habit.measure === "quantity" &&
        html`
          <${Field} label=${t("adds_amount", { unit: habit.unit })} error=${errorOf(error, "amount")}>
            <input name="amount" type="number" min="0" step="any" inputmode="decimal" required value="1" />
          <//>
        `
      }
      <${Field} label=${t("name_optional")} hint=${t("quick_link_name_hint")} error=${errorOf(error, "title")}>
        <input name="title" maxlength="120" dir="auto" />
      <//>
      <${FormError} error=${error} />
      <div class="actions">
        <button type="button" onClick=${onClose}>${t("cancel")}</button>
        <button class="primary">${t("create")}</button>
      </div>
    </form>
  `;
}
