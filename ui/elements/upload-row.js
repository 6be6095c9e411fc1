/**
 * `<upload-row data-id data-kind data-confirmed>`: one upload in any list. Its markup is set once; `update()` changes
 * only what changed. `data-kind` is the state and `data-confirmed` the bytes that the server has, for the style and for tests.
 */

import { explanation, factWords, lastCallWords, stateWords } from "../describe.js";
import { percent } from "../format.js";
import { offers } from "../offers.js";
import { copyOf, say, setAttribute, setHidden, setText, wish } from "./dom.js";

// A bar would say nothing of these: the first is whole, of the second nothing counts any more.
const WITHOUT_BAR = new Set(["done", "source_changed"]);
const BEFORE_SENDING = new Set(["queued", "preparing"]);
// The bar counts in tenths of a percent: finer than it is wide, and a number that no file can overflow.
const WHOLE = 1000;

class UploadRow extends HTMLElement {
  #upload = null;
  #parts = null;

  connectedCallback() {
    this.setAttribute("role", "listitem");
    this.addEventListener("click", this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this);
  }

  handleEvent(event) {
    const button = event.target.closest("button[data-action]");
    if (button) wish(this, { action: button.dataset.action, ids: [this.#upload.id] });
  }

  update(upload, now) {
    this.#parts ??= this.#build();
    const changed = this.#upload !== upload;
    this.#upload = upload;
    if (changed) this.#drawFace();
    if (changed) this.#drawActions();
    if (changed) this.#drawProgress();
    this.#drawWords(now);
  }

  /** True while the words depend on the clock by the second. */
  get isCounting() {
    return Boolean(this.#upload?.state.until);
  }

  #build() {
    this.append(copyOf("upload-row"));
    const part = (name) => this.querySelector(name);
    return {
      name: part(".name"), folder: part(".folder"), actions: part(".actions"),
      track: part(".track"), bar: part("progress"), cut: part(".cut"),
      state: part(".state"), numbers: part(".numbers"), lastCall: part(".last-call"),
      explanation: part(".explanation"),
    };
  }

  #drawFace() {
    const { id, name, path, state, confirmed } = this.#upload;
    setAttribute(this, "data-id", String(id));
    setAttribute(this, "data-confirmed", String(confirmed));
    setAttribute(this, "data-kind", state.kind);
    setText(this.#parts.name, name);
    setAttribute(this.#parts.name, "title", path);
    say(this.#parts.folder, folderOf(this.#upload));
  }

  #drawActions() {
    const wanted = offers(this.#upload);
    const { actions } = this.#parts;
    wanted.forEach((offer, index) => this.#drawAction(actions.children[index], offer));
    while (actions.children.length > wanted.length) this.#removeAction(actions.lastElementChild);
  }

  /** A button keeps its place while its meaning changes (Pause, Resume), and so keeps the focus. */
  #drawAction(button, { action, label }) {
    const target = button ?? this.#parts.actions.appendChild(document.createElement("button"));
    target.type = "button";
    setAttribute(target, "data-action", action);
    setText(target, label);
    setAttribute(target, "aria-label", `${label} ${this.#upload.name}`);
  }

  #removeAction(button) {
    const hadFocus = button === document.activeElement;
    button.remove();
    if (hadFocus) this.focusAction();
  }

  /** Focuses the action at `index`, or the nearest there is. */
  focusAction(index = 0) {
    const buttons = this.#parts.actions.children;
    if (buttons.length === 0) this.tabIndex = -1;
    (buttons[Math.min(index, buttons.length - 1)] ?? this).focus();
  }

  #drawProgress() {
    const { shown, size, name, cut } = this.#upload;
    const { track, bar } = this.#parts;
    setHidden(track, !hasBar(this.#upload));
    if (track.hidden) return;
    bar.max = WHOLE;
    bar.value = share(shown, size);
    setAttribute(bar, "aria-label", `Progress of ${name}`);
    setAttribute(bar, "aria-valuetext", `${percent(shown, size)} %`);
    setHidden(this.#parts.cut, cut === null || cut >= size);
    if (cut !== null) this.#parts.cut.style.setProperty("--cut", String(share(cut, size) / WHOLE));
  }

  #drawWords(now) {
    setText(this.#parts.state, stateWords(this.#upload));
    setText(this.#parts.numbers, factWords(this.#upload, now));
    say(this.#parts.lastCall, lastCallWords(this.#upload, now));
    say(this.#parts.explanation, explanation(this.#upload));
  }
}

function hasBar({ state, shown }) {
  return !WITHOUT_BAR.has(state.kind) && (shown > 0 || !BEFORE_SENDING.has(state.kind));
}

function share(part, whole) {
  return whole > 0 ? Math.floor((part / whole) * WHOLE) : 0;
}

function folderOf({ name, relative_path: relativePath }) {
  if (!relativePath || relativePath === name) return "";
  return relativePath.endsWith(name) ? relativePath.slice(0, -name.length).replace(/[/\\]$/, "") : relativePath;
}

customElements.define("upload-row", UploadRow);
