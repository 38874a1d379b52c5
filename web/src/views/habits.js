// All habits, active and archived.
import { html, useEffect, useState } from "../../vendor/view.js";
import { all } from "../api.js";
import { Failed, Icon, Loading } from "../parts/common.js";
import { t } from "../i18n.js";
import { habitInWords, iconOf } from "../schedule_words.js";
import { hiddenHabits } from "../state.js";

export function HabitsView() {
  const [state, setState] = useState("active");
  const [habits, setHabits] = useState(/** @type {any[] | null} */ (null));
  const [error, setError] = useState(/** @type {Error | null} */ (null));
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isWanted = true;
    setHabits(null);
    setError(null);
    all(`/v1/habits?state=${state}`).then(
      (found) => isWanted && setHabits(found),
      (problem) => isWanted && setError(problem),
    );
    return () => {
      isWanted = false;
    };
  }, [state, tries]);
  const shown = habits?.filter((one) => !hiddenHabits.value.has(one.id));
  return html`
    <h1>${t("habits")}</h1>
    <div class="chips" role="group" aria-label=${t("which_habits")}>
      ${["active", "archived"].map(
        (one) => html`
          <button key=${one} aria-pressed=${state === one} onClick=${() => setState(one)}>${t(one)}</button>
        `,
      )}
      <span class="spacer"></span>
      <a class="button primary" href="#/new">
        <${Icon} name="plus" />
        ${t("new_habit")}
      </a>
    </div>
    ${
      !habits &&
      (error
        ? html`
            <${Failed} error=${error} onRetry=${() => setTries(tries + 1)} />
          `
        : html`
            <${Loading} />
          `)
    }
    ${
      shown?.length === 0 &&
      html`
        <div class="empty muted">${t(state === "active" ? "no_active" : "no_archived")}</div>
      `
    }
    <ul class="habits">
      ${shown?.map(
        (habit) => html`
          <li class="habit" key=${habit.id} style=${{ "--habit": habit.color || "var(--accent)" }}>
            <a class="habit-title" href=${`#/habit/${habit.id}`}>
              <span class="habit-icon" aria-hidden="true">${iconOf(habit)}</span>
              <span class="habit-text">
                <span class="title" dir="auto">${habit.title}</span>
                <span class="muted small">${habitInWords(habit)}</span>
              </span>
            </a>
          </li>
        `,
      )}
    </ul>
  `;
}
