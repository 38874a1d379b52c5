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
 * What a refusal says about one field.
 * @param {any} error an `ApiError`, or null
 * @param {string} field
 * @returns {string}
 */
export const errorOf = (error, field) =>
  error?.errors?.find((/** @type {{field: string}} */ one) => one.field === field || one.field.startsWith(`${field}.`))
    ?.message ?? "";

/** @param {{error: any}} properties */
export const FormError = ({ error }) =>
  error
    ? html`
        <p class="form-error" role="alert">${error.message}</p>
      `
    : null;
