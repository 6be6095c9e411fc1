/**
 * `<send-dialog>`: files for one destination, and how they go there. Opened with what was dropped, picked or named by a
 * link; nothing is sent before *Send* is pressed.
 */

import { howFrom, momentFrom, namesOf, wanted } from "../sending.js";
import { nameOf, whereWords } from "../places.js";
import { t } from "../words.js";
import { say, setHidden, setText, wish } from "./dom.js";
import { sayProblem } from "./told.js";

const SHOWN = 5;

class SendDialog extends HTMLElement {
  #paths = [];
  #places = [];
  #to = null;
  #isWhole = false;
  #opener = null;
  #onLanguage = () => this.#draw();

  connectedCallback() {
    for (const event of ["click", "input", "submit"]) this.addEventListener(event, this);
    this.#dialog.addEventListener("close", this);
    document.addEventListener("language", this.#onLanguage);
  }

  disconnectedCallback() {
    for (const event of ["click", "input", "submit"]) this.removeEventListener(event, this);
    this.#dialog.removeEventListener("close", this);
    document.removeEventListener("language", this.#onLanguage);
  }

  handleEvent(event) {
    if (event.type === "close") return this.#opener?.isConnected && this.#opener.focus();
    if (event.type === "submit") return this.#submit(event);
    if (event.type === "input") return this.#type(event);
    const action = event.target.closest("button[data-action]")?.dataset.action;
    if (action) wish(this, { action });
  }

  /**
   * Opens with these paths. `to` is the destination to begin with, by its id, its name or as the page shows it; the one that
   * new files go to where there is none. `why` says in a sentence who asks for it; `isWhole` shows every path, and all of it.
   */
  open({ paths = [], to = null, why = "", isWhole = false } = {}) {
    if (!this.isOpen) this.#opener = document.activeElement;
    this.#paths = [...paths];
    this.#to = to;
    this.#isWhole = isWhole;
    this.#form.reset();
    say(this.#part(".why"), why);
    this.#rest();
    this.#draw();
    if (!this.isOpen) this.#dialog.showModal();
    wish(this, { action: "draw_send" });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  close() {
    this.#dialog.close();
  }

  /** Resolves once it is closed. */
  closed() {
    if (!this.isOpen) return Promise.resolve();
    return new Promise((resolve) => this.#dialog.addEventListener("close", resolve, { once: true }));
  }

  /** Offers these destinations; the one that was wanted is chosen, or it is said that it is not there. */
  set places(places) {
    this.#places = places;
    const { place, missing } = wanted(places, this.#to);
    this.#part("select[name=to]").replaceChildren(...places.map((each) => new Option(nameOf(each), each.id, false, each === place)));
    if (missing) say(this.#part(".trouble"), t("send-unknown", { name: missing }));
    if (!place) this.#part("select[name=to]").selectedIndex = -1;
    this.#draw();
    (this.#paths.length === 0 ? this.#part("[data-action=pick_send_files]") : this.#part("select[name=to]")).focus();
  }

  /** Takes further paths. */
  add(paths) {
    const known = new Set(this.#paths.map((path) => path.coded ?? path));
    this.#paths.push(...paths.filter((path) => !known.has(path.coded ?? path)));
    this.#rest();
    this.#draw();
  }

  /** What is to be sent, where and how; null where something makes no sense, which is told then. */
  draft() {
    const { elements } = this.#form;
    const place = this.#chosen;
    const isMoment = !Number.isNaN(momentFrom(elements.start_at.value)) && elements.start_at.validity.valid;
    say(this.#part(".start .trouble"), isMoment ? "" : t("send-start-wrong"));
    if (!isMoment) elements.start_at.focus();
    if (!place || this.#paths.length === 0 || !isMoment) return null;
    const how = howFrom({ start_at: elements.start_at.value, priority: elements.priority.value, resume: elements.resume.value });
    const paths = this.#paths.map((path) => (path.coded ? { coded: path.coded } : path));
    return { paths, place, how };
  }

  /** Says that what was sent is being added. */
  wait() {
    this.toggleAttribute("busy", true);
    setText(this.#part("[type=submit]"), t("send-sending"));
    this.#draw();
  }

  /** Says what went wrong; everything stays as it was chosen. */
  complain(problem) {
    this.#rest();
    this.#draw();
    sayProblem(this.#part(".trouble"), problem);
  }

  #part(selector) {
    return this.querySelector(selector);
  }

  get #dialog() {
    return this.#part("dialog");
  }

  get #form() {
    return this.#part("form");
  }

  get #chosen() {
    const { value } = this.#part("select[name=to]");
    return this.#places.find(({ id }) => String(id) === value);
  }

  #submit(event) {
    event.preventDefault();
    if (!this.hasAttribute("busy")) wish(this, { action: "send_chosen" });
  }

  #type({ target }) {
    if (target.name === "to") say(this.#part(".trouble"), "");
    if (target.name === "start_at") say(this.#part(".start .trouble"), "");
    this.#draw();
  }

  #rest() {
    this.toggleAttribute("busy", false);
    setText(this.#part("[type=submit]"), t("send-do"));
    for (const trouble of this.querySelectorAll(".trouble")) say(trouble, "");
  }

  #draw() {
    const place = this.#chosen;
    this.#drawPaths();
    setText(this.#part(".where"), place ? whereWords(place) : "");
    for (const option of this.#part("select[name=to]").options) {
      const known = this.#places.find(({ id }) => String(id) === option.value);
      if (known) setText(option, nameOf(known));
    }
    this.#part("[type=submit]").disabled = !place || this.#paths.length === 0 || this.hasAttribute("busy");
  }

  #drawPaths() {
    const names = namesOf(this.#paths);
    const rows = this.#isWhole ? names.map(({ path }) => rowOf({ name: path, path })) : names.slice(0, SHOWN).map(rowOf);
    const hidden = names.length - rows.length;
    setText(this.#part(".count"), names.length === 0 ? t("send-nothing") : t("send-count", { count: names.length }));
    this.#part(".paths").replaceChildren(...rows);
    setHidden(this.#part(".paths"), rows.length === 0);
    say(this.#part(".more-paths"), hidden > 0 ? t("send-more", { count: hidden }) : "");
  }
}

function rowOf({ name, path }) {
  const row = document.createElement("li");
  const words = document.createElement("bdi");
  words.textContent = name;
  row.title = path;
  row.append(words);
  return row;
}


customElements.define("send-dialog", SendDialog);
