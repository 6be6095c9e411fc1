//! `tus-js-client` 4.3.1 from npm against `carryon receive`: alone, in parallel, killed and resumed, and in its mode for the
//! IETF draft; in Node, and in Chromium on a page of another origin.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    files::{digest, files_below, random_file},
    log,
    programs::ReceiverProcess,
    script::Script,
    set_up,
};

use crate::scene::Scene as BrowserScene;

const SIZE: u64 = 20_000_003;
const CHUNK: u64 = 1 << 20;

struct Scene {
    receiver: ReceiverProcess,
    source: PathBuf,
    folder: TempDir,
}

impl Scene {
    fn set(size: u64) -> Option<Self> {
        if !set_up::wanted() {
            return None;
        }
        let folder = tempfile::tempdir().expect("temp folder");
        let receiver = ReceiverProcess::start(folder.path());
        let source = folder.path().join("source.bin");
        random_file(&source, size, size);
        Some(Self { receiver, source, folder })
    }

    /// Starts the client on our file.
    fn send(&self, collection: &str, options: &Value) -> Script {
        let mut command = set_up::node("tus_client.mjs");
        command.arg(format!("{}{collection}", self.receiver.address)).arg(&self.source).arg(options.to_string());
        Script::start(command)
    }

    fn send_to_the_end(&self, collection: &str, options: &Value) {
        let client = self.send(collection, options);
        let end = until(&client, |line| line.get("done").is_some());
        assert!(end["done"].is_string(), "{end}");
    }

    /// The receiver holds the source alone, whole and under that name.
    fn must_hold(&self, name: &str) {
        assert_eq!(files_below(&self.receiver.dir), [name], "one file, and nothing beside it");
        assert_eq!(digest(&self.receiver.dir.join(name)), digest(&self.source), "it must equal the source");
        assert_eq!(files_below(&self.receiver.dir.join(".carryon/parts")), [""; 0], "no part is left");
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("addresses.json")
    }

    fn received(&self) -> u64 {
        log::received(&log::lines(&self.receiver.log))
    }
}

/// The line that says `what`, within a minute.
fn until(client: &Script, what: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        let Some(line) = client.next(Duration::from_secs(30)) else { continue };
        assert!(line.get("failed").is_none(), "the client gave up: {line}");
        if what(&line) {
            return line;
        }
    }
    panic!("the client did not come so far within a minute");
}

fn options(store: Option<&Path>) -> Value {
    let mut options = json!({ "metadata": { "filename": "it's \u{fc}.bin", "filetype": "application/x-test" } });
    if let Some(store) = store {
        options["store"] = json!(store);
    }
    options
}

/// Kills the client with SIGKILL when it has sent about so much, then lets another one carry on.
fn kill_and_carry_on(scene: &Scene, collection: &str, options: &Value, at: u64) {
    let mut first = scene.send(collection, options);
    until(&first, |line| line["sent"].as_u64() >= Some(at));
    first.kill();
    let second = scene.send(collection, options);
    let found = until(&second, |line| line.get("found").is_some());
    assert!(found["found"].as_array().is_some_and(|urls| !urls.is_empty()), "it must find its upload again: {found}");
    until(&second, |line| line.get("done").is_some());
}

#[test]
fn one_request_carries_a_whole_file() {
    let Some(scene) = Scene::set(SIZE) else { return };
    scene.send_to_the_end("/files/", &options(None));
    scene.must_hold("it's \u{fc}.bin");
    assert_eq!(scene.received(), SIZE, "every byte once");
}

#[test]
fn chunks_deferred_lengths_and_bytes_at_creation_make_the_same_file() {
    for more in [
        json!({ "chunkSize": CHUNK }),
        json!({ "chunkSize": CHUNK, "uploadLengthDeferred": true, "memory": true }),
        json!({ "chunkSize": CHUNK, "uploadDataDuringCreation": true }),
        json!({ "chunkSize": 5 * CHUNK, "overridePatchMethod": true }),
    ] {
        let Some(scene) = Scene::set(3 * CHUNK + 17) else { return };
        let mut all = options(None);
        all.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        scene.send_to_the_end("/files/", &all);
        scene.must_hold("it's \u{fc}.bin");
    }
}

#[test]
fn an_empty_file_arrives() {
    let Some(scene) = Scene::set(0) else { return };
    scene.send_to_the_end("/files/", &options(None));
    scene.must_hold("it's \u{fc}.bin");
}

#[test]
fn four_connections_make_one_file() {
    let Some(scene) = Scene::set(SIZE) else { return };
    let mut parallel = options(None);
    parallel["parallelUploads"] = json!(4);
    scene.send_to_the_end("/files/", &parallel);
    scene.must_hold("it's \u{fc}.bin");
    assert_eq!(scene.received(), SIZE, "every byte once");
}

#[test]
fn a_killed_client_carries_on_from_the_last_byte() {
    let Some(scene) = Scene::set(8 * SIZE) else { return };
    let mut kept = options(Some(&scene.store()));
    kept["chunkSize"] = json!(8 * CHUNK);
    kill_and_carry_on(&scene, "/files/", &kept, 4 * SIZE);
    scene.must_hold("it's \u{fc}.bin");
    assert_eq!(scene.received(), 8 * SIZE, "what came of the chunk that was cut came once");
}

#[test]
fn four_connections_that_are_killed_carry_on() {
    let Some(scene) = Scene::set(8 * SIZE) else { return };
    let mut kept = options(Some(&scene.store()));
    kept["parallelUploads"] = json!(4);
    kept["chunkSize"] = json!(2 * CHUNK);
    kill_and_carry_on(&scene, "/files/", &kept, 3 * SIZE);
    scene.must_hold("it's \u{fc}.bin");
}

#[test]
fn the_draft_is_spoken_as_its_client_speaks_it() {
    for more in [json!({}), json!({ "chunkSize": CHUNK, "memory": true }), json!({ "uploadDataDuringCreation": true })]
    {
        let Some(scene) = Scene::set(SIZE) else { return };
        let mut draft = more;
        draft["protocol"] = json!("ietf-draft-05");
        draft["headers"] = json!({ "Content-Disposition": "inline; filename*=UTF-8''a%20b" });
        scene.send_to_the_end("/resumable/", &draft);
        scene.must_hold("a b");
        assert_eq!(scene.received(), SIZE, "every byte once");
    }
}

#[test]
fn the_drafts_client_is_killed_and_carries_on() {
    let Some(scene) = Scene::set(8 * SIZE) else { return };
    let kept = json!({ "protocol": "ietf-draft-05", "store": scene.store(), "chunkSize": 8 * CHUNK, "memory": true });
    kill_and_carry_on(&scene, "/resumable/", &kept, 4 * SIZE);
    scene.must_hold("unnamed");
    assert_eq!(scene.received(), 8 * SIZE, "what came of the chunk that was cut came once");
}

#[test]
fn a_page_of_an_allowed_origin_may_send_and_read_all_it_needs() {
    for (path, more) in [
        ("/files/", json!({ "chunkSize": 3 * CHUNK })),
        ("/files/", json!({ "parallelUploads": 3 })),
        ("/resumable/", json!({ "protocol": "ietf-draft-05" })),
    ] {
        let Some(mut scene) = BrowserScene::set() else { return };
        let source = scene.source("unnamed", 10 * CHUNK + 1);
        let mut options = more;
        options["endpoint"] = json!(format!("{}{path}", scene.address));
        scene.deliver(&json!({ "tus": options }), &[&source]);
    }
}

#[test]
fn a_browser_that_crashed_finds_its_upload_and_carries_on() {
    let Some(mut scene) = BrowserScene::set() else { return };
    let source = scene.source("crashed.bin", 40 * CHUNK);
    let options = json!({ "tus": { "endpoint": format!("{}/files/", scene.address), "chunkSize": CHUNK } });
    scene.browser.throttle(4 << 20);
    scene.browser.upload(&options, &[&source]);
    scene.browser.wait_for_many("chunk", 8);
    scene.browser.throttle(20_000);
    scene.browser.crash();
    scene.browser.throttle(0);
    scene.deliver(&options, &[&source]);
    assert_eq!(scene.browser.all("resume").len(), 1, "it went on with the upload of before");
    assert!(log::received(&scene.log()) <= 41 * CHUNK, "no more than the chunk in flight went twice");
}
