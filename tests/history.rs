//! The history: found again by any word, held against files, kept for as long as it should be.

use std::path::Path;

use carryon_engine::{Ending, Engine, ErrorKind, Event, RECORDS_FILE, Search, Watch, receipt::Level};
use rusqlite::Connection;
use tests::{
    engine::{Desk, quick},
    files,
    programs::{ReceiverProcess, carryon_with, events, run, told},
};

const SIZE: u64 = 2_000_000;

/// An engine that delivered `names` to a receiver of ours, and the receiver.
async fn delivered(folder: &Path, names: &[&str]) -> (Desk, ReceiverProcess) {
    let receiver = ReceiverProcess::start(folder);
    let mut desk = Desk::open(&folder.join("data"), &receiver.destination()).await;
    for name in names {
        let path = folder.join("shoot").join(name);
        files::random_file(&path, SIZE, 7);
        let id = desk.send(&path).await;
        desk.finished(id).await;
    }
    (desk, receiver)
}

fn words(text: &str) -> Search {
    Search { words: text.to_owned(), ..Search::default() }
}

async fn found(engine: &Engine, search: Search) -> Vec<String> {
    let page = engine.search_history(search, None, 100).await.expect("searches");
    page.entries.into_iter().map(|past| past.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_delivered_and_what_was_discarded_is_found_by_any_word() {
    let folder = tempfile::tempdir().expect("temp folder");
    let (mut desk, _receiver) = delivered(folder.path(), &["Größe.tif", "note.txt"]).await;
    desk.engine.pause(&[]).await;
    let whole = folder.path().join("shoot");
    let ids = desk.add([whole]).await;
    let told = desk.finished(ids[0]).await;
    let Event::Finished { relative_path, destination, .. } = told else { unreachable!() };
    assert!(relative_path.starts_with("shoot"), "the last word says which folder it came with: {relative_path}");
    assert!(destination.starts_with("fineuploader+http"), "and where it went: {destination}");
    desk.finished(ids[1]).await;
    let engine = &desk.engine;
    assert_eq!(found(engine, words("grosse")).await, [""; 0]);
    assert_eq!(found(engine, words("GRÖßE")).await.len(), 2, "sent twice, found twice");
    assert_eq!(found(engine, words("shoot note.txt")).await.len(), 2, "by its folder too");
    let page = engine.search_history(Search::default(), None, 3).await.expect("searches");
    assert_eq!((page.entries.len(), page.found, page.bytes), (3, 4, 4 * SIZE), "a page of all");
    assert_eq!(page.entries[0].protocol, "fineuploader");
    let discarded = Search { ending: Some(Ending::Discarded), ..Search::default() };
    assert!(found(engine, discarded).await.is_empty());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_held_against_its_receipt_and_what_changed_is_named() {
    let folder = tempfile::tempdir().expect("temp folder");
    let (desk, _receiver) = delivered(folder.path(), &["take.mov"]).await;
    let engine = &desk.engine;
    let seq = engine.search_history(Search::default(), None, 1).await.expect("searches").entries[0].seq;
    let (_, receipt) = engine.past(seq).await.expect("is there");
    assert_eq!(receipt.expect("a receipt").proof.level, Level::ServerDigest);

    let watch = Watch::default();
    assert!(engine.verify_past(seq, None, watch.clone()).await.expect("compares").is_equal());
    assert_eq!(watch.read(), SIZE, "every byte was read, and that was told");

    let stopped = Watch::default();
    stopped.stop();
    let error = engine.verify_past(seq, None, stopped).await.expect_err("it was stopped");
    assert_eq!(error.kind(), ErrorKind::Rejected);

    let path = folder.path().join("shoot/take.mov");
    let copy = folder.path().join("copy.mov");
    std::fs::copy(&path, &copy).expect("copies");
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes[1_234_567] ^= 1;
    std::fs::write(&path, bytes).expect("writes");
    let changed = engine.verify_past(seq, None, Watch::default()).await.expect("compares");
    assert!(!changed.is_equal() && changed.differing.iter().any(|range| range.contains(&1_234_567)), "{changed:?}");
    assert!(
        engine.verify_past(seq, Some(copy), Watch::default()).await.expect("compares").is_equal(),
        "the copy is it"
    );

    std::fs::remove_file(&path).expect("removes");
    let error = engine.verify_past(seq, None, Watch::default()).await.expect_err("there is nothing to compare");
    assert_eq!(error.kind(), ErrorKind::SourceMissing);
    let error = engine.verify_past(4711, None, Watch::default()).await.expect_err("nobody knows of it");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_kept_for_ever_unless_somebody_says_for_how_long() {
    let folder = tempfile::tempdir().expect("temp folder");
    let (desk, _receiver) = delivered(folder.path(), &["old.mov", "new.mov"]).await;
    desk.close().await;
    let records = folder.path().join("data").join(RECORDS_FILE);
    let sql = "UPDATE history SET ended_at = ended_at - 31 * 86400000 WHERE name = 'old.mov'";
    assert_eq!(Connection::open(&records).expect("opens").execute(sql, []).expect("ages"), 1);

    let engine = tests::engine::open(quick(&folder.path().join("data"))).await;
    assert_eq!(engine.history_days().await.expect("reads"), None, "for ever, by default");
    assert_eq!(found(&engine, Search::default()).await.len(), 2);
    for days in [0, 36_501] {
        assert_eq!(engine.keep_history(Some(days)).await.expect_err("no such time").kind(), ErrorKind::Invalid);
    }
    engine.keep_history(Some(30)).await.expect("sets");
    assert_eq!(engine.history_days().await.expect("reads"), Some(30));
    assert_eq!(found(&engine, Search::default()).await, ["new.mov"], "what is older goes at once");
    engine.keep_history(None).await.expect("sets");
    assert_eq!(engine.history_days().await.expect("reads"), None);
    engine.shutdown().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_searches_too() {
    let folder = tempfile::tempdir().expect("temp folder");
    let (desk, _receiver) = delivered(folder.path(), &["Größe.tif", "note.txt"]).await;
    desk.close().await;
    let ask = |more: &[&str]| run(carryon_with(&folder.path().join("data"), &[&["history", "--json"], more].concat()));
    let names = |more: &[&str]| -> Vec<String> {
        let output = ask(more);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        events(&output).iter().map(|line| line["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&["--find", "größe TIF"]), ["Größe.tif"]);
    assert_eq!(names(&["--find", "shoot"]), ["Größe.tif", "note.txt"], "oldest first, as ever");
    assert_eq!(names(&["--ended", "discarded"]), [""; 0]);
    assert_eq!(names(&["--ended", "done", "--limit", "1"]), ["note.txt"]);
    assert_eq!(ask(&["--ended", "somehow"]).status.code(), Some(2), "wrong use");
}
