/**
 * `<receiving-page>`: whether this computer receives, where to, who else may send, and what came of it. While it is shown
 * it looks again every few seconds; what stands in the form is touched only when something was applied.
 */

import { bytes } from "../format.js";
import { arrivedWords, comingWords, fieldsOf, hintWords, isPlain, neededFor, receivingTroubles, wantedFrom } from "../received.js";
import { t } from "../words.js";
import { copyOf, say, setHidden, setText, wish } from "./dom.js";
import { clearTrouble, complainAt, fieldOf, prepareFields } from "./fields.js";

const EVENTS = ["click", "input", "change", "submit", "page-shown", "page-left"];
const LOOK = 3000;

class ReceivingPage extends HTMLElement {
  #view = null;
  #timer = 0;

  connectedCallback() {
    prepareFields(this.#form);
    for (const event of EVENTS) this.addEventListener(event, this);
    document.addEventListener("language", this);
  }

  disconnectedCallback() {
    for (const event of EVENTS) this.removeEventListener(event, this);
    document.removeEventListener("language", this);
    clearInterval(this.#timer);
  }

  handleEvent(event) {
    if (event.type === "page-shown") return this.#enter();
    if (event.type === "page-left") return clearInterval(this.#timer);
    if (event.type === "language") return this.#view && this.show(this.#view);
    if (event.type === "submit") return this.#apply(event);
    if (event.type === "input" || event.type === "change") return this.#changed(event);
    if (event.type === "click") this.#press(event.target.closest("button[data-action]"));
  }

  #enter() {
    wish(this, { action: "show_receiving" });
    clearInterval(this.#timer);
    this.#timer = setInterval(() => document.hidden || wish(this, { action: "look_at_receiving" }), LOOK);
  }

  #press(button) {
    if (!button) return;
    const { action } = button.dataset;
    const value = button.closest("li")?.needed;
    wish(this, action === "copy_needed" ? { action, value } : { action, view: this.#view });
  }

  #changed({ type, target }) {
    clearTrouble(target.closest("[data-field]"));
    if (target.name === "on" && type === "change") {
      wish(this, { action: "set_receiving", wanted: { ...this.#view.wanted, on: target.checked }, view: this.#view });
    }
    this.#drawForm();
  }

  #apply(event) {
    event.preventDefault();
    const fields = this.#typed();
    const troubles = receivingTroubles(fields);
    complainAt(this.#form, troubles);
    if (troubles.length === 0) wish(this, { action: "set_receiving", wanted: wantedFrom(fields, this.#view.wanted), view: this.#view });
  }

  #typed() {
    return Object.fromEntries([...this.#form.elements].filter(({ name }) => name).map(({ name, value }) => [name, value]));
  }

  /** Draws everything, the form too. */
  show(view) {
    for (const [name, value] of Object.entries(fieldsOf(view.wanted))) this.#form.elements[name].value = value;
    complainAt(this.#form, []);
    this.look(view);
    this.#drawForm();
  }

  /** Draws how it stands; what is typed stays. */
  look(view) {
    this.#view = view;
    this.querySelector("[name=on]").checked = view.wanted.on;
    setText(this.querySelector("#receiving-on-hint"), hintWords(view));
    setText(this.querySelector(".where"), view.folder);
    setText(this.querySelector(".free"), view.free_space === null ? "" : t("receiving-free", { size: bytes(view.free_space) }));
    setHidden(this.querySelector("[data-action=pick_receive_folder]"), view.folder_is_fixed);
    setHidden(this.querySelector(".fixed"), !view.folder_is_fixed);
    say(this.querySelector(".trouble.whole"), view.trouble ?? "");
    this.#drawNeeded(view);
    this.#drawFiles("coming", view.coming, comingWords);
    this.#drawFiles("arrived", view.arrived, arrivedWords);
    const coming = this.querySelector("[data-list=coming]");
    setHidden(coming, view.coming_in_all === 0);
    setText(coming.querySelector(".count"), t("receiving-coming-count", { count: view.coming_in_all }));
    setHidden(this.querySelector(".nothing"), view.arrived.length > 0);
  }

  /** Puts what was chosen into a field. */
  fill(name, value) {
    if (value === null) return;
    this.#form.elements[name].value = value;
    this.#drawForm();
  }

  /** Says what was done. */
  tell(words) {
    say(this.querySelector(".told"), words);
  }

  /** Says what went wrong, at its field where it is about one. */
  complain({ message, field }) {
    this.tell("");
    if (this.#view) this.querySelector("[name=on]").checked = this.#view.wanted.on;
    if (fieldOf(this.#form, field)) complainAt(this.#form, [{ field, message }]);
    else say(this.querySelector(".trouble.whole"), message);
  }

  get #form() {
    return this.querySelector("form");
  }

  #drawForm() {
    const fields = this.#typed();
    setHidden(this.querySelector(".door"), fields.door === "closed");
    setHidden(this.querySelector(".warning"), !isPlain(fields));
  }

  #drawNeeded(view) {
    const list = this.querySelector(".addresses");
    const rows = neededFor(view);
    setHidden(this.querySelector(".needed"), rows.length === 0);
    say(this.querySelector(".only-now"), view.only_now ? t("receiving-token-session", { why: view.only_now }) : "");
    const now = JSON.stringify(rows);
    if (list.drawn === now) return;
    list.drawn = now;
    list.replaceChildren(...rows.map(needOf));
  }

  #drawFiles(name, files, words) {
    const list = this.querySelector(`[data-list=${name}] ul`);
    setHidden(list, files.length === 0);
    list.replaceChildren(...files.map((file) => fileOf(file.name, words(file))));
  }
}

function needOf({ name, value, isSecret }) {
  const row = document.createElement("li");
  row.needed = value;
  row.append(copyOf("receiving-need"));
  setText(row.querySelector(".called"), name);
  setText(row.querySelector(".value"), value);
  row.querySelector("button").setAttribute("aria-label", t("receiving-copy-of", { name: isSecret ? name : `${name}, ${value}` }));
  return row;
}

function fileOf(name, facts) {
  const row = document.createElement("li");
  row.append(copyOf("receiving-file"));
  setText(row.querySelector(".name"), name);
  setText(row.querySelector(".facts"), facts);
  return row;
}

customElements.define("receiving-page", ReceivingPage);
