// One habit: how it goes, its year, its history; and what can be done with it.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, post } from "../api.js";
import { reloadBoard } from "../board.js";
import { addDays, weekdayOf } from "../days.js";
import { deleteSoon, keep } from "../deletions.js";
import { WEEKDAYS, date, dateAndYear, percent, t, weekdayName } from "../i18n.js";
import { Bars } from "../parts/bars.js";
import { Confirm } from "../parts/dialog.js";
import { Heatmap, cellOfState } from "../parts/heatmap.js";
import { Failed, Icon, Later, Loading } from "../parts/common.js";
import { habitInWords, streakInWords } from "../schedule_words.js";
import { go, person, route, toast } from "../state.js";
import { HabitDayDialog } from "./habit_day_dialog.js";
import { HabitForm } from "./habit_form.js";
import { HabitInsights } from "./habit_insights.js";
import { Pauses } from "./pauses.js";

const YEAR = 371;

export function HabitView() {
  const id = route.value.parts[1];
  const [data, setData] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {Error | null} */ (null));
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const load = async () => {
    setProblem(null);
    try {
      const [habit, progress] = await Promise.all([get(`/v1/habits/${id}`), get(`/v1/habits/${id}/progress`)]);
      const from = addDays(progress.today, -YEAR);
      /** @type {any[]} */
      const history = (await get(`/v1/habits/${id}/history?from=${from}&to=${progress.today}`)).items;
      setData({ habit, progress, history: history.sort((one, other) => (one.date < other.date ? -1 : 1)) });
    } catch (error) {
      setProblem(/** @type {Error} */ (error));
    }
  };
  useEffect(() => void load(), [id]);
  if (problem)
    return html`
      <h1 class="visually-hidden">${t("habit")}</h1>
      <${Failed} error=${problem} onRetry=${load} />
      <div class="empty"><a class="button" href="#/habits">${t("habits")}</a></div>
    `;
  if (!data)
    return html`
      <${Loading} isPage />
    `;
  const { habit, progress, history } = data;
  if (route.value.parts[2] === "edit")
    return html`
      <${HabitForm} habit=${habit} onSaved=${load} />
    `;
  const reload = () => {
    setOpen(null);
    void load();
  };
  return html`
    <a class="back" href="#/">
      <${Icon} name="left" />
      ${t("today")}
    </a>
    <h1 dir="auto">${habit.icon} ${habit.title}</h1>
    <p class="muted">${habitInWords(habit)}</p>
    ${
      habit.description &&
      html`
        <p dir="auto">${habit.description}</p>
      `
    }
    ${
      habit.state === "archived" &&
      html`
        <p class="notice">${t("is_archived")}</p>
      `
    }
    <${Facts} progress=${progress} />
    <section class="card">
      <h2>${t("year")}</h2>
      <${Heatmap}
        label=${t("year_of", { title: habit.title })}
        from=${addDays(progress.today, -364)}
        to=${progress.today}
        weekStart=${WEEKDAYS.indexOf(person.value.week_start)}
        cells=${new Map(history.map((/** @type {any} */ day) => [day.date, cellOfState(day)]))}
        onDay=${(/** @type {string} */ day) => setOpen({ day: history.find((/** @type {any} */ one) => one.date === day) })}
      />
      <p class="muted small">${t("tap_a_day")}</p>
    </section>
    <section class="card">
      <h2>${t("strength")}</h2>
      <${Later}
        load=${() => import("../parts/curve.js").then(({ curveOf }) => curveOf(history, t("strength_of", { title: habit.title })))}
      />
    </section>
    <section class="card">
      <h2>${t("by_weekday")}</h2>
      <${Bars} rows=${weekdayRows(history)} />
    </section>
    <${HabitInsights} id=${id} />
    <${RecentDays} history=${history} onDay=${(/** @type {any} */ day) => setOpen({ day })} />
    <${Versions} habit=${habit} />
    <${Reminders} habit=${habit} />
    <${Pauses} habit=${habit} today=${progress.today} />
    <div class="actions">
      <button class="danger" onClick=${() => setOpen({ confirm: true })}>${t("delete")}</button>
      <button onClick=${() => archive(habit, reload)}>${t(habit.state === "archived" ? "restore" : "archive")}</button>
      <a class="button primary" href=${`#/habit/${id}/edit`}>${t("edit")}</a>
    </div>
    ${
      open?.day &&
      html`
        <${HabitDayDialog} habit=${habit} day=${open.day} onClose=${reload} />
      `
    }
    ${
      open?.confirm &&
      html`
        <${Confirm}
          title=${t("delete_habit", { title: habit.title })}
          text=${t("delete_habit_help")}
          yes=${t("delete")}
          onClose=${() => setOpen(null)}
          onYes=${() => deleteWithUndo(habit)}
        />
      `
    }
  `;
}

/** @param {{progress: any}} properties */
const Facts = ({ progress }) => html`
  <div class="facts">
    <div>
      <b>🔥 ${streakInWords(progress.current_streak)}</b>
      <span class="muted small">${t("current_streak")}</span>
    </div>
    <div>
      <b>🏆 ${streakInWords(progress.best_streak)}</b>
      <span class="muted small">${t("best_streak")}</span>
    </div>
    <div>
      <b>${percent(progress.completion["30d"])}</b>
      <span class="muted small">${t("last_30_days")}</span>
    </div>
    <div>
      <b>${percent(progress.strength)}</b>
      <span class="muted small">${t("strength")}</span>
    </div>
    <div>
      <b>${progress.total_check_ins}</b>
      <span class="muted small">${t("check_ins")}</span>
    </div>
  </div>
`;

/** @param {any[]} history */
function weekdayRows(history) {
  const first = WEEKDAYS.indexOf(person.value.week_start);
  return [...WEEKDAYS.slice(first), ...WEEKDAYS.slice(0, first)].map((weekday) => {
    const index = WEEKDAYS.indexOf(weekday);
    const days = history.filter((day) => weekdayOf(day.date) === index && (day.state === "met" || day.state === "failed"));
    const met = days.filter((day) => day.state === "met").length;
    return { label: weekdayName(weekday), share: days.length ? met / days.length : null };
  });
}

/** @param {{history: any[], onDay: (day: any) => void}} properties */
function RecentDays({ history, onDay }) {
  const [count, setCount] = useState(7);
  const days = history.toReversed().slice(0, count);
  return html`
    <section>
      <h2>${t("history")}</h2>
      <ul class="plain-list">
        ${days.map(
          (day) => html`
            <li key=${day.date}>
              <span>${date(day.date, { weekday: "short", day: "numeric", month: "short" })}</span>
              <span class="muted small" dir="auto">${day.note.slice(0, 80)}</span>
              <button class="quiet" onClick=${() => onDay(day)}>
                ${day.amount !== null ? `${day.amount} · ` : ""}${t(`state_${day.state}`)}
              </button>
            </li>
          `,
        )}
      </ul>
      ${
        count < history.length &&
        html`
          <button class="link" onClick=${() => setCount(count + 30)}>${t("more_days")}</button>
        `
      }
    </section>
  `;
}

/** @param {{habit: any}} properties */
const Versions = ({ habit }) =>
  habit.versions.length < 2
    ? null
    : html`
        <section>
          <h2>${t("versions")}</h2>
          <ul class="plain-list">
            ${habit.versions.toReversed().map(
              (/** @type {any} */ one) => html`
                <li key=${one.effective_date}>
                  <span>${t("from_day", { day: dateAndYear(one.effective_date) })}</span>
                  <span>${habitInWords({ ...habit, goal: one.goal, schedule: one.schedule })}</span>
                </li>
              `,
            )}
          </ul>
        </section>
      `;

/** @param {{habit: any}} properties */
const Reminders = ({ habit }) => html`
  <section>
    <h2>${t("reminders")}</h2>
    ${
      habit.reminders.length === 0 &&
      html`
        <p class="muted">${t("no_reminders")}</p>
      `
    }
    <ul class="plain-list">
      ${habit.reminders.map(
        (/** @type {any} */ one) => html`
          <li key=${one.id}>
            <b>${one.time}</b>
            <span>
              ${one.weekdays.length ? one.weekdays.map((/** @type {string} */ day) => weekdayName(day)).join(", ") : t("every_due_day")}
            </span>
            <span class="muted" dir="auto">${one.text}</span>
          </li>
        `,
      )}
    </ul>
  </section>
`;

/**
 * Archive a habit, or bring it back; the message undoes it.
 * @param {any} habit
 * @param {() => void} onDone
 */
async function archive(habit, onDone) {
  const verb = habit.state === "archived" ? "restore" : "archive";
  const back = verb === "archive" ? "restore" : "archive";
  const send = async (/** @type {string} */ what) => {
    try {
      await post(`/v1/habits/${habit.id}/${what}`);
      reloadBoard();
      onDone();
      return true;
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { kind: "bad" });
      return false;
    }
  };
  if (await send(verb)) {
    toast(t(`${verb}d_toast`, { title: habit.title }), { action: { label: t("undo"), run: () => void send(back) } });
  }
}

/** @param {any} habit */
function deleteWithUndo(habit) {
  deleteSoon(habit);
  go("/habits");
  const run = () => {
    keep(habit.id);
    go(`/habit/${habit.id}`);
  };
  toast(t("deleted", { title: habit.title }), { action: { label: t("undo"), run } });
}
