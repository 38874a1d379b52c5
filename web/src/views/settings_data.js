// Take everything out, bring everything in.
import { html, useState } from "../../vendor/view.js";
import { ApiError, get, post } from "../api.js";
import { reloadBoard } from "../board.js";
import { t } from "../i18n.js";
import { FormError } from "../parts/field.js";
import { toast } from "../state.js";

const FORMATS = ["json", "csv", "loop"];
const KINDS = ["habits", "days", "pauses"];
const MINUTES = 120_000;
const PAUSE = 500;

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
  const [error, setError] = useState(/** @type {any} */ (null));
  const [running, setRunning] = useState(/** @type {any} */ (null));
  const send = async (/** @type {boolean} */ dryRun) => {
    if (!file) return;
    setRunning({ done: 0, total: 0 });
    setError(null);
    try {
      setReport(await runImport(file, dryRun, setRunning));
      if (!dryRun) reloadBoard();
    } catch (refusal) {
      setReport(null);
      setError(refusal);
    }
    setRunning(null);
  };
  const choose = (/** @type {any} */ event) => {
    setFile(event.target.files[0] ?? null);
    setReport(null);
    setError(null);
  };
  return html`
    <h3>${t("import")}</h3>
    <p class="muted">${t("import_help")}</p>
    <input type="file" aria-label=${t("import_file")} onChange=${choose} />
    ${
      file &&
      html`
        <div class="actions">
          <button disabled=${running} onClick=${() => send(true)}>${t("import_try")}</button>
          <button class="primary" disabled=${running || !report?.dry_run} onClick=${() => send(false)}>${t("import_now")}</button>
        </div>
      `
    }
    ${
      running &&
      html`
        <${Progress} ...${running} />
      `
    }
    <${FormError} error=${error} />
    ${
      report &&
      html`
        <${Report} report=${report} />
      `
    }
  `;
}

/**
 * Import a file, however long it takes.
 * @param {File} file
 * @param {boolean} dryRun
 * @param {(running: {done: number, total: number}) => void} onProgress how many days were looked at
 * @returns {Promise<any>} the report
 */
async function runImport(file, dryRun, onProgress) {
  const body = new FormData();
  body.append("file", file);
  const headers = { Prefer: "respond-async" };
  let found = await post(`/v1/import?dry_run=${dryRun}`, body, { headers, timeout: MINUTES });
  while (found.state !== undefined && found.state !== "done") {
    if (found.state === "failed") throw new ApiError(found.problem.status, found.problem);
    onProgress(found);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    found = await get(`/v1/imports/${found.id}`);
  }
  return found.report ?? found; // a quick one is answered by its report
}

/** @param {{done: number, total: number}} properties `total` is 0 until the file was read */
const Progress = ({ done, total }) => html`
  <p role="status">${total ? t("import_progress", { done, total }) : t("importing")}</p>
  <progress aria-label=${t("import")} max=${total || 1} value=${total ? done : undefined}></progress>
`;

/** @param {{report: any}} properties */
const Report = ({ report }) => html`
  <div class="notice" role="status">
    <p><b>${t(report.dry_run ? "import_would" : "import_did")}</b></p>
    ${KINDS.map(
      (kind) => html`
        <p key=${kind}>${t(`import_${kind}`, report[kind])}</p>
      `,
    )}
    ${
      report.dropped_count > 0 &&
      html`
        <details>
          <summary>${t("import_dropped", { n: report.dropped_count })}</summary>
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
