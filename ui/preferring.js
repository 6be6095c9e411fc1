/** Fulfils what the settings page wishes, and lets the page look and speak as is set. */

import { call, listen } from "./bridge.js";
import { speakLanguage } from "./catalogue.js";
import { t } from "./words.js";

const OWN = new Set(["show_preferences", "set_preference", "set_start_at_login", "reset_preferences", "open_data_folder", "open_log_folder", "copy_report"]);
let spoken = null;

/** Looks and speaks as is set, before anything is drawn; as the system where nobody can be asked. */
export async function startPreferences() {
  try {
    await adopt(await call("preferences"));
  } catch {
    await speakLanguage();
  }
}

/** Hears of every change, whoever made it. */
export function listenToPreferences(page) {
  return listen("preferences", async (preferred) => {
    await adopt(preferred);
    page.draw(preferred);
  });
}

async function adopt(preferred) {
  const { theme, motion, language } = preferred?.values ?? {};
  const { dataset } = document.documentElement;
  setOrDelete(dataset, "theme", theme);
  setOrDelete(dataset, "motion", motion);
  const code = language && language !== "system" ? language : "";
  if (code === spoken) return;
  spoken = code;
  await speakLanguage(code);
}

function setOrDelete(dataset, name, value) {
  if (value && value !== "system") dataset[name] = value;
  else delete dataset[name];
}

export function isAboutPreferences({ action }) {
  return OWN.has(action);
}

/** Does what the page wishes; what is refused is told at its field, or above all of them. */
export async function fulfilAboutPreferences({ page, ask }, wish) {
  try {
    await carryOut(page, ask, wish);
  } catch (problem) {
    page.complain(problem.field ?? wish.key ?? null, problem.message);
  }
}

async function carryOut(page, ask, { action, key, value, names }) {
  switch (action) {
    case "show_preferences": return show(page);
    case "open_data_folder": return call("open_data_folder", { logs: false });
    case "open_log_folder": return call("open_data_folder", { logs: true });
    case "copy_report": return copyReport(page, names);
    case "set_start_at_login":
      page.drawLogin(await call("set_start_at_login", { on: value }));
      return page.saved(t("settings-saved"));
    case "set_preference":
      return take(page, await call("set_preferences", { patch: { [key]: value } }), t("settings-saved"));
    default:
      if (await ask({ title: t("settings-reset-title"), text: t("settings-reset-text"), names: [], deed: t("settings-reset"), keep: t("settings-keep") }))
        await take(page, await call("reset_preferences", { keys: [] }), t("settings-was-reset"));
  }
}

async function take(page, preferred, words) {
  await adopt(preferred);
  page.draw(preferred);
  page.saved(words);
}

async function show(page) {
  const [preferred, folders] = await Promise.all([call("preferences"), call("data_folder")]);
  page.draw(preferred);
  page.drawFolders(folders);
  page.drawLogin(await call("start_at_login").catch(() => null));
}

async function copyReport(page, names) {
  const text = await call("report", { names });
  const copied = await navigator.clipboard.writeText(text).then(() => true, () => copiedBySelection(text));
  page.saved(t(copied ? "settings-report-copied" : "settings-report-not-copied"));
}

/** Where the system's clipboard is not given to pages. */
function copiedBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
