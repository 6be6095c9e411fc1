/**
 * The window's words: messages of the catalogue (`locales/`) in the user's language, with numbers and names put in.
 * What a language lacks is said in English; a message that nobody has is its own id, so that it is seen.
 */

import { FluentBundle, FluentResource } from "./vendor/fluent/index.js";

/** What a message may set on an element beside its text. */
const ATTRIBUTES = new Set(["aria-label", "aria-description", "title", "placeholder", "alt", "label"]);
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF]/;

/** The languages there are, each by its own name. The last two are for testing and are offered to nobody. */
export const LANGUAGES = [
  { code: "en", name: "English", locale: "en-GB" },
  { code: "de", name: "Deutsch", locale: "de-DE" },
  { code: "en-XA", name: "Ëñğļîšĥ (test)", locale: "en-GB", isTest: true, transform: lengthened },
  { code: "ar-XB", name: "Right to left (test)", locale: "en-GB", isTest: true, transform: lengthened, isMirrored: true },
];

let spoken = LANGUAGES[0];
let bundles = [];

/** The language that is best for someone whose system names `wanted`, best first. */
export function languageFor(wanted) {
  const known = wanted.map((tag) => LANGUAGES.find(({ code }) => code === tag) ?? LANGUAGES.find(({ code }) => code === tag.split("-")[0]));
  return known.find(Boolean) ?? LANGUAGES[0];
}

/** Speaks `language` from now on; `sources` are its messages as Fluent text, `english` those of the fallback. */
export function speak(language, sources, english) {
  spoken = language;
  bundles = [bundleOf(language, sources), bundleOf(LANGUAGES[0], english)];
}

function bundleOf({ locale, transform }, sources) {
  const bundle = new FluentBundle(locale, { useIsolating: false, transform: transform ?? ((text) => text) });
  for (const source of sources) bundle.addResource(new FluentResource(source));
  return bundle;
}

/** How numbers and dates are written. */
export function locale() {
  return spoken.locale;
}

/** The language that is spoken. */
export function language() {
  return spoken;
}

/** The message `id`, or one of its attributes as `id.attribute`, with `args` put in. */
export function t(id, args) {
  return find(id, args) ?? id;
}

/** Whether there is such a message. */
export function knows(id) {
  return find(id) !== null;
}

function find(id, args) {
  const [name, attribute] = id.split(".");
  for (const bundle of bundles) {
    const message = bundle.getMessage(name);
    const pattern = attribute ? message?.attributes[attribute] : message?.value;
    if (pattern) return bundle.formatPattern(pattern, isolated(args), []);
  }
  return null;
}

/** Names that run the other way stay whole, and leave what follows them in its place. */
function isolated(args = {}) {
  const wrap = (value) => (typeof value === "string" && (spoken.isMirrored || RIGHT_TO_LEFT.test(value)) ? `\u2068${value}\u2069` : value);
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, wrap(value)]));
}

/** Fills in every element of `root` that names its message as `data-l10n`; before there is a language, none. */
export function translate(root) {
  if (bundles.length === 0) return;
  for (const element of root.querySelectorAll("[data-l10n]")) translateOne(element);
  for (const template of root.querySelectorAll("template")) translate(template.content);
}

function translateOne(element) {
  const id = element.dataset.l10n;
  const message = bundles.map((bundle) => bundle.getMessage(id)).find(Boolean);
  if (message?.value) element.textContent = t(id);
  for (const name of Object.keys(message?.attributes ?? {})) {
    if (ATTRIBUTES.has(name)) element.setAttribute(name, t(`${id}.${name}`));
  }
}

/** Longer, and in letters that no keyboard has: what is cut off or was never translated is seen at once. */
function lengthened(text) {
  const vowels = { a: "àà", e: "éé", i: "îî", o: "öö", u: "ûû", A: "Å", E: "É", I: "Î", O: "Ö", U: "Û" };
  return text.replace(/[aeiouAEIOU]/g, (letter) => vowels[letter]);
}
