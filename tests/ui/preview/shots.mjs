/** Pictures of every scene, to be looked at: `node tests/ui/preview/shots.mjs FOLDER [NAME…]`. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { serve } from "./serve.mjs";

const DARK = { "prefers-color-scheme": "dark" };
const LARGE = "document.documentElement.style.setProperty('font-size', '200%')";
const DRAG = "fake.emit('tauri://drag-enter', { paths: ['/a'] })";
const ASK = "document.getElementById('discard-all').click()";
const MOVE = "fake.patch(document.querySelector('#queue upload-row').dataset.id, { confirmed: 33.2e9 })";
const FILES = "document.getElementById('show-files').click(); new Promise((done) => setTimeout(done, 100))";
const FILES_FAIL = `fake.answers.finished_files = { code: "offline", message: "Lab store cannot be reached (connection refused). Try again when the network is back." }; ${FILES}`;
const ASK_FILE = `${FILES}.then(() => document.querySelector("#files li button").click())`;
const PLACES = "document.getElementById('show-places').click(); new Promise((done) => setTimeout(done, 100))";
const ADD = `${PLACES}.then(() => document.querySelector("#places [data-action=add_place]").click())`;
const EDIT = `${PLACES}.then(() => document.querySelectorAll("#places li")[1].querySelector("[data-action=edit_place]").click()).then(() => new Promise((done) => setTimeout(done, 100)))`;
const EDIT_PLAIN = EDIT.replace("[1]", "[2]");
const TYPE_ADDRESS = (address) => `const field = document.getElementById("place-address"); field.value = "${address}"; field.dispatchEvent(new Event("input", { bubbles: true })); field.dispatchEvent(new Event("change", { bubbles: true }))`;
const TEST = `${EDIT}.then(() => document.querySelector("#place-form .test").click())`;
const MORE = `${EDIT}.then(() => document.querySelectorAll("#place-form details").forEach((each) => (each.open = true)))`;
const GROUP = (name) => `${EDIT}.then(() => { const group = document.querySelector("#place-form [data-group=${name}]"); group.open = true; group.scrollIntoView(); })`;
const TROUBLED = `${ADD}.then(() => { ${TYPE_ADDRESS("http://nas.example.org/upload")}; document.querySelector("#place-form [name=chunk_size]").value = "lots"; document.querySelector("#place-form [type=submit]").click(); })`;
const SEND = `document.getElementById("send").open({ paths: ["/a/take 1.mov", "/a/take 2.mov"], to: 3 }); new Promise((done) => setTimeout(done, 150))`;
const SEND_ALL = `${SEND}.then(() => (document.querySelector("#send details").open = true))`;
const SEND_LINK = `document.getElementById("send").open({ paths: Array.from({ length: 9 }, (_, index) => "/shoot/take " + index + ".mov"), to: "Attic", why: "The page support.example.org asks for these files." }); new Promise((done) => setTimeout(done, 150))`;
const IMPORT = `${PLACES}.then(() => document.querySelector("#places [data-action=import_places]").click())`;
const REMOVE = `${PLACES}.then(() => document.querySelectorAll("#places li")[1].querySelector("[data-action=remove_place]").click())`;
const PROBLEM = "fake.emit('tauri://drag-drop', { paths: ['/home/ada/caf\\uFFFD.mov', '/home/ada/ok.mov'] })";
const HISTORY = "location.hash = '#history'; new Promise((done) => setTimeout(done, 150))";
const PAST = `${HISTORY}.then(() => document.querySelector("#history li button").click()).then(() => new Promise((done) => setTimeout(done, 100)))`;
const VERIFIED = `${PAST}.then(() => document.querySelector("#past [data-action=verify_source]").click())`;
const CHANGED = `fake.compared = { equal: false, same_size: true, size: 41.4e9, differing: [[8000000, 15999999]], ranges: 1 }; ${VERIFIED}`;
const COMPARING = `fake.stalls = true; ${VERIFIED}`;
const NOTHING_FOUND = `${HISTORY}.then(() => { const field = document.getElementById("history-search"); field.value = "nothing at all"; field.dispatchEvent(new Event("input", { bubbles: true })); }).then(() => new Promise((done) => setTimeout(done, 400)))`;
const RECEIVING = "location.hash = '#receiving'; new Promise((done) => setTimeout(done, 150))";
const FORGET = `${HISTORY}.then(() => document.querySelector("#history .remove-found").click())`;

const DETAILS = "document.querySelector('#queue upload-row').focus(); document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })); new Promise((done) => setTimeout(done, 300))";
const SELECT = "document.querySelectorAll('#queue upload-row').forEach((row, index) => index < 3 && row.dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true })))";
const SETTINGS = "location.hash = '#settings'; new Promise((done) => setTimeout(done, 300))";
const TIMES = `${SETTINGS}.then(() => fake.emit("preferences", { values: { ...fake.set, speed_limit: "2000000,off@22:00-06:00" }, defaults: {}, unreadable: [] }))`;
const GERMAN = "await import('/catalogue.js').then(({ speakLanguage }) => speakLanguage('de'))";
const HELP = "location.hash = '#help'; new Promise((done) => setTimeout(done, 500))";
const MIRRORED = "import('/catalogue.js').then(({ speakLanguage }) => speakLanguage('ar-XB'))";

// name, scene, width, height, and what is done first
const SHOTS = [
  ["settings", "all", 960, 1900, { run: SETTINGS }], ["settings-dark", "all", 960, 1900, { run: TIMES, media: DARK }], ["settings-narrow-large-text", "all", 360, 1900, { run: `${LARGE}; ${TIMES}` }],
  ["empty", "empty", 960, 680], ["empty-dark", "empty", 960, 680, { media: DARK }], ["empty-narrow", "empty", 360, 640],
  ["empty-large-text", "empty", 960, 680, { run: LARGE }], ["dragging", "all", 960, 680, { run: DRAG }], ["dragging-dark", "all", 960, 680, { run: DRAG, media: DARK }],
  ["interrupted", "interrupted", 960, 680], ["resumable", "resumable", 960, 1000], ["resumable-dark", "resumable", 960, 1000, { media: DARK }],
  ["resumable-narrow", "resumable", 360, 900], ["resumable-large-text", "resumable", 960, 1000, { run: LARGE }], ["queue", "queue", 960, 900, { run: MOVE }], ["queue-dark", "queue", 960, 900, { media: DARK }],
  ["queue-narrow", "queue", 360, 900], ["all", "all", 960, 900, { run: MOVE }], ["all-dark", "all", 960, 900, { media: DARK }], ["all-forced", "all", 960, 900, { media: { "forced-colors": "active" } }],
  ["all-4k", "all", 3840, 2160], ["all-narrow-large-text", "all", 360, 900, { run: LARGE }], ["done", "done", 960, 680], ["many", "many", 960, 680],
  ["ask", "resumable", 960, 680, { run: ASK }], ["ask-narrow-dark", "resumable", 360, 640, { run: ASK, media: DARK }], ["problem", "interrupted", 960, 680, { run: PROBLEM }],
  ["notice", "notice", 960, 680], ["no-records", "no-records", 960, 680], ["owned-dark", "owned", 960, 680, { media: DARK }],
  ["files", "files", 960, 680, { run: FILES }], ["files-dark", "files", 960, 680, { run: FILES, media: DARK }], ["files-narrow", "files", 360, 640, { run: FILES }],
  ["files-large-text", "files", 960, 680, { run: `${LARGE}; ${FILES}` }], ["files-none", "no-files", 960, 680, { run: FILES }], ["files-fail", "files", 960, 680, { run: FILES_FAIL }],
  ["files-ask", "files", 960, 680, { run: ASK_FILE }], ["files-forced", "files", 960, 680, { run: FILES, media: { "forced-colors": "active" } }],
  ["places", "places", 960, 680, { run: PLACES }], ["places-dark", "places", 960, 680, { run: PLACES, media: DARK }], ["places-narrow", "places", 320, 640, { run: PLACES }],
  ["places-large-text", "places", 960, 680, { run: `${LARGE}; ${PLACES}` }], ["places-none", "no-places", 960, 680, { run: PLACES }], ["places-forced", "places", 960, 680, { run: PLACES, media: { "forced-colors": "active" } }],
  ["elsewhere", "elsewhere", 960, 680], ["elsewhere-empty", "elsewhere-empty", 960, 680], ["elsewhere-narrow", "elsewhere-empty", 320, 640], ["elsewhere-dragging", "elsewhere", 960, 680, { run: DRAG }],
  ["place-add", "places", 960, 760, { run: ADD }], ["place-edit-dark", "places", 960, 760, { run: EDIT, media: DARK }], ["place-plain", "places", 960, 760, { run: EDIT_PLAIN }], ["place-more", "places", 960, 1100, { run: MORE }],
  ["place-protocol", "places-full", 960, 1000, { run: GROUP("protocol") }], ["place-protocol-dark", "places-full", 960, 1000, { run: GROUP("protocol"), media: DARK }], ["place-protocol-narrow", "places-full", 320, 1000, { run: GROUP("protocol") }],
  ["place-german", "places-full", 960, 1400, { run: `${GERMAN}; ${MORE}` }], ["place-german-narrow", "places-full", 320, 1000, { run: `${GERMAN}; ${GROUP("trouble")}` }], ["place-protocol-large-text", "places-full", 960, 1000, { run: `${LARGE}; ${GROUP("protocol")}` }],
  ["place-protocol-forced", "places-full", 960, 1000, { run: GROUP("protocol"), media: { "forced-colors": "active" } }], ["place-tested-german", "places-wrong", 960, 760, { run: `${GERMAN}; ${TEST}` }], ["place-copy", "places", 960, 760, { run: EDIT.replace("edit_place", "copy_place") }],
  ["place-narrow", "places", 320, 640, { run: EDIT }], ["place-more-narrow", "places", 320, 1500, { run: MORE }], ["place-large-text", "places", 960, 900, { run: `${LARGE}; ${MORE}` }], ["place-troubled", "places", 960, 900, { run: TROUBLED }],
  ["place-tested", "places", 960, 760, { run: TEST }], ["place-tested-wrong-dark", "places-wrong", 960, 760, { run: TEST, media: DARK }], ["place-forced", "places", 960, 760, { run: TEST, media: { "forced-colors": "active" } }],
  ["places-german", "places", 960, 680, { run: `${GERMAN}; ${PLACES}` }], ["places-german-narrow", "places", 320, 640, { run: `${GERMAN}; ${PLACES}` }],
  ["places-import", "places-import", 960, 680, { run: IMPORT }], ["places-import-narrow-german", "places-import", 320, 640, { run: `${GERMAN}; ${IMPORT}` }], ["places-import-dark", "places-import", 960, 680, { run: IMPORT, media: DARK }],
  ["places-remove", "places", 960, 680, { run: REMOVE }], ["places-remove-narrow-german", "places", 320, 640, { run: `${GERMAN}; ${REMOVE}` }],
  ["send", "places", 960, 680, { run: SEND }], ["send-options-dark", "places", 960, 680, { run: SEND_ALL, media: DARK }], ["send-link", "places", 960, 760, { run: SEND_LINK }],
  ["send-narrow", "places", 320, 640, { run: SEND_ALL }], ["send-german", "places", 960, 680, { run: `${GERMAN}; ${SEND_ALL}` }], ["send-large-text", "places", 960, 900, { run: `${LARGE}; ${SEND_ALL}` }], ["send-forced", "places", 960, 680, { run: SEND_ALL, media: { "forced-colors": "active" } }],
  ["details", "queue", 1280, 900, { run: DETAILS }], ["details-dark", "queue", 1280, 900, { run: DETAILS, media: DARK }], ["details-narrow", "queue", 360, 900, { run: DETAILS }],
  ["folders", "folders", 960, 680], ["selected", "queue", 960, 680, { run: SELECT }], ["german", "all", 960, 900, { run: GERMAN }], ["mirrored", "all", 960, 900, { run: MIRRORED }], ["mirrored-details", "queue", 1280, 900, { run: `${MIRRORED}.then(() => { ${DETAILS} })` }],
  ["help", "empty", 960, 1400, { run: HELP }], ["help-dark-narrow", "empty", 360, 1400, { run: HELP, media: DARK }],
  ["expiring", "expiring", 960, 680], ["expiring-dark", "expiring", 960, 680, { media: DARK }], ["expiring-narrow", "expiring", 360, 900],
  ["receiving", "receiving", 960, 1000, { run: RECEIVING }], ["receiving-network", "receiving-network", 960, 1300, { run: RECEIVING }], ["receiving-dark", "receiving-network", 960, 1300, { run: RECEIVING, media: DARK }],
  ["receiving-narrow", "receiving-network", 320, 1800, { run: RECEIVING }], ["receiving-large-text", "receiving", 960, 1400, { run: `${LARGE}; ${RECEIVING}` }], ["receiving-german", "receiving-network", 960, 1300, { language: "de", run: RECEIVING }],
  ["receiving-off", "receiving-off", 960, 900, { run: RECEIVING }],
  ["history", "history", 960, 760, { run: HISTORY }], ["history-dark", "history", 960, 760, { run: HISTORY, media: DARK }], ["history-narrow", "history", 320, 900, { run: HISTORY }],
  ["history-large-text", "history", 960, 900, { run: `${LARGE}; ${HISTORY}` }], ["history-german", "history", 960, 760, { language: "de", run: HISTORY }], ["history-narrow-german", "history", 320, 900, { language: "de", run: HISTORY }],
  ["history-none", "no-history", 960, 680, { run: HISTORY }], ["history-nothing-found", "history", 960, 680, { run: NOTHING_FOUND }], ["history-forced", "history", 960, 760, { run: HISTORY, media: { "forced-colors": "active" } }],
  ["past", "history", 960, 860, { run: PAST }], ["past-dark", "history", 960, 860, { run: VERIFIED, media: DARK }], ["past-narrow", "history", 320, 760, { run: PAST }], ["past-changed", "history", 960, 860, { run: CHANGED }],
  ["past-comparing", "history", 960, 860, { run: COMPARING }], ["past-german", "history", 960, 860, { language: "de", run: VERIFIED }], ["past-large-text", "history", 960, 860, { run: `${LARGE}; ${PAST}` }], ["history-forget", "history", 960, 760, { run: FORGET }],
];

const [folder, ...names] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const { server, address } = await serve();
const browser = await launch();
for (const [name, scene, width, height, { media = {}, language, run } = {}] of SHOTS) {
  if (names.length > 0 && !names.includes(name)) continue;
  await browser.size(width, height);
  await browser.media(media);
  await browser.open(`${address}/?scene=${scene}`);
  if (language) await browser.evaluate(`import("./catalogue.js").then(({ speakLanguage }) => speakLanguage("${language}"))`);
  if (run) await browser.evaluate(`(async () => { ${run}; await new Promise((done) => setTimeout(done, 600)); })()`);
  writeFileSync(join(folder, `${name}.png`), await browser.picture());
}
await browser.close();
server.close();
