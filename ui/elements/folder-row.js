/** `<folder-row>`: the files of one folder that was dropped, as one line that opens. */

import { folderWords } from "../describe.js";
import { percent } from "../format.js";
import { MEANT, idsForAll } from "../offers.js";
import { t } from "../words.js";
import { Line } from "./line.js";
import { setAttribute, setHidden, setText, wish } from "./dom.js";

const WHOLE = 1000;
const DEEDS = [["resume", "do-resume"], ["pause", "do-pause"], ["discard", "do-discard"]];

class FolderRow extends Line {
  #folder = null;
  #words = "";

  perform(action) {
    wish(this, { action, ids: idsForAll(action, this.#folder.members) });
  }

  /** Draws the folder as it is now; true where anything changed. */
  update(folder) {
    if (!this.#folder) this.build("folder-row");
    const words = `${folderWords(folder)} ${folder.isOpen}`;
    const changed = words !== this.#words;
    [this.#folder, this.#words] = [folder, words];
    if (changed) this.#draw();
    return changed;
  }

  /** Everything is said anew, in another language. */
  forget() {
    this.#words = "";
  }

  get isCounting() {
    return false;
  }

  #draw() {
    const { id, name, isOpen, totals: { size, shown } } = this.#folder;
    setAttribute(this, "data-id", id);
    setAttribute(this, "aria-expanded", String(isOpen));
    setText(this.querySelector(".name"), name);
    setText(this.querySelector(".numbers"), folderWords(this.#folder));
    const bar = this.querySelector("progress");
    setHidden(bar.parentNode, size === 0 || this.#folder.isDone);
    bar.value = size > 0 ? Math.floor((shown / size) * WHOLE) : 0;
    setAttribute(bar, "aria-label", t("progress-of", { name }));
    setAttribute(bar, "aria-valuetext", `${percent(shown, size)} %`);
    const offered = DEEDS.filter(([action]) => this.#folder.hasAny(MEANT[action]));
    this.drawActions(offered.map(([action, label]) => ({ action, label: t(label) })), name);
  }
}

customElements.define("folder-row", FolderRow);
