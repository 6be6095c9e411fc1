/** The finished files that a destination tells of, pure: their order, their words, and the question before one goes. */

import { bytes } from "./format.js";
import { t } from "./words.js";

/** A destination tells its newest file last; a person looks for it first. */
export function newestFirst({ files }) {
  return [...files].reverse();
}

/** How many files there are and how large they are together, where every size is told. */
export function filesWords(files) {
  const count = files.length;
  const known = files.every(({ size }) => Number.isFinite(size));
  return known ? t("files-count-size", { count, size: bytes(files.reduce((sum, { size }) => sum + size, 0)) }) : t("files-count", { count });
}

/** The line above the list: what there is, or why there is nothing. */
export function listingWords(files, { name, own, whole }) {
  if (files.length > 0) return [t("files-at-destination", { files: filesWords(files), name }), whole ? "" : t("files-cut")].filter(Boolean).join(" ");
  if (!whole) return t("files-unreadable", { name });
  return t(own ? "files-none-own" : "files-none", { name });
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

/** What is said once a file is deleted and these are left. */
export function deletedWords({ name }, left) {
  return left.length > 0 ? t("file-deleted", { name, left: filesWords(left) }) : t("file-deleted-last", { name });
}

/** What to ask before a file is deleted at its destination. */
export function deleteQuestion(file, { name, own }) {
  return {
    title: t("file-delete-title"),
    text: t(own ? "file-delete-text-own" : "file-delete-text", { name }),
    names: [{ name: spokenName(file), held: sizeWords(file) }],
    deed: t("file-delete"),
    keep: t("file-keep"),
  };
}
