// A view whose code is loaded when it is first shown.
import { useEffect, useState } from "../../vendor/hooks.js";
import { Loading } from "./loading.js";
import { html } from "../html.js";
import { t } from "../i18n.js";

/** @param {{load: () => Promise<any>, isSmall?: boolean, [name: string]: any}} properties what else is given goes to the view */
export function Later({ load, isSmall, ...others }) {
  const [view, setView] = useState(/** @type {{View: any} | null} */ (null));
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (View) => setView({ View }),
      () => setFailed(true),
    );
  }, []);
  if (hasFailed)
    return html`
      <div class="empty"><p>${t("unreachable")}</p></div>
    `;
  return view
    ? html`
        <${view.View} ...${others} />
      `
    : isSmall
      ? null
      : html`
          <${Loading} isPage />
        `;
}
