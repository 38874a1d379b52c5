// The empty state: the first habit in two taps.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, post } from "../api.js";
import { reloadBoard } from "../board.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";

const IDEAS = [
  { key: "water", icon: "💧", color: "#1565c0", measure: "quantity", goal: { direction: "at_least", amount: 8 } },
  { key: "walk", icon: "🚶", color: "#2e7d32", measure: "yes_no", schedule: { frequency: "daily" } },
  { key: "read", icon: "📖", color: "#6a1b9a", measure: "quantity", goal: { direction: "at_least", amount: 20 } },
  { key: "train", icon: "🏃", color: "#c62828", measure: "yes_no", schedule: { frequency: "weekly", times: 3 } },
  { key: "journal", icon: "✍️", color: "#ef6c00", measure: "yes_no", schedule: { frequency: "daily" } },
  { key: "sweets", icon: "🍬", color: "#ad1457", measure: "quantity", goal: { direction: "at_most", amount: 0 } },
];

export function Ideas() {
  const [busy, setBusy] = useState("");
  const [hasHabits, setHasHabits] = useState(false);
  useEffect(() => {
    get("/v1/habits?page_size=1")
      .then((page) => setHasHabits(page.items.length > 0))
      .catch(() => undefined);
  }, []);
  const create = async (/** @type {typeof IDEAS[0]} */ idea) => {
    setBusy(idea.key);
    const { key, ...fields } = idea;
    const unit = idea.measure === "quantity" ? { unit: t(`idea_${key}_unit`) } : {};
    try {
      await post("/v1/habits", { title: t(`idea_${key}`), ...fields, ...unit });
      reloadBoard();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { kind: "bad" });
    }
    setBusy("");
  };
  if (hasHabits)
    return html`
      <div class="empty"><h2>${t("nothing_due")}</h2></div>
    `;
  return html`
    <div class="empty">
      <h2>${t("no_habits")}</h2>
      <p class="muted">${t("no_habits_help")}</p>
      <div class="ideas">
        ${IDEAS.map(
          (idea) => html`
            <button key=${idea.key} disabled=${busy !== ""} onClick=${() => create(idea)}>
              <span aria-hidden="true">${idea.icon}</span>
              ${t(`idea_${idea.key}`)}
            </button>
          `,
        )}
      </div>
    </div>
  `;
}
