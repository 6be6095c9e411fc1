/**
 * `<upload-details>`: all about one upload, beside the lists: its facts, where each part of it is, how fast it was. It asks
 * the app once a second while it is open, and not at all while it is closed or hidden.
 */

import { explanation, placeName, safeWords, stateWords } from "../describe.js";
import { bytes, day, keptUntil } from "../format.js";
import { foldersOf } from "../uploads.js";
import { t } from "../words.js";
import { say, setHidden, setText, wish } from "./dom.js";
import "./chunk-map.js";
import "./speed-graph.js";

class UploadDetails extends HTMLElement {
  #id = null;
  #before = null;

  connectedCallback() {
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.type === "click" && event.target.closest("[data-action=close_details]")) this.close();
    if (event.type === "keydown" && event.key === "Escape" && !event.defaultPrevented) this.close();
  }

  get isOpen() {
    return !this.hidden;
  }

  /** Which upload it is about. */
  get about() {
    return this.isOpen ? this.#id : null;
  }

  /** How finely the map of parts can be drawn. */
  get cells() {
    return this.querySelector("chunk-map").cells;
  }

  /** Opens with that upload. */
  open(upload, now) {
    this.#before = document.activeElement;
    setHidden(this, false);
    this.show(upload, now);
    this.querySelector("h2").focus();
  }

  /** Shows another upload, if it is open. */
  show(upload, now) {
    if (!this.isOpen) return;
    if (this.#id !== upload.id) this.showMeasured({ map: null, series: { minute: [], hour: [] } });
    this.#id = upload.id;
    this.update(upload, now);
    wish(this, { action: "measure_details" });
  }

  close() {
    if (!this.isOpen) return;
    setHidden(this, true);
    this.#id = null;
    if (this.#before?.isConnected) this.#before.focus();
    else wish(this, { action: "focus_page" });
  }

  /** Draws what the page knows of the upload. */
  update(upload, now) {
    if (this.about !== upload.id) return;
    setText(this.querySelector("h2"), upload.name);
    setText(this.querySelector(".state"), stateWords(upload));
    this.querySelector(".state").dataset.kind = upload.state.kind;
    say(this.querySelector(".explanation"), explanation(upload));
    this.#drawFacts(factsOf(upload, now));
  }

  /** Draws what the app measured: where the parts are, and the speeds. */
  showMeasured({ map, series }) {
    setHidden(this.querySelector(".parts"), !map || map.held.length === 0);
    this.querySelector("chunk-map").update(map);
    this.querySelector("speed-graph").update(series);
  }

  #drawFacts(facts) {
    const list = this.querySelector("dl");
    while (list.children.length < facts.length) list.append(fact());
    while (list.children.length > facts.length) list.lastElementChild.remove();
    facts.forEach(([name, words], index) => {
      setText(list.children[index].querySelector("dt"), name);
      setText(list.children[index].querySelector("bdi"), words);
    });
  }
}

function fact() {
  const entry = document.createElement("div");
  const words = document.createElement("dd");
  words.append(document.createElement("bdi"));
  entry.append(document.createElement("dt"), words);
  return entry;
}

function factsOf(upload, now) {
  const chunks = { left: upload.chunks_left, count: upload.chunk_count };
  const isDone = upload.state.kind === "done";
  return [
    ["details-file", upload.path || [foldersOf(upload), upload.name].filter(Boolean).join("/")],
    ["details-destination", placeName(upload.destination)],
    ["details-size", bytes(upload.size)],
    ["details-location", isDone ? upload.location : ""],
    ["details-held", isDone ? "" : safeWords(upload)],
    ["details-chunks", upload.chunk_count > 0 && !isDone ? t("details-chunk-words", chunks) : ""],
    ["details-sent", upload.sent > 0 ? bytes(upload.sent) : ""],
    ["details-verified", upload.verified > 0 ? bytes(upload.verified) : ""],
    ["details-added", day(upload.created_at, now)],
    ["details-changed", day(upload.updated_at, now)],
    ["details-kept", isDone ? "" : keptUntil(upload.expires_at, now)],
  ].filter(([, words]) => words).map(([id, words]) => [t(id), words]);
}

customElements.define("upload-details", UploadDetails);
