//! Folders that go and come back, that rest, and many files in one.

use std::time::Duration;

use tests::files::{digest, random_file};

use crate::stage::Stage;

#[test]
fn a_folder_that_vanishes_is_told_stops_nobody_and_goes_on_when_it_is_back() {
    let stage = Stage::new();
    stage.watch(&[]);
    let other = stage.folder.path().join("other");
    std::fs::create_dir(&other).expect("a folder");
    stage.watch_folder(&other, &[]);
    let _run = stage.start();
    stage.put("a.mov", 1000);
    stage.until_arrived(1);
    let unplugged = stage.folder.path().join("unplugged");
    std::fs::rename(&stage.watched, &unplugged).expect("unplugs");
    stage.until_listed("that it is missing", |line| line["state"] == "missing");
    random_file(&other.join("b.mov"), 2000, 1);
    let theirs = stage.receiver.dir.join("other/b.mov");
    tests::programs::wait_until("the other one's file", crate::stage::PATIENCE, || theirs.exists());
    // As an unplugged disk leaves its mount point: an empty folder of the same name.
    std::fs::create_dir(&stage.watched).expect("a mount point");
    stage.until_listed("that it is watched", |line| line["state"] == "watching");
    std::thread::sleep(Duration::from_secs(3));
    std::fs::remove_dir(&stage.watched).expect("the mount point goes");
    std::fs::rename(&unplugged, &stage.watched).expect("plugs in");
    stage.put("c.mov", 3000);
    stage.require_exactly(&["a.mov", "c.mov"]);
    assert!(
        stage.said().iter().any(|line| line["event"] == "watch" && line["state"] == "missing"),
        "a follower is told"
    );
}

#[test]
fn a_folder_rests_goes_on_and_is_removed_while_it_is_watched() {
    let stage = Stage::new();
    let _run = stage.start();
    let id = stage.watch(&[])["id"].as_str().expect("an id").to_owned();
    stage.put("a.mov", 1000);
    stage.until_arrived(1);
    assert_eq!(stage.ask(&["pause", &id[..8]])[0]["state"], "paused");
    stage.put("b.mov", 2000);
    stage.let_some_time_pass();
    assert_eq!(stage.arrived().len(), 1, "it rests");
    stage.ask(&["resume", &id[..8]]);
    stage.require_exactly(&["a.mov", "b.mov"]);
    stage.ask(&["remove", &id]);
    stage.put("c.mov", 3000);
    stage.let_some_time_pass();
    assert_eq!((stage.list().len(), stage.arrived().len()), (0, 2), "it is watched no more");
}

#[test]
fn a_thousand_files_arrive_once_each_across_a_crash() {
    let stage = Stage::new();
    stage.watch(&[]);
    let names: Vec<String> = (0..1000).map(|n| format!("{}/{n:04}.raw", n % 10)).collect();
    names.iter().for_each(|name| drop(stage.put(name, 1 + name.len() as u64 * 37)));
    let run = stage.start();
    stage.until_arrived(200);
    drop(run);
    let _run = stage.start();
    stage.require_exactly(&names.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn two_that_watch_at_once_take_each_file_once() {
    let stage = Stage::new();
    stage.watch(&[]);
    let (first, _second) = (stage.start(), stage.start());
    let a = digest(&stage.put("a.mov", 1000));
    stage.until_arrived(1);
    // Whoever is left carries on.
    drop(first);
    stage.put("b.mov", 2000);
    stage.require_exactly(&["a.mov", "b.mov"]);
    assert_eq!(stage.arrived()["a.mov"], a);
}
