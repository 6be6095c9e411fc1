/**
 * `<pair-table>`: a small table of names and values, edited line by line. Enter in a line begins the next one; a line that is
 * removed gives the focus to its neighbour. With fixed names (`fixed`) only the values are edited.
 */

import { t } from "../words.js";
import { setHidden } from "./dom.js";

class PairTable extends HTMLElement {
  #name = "";
  #label = () => "";
  #named = (name) => name;

  /** Makes the table `name`; `label` says what it holds, and `named` what a fixed name is called. */
  begin({ name, isFixed, label, named = (each) => each }) {
    this.#name = name;
    this.#label = label;
    this.#named = named;
    this.toggleAttribute("fixed", isFixed);
    const rows = document.createElement("div");
    rows.className = "rows";
    rows.setAttribute("role", "list");
    const add = button("add");
    this.replaceChildren(rows, add);
    setHidden(add, isFixed);
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.speak();
  }

  handleEvent(event) {
    const row = event.target.closest(".row");
    if (event.type === "keydown") return this.#key(event, row);
    if (event.target.closest(".add")) this.#append(["", ""]).querySelector("input").focus();
    if (event.target.closest(".remove")) this.#remove(row);
  }

  /** What the lines hold, without those in which nothing stands. */
  get pairs() {
    const typed = this.#rows.map((row) => [row.fixedName ?? row.querySelector(".name").value.trim(), row.querySelector(".value").value]);
    return typed.filter(([name, value]) => name !== "" || value !== "");
  }

  set pairs(pairs) {
    this.querySelector(".rows").replaceChildren();
    for (const pair of pairs) this.#append(pair);
  }

  /** Says all its words anew. */
  speak() {
    const add = this.querySelector(".add");
    add.textContent = t("table-add");
    add.setAttribute("aria-label", t("table-add.aria-label", { table: this.#label() }));
    this.querySelector(".rows").setAttribute("aria-label", this.#label());
    for (const row of this.#rows) this.#speakRow(row);
  }

  get #rows() {
    return [...this.querySelectorAll(".row")];
  }

  #append([name, value]) {
    const isFixed = this.hasAttribute("fixed");
    const row = document.createElement("div");
    row.className = "row";
    row.setAttribute("role", "listitem");
    const what = isFixed ? document.createElement("span") : input("name", name);
    if (isFixed) row.fixedName = name;
    row.append(what, input("value", value), ...(isFixed ? [] : [button("remove")]));
    this.querySelector(".rows").append(row);
    this.#speakRow(row);
    row.addEventListener("input", () => this.#speakRow(row));
    return row;
  }

  #speakRow(row) {
    const [what, value, remove] = row.children;
    const name = row.fixedName === undefined ? what.value.trim() : this.#named(row.fixedName);
    if (row.fixedName === undefined) what.setAttribute("aria-label", `${this.#label()}: ${t("table-name")}`);
    else what.textContent = name;
    if (row.fixedName === undefined) what.placeholder = t("table-name");
    value.placeholder = t("table-value");
    value.setAttribute("aria-label", `${this.#label()}: ${name || t("table-value")}`);
    if (!remove) return;
    remove.textContent = "×";
    remove.title = t("table-remove");
    remove.setAttribute("aria-label", name ? t("table-remove-named", { name }) : t("table-remove-unnamed"));
  }

  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector(".remove") ?? this.querySelector(".add")).focus();
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Enter goes on to the next line; in a form it would send all of it. */
  #key(event, row) {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault();
    const next = row.nextElementSibling ?? (this.hasAttribute("fixed") ? null : this.#append(["", ""]));
    next?.querySelector("input").focus();
  }

  /** Its name among the fields of a form. */
  get name() {
    return this.#name;
  }
}

function input(name, value) {
  const made = document.createElement("input");
  made.className = name;
  made.value = value;
  made.spellcheck = false;
  made.setAttribute("autocapitalize", "none");
  return made;
}

function button(name) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = name;
  return made;
}

customElements.define("pair-table", PairTable);
