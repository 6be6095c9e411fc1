//! The main job as a script sees it: `carryon send` killed with -9 at many moments, also the receiver, also both; then
//! resumed. Digests must be equal, and by the receiver's own log nothing that it listed may come in again.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tests::{
    files, log,
    programs::{self, ReceiverProcess, Running, carryon_with, events, told},
};

const MOMENTS: u64 = 25;
const CHUNK: u64 = 256 * 1024;
const CHUNKS: u64 = 40;
/// The last chunk is short.
const SIZE: u64 = CHUNKS * CHUNK - 1234;
const CONNECTIONS: u64 = 3;

/// One upload, its receiver and its records, in a folder of their own.
struct Scene {
    folder: tempfile::TempDir,
    receiver: ReceiverProcess,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("temp folder");
        let receiver = ReceiverProcess::start(folder.path());
        Self { folder, receiver }
    }

    fn call(&self, arguments: &[&str]) -> Command {
        carryon_with(&self.folder.path().join("data"), arguments)
    }

    fn send(&self, file: &Path) -> Command {
        let (chunk, connections) = (CHUNK.to_string(), CONNECTIONS.to_string());
        let file = file.to_str().expect("a plain name");
        let sizes = ["--chunk-size", &chunk, "--connections", &connections];
        self.call(&[&["send", file, "--to", &self.receiver.destination(), "--json"], &sizes[..]].concat())
    }

    fn resume(&self) -> Command {
        self.call(&["resume", "--all", "--json"])
    }

    /// Waits until the receiver has answered so many requests for chunks, or the sender is done.
    fn wait_for(&self, requests: u64, sender: &mut Running) {
        let deadline = Instant::now() + Duration::from_secs(30);
        let done = |sender: &mut Running| sender.0.try_wait().expect("a child").is_some();
        while (log::lines(&self.receiver.log).len() as u64) < requests && !done(sender) {
            assert!(Instant::now() < deadline, "the receiver never had {requests} requests");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The receiver holds exactly the source, once; nothing it listed came again; little was sent twice.
    fn check(&self, file: &Path, kills: u64, at: u64) {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(files::files_below(&self.receiver.dir), std::slice::from_ref(&name), "one object, moment {at}");
        assert_eq!(files::digest(&self.receiver.dir.join(name)), files::digest(file), "moment {at}");
        let lines = log::lines(&self.receiver.log);
        assert_eq!(log::sent_again_though_listed(&lines), [], "moment {at}");
        let twice = log::received(&lines).saturating_sub(SIZE);
        let in_flight = kills * CONNECTIONS * CHUNK;
        assert!(twice <= in_flight, "moment {at}: {twice} bytes came twice, {in_flight} may have been in flight");
    }
}

fn started(mut command: Command) -> Running {
    Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("carryon starts"))
}

fn source(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("footage.bin");
    files::random_file(&file, SIZE, SIZE);
    file
}

fn finished_well(output: &std::process::Output, at: u64) {
    assert_eq!(output.status.code(), Some(0), "moment {at}: {}", told(output));
    assert!(events(output).iter().all(|event| event["event"] != "failed"), "moment {at}: {}", told(output));
}

#[test]
fn the_sender_killed_at_any_moment_carries_on_and_sends_nothing_that_is_listed() {
    let folder = tempfile::tempdir().expect("temp folder");
    let file = source(folder.path());
    let mut resumed = 0;
    for at in 0..MOMENTS {
        let scene = Scene::new();
        let mut sender = started(scene.send(&file));
        scene.wait_for(at * CHUNKS / MOMENTS, &mut sender);
        sender.kill();
        let output = programs::run(scene.resume());
        finished_well(&output, at);
        let mut again = events(&output).into_iter();
        resumed += u64::from(again.any(|event| event["event"] == "started" && event["resumed"] == true));
        if !scene.receiver.dir.join("footage.bin").exists() {
            // Killed before the record was made: nothing had left, and nothing is to be resumed.
            assert_eq!(log::received(&log::lines(&scene.receiver.log)), 0, "moment {at}: no byte before the record");
            finished_well(&programs::run(scene.send(&file)), at);
        }
        scene.check(&file, 1, at);
    }
    assert!(resumed > MOMENTS / 2, "only {resumed} of {MOMENTS} kills fell into an upload; they test too little");
}

#[test]
fn the_receiver_killed_at_any_moment_is_waited_for_and_the_upload_goes_on() {
    let folder = tempfile::tempdir().expect("temp folder");
    let file = source(folder.path());
    for at in 0..MOMENTS {
        let mut scene = Scene::new();
        let mut sender = started(scene.send(&file));
        scene.wait_for(at * CHUNKS / MOMENTS, &mut sender);
        scene.receiver.kill();
        std::thread::sleep(Duration::from_millis(5));
        scene.receiver.restart();
        let mut end = None;
        programs::wait_until("the upload's end", Duration::from_secs(60), || {
            end = sender.0.try_wait().expect("a child");
            end.is_some()
        });
        assert_eq!(end.and_then(|status| status.code()), Some(0), "moment {at}");
        scene.check(&file, 1, at);
    }
}

#[test]
fn both_killed_at_any_moment_carry_on_together() {
    let folder = tempfile::tempdir().expect("temp folder");
    let file = source(folder.path());
    for at in 0..MOMENTS {
        let mut scene = Scene::new();
        let mut sender = started(scene.send(&file));
        scene.wait_for(1 + at * CHUNKS / MOMENTS, &mut sender);
        scene.receiver.kill();
        sender.kill();
        scene.receiver.restart();
        finished_well(&programs::run(scene.resume()), at);
        scene.check(&file, 1, at);
    }
}

#[test]
fn a_second_send_of_the_same_file_resumes_it_unless_told_to_start_over() {
    let folder = tempfile::tempdir().expect("temp folder");
    let file = source(folder.path());
    for start_over in [false, true] {
        let scene = Scene::new();
        let mut sender = started(scene.send(&file));
        scene.wait_for(CHUNKS / 2, &mut sender);
        sender.kill();
        let mut again = scene.send(&file);
        if start_over {
            again.arg("--start-over");
        }
        let output = programs::run(again);
        finished_well(&output, 0);
        let sent = events(&output).iter().find(|event| event["event"] == "finished").and_then(|e| e["sent"].as_u64());
        match start_over {
            true => assert_eq!(sent, Some(SIZE), "a new attempt sends everything"),
            false => assert!(sent < Some(SIZE * 3 / 4), "half was there already, yet {sent:?} bytes left"),
        }
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(files::files_below(&scene.receiver.dir), std::slice::from_ref(&name));
        assert_eq!(files::digest(&scene.receiver.dir.join(name)), files::digest(&file));
    }
}

#[test]
fn a_file_edited_while_interrupted_is_never_spliced() {
    let folder = tempfile::tempdir().expect("temp folder");
    let file = source(folder.path());
    let scene = Scene::new();
    let mut sender = started(scene.send(&file));
    scene.wait_for(CHUNKS / 2, &mut sender);
    sender.kill();
    files::random_file(&file, SIZE, 99);
    let output = programs::run(scene.resume());
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let failed = events(&output).into_iter().find(|event| event["event"] == "failed").expect("it is told");
    assert_eq!(failed["kind"], "source_changed");
    assert!(files::files_below(&scene.receiver.dir).is_empty(), "nothing may be completed");
    let id = failed["id"].as_str().expect("an id");
    finished_well(&programs::run(scene.call(&["resume", id, "--start-over", "--json"])), 0);
    assert_eq!(files::digest(&scene.receiver.dir.join("footage.bin")), files::digest(&file));
}
