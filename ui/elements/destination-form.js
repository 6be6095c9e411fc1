/**
 * `<destination-form>`: a native dialog to add a destination or to change one, and to try it as it stands in the form.
 *
 * A token is nowhere but in its own field: `draft()` reads it when it is sent, and closing empties the field. What is typed
 * stays until it is saved or given up.
 */

import { KINDS, addressFrom, addressTrouble, formFrom, hasDone, hostOf, isSameServer, parameter, plainHost, understood, withParameter, without } from "../address.js";
import { tokenWords } from "../places.js";
import { PROFILES } from "../setting-fields.js";
import { fieldsFrom, settingsFrom, settingsTroubles } from "../settings.js";
import { t } from "../words.js";
import { say, setHidden, setText, wish } from "./dom.js";
import { clearTrouble, complainAt, fieldOf, prepareFields, showField } from "./fields.js";
import { SettingGroups } from "./setting-groups.js";
import { sayProblem } from "./told.js";
import "./test-verdict.js";

const EVENTS = ["click", "input", "change", "paste", "keydown", "submit"];

class DestinationForm extends HTMLElement {
  #place = null;
  #opener = null;
  #untouched = "";
  #agreedHost = "";
  #round = 0;
  #groups = null;
  #isCopy = false;
  #onLanguage = () => this.#speak();

  connectedCallback() {
    for (const event of EVENTS) this.addEventListener(event, this);
    document.addEventListener("language", this.#onLanguage);
    this.#form.elements.kind.replaceChildren(...KINDS.map(({ kind }) => new Option("", kind)));
    this.#groups = new SettingGroups(this.#form);
    prepareFields(this);
    this.#speak();
  }

  disconnectedCallback() {
    for (const event of EVENTS) this.removeEventListener(event, this);
    document.removeEventListener("language", this.#onLanguage);
  }

  handleEvent(event) {
    const hear = { click: this.#press, input: this.#type, change: this.#understand, paste: this.#paste, keydown: this.#key, submit: this.#submit };
    hear[event.type].call(this, event);
  }

  /** Opens for a new destination, for one with all that is known of it, or for a copy of that one. */
  open(place = null, { isCopy = false } = {}) {
    this.#place = place;
    this.#isCopy = isCopy;
    this.#opener = document.activeElement;
    this.#clear();
    this.#fill(place);
    this.#draw();
    this.#untouched = this.#words();
    for (const group of this.querySelectorAll("details")) group.open = false;
    this.#dialog.showModal();
    this.#part(".body").scrollTop = 0;
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
    const source = this.#place?.id ?? null;
    return {
      id: this.#isCopy ? null : source,
      like: this.#isCopy ? source : null,
      name: fields.name.trim() || hostOf(fields.url),
      address: this.#isOwn ? "" : addressOf(fields),
      settings: this.#settings(fields),
      token: token.value.trim() || null,
      forget_token: forget.checked && !token.value,
    };
  }

  /** Says what the app refused: at the field that it is about, or above the buttons. */
  refuse(problem, round) {
    if (round !== this.#round) return;
    this.#rest();
    this.#verdict.wait("");
    if (fieldOf(this, problem.field)?.hidden === false) return complainAt(this, [problem]);
    sayProblem(this.#part(".trouble.whole"), problem);
    this.#part(".trouble.whole").scrollIntoView({ block: "nearest" });
  }

  /** Says what is being done, and what can end it. Gives a number: an answer with another one comes too late. */
  wait(words, { isTest }) {
    complainAt(this, []);
    this.#verdict.wait(words);
    this.toggleAttribute("busy", true);
    this.#form.ariaBusy = "true";
    setText(this.#part("[data-action=test_place]"), t(isTest ? "form-stop-test" : "form-test"));
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

  get #isOwn() {
    return Boolean(this.#place?.own);
  }

  get #kind() {
    return this.#isOwn ? "own" : this.#form.elements.kind.value;
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
    if (target.name === "profile") this.#apply(PROFILES[target.value]);
  }

  /** Fills in what a known server needs. */
  #apply({ done, ...values } = {}) {
    if (done === undefined) return;
    this.#form.elements.done.value = done;
    this.#groups.values = values;
    this.#draw();
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
    if (address.value.trim() === "" || this.#isOwn) return;
    if (meant.kind) kind.value = meant.kind;
    if (meant.done) done.value = meant.done;
    this.#setAddress(kind.value, meant.url);
    this.#draw();
  }

  /** What the query says and a field is about goes into the field. */
  #setAddress(kind, url) {
    const { address, interop } = this.#form.elements;
    const version = kind === "ietf" ? parameter(url, "interop") : undefined;
    const isKnown = [...interop.options].some(({ value }) => value !== "" && value === version);
    if (isKnown) interop.value = version;
    address.value = isKnown ? without(url, "interop") : url;
  }

  #fields() {
    const { elements } = this.#form;
    const typed = Object.fromEntries(["kind", "done", "name", "interop"].map((name) => [name, elements[name].value]));
    const url = elements.address.value;
    return { ...this.#groups.values, ...typed, url, consent: elements.consent.checked && plainHost(url) !== "" };
  }

  #settings(fields) {
    const before = this.#place?.settings ?? null;
    const change = settingsFrom(fields, this.#kind, before);
    // Both stand in the address from now on, which wins.
    if (hasDone(this.#kind) && before?.fine_uploader?.done?.endpoint) change.fine_uploader.done.endpoint = null;
    if (before?.tus?.preset && change.tus) change.tus.preset = null;
    return change;
  }

  /** Everything typed but the token, to be compared. */
  #words() {
    return JSON.stringify([this.#fields(), this.#form.elements.forget_token.checked]);
  }

  #troubles(fields) {
    const settings = settingsTroubles(fields, this.#kind);
    if (this.#isOwn) return settings;
    const wrong = addressTrouble(fields);
    const host = wrong ? "" : plainHost(fields.url);
    const unsafe = host && !fields.consent ? [{ field: "allow_http", message: t("wrong-consent") }] : [];
    return [wrong, ...unsafe, ...settings].filter(Boolean);
  }

  #fill(place) {
    const { consent, ...set } = fieldsFrom(place?.settings);
    const meant = meantBy(place);
    const { elements } = this.#form;
    for (const [name, value] of Object.entries({ kind: meant.kind, done: meant.done, name: this.#isCopy ? "" : (place?.name ?? ""), interop: "", profile: "" })) elements[name].value = value;
    this.#setAddress(meant.kind, meant.url);
    this.#groups.values = set;
    elements.consent.checked = consent;
    this.#agreedHost = consent ? plainHost(meant.url) : "";
    say(this.#part(".trouble.whole"), place && !place.settings ? t("form-unread") : "");
    say(this.#part(".note"), this.#isCopy ? t("form-copied") : "");
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
    const own = this.#isOwn;
    const host = own ? "" : plainHost(url);
    if (host !== this.#agreedHost) elements.consent.checked = false;
    this.#groups.show(this.#kind);
    setText(this.#part("h2"), this.#title());
    setText(this.#hint("address"), hintFor(kind));
    setText(this.#part(".host"), host);
    setText(this.#hint("name"), hostOf(url) && !name.trim() ? t("form-name-hint", { host: hostOf(url) }) : "");
    for (const field of ["kind", "address", "name", "token"]) showField(this, field, !own);
    for (const field of ["done", "profile"]) showField(this, field, !own && hasDone(kind));
    showField(this, "interop", !own && kind === "ietf");
    showField(this, "allow_http", host !== "");
    setHidden(this.#part("[data-group=server]"), own);
    setHidden(this.#part("[data-group=protocol]"), own);
    setHidden(this.#part("[data-action=test_place]"), own);
    setHidden(this.#hint("name_conflicts"), conflicts === "leave" || own);
    this.#drawToken(url);
  }

  #title() {
    if (this.#isOwn) return t("this-computer");
    if (this.#isCopy) return t("form-copy");
    return t(this.#place ? "form-edit" : "form-add");
  }

  /** Says in another language what no catalogue id stands at. */
  #speak() {
    for (const option of this.#form.elements.kind.options) setText(option, t(`kind-${option.value}`));
    for (const option of this.#form.elements.interop.options) setText(option, interopWords(option.value));
    this.#groups.speak();
    this.#draw();
    if (!this.hasAttribute("busy")) this.#rest();
  }

  #drawToken(url) {
    const token = this.#isCopy ? "none" : (this.#place?.token ?? "none");
    const { forget_token: forget } = this.#form.elements;
    const before = formFrom(this.#place?.whole_address ?? "")?.url ?? "";
    say(this.#hint("token"), tokenWords({ token, isSameServer: isSameServer(before, url), isForgotten: forget.checked }));
    setText(this.#part("label[for=place-token]"), t(token === "none" ? "form-token" : "form-token-new"));
    setHidden(forget.closest("label"), token === "none");
  }

  #rest() {
    this.toggleAttribute("busy", false);
    this.#form.ariaBusy = "false";
    setText(this.#part("[data-action=test_place]"), t("form-test"));
    this.#part("[type=submit]").disabled = false;
  }
}

function hintFor(kind) {
  const { example } = KINDS.find((each) => each.kind === kind);
  return example ? t("form-address-hint", { example }) : t("form-address-hint-vimeo");
}

function interopWords(version) {
  if (version === "") return t("interop-any");
  return version === "none" ? t("interop-none") : t("interop-version", { version });
}

/** What its address means; what stands in the settings instead counts as if it stood there. */
function meantBy(place) {
  const whole = place?.whole_address ?? "";
  const meant = formFrom(whole) ?? { kind: KINDS[0].kind, url: whole, done: "" };
  const preset = meant.kind === "tus" ? place?.settings?.tus?.preset : undefined;
  const done = hasDone(meant.kind) ? place?.settings?.fine_uploader?.done?.endpoint : undefined;
  return { ...meant, kind: preset ?? meant.kind, done: meant.done || (done ?? "") };
}

function addressOf({ interop, ...fields }) {
  const url = fields.kind === "ietf" && interop ? withParameter(fields.url.trim(), `interop=${interop}`) : fields.url;
  return addressFrom({ ...fields, url });
}

customElements.define("destination-form", DestinationForm);
