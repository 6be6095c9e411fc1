/**
 * `<history-page>`: what became of uploads, found by words and filters, the newest first, page by page. What is asked for
 * is drawn only if nothing else was asked for meanwhile.
 */

import { countWords, destinationOf, factsOf, folderOf, isForAll, keepChoices, outcomeWords, searchOf, shortProofWords, toneOf } from "../past.js";
import { t } from "../words.js";
import { copyOf, say, setHidden, setText, wish } from "./dom.js";

const EVENTS = ["click", "input", "change", "keydown", "submit", "page-shown", "page-left"];
const TYPED = 150;

class HistoryPage extends HTMLElement {
  #search = null;
  #turn = 0;
  #next = null;
  #found = 0;
  #about = { destinations: [], total: 0, keep_days: null };
  #timer = 0;
  #focused = null;
  isShown = false;

  connectedCallback() {
    for (const event of EVENTS) this.addEventListener(event, this);
    document.addEventListener("language", this);
  }

  disconnectedCallback() {
    for (const event of EVENTS) this.removeEventListener(event, this);
    document.removeEventListener("language", this);
  }

  handleEvent(event) {
    if (event.type === "page-shown") return this.#enter();
    if (event.type === "page-left") this.isShown = false;
    if (event.type === "language") return this.isShown && this.#enter();
    if (event.type === "submit") return event.preventDefault();
    if (event.type === "input" && event.target.name === "words") return this.#typed();
    if (event.type === "change") return this.#chosen(event.target);
    if (event.type === "keydown") return this.#move(event);
    if (event.type === "click") this.#press(event.target);
  }

  #enter() {
    this.isShown = true;
    wish(this, { action: "show_history" });
  }

  #press(target) {
    const button = target.closest("button");
    const row = button?.closest("li");
    if (row) return wish(this, { action: "show_past", entry: row.entry });
    if (button?.matches(".more")) return this.#ask(this.#next);
    if (button?.matches(".show-all")) return this.#showAll();
    if (button?.dataset.action) wish(this, { action: button.dataset.action, search: this.#search, found: this.#found });
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#askFor(), TYPED);
  }

  #chosen(control) {
    if (control.name === "words") return;
    if (control.name !== "keep") return this.#askFor();
    wish(this, { action: "keep_history", days: Number(control.value) || null, before: this.#about.keep_days });
  }

  #showAll() {
    this.#form.reset();
    this.#askFor();
    this.#form.elements.words.focus();
  }

  /** The user looks for something else: what was said is old. */
  #askFor() {
    say(this.querySelector(".told"), "");
    this.#ask();
  }

  /** Asks for the first page of what is looked for, or for the one behind `after`. */
  #ask(after = null) {
    if (!after) this.#search = this.#meant();
    this.#turn += 1;
    this.#list.ariaBusy = "true";
    wish(this, { action: "find_history", search: this.#search, after, turn: this.#turn });
  }

  #meant() {
    const { words, ending, destination, days } = this.#form.elements;
    return searchOf({ words: words.value, ending: ending.value, destination: destination.value, days: days.value }, Date.now());
  }

  /** Asks anew for what is shown; the focus stays with its entry. */
  askAgain({ keepsFocus = true } = {}) {
    const row = document.activeElement?.closest("li");
    this.#focused = this.contains(row) ? { seq: keepsFocus ? row.entry.seq : 0, index: [...this.#list.children].indexOf(row) } : null;
    this.#ask();
  }

  /** Draws what there is to choose from. */
  showAbout(about) {
    this.#about = about;
    const { destination } = this.#form.elements;
    const { value } = destination;
    const options = about.destinations.map((name) => new Option(destinationOf({ own: true, destination: name }), name, false, name === value));
    destination.replaceChildren(new Option(t("history-any-destination"), ""), ...options);
    this.showKept(about.keep_days);
  }

  /** Shows for how many days the history is kept. */
  showKept(days) {
    const options = keepChoices(days).map(({ value, words }) => new Option(words, value, false, value === String(days ?? "")));
    this.querySelector("[name=keep]").replaceChildren(...options);
  }

  /** Draws a page of what was found, unless something else was asked for since. */
  showFound({ entries, next, found, bytes }, { search, after, turn }) {
    if (turn !== this.#turn) return;
    const rows = entries.map(rowOf);
    if (after) this.#list.append(...rows);
    else this.#list.replaceChildren(...rows);
    [this.#next, this.#found] = [next, found];
    this.#about.total = Math.max(isForAll(search) ? found : this.#about.total, found);
    this.#list.ariaBusy = "false";
    say(this.querySelector(".trouble"), "");
    setText(this.querySelector(".summary"), countWords({ found, total: this.#about.total, size: bytes }));
    this.#drawFrame();
    if (after) rows[0]?.firstElementChild.focus();
    else this.#focusAgain();
  }

  /** Says what was done. */
  tell(words) {
    say(this.querySelector(".trouble"), "");
    say(this.querySelector(".told"), words);
  }

  /** Says what went wrong; what is drawn stays. */
  complain(message) {
    this.#list.ariaBusy = "false";
    say(this.querySelector(".told"), "");
    say(this.querySelector(".trouble"), message);
  }

  get #form() {
    return this.querySelector("form");
  }

  get #list() {
    return this.querySelector(".entries");
  }

  #drawFrame() {
    const shown = this.#list.children.length;
    const isAll = isForAll(this.#search);
    const isEmpty = this.#about.total === 0;
    setHidden(this.#list, shown === 0);
    setHidden(this.querySelector(".filters"), isEmpty);
    setHidden(this.querySelector("header .buttons"), this.#found === 0);
    setHidden(this.querySelector(".lesson-box"), shown > 0);
    setText(this.querySelector(".lesson"), t(isEmpty ? "history-empty" : "history-nothing-found"));
    setHidden(this.querySelector(".show-all"), isEmpty || isAll);
    setText(this.querySelector(".remove-found"), t("history-remove-found", { isAll: isAll ? "yes" : "no" }));
    const left = this.#next ? this.#found - shown : 0;
    say(this.querySelector(".more"), left > 0 ? t("history-more", { count: Math.min(left, 100) }) : "");
  }

  #focusAgain() {
    if (!this.#focused) return;
    const { seq, index } = this.#focused;
    this.#focused = null;
    const rows = [...this.#list.children];
    const row = rows.find(({ entry }) => entry.seq === seq) ?? rows[Math.min(index, rows.length - 1)];
    (row?.firstElementChild ?? this.querySelector("h1")).focus();
  }

  /** Up and Down go from entry to entry, and from the field into the list. */
  #move(event) {
    const row = event.target.closest("li");
    const into = event.target.name === "words" && event.key === "ArrowDown" ? this.#list.firstElementChild : null;
    const { firstElementChild: first, lastElementChild: last } = this.#list;
    const steps = row ? { ArrowUp: row.previousElementSibling, ArrowDown: row.nextElementSibling, Home: first, End: last } : {};
    const target = into ?? steps[event.key];
    if (!target) return;
    event.preventDefault();
    target.firstElementChild.focus();
  }
}

function rowOf(entry) {
  const row = document.createElement("li");
  row.entry = entry;
  row.append(copyOf("past-entry"));
  row.dataset.tone = toneOf(entry);
  setText(row.querySelector(".name"), entry.name);
  say(row.querySelector(".folder"), folderOf(entry));
  setText(row.querySelector(".outcome"), outcomeWords(entry));
  setText(row.querySelector(".facts"), factsOf(entry));
  say(row.querySelector(".proof"), shortProofWords(entry));
  return row;
}

customElements.define("history-page", HistoryPage);
