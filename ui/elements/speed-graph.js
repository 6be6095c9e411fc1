/** `<speed-graph>`: how fast bytes moved, over the last minute or the last hour. */

import { rate } from "../format.js";
import { t } from "../words.js";
import { setAttribute, setHidden, setText } from "./dom.js";

const SAMPLES = 60;
const WIDTH = 300;
const HEIGHT = 64;

class SpeedGraph extends HTMLElement {
  #series = { minute: [], hour: [] };
  #span = "minute";

  connectedCallback() {
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    const { span } = event.target.closest("button")?.dataset ?? {};
    if (!span) return;
    this.#span = span;
    this.#draw();
  }

  /** Draws the speeds that the app tells, the newest last. */
  update(series) {
    this.#series = series;
    this.#draw();
  }

  #draw() {
    const samples = this.#series[this.#span];
    const most = Math.max(0, ...samples);
    const now = samples.at(-1) ?? 0;
    for (const button of this.querySelectorAll("[data-span]")) setAttribute(button, "aria-pressed", String(button.dataset.span === this.#span));
    setAttribute(this.querySelector(".line"), "d", pathOf(samples, most));
    setAttribute(this.querySelector(".area"), "d", samples.length > 1 ? `${pathOf(samples, most)} V${HEIGHT} H${xOf(0, samples)} Z` : "");
    setAttribute(this.querySelector("svg"), "aria-label", t("speed-now.aria-label", { now: rate(now) || "0", most: rate(most) || "0" }));
    setText(this.querySelector(".most"), most > 0 ? t("speed-most", { most: rate(most) }) : t("speed-none"));
    setText(this.querySelector(".now"), rate(now));
    setHidden(this.querySelector(".now"), most === 0);
  }
}

function pathOf(samples, most) {
  const y = (speed) => (HEIGHT - 2 - (most > 0 ? speed / most : 0) * (HEIGHT - 6)).toFixed(1);
  return samples.map((speed, index) => `${index === 0 ? "M" : "L"}${xOf(index, samples)} ${y(speed)}`).join(" ");
}

function xOf(index, samples) {
  return (((SAMPLES - samples.length + index) / (SAMPLES - 1)) * WIDTH).toFixed(1);
}

customElements.define("speed-graph", SpeedGraph);
