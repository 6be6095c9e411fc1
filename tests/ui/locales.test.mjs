/** The catalogue: every language says everything, with the same numbers and names in it, and the page asks for nothing else. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PARTS } from "../../ui/catalogue.js";
import { FluentResource } from "../../ui/vendor/fluent/index.js";
import { t } from "../../ui/words.js";
import { source, speakHere } from "./english.mjs";

const UI = fileURLToPath(new URL("../../ui/", import.meta.url));
// Spoken by the app itself: notifications, the tray.
const OF_THE_APP = ["desktop"];

const filesOf = (code) => readdirSync(`${UI}locales/${code}`).map((name) => name.replace(".ftl", "")).sort();

/** id -> names of what is put in; attributes count as messages of their own. */
function messagesOf(code, part) {
  const found = new Map();
  for (const { id, value, attributes } of new FluentResource(source(code, part)).body) {
    if (value) found.set(id, placed(value));
    for (const [name, pattern] of Object.entries(attributes)) found.set(`${id}.${name}`, placed(pattern));
  }
  return found;
}

function placed(pattern) {
  const names = new Set();
  const look = (node) => {
    if (node?.type === "var") names.add(node.name);
    if (node && typeof node === "object") Object.values(node).forEach(look);
  };
  look(pattern);
  return [...names].sort();
}

/** Every id that a file writes at the beginning of a line: Fluent drops what it cannot read without a word. */
const written = (code, part) => [...source(code, part).matchAll(/^([a-z][\w-]*) *=/gim)].map(([, id]) => id);

const pageFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory()) return ["vendor", "locales"].includes(entry.name) ? [] : pageFiles(`${folder}${entry.name}/`);
    return /\.(js|html)$/.test(entry.name) ? [`${folder}${entry.name}`] : [];
  });

test("the files of every language are the same", () => {
  assert.deepEqual(filesOf("en").filter((part) => !OF_THE_APP.includes(part)), [...PARTS].sort());
  assert.deepEqual(filesOf("de"), filesOf("en"));
});

for (const part of filesOf("en")) {
  test(`${part}: German says all that English says, with the same names and numbers in it`, () => {
    assert.deepEqual(messagesOf("de", part), messagesOf("en", part));
  });

  test(`${part}: every message can be read, and none is written twice`, () => {
    for (const code of ["en", "de"]) {
      const ids = written(code, part);
      assert.deepEqual([...new Set(ids)], ids, `${code}: none twice`);
      const read = new Set(new FluentResource(source(code, part)).body.map(({ id }) => id));
      assert.deepEqual(ids.filter((id) => !read.has(id)), [], `${code}: all can be read`);
    }
  });
}

test("no message stands in two files", () => {
  const all = filesOf("en").flatMap((part) => written("en", part));
  assert.deepEqual([...new Set(all)].length, all.length);
});

test("whatever the page asks for is there", () => {
  const known = new Set(filesOf("en").flatMap((part) => [...messagesOf("en", part).keys()].flatMap((id) => [id, id.split(".")[0]])));
  const missing = pageFiles(UI).flatMap((path) => {
    const text = readFileSync(path, "utf8");
    const asked = [...text.matchAll(/data-l10n="([^"]+)"|\bt\("([^"]+)"/g)].map(([, inMarkup, inCode]) => inMarkup ?? inCode);
    return asked.filter((id) => !known.has(id)).map((id) => `${path}: ${id}`);
  });
  assert.deepEqual(missing, []);
});

test("the test language is longer, and a name that runs the other way stays whole", () => {
  speakHere("en-XA");
  assert.notEqual(t("nav-uploads"), "Uploads");
  assert.ok(t("nav-uploads").length > "Uploads".length);
  speakHere("en");
  assert.equal(t("nav-uploads"), "Uploads");
});
