/** The finished files that a destination tells of, pure: their order, their words, and the question before one goes. */

import { bytes, plural } from "./format.js";

/** A destination tells its newest file last; a person looks for it first. */
export function newestFirst({ files }) {
  return [...files].reverse();
}

/** How many files there are and how large they are together, where every size is told. */
export function filesWords(files) {
  const known = files.every(({ size }) => Number.isFinite(size));
  const count = plural(files.length, "file");
  return known ? `${count}, ${bytes(files.reduce((sum, { size }) => sum + size, 0))}` : count;
}

/** The line above the list: what there is, or why there is nothing. */
export function listingWords(files, { name, own, whole }) {
  const cut = whole ? "" : " The list goes on, but its next entry cannot be read.";
  if (files.length > 0) return `${filesWords(files)} at ${name}.${cut}`;
  if (cut) return `No entry of the list of ${name} can be read.`;
  return own
    ? `Nothing yet. What arrives at ${name} is listed here for a week, as long as it stays where it was put.`
    : `${name} tells of no finished files.`;
}

/** The folder it lies in, or the whole address where it has another name there; nothing where that says nothing new. */
export function whereWords({ name, location }) {
  if (!location || location === name) return "";
  return location.endsWith(`/${name}`) ? location.slice(0, -name.length - 1) : location;
}

/** What tells a file from others of its name, for those who hear a button and do not see its row. */
export function spokenName({ name, location }) {
  return location || name;
}

/** Its size in words; nothing where it is not told. */
export function sizeWords({ size }) {
  return Number.isFinite(size) ? bytes(size) : "";
}

/** What to ask before a file is deleted at its destination. */
export function deleteQuestion(file, { name, own }) {
  const uploaded = own ? "The file it was uploaded from stays where it is." : "The file on this computer stays where it is.";
  return {
    title: "Delete this file?",
    text: `It is deleted at ${name}, for good. ${uploaded}`,
    names: [{ name: spokenName(file), held: sizeWords(file) }],
    deed: "Delete",
    keep: "Keep it",
  };
}
