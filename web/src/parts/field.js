// Form fields with labels, and what a refusal says about them.
import { html } from "../../vendor/view.js";

/**
 * A labelled field; what is inside is its control.
 * @param {{label: string, error?: string, hint?: string, children?: any}} properties
 */
export const Field = ({ label, error, hint, children }) => html`
  <label class="field ${error ? "wrong" : ""}">
    <span class="label">${label}</span>
    ${children}
    ${
      hint &&
      html`
        <span class="hint">${hint}</span>
      `
    }
    ${
      error &&
      html`
        <span class="error" role="alert">${error}</span>
      `
    }
  </label>
`;

/**
 * What a refusal says about one field: its own sentence where it is about nothing else.
 * @param {any} error an `ApiError`, or null
 * @param {string} field
 * @returns {string}
 */
export function errorOf(error, field) {
  const found = error?.errors?.find(
    (/** @type {{field: string}} */ one) => one.field === field || one.field.startsWith(`${field}.`),
  );
  if (!found) return "";
  return error.errors.length === 1 && error.reason !== "REQUEST_INVALID" ? error.message : found.message;
}

/** @param {{error: any}} properties */
export const FormError = ({ error }) =>
  error
    ? html`
        <p class="form-error" role="alert">${error.message}</p>
      `
    : null;
