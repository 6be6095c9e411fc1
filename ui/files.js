/** Carries out what `<finished-files>` wishes: opens it, lists the finished files of a destination, and deletes one. */

import { call } from "./bridge.js";
import { deleteQuestion } from "./listing.js";

const DEEDS = { show_files: show, list_files: list, delete_file: remove };

/** Whether a wish is about finished files. */
export function isAboutFiles({ action }) {
  return Object.hasOwn(DEEDS, action);
}

/** Fulfils a wish of `dialog`; what goes wrong is told there while it is open, for the page behind it is out of reach then. */
export async function fulfilAboutFiles({ dialog, ask, complain }, wish) {
  try {
    await DEEDS[wish.action](dialog, ask, wish);
  } catch (problem) {
    if (dialog.isOpen) dialog.complain(problem, wish.destination);
    else complain([problem]);
  }
}

/** Opens with the files of `place`, where the wish names one. */
async function show(dialog, ask, { place }) {
  dialog.open(await call("catalogues"), place?.id);
}

async function list(dialog, ask, { destination }) {
  dialog.showListing(await call("finished_files", { destination: destination.id }), destination);
}

async function remove(dialog, ask, { destination, file }) {
  if (!(await ask(deleteQuestion(file, destination)))) return;
  await call("delete_finished", { destination: destination.id, file });
  dialog.removeFile(file, destination);
}
