/**
 * `<chunk-map>`: where every part of a file is: held by the server, on its way, waiting, sent again. Drawn on a canvas in
 * the page's own colours; the numbers behind it are said beside it.
 */

import { t } from "../words.js";
import { setAttribute } from "./dom.js";

const CELL = 8;
const GAP = 2;
/** How wide it is taken to be before it was ever shown, in pixels. */
const GUESS = 320;

class ChunkMap extends HTMLElement {
  #map = null;

  connectedCallback() {
    new ResizeObserver(() => this.#draw()).observe(this);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** How many cells there is room for. */
  get cells() {
    return Math.floor((this.clientWidth || GUESS) / (CELL + GAP)) * 8;
  }

  /** Draws a map of the app; nothing where there is none. */
  update(map) {
    this.#map = map;
    const held = map?.held ?? [];
    const percent = held.length > 0 ? Math.floor(held.reduce((sum, each) => sum + each, 0) / held.length) : 0;
    const numbers = { held: percent, flying: map?.in_flight.length ?? 0, again: map?.again.length ?? 0 };
    setAttribute(this.querySelector("canvas"), "aria-label", t("chunk-map.aria-label", numbers));
    this.#draw();
  }

  #draw() {
    const canvas = this.querySelector("canvas");
    const { held = [], in_flight: flying = [], again = [] } = this.#map ?? {};
    const columns = Math.max(1, Math.floor((this.clientWidth + GAP) / (CELL + GAP)));
    const rows = Math.ceil(held.length / columns);
    const scale = devicePixelRatio || 1;
    [canvas.width, canvas.height] = [Math.round(this.clientWidth * scale), Math.round(Math.max(1, rows * (CELL + GAP)) * scale)];
    canvas.style.height = `${Math.max(1, rows * (CELL + GAP))}px`;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const colour = (name) => getComputedStyle(this).getPropertyValue(name);
    const marks = { flying: new Set(flying), again: new Set(again) };
    const colours = { empty: colour("--map-waiting"), held: colour("--map-held"), flying: colour("--map-flying"), again: colour("--map-again") };
    held.forEach((percent, index) => this.#cell(pen, index, columns, percent, marks, colours));
  }

  #cell(pen, index, columns, percent, { flying, again }, colours) {
    const isMirrored = getComputedStyle(this).direction === "rtl";
    const column = index % columns;
    const x = (isMirrored ? columns - 1 - column : column) * (CELL + GAP);
    const y = Math.floor(index / columns) * (CELL + GAP);
    pen.fillStyle = flying.has(index) ? colours.flying : colours.empty;
    pen.fillRect(x, y, CELL, CELL);
    pen.fillStyle = colours.held;
    const filled = (CELL * percent) / 100;
    pen.fillRect(x, y + CELL - filled, CELL, filled);
    if (!again.has(index)) return;
    pen.fillStyle = colours.again;
    pen.fillRect(x, y, CELL, 2);
  }
}

customElements.define("chunk-map", ChunkMap);
