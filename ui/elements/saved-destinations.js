/**
 * `<saved-destinations>`: a native dialog with the destinations there are, *This computer* first. Where new files go is
 * said at one of them; the others offer it.
 */

import { factWords, nameOf, whereWords } from "../places.js";
import { copyOf, say, setHidden, setText, wish } from "./dom.js";

class SavedDestinations extends HTMLElement {
  #opener = null;

  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.#dialog.addEventListener("close", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
    this.removeEventListener("keydown", this);
    this.#dialog.removeEventListener("close", this);
  }

  handleEvent(event) {
    if (event.type === "close") return this.#opener?.isConnected && this.#opener.focus();
    if (event.type === "keydown") return this.#move(event);
    const button = event.target.closest("button[data-action]");
    if (button) wish(this, { action: button.dataset.action, place: button.closest("li")?.place });
  }

  /** Opens with these destinations. */
  open(places) {
    this.#opener = document.activeElement;
    this.#say("");
    this.draw(places);
    this.#dialog.showModal();
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Draws the destinations anew; the focus stays where it was, or goes to `focus`: an id and an action. */
  draw(places, focus = this.#focused()) {
    this.#list.replaceChildren(...places.map(rowOf));
    if (focus) this.#focus(focus);
  }

  /** Says what was done. */
  tell(words) {
    this.#say(words);
  }

  /** Says what went wrong; what is drawn stays. */
  complain(message) {
    this.#say("");
    say(this.querySelector(".trouble"), message);
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  get #list() {
    return this.querySelector(".places");
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
  const hidden = { use_place: place.chosen, remove_place: place.own, open_received: !place.own || !place.address };
  for (const button of row.querySelectorAll("button")) {
    setHidden(button, Boolean(hidden[button.dataset.action]));
    button.setAttribute("aria-label", `${button.textContent}: ${name}`);
  }
  return row;
}

customElements.define("saved-destinations", SavedDestinations);
