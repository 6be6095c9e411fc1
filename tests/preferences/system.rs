//! What the system is asked: a connection's cost, a battery's charge, and to stay awake.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use tests::{
    files,
    programs::{ReceiverProcess, Running, carryon_with, run, told},
    system_bus::SystemBus,
};

struct Scene {
    folder: tempfile::TempDir,
    bus: SystemBus,
    receiver: ReceiverProcess,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("temp folder");
        let receiver = ReceiverProcess::start(folder.path());
        Self { folder, bus: SystemBus::start(), receiver }
    }

    fn set(&self, key: &str, value: &str) {
        let output = run(carryon_with(&self.folder.path().join("data"), &["settings", "set", key, value]));
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    }

    /// `carryon send` of a file, with its lines as they come.
    fn send(&self, more: &[&str], system: &str) -> (Running, impl Iterator<Item = Value> + use<>) {
        let file = self.folder.path().join("take.mov");
        files::random_file(&file, 1_500_000, 5);
        let (file, to) = (file.to_str().expect("a plain name"), self.receiver.destination());
        let words = [&["send", file, "--to", &to, "--json", "--chunk-size", "20000"], more].concat();
        let mut command: Command = carryon_with(&self.folder.path().join("data"), &words);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", system).env_remove("DBUS_SESSION_BUS_ADDRESS");
        let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts"));
        let lines = BufReader::new(child.0.stdout.take().expect("piped")).lines();
        (child, lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()))
    }

    fn ends_well(&self, mut child: Running) {
        assert!(child.0.wait().expect("it ends").success());
        let sent = files::digest(&self.folder.path().join("take.mov"));
        assert_eq!(files::digest(&self.receiver.dir.join("take.mov")), sent);
    }
}

fn waits_for(lines: &mut impl Iterator<Item = Value>, reason: &str) {
    let line = lines.find(|line| ["waiting", "finished"].contains(&line["event"].as_str().unwrap_or_default()));
    assert_eq!(line.expect("it waits")["reason"], reason);
}

#[test]
fn a_metered_connection_is_waited_out_before_a_byte_leaves() {
    let mut scene = Scene::new();
    scene.set("pause_on_metered", "on");
    scene.bus.set(&json!({ "metered": 1 }));
    let (child, mut lines) = scene.send(&[], &scene.bus.address);
    waits_for(&mut lines, "metered");
    assert!(files::files_below(&scene.receiver.dir).is_empty());
    scene.bus.set(&json!({ "metered": 2 }));
    assert!(lines.any(|line| line["event"] == "finished"));
    scene.ends_well(child);
}

#[test]
fn a_low_battery_is_waited_out_and_anyway_means_anyway() {
    let mut scene = Scene::new();
    scene.set("pause_on_battery", "30");
    scene.bus.set(&json!({ "on_battery": true, "percent": 12.0 }));
    let (child, mut lines) = scene.send(&[], &scene.bus.address);
    waits_for(&mut lines, "power");
    scene.bus.set(&json!({ "on_battery": false }));
    assert!(lines.any(|line| line["event"] == "finished"));
    scene.ends_well(child);
    scene.bus.set(&json!({ "on_battery": true }));
    let (child, mut lines) = scene.send(&["--anyway"], &scene.bus.address);
    assert!(!lines.any(|line| line["event"] == "waiting"), "it was told not to wait");
    scene.ends_well(child);
}

#[test]
fn the_computer_stays_awake_while_bytes_move_and_no_longer() {
    let scene = Scene::new();
    let (child, lines) = scene.send(&["--limit-rate", "300k"], &scene.bus.address);
    scene.bus.until("inhibited idle block", 1);
    assert_eq!(scene.bus.count("released"), 0, "bytes move");
    drop(lines.last());
    scene.ends_well(child);
    scene.bus.until("released", 1);

    scene.set("keep_awake", "off");
    let (child, lines) = scene.send(&["--limit-rate", "500k"], &scene.bus.address);
    drop(lines.last());
    scene.ends_well(child);
    assert_eq!(scene.bus.count("inhibited idle block"), 1, "the user does not want it");
}

#[test]
fn where_no_system_answers_nothing_is_held_back() {
    let scene = Scene::new();
    scene.set("pause_on_metered", "on");
    scene.set("pause_on_battery", "100");
    let (child, mut lines) = scene.send(&[], "unix:path=/nowhere/at/all");
    assert!(lines.any(|line| line["event"] == "finished"));
    scene.ends_well(child);
}
