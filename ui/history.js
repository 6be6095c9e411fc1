/** Carries out what the history's page and its entries wish: finding, showing, verifying, saving, removing. */

import { call, listen } from "./bridge.js";
import { copyText } from "./copying.js";
import { keepQuestion, removeQuestion, verdictWords } from "./past.js";
import { t } from "./words.js";

const DEEDS = {
  show_history: show, find_history: find, show_past: showPast, keep_history: keep, forget_found: forgetFound,
  save_history_table: saveTable, save_found_receipts: saveFound, save_receipt: saveReceipt, forget_past: forgetPast,
  open_past: ({ detail }, { entry }) => call("open_past", { seq: entry.seq }),
  reveal_source: (_, { entry }) => call("reveal_past", { seq: entry.seq, which: "source" }),
  reveal_arrived: (_, { entry }) => call("reveal_past", { seq: entry.seq, which: "arrived" }),
  verify_source: (parts, { entry }) => verify(parts, entry, "source"),
  verify_arrived: (parts, { entry }) => verify(parts, entry, "arrived"),
  stop_verifying: () => call("stop_verifying"),
  copy_link: copyLink,
};
const DAY = 24 * 60 * 60 * 1000;
const SOON = 400;

/** Whether a wish is about the history. */
export function isAboutHistory({ action }) {
  return Object.hasOwn(DEEDS, action);
}

/** Fulfils a wish; what goes wrong is told in the dialog where one is open, else on the page. */
export async function fulfilAboutHistory(parts, wish) {
  const { page, detail } = parts;
  try {
    await DEEDS[wish.action](parts, wish);
  } catch (problem) {
    (detail.isOpen ? detail : page).complain(problem.message);
  }
}

/** Keeps page and dialog up to date with what the app says. */
export async function followHistory({ page, detail }) {
  let soon = 0;
  await listen("uploads", (changes) => {
    const isNews = changes.some(({ type, upload }) => type === "removed" || upload?.state.kind === "done");
    if (!isNews || !page.isShown) return;
    clearTimeout(soon);
    soon = setTimeout(() => page.askAgain(), SOON);
  });
  await listen("history-comparing", (progress) => detail.compare(progress));
}

async function show({ page }) {
  page.showAbout(await call("about_history"));
  page.askAgain();
}

async function find({ page }, { search, after, turn }) {
  page.showFound(await call("history", { search, after }), { search, after, turn });
}

async function showPast({ detail }, { entry }) {
  detail.open(await call("past", { seq: entry.seq }));
}

async function verify({ detail }, entry, which) {
  detail.begin();
  try {
    const found = await call("verify_past", { seq: entry.seq, which });
    detail.end(entry, verdictWords(found, entry), found && (found.equal ? "good" : "bad"));
  } catch (problem) {
    detail.end(entry, "", null);
    throw problem;
  }
}

async function copyLink({ detail }, { entry }) {
  const copied = await copyText(entry.link, detail);
  detail.tell(t(copied ? "history-copied" : "history-not-copied"));
}

async function saveTable({ page }, { search }) {
  const count = await call("save_history_table", { search });
  if (count !== null) page.tell(t("history-saved-table", { count }));
}

async function saveFound({ page }, { search }) {
  const count = await call("save_receipts", { search, seq: null });
  if (count !== null) page.tell(t("history-saved-receipts", { count }));
}

async function saveReceipt({ detail }, { entry }) {
  const count = await call("save_receipts", { search: {}, seq: entry.seq });
  if (count !== null) detail.tell(t("history-saved-receipts", { count }));
}

async function forgetPast({ page, detail, ask }, { entry }) {
  if (!(await ask(removeQuestion(1, entry)))) return;
  const count = await call("forget_past", { seqs: [entry.seq] });
  detail.close();
  await renew(page, count);
}

async function forgetFound({ page, ask }, { search, found }) {
  if (!(await ask(removeQuestion(found)))) return;
  await renew(page, await call("forget_found", { search }));
}

async function renew(page, removed) {
  page.showAbout(await call("about_history"));
  page.askAgain({ keepsFocus: false });
  page.tell(t("history-removed", { count: removed }));
}

/** What would go at once is told first. */
async function keep({ page, ask }, { days, before }) {
  const old = days && (await call("history", { search: { until: Date.now() - days * DAY }, after: null })).found;
  if (old > 0 && !(await ask(keepQuestion(old)))) return page.showKept(before);
  try {
    await call("keep_history", { days });
  } catch (problem) {
    page.showKept(before);
    throw problem;
  }
  await show({ page });
  page.tell(t("history-kept"));
}
