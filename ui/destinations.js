/** Carries out what `<destinations-page>` and `<destination-form>` wish. What goes wrong is told where the wish came from. */

import { call } from "./bridge.js";
import { goTo } from "./pages.js";
import { leaveQuestion, nameOf, removeQuestion, savedWords } from "./places.js";
import { t } from "./words.js";

const DEEDS = {
  show_places: async () => goTo("destinations"),
  draw_places: draw,
  add_place: async ({ form }) => form.open(),
  edit_place: edit,
  copy_place: copy,
  use_place: use,
  remove_place: remove,
  save_place: save,
  test_place: tryOut,
  stop_test: () => call("stop_test"),
  pick_certificates: pickCertificates,
  leave_form: leave,
  close_form: async ({ form }) => form.close(),
};

/** Whether a wish is about destinations. */
export function isAboutDestinations({ action }) {
  return Object.hasOwn(DEEDS, action);
}

/** Fulfils a wish. `at` has the list, the form, `ask` for questions, and `retarget` for where new files go. */
export async function fulfilAboutDestinations(at, { action, place }) {
  try {
    await DEEDS[action](at, place);
  } catch (problem) {
    at.list.complain(problem);
  }
}

async function draw({ list }) {
  list.draw(await call("destinations"));
}

async function edit({ form }, { id }) {
  form.open(await call("destination", { id }));
}

async function copy({ form }, { id }) {
  form.open(await call("destination", { id }), { isCopy: true });
}

async function use({ list, retarget }, place) {
  retarget(await call("use_destination", { id: place.id }));
  list.draw(await call("destinations"));
  list.tell(t("place-used", { name: nameOf(place) }));
}

async function remove({ list, ask, retarget }, place) {
  if (!(await ask(removeQuestion(place)))) return;
  const refused = await call("remove_destination", { id: place.id }).then(retarget, (problem) => problem);
  list.draw(await call("destinations"));
  if (refused) throw refused;
  list.tell(t("place-removed", { name: nameOf(place) }));
}

async function save({ list, form, retarget }) {
  const { saved, isNew } = (await send(form)) ?? {};
  if (!saved) return;
  const places = await call("destinations");
  list.draw(places, { id: saved.id, action: isNew ? "use_place" : "edit_place" });
  list.tell(savedWords(nameOf(places.find(({ id }) => id === saved.id)), saved));
  retarget(await call("target"));
}

/** The draft, with its token, lives no longer than this call. Null where it was refused. */
async function send(form) {
  const draft = form.draft();
  if (!draft) return null;
  const round = form.wait(t("form-saving"), { isTest: false });
  try {
    const saved = await call("save_destination", { draft });
    form.close(round);
    return { saved, isNew: draft.id === null };
  } catch (problem) {
    form.refuse(problem, round);
    return null;
  }
}

async function tryOut({ form }) {
  const draft = form.draft();
  if (!draft) return;
  const round = form.wait(tryingWords(draft.address), { isTest: true });
  try {
    const checks = await call("test_destination", { draft });
    if (checks) form.showVerdict(checks, round);
    else form.rest(round);
  } catch (problem) {
    form.refuse(problem, round);
  }
}

function tryingWords(address) {
  const [, host] = /\/\/([^/?]+)/.exec(address) ?? [];
  return host ? t("form-testing", { host }) : t("form-testing-it");
}

async function pickCertificates({ form }) {
  const path = await call("pick_certificates");
  if (path) form.certificates = path;
}

async function leave({ form, ask }) {
  if (!form.isTouched || (await ask(leaveQuestion()))) form.close();
}
