// Make or edit a habit.
import { html, useEffect, useRef, useState } from "../../vendor/view.js";
import { keyOf, patch, post } from "../api.js";
import { reloadBoard, today } from "../board.js";
import { date, t } from "../i18n.js";
import { Field, FormError, errorOf } from "../parts/field.js";
import { Icon } from "../parts/common.js";
import { habitInWords } from "../schedule_words.js";
import { go, toast } from "../state.js";
import { ReminderFields } from "./reminder_fields.js";
import { ScheduleFields } from "./schedule_fields.js";

const PAUSE_IN_TYPING = 250;
const COLORS = ["#2e7d32", "#1565c0", "#6a1b9a", "#c62828", "#ef6c00", "#00838f", "#4e342e", "#ad1457"];
const EMPTY = {
  title: "",
  description: "",
  measure: "yes_no",
  unit: "",
  goal: { direction: "at_least", amount: null, no_answer: null },
  schedule: { frequency: "daily" },
  tags: [],
  color: COLORS[0],
  icon: "",
  reminders: [],
};

export const NewHabitView = () => html`
  <${HabitForm} />
`;

/** @param {{habit?: any, onSaved?: () => Promise<void>}} properties */
export function HabitForm({ habit, onSaved }) {
  const [draft, setDraft] = useState(/** @type {any} */ (habit ?? EMPTY));
  const [effective, setEffective] = useState("");
  const [start, setStart] = useState(habit?.start_date ?? "");
  const [error, setError] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const attempt = useRef({ text: "", key: "" });
  const title = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    if (!habit) title.current?.focus();
  }, []);
  const change = (/** @type {any} */ fields) => setDraft({ ...draft, ...fields });
  const typed = (/** @type {string} */ name) => ({
    value: draft[name],
    onInput: (/** @type {any} */ event) => change({ [name]: event.target.value }),
  });
  const isQuantity = draft.measure === "quantity";
  const isChanged = habit && JSON.stringify([habit.goal, habit.schedule]) !== JSON.stringify([draft.goal, draft.schedule]);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const body = bodyOf(draft, habit, start);
    if (isChanged && effective) body.effective_date = effective;
    try {
      const saved = habit
        ? await patch(`/v1/habits/${habit.id}`, body, { "If-Match": habit.etag })
        : await post("/v1/habits", body, { headers: { "Idempotency-Key": keyOf(attempt, body) } });
      reloadBoard();
      await onSaved?.();
      toast(t("saved"));
      go(habit ? `/habit/${saved.id}` : "/");
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return html`
    <a class="back" href=${habit ? `#/habit/${habit.id}` : "#/"}>
      <${Icon} name="left" />
      ${t("cancel")}
    </a>
    <h1>${habit ? t("edit_habit") : t("new_habit")}</h1>
    <form onSubmit=${submit}>
      <${Field} label=${t("title")} error=${errorOf(error, "title")}>
        <input ref=${title} required dir="auto" maxlength="120" placeholder=${t("title_example")} ...${typed("title")} />
      <//>
      ${
        !habit &&
        html`
          <${Kind} draft=${draft} change=${change} />
        `
      }
      ${
        isQuantity &&
        html`
          <${Amount} draft=${draft} change=${change} error=${error} />
        `
      }
      ${
        draft.goal.direction === "at_most" &&
        html`
          <${NoAnswer} draft=${draft} change=${change} />
        `
      }
      <${ScheduleFields}
        schedule=${draft.schedule}
        error=${errorOf(error, "schedule")}
        onChange=${(/** @type {any} */ schedule) => change({ schedule })}
      />
      <p class="notice" aria-live="polite">
        <bdi>${draft.title || t("new_habit")}</bdi>
        : ${habitInWords(draft)}
        <${NextDays} schedule=${draft.schedule} start=${start} from=${isChanged ? effective : ""} habit=${habit} />
      </p>
      ${
        isChanged &&
        html`
          <${Field} label=${t("effective_date")} hint=${t("effective_date_hint")} error=${errorOf(error, "effective_date")}>
            <input
              type="date"
              value=${effective || today.value}
              onChange=${(/** @type {any} */ event) => setEffective(event.target.value)}
            />
          <//>
        `
      }
      <${ReminderFields}
        reminders=${draft.reminders}
        error=${errorOf(error, "reminders")}
        onChange=${(/** @type {any} */ reminders) => change({ reminders })}
      />
      <fieldset>
        <legend>${t("looks")}</legend>
        <div class="row">
          <${Field} label=${t("icon")}><input class="short" maxlength="8" placeholder="💧" ...${typed("icon")} /><//>
          <${Field} label=${t("color")}><input type="color" ...${typed("color")} /><//>
        </div>
        <div class="chips" role="group" aria-label=${t("colors")}>
          ${COLORS.map(
            (color) => html`
              <button
                type="button"
                class="swatch round"
                key=${color}
                style=${{ background: color }}
                aria-label=${color}
                aria-pressed=${draft.color === color}
                onClick=${() => change({ color })}
              ></button>
            `,
          )}
        </div>
        <${Field} label=${t("description")}>
          <textarea rows="2" dir="auto" maxlength="2000" ...${typed("description")}></textarea>
        <//>
        <${Field} label=${t("tags")} hint=${t("tags_hint")}>
          <input
            value=${draft.tags.join(", ")}
            dir="auto"
            onChange=${(/** @type {any} */ event) => change({ tags: tagsOf(event.target.value) })}
          />
        <//>
        <${Field} label=${t("start_date")} hint=${t("start_date_hint")} error=${errorOf(error, "start_date")}>
          <input type="date" value=${start} onChange=${(/** @type {any} */ event) => setStart(event.target.value)} />
        <//>
      </fieldset>
      <${FormError} error=${error} />
      <div class="actions"><button class="primary" disabled=${busy}>${t("save")}</button></div>
    </form>
  `;
}

/**
 * The next due days of the schedule that is being chosen, as the product itself would have them.
 * @param {{schedule: any, start: string, from: string, habit: any}} properties
 */
function NextDays({ schedule, start, from, habit }) {
  const [days, setDays] = useState(/** @type {string[]} */ ([]));
  const anchor_date = schedule.anchor_date ?? habit?.schedule.anchor_date;
  const body = JSON.stringify({
    schedule: { ...schedule, ...(anchor_date && schedule.interval > 1 && { anchor_date }) },
    ...(start && { start_date: start }),
    ...(from && from >= (today.value ?? "") && { from_date: from }),
  });
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      post("/v1/schedules:preview", JSON.parse(body)).then(
        (answer) => isCurrent && setDays(answer.due_dates),
        () => isCurrent && setDays([]), // refused schedules are told about when they are saved
      );
    }, PAUSE_IN_TYPING);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [body]);
  if (!days.length) return null;
  const named = days.slice(0, 3).map((day) => date(day, { weekday: "short", day: "numeric", month: "short", year: yearOf(day) }));
  return html`
    <br />
    <span class="small">${t("next_days", { days: named.join(" · ") })}</span>
  `;
}

/** @param {string} day @returns {"numeric" | undefined} the year is told where it is not this one */
const yearOf = (day) => (day.slice(0, 4) === (today.value ?? "").slice(0, 4) ? undefined : "numeric");

const tagsOf = (/** @type {string} */ text) =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);

/** @param {any} draft @param {any} habit @param {string} start @returns {any} */
function bodyOf(draft, habit, start) {
  const { title, description, measure, unit, goal, schedule, tags, color, icon, reminders } = draft;
  const body = /** @type {any} */ ({ title, description, tags, color, icon, schedule });
  if (!habit) body.measure = measure;
  if (measure === "quantity") {
    body.unit = unit;
    body.goal = goal.direction === "at_most" ? goal : { direction: goal.direction, amount: goal.amount ?? 1 };
  } else if (goal.direction === "at_most") body.goal = { direction: "at_most", no_answer: goal.no_answer };
  if (habit) {
    if (JSON.stringify(habit.schedule) === JSON.stringify(schedule)) delete body.schedule;
    if (JSON.stringify(habit.goal) === JSON.stringify(goal)) delete body.goal;
  }
  if (start && start !== habit?.start_date) body.start_date = start;
  body.reminders = reminders.map((/** @type {any} */ one) => ({
    ...(one.id ? { id: one.id } : {}),
    time: one.time,
    ...(one.weekdays?.length ? { weekdays: one.weekdays } : {}),
    ...(one.text ? { text: one.text } : {}),
    ...(one.nag_minutes ? { nag_minutes: one.nag_minutes } : {}),
  }));
  return body;
}

/** @param {{draft: any, change: (fields: any) => void}} properties */
function Kind({ draft, change }) {
  const kinds = {
    yes_no: { measure: "yes_no", goal: { direction: "at_least", amount: null, no_answer: null } },
    amount: { measure: "quantity", goal: { direction: "at_least", amount: draft.goal.amount || 1, no_answer: null } },
    limit: { measure: "quantity", goal: { direction: "at_most", amount: draft.goal.amount ?? 0, no_answer: "success" } },
  };
  const now = draft.measure === "yes_no" ? "yes_no" : draft.goal.direction === "at_most" ? "limit" : "amount";
  return html`
    <fieldset>
      <legend>${t("kind")}</legend>
      <div class="chips">
        ${Object.entries(kinds).map(
          ([name, fields]) => html`
            <button type="button" key=${name} aria-pressed=${now === name} onClick=${() => change(fields)}>
              ${t(`kind_${name}`)}
            </button>
          `,
        )}
      </div>
      <p class="muted small">${t(`kind_${now}_help`)}</p>
    </fieldset>
  `;
}

/** @param {{draft: any, change: (fields: any) => void, error: any}} properties */
const Amount = ({ draft, change, error }) => html`
  <div class="row">
    <${Field} label=${draft.goal.direction === "at_most" ? t("limit") : t("goal")} error=${errorOf(error, "goal")}>
      <input
        type="number"
        min="0"
        max="1000000000"
        step="any"
        required
        value=${draft.goal.amount ?? ""}
        onInput=${(/** @type {any} */ event) => change({ goal: { ...draft.goal, amount: event.target.value === "" ? null : Number(event.target.value) } })}
      />
    <//>
    <${Field} label=${t("unit")} error=${errorOf(error, "unit")}>
      <input
        maxlength="40"
        dir="auto"
        placeholder=${t("unit_example")}
        value=${draft.unit}
        onInput=${(/** @type {any} */ event) => change({ unit: event.target.value })}
      />
    <//>
  </div>
`;

/** @param {{draft: any, change: (fields: any) => void}} properties */
const NoAnswer = ({ draft, change }) => html`
  <${Field} label=${t("no_answer")}>
    <select
      value=${draft.goal.no_answer ?? "success"}
      onChange=${(/** @type {any} */ event) => change({ goal: { ...draft.goal, no_answer: event.target.value } })}
    >
      ${["success", "neutral", "failure"].map(
        (one) => html`
          <option key=${one} value=${one}>${t(`no_answer_${one}`)}</option>
        `,
      )}
    </select>
  <//>
`;
