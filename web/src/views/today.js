// The board of a day: one tap checks in.
import { html, useEffect, useState } from "../../vendor/view.js";
import { put } from "../api.js";
import { board, boardState, loadBoard, reloadBoard, today } from "../board.js";
import { addDays } from "../days.js";
import { date, t } from "../i18n.js";
import { Icon, Later } from "../parts/common.js";
import { go, isOnline, route, toast, waitingWrites } from "../state.js";
import { HabitRow } from "./habit_row.js";

const RADIUS = 26;
const LENGTH = 2 * Math.PI * RADIUS;
const ideas = () => import("./ideas.js").then((module) => module.Ideas);

export function TodayView() {
  const asked = route.value.query.get("date") || "";
  const [isOrdering, setOrdering] = useState(false);
  useEffect(() => {
    loadBoard(asked).catch((error) => toast(error.message, { kind: "bad" }));
    const onFocus = () => !document.hidden && reloadBoard();
    document.addEventListener("visibilitychange", onFocus);
    return () => document.removeEventListener("visibilitychange", onFocus);
  }, [asked]);

  const day = board.value;
  if (!day)
    return boardState.value === "failed"
      ? html`
          <${Unreachable} />
        `
      : html`
          <${Skeleton} />
        `;
  const isToday = day.date === (today.value ?? day.date) && !asked;
  const items = day.items;
  return html`
    <header class="board-head">
      <div>
        <p class="board-day">${date(day.date, { weekday: "long" })}</p>
        <h1>${isToday ? t("today") : date(day.date)}</h1>
        ${
          isToday &&
          html`
            <p class="muted">${date(day.date)}</p>
          `
        }
      </div>
      ${
        day.due > 0 &&
        html`
          <${Ring} done=${day.met} of=${day.due} label=${t("done_of", { done: day.met, due: day.due })} />
        `
      }
    </header>
    <nav class="days" aria-label=${t("days")}>
      <a class="button quiet" href=${`#/?date=${addDays(day.date, -1)}`} aria-label=${t("previous_day")}>
        <${Icon} name="left" />
      </a>
      <input
        type="date"
        aria-label=${t("day")}
        value=${day.date}
        max=${today.value ?? day.date}
        onChange=${(/** @type {any} */ event) => event.target.value && go(`/?date=${event.target.value}`)}
      />
      ${
        !isToday &&
        html`
          <a class="button quiet" href="#/">${t("today")}</a>
        `
      }
      ${
        today.value && day.date < today.value
          ? html`
              <a class="button quiet" href=${`#/?date=${addDays(day.date, 1)}`} aria-label=${t("next_day")}>
                <${Icon} name="right" />
              </a>
            `
          : null
      }
      <span class="spacer"></span>
      ${
        items.length > 1 &&
        html`
          <button class="quiet" aria-pressed=${isOrdering} onClick=${() => setOrdering(!isOrdering)}>
            ${isOrdering ? t("order_done") : t("order")}
          </button>
        `
      }
    </nav>
    <${Notices} />
    ${
      day.due > 0 &&
      day.met >= day.due &&
      html`
        <p class="perfect" role="status">🎉 ${t(isToday ? "perfect_day" : "perfect_other_day")}</p>
      `
    }
    ${
      items.length
        ? html`
            <ul class="habits ${isOrdering ? "ordering" : ""}">
              ${items.map(
                (/** @type {any} */ item, /** @type {number} */ index) => html`
                  <${HabitRow}
                    key=${item.habit_id}
                    item=${item}
                    isOrdering=${isOrdering}
                    isFirst=${index === 0}
                    isLast=${index === items.length - 1}
                    onMove=${(/** @type {number} */ to) => move(index, to)}
                  />
                `,
              )}
            </ul>
          `
        : html`
            <${Empty} isToday=${isToday} />
          `
    }
    <a class="button primary add" href="#/new">
      <${Icon} name="plus" />
      ${t("new_habit")}
    </a>
  `;
}

// A ring that fills up: the day's progress.
/** @param {{done: number, of: number, label: string}} properties */
function Ring({ done, of, label }) {
  const share = of ? Math.min(done / of, 1) : 0;
  return html`
    <svg class="ring ${of && done >= of ? "full" : ""}" viewBox="0 0 64 64" role="img" aria-label=${label}>
      <circle cx="32" cy="32" r=${RADIUS} />
      ${
        share > 0 && // round ends would make a dot of nothing
        html`
          <circle class="ring-value" cx="32" cy="32" r=${RADIUS} stroke-dasharray=${`${LENGTH * share} ${LENGTH}`} />
        `
      }
      <text x="32" y="37" text-anchor="middle" aria-hidden="true">${done}/${of}</text>
    </svg>
  `;
}

/**
 * Move a habit of the shown day; habits that are not shown keep their places behind.
 * @param {number} from
 * @param {number} to
 */
async function move(from, to) {
  const items = [...board.value.items];
  if (to < 0 || to >= items.length || from === to) return;
  items.splice(to, 0, ...items.splice(from, 1));
  board.value = { ...board.value, items };
  try {
    await put("/v1/habits/order", { habit_ids: items.map((one) => one.habit_id) });
  } catch (error) {
    toast(/** @type {Error} */ (error).message, { kind: "bad" });
    reloadBoard();
  }
}

const Notices = () => {
  const waiting = waitingWrites.value;
  if (!isOnline.value || boardState.value === "kept") {
    const text = waiting ? t("offline_waiting", { n: waiting }) : t("offline");
    return boardState.value === "kept" && isOnline.value && !waiting
      ? null
      : html`
          <p class="notice" role="status">${text}</p>
        `;
  }
  return waiting > 2
    ? html`
        <p class="notice" role="status">${t("sending", { n: waiting })}</p>
      `
    : null;
};

const Skeleton = () => html`
  <div aria-busy="true" aria-label=${t("loading")} role="status">
    <h1 class="visually-hidden">${t("loading")}</h1>
    <div class="skeleton head"></div>
    ${[1, 2, 3, 4].map(
      (n) => html`
        <div class="skeleton row" key=${n}></div>
      `,
    )}
  </div>
`;

export const Unreachable = () => html`
  <div class="empty">
    <h1>${t("unreachable")}</h1>
    <p>${t("unreachable_help")}</p>
    <button class="primary" onClick=${() => loadBoard("").catch(() => undefined)}>${t("try_again")}</button>
  </div>
`;

/** @param {{isToday: boolean}} properties */
function Empty({ isToday }) {
  if (!isToday)
    return html`
      <div class="empty"><p>${t("nothing_due")}</p></div>
    `;
  return html`
    <${Later} isSmall load=${ideas} />
  `;
}
