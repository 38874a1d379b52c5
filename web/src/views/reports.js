// Stored reports with their pictures.
import { html, useEffect, useState } from "../../vendor/view.js";
import { get, post } from "../api.js";
import { date, t } from "../i18n.js";
import { Dialog } from "../parts/dialog.js";
import { toast } from "../state.js";

export function Reports() {
  const [items, setItems] = useState(/** @type {any[]} */ ([]));
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const load = () => get("/v1/analytics/reports?page_size=10").then((page) => setItems(page.items));
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
        ${items.map(
          (one) => html`
            <li key=${one.id}>
              <span>${t(`kind_${one.kind}`)} · ${date(one.to_date, { day: "numeric", month: "short", year: "numeric" })}</span>
              <button class="quiet" onClick=${() => setOpen(one)}>${t("open")}</button>
            </li>
          `,
        )}
      </ul>
      ${
        open &&
        html`
          <${Report} report=${open} onClose=${() => setOpen(null)} />
        `
      }
    </section>
  `;
}

/** @param {{report: any, onClose: () => void}} properties */
function Report({ report, onClose }) {
  const [picture, setPicture] = useState("");
  useEffect(() => {
    const isDark = document.documentElement.dataset.theme === "dark" || matchMedia("(prefers-color-scheme: dark)").matches;
    let url = "";
    get(`${report.picture.svg}?theme=${isDark ? "dark" : "light"}`, { as: "blob" }).then(
      (blob) => setPicture((url = URL.createObjectURL(blob))),
      () => undefined,
    );
    return () => URL.revokeObjectURL(url);
  }, [report.id]);
  return html`
    <${Dialog} wide title=${`${t(`kind_${report.kind}`)} · ${date(report.to_date)}`} onClose=${onClose}>
      <p>${report.picture.alt_text}</p>
      <p dir="auto">💡 ${report.recommendation}</p>
      ${
        picture
          ? html`
              <img class="picture" src=${picture} alt=${report.picture.alt_text} />
            `
          : html`
              <div class="skeleton head"></div>
            `
      }
    <//>
  `;
}
