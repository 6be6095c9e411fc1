/**
 * `<finished-files>`: a native dialog with the finished files of a destination. It asks for its list each time it is
 * opened; an answer for a destination that is no longer chosen is not drawn.
 */

import { deletedWords, filesWords, listingWords, newestFirst, sizeWords, spokenName, whereWords } from "../listing.js";
import { nameOf } from "../places.js";
import { t } from "../words.js";
import { copyOf, say, setHidden, setText, wish } from "./dom.js";
import { sayProblem } from "./told.js";

const PAGE = 500;

class FinishedFiles extends HTMLElement {
  #destinations = [];
  #files = [];
  #shown = 0;
  #opener = null;

  connectedCallback() {
    for (const event of ["click", "change", "keydown"]) this.addEventListener(event, this);
    this.#dialog.addEventListener("close", this);
  }

  disconnectedCallback() {
    for (const event of ["click", "change", "keydown"]) this.removeEventListener(event, this);
    this.#dialog.removeEventListener("close", this);
  }

  handleEvent(event) {
    if (event.type === "close") return this.#opener?.isConnected && this.#opener.focus();
    if (event.type === "change") return this.#ask({ anew: true });
    if (event.type === "keydown") return this.#move(event);
    if (event.target.closest(".refresh")) return this.#ask({ anew: false });
    if (event.target.closest(".more")) return this.#showMore();
    const row = event.target.closest("button") && event.target.closest("li");
    if (row) wish(this, { action: "delete_file", destination: this.#chosen, file: row.file });
  }

  /** Opens with the files of the destination of that id, else of the one that was chosen last, else of the first. */
  open(destinations, id = this.#chosen?.id) {
    this.#opener = document.activeElement;
    this.#drawChoice(destinations.map((each) => ({ ...each, name: nameOf(each) })), id);
    this.#dialog.showModal();
    this.#ask({ anew: true });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Draws what a destination answered. */
  showListing(listing, destination) {
    if (!this.#isChosen(destination)) return;
    this.#files = newestFirst(listing);
    this.#clear();
    this.#drawMore();
    this.#rest(listingWords(this.#files, { ...destination, whole: listing.whole }));
  }

  /** Takes out a file that is deleted; the focus goes to its neighbour, at last to Close. */
  removeFile(file, destination) {
    if (!this.#isChosen(destination)) return;
    const row = [...this.#list.children].find((each) => each.file.id === file.id);
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    const hadFocus = Boolean(row?.contains(document.activeElement));
    this.#files = this.#files.filter(({ id }) => id !== file.id);
    if (row) this.#shown -= 1;
    row?.remove();
    this.#drawFrame();
    if (hadFocus) (next ?? this.#part("form")).querySelector("button").focus();
    this.#rest(deletedWords(file, this.#files));
  }

  /** Says what went wrong; what is drawn stays. */
  complain(problem, destination) {
    if (!this.#isChosen(destination)) return;
    this.#rest(this.#files.length > 0 ? filesWords(this.#files) : "");
    sayProblem(this.#part(".trouble"), problem);
  }

  #part(selector) {
    return this.querySelector(selector);
  }

  get #dialog() {
    return this.#part("dialog");
  }

  get #list() {
    return this.#part(".files");
  }

  get #chosen() {
    const { value } = this.#part("select");
    return this.#destinations.find(({ id }) => String(id) === value);
  }

  #isChosen(destination) {
    return destination?.id === this.#chosen?.id;
  }

  #ask({ anew }) {
    if (anew) this.#files = [];
    if (anew) this.#clear();
    this.#drawFrame();
    say(this.#part(".trouble"), "");
    if (!this.#chosen) return this.#rest(t("files-nobody-tells"));
    this.#list.ariaBusy = "true";
    setText(this.#part(".summary"), t("files-asking", { name: this.#chosen.name }));
    wish(this, { action: "list_files", destination: this.#chosen });
  }

  #rest(words) {
    this.#list.ariaBusy = "false";
    say(this.#part(".trouble"), "");
    setText(this.#part(".summary"), words);
  }

  #drawChoice(destinations, wanted) {
    const chosen = destinations.find(({ id }) => id === wanted) ?? destinations[0];
    this.#destinations = destinations;
    this.#part("select").replaceChildren(...destinations.map(({ id, name }) => new Option(name, id, false, id === chosen.id)));
    setHidden(this.#part(".choice"), destinations.length < 2);
    setHidden(this.#part(".refresh"), destinations.length === 0);
  }

  #clear() {
    this.#list.replaceChildren();
    this.#shown = 0;
  }

  #drawMore() {
    const next = this.#files.slice(this.#shown, this.#shown + PAGE);
    this.#list.append(...next.map(rowOf));
    this.#shown += next.length;
    this.#drawFrame();
  }

  #drawFrame() {
    const hidden = this.#files.length - this.#shown;
    setHidden(this.#list, this.#shown === 0);
    say(this.#part(".more"), hidden > 0 ? t("files-more", { next: Math.min(hidden, PAGE), count: hidden }) : "");
  }

  #showMore() {
    const first = this.#shown;
    this.#drawMore();
    this.#list.children[first]?.querySelector("button").focus();
  }

  /** Up and Down go from file to file, Home and End to the first and the last. */
  #move(event) {
    const row = event.target.closest("li");
    const { firstElementChild, lastElementChild } = this.#list;
    const target = { ArrowUp: row?.previousElementSibling, ArrowDown: row?.nextElementSibling, Home: firstElementChild, End: lastElementChild }[event.key];
    if (!row || !target) return;
    event.preventDefault();
    target.querySelector("button").focus();
  }
}

function rowOf(file) {
  const row = document.createElement("li");
  row.file = file;
  row.append(copyOf("finished-file"));
  setText(row.querySelector(".name"), file.name);
  say(row.querySelector(".where"), whereWords(file));
  setText(row.querySelector(".size"), sizeWords(file));
  row.querySelector("button").setAttribute("aria-label", t("file-delete-named", { name: spokenName(file) }));
  return row;
}

customElements.define("finished-files", FinishedFiles);
