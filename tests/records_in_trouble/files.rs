//! The files themselves: empty, gone, a folder in their place, not to be written, half moved aside.

use std::{path::Path, process::Command};

use carryon_engine::{Engine, ErrorKind, RECORDS_FILE, Trouble};
use tests::engine::quick;

use crate::stage::{WAL, copy_of, kept, laid, open, with_database};

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_is_no_fresh_start_where_records_have_been() {
    let data = with_database(Vec::new());
    let aside = open(data.path(), "empty").await.aside.expect("uploads were recorded here once");
    assert_eq!(aside.trouble, Trouble::Missing);
    assert!(aside.sentence().contains("begins anew"), "{}", aside.sentence());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_or_missing_file_with_its_log_gives_all_that_the_log_holds() {
    let mut files = kept().running.clone();
    files.insert(RECORDS_FILE.to_owned(), Vec::new());
    let empty = laid(&files);
    files.remove(RECORDS_FILE);
    let missing = laid(&files);
    for (what, data) in [("empty", empty), ("missing", missing)] {
        let seen = open(data.path(), what).await;
        let aside = seen.aside.as_ref().unwrap_or_else(|| panic!("{what}: it is told"));
        assert_eq!(aside.trouble, Trouble::Missing, "{what}");
        assert!(!seen.listed.is_empty(), "{what}: the log is not thrown away with its file");
        seen.hold(data.path(), what, |_| false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_are_gone_are_missed_once() {
    let mut files = kept().closed.clone();
    files.remove(RECORDS_FILE);
    let data = laid(&files);
    let aside = open(data.path(), "gone").await.aside.expect("uploads were recorded here once");
    assert_eq!((aside.trouble, aside.path.as_ref()), (Trouble::Missing, None));
    assert!(!aside.sentence().contains("kept as"), "there is nothing to keep: {}", aside.sentence());
    assert_eq!(open(data.path(), "again").await.aside, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_launch_says_nothing() {
    let data = crate::stage::folder();
    assert_eq!(open(data.path(), "first").await.aside, None);
    std::fs::write(data.path().join("other"), b"").expect("writes");
    assert_eq!(open(data.path(), "second").await.aside, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_place_of_the_file_is_set_aside() {
    let data = laid(&kept().closed);
    let path = data.path().join(RECORDS_FILE);
    std::fs::remove_file(&path).expect("removes");
    std::fs::create_dir_all(path.join("with something in it")).expect("makes");
    let aside = open(data.path(), "a folder").await.aside.expect("it is told");
    let path = aside.path.expect("it says where");
    assert!(path.join("with something in it").is_dir(), "and kept as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_damaged_records_are_set_aside_loses_nothing() {
    let mut damaged = kept().closed[RECORDS_FILE].clone();
    damaged[100..4096].fill(0);
    let data = with_database(damaged.clone());
    let whole = open(data.path(), "damaged").await;
    let mut fresh = copy_of(data.path());
    let aside = whole.aside.and_then(|aside| aside.path).expect("told");
    let aside = aside.file_name().and_then(|name| name.to_str()).expect("a plain name").to_owned();
    let ready = fresh.remove(RECORDS_FILE).expect("the successor");
    fresh.remove(&aside);
    let waits = aside.replace(".damaged-", ".salvaged-");
    for moved in [false, true] {
        let mut files = fresh.clone();
        files.insert(waits.clone(), ready.clone());
        files.insert(if moved { aside.clone() } else { RECORDS_FILE.to_owned() }, damaged.clone());
        let data = laid(&files);
        let seen = open(data.path(), "killed in between").await;
        assert_eq!(seen.listed.len(), whole.listed.len(), "the successor takes its place");
        assert_eq!(std::fs::read(data.path().join(&aside)).ok(), Some(damaged.clone()), "the damaged one is kept");
    }
    let mut files = fresh;
    files.insert(RECORDS_FILE.to_owned(), damaged);
    files.insert(format!("{RECORDS_FILE}.salvaging"), ready[..ready.len() / 2].to_vec());
    let data = laid(&files);
    let seen = open(data.path(), "killed while it was filled").await;
    assert_eq!(seen.listed.len(), whole.listed.len(), "half a successor is none");
}

/// Opens records that cannot be written: refused in words, and whole afterwards.
async fn refused(data: &Path, what: &str) {
    let error = Engine::open(quick(data)).await.expect_err(what);
    assert_eq!(error.kind(), ErrorKind::Storage, "{what}: {error}");
    let said = error.message();
    assert!(said.contains("cannot be") || said.contains("could not be"), "{what}: in plain words, not {said}");
    assert!(!error.advice().is_empty(), "{what}: and what to do");
    println!("{what}: {error}. {}", error.advice());
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_refused_in_words_and_all_is_there_afterwards() {
    for (name, files) in [("closed", &kept().closed), ("killed", &kept().running)] {
        let data = laid(files);
        let path = data.path().to_str().expect("a plain path");
        let bound = succeeds("mount", &["--bind", path, path]);
        if !bound || !succeeds("mount", &["-o", "remount,ro,bind", path]) {
            println!("skipped: this system lets nobody mount here");
            return;
        }
        refused(data.path(), &format!("a read-only folder, {name}")).await;
        assert!(succeeds("umount", &[path]), "it can be unmounted");
        let seen = open(data.path(), name).await;
        seen.hold(data.path(), name, |_| true);
        assert_eq!((seen.aside, copy_of(data.path()).contains_key(WAL)), (None, false), "{name}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_is_refused_in_words_and_all_is_there_afterwards() {
    let data = laid(&kept().closed);
    let path = data.path().join(RECORDS_FILE);
    let path = path.to_str().expect("a plain path");
    if !succeeds("mount", &["--bind", path, path]) || !succeeds("mount", &["-o", "remount,ro,bind", path]) {
        println!("skipped: this system lets nobody mount here");
        return;
    }
    refused(data.path(), "a read-only file").await;
    assert!(succeeds("umount", &[path]), "it can be unmounted");
    let seen = open(data.path(), "afterwards").await;
    seen.hold(data.path(), "afterwards", |_| true);
    assert_eq!(seen.aside, None);
}
