/**
 * `<upload-list data-group>`: one of the three lists, with its heading and its actions on all. Of its lines only those in
 * sight are in the page (`in-sight.js`), and the one that the Tab key reaches; lines are kept by id and changed only where
 * something changed. A list that is too long to overlook is `dense`: all its lines are equally high. What the mouse and the
 * keys do is in `list-keys.js`.
 */

import { EvenTops, MeasuredTops, inSight } from "../in-sight.js";
import { MEANT, idsForAll } from "../offers.js";
import { setAttribute, setHidden, setText, wish } from "./dom.js";
import { hearKeys, hearMouse } from "./list-keys.js";
import "./folder-row.js";
import "./upload-row.js";

/** How high a line is taken to be before one of its kind was measured, in pixels. */
const GUESS = 72;
/** From so many lines on a list is dense. */
const DENSE_FROM = 1000;

class UploadList extends HTMLElement {
  #list = null;
  #rows = new Map();
  /** Lines that went out of sight: to be filled anew is quicker than to be made. */
  #idle = { file: [], folder: [] };
  #tops = new EvenTops(0, GUESS);
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
    if (button?.dataset.all) wish(this, { action: button.dataset.all, ids: idsForAll(button.dataset.all, this.#list.uploads) });
    if (button?.dataset.action) wish(this, { action: button.dataset.action });
  }

  /** How many lines there are. */
  get count() {
    return this.#list?.count ?? 0;
  }

  /** The line at `index`: an upload, a folder, or nothing. */
  line(index) {
    return this.#list.lines(index, index + 1)[0];
  }

  get #container() {
    return this.querySelector(".rows");
  }

  /** Draws `list`; `summary`, when given, is the line under the heading, `selected` the ids that are selected. */
  update(list, now, { summary, selected }) {
    const focus = this.#focusedPlace();
    [this.#list, this.#now, this.#selected] = [list, now, selected];
    setHidden(this, list.count === 0);
    if (summary !== undefined) setText(this.querySelector(".summary"), summary);
    for (const button of this.querySelectorAll("header [data-all]")) setHidden(button, !list.hasAny(MEANT[button.dataset.all]));
    this.toggleAttribute("dense", list.count >= DENSE_FROM);
    this.#measureAll();
    this.place();
    if (focus) this.#refocus(focus);
  }

  /** Puts the lines that are in sight into the page, and takes the others out. */
  place() {
    if (!this.#list || this.hidden) return this.#removeRows(new Set());
    if (this.#container.clientWidth !== this.#width) this.#forgetHeights();
    const [first, end] = inSight(this.#tops, ...this.#sight());
    const shown = this.#list.lines(first, end).map((item, offset) => ({ item, index: first + offset }));
    this.#keepActive(shown, first);
    this.#draw(shown);
    if (this.#measure(shown)) this.#settle(first);
    this.#position(shown);
  }

  /** The line that the Tab key reaches is in the page, wherever one scrolls. */
  #keepActive(shown, first) {
    if (shown.length === 0 || shown.some(({ item }) => item === this.#active)) return;
    const index = this.#active && this.#rows.has(this.#active.id) ? this.#list.indexOf(this.#active) : -1;
    if (index < 0) this.#active = shown[0].item;
    else if (index < first) shown.unshift({ item: this.#active, index });
    else shown.push({ item: this.#active, index });
  }

  /** What was measured at another width says nothing any more. */
  #forgetHeights() {
    this.#width = this.#container.clientWidth;
    if (!this.#isDense) for (const item of this.#list.lines(0)) item.height = undefined;
    for (const row of this.#rows.values()) row.isMeasured = false;
    this.#measureAll();
  }

  get #isDense() {
    return this.hasAttribute("dense");
  }

  #measureAll() {
    const { count } = this.#list;
    this.#tops = this.#isDense ? new EvenTops(count, this.#guess.file) : new MeasuredTops(this.#list.lines(0, count).map((item) => this.#heightOf(item)));
  }

  #heightOf(item) {
    return item.height ?? this.#guess[kindOf(item)];
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
    setAttribute(container, "aria-rowcount", String(this.count));
  }

  #rowFor(item, index) {
    const row = this.#rows.get(item.id) ?? this.#idle[kindOf(item)].pop() ?? document.createElement(item.isFolder ? "folder-row" : "upload-row");
    this.#rows.set(item.id, row);
    row.item = item;
    if (row.update(item, this.#now)) row.isMeasured = false;
    setAttribute(row, "aria-rowindex", String(index + 1));
    setAttribute(row, "aria-level", !item.isFolder && this.#list.isBelowFolder(item) ? "2" : "1");
    setAttribute(row, "aria-selected", String(this.#selected.has(item.id)));
    row.isActive = item === this.#active;
    return row;
  }

  #removeRows(staying) {
    for (const [id, row] of this.#rows) {
      if (staying.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
      this.#idle[kindOf(row.item)].push(row);
    }
  }

  /** Measures the lines that are new or changed; true where any is not as high as it was taken to be. */
  #measure(shown) {
    let isNews = false;
    // Where all lines are equally high, one tells for all; measuring makes the page lay itself out at once.
    const toMeasure = this.#isDense ? shown.slice(0, 1) : shown;
    for (const { item } of toMeasure) {
      const row = this.#rows.get(item.id);
      if (row.isMeasured) continue;
      const height = row.offsetHeight;
      isNews ||= height !== (this.#isDense ? this.#guess.file : this.#heightOf(item));
      item.height = height;
      this.#guess[this.#isDense ? "file" : kindOf(item)] = height;
      row.isMeasured = true;
    }
    return isNews;
  }

  /** What stands at the upper edge stays there, however high the lines above it turned out to be. */
  #settle(first) {
    const before = this.#tops.top(first);
    this.#measureAll();
    const moved = this.#tops.top(first) - before;
    if (moved !== 0) this.closest("main").scrollTop += moved;
  }

  #position(shown) {
    for (const { item, index } of shown) setStyle(this.#rows.get(item.id), "transform", `translateY(${this.#tops.top(index)}px)`);
    setStyle(this.#container, "height", `${this.#tops.top(this.#tops.count)}px`);
  }

  /** Draws anew the lines whose words depend on the clock; `all` for a new minute, otherwise those that count seconds. */
  tick(now, all) {
    this.#now = now;
    for (const row of this.#rows.values()) if (all || row.isCounting) row.update(row.item, now);
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
    const item = this.line(index);
    if (!item) return;
    this.#scrollTo(index);
    this.#active = item;
    this.place();
    this.#rows.get(item.id)?.focusAction(action);
  }

  #scrollTo(index) {
    const main = this.closest("main");
    const [from, to] = this.#sight();
    const [top, bottom] = [this.#tops.top(index), this.#tops.top(index + 1)];
    if (top < from) main.scrollTop += top - from;
    else if (bottom > to) main.scrollTop += bottom - to;
  }

  /** The line of an element in it: its place in the list and its item; nothing where there is none. */
  lineOf(element) {
    const item = element?.closest("upload-row, folder-row")?.item;
    const index = item ? this.#list.indexOf(item) : -1;
    return index < 0 ? null : { index, item };
  }

  #follow(row) {
    if (!row || row.item === this.#active) return;
    const before = this.#rows.get(this.#active?.id);
    if (before) before.isActive = false;
    this.#active = row.item;
    row.isActive = true;
  }

  /** Where the focus stands, by line and action, before lines come and go under it. */
  #focusedPlace() {
    const row = this.contains(document.activeElement) ? document.activeElement.closest("upload-row, folder-row") : null;
    if (!row) return this.contains(document.activeElement) ? { index: 0, action: 0 } : null;
    return { item: row.item, index: Number(row.getAttribute("aria-rowindex")) - 1, action: row.focusedAction };
  }

  /** The focus stays with its line; where that is gone, with the line that took its place, and at last with the page. */
  #refocus({ item, index, action }) {
    if (isSeen(document.activeElement)) return;
    const same = item ? this.#list.indexOf(item) : -1;
    if (this.count > 0) this.focusLine(same < 0 ? Math.min(index, this.count - 1) : same, action);
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
