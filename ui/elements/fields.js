/** Fields of a form: a part with `data-field`, in it a label, a control, and a place for what is wrong with it. */

import { say, setAttribute, setHidden } from "./dom.js";
import { sayProblem } from "./told.js";

const CONTROLS = "input, select, button";

/** Gives each field a hint and the place for what is wrong with it, and lets its control be described by both. */
export function prepareFields(form) {
  for (const field of form.querySelectorAll("[data-field]")) {
    const control = field.querySelector(CONTROLS);
    const hint = field.querySelector(".hint, .warning") ?? paragraph("hint");
    const trouble = paragraph("trouble");
    trouble.hidden = true;
    trouble.id = `${field.dataset.field}-trouble`;
    hint.id = `${field.dataset.field}-hint`;
    control.setAttribute("aria-describedby", `${trouble.id} ${hint.id}`);
    (control.closest(".with-button, label, pair-table") ?? control).after(trouble, ...(hint.isConnected ? [] : [hint]));
  }
}

function paragraph(name) {
  const made = document.createElement("p");
  made.className = name;
  return made;
}

/** Shows a field, or takes it away. */
export function showField(form, field, shown) {
  setHidden(fieldOf(form, field), !shown);
}

/** Says at each field what is wrong with it and nothing at the others; the focus goes to the first. */
export function complainAt(form, troubles) {
  for (const field of form.querySelectorAll("[data-field]")) clearTrouble(field);
  for (const trouble of troubles) {
    const place = fieldOf(form, trouble.field);
    sayProblem(place.querySelector(".trouble"), trouble);
    setAttribute(place.querySelector(CONTROLS), "aria-invalid", "true");
    if (place.closest("details")) place.closest("details").open = true;
  }
  form.querySelector("[aria-invalid=true]")?.focus();
}

/** What was wrong with a field is being put right. */
export function clearTrouble(field) {
  if (!field) return;
  say(field.querySelector(".trouble"), "");
  for (const control of field.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
}

/** The part of a field; null where the form has none of that name. */
export function fieldOf(form, field) {
  return field ? form.querySelector(`[data-field="${CSS.escape(field)}"]`) : null;
}
