/**
 * `<upload-row data-id data-kind data-confirmed>`: one upload in any list. Its markup is set once; `update()` changes
 * only what changed. `data-kind` is the state and `data-confirmed` the bytes that the server has, for the style and for tests.
 */

import { explanation, factWords, lastCallWords, stateWords } from "../describe.js";
import { percent } from "../format.js";
import { offers } from "../offers.js";
import { foldersOf } from "../uploads.js";
import { t } from "../words.js";
import { Line } from "./line.js";
import { say, setAttribute, setHidden, setText, wish } from "./dom.js";

// A bar would say nothing of these: the first is whole, of the second nothing counts any more.
const WITHOUT_BAR = new Set(["done", "source_changed"]);
const BEFORE_SENDING = new Set(["queued", "preparing"]);
// The bar counts in tenths of a percent: finer than it is wide, and a number that no file can overflow.
const WHOLE = 1000;

class UploadRow extends Line {
  #upload = null;
  #revision = -1;
  #parts = null;

  perform(action) {
    wish(this, { action, ids: [this.#upload.id] });
  }

  /** Draws `upload` as it is now; true where anything but the clock's words may have changed. */
  update(upload, now) {
    this.#parts ??= this.#build();
    const changed = this.#upload !== upload || this.#revision !== upload.revision;
    [this.#upload, this.#revision] = [upload, upload.revision];
    if (changed) this.#drawFace();
    if (changed) this.drawActions(offers(upload), upload.name);
    if (changed) this.#drawProgress();
    this.#drawWords(now);
    return changed;
  }

  /** Everything is said anew, in another language. */
  forget() {
    this.#revision = -1;
  }

  /** True while the words depend on the clock by the second. */
  get isCounting() {
    return Boolean(this.#upload?.state.until);
  }

  #build() {
    this.build("upload-row");
    const part = (name) => this.querySelector(name);
    return {
      name: part(".name"), folder: part(".folder"),
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
    setAttribute(this.#parts.name, "title", path ?? "");
    say(this.#parts.folder, foldersOf(this.#upload));
  }

  #drawProgress() {
    const { shown, size, name, cut } = this.#upload;
    const { track, bar } = this.#parts;
    setHidden(track, !hasBar(this.#upload));
    if (track.hidden) return;
    bar.max = WHOLE;
    bar.value = share(shown, size);
    setAttribute(bar, "aria-label", t("progress-of", { name }));
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

customElements.define("upload-row", UploadRow);
