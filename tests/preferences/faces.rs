//! `carryon settings`, alone and beside an owner; and flags that an owner keeps to who is somebody else.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tests::{
    files,
    programs::{self, ReceiverProcess, Running, carryon_with, events, run, told},
};

const NOWHERE: &str = "fineuploader+http://127.0.0.1:9/upload?done=/done";

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

    fn settings(&self, arguments: &[&str]) -> Output {
        run(self.call(&[&["settings"], arguments].concat()))
    }

    fn value(&self, key: &str) -> Value {
        let listed = events(&self.settings(&["list", "--json"]));
        listed.into_iter().find(|line| line["key"] == key).expect("it is listed")["value"].clone()
    }

    fn file(&self, name: &str, size: u64) -> PathBuf {
        let file = self.folder.path().join(name);
        files::random_file(&file, size, size);
        file
    }

    fn send(&self, file: &Path, to: &str, more: &[&str]) -> Command {
        let file = file.to_str().expect("a plain name");
        self.call(&[&["send", file, "--to", to, "--json"], more].concat())
    }

    /// An owner whose own upload waits for a destination that is not there.
    fn busy_owner(&self) -> Running {
        let mut command = self.send(&self.file("owned.bin", 1000), NOWHERE, &[]);
        let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts"));
        let mut lines = BufReader::new(child.0.stdout.take().expect("piped")).lines();
        assert!(lines.any(|line| line.is_ok_and(|line| line.contains("\"waiting\""))), "it must wait, not end");
        std::thread::spawn(move || lines.for_each(drop));
        child
    }
}

#[test]
fn settings_are_listed_set_and_reset() {
    let scene = Scene::new();
    for (key, text, value) in [
        ("files_at_once", "6", Value::from(6)),
        ("connections", "8", Value::from(8)),
        ("connections", "auto", Value::Null),
        ("speed-limit", "2M,off@22:00-06:00", Value::from("2000000,off@22:00-06:00")),
        ("keep_days", "never", Value::from(0)),
        ("pause_on_metered", "on", Value::from(true)),
        ("pause_on_battery", "25", Value::from(25)),
        ("resume", "always", Value::from("always")),
    ] {
        let output = scene.settings(&["set", key, text]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert!(told(&output).contains(&key.replace('-', "_")), "{}", told(&output));
        assert_eq!(scene.value(&key.replace('-', "_")), value, "{key} {text}");
    }
    let words = told(&scene.settings(&[]));
    assert!(words.lines().any(|line| line.starts_with("keep_days") && line.contains("never  (set)")), "{words}");
    assert_eq!(scene.settings(&["reset", "files_at_once"]).status.code(), Some(0));
    assert_eq!((scene.value("files_at_once"), scene.value("keep_days")), (3.into(), 0.into()));
    assert_eq!(scene.settings(&["reset"]).status.code(), Some(0));
    let listed = events(&scene.settings(&["list", "--json"]));
    assert!(listed.len() == 8 && listed.iter().all(|line| line["is_default"] == true), "{listed:?}");
}

#[test]
fn what_makes_no_sense_ends_with_2_and_says_what_would() {
    let scene = Scene::new();
    for (key, text, hint) in [
        ("files_at_once", "0", "from 1 to 32"),
        ("speed_limit", "-1", "2M"),
        ("resume", "perhaps", "ask, always, never, off"),
        ("colour", "blue", "files_at_once"),
    ] {
        let output = scene.settings(&["set", key, text]);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        assert!(told(&output).contains(key) && told(&output).contains(hint), "{}", told(&output));
    }
    assert_eq!(scene.settings(&["reset", "colour"]).status.code(), Some(2));
    assert!(events(&scene.settings(&["list", "--json"])).iter().all(|line| line["is_default"] == true));
}

#[test]
fn a_setting_that_cannot_be_read_is_told_beside_the_rest() {
    let scene = Scene::new();
    scene.settings(&["set", "keep_days", "30"]);
    let records = rusqlite::Connection::open(scene.folder.path().join("data/carryon.db")).expect("opens");
    records.execute("INSERT INTO settings VALUES ('preference:resume', '{torn')", []).expect("a torn row");
    drop(records);
    let output = scene.settings(&["list"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let text = told(&output);
    assert!(text.contains("“resume” cannot be read") && text.contains("keep_days         30"), "{text}");
}

#[test]
fn an_owner_hears_of_settings_and_keeps_to_the_flags_of_a_send_of_somebody_else() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    let _owner = scene.busy_owner();
    let output = scene.settings(&["set", "speed_limit", "1k"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let file = scene.file("theirs.bin", 2_000_000);
    let free = run(scene.send(&file, &receiver.destination(), &["--limit-rate", "off", "--chunk-size", "100000"]));
    assert_eq!(free.status.code(), Some(0), "2 MB at 1 kB/s would take half an hour: {}", told(&free));
    assert_eq!(files::digest(&receiver.dir.join("theirs.bin")), files::digest(&file));

    scene.settings(&["reset"]);
    let slow = scene.file("slow.bin", 2_000_001);
    let mut command = scene.send(&slow, &receiver.destination(), &["--limit-rate", "1k", "--chunk-size", "1000"]);
    let mut client = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"));
    let listed = || {
        let lines = events(&run(scene.call(&["list", "--json"])));
        lines.into_iter().find(|line| line["name"] == "slow.bin")
    };
    programs::wait_until("the slow one's first byte", Duration::from_secs(20), || {
        listed().is_some_and(|line| line["confirmed"].as_u64() > Some(0))
    });
    std::thread::sleep(Duration::from_millis(500));
    let confirmed = listed().expect("it is not done")["confirmed"].as_u64().expect("a number");
    assert!(confirmed < 200_000, "{confirmed} bytes left by now at 1 kB/s");
    client.kill();
}
