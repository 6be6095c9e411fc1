/** Wires the bridge, the state and the elements: data goes down, wishes come up. */

import { announcement } from "./announce.js";
import { isAsked, watchKeys } from "./asked.js";
import { call, listen, listenToDrags } from "./bridge.js";
import { addedWords, closedWords } from "./describe.js";
import { fulfilAboutDetails, isAboutDetails, measure } from "./details.js";
import { fulfilAboutDestinations, isAboutDestinations } from "./destinations.js";
import { fulfilAboutFiles, isAboutFiles } from "./files.js";
import { followHistory, fulfilAboutHistory, isAboutHistory } from "./history.js";
import { questionFor } from "./offers.js";
import { isAboutOrder, reorder } from "./order.js";
import { current, goTo, loadPages, startPages } from "./pages.js";
import { fulfilAboutPreferences, isAboutPreferences, listenToPreferences, startPreferences } from "./preferring.js";
import { fulfilAboutReceiving, isAboutReceiving } from "./receiving.js";
import { askAbout, fulfilAboutSending, isAboutSending } from "./send.js";
import { Uploads } from "./uploads.js";
import { fulfilAboutWatches, isAboutWatches } from "./watching.js";
import { t } from "./words.js";
import "./elements/ask-dialog.js";
import "./elements/destination-form.js";
import "./elements/destinations-page.js";
import "./elements/finished-files.js";
import "./elements/help-page.js";
import "./elements/history-page.js";
import "./elements/past-detail.js";
import "./elements/problem-list.js";
import "./elements/receiver-bar.js";
import "./elements/receiving-page.js";
import "./elements/send-dialog.js";
import "./elements/settings-page.js";
import "./elements/upload-details.js";
import "./elements/uploads-page.js";
import "./elements/watched-page.js";

const at = (id) => document.getElementById(id);
await Promise.all([loadPages(), startPreferences()]);
const page = at("uploads-page");
const details = at("details");
const SECOND = 1000;
const SECONDS_PER_MINUTE = 60;

let uploads = new Uploads();
let eventsBeforeSnapshot = [];
let isDrawingAsked = false;
let closed = "";
let snapshot = null;
const underWay = new Set();

const ON_UPLOADS = new Set(["pause", "resume", "start_over", "discard", "mark_done", "finish_again", "send_anyway"]);
const TAKING_IN = new Set(["add_paths", "pick_files", "pick_folder"]);

await start();

async function start() {
  watchKeys();
  document.addEventListener("wish", ({ detail }) => fulfil(detail));
  startPages();
  document.addEventListener("keydown", onKey);
  document.addEventListener("contextmenu", onContextMenu);
  await listen("uploads", hear);
  await followHistory(aboutHistory());
  await listen("problems", complain);
  await listen("watches", () => current() === "watched" && fulfil({ action: "show_watches" }));
  await listen("show-resumable", showResumable);
  await listen("show-uploads", showUploads);
  await listen("send-asked", (request) => (closed ? complain([{ message: closed }]) : askAbout(at("send"), request)));
  await listenToPreferences(at("settings"));
  await listenToDrags({ enter: onEnter, leave: () => (at("drop-zone").dragging = false), drop: onDrop });
  await drawSnapshot();
  // A hidden window draws no frames: the first state is drawn at once, and only then is the window shown.
  await attempt(() => call("page_ready"));
  startClock();
}

async function drawSnapshot() {
  snapshot = await readSnapshot();
  uploads = new Uploads(snapshot?.uploads);
  page.show(uploads);
  const missed = eventsBeforeSnapshot;
  eventsBeforeSnapshot = null;
  if (snapshot) at("receiver").update(snapshot);
  if (snapshot?.notice) complain([{ message: snapshot.notice }]);
  fold(missed);
  draw();
  const count = [...uploads.values()].filter(({ list }) => list === "resumable").length;
  if (count > 0) tell(t("can-be-resumed", { count }));
}

/** The app's own picture; without one no file can be taken, and the way in is closed. */
async function readSnapshot() {
  try {
    return await call("snapshot");
  } catch (problem) {
    closed = closedWords(problem);
    complain([problem]);
    return null;
  }
}

/** Events that come before the snapshot wait for it, so that nothing falls between the two. */
function hear(events) {
  if (eventsBeforeSnapshot) eventsBeforeSnapshot.push(...events);
  else fold(events);
}

function fold(events) {
  const news = uploads.apply(events);
  page.follow(news);
  tell(announcement([...news.changed]));
  askForDrawing();
}

function askForDrawing() {
  if (isDrawingAsked) return;
  isDrawingAsked = true;
  requestAnimationFrame(draw);
}

function draw() {
  isDrawingAsked = false;
  const now = Date.now();
  page.update(now, { closed, target: snapshot?.destination });
  at("send-to").hidden = closed !== "" || !snapshot?.destination?.others;
  const upload = uploads.get(details.about);
  if (upload) details.update(upload, now);
  else details.close();
}

function startClock() {
  let seconds = 0;
  setInterval(() => {
    seconds += 1;
    page.tick(Date.now(), seconds % SECONDS_PER_MINUTE === 0);
    if (!document.hidden) measure(details);
  }, SECOND);
}

/** A wish that is still being fulfilled is not begun again: a double click opens one picker. */
async function fulfil(wish) {
  const key = JSON.stringify(wish);
  if (underWay.has(key)) return;
  underWay.add(key);
  await carryOut(wish).finally(() => underWay.delete(key));
}

/** Does what the user asked for, after a question where something would be lost. */
async function carryOut(wish) {
  const { action, ids, paths } = wish;
  if (action === "focus_page") return focusPage();
  if (action === "draw") return retarget(snapshot?.destination);
  if (isAboutDetails(action)) return fulfilAboutDetails(details, uploads, wish);
  if (isAboutOrder(action)) return tell((await attempt(() => reorder(wish, uploads)))?.words);
  if (action === "locate") return locate(ids[0]);
  if (action === "paste_files") return pasteFiles();
  if (isAboutHistory(wish)) return fulfilAboutHistory(aboutHistory(), wish);
  if (isAboutReceiving(wish)) return fulfilAboutReceiving(aboutReceiving(), wish);
  if (isAboutFiles(wish)) return fulfilAboutFiles({ dialog: at("files"), ask, complain }, wish);
  if (isAboutPreferences(wish)) return fulfilAboutPreferences({ page: at("settings"), ask }, wish);
  if (isAboutSending(wish)) return fulfilAboutSending({ dialog: at("send"), tell, complain }, wish);
  if (isAboutDestinations(wish)) return fulfilAboutDestinations(aboutDestinations(), wish);
  if (isAboutWatches(wish)) return fulfilAboutWatches(aboutWatches(), wish);
  if (ON_UPLOADS.has(action)) return change(action, ids);
  if (TAKING_IN.has(action)) return takeIn(action, paths);
  await attempt(() => call(action));
}

/** Files go where the page says that they go; where that is gone meanwhile, it is said anew. */
async function takeIn(action, paths) {
  if (closed) return complain([{ message: closed }]);
  const to = snapshot?.destination;
  const answer = await attempt(() => call(action, paths ? { paths, to } : { to }));
  if (answer) return tell(addedWords(answer));
  const target = await call("target").catch(() => to);
  retarget(target);
}

/** New files go there from now on. */
function retarget(destination) {
  snapshot = { ...snapshot, destination };
  at("receiver").update(snapshot);
  askForDrawing();
}

/** Where files go is said at the foot of the window too. */
function aboutReceiving() {
  const renewed = async () => {
    const now = await call("snapshot").catch(() => null);
    if (now) snapshot = { ...snapshot, receiver: now.receiver, destination: now.destination };
    retarget(snapshot?.destination);
  };
  return { page: at("receiving-page"), ask: (question) => at("ask").ask(question), renewed };
}

function aboutHistory() {
  return { page: at("history"), detail: at("past"), ask: (question) => at("ask").ask(question) };
}

function aboutDestinations() {
  return { list: at("places"), form: at("place-form"), ask, choose: (question) => at("ask").choose(question), retarget };
}

function aboutWatches() {
  return { page: at("watched"), ask: (question) => at("ask").ask(question), tell };
}

/** Where the focus goes when what had it is gone. */
async function focusPage() {
  await null; // until all lists are drawn
  page.focusFirst(closed !== "");
}

function ask(question) {
  return at("ask").ask(question);
}

function showResumable() {
  goTo("uploads");
  page.focusResumable();
}

function showUploads() {
  goTo("uploads");
  return focusPage();
}

/** The user shows where the file of an upload is now; a refusal is told by the upload's name. */
async function locate(id) {
  const { name } = uploads.get(id) ?? {};
  const named = (problem) => Promise.reject({ name, ...problem });
  if (await attempt(() => call("locate", { id }).catch(named))) tell(t("was-found", { name }));
}

async function change(action, ids) {
  const chosen = ids.map((id) => uploads.get(id)).filter(Boolean);
  const question = questionFor(action, chosen);
  if (chosen.length === 0 || (question && !(await at("ask").ask(question)))) return;
  const answer = await attempt(() => call(action, { ids }));
  if (!answer || action !== "start_over") return;
  const refused = new Set(answer.problems?.map(({ id }) => id));
  fold(ids.filter((id) => !refused.has(id)).map((id) => ({ type: "started_over", id })));
}

/** Runs a command; what goes wrong stands in the problem list, by the upload's name where there is one. */
async function attempt(command) {
  try {
    const answer = await command();
    complain((answer?.problems ?? []).map((problem) => ({ name: uploads.get(problem.id)?.name, ...problem })));
    return answer;
  } catch (problem) {
    complain([problem]);
    return null;
  }
}

function complain(list) {
  at("problems").add(list);
  tell(list.length > 1 ? t("problem-count", { count: list.length }) : (list[0]?.message ?? ""));
}

function tell(words) {
  if (words) at("status").textContent = words;
}

function onEnter(paths) {
  goTo("uploads");
  at("drop-zone").dragging = paths.length > 0 && !closed;
}

function onDrop(paths) {
  at("drop-zone").dragging = false;
  const send = at("send");
  if (paths.length > 0 && send.isOpen) send.add(paths);
  else if (paths.length > 0 && isAsked() && !closed) send.open({ paths });
  else if (paths.length > 0) fulfil({ action: "add_paths", paths });
  else complain([{ message: t("not-a-file") }]);
}

function onKey(event) {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  if (key === "o") {
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) fulfil({ action: event.shiftKey ? "pick_folder" : "pick_files" });
  }
  // Text goes where one types; files go where files go.
  const isTyping = document.querySelector("dialog[open]") || event.target.closest("input, textarea, select");
  if (key === "v" && !event.shiftKey && !isTyping) fulfil({ action: "paste_files" });
}

/** Files that were copied in a file manager are taken in as dropped ones are. */
async function pasteFiles() {
  const paths = await attempt(() => call("copied_files"));
  if (paths?.length > 0) await takeIn("add_paths", paths);
}

/** A browser's menu (Back, Reload) has no place here; the one for copying what is selected has, and for pasting. */
function onContextMenu(event) {
  if (getSelection().isCollapsed && !event.target.closest("input")) event.preventDefault();
}
