/** Carries out what the page about receiving wishes. */

import { call } from "./bridge.js";
import { copyText } from "./copying.js";
import { receivingQuestion } from "./received.js";
import { t } from "./words.js";

const DEEDS = {
  show_receiving: async ({ page }) => page.show(await call("receiving")),
  look_at_receiving: async ({ page }) => page.look(await call("receiving")),
  set_receiving: set, pick_receive_folder: pickFolder, renew_receiving_token: renew, copy_needed: copy,
  pick_cert: async ({ page }) => page.fill("cert", await call("pick_pem", { key: false })),
  pick_key: async ({ page }) => page.fill("key", await call("pick_pem", { key: true })),
};

/** Whether a wish is about receiving. */
export function isAboutReceiving({ action }) {
  return Object.hasOwn(DEEDS, action);
}

/** Fulfils a wish; what goes wrong is told on the page, at its field where it is about one. */
export async function fulfilAboutReceiving(parts, wish) {
  try {
    await DEEDS[wish.action](parts, wish);
  } catch (problem) {
    parts.page.complain(problem);
  }
}

async function set({ page, ask, renewed }, { wanted, view }) {
  const question = receivingQuestion(wanted, view);
  if (question && !(await ask(question))) return page.show(view);
  page.show(await call("set_receiving", { wanted }));
  page.tell(t("receiving-applied"));
  await renewed();
}

async function pickFolder(parts, { view }) {
  const folder = await call("pick_receive_folder");
  if (folder) await set(parts, { wanted: { ...view.wanted, folder }, view });
}

async function renew({ page, ask }) {
  const question = { title: t("receiving-renew-title"), text: t("receiving-renew-text"), names: [], deed: t("receiving-renew-do"), keep: t("receiving-renew-keep") };
  if (!(await ask(question))) return;
  page.show(await call("renew_receiving_token"));
  page.tell(t("receiving-renewed"));
}

async function copy({ page }, { value }) {
  page.tell(t((await copyText(value, page)) ? "receiving-copied" : "receiving-not-copied"));
}
