//! Files that lie elsewhere when their upload goes on: moved, renamed, copied, located; and those that only look alike.

use std::path::{Path, PathBuf};

use tests::{
    files,
    programs::{ReceiverProcess, carryon_with, events, run, told},
};

const SIZE: u64 = 3_000_000;

struct Scene {
    folder: tempfile::TempDir,
    receiver: ReceiverProcess,
}

impl Scene {
    /// `card/take.mov` is under way: some of its chunks are confirmed, and its sender was killed.
    fn interrupted() -> Self {
        let folder = tempfile::tempdir().expect("temp folder");
        let receiver = ReceiverProcess::start(folder.path());
        let scene = Self { folder, receiver };
        files::random_file(&scene.path("card/take.mov"), SIZE, 7);
        let stopped = scene.send("card/take.mov", &["--limit-rate", "600k", "--give-up-after", "60"]);
        let mut child = tests::programs::Running(stopped.spawn_quietly());
        let patience = std::time::Duration::from_secs(20);
        // Only then the records are its own: who looks earlier would be asked to send, and knows of no speed limit.
        tests::programs::wait_until("records", patience, || scene.path("data").join("carryon.db").exists());
        tests::programs::wait_until("some chunks", patience, || {
            scene.list().first().is_some_and(|l| l["confirmed"].as_u64() >= Some(600_000))
        });
        child.kill();
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn call(&self, arguments: &[&str]) -> std::process::Command {
        carryon_with(&self.path("data"), arguments)
    }

    fn send(&self, name: &str, more: &[&str]) -> std::process::Command {
        let (path, to) = (self.path(name), self.receiver.destination());
        let path = path.to_str().expect("a plain name").to_owned();
        self.call(&[&["send", &path, "--to", &to, "--json", "--chunk-size", "300000"], more].concat())
    }

    fn list(&self) -> Vec<serde_json::Value> {
        events(&run(self.call(&["list", "--json"])))
    }

    fn id(&self) -> String {
        self.list()[0]["id"].as_str().expect("an id").to_owned()
    }

    /// Sends that file; says how many bytes left, over how many uploads, and what lies at the destination then.
    fn sent(&self, name: &str) -> (u64, Vec<String>) {
        let output = run(self.send(name, &[]));
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        let finished = events(&output).into_iter().filter(|e| e["event"] == "finished");
        (finished.map(|e| e["sent"].as_u64().expect("a number")).sum(), files::files_below(&self.receiver.dir))
    }

    fn arrived(&self, name: &str, like: &str) {
        assert_eq!(files::digest(&self.receiver.dir.join(name)), files::digest(&self.path(like)), "{name}");
    }
}

trait Quietly {
    fn spawn_quietly(self) -> std::process::Child;
}

impl Quietly for std::process::Command {
    fn spawn_quietly(mut self) -> std::process::Child {
        use std::process::Stdio;
        self.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
    }
}

fn rename(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
    std::fs::rename(from, to).expect("it moves");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
    std::fs::copy(from, to).expect("it is copied");
}

#[test]
fn a_moved_and_renamed_file_goes_on_where_it_stopped() {
    let scene = Scene::interrupted();
    rename(&scene.path("card/take.mov"), &scene.path("archive/final cut.mov"));
    let (sent, there) = scene.sent("archive/final cut.mov");
    assert!(sent < SIZE, "{sent} bytes left: nothing confirmed is sent again");
    assert_eq!(there, ["take.mov"], "one upload, under the name it began with");
    scene.arrived("take.mov", "archive/final cut.mov");
    assert!(scene.list().is_empty());
}

#[test]
fn a_copy_on_another_disk_goes_on_where_the_first_stopped() {
    let scene = Scene::interrupted();
    copy(&scene.path("card/take.mov"), &scene.path("disk/take.mov"));
    std::fs::remove_dir_all(scene.path("card")).expect("the card is taken out");
    let (sent, there) = scene.sent("disk/take.mov");
    assert!(sent < SIZE, "{sent} bytes left");
    assert_eq!(there, ["take.mov"]);
    scene.arrived("take.mov", "disk/take.mov");
}

#[test]
fn the_same_name_and_size_with_other_content_is_another_file() {
    let scene = Scene::interrupted();
    files::random_file(&scene.path("disk/take.mov"), SIZE, 8);
    let (sent, _) = scene.sent("disk/take.mov");
    assert_eq!(sent, SIZE, "nothing of the first one is built upon");
    scene.arrived("take.mov", "disk/take.mov");
    assert_eq!(scene.list().len(), 1, "the first one is still to be resumed");
}

#[test]
fn content_that_differs_where_no_sample_lies_is_sent_as_it_is() {
    let scene = Scene::interrupted();
    copy(&scene.path("card/take.mov"), &scene.path("disk/take.mov"));
    std::fs::remove_dir_all(scene.path("card")).expect("the card is taken out");
    let mut bytes = std::fs::read(scene.path("disk/take.mov")).expect("reads");
    bytes[150_000] ^= 1; // between the head and the first sample
    std::fs::write(scene.path("disk/take.mov"), bytes).expect("writes");
    let output = run(scene.send("disk/take.mov", &[]));
    match output.status.code() {
        Some(0) => scene.arrived("take.mov", "disk/take.mov"),
        _ => assert!(files::files_below(&scene.receiver.dir).is_empty(), "no mixed object: {}", told(&output)),
    }
}

#[test]
fn another_scope_and_a_second_file_that_looks_alike_begin_anew() {
    let scene = Scene::interrupted();
    copy(&scene.path("card/take.mov"), &scene.path("card/second.mov"));
    let (sent, there) = scene.sent("card/second.mov");
    assert_eq!((sent, there), (SIZE, vec!["second.mov".to_owned()]), "the first one is still where it was");
    rename(&scene.path("card/take.mov"), &scene.path("card/third.mov"));
    let output = run(scene.send("card/third.mov", &["--scope", "another"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(scene.list().len(), 1, "a record is only matched within its scope");
}

#[test]
fn the_same_file_twice_in_one_queue_is_one_upload() {
    let scene = Scene::interrupted();
    let path = scene.path("card/take.mov").to_str().expect("a plain name").to_owned();
    let to = scene.receiver.destination();
    let output = run(scene.call(&["send", &path, &path, "--to", &to, "--json"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(files::files_below(&scene.receiver.dir), ["take.mov"]);
}

#[test]
fn a_missing_file_is_located_and_another_one_is_refused_in_words() {
    let scene = Scene::interrupted();
    let id = scene.id();
    rename(&scene.path("card/take.mov"), &scene.path("archive/take.mov"));
    let missing = run(scene.call(&["resume", &id, "--json"]));
    assert!(missing.status.code() == Some(1) && told(&missing).contains("source_missing"), "{}", told(&missing));
    let locate = |name: &str| {
        let path = scene.path(name).to_str().expect("a plain name").to_owned();
        run(scene.call(&["locate", &id, &path, "--json"]))
    };
    files::random_file(&scene.path("short.mov"), SIZE - 1, 7);
    files::random_file(&scene.path("other.mov"), SIZE, 9);
    for (name, words) in [("short.mov", "2999999 bytes"), ("other.mov", "other content"), ("none.mov", "is not there")]
    {
        let refused = locate(name);
        assert!(refused.status.code() != Some(0) && told(&refused).contains(words), "{name}: {}", told(&refused));
    }
    let found = locate("archive/take.mov");
    assert_eq!(found.status.code(), Some(0), "{}", told(&found));
    scene.arrived("take.mov", "archive/take.mov");
}
