//! Uploads that grow from an offset (tus, the IETF draft), killed with -9 again and again: what the receiver had stored is
//! never sent again, by its own log, and what lies there in the end is the file.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tests::{
    files, log,
    programs::{self, ReceiverProcess, Running, carryon_with, events, told},
};

const MIB: u64 = 1024 * 1024;
const SIZE: u64 = 40 * MIB + 4321;
const KILLS: u64 = 50;
/// Slow enough for many moments, fast enough for a test.
const RATE: &str = "25M";

struct Scene {
    folder: tempfile::TempDir,
    receiver: ReceiverProcess,
    file: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("footage.bin");
        files::random_file(&file, SIZE, SIZE);
        let receiver = ReceiverProcess::start(folder.path());
        Self { folder, receiver, file }
    }

    fn call(&self, arguments: &[&str]) -> Command {
        carryon_with(&self.folder.path().join("data"), arguments)
    }

    fn send(&self, protocol: &str, path: &str) -> Command {
        let to = format!("{protocol}+{}{path}", self.receiver.address);
        self.call(&["send", self.file.to_str().expect("a plain name"), "--to", &to, "--json", "--limit-rate", RATE])
    }

    fn arrived(&self) -> PathBuf {
        self.receiver.dir.join("footage.bin")
    }

    fn check(&self, seed: u64) {
        assert_eq!(files::files_below(&self.receiver.dir), ["footage.bin"], "CARRYON_SEED={seed}: one object");
        assert_eq!(files::digest(&self.arrived()), files::digest(&self.file), "CARRYON_SEED={seed}");
    }
}

fn quiet(mut command: Command) -> Running {
    Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("carryon starts"))
}

/// Kills the sender fifty times at random moments of one upload, or until it ends first. Gives how often it was.
fn kill_again_and_again(scene: &Scene, seed: u64, protocol: &str, path: &str) -> u64 {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut kills = 0;
    while kills < KILLS && !scene.arrived().exists() {
        let mut sender = quiet(scene.send(protocol, path));
        std::thread::sleep(Duration::from_millis(random.random_range(20..110)));
        sender.kill();
        kills += 1;
    }
    let output = programs::run(scene.send(protocol, path));
    assert_eq!(output.status.code(), Some(0), "CARRYON_SEED={seed}: {}", told(&output));
    kills
}

fn the_sender_is_killed(protocol: &str, path: &str) {
    let seed = files::seed(protocol);
    let scene = Scene::new();
    let kills = kill_again_and_again(&scene, seed, protocol, path);
    scene.check(seed);
    let lines = log::lines(&scene.receiver.log);
    let twice = log::received(&lines).saturating_sub(SIZE);
    println!("{protocol}{path}: {kills} kills, {} bytes came in for {SIZE}: {twice} twice", log::received(&lines));
    assert!(kills >= KILLS / 2, "CARRYON_SEED={seed}: only {kills} kills fell into the upload; they test too little");
    assert!(twice <= kills * MIB, "CARRYON_SEED={seed}: {twice} bytes came twice over {kills} kills");
    assert_eq!(log::sent_again_though_listed(&lines), [], "CARRYON_SEED={seed}");
}

#[test]
fn a_tus_sender_killed_fifty_times_sends_nothing_twice_that_the_receiver_has() {
    the_sender_is_killed("tus", "/files/");
}

#[test]
fn a_tus_sender_of_three_lanes_killed_fifty_times_goes_on_in_each() {
    the_sender_is_killed("tus", "/files/?lanes=3");
}

#[test]
fn an_ietf_sender_killed_fifty_times_sends_nothing_twice_that_the_receiver_has() {
    the_sender_is_killed("ietf", "/resumable/");
}

#[test]
fn the_receiver_killed_again_and_again_is_waited_for_and_no_byte_is_wrong() {
    for (protocol, path) in [("tus", "/files/"), ("tus", "/files/?lanes=3"), ("ietf", "/resumable/")] {
        let seed = files::seed(path);
        let mut random = SmallRng::seed_from_u64(seed);
        let mut scene = Scene::new();
        let said = scene.folder.path().join("said");
        let mut command = scene.send(protocol, path);
        let child = command.stdout(std::fs::File::create(&said).expect("a file")).stderr(Stdio::null()).spawn();
        let mut sender = Running(child.expect("carryon starts"));
        let deadline = Instant::now() + Duration::from_secs(90);
        let mut kills = 0;
        let code = loop {
            if let Some(status) = sender.0.try_wait().expect("a child") {
                break status.code();
            }
            assert!(Instant::now() < deadline, "CARRYON_SEED={seed}: the sender does not end");
            std::thread::sleep(Duration::from_millis(random.random_range(30..200)));
            if kills < 10 {
                scene.receiver.kill();
                scene.receiver.restart();
                kills += 1;
            }
        };
        assert_eq!(code, Some(0), "CARRYON_SEED={seed}: {}", read(&said));
        assert!(kills > 3, "CARRYON_SEED={seed}: {kills} kills test too little");
        scene.check(seed);
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn a_file_edited_while_interrupted_is_never_spliced() {
    for (protocol, path) in [("tus", "/files/"), ("tus", "/files/?lanes=3"), ("ietf", "/resumable/")] {
        let scene = Scene::new();
        let mut sender = quiet(scene.send(protocol, path));
        let begun = || log::lines(&scene.receiver.log).iter().any(|line| line["method"] == "POST");
        programs::wait_until("the upload's beginning", Duration::from_secs(20), begun);
        std::thread::sleep(Duration::from_millis(500));
        sender.kill();
        files::random_file(&scene.file, SIZE, 99);
        let output = programs::run(scene.call(&["resume", "--all", "--json"]));
        assert_eq!(output.status.code(), Some(1), "{}", told(&output));
        let failed = events(&output).into_iter().find(|event| event["event"] == "failed").expect("it is told");
        assert_eq!(failed["kind"], "source_changed");
        assert!(files::files_below(&scene.receiver.dir).is_empty(), "nothing may be completed");
        let id = failed["id"].as_str().expect("an id");
        let again = programs::run(scene.call(&["resume", id, "--start-over", "--json"]));
        assert_eq!(again.status.code(), Some(0), "{}", told(&again));
        scene.check(99);
    }
}
