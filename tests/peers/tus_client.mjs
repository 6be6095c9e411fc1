/**
 * tus-js-client sends a file: `node tus_client.mjs ENDPOINT FILE OPTIONS`. OPTIONS is JSON that the client gets as it is, but
 * for `store`: a file for the addresses of unfinished uploads, by which a later run finds them; and for `memory`, which has it send
 * the bytes and not the file; and `once`, which ends the program with the upload. Of a file in chunks it does not notice which chunk is the last one: it would send chunks for ever
 * where the length comes later, and never say `Upload-Complete: ?1` in the draft.
 *
 * One line of JSON on standard output for each of these: `{"found": [address, …]}`, `{"sent": bytes}`, and at the end
 * `{"done": address}` or `{"failed": words}`. The end of standard input ends the program.
 */

import { createReadStream, existsSync, readFileSync, writeFileSync } from "node:fs";
import * as tus from "tus-js-client";

const [, , endpoint, path, json] = process.argv;
const { store, memory, once, ...options } = JSON.parse(json);
const say = (line) => console.log(JSON.stringify(line));

const kept = {};
if (store) {
  if (!existsSync(store)) writeFileSync(store, "{}");
  kept.urlStorage = new tus.FileUrlStorage(store);
  kept.fingerprint = async () => `${endpoint} ${path}`;
}

const upload = new tus.Upload(memory ? readFileSync(path) : createReadStream(path), {
  endpoint,
  retryDelays: null,
  ...options,
  ...kept,
  onProgress: (sent) => say({ sent }),
  onSuccess: () => {
    say({ done: upload.url });
    if (once) process.exit();
  },
  onError: (error) => say({ failed: `${error}` }),
});

if (store) {
  const [before] = await upload.findPreviousUploads();
  if (before) {
    say({ found: before.parallelUploadUrls ?? [before.uploadUrl] });
    upload.resumeFromPreviousUpload(before);
  }
}
upload.start();
process.stdin.resume().on("end", () => process.exit());
