/**
 * `<upload-list data-group>`: one of the three lists, with its heading and its actions on all. Of its lines only those in
 * sight are in the page (`in-sight.js`), the one that has the focus always; lines are kept by id and changed only where
 * something changed. What the mouse and the keys do is in `list-keys.js`.
 */

import { inSight, tops } from "../in-sight.js";
import { idsForAll, isForAny } from "../offers.js";
import { setAttribute, setHidden, setText, wish } from "./dom.js";
import { hearKeys, hearMouse } from "./list-keys.js";
import "./folder-row.js";
import "./upload-row.js";

/** How high a line is taken to be before one of its kind was measured, in pixels. */
const GUESS = 72;
const EMPTY = { uploads: [], items: [], folders: new Set() };

class UploadList extends HTMLElement {
  #rows = new Map();
  #listed = EMPTY;
  #at = new Float64Array(1);
  #guess = { file: GUESS, folder: GUESS };
  #width = 0;
  #active = null;
  #now = 0;
  #selected = new Set();

  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("focusin", this);
    hearKeys(this);
    hearMouse(this);
  }

  handleEvent(event) {
    if (event.type === "focusin") return this.#follow(event.target.closest("upload-row, folder-row"));
    const button = event.target.closest("header button");
    if (button?.dataset.all) wish(this, { action: button.dataset.all, ids: idsForAll(button.dataset.all, this.#listed.uploads) });
    if (button?.dataset.action) wish(this, { action: button.dataset.action });
  }

  get items() {
    return this.#listed.items;
  }

  get #container() {
    return this.querySelector(".rows");
  }

  /** Draws what `listed` holds; `summary`, when given, is the line under the heading, `selected` the ids that are selected. */
  update(listed, now, { summary, selected }) {
    const focus = this.#focusedPlace();
    this.#listed = listed;
    [this.#now, this.#selected] = [now, selected];
    setHidden(this, listed.items.length === 0);
    if (summary !== undefined) setText(this.querySelector(".summary"), summary);
    for (const button of this.querySelectorAll("header [data-all]")) {
      setHidden(button, !isForAny(button.dataset.all, listed.uploads));
    }
    this.#chooseActive();
    this.place();
    if (focus) this.#refocus(focus);
  }

  /** Puts the lines that are in sight into the page, and takes the others out. */
  place() {
    if (this.hidden) return this.#removeRows(new Set());
    this.#forgetOtherWidth();
    const { items } = this.#listed;
    this.#at = tops(items, (item) => item.height ?? this.#guess[kindOf(item)]);
    const [first, end] = inSight(this.#at, ...this.#sight());
    const shown = items.slice(first, end).map((item, offset) => ({ item, index: first + offset }));
    const active = items.findIndex(({ id }) => id === this.#active);
    if (active >= end) shown.push({ item: items[active], index: active });
    if (active >= 0 && active < first) shown.unshift({ item: items[active], index: active });
    this.#draw(shown);
    if (this.#measure(shown)) this.#settle(first);
    this.#position(shown);
  }

  /** What was measured at another width says nothing any more. */
  #forgetOtherWidth() {
    const width = this.#container.clientWidth;
    if (width === this.#width) return;
    this.#width = width;
    for (const item of this.#listed.items) item.height = undefined;
    for (const row of this.#rows.values()) row.isMeasured = false;
  }

  /** The heights between which lines are seen. */
  #sight() {
    const view = this.closest("main").getBoundingClientRect();
    const { top } = this.#container.getBoundingClientRect();
    return [view.top - top, view.bottom - top];
  }

  #draw(shown) {
    const container = this.#container;
    this.#removeRows(new Set(shown.map(({ item }) => item.id)));
    let next = container.firstElementChild;
    for (const { item, index } of shown) {
      const row = this.#rowFor(item, index);
      if (row === next) next = next.nextElementSibling;
      else container.insertBefore(row, next);
    }
    setAttribute(container, "aria-rowcount", String(this.#listed.items.length));
  }

  #rowFor(item, index) {
    const row = this.#rows.get(item.id) ?? document.createElement(item.isFolder ? "folder-row" : "upload-row");
    this.#rows.set(item.id, row);
    if (row.update(item, this.#now)) row.isMeasured = false;
    setAttribute(row, "aria-rowindex", String(index + 1));
    setAttribute(row, "aria-level", String(this.#level(item)));
    setAttribute(row, "aria-selected", String(this.#selected.has(item.id)));
    row.isActive = item.id === this.#active;
    return row;
  }

  #level(item) {
    return !item.isFolder && this.#listed.folders.has(item.folder) ? 2 : 1;
  }

  #removeRows(staying) {
    for (const [id, row] of this.#rows) {
      if (staying.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
  }

  /** Measures the lines that are new or changed; true where any is not as high as it was taken to be. */
  #measure(shown) {
    let isNews = false;
    for (const { item } of shown) {
      const row = this.#rows.get(item.id);
      if (row.isMeasured && item.height !== undefined) continue;
      const height = row.offsetHeight;
      isNews ||= height !== (item.height ?? this.#guess[kindOf(item)]);
      item.height = height;
      this.#guess[kindOf(item)] = height;
      row.isMeasured = true;
    }
    return isNews;
  }

  /** What stands at the upper edge stays there, however high the lines above it turned out to be. */
  #settle(first) {
    const before = this.#at[first];
    this.#at = tops(this.#listed.items, (item) => item.height ?? this.#guess[kindOf(item)]);
    const moved = this.#at[first] - before;
    if (moved !== 0) this.closest("main").scrollTop += moved;
  }

  #position(shown) {
    for (const { item, index } of shown) setStyle(this.#rows.get(item.id), "transform", `translateY(${this.#at[index]}px)`);
    setStyle(this.#container, "height", `${this.#at[this.#at.length - 1]}px`);
  }

  /** Draws anew the lines whose words depend on the clock; `all` for a new minute, otherwise those that count seconds. */
  tick(now, all) {
    this.#now = now;
    for (const item of this.#listed.items) {
      const row = this.#rows.get(item.id);
      if (row && (all || row.isCounting)) row.update(item, now);
    }
  }

  /** Says everything anew, in another language. */
  speakAnew() {
    for (const row of this.#rows.values()) row.forget();
  }

  focusHeading() {
    if (this.hidden) return;
    const heading = this.querySelector("h2");
    heading.scrollIntoView({ block: "start" });
    heading.focus({ preventScroll: true });
  }

  /** Brings the line at `index` into sight and gives it the focus; `action` is the button in it, -1 the line itself. */
  focusLine(index, action = -1) {
    const item = this.#listed.items[index];
    if (!item) return;
    this.#active = item.id;
    this.#scrollTo(index);
    this.place();
    this.#rows.get(item.id).focusAction(action);
  }

  #scrollTo(index) {
    const main = this.closest("main");
    const [from, to] = this.#sight();
    const [top, bottom] = [this.#at[index], this.#at[index + 1]];
    if (top < from) main.scrollTop += top - from;
    else if (bottom > to) main.scrollTop += bottom - to;
  }

  /** The line of an element in it: its place in the list and its item; nothing where there is none. */
  lineOf(element) {
    const id = element?.closest("upload-row, folder-row")?.dataset.id;
    const index = id === undefined ? -1 : this.#listed.items.findIndex((item) => item.id === id);
    return index < 0 ? null : { index, item: this.#listed.items[index] };
  }

  #follow(row) {
    if (!row || row.dataset.id === this.#active) return;
    const before = this.#rows.get(this.#active);
    if (before) before.isActive = false;
    this.#active = row.dataset.id;
    row.isActive = true;
  }

  #chooseActive() {
    const { items } = this.#listed;
    if (!items.some(({ id }) => id === this.#active)) this.#active = items[0]?.id ?? null;
  }

  /** Where the focus stands, by line and action, before lines come and go under it. */
  #focusedPlace() {
    if (!this.contains(document.activeElement)) return null;
    const line = this.lineOf(document.activeElement);
    return { id: line?.item.id, index: line?.index ?? 0, action: this.#rows.get(line?.item.id)?.focusedAction ?? 0 };
  }

  /** The focus stays with its line; where that is gone, with the line that took its place, and at last with the page. */
  #refocus({ id, index, action }) {
    if (isSeen(document.activeElement)) return;
    const { items } = this.#listed;
    const same = items.findIndex((item) => item.id === id);
    if (items.length > 0) this.focusLine(same < 0 ? Math.min(index, items.length - 1) : same, action);
    else wish(this, { action: "focus_page" });
  }
}

function setStyle(node, name, value) {
  if (node.style[name] !== value) node.style[name] = value;
}

function kindOf(item) {
  return item.isFolder ? "folder" : "file";
}

function isSeen(element) {
  return element !== document.body && element.getClientRects().length > 0;
}

customElements.define("upload-list", UploadList);
