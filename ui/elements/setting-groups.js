/** The groups of a form with the fields of a destination's settings: filled, read, and shown as far as the kind of server has them. */

import { FIELDS, GROUPS, fieldsOf } from "../setting-fields.js";
import { setCount } from "../settings.js";
import { t, translate } from "../words.js";
import { setHidden, setText } from "./dom.js";
import { fieldOf } from "./fields.js";
import { settingField } from "./setting-field.js";

export class SettingGroups {
  #form;

  /** Puts every field into its group's place in the form. */
  constructor(form) {
    this.#form = form;
    for (const group of GROUPS) this.#placeOf(group).append(...FIELDS.filter((field) => field.group === group).map(settingField));
    translate(form);
  }

  /** What stands in the fields, by their names. */
  get values() {
    return Object.fromEntries(FIELDS.map(({ name, type }) => [name, this.#read(name, type)]));
  }

  set values(values) {
    for (const { name, type } of FIELDS.filter((field) => Object.hasOwn(values, field.name))) this.#write(name, type, values[name]);
  }

  /** Shows the fields that this kind of server has, and how many of a group are set. */
  show(kind) {
    const shown = new Set(fieldsOf(kind).map(({ name }) => name));
    for (const { name } of FIELDS) setHidden(fieldOf(this.#form, name), !shown.has(name));
    for (const group of GROUPS) this.#showGroup(group, kind);
  }

  /** Says the words of its tables anew. */
  speak() {
    for (const table of this.#form.querySelectorAll("pair-table")) table.speak();
  }

  #placeOf(group) {
    return this.#form.querySelector(`[data-group="${group}"] .more`);
  }

  #showGroup(group, kind) {
    const frame = this.#placeOf(group).closest("details");
    if (!frame) return;
    const count = setCount(this.values, kind, group);
    setText(frame.querySelector(".set"), count > 0 ? t("group-set", { count }) : "");
    setHidden(frame, [...this.#placeOf(group).children].every(({ hidden }) => hidden));
  }

  #read(name, type) {
    const table = this.#table(name);
    if (table) return table.pairs;
    const control = this.#form.elements[name];
    return type === "flag" ? control.checked : control.value;
  }

  #write(name, type, value) {
    const table = this.#table(name);
    if (table) table.pairs = value;
    else if (type === "flag") this.#form.elements[name].checked = value;
    else choose(this.#form.elements[name], value);
  }

  #table(name) {
    return fieldOf(this.#form, name).querySelector("pair-table");
  }
}

/** What was set elsewhere is among the choices, too. */
function choose(control, value) {
  const isKnown = !control.options || [...control.options].some((option) => option.value === value);
  if (!isKnown) control.append(new Option(value, value));
  control.value = value;
}
