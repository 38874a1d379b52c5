// A note on a day.
import { html } from "../../vendor/view.js";
import { t } from "../i18n.js";
import { Field } from "./field.js";

/** @param {{note: string, onInput: (note: string) => void}} properties */
export const NoteField = ({ note, onInput }) => html`
  <${Field} label=${t("note")}>
    <textarea
      rows="3"
      maxlength="2000"
      dir="auto"
      value=${note}
      onInput=${(/** @type {any} */ event) => onInput(event.target.value)}
    ></textarea>
  <//>
`;
