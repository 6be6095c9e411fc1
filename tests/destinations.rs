//! Saved destinations: a name instead of an address, changed without losing what goes there, and tried in plain words.

#[path = "destinations/chosen.rs"]
mod chosen;
#[path = "destinations/drafts.rs"]
mod drafts;
#[path = "destinations/exchange.rs"]
mod exchange;
#[path = "destinations/files.rs"]
mod finished_files;
#[cfg(target_os = "linux")]
#[path = "destinations/keychain.rs"]
mod keychain;
#[path = "destinations/policies.rs"]
mod policies;
#[path = "destinations/wire.rs"]
mod wire;

use std::process::{Command, Output};

use serde_json::Value;
use tests::{
    files,
    programs::{ReceiverProcess, carryon_with, events, run, told},
};

struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("temp folder") }
    }

    fn call(&self, arguments: &[&str]) -> Command {
        carryon_with(&self.folder.path().join("data"), arguments)
    }

    fn does(&self, arguments: &[&str]) -> Output {
        let output = run(self.call(arguments));
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        output
    }

    fn refuses(&self, arguments: &[&str], words: &str) {
        let output = run(self.call(arguments));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(words), "{arguments:?} must say “{words}”: {}", told(&output));
    }

    /// A file of that text; its path as an argument.
    fn written(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("writes");
        path.to_str().expect("a plain name").to_owned()
    }

    fn random(&self, name: &str, size: u64) -> String {
        let path = self.folder.path().join(name);
        files::random_file(&path, size, size);
        path.to_str().expect("a plain name").to_owned()
    }

    fn names(&self) -> Vec<String> {
        let listed = events(&self.does(&["destinations", "list", "--json"]));
        listed.iter().filter_map(|line| line["name"].as_str().map(str::to_owned)).collect()
    }

    fn test(&self, destination: &str) -> (Option<i32>, Vec<Value>) {
        let output = run(self.call(&["destinations", "test", destination, "--json"]));
        (output.status.code(), events(&output))
    }
}

#[test]
fn a_saved_name_is_sent_to_moved_and_removed() {
    let scene = Scene::new();
    let (first, second) = (scene.folder.path().join("first"), scene.folder.path().join("second"));
    [&first, &second].iter().for_each(|folder| std::fs::create_dir(folder).expect("a folder"));
    let (first, second) = (ReceiverProcess::start(&first), ReceiverProcess::start(&second));
    let file = scene.folder.path().join("take.mov");
    files::random_file(&file, 400_000, 1);
    let path = file.to_str().expect("a plain name");
    scene.does(&["destinations", "add", "NAS", &first.destination()]);
    scene.refuses(&["destinations", "add", "nas", &second.destination()], "already");
    scene.does(&["send", path, "--to", "nas", "--json"]);
    assert_eq!(files::digest(&first.dir.join("take.mov")), files::digest(&file));
    scene.does(&["destinations", "set", "NAS", "--url", &second.destination(), "--rename", "Big NAS"]);
    scene.does(&["send", path, "--to", "Big NAS", "--json"]);
    assert_eq!(files::digest(&second.dir.join("take.mov")), files::digest(&file));
    assert_eq!(scene.names(), ["Big NAS"]);
    scene.does(&["destinations", "remove", "big nas"]);
    assert!(scene.names().is_empty());
}

#[test]
fn an_edited_address_keeps_its_interrupted_uploads() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    let file = scene.folder.path().join("take.mov");
    files::random_file(&file, 400_000, 1);
    scene.does(&["destinations", "add", "NAS", "fineuploader+http://127.0.0.1:9/upload?done=/upload/done"]);
    let path = file.to_str().expect("a plain name");
    let waited = run(scene.call(&["send", path, "--to", "NAS", "--json", "--give-up-after", "1"]));
    assert_eq!(waited.status.code(), Some(3), "{}", told(&waited));
    scene.refuses(&["destinations", "remove", "NAS"], "still needed by 1");
    scene.does(&["destinations", "set", "NAS", "--url", &receiver.destination()]);
    scene.does(&["resume", "--all", "--json"]);
    assert_eq!(files::digest(&receiver.dir.join("take.mov")), files::digest(&file));
}

#[test]
fn settings_go_out_and_come_back_and_nonsense_is_refused_by_name() {
    let scene = Scene::new();
    let file = scene.folder.path().join("settings.json");
    let file = file.to_str().expect("a plain name");
    std::fs::write(file, r#"{"chunk_size": 1000000, "allowed_extensions": ["mov"]}"#).expect("writes");
    scene.does(&["destinations", "add", "NAS", "fineuploader+https://nas.example/upload", "--settings", file]);
    let shown = events(&scene.does(&["destinations", "show", "NAS", "--json"]));
    assert_eq!((&shown[0]["chunk_size"], &shown[0]["allowed_extensions"][0]), (&1_000_000.into(), &"mov".into()));
    std::fs::write(file, shown[0].to_string()).expect("writes");
    scene.does(&["destinations", "set", "NAS", "--settings", file]);
    assert_eq!(events(&scene.does(&["destinations", "show", "NAS", "--json"])), shown, "out and in again is the same");
    std::fs::write(file, r#"{"chunk_sise": 1}"#).expect("writes");
    scene.refuses(&["destinations", "set", "NAS", "--settings", file], "chunk_sise");
    let other = scene.folder.path().join("notes.txt");
    files::random_file(&other, 10, 1);
    let refused = run(scene.call(&["send", other.to_str().expect("a plain name"), "--to", "NAS", "--json"]));
    assert_eq!(refused.status.code(), Some(1), "{}", told(&refused));
    assert!(told(&refused).contains(".mov"), "{}", told(&refused));
}

#[test]
fn a_test_says_what_is_wrong_in_plain_words_and_leaves_nothing() {
    let scene = Scene::new();
    let token = scene.folder.path().join("token");
    std::fs::write(&token, "s3cr3t-t0ken").expect("writes");
    let token = token.to_str().expect("a plain name");
    let receiver = ReceiverProcess::start_with(scene.folder.path(), &["--token-file", token]);
    let last = |checks: &[Value]| checks.iter().rfind(|check| check["ok"] == false).cloned().unwrap_or_default();
    let right = run(scene.call(&["destinations", "test", &receiver.destination(), "--token-file", token]));
    assert_eq!(right.status.code(), Some(0), "{}", told(&right));
    assert!(told(&right).contains("It speaks Fine Uploader's protocol"), "{}", told(&right));
    for (destination, what, words) in [
        (receiver.destination(), "protocol", "Check the token"),
        (receiver.destination().replace("/upload?", "/nothing?"), "protocol", "Check"),
        ("fineuploader+http://127.0.0.1:9/upload".to_owned(), "connection", "Nothing listens at port 9"),
        ("fineuploader+https://nowhere.invalid/upload".to_owned(), "name", "is not known"),
    ] {
        let (code, checks) = scene.test(&destination);
        let found = last(&checks);
        assert_eq!((code, found["what"].as_str()), (Some(1), Some(what)), "{destination}: {checks:?}");
        assert!(found["message"].as_str().is_some_and(|text| text.contains(words)), "{destination}: {found}");
    }
    assert!(files::files_below(&receiver.dir).is_empty(), "nothing is left there");
    assert!(scene.names().is_empty(), "and nothing is saved here");
}
