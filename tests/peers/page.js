/** In the page: one uploader of the original script, which tells all that befalls it. `tell` leads out of the browser. */

const say = (event, rest) => tell(JSON.stringify({ event, ...rest }));

function start(options) {
  const input = document.querySelector("input");
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
