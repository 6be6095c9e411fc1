/** Carries out what `<finished-files>` wishes: lists the finished files of a destination, and deletes one. */

import { call } from "./bridge.js";
import { deleteQuestion } from "./listing.js";

const DEEDS = { list_files: list, delete_file: remove };

/** Whether a wish is about finished files. */
export function isAboutFiles({ action }) {
  return Object.hasOwn(DEEDS, action);
}

/** Fulfils a wish of `dialog`; what goes wrong is told there, for the page behind it is out of reach. */
export async function fulfilAboutFiles(dialog, ask, wish) {
  try {
    await DEEDS[wish.action](dialog, ask, wish);
  } catch (problem) {
    dialog.complain(problem.message, wish.destination);
  }
}

async function list(dialog, ask, { destination }) {
  dialog.showListing(await call("finished_files", { destination: destination.id }), destination);
}

async function remove(dialog, ask, { destination, file }) {
  if (!(await ask(deleteQuestion(file, destination)))) return;
  await call("delete_finished", { destination: destination.id, file });
  dialog.removeFile(file, destination);
}
