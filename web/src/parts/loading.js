// What is shown while something is loaded.
import { html } from "../html.js";
import { t } from "../i18n.js";

/** @param {{isPage?: boolean}} properties `isPage` where the page has no heading yet */
export const Loading = ({ isPage = false }) => html`
  <div class="skeleton head" role="status" aria-label=${t("loading")}></div>
  ${
    isPage &&
    html`
      <h1 class="visually-hidden">${t("loading")}</h1>
    `
  }
`;
