/** `<settings-page>`: what is set for everything. A change holds at once; what is refused is told at its field. */

import { BATTERY_MARKS, fieldFrom, limitFrom, limitParts, offeredLanguages, valueFrom } from "../preferences.js";
import { t } from "../words.js";
import { copyOf, say, setHidden, setText, wish } from "./dom.js";
import { clearTrouble, complainAt, fieldOf, prepareFields } from "./fields.js";

const HEARD = ["click", "change", "submit", "page-shown"];
const SAVED_FOR = 3000;

class SettingsPage extends HTMLElement {
  #preferred = null;
  #isReady = false;
  #forgetting = 0;

  connectedCallback() {
    if (!this.#isReady) prepareFields(this.#form);
    this.#isReady = true;
    for (const event of HEARD) this.addEventListener(event, this);
    document.addEventListener("language", this);
  }

  disconnectedCallback() {
    for (const event of HEARD) this.removeEventListener(event, this);
    document.removeEventListener("language", this);
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === "page-shown") return wish(this, { action: "show_preferences" });
    if (type === "language") return this.#preferred && this.draw(this.#preferred);
    if (type === "submit") return event.preventDefault();
    if (type === "change") return this.#onChange(target);
    this.#onClick(target.closest("button"));
  }

  /** Shows what is set. What is being typed in is left alone. */
  draw(preferred) {
    this.#preferred = preferred;
    this.#offer("pause_on_battery", batteryOptions(preferred.values.pause_on_battery));
    this.#offer("language", [["system", t("settings-by-system")], ...offeredLanguages().map(({ code, name }) => [code, name])]);
    const { always, times } = limitParts(preferred.values.speed_limit);
    for (const [key, value] of Object.entries(preferred.values)) this.#fill(key, key === "speed_limit" ? always : fieldFrom(key, value));
    if (!this.#times.contains(document.activeElement)) this.#drawTimes(times);
    const names = preferred.unreadable.map((key) => this.querySelector(`[data-field="${CSS.escape(key)}"] label`)?.textContent.trim() ?? key);
    say(this.querySelector(".whole"), names.length > 0 ? t("settings-unreadable", { names: names.join(", ") }) : "");
  }

  /** Says where everything lies. */
  drawFolders({ data }) {
    setText(this.querySelector(".data bdi"), data);
  }

  /** Shows whether the system starts the app; null where it does not say. */
  drawLogin(isOn) {
    const control = this.#form.elements.start_at_login;
    control.disabled = isOn === null;
    control.checked = isOn === true;
  }

  /** Says quietly that it was done. */
  saved(words) {
    const place = this.querySelector(".saved");
    setText(place, words);
    say(this.querySelector(".whole"), "");
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => setText(place, ""), SAVED_FOR);
  }

  /** Tells what was refused: at the field that it is about, else above all of them. */
  complain(field, message) {
    setText(this.querySelector(".saved"), "");
    if (fieldOf(this.#form, field)) complainAt(this.#form, [{ field, message }]);
    else say(this.querySelector(".whole"), message);
  }

  get #form() {
    return this.querySelector("form");
  }

  get #times() {
    return this.querySelector(".times");
  }

  #offer(name, options) {
    const select = this.#form.elements[name];
    const same = options.length === select.options.length && options.every(([value, words], nth) => select.options[nth].value === value && select.options[nth].text === words);
    if (!same) select.replaceChildren(...options.map(([value, words]) => new Option(words, value)));
  }

  #fill(key, field) {
    const control = this.#form.elements[key];
    // What was refused is left to whoever is about to put it right.
    if (!control || (control === document.activeElement && control.hasAttribute("aria-invalid"))) return;
    if (control.type === "checkbox") control.checked = field;
    else if (control.value !== field) control.value = field;
    clearTrouble(control.closest("[data-field]"));
  }

  #drawTimes(times) {
    const rows = times.map((time) => timeRow(time));
    this.#times.replaceChildren(...rows);
    setHidden(this.#times, rows.length === 0);
  }

  #onChange(control) {
    if (control.matches(".with-names")) return;
    clearTrouble(control.closest("[data-field]"));
    if (control.name === "speed_limit" || control.closest(".times")) return this.#wishLimit();
    const value = control.type === "checkbox" ? control.checked : valueFrom(control.name, control.value);
    const action = control.name === "start_at_login" ? "set_start_at_login" : "set_preference";
    wish(this, { action, key: control.name, value });
  }

  #wishLimit() {
    const field = (row, name) => row.querySelector(`[name=${name}]`).value;
    const times = [...this.#times.children].map((row) => ({ from: field(row, "from"), to: field(row, "to"), rate: field(row, "rate") }));
    const limit = limitFrom({ always: this.#form.elements.speed_limit.value, times });
    if (limit === null) return this.complain("speed_limit", t("settings-speed-senseless"));
    wish(this, { action: "set_preference", key: "speed_limit", value: limit });
  }

  #onClick(button) {
    if (!button) return;
    if (button.matches(".add-time")) return this.#addTime();
    if (button.matches(".remove-time")) return this.#removeTime(button.closest("li"));
    const names = this.querySelector(".with-names").checked;
    if (button.dataset.action) wish(this, { action: button.dataset.action, names });
  }

  #addTime() {
    const row = timeRow({ from: "", to: "", rate: "" });
    this.#times.append(row);
    setHidden(this.#times, false);
    row.querySelector("input").focus();
  }

  #removeTime(row) {
    const next = row.nextElementSibling?.querySelector("input") ?? this.querySelector(".add-time");
    row.remove();
    setHidden(this.#times, this.#times.children.length === 0);
    next.focus();
    this.#wishLimit();
  }
}

function timeRow({ from, to, rate }) {
  const row = copyOf("time-of-day").firstElementChild;
  for (const [name, value] of Object.entries({ from, to, rate })) row.querySelector(`[name=${name}]`).value = value;
  for (const node of row.querySelectorAll("[data-l10n]")) setText(node, t(node.dataset.l10n));
  return row;
}

/** What is offered for a battery: the usual marks, and the one that is set. */
function batteryOptions(set) {
  const marks = new Set(BATTERY_MARKS);
  if (set !== null && set < 100) marks.add(set);
  const below = [...marks].sort((one, other) => one - other).map((percent) => [String(percent), t("settings-battery-below", { percent })]);
  return [["off", t("settings-battery-go-on")], ...below, ["100", t("settings-battery-always")]];
}

customElements.define("settings-page", SettingsPage);
