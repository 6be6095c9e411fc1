/**
 * `<uploads-page>`: the way in and the three lists, with what only the eye changes: which uploads are shown, which folders
 * are open, which uploads are selected, and whose details stand beside them. What the uploads themselves are to do is
 * wished for, and carried out elsewhere.
 */

import { resumableWords, totalWords } from "../describe.js";
import { Lists } from "../lists.js";
import { NOTHING, kept, select, selectAll } from "../selection.js";
import { Uploads } from "../uploads.js";
import { setHidden, wish } from "./dom.js";
import "./drop-zone.js";
import "./selection-bar.js";
import "./upload-filter.js";
import "./upload-list.js";

const LISTS = { resumable: "resumable", queue: "queue", done: "finished" };
const EVERYTHING = { filter: "all", search: "" };

class UploadsPage extends HTMLElement {
  #uploads = new Uploads();
  #look = { ...EVERYTHING, opened: new Map() };
  #lists = new Lists(new Uploads(), { ...EVERYTHING, opened: new Map() });
  #selection = NOTHING;
  #isPlacingAsked = false;

  connectedCallback() {
    this.addEventListener("wish", this);
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
    this.addEventListener("page-shown", this);
    document.addEventListener("language", this);
    this.closest("main").addEventListener("scroll", () => this.#askForPlacing(), { passive: true });
    new ResizeObserver(() => this.#askForPlacing()).observe(this);
    document.addEventListener("keydown", (event) => this.#onAnyKey(event));
  }

  handleEvent(event) {
    if (event.type === "page-shown") return this.#askForPlacing();
    if (event.type === "language") return this.#speakAnew();
    if (event.type === "keydown") return this.#onKey(event);
    if (event.type === "click") return event.target.closest(".nothing button") && wish(this, { action: "show_all" });
    const deed = this.#deeds[event.detail.action];
    if (!deed) return;
    event.stopPropagation();
    deed(event.detail);
  }

  #deeds = {
    filter: ({ filter }) => this.#lookFor({ filter }),
    search: ({ search }) => this.#lookFor({ search }),
    show_all: () => this.#lookFor(EVERYTHING),
    open_folder: ({ folder, list, isOpen }) => {
      this.#look.opened.set(folder, isOpen);
      this.#listIn(list).reopen();
      this.#drawLists();
    },
    select: ({ ids, list, ...how }) => this.#select(ids, list, how),
    select_all: ({ list }) => this.#setSelection(selectAll(this.#idsIn(list))),
    clear_selection: () => this.#setSelection(NOTHING),
    show_details: ({ ids = [...this.#selection.ids] }) => wish(this, { action: "details", ids }),
    discard_selected: ({ ids }) => {
      const selected = ids.some((id) => this.#selection.ids.has(id)) ? [...this.#selection.ids] : ids;
      wish(this, { action: "discard", ids: selected });
    },
  };

  #part(id) {
    return this.querySelector(`#${id}`);
  }

  get #everyList() {
    return Object.values(LISTS).map((id) => this.#part(id));
  }

  /** Takes another picture of all uploads in place of the one before. */
  show(uploads) {
    this.#uploads = uploads;
    this.#lists = new Lists(uploads, this.#look);
  }

  /** What came of the app's events; drawn by the next `update`. */
  follow({ touched, gone }) {
    for (const upload of touched) this.#lists.follow(upload);
    for (const upload of gone) this.#lists.forget(upload);
  }

  /** Draws all uploads; `closed` is why no file can be taken, `target` where new ones go. */
  update(now, { closed, target }) {
    const uploads = this.#uploads;
    this.#part("drop-zone").update({ empty: uploads.size === 0, closed, target });
    this.#part("filter").update(this.#look, uploads.size);
    this.#selection = kept(this.#selection, (id) => uploads.get(id));
    this.#drawLists(now);
  }

  #drawLists(now = Date.now()) {
    const { resumable, queue, done, hidden } = this.#lists;
    const selected = this.#selection.ids;
    this.#part("resumable").update(resumable, now, { summary: resumableWords(resumable.totals.count), selected });
    this.#part("queue").update(queue, now, { summary: totalWords(queue.totals), selected });
    this.#part("finished").update(done, now, { selected });
    const isNothing = hidden > 0 && [resumable, queue, done].every(({ count }) => count === 0);
    setHidden(this.querySelector(".nothing"), !isNothing);
    this.#part("selection").update([...selected].map((id) => this.#uploads.get(id)).filter(Boolean));
  }

  /** Lines whose words depend on the clock. */
  tick(now, all) {
    for (const list of this.#everyList) list.tick(now, all);
  }

  #askForPlacing() {
    if (this.#isPlacingAsked) return;
    this.#isPlacingAsked = true;
    requestAnimationFrame(() => {
      this.#isPlacingAsked = false;
      for (const list of this.#everyList) list.place();
    });
  }

  #speakAnew() {
    for (const list of this.#everyList) list.speakAnew();
    wish(this, { action: "draw" });
  }

  #lookFor(what) {
    Object.assign(this.#look, what);
    this.#lists = new Lists(this.#uploads, this.#look);
    this.#part("filter").update(this.#look, this.#uploads.size);
    this.#drawLists();
  }

  #listIn(id) {
    return this.#lists[Object.keys(LISTS).find((name) => LISTS[name] === id)];
  }

  #idsIn(list) {
    return this.#listIn(list).uploads.map(({ id }) => id);
  }

  #select(ids, list, how) {
    const [first, ...more] = ids;
    let selection = select(this.#selection, first, this.#idsIn(list), how);
    for (const id of more) selection = select(selection, id, [], { isMore: true });
    this.#setSelection(selection);
  }

  #setSelection(selection) {
    this.#selection = selection;
    this.#drawLists();
    if (selection.ids.size === 1) wish(this, { action: "follow_details", ids: [...selection.ids] });
  }

  #onKey(event) {
    if (event.key !== "Escape" || event.defaultPrevented || this.#selection.ids.size === 0) return;
    event.preventDefault();
    this.#setSelection(NOTHING);
  }

  #onAnyKey(event) {
    const isSearch = event.key.toLowerCase() === "f" && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (!isSearch || this.closest("[hidden]") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.#part("filter").focusSearch();
  }

  /** Brings what can be resumed into sight. */
  focusResumable() {
    this.#part("resumable").focusHeading();
  }

  /** Where the focus goes when what had it is gone: the first list there is, or the way in. */
  focusFirst(isClosed) {
    const list = this.#everyList.find(({ hidden }) => !hidden);
    if (list) list.focusHeading();
    else this.#part(isClosed ? "drop-title" : "choose-files").focus();
  }
}

customElements.define("uploads-page", UploadsPage);
