//! One owner, many faces: every command finds its way to whoever owns the records, and says and ends as it would alone.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

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
        let file = self.file("owned.bin", 1000);
        until_waiting(self.send(&file, NOWHERE, &[]))
    }

    fn list(&self) -> Vec<serde_json::Value> {
        let output = run(self.call(&["list", "--json"]));
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        events(&output)
    }
}

fn until_waiting(mut command: Command) -> Running {
    let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts"));
    let mut lines = BufReader::new(child.0.stdout.take().expect("piped")).lines();
    let waits = lines.any(|line| line.is_ok_and(|line| line.contains("\"waiting\"")));
    assert!(waits, "it must wait, not end");
    // Somebody has to go on reading, or the child would stand still at a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    child
}

#[test]
fn a_list_works_while_another_process_owns_the_records() {
    let scene = Scene::new();
    let _owner = scene.busy_owner();
    let listed = scene.list();
    assert_eq!((listed.len(), &listed[0]["name"], &listed[0]["state"]), (1, &"owned.bin".into(), &"waiting".into()));
}

#[test]
fn two_sends_at_once_both_succeed() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    let names = ["a.bin", "b.bin", "c.bin"];
    let files = names.map(|name| scene.file(name, 3_000_000 + name.len() as u64));
    let chunked = ["--chunk-size", "50000"];
    let spawn = |file: &PathBuf| {
        let mut command = scene.send(file, &receiver.destination(), &chunked);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    let children: Vec<_> = files.iter().map(spawn).collect();
    for (child, name) in children.into_iter().zip(names) {
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        let finished: Vec<_> = events(&output).into_iter().filter(|event| event["event"] == "finished").collect();
        assert_eq!((finished.len(), &finished[0]["name"]), (1, &name.into()), "each hears of its own upload");
    }
    for (file, name) in files.iter().zip(names) {
        assert_eq!(files::digest(&receiver.dir.join(name)), files::digest(file));
    }
}

#[test]
fn a_clients_upload_goes_on_when_the_owner_is_killed() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    let mut owner = scene.busy_owner();
    let folder = scene.folder.path().join("theirs");
    let small = ["a.txt", "b.txt", "c.txt"];
    small.iter().for_each(|name| files::random_file(&folder.join(name), 50_000, name.len() as u64));
    let file = scene.file("theirs/theirs.bin", 20_000_000);
    let mut command = scene.send(&folder, &receiver.destination(), &["--chunk-size", "100000"]);
    let client = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    programs::wait_until("the small ones' delivery", Duration::from_secs(20), || {
        receiver.dir.join("theirs/c.txt").exists() && tests::log::lines(&receiver.log).len() > 20
    });
    owner.kill();
    let output = client.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(files::digest(&receiver.dir.join("theirs/theirs.bin")), files::digest(&file));
    let whole = ["theirs/a.txt", "theirs/b.txt", "theirs/c.txt", "theirs/theirs.bin"];
    assert_eq!(files::files_below(&receiver.dir), whole, "what was delivered before is not sent again");
}

#[test]
fn a_client_that_is_killed_interrupts_what_it_followed_and_nothing_else() {
    let scene = Scene::new();
    let _owner = scene.busy_owner();
    let mut client = until_waiting(scene.send(&scene.file("theirs.bin", 2000), NOWHERE, &[]));
    client.kill();
    let state = |name: &str| {
        let listed = scene.list();
        listed.iter().find(|l| l["name"] == name).and_then(|l| l["state"].as_str().map(str::to_owned))
    };
    programs::wait_until("the interruption", Duration::from_secs(10), || {
        state("theirs.bin").as_deref() == Some("interrupted")
    });
    assert_ne!(state("owned.bin").as_deref(), Some("interrupted"), "the owner's own goes on");
}

#[test]
fn a_detached_send_ends_at_once_and_its_upload_goes_on() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    let _owner = scene.busy_owner();
    let file = scene.file("detached.bin", 5_000_000);
    let output = run(scene.send(&file, &receiver.destination(), &["--detach", "--chunk-size", "100000"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("\"queued\""), "{}", told(&output));
    let place = receiver.dir.join("detached.bin");
    programs::wait_until("the delivery", Duration::from_secs(20), || place.exists());
    assert_eq!(files::digest(&place), files::digest(&file));
    programs::wait_until("the history", Duration::from_secs(10), || {
        let history = run(scene.call(&["history", "--json"]));
        events(&history).iter().any(|past| past["name"] == "detached.bin" && past["outcome"] == "done")
    });
}

#[test]
fn discard_and_resume_work_as_clients_and_wrong_use_still_ends_with_2() {
    let scene = Scene::new();
    let _owner = scene.busy_owner();
    let mut client = until_waiting(scene.send(&scene.file("theirs.bin", 2000), NOWHERE, &[]));
    client.kill();
    let output = run(scene.call(&["resume", "--all", "--json", "--give-up-after", "1"]));
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    let output = run(scene.call(&["discard", "ffffffff"]));
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let theirs = scene.list().into_iter().find(|l| l["name"] == "theirs.bin").expect("it is listed");
    let output = run(scene.call(&["discard", theirs["id"].as_str().expect("an id")]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(scene.list().len(), 1, "only the owner's own is left");
}

#[test]
fn an_upload_can_start_later_be_moved_and_be_started_at_once() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    let _owner = scene.busy_owner();
    let file = scene.file("later.bin", 5000);
    let later = ["--detach", "--start-at", "2999-12-31 23:59", "--priority", "-2"];
    let output = run(scene.send(&file, &receiver.destination(), &later));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    std::thread::sleep(Duration::from_millis(300));
    let waiting = scene.list().into_iter().find(|l| l["name"] == "later.bin").expect("it is listed");
    assert_eq!(waiting["state"], "queued", "its time has not come");
    let id = waiting["id"].as_str().expect("an id");
    let moved = run(scene.call(&["order", id, "--first", "--json"]));
    assert!(moved.status.success() && told(&moved).contains("\"moved\""), "{}", told(&moved));
    let nowhere = run(scene.call(&["order", id]));
    assert_eq!(nowhere.status.code(), Some(2), "{}", told(&nowhere));
    let output = run(scene.call(&["resume", &id[..8], "--json"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(files::digest(&receiver.dir.join("later.bin")), files::digest(&file));
}

#[cfg(unix)]
#[test]
fn the_socket_is_private_and_a_long_data_path_is_no_obstacle() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    let _owner = scene.busy_owner();
    let socket = scene.folder.path().join("data/carryon.sock");
    assert_eq!(socket.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);

    let long = scene.folder.path().join("a".repeat(120));
    let file = scene.file("far.bin", 10);
    let file = file.to_str().expect("a plain name");
    let _far = until_waiting(carryon_with(&long, &["send", file, "--to", NOWHERE, "--json"]));
    let output = run(carryon_with(&long, &["list", "--json"]));
    assert_eq!((output.status.code(), events(&output).len()), (Some(0), 1), "{}", told(&output));
}

#[test]
fn a_detached_send_with_nobody_to_hand_over_to_says_so_and_loses_nothing() {
    let scene = Scene::new();
    let receiver = ReceiverProcess::start(scene.folder.path());
    let file = scene.file("later.bin", 3_000_000);
    let output = run(scene.send(&file, &receiver.destination(), &["--detach"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("no Carryon is running"), "{}", told(&output));
    let output = run(scene.call(&["resume", "--all", "--json"]));
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(files::digest(&receiver.dir.join("later.bin")), files::digest(&file));
}

#[test]
fn consent_to_plain_http_is_asked_for_and_remembered_with_the_destination() {
    let scene = Scene::new();
    let file = scene.file("a.bin", 10);
    let far = "fineuploader+http://files.invalid:9/upload?done=/done";
    let refused = run(scene.send(&file, far, &[]));
    assert_eq!(refused.status.code(), Some(2), "{}", told(&refused));
    let agreed = run(scene.send(&file, far, &["--allow-http", "--give-up-after", "1"]));
    assert_eq!(agreed.status.code(), Some(3), "{}", told(&agreed));
    let resumed = run(scene.call(&["resume", "--all", "--json", "--give-up-after", "1"]));
    assert_eq!(resumed.status.code(), Some(3), "it waits for the network, not for consent: {}", told(&resumed));
}

#[test]
fn an_owner_that_stands_still_ends_with_4() {
    let scene = Scene::new();
    let owner = scene.busy_owner();
    signal(&owner, libc::SIGSTOP);
    let output = run(scene.call(&["list"]));
    signal(&owner, libc::SIGCONT);
    assert_eq!(output.status.code(), Some(4), "{}", told(&output));
    assert!(told(&output).contains("does not answer"), "{}", told(&output));
}

#[test]
fn what_another_face_follows_too_goes_on_when_one_is_killed() {
    let scene = Scene::new();
    let _owner = scene.busy_owner();
    let owned = scene.folder.path().join("owned.bin");
    let mut other = until_waiting(scene.send(&owned, NOWHERE, &[]));
    other.kill();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(scene.list()[0]["state"], "waiting", "the owner follows it still");
}

#[test]
fn what_was_meant_for_one_run_goes_with_its_face() {
    let scene = Scene::new();
    let _owner = scene.busy_owner();
    let mut client = until_waiting(scene.send(&scene.file("once.bin", 2000), NOWHERE, &["--no-resume"]));
    assert_eq!(scene.list().len(), 2);
    client.kill();
    programs::wait_until("its end", Duration::from_secs(10), || scene.list().len() == 1);
    assert_eq!(scene.list()[0]["name"], "owned.bin");
}

fn signal(process: &Running, signal: i32) {
    let id = i32::try_from(process.0.id()).expect("an id");
    // SAFETY: a signal to a child of this test, which is alive.
    assert_eq!(unsafe { libc::kill(id, signal) }, 0);
}
