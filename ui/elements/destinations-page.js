/**
 * `<destinations-page>`: the destinations there are, *This computer* first. Where new files go is said at one of them; the
 * others offer it. What is drawn is asked for each time the page is shown.
 */

import { factWords, nameOf, whereWords } from "../places.js";
import { t } from "../words.js";
import { copyOf, say, setHidden, setText, wish } from "./dom.js";
import { sayProblem } from "./told.js";

class DestinationsPage extends HTMLElement {
  #places = [];
  #onLanguage = () => this.draw(this.#places);

  connectedCallback() {
    for (const event of ["click", "keydown", "page-shown"]) this.addEventListener(event, this);
    document.addEventListener("language", this.#onLanguage);
  }

  disconnectedCallback() {
    for (const event of ["click", "keydown", "page-shown"]) this.removeEventListener(event, this);
    document.removeEventListener("language", this.#onLanguage);
  }

  handleEvent(event) {
    if (event.type === "page-shown") return this.#begin();
    if (event.type === "keydown") return this.#move(event);
    const button = event.target.closest("button[data-action]");
    if (button) wish(this, { action: button.dataset.action, place: button.closest("li")?.place });
  }

  /** Draws the destinations anew; the focus stays where it was, or goes to `focus`: an id and an action. */
  draw(places, focus = this.#focused()) {
    this.#places = places;
    this.#list.replaceChildren(...places.map(rowOf));
    if (focus && places.length > 0) this.#focus(focus);
  }

  /** Says what was done. */
  tell(words) {
    this.#say(words);
  }

  /** Says what went wrong; what is drawn stays. */
  complain(problem) {
    this.#say("");
    sayProblem(this.querySelector(".trouble"), problem);
  }

  get #list() {
    return this.querySelector(".places");
  }

  #begin() {
    this.#say("");
    wish(this, { action: "draw_places" });
  }

  #say(words) {
    say(this.querySelector(".trouble"), "");
    setText(this.querySelector(".summary"), words);
  }

  #focused() {
    const row = document.activeElement?.closest("li");
    if (!row || !this.contains(row)) return null;
    return { id: row.place.id, index: [...this.#list.children].indexOf(row), action: document.activeElement.dataset.action };
  }

  /** A row or a button that is gone gives the focus to its neighbour. */
  #focus({ id, index = 0, action }) {
    const rows = [...this.#list.children];
    const row = rows.find(({ place }) => place.id === id) ?? rows[Math.min(index, rows.length - 1)];
    const shown = [...row.querySelectorAll("button")].filter((button) => !button.hidden);
    (shown.find((button) => button.dataset.action === action) ?? shown[0]).focus();
  }

  /** Up and Down go from destination to destination. */
  #move(event) {
    const row = event.target.closest("li");
    const next = { ArrowUp: row?.previousElementSibling, ArrowDown: row?.nextElementSibling }[event.key];
    if (!row || !next) return;
    event.preventDefault();
    this.#focus({ id: next.place.id, action: event.target.dataset.action });
  }
}

function rowOf(place) {
  const row = document.createElement("li");
  row.place = place;
  row.append(copyOf("saved-destination"));
  const name = nameOf(place);
  setText(row.querySelector(".name"), name);
  say(row.querySelector(".where"), place.name || place.own ? whereWords(place) : "");
  setText(row.querySelector(".facts"), factWords(place));
  setHidden(row.querySelector(".chosen"), !place.chosen);
  for (const button of row.querySelectorAll("button")) {
    setHidden(button, !offers(place, button.dataset.action));
    button.setAttribute("aria-label", t("place-deed", { deed: button.textContent, name }));
  }
  return row;
}

function offers({ own, chosen, address, tells_files: tells }, action) {
  const needs = { use_place: !chosen, show_files: tells, open_received: own && Boolean(address), remove_place: !own, copy_place: !own };
  return needs[action] ?? true;
}

customElements.define("destinations-page", DestinationsPage);
