/**
 * In the page: one uploader of the original script, which tells all that befalls it; or with `options.tus` an upload of
 * tus-js-client for each file. `tell` leads out of the browser.
 */

const say = (event, rest) => tell(JSON.stringify({ event, ...rest }));

function start(options) {
  const input = document.querySelector("input");
  if (options.tus) {
    input.addEventListener("change", () => [...input.files].forEach((file) => sendByTus(file, options.tus)));
    return;
  }
  window.uploader = new qq.FineUploaderBasic({
    ...options,
    callbacks: {
      onResume: (id, name, { part }) => { say("resume", { id, index: part }); },
      onUploadChunkSuccess: (id, { partIndex }) => { say("chunk", { id, index: partIndex }); },
      onAutoRetry: (id, name, attempt) => { say("retry", { id, attempt }); },
      onError: (id, name, reason) => { say("error", { id, reason }); },
      onStatusChange: (id, before, after) => { say("status", { id, status: after }); },
      onComplete: (id, name, response) => { say("complete", { id, name, uuid: uploader.getUuid(id), response }); },
      onSessionRequestComplete: (response, success) => {
        say("session", { success, uploads: uploader.getUploads().map(({ id, name, uuid, size, status }) => ({ id, name, uuid, size, status })) });
      },
      onDeleteComplete: (id, xhr, failed) => { say("deleted", { id, failed, status: xhr.status }); },
    },
  });
  input.addEventListener("change", () => uploader.addFiles(input));
}

/** Sends one file, and goes on where the page was before when it was closed. */
async function sendByTus(file, options) {
  const end = (response) => say("complete", { name: file.name, response });
  const upload = new tus.Upload(file, {
    retryDelays: null,
    ...options,
    metadata: { filename: file.name },
    onChunkComplete: (length, sent) => { say("chunk", { index: sent }); },
    onSuccess: ({ lastResponse }) => end({ success: true, ...told(lastResponse) }),
    onError: (error) => end({ success: false, error: `${error}` }),
  });
  const [before] = await upload.findPreviousUploads();
  if (before) {
    say("resume", {});
    upload.resumeFromPreviousUpload(before);
  }
  upload.start();
}

/** What the last answer says of the finished file, as far as the page may read it. */
function told(response) {
  const [, digest] = response.getHeader("Repr-Digest").match(/blake3=:(.*):/);
  const bytes = [...atob(digest)].map((character) => character.charCodeAt(0));
  const blake3 = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { location: decodeURIComponent(response.getHeader("Content-Location")), blake3 };
}
