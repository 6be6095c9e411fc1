/** Carries out what `<send-dialog>` wishes: asks for its destinations and its files, and sends them. */

import { call } from "./bridge.js";
import { goTo } from "./pages.js";
import { nameOf } from "./places.js";
import { t } from "./words.js";

const DEEDS = {
  send_to: async ({ dialog }) => dialog.open(),
  draw_send: draw,
  pick_send_files: (at) => pick(at, false),
  pick_send_folders: (at) => pick(at, true),
  send_chosen: send,
  close_send: async ({ dialog }) => dialog.close(),
};

let asked = Promise.resolve();

/**
 * Asks about files that somebody else named, a link or a file manager: one request after the other, and never in place of
 * what the user is choosing. All of them are shown, by their whole paths.
 */
export function askAbout(dialog, { paths, to, link }) {
  asked = asked.then(() => dialog.closed()).then(() => {
    dialog.open({ paths, to, why: t(link ? "send-asked-by-link" : "send-asked"), isWhole: true });
  });
  return asked;
}

/** Whether a wish is about files that somebody chooses a destination for. */
export function isAboutSending({ action }) {
  return Object.hasOwn(DEEDS, action);
}

/** Fulfils a wish. `at` has the dialog, `tell` for what was done, and `complain` for files that were left out. */
export async function fulfilAboutSending(at, { action }) {
  try {
    await DEEDS[action](at);
  } catch (problem) {
    if (at.dialog.isOpen) at.dialog.complain(problem);
    else at.complain([problem]);
  }
}

async function draw({ dialog }) {
  dialog.places = await call("destinations");
}

async function pick({ dialog }, folders) {
  const paths = await call("pick_paths", { folders });
  if (dialog.isOpen) dialog.add(paths);
}

async function send({ dialog, tell, complain }) {
  const draft = dialog.draft();
  if (!draft) return;
  dialog.wait();
  const { id, name } = draft.place;
  const { added, resumed, problems } = await call("send_paths", { paths: draft.paths, to: { id, name }, how: draft.how });
  dialog.close();
  goTo("uploads");
  complain(problems);
  if (problems.length === 0 || added + resumed > 0) tell(t("send-done", { count: added + resumed, name: nameOf(draft.place) }));
}
