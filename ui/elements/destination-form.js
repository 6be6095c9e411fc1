/**
 * `<destination-form>`: a native dialog to add a destination or to change one, and to try it as it stands in the form.
 *
 * A token is nowhere but in its own field: `draft()` reads it when it is sent, and closing empties the field. What is typed
 * stays until it is saved or given up.
 */

import { KINDS, addressFrom, addressTrouble, formFrom, hasDone, hostOf, isSameServer, plainHost, understood } from "../address.js";
import { tokenWords } from "../places.js";
import { fieldsFrom, settingsFrom, settingsTroubles } from "../settings.js";
import { say, setHidden, setText, wish } from "./dom.js";
import { clearTrouble, complainAt, fieldOf, prepareFields, showField } from "./fields.js";
import "./test-verdict.js";

const EVENTS = ["click", "input", "change", "paste", "keydown", "submit"];

class DestinationForm extends HTMLElement {
  #place = null;
  #opener = null;
  #untouched = "";
  #agreedHost = "";
  #round = 0;

  connectedCallback() {
    for (const event of EVENTS) this.addEventListener(event, this);
    const options = KINDS.map(({ kind, words }) => new Option(words, kind));
    this.#form.elements.kind.replaceChildren(...options);
    prepareFields(this);
  }

  disconnectedCallback() {
    for (const event of EVENTS) this.removeEventListener(event, this);
  }

  handleEvent(event) {
    const hear = { click: this.#press, input: this.#type, change: this.#understand, paste: this.#paste, keydown: this.#key, submit: this.#submit };
    hear[event.type].call(this, event);
  }

  /** Opens for a new destination, or for one with all that is known of it. */
  open(place = null) {
    this.#place = place;
    this.#opener = document.activeElement;
    this.#clear();
    this.#fill(place);
    this.#draw();
    this.#untouched = this.#words();
    this.toggleAttribute("own", Boolean(place?.own));
    this.querySelector("details").open = Boolean(place?.own);
    this.#dialog.showModal();
    if (!place?.own) this.#form.elements[place ? "address" : "kind"].focus();
  }

  /** Closes it; with a number, only where that is still what it does. */
  close(round) {
    if (round !== undefined && round !== this.#round) return;
    if (round === undefined && this.hasAttribute("busy")) wish(this, { action: "stop_test" });
    this.#clear();
    this.#dialog.close();
    if (this.#opener?.isConnected) this.#opener.focus();
  }

  /** What is to be saved or tried; null where something makes no sense, which is told then. */
  draft() {
    this.#understandAddress();
    const fields = this.#fields();
    const troubles = this.#troubles(fields);
    complainAt(this, troubles);
    if (troubles.length > 0) return null;
    const { token, forget_token: forget } = this.#form.elements;
    return {
      id: this.#place?.id ?? null,
      name: fields.name.trim() || hostOf(fields.url),
      address: this.#place?.own ? "" : addressFrom(fields),
      settings: settingsFrom(fields, { tellsFiles: this.#tellsFiles(fields) }),
      token: token.value.trim() || null,
      forget_token: forget.checked && !token.value,
    };
  }

  /** Says what the app refused: at the field that it is about, or above the buttons. */
  refuse({ field, message }, round) {
    if (round !== this.#round) return;
    this.#rest();
    this.#verdict.wait("");
    if (fieldOf(this, field)) return complainAt(this, [{ field, message }]);
    say(this.#part(".trouble.whole"), message);
    this.#part(".trouble.whole").scrollIntoView({ block: "nearest" });
  }

  /** Says what is being done, and what can end it. Gives a number: an answer with another one comes too late. */
  wait(words, { isTest }) {
    complainAt(this, []);
    this.#verdict.wait(words);
    this.toggleAttribute("busy", true);
    this.#form.ariaBusy = "true";
    setText(this.#part("[data-action=test_place]"), isTest ? "Stop the test" : "Test connection");
    this.#part("[type=submit]").disabled = true;
    this.#round += 1;
    return this.#round;
  }

  /** Says what a test found. */
  showVerdict(checks, round) {
    if (round !== this.#round) return;
    this.#rest();
    this.#verdict.show(checks);
  }

  /** What was being done was stopped. */
  rest(round) {
    if (round !== this.#round) return;
    this.#rest();
    this.#verdict.wait("");
  }

  /** The file of certificates that was chosen. */
  set certificates(path) {
    const { ca_file: field } = this.#form.elements;
    field.value = path;
    field.focus();
    this.#type({ target: field });
  }

  /** Something stands in the form that would be lost. */
  get isTouched() {
    return this.#words() !== this.#untouched || this.#form.elements.token.value !== "";
  }

  #part(selector) {
    return this.querySelector(selector);
  }

  #hint(field) {
    return fieldOf(this, field).querySelector(".hint");
  }

  get #dialog() {
    return this.#part("dialog");
  }

  get #form() {
    return this.#part("form");
  }

  get #verdict() {
    return this.#part("test-verdict");
  }

  #press(event) {
    const action = event.target.closest("button[data-action]")?.dataset.action;
    if (action === "test_place" && this.hasAttribute("busy")) return wish(this, { action: "stop_test" });
    if (action) wish(this, { action });
  }

  #submit(event) {
    event.preventDefault();
    if (!this.hasAttribute("busy")) wish(this, { action: "save_place" });
  }

  #type({ target }) {
    if (this.hasAttribute("busy")) wish(this, { action: "stop_test" });
    this.#verdict.wait("");
    say(this.#part(".trouble.whole"), "");
    clearTrouble(target.closest("[data-field]"));
    if (target.name === "consent") this.#agreedHost = target.checked ? plainHost(this.#form.elements.address.value) : "";
    this.#draw();
  }

  #understand({ target }) {
    if (target.name === "address") this.#understandAddress();
  }

  #paste({ target }) {
    if (target.name === "address") setTimeout(() => this.#understandAddress());
  }

  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    wish(this, { action: "leave_form" });
  }

  /** A whole address of the engine's sets the kind; a bare host gets its https. */
  #understandAddress() {
    const { kind, address, done } = this.#form.elements;
    const meant = understood(address.value, kind.value);
    if (address.value.trim() === "" || this.#place?.own) return;
    if (meant.kind) kind.value = meant.kind;
    address.value = meant.url;
    if (meant.done) done.value = meant.done;
    this.#draw();
  }

  #fields() {
    const { elements } = this.#form;
    const names = ["kind", "done", "name", "chunk_size", "connections", "speed_limit", "lifetime_days", "resume", "name_conflicts", "session", "ca_file"];
    const typed = Object.fromEntries(names.map((name) => [name, elements[name].value]));
    const url = elements.address.value;
    return { ...typed, url, consent: elements.consent.checked && plainHost(url) !== "" };
  }

  /** Everything typed but the token, to be compared. */
  #words() {
    return JSON.stringify([this.#fields(), this.#form.elements.forget_token.checked]);
  }

  #tellsFiles({ kind }) {
    if (this.#place?.own) return "always";
    return hasDone(kind) ? "by path" : "";
  }

  #troubles(fields) {
    const settings = settingsTroubles(fields, { tellsFiles: this.#tellsFiles(fields) });
    if (this.#place?.own) return settings;
    const wrong = addressTrouble(fields);
    const host = wrong ? "" : plainHost(fields.url);
    const unsafe = host && !fields.consent ? [{ field: "allow_http", message: "Agree to this, or write the address with https://." }] : [];
    return [wrong, ...unsafe, ...settings].filter(Boolean);
  }

  #fill(place) {
    const meant = formFrom(place?.whole_address ?? "") ?? { kind: KINDS[0].kind, url: place?.whole_address ?? "", done: "" };
    const { url, ...rest } = meant;
    const { consent, ...set } = fieldsFrom(place?.settings);
    const values = { ...rest, ...set, address: url, name: place?.name ?? "" };
    for (const [name, value] of Object.entries(values)) this.#form.elements[name].value = value;
    this.#form.elements.consent.checked = consent;
    this.#agreedHost = consent ? plainHost(url) : "";
    const unread = place && !place.settings ? "What is set about this destination cannot be read. Saving sets it anew, as it stands here." : "";
    say(this.#part(".trouble.whole"), unread);
  }

  #clear() {
    this.#round += 1;
    this.#form.reset();
    complainAt(this, []);
    this.#verdict.wait("");
    this.#rest();
  }

  /** Everything that follows from what is typed. */
  #draw() {
    const { elements } = this.#form;
    const { kind, url, name, name_conflicts: conflicts } = this.#fields();
    const own = Boolean(this.#place?.own);
    const host = own ? "" : plainHost(url);
    if (host !== this.#agreedHost) elements.consent.checked = false;
    setText(this.#part("h2"), own ? "This computer" : this.#place ? "Edit destination" : "Add a destination");
    setText(this.#hint("address"), hintFor(kind));
    setText(this.#part(".host"), host);
    setText(this.#hint("name"), hostOf(url) && !name.trim() ? `If empty, it is called ${hostOf(url)}.` : "");
    for (const field of ["kind", "address", "name", "token", "ca_file"]) showField(this, field, !own);
    showField(this, "done", !own && hasDone(kind));
    showField(this, "session", !own && hasDone(kind));
    showField(this, "name_conflicts", own || hasDone(kind));
    showField(this, "allow_http", host !== "");
    setHidden(this.#part("[data-action=test_place]"), own);
    setText(this.#hint("name_conflicts"), conflicts === "leave" || own ? "" : "The server has to list its files for that; see below.");
    this.#drawToken(url);
  }

  #drawToken(url) {
    const token = this.#place?.token ?? "none";
    const { forget_token: forget } = this.#form.elements;
    const before = formFrom(this.#place?.whole_address ?? "")?.url ?? "";
    say(this.#hint("token"), tokenWords({ token, isSameServer: isSameServer(before, url), isForgotten: forget.checked }));
    setText(this.#part("label[for=place-token]"), token === "none" ? "Token (if the server asks for one)" : "New token");
    setHidden(forget.closest("label"), token === "none");
  }

  #rest() {
    this.toggleAttribute("busy", false);
    this.#form.ariaBusy = "false";
    setText(this.#part("[data-action=test_place]"), "Test connection");
    this.#part("[type=submit]").disabled = false;
  }
}

function hintFor(kind) {
  const { example } = KINDS.find((each) => each.kind === kind);
  return example ? `Such as ${example}` : "The link that Vimeo gave for one video. The next video has another one.";
}

customElements.define("destination-form", DestinationForm);
