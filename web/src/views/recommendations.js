// What would help, with its evidence: apply it (and undo that), or not now.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, post } from "../api.js";
import { evidenceInWords } from "../evidence_words.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";

export function Recommendations() {
  const [items, setItems] = useState(/** @type {any[]} */ ([]));
  useEffect(() => {
    get("/v1/analytics/recommendations").then(
      (page) => setItems(page.items),
      () => undefined,
    );
  }, []);
  const act = async (/** @type {any} */ one, /** @type {string} */ verb) => {
    try {
      await post(`/v1/analytics/recommendations/${one.id}/${verb}`);
      setItems((shown) => shown.filter((other) => other.id !== one.id));
      const action = { label: t("undo"), run: () => undo(one) };
      if (verb === "apply") toast(t("applied"), { action });
      else toast(t("dismissed"));
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { kind: "bad" });
    }
  };
  const undo = async (/** @type {any} */ one) => {
    try {
      await post(`/v1/analytics/recommendations/${one.id}/undo`);
      toast(t("advice_undone"));
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { kind: "bad" });
    }
  };
  return html`
    ${items.map(
      (one) => html`
        <section class="card" key=${one.id}>
          <p dir="auto">💡 ${one.text}</p>
          <details class="muted small">
            <summary>${t("evidence")}</summary>
            <ul>
              ${evidenceInWords(one.evidence).map(
                (sentence) => html`
                  <li key=${sentence}>${sentence}</li>
                `,
              )}
            </ul>
          </details>
          <div class="actions">
            <button class="quiet" onClick=${() => act(one, "dismiss")}>${t("not_now")}</button>
            ${
              Object.keys(one.action).length > 0 &&
              html`
                <button class="primary" onClick=${() => act(one, "apply")}>${t("apply")}</button>
              `
            }
          </div>
        </section>
      `,
    )}
  `;
}
