//! `carryon send` against `fine-uploader-server` 0.1.0 from npm, which takes chunks one after another.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{ChildStdout, Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use tests::{
    files::{random_file, seed},
    programs::{Running, carryon_with, events, run, told, wait_until},
};

use crate::{npm_server::NpmServer, recorder::Recorder, set_up};

const CHUNK: u64 = 64 * 1024;
const COUNT: u64 = 40;
const SIZE: u64 = COUNT * CHUNK - 100;

struct Scene {
    server: NpmServer,
    recorder: Recorder,
    data: PathBuf,
    folder: TempDir,
}

impl Scene {
    fn set() -> Option<Self> {
        set_up::wanted().then(Self::new)
    }

    fn new() -> Self {
        let folder = tempfile::tempdir().expect("temp folder");
        let server = NpmServer::start(folder.path());
        let recorder = Recorder::before(&server.address);
        Self { server, recorder, data: folder.path().join("data"), folder }
    }

    fn source(&self, name: &str, size: u64) -> PathBuf {
        let path = self.folder.path().join(name);
        random_file(&path, size, seed(name));
        path
    }

    fn send(&self, source: &Path) -> Command {
        self.send_with(source, "done=/success&concurrent=false")
    }

    fn send_with(&self, source: &Path, settings: &str) -> Command {
        let to = format!("fineuploader+{}/upload?{settings}&chunk={CHUNK}", self.recorder.address);
        carryon_with(&self.data, &["send", &source.to_string_lossy(), "--to", &to, "--json"])
    }

    fn resume(&self) -> Command {
        carryon_with(&self.data, &["resume", "--all", "--json"])
    }

    /// Starts a call and kills it when chunk `index` is at the server but its answer is not here, and all chunks before
    /// are confirmed by the call's own word.
    fn kill_while_sending(&self, mut command: Command, index: u64) {
        self.recorder.hold_answers_from(index);
        let mut call = Running(command.stdout(Stdio::piped()).spawn().expect("carryon starts"));
        let confirmed = confirmed_by(call.0.stdout.take().expect("piped"));
        let is_so = || self.recorder.indexes().last() == Some(&index) && confirmed.load(Relaxed) == index * CHUNK;
        wait_until("the chunk", Duration::from_secs(60), is_so);
        call.kill();
        self.recorder.hold_nothing();
    }

    fn done_requests(&self) -> usize {
        self.recorder.requests().iter().filter(|request| request.path == "/success").count()
    }
}

/// What a call says is confirmed, in bytes, as it says so.
fn confirmed_by(output: ChildStdout) -> Arc<AtomicU64> {
    let confirmed = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&confirmed);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(bytes) = event["confirmed"].as_u64() {
                told.store(bytes, Relaxed);
            }
        }
    });
    confirmed
}

/// The one event of this name; the last event of a call that delivered is `finished`, and nothing comes after it.
fn only(output: &Output, name: &str) -> Value {
    assert!(output.status.success(), "{}", told(output));
    let events = events(output);
    assert_eq!(events.last().map(|event| &event["event"]), Some(&"finished".into()), "{}", told(output));
    let mut named = events.into_iter().filter(|event| event["event"] == name);
    let first = named.next().unwrap_or_else(|| panic!("no event “{name}”: {}", told(output)));
    assert!(named.next().is_none(), "more than one event “{name}”: {}", told(output));
    first
}

#[test]
fn a_small_file_goes_in_one_plain_request() {
    let Some(scene) = Scene::set() else { return };
    let source = scene.source("Größe & Maß 日本.bin", 10_000);
    let output = run(scene.send(&source));
    assert_eq!(only(&output, "finished")["sent"], 10_000);
    scene.server.must_hold_just(&source);
    let uploads = scene.recorder.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!((uploads, scene.done_requests()), (1, 0), "one request, and no done request after it");
}

#[test]
fn an_empty_file_arrives() {
    let Some(scene) = Scene::set() else { return };
    let source = scene.source("empty.txt", 0);
    only(&run(scene.send(&source)), "finished");
    scene.server.must_hold_just(&source);
}

#[test]
fn a_chunked_file_arrives_with_every_chunk_sent_once_and_one_done_request() {
    let Some(scene) = Scene::set() else { return };
    let source = scene.source("chunked.bin", SIZE);
    let output = run(scene.send(&source));
    assert_eq!(only(&output, "finished")["sent"], SIZE);
    scene.server.must_hold_just(&source);
    assert_eq!(scene.recorder.indexes(), (0..COUNT).collect::<Vec<_>>());
    assert_eq!(scene.done_requests(), 1);
}

#[test]
fn killed_twice_and_resumed_it_sends_no_confirmed_chunk_again() {
    let Some(scene) = Scene::set() else { return };
    let source = scene.source("resumed.bin", SIZE);
    scene.kill_while_sending(scene.send(&source), 12);
    scene.kill_while_sending(scene.resume(), 21);
    let output = run(scene.resume());

    assert_eq!(only(&output, "started")["confirmed"], 21 * CHUNK, "what was confirmed before the kill is known");
    assert_eq!(only(&output, "finished")["sent"], SIZE - 21 * CHUNK, "and is not sent again");
    scene.server.must_hold_just(&source);
    // Only the chunks whose answers were held back came twice: nobody can know of them.
    let expected: Vec<u64> = (0..=12).chain(12..=21).chain(21..COUNT).collect();
    assert_eq!(scene.recorder.indexes(), expected);
    let requests = scene.recorder.requests();
    let hints: Vec<_> =
        requests.iter().filter(|r| r.fields.contains_key("qqresume")).filter_map(|r| r.index()).collect();
    assert_eq!(hints, [12, 21], "the first chunk of each resumed life says so");
    let mut uuids: Vec<_> = requests.iter().filter_map(|request| request.fields.get("qquuid")).collect();
    uuids.dedup();
    assert_eq!((uuids.len(), scene.done_requests()), (1, 1), "one upload, finished once");
}

#[test]
fn a_server_that_crashes_in_mid_upload_gets_no_confirmed_chunk_again() {
    let Some(mut scene) = Scene::set() else { return };
    let source = scene.source("patient.bin", SIZE);
    scene.recorder.hold_answers_from(15);
    let mut command = scene.send(&source);
    let call = std::thread::spawn(move || {
        command.stderr(Stdio::null());
        run(command)
    });
    wait_until("the chunk", Duration::from_secs(60), || scene.recorder.indexes().last() == Some(&15));
    scene.server.crash_and_start_again();
    scene.recorder.lead_to(&scene.server.address);
    scene.recorder.hold_nothing();
    let output = call.join().expect("carryon ends");
    only(&output, "finished");
    scene.server.must_hold_just(&source);
    let requests = scene.recorder.requests();
    let answered: Vec<_> = requests.iter().filter(|r| r.answered.is_some()).filter_map(|r| r.index()).collect();
    assert_eq!(answered, (0..COUNT).collect::<Vec<_>>(), "each chunk is answered once");
}

#[test]
fn the_last_chunk_is_not_repeated_where_it_completes_the_file_and_its_answer_was_lost() {
    let Some(scene) = Scene::set() else { return };
    let source = scene.source("completed.bin", SIZE);
    // This server puts the file together at the last chunk, and a repeated one would become the whole file.
    scene.kill_while_sending(scene.send_with(&source, "concurrent=false"), COUNT - 1);
    scene.server.must_hold_just(&source);
    let output = run(scene.resume());
    let events = events(&output);
    let last = events.last().unwrap_or_else(|| panic!("it must say what is the matter: {}", told(&output)));
    assert_eq!((&last["event"], &last["state"]), (&"failed".into(), &"outcome_unknown".into()), "{}", told(&output));
    assert!(!output.status.success(), "{}", told(&output));
    assert_eq!(scene.recorder.indexes(), (0..COUNT).collect::<Vec<_>>(), "nothing was sent again");
    scene.server.must_hold_just(&source);
}
