// Take everything out, bring everything in.
import { html, useState } from "../../vendor/view.js";
import { call, get } from "../api.js";
import { reloadBoard } from "../board.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";

const FORMATS = ["json", "csv", "loop"];
const MINUTES = 120_000;

export const DataSettings = () => html`
  <section class="card">
    <h2>${t("data")}</h2>
    <p class="muted">${t("export_help")}</p>
    <div class="chips">
      ${FORMATS.map(
        (format) => html`
          <button key=${format} onClick=${() => download(format)}>${t(`export_${format}`)}</button>
        `,
      )}
    </div>
    <${Import} />
  </section>
`;

/** @param {string} format */
async function download(format) {
  try {
    const answer = await get(`/v1/export${format === "json" ? "" : `?format=${format}`}`, { as: "response", timeout: MINUTES });
    const named = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "");
    const url = URL.createObjectURL(await answer.blob());
    Object.assign(document.createElement("a"), {
      href: url,
      download: named?.[1] ?? `habits.${format === "csv" ? "zip" : format}`,
    }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    toast(/** @type {Error} */ (error).message, { kind: "bad" });
  }
}

function Import() {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [report, setReport] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  const send = async (/** @type {boolean} */ dryRun) => {
    if (!file) return;
    setBusy(true);
    const body = new FormData();
    body.append("file", file);
    try {
      const answer = await call("POST", `/v1/import?dry_run=${dryRun}`, { body, timeout: MINUTES });
      setReport({ ...answer, dryRun });
      if (!dryRun) reloadBoard();
    } catch (error) {
      toast(/** @type {Error} */ (error).message, { kind: "bad", seconds: 12 });
    }
    setBusy(false);
  };
  const choose = (/** @type {any} */ event) => {
    setFile(event.target.files[0] ?? null);
    setReport(null);
  };
  return html`
    <h3>${t("import")}</h3>
    <p class="muted">${t("import_help")}</p>
    <input type="file" aria-label=${t("import_file")} onChange=${choose} />
    ${
      file &&
      html`
        <div class="actions">
          <button disabled=${busy} onClick=${() => send(true)}>${t("import_try")}</button>
          <button class="primary" disabled=${busy || !report} onClick=${() => send(false)}>${t("import_now")}</button>
        </div>
      `
    }
    ${
      busy &&
      html`
        <p role="status">${t("importing")}</p>
      `
    }
    ${
      report &&
      html`
        <${Report} report=${report} />
      `
    }
  `;
}

const size = (/** @type {any} */ value) =>
  typeof value === "number"
    ? value
    : Array.isArray(value)
      ? value.length
      : Object.values(value ?? {}).reduce((sum, one) => sum + Number(one), 0);

/** @param {{report: any}} properties */
const Report = ({ report }) => html`
  <div class="notice" role="status">
    <p><b>${t(report.dryRun ? "import_would" : "import_did")}</b></p>
    <p>
      ${t("import_counts", { created: size(report.created), updated: size(report.updated), unchanged: size(report.unchanged) })}
    </p>
    ${
      report.dropped?.length > 0 &&
      html`
        <details>
          <summary>${t("import_dropped", { n: report.dropped.length })}</summary>
          <ul>
            ${report.dropped.slice(0, 100).map(
              (/** @type {any} */ one, /** @type {number} */ n) => html`
                <li key=${n} dir="auto">${String(one.what)}: ${one.why}</li>
              `,
            )}
          </ul>
        </details>
      `
    }
  </div>
`;
