/** `<watched-page>`: the watched folders, what each is at, and the form in which one is added or changed. */

import { nameOf } from "../places.js";
import { countWords, draftFrom, explanationWords, folderName, formOf, stateWords } from "../watched.js";
import { t } from "../words.js";
import { copyOf, say, setAttribute, setHidden, setText, wish } from "./dom.js";
import { clearTrouble, complainAt, prepareFields } from "./fields.js";

const HEARD = ["click", "submit", "input", "keydown", "page-shown"];

class WatchedPage extends HTMLElement {
  #rows = new Map();
  /** The folder that the form changes; null for a new one. */
  #watch = null;
  #picked = null;
  #isReady = false;

  connectedCallback() {
    if (!this.#isReady) prepareFields(this.#form);
    this.#isReady = true;
    for (const event of HEARD) this.addEventListener(event, this);
    document.addEventListener("language", this);
  }

  disconnectedCallback() {
    for (const event of HEARD) this.removeEventListener(event, this);
    document.removeEventListener("language", this);
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === "page-shown" || type === "language") return wish(this, { action: "show_watches" });
    if (type === "input") return clearTrouble(target.closest("[data-field]"));
    if (type === "submit") return this.#submit(event);
    if (type === "keydown") return this.#onKey(event);
    const button = target.closest("button[data-action]");
    if (button) wish(this, { action: button.dataset.action, watch: button.closest("li")?.watch });
  }

  /** Draws the folders; a row whose folder stays keeps the focus. */
  draw(watches) {
    const list = this.querySelector(".watches");
    const rows = watches.map((watch) => this.#rows.get(watch.id) ?? newRow());
    this.#rows = new Map(watches.map((watch, nth) => [watch.id, rows[nth]]));
    const had = list.contains(document.activeElement);
    if (rows.some((row, nth) => list.children[nth] !== row) || list.children.length !== rows.length) list.replaceChildren(...rows);
    watches.forEach((watch, nth) => drawRow(rows[nth], watch));
    if (had && !list.contains(document.activeElement)) this.querySelector("h1").focus();
    setHidden(list, rows.length === 0);
    setHidden(this.querySelector(".empty"), rows.length > 0 || !this.#form.hidden);
  }

  /** Opens the form for `watch`, or for a new folder that goes to `target`. */
  openForm(watch, places, target = null) {
    [this.#watch, this.#picked] = [watch, null];
    this.complain("");
    const choice = this.#form.elements.destination;
    choice.replaceChildren(...places.map((place) => new Option(nameOf(place), place.id)));
    const values = formOf(watch);
    for (const [name, value] of Object.entries(values)) {
      const control = this.#form.elements[name];
      if (typeof value === "boolean") control.checked = value;
      else control.value = value;
    }
    if (!watch) choice.value = String(target?.id ?? places[0]?.id ?? "");
    complainAt(this.#form, []);
    this.#form.elements.path.readOnly = Boolean(watch);
    setHidden(this.querySelector("[data-action=pick_watch_folder]"), Boolean(watch));
    setHidden(this.querySelector("[data-field=existing]"), Boolean(watch));
    setText(this.#formTitle, watch ? t("watched-form-edit") : t("watched-form-new"));
    this.#showForm(true);
    this.#formTitle.focus();
  }

  closeForm() {
    this.complain("");
    this.#showForm(false);
    (this.#rows.get(this.#watch?.id)?.querySelector("[data-action=edit_watch]") ?? this.querySelector(".add")).focus();
  }

  /** The folder that was picked: `path` as people read it, `picked` without any loss. */
  showPicked({ path, picked }) {
    this.#picked = picked;
    this.#form.elements.path.value = path;
    clearTrouble(this.#form.elements.path.closest("[data-field]"));
    this.#form.elements.destination.focus();
  }

  /** Says what went wrong, in the form while that is open. */
  complain(message) {
    const inForm = !this.#form.hidden;
    say(this.#form.querySelector(".trouble.whole"), inForm ? message : "");
    say(this.querySelector(":scope > .trouble"), inForm ? "" : message);
  }

  get #form() {
    return this.querySelector("form");
  }

  get #formTitle() {
    return this.querySelector("#watch-form-title");
  }

  #showForm(isShown) {
    setHidden(this.#form, !isShown);
    setHidden(this.querySelector(".add"), isShown);
    setHidden(this.querySelector(".empty"), isShown || this.#rows.size > 0);
  }

  #submit(event) {
    event.preventDefault();
    this.complain("");
    const values = Object.fromEntries([...this.#form.elements].filter(({ name }) => name)
      .map((control) => [control.name, control.type === "checkbox" ? control.checked : control.value]));
    const { draft, troubles } = draftFrom(values, { watch: this.#watch, picked: this.#picked });
    complainAt(this.#form, troubles);
    if (troubles.length === 0) wish(this, { action: "save_watch", draft });
  }

  /** Escape leaves the form; Up and Down go from folder to folder. */
  #onKey(event) {
    if (event.key === "Escape" && event.target.closest("form")) {
      event.preventDefault();
      return wish(this, { action: "leave_watch_form" });
    }
    const row = event.target.closest("li");
    const next = { ArrowUp: row?.previousElementSibling, ArrowDown: row?.nextElementSibling }[event.key];
    if (!next) return;
    event.preventDefault();
    const { action } = event.target.dataset;
    const shown = [...next.querySelectorAll("button")].filter(({ hidden }) => !hidden);
    (shown.find(({ dataset }) => dataset.action === action) ?? shown[0]).focus();
  }
}

function newRow() {
  const row = document.createElement("li");
  row.append(copyOf("watched-folder"));
  return row;
}

function drawRow(row, watch) {
  row.watch = watch;
  setAttribute(row, "data-state", watch.state.kind);
  setText(row.querySelector(".folder"), watch.path);
  setText(row.querySelector(".state"), stateWords(watch));
  setText(row.querySelector(".counts"), countWords(watch));
  setText(row.querySelector(".where"), t("watched-where", { destination: watch.destination_name }));
  say(row.querySelector(".explanation"), explanationWords(watch));
  const isPaused = watch.state.kind === "paused";
  for (const button of row.querySelectorAll("button")) {
    setText(button, t(button.dataset.l10n));
    setAttribute(button, "aria-label", t("watched-named", { deed: button.textContent, name: folderName(watch.path) }));
  }
  const [before, after] = isPaused ? ["pause_watch", "resume_watch"] : ["resume_watch", "pause_watch"];
  const gone = row.querySelector(`[data-action=${before}]`);
  const had = document.activeElement === gone;
  setHidden(row.querySelector(`[data-action=${after}]`), false);
  setHidden(gone, true);
  if (had) row.querySelector(`[data-action=${after}]`).focus();
}

customElements.define("watched-page", WatchedPage);
