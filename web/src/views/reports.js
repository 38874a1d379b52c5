// Stored reports with their pictures.
import { html, useEffect, useState } from "../../vendor/view.js";
import { Unreachable, get, post } from "../api.js";
import { dateAndYear, t } from "../i18n.js";
import { Dialog } from "../parts/dialog.js";
import { toast } from "../state.js";

const PAGE = 10;

export function Reports() {
  const [items, setItems] = useState(/** @type {any[] | null} */ (null));
  const [next, setNext] = useState("");
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const load = async (/** @type {string} */ token = "") => {
    const page = await get(`/v1/analytics/reports?page_size=${PAGE}&page_token=${encodeURIComponent(token)}`);
    setItems((shown) => [...(token ? (shown ?? []) : []), ...page.items]);
    setNext(page.next_page_token ?? "");
  };
  useEffect(() => void load().catch(() => undefined), []);
  const make = async (/** @type {string} */ kind) => {
    try {
      setOpen(await post("/v1/analytics/reports", { kind }));
      await load();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { kind: "bad" });
    }
  };
  return html`
    <section>
      <h2>${t("reports")}</h2>
      <div class="chips">
        ${["daily", "weekly", "monthly"].map(
          (kind) => html`
            <button key=${kind} onClick=${() => make(kind)}>${t(`report_${kind}`)}</button>
          `,
        )}
      </div>
      <ul class="plain-list">
        ${items?.map(
          (one) => html`
            <li key=${one.id}>
              <span>${titleOf(one)}</span>
              <button class="quiet" aria-label=${`${t("open")}: ${titleOf(one)}`} onClick=${() => setOpen(one)}>
                ${t("open")}
              </button>
            </li>
          `,
        )}
      </ul>
      ${
        items?.length === 0 &&
        html`
          <p class="muted">${t("no_reports")}</p>
        `
      }
      ${
        next &&
        html`
          <button class="link" onClick=${() => load(next).catch((error) => toast(error.message, { kind: "bad" }))}>
            ${t("more_reports")}
          </button>
        `
      }
      ${
        open &&
        html`
          <${Report} report=${open} onClose=${() => setOpen(null)} />
        `
      }
    </section>
  `;
}

/** @param {any} report */
const titleOf = (report) => `${t(`kind_${report.kind}`)} · ${dateAndYear(report.to_date)}`;

/** Whether the page is dark: by the person's choice, by Telegram's, or else by the system's. */
function isDark() {
  const { colorScheme } = getComputedStyle(document.documentElement);
  return colorScheme === "dark" || (colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

/** @param {{report: any, onClose: () => void}} properties */
function Report({ report, onClose }) {
  const [picture, setPicture] = useState("");
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let url = "";
    get(`${report.picture.svg}?theme=${isDark() ? "dark" : "light"}`, { as: "blob" }).then(
      (blob) => setPicture((url = URL.createObjectURL(blob))),
      (error) => setProblem(error instanceof Unreachable ? t("unreachable") : error.message),
    );
    return () => URL.revokeObjectURL(url);
  }, [report.id]);
  return html`
    <${Dialog} wide title=${titleOf(report)} onClose=${onClose}>
      <p>${report.picture.alt_text}</p>
      <p dir="auto">💡 ${report.recommendation}</p>
      ${
        picture
          ? html`
              <img class="picture" src=${picture} alt=${report.picture.alt_text} />
            `
          : problem
            ? html`
                <p class="form-error" role="alert">${problem}</p>
              `
            : html`
                <div class="skeleton head"></div>
              `
      }
    <//>
  `;
}
