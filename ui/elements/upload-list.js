/**
 * `<upload-list data-group>`: one of the three lists, with its heading and its actions on all.
 * Rows are kept by id and only those are touched that changed. At most `PAGE` rows are drawn until more are
 * asked for, so that a drop of a million files neither freezes the window nor puts what is below out of reach.
 */

import { idsForAll } from "../offers.js";
import { plural } from "../format.js";
import { say, setHidden, setText, wish } from "./dom.js";
import "./upload-row.js";

const PAGE = 500;

class UploadList extends HTMLElement {
  #rows = new Map();
  #drawn = new Map();
  #uploads = [];
  #limit = PAGE;
  #summary = null;

  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
    this.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.type === "keydown") return this.#move(event);
    const button = event.target.closest("button");
    if (!button || button.closest("upload-row")) return;
    if (button.dataset.all) this.#wishForAll(button.dataset.all);
    if (button.dataset.action) wish(this, { action: button.dataset.action });
    if (button.matches(".more")) this.#showMore();
  }

  /** Draws `uploads`; `summary`, when given, is the line under the heading. */
  update(uploads, now, summary) {
    this.#uploads = uploads;
    this.#summary = summary ?? this.#summary;
    const hadFocus = this.contains(document.activeElement);
    const focus = this.#focusedPlace();
    this.#drawRows(uploads.slice(0, this.#limit), now);
    this.#drawFrame();
    if (hadFocus) this.#refocus(focus);
  }

  /** Draws anew the rows whose words depend on the clock; `all` for a new minute, otherwise those that count seconds. */
  tick(now, all) {
    for (const [id, row] of this.#rows) {
      if (all || row.isCounting) row.update(this.#drawn.get(id), now);
    }
  }

  focusHeading() {
    if (this.hidden) return;
    const heading = this.querySelector("h2");
    heading.scrollIntoView({ block: "start" });
    heading.focus({ preventScroll: true });
  }

  #drawRows(uploads, now) {
    const container = this.querySelector(".rows");
    this.#removeGone(new Set(uploads.map(({ id }) => id)));
    let place = container.firstElementChild;
    for (const upload of uploads) {
      const row = this.#rowFor(upload, now);
      if (row === place) place = place.nextElementSibling;
      else container.insertBefore(row, place);
    }
  }

  #rowFor(upload, now) {
    const row = this.#rows.get(upload.id) ?? document.createElement("upload-row");
    if (this.#drawn.get(upload.id) !== upload) row.update(upload, now);
    this.#rows.set(upload.id, row);
    this.#drawn.set(upload.id, upload);
    return row;
  }

  #removeGone(staying) {
    for (const [id, row] of this.#rows) {
      if (staying.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
      this.#drawn.delete(id);
    }
  }

  #drawFrame() {
    const hidden = this.#uploads.length - this.#rows.size;
    setHidden(this, this.#uploads.length === 0);
    say(this.querySelector(".more"), hidden > 0 ? `Show ${Math.min(hidden, PAGE)} more of ${plural(hidden, "upload")}` : "");
    if (this.#summary !== null) setText(this.querySelector(".summary"), this.#summary);
    for (const button of this.querySelectorAll("header [data-all]")) {
      setHidden(button, idsForAll(button.dataset.all, this.#uploads).length === 0);
    }
  }

  #showMore() {
    const first = this.#rows.size;
    this.#limit += PAGE;
    this.update(this.#uploads, Date.now());
    this.querySelector(".rows").children[first]?.focusAction();
  }

  #wishForAll(action) {
    wish(this, { action, ids: idsForAll(action, this.#uploads) });
  }

  /** Where the focus stands, by row and action, before rows come and go under it. */
  #focusedPlace() {
    const row = document.activeElement?.closest("upload-row");
    if (!row || !this.contains(row)) return null;
    const actions = [...row.querySelectorAll(".actions button")];
    return {
      row,
      index: [...row.parentNode.children].indexOf(row),
      action: Math.max(0, actions.indexOf(document.activeElement)),
    };
  }

  /** The focus stays with its row; where that is gone, with the row that took its place, and at last with the page. */
  #refocus(place) {
    if (isSeen(document.activeElement)) return;
    const rows = this.querySelector(".rows").children;
    const next = place && (this.contains(place.row) ? place.row : rows[Math.min(place.index, rows.length - 1)]);
    if (next) next.focusAction(place.action);
    else wish(this, { action: "focus_page" });
  }

  /** Up and Down go from row to row, Home and End to the first and the last, in the same column of actions. */
  #move(event) {
    const place = this.#focusedPlace();
    const rows = this.querySelector(".rows").children;
    const target = { ArrowUp: place?.index - 1, ArrowDown: place?.index + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (!place || target === undefined || !rows[target]) return;
    event.preventDefault();
    rows[target].focusAction(place.action);
  }
}

function isSeen(element) {
  return element !== document.body && element.getClientRects().length > 0;
}

customElements.define("upload-list", UploadList);
