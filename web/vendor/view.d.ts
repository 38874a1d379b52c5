export { html } from "htm/preact";
export * from "preact";
export * from "preact/hooks";
export * from "@preact/signals";
