/** Carries out what `<watched-page>` wishes. What goes wrong is told there. */

import { call } from "./bridge.js";
import { folderName, removeWatchQuestion } from "./watched.js";
import { t } from "./words.js";

const DEEDS = {
  show_watches: show,
  new_watch: async ({ page }) => page.openForm(null, await call("destinations"), await call("target")),
  edit_watch: async ({ page }, { watch }) => page.openForm(watch, await call("destinations")),
  leave_watch_form: async ({ page }) => page.closeForm(),
  pick_watch_folder: pick,
  save_watch: save,
  pause_watch: (at, { watch }) => change(at, "pause_watch", watch),
  resume_watch: (at, { watch }) => change(at, "resume_watch", watch),
  remove_watch: remove,
};

/** Whether a wish is about watched folders. */
export function isAboutWatches({ action }) {
  return Object.hasOwn(DEEDS, action);
}

/** Fulfils a wish. `at` has the page's element, `ask` for questions, and `tell` for who listens. */
export async function fulfilAboutWatches(at, wish) {
  try {
    await DEEDS[wish.action](at, wish);
  } catch (problem) {
    at.page.complain(problem.message);
  }
}

async function show({ page }) {
  page.draw(await call("watches"));
}

async function pick({ page }) {
  const picked = await call("pick_watch_folder");
  if (picked) page.showPicked(picked);
}

async function save(at, { draft }) {
  await call("save_watch", { draft });
  at.page.closeForm();
  await show(at);
  const name = folderName(draft.path);
  at.tell(draft.id ? t("watched-saved", { name }) : t("watched-added", { name }));
}

async function change(at, command, { id }) {
  await call(command, { id });
  await show(at);
}

async function remove(at, { watch }) {
  if (!(await at.ask(removeWatchQuestion(watch)))) return;
  await call("remove_watch", { id: watch.id });
  await show(at);
  at.tell(t("watched-removed", { name: folderName(watch.path) }));
}
