/** Makes the fields of a destination's settings: a label, a control for what is typed, and a plain sentence beside it. */

import { t } from "../words.js";
import "./pair-table.js";

const SHORT = new Set(["count", "limit", "size", "speed"]);
const TABLES = new Set(["pairs", "parameters", "names"]);

/** The page of settings has fields of these names too. */
const idOf = (name) => `place-${wordsOf(name)}`;
const wordsOf = (name) => `set-${name.replaceAll(".", "-")}`;

/** The field `{ name, type, options }` as an element; its control bears the field's name. */
export function settingField(field) {
  const made = document.createElement("div");
  made.className = "field";
  made.dataset.field = field.name;
  made.classList.toggle("wide", TABLES.has(field.type) || field.name === "ca_file");
  if (TABLES.has(field.type)) made.append(...table(field));
  else if (field.type === "flag") made.append(flag(field));
  else made.append(label(field), control(field));
  made.append(hint(field));
  return made;
}

function label({ name }) {
  const made = worded("label", wordsOf(name));
  made.htmlFor = idOf(name);
  return made;
}

function control(field) {
  const made = field.type === "choice" ? choice(field) : document.createElement("input");
  made.id = idOf(field.name);
  made.name = field.name;
  if (field.type !== "choice") made.spellcheck = false;
  if (field.type === "count" || field.type === "limit") made.inputMode = "numeric";
  if (!SHORT.has(field.type)) made.setAttribute("autocapitalize", "none");
  return field.name === "ca_file" ? withPicker(made) : made;
}

function choice({ name, options }) {
  const made = document.createElement("select");
  made.append(...options.map((option) => choiceOf(name, option)));
  return made;
}

/** Methods are called what they are called; the rest has words. */
function choiceOf(name, option) {
  const isWord = /^[A-Z]+$/.test(option) && name !== "delete.method";
  const made = isWord ? new Option(option) : worded("option", `${wordsOf(name)}-is-${option || "auto"}`);
  made.value = option;
  return made;
}

function withPicker(input) {
  const made = document.createElement("div");
  made.className = "with-button";
  const pick = worded("button", "set-ca_file-pick");
  pick.type = "button";
  pick.dataset.action = "pick_certificates";
  made.append(input, pick);
  return made;
}

function flag({ name }) {
  const made = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.name = name;
  made.append(box, " ", worded("span", wordsOf(name)));
  return made;
}

function table({ name, type }) {
  const heading = worded("p", wordsOf(name));
  heading.className = "label";
  const made = document.createElement("pair-table");
  made.dataset.table = name;
  made.begin({ name, isFixed: type === "names", label: () => t(wordsOf(name)), named: (each) => t(`parameter-${each}`) });
  return [heading, made];
}

function hint({ name }) {
  const made = worded("p", `${wordsOf(name)}-hint`);
  made.className = "hint";
  return made;
}

function worded(tag, id) {
  const made = document.createElement(tag);
  made.dataset.l10n = id;
  return made;
}
