//! Rows that are lost while others refer to them: nothing is dropped without a word.

use std::collections::BTreeMap;

use carryon_engine::{
    AddRequest, Change, Engine, ErrorKind, RECORDS_FILE, State,
    watch::{NewWatch, Rule, WatchState},
};
use rusqlite::Connection;
use tests::{
    engine::{Desk, quick},
    files::random_file,
};

use crate::stage::{ADDRESS, copy_of, folder, kept, laid, open};

/// The records of somebody else, while their engine ran.
pub async fn other_records() -> BTreeMap<String, Vec<u8>> {
    let data = folder();
    let desk = Desk::open_with(quick(data.path()), ADDRESS).await;
    let path = data.path().join("files/other.bin");
    random_file(&path, 1000, 7);
    let soon = carryon_engine::upload::now() + 1_000_000;
    let request = AddRequest { start_at: Some(soon), ..AddRequest::new([path], desk.to) };
    desk.engine.add(request).await.expect("adds");
    let files = copy_of(data.path());
    desk.close().await;
    files
}

/// Records from which `sql` took something, behind a file that no longer opens.
fn without(sql: &str) -> tempfile::TempDir {
    let data = laid(&kept().closed);
    let path = data.path().join(RECORDS_FILE);
    let connection = Connection::open(&path).expect("opens");
    connection.pragma_update(None, "foreign_keys", false).expect("sets");
    connection.execute_batch(sql).expect("takes");
    drop(connection);
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes[..16].fill(0);
    std::fs::write(&path, bytes).expect("writes");
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_attempt_is_lost_is_kept_and_says_that_it_has_to_start_over() {
    let data = without("DELETE FROM attempts WHERE upload = (SELECT id FROM uploads WHERE seq = 5)");
    let seen = open(data.path(), "no attempt").await;
    assert_eq!(seen.aside.as_ref().map(|aside| (aside.to_start_over, aside.lost)), Some((1, 0)));
    let upload = &seen.listed.iter().find(|l| l.upload.id == kept().uploads[4].id).expect("it is listed").upload;
    let State::Failed(failure) = &upload.state else { panic!("it failed, not {:?}", upload.state) };
    assert!(failure.next_step.contains("Start over"), "{failure:?}");
    assert_eq!(upload.confirmed, 0, "nothing is claimed");
    let id = upload.id;
    let mut desk = Desk::open_with(quick(data.path()), ADDRESS).await;
    desk.resume(id).await;
    let (state, failure) = desk.stopped(id).await;
    assert!(matches!(state, State::Failed(_)), "it must not begin a second object by itself: {state:?}");
    assert!(failure.next_step.contains("Start over"), "{failure:?}");
    desk.close().await;
    assert_eq!(crate::stage::carry_on(data.path(), "no attempt", |listed| listed.upload.id == id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_finish_may_have_left_is_looked_at_before_it_is_sent_again() {
    let data = without(
        "UPDATE uploads SET chunks_left = 0 WHERE seq = 5;
         DELETE FROM attempts WHERE upload = (SELECT id FROM uploads WHERE seq = 5)",
    );
    let seen = open(data.path(), "no attempt").await;
    let upload = &seen.listed.iter().find(|l| l.upload.id == kept().uploads[4].id).expect("it is listed").upload;
    assert_eq!(upload.state, State::OutcomeUnknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_source_is_lost_is_counted_and_named() {
    let data = without("DELETE FROM sources WHERE id = (SELECT source FROM uploads WHERE seq = 5)");
    let seen = open(data.path(), "no source").await;
    let aside = seen.aside.as_ref().expect("told");
    assert_eq!((aside.lost, aside.salvaged), (1, kept().uploads.len() as u64 - 1));
    let name = kept().uploads[4].path.file_name().and_then(|name| name.to_str()).expect("a plain name");
    assert_eq!(aside.names, [name]);
    assert!(aside.sentence().contains(name), "{}", aside.sentence());
    let before = |before: &crate::stage::Before| before.id != kept().uploads[4].id;
    seen.hold(data.path(), "no source", before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_makes_no_sense_is_kept_and_counted_and_hides_none_of_the_others() {
    let sql = "UPDATE sources SET identity = '{no json' WHERE id = (SELECT source FROM uploads WHERE seq = 5)";
    let data = without(sql);
    let seen = open(data.path(), "no json").await;
    assert_eq!((seen.aside.as_ref().map(|aside| aside.lost), seen.unreadable), (Some(0), 1));
    seen.hold(data.path(), "no json", |before| before.id != kept().uploads[4].id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_compared_with_the_file_before_anything_is_completed() {
    let data = without("UPDATE chunks SET blake3 = zeroblob(32) WHERE offset = 200");
    let seen = open(data.path(), "another digest").await;
    assert!(seen.listed.iter().all(|listed| listed.upload.taken_at == 0), "no file's past is taken for known");
    let id = kept().uploads[9].id;
    assert_eq!(crate::stage::carry_on(data.path(), "another digest", |listed| listed.upload.id == id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_lost_itself_is_named_by_its_file() {
    let data = without("DELETE FROM uploads WHERE seq IN (5, 6)");
    let aside = open(data.path(), "no upload").await.aside.expect("told");
    assert_eq!(aside.lost, 2);
    assert!(aside.names.iter().any(|name| name.as_str() == kept().uploads[4].path.to_string_lossy()), "{aside:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_whose_destination_is_lost_are_found_until_its_address_is_set_anew() {
    let data = without("DELETE FROM destinations");
    let seen = open(data.path(), "no destination").await;
    seen.hold(data.path(), "no destination", |_| true);
    assert_eq!(seen.aside.map(|aside| aside.destinations), Some(1));
    let name = seen.listed[0].upload.destination_name.clone();
    assert!(name.contains("set its address anew"), "{name}");
    let engine = Engine::open(quick(data.path())).await.expect("opens");
    let error = engine.add(AddRequest::new([], seen.listed[0].upload.destination)).await.expect_err("has no address");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.advice().contains("destinations"), "{}", error.advice());
    let change = Change { name: Some("NAS".into()), address: Some(ADDRESS.into()), settings: None };
    let row = engine.change_destination(&name, change).await.expect("the address is set anew");
    assert_eq!(row.id, seen.listed[0].upload.destination, "its uploads are its own again");
    engine.shutdown().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_chunks_are_sent_again_and_what_is_left_is_not() {
    let data = without("DELETE FROM chunks WHERE offset % 300 = 0");
    let seen = open(data.path(), "no chunks").await;
    seen.hold(data.path(), "no chunks", |_| true);
    assert_eq!(seen.listed[0].upload.confirmed, 400, "seven chunks were confirmed, three rows are lost");
    let chosen = kept().uploads[7].id;
    assert_eq!(crate::stage::carry_on(data.path(), "no chunks", |listed| listed.upload.id == chosen).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn watched_folders_are_saved_and_rest_until_somebody_looked() {
    let (data, watched) = (laid(&kept().closed), crate::stage::folder());
    std::fs::write(watched.path().join("old.mov"), b"old").expect("writes");
    let engine = Engine::open(quick(data.path())).await.expect("opens");
    let to = engine.destination(ADDRESS).await.expect("a destination").id;
    let new =
        NewWatch { path: watched.path().to_owned(), destination: to, scope: String::new(), rule: Rule::default() };
    let id = engine.add_watch(new).await.expect("it is watched").id;
    engine.shutdown().await.expect("closes");
    drop(engine);
    let path = data.path().join(RECORDS_FILE);
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes[..16].fill(0);
    std::fs::write(&path, bytes).expect("writes");
    let engine = Engine::open(quick(data.path())).await.expect("opens");
    let aside = engine.set_aside().expect("told").clone();
    assert_eq!(aside.watches, 1);
    assert!(aside.sentence().contains("Watched folders are paused"), "{}", aside.sentence());
    let watches = engine.watches().await.expect("lists");
    let found: Vec<_> = watches.iter().map(|watch| (watch.row.id, watch.row.path.as_path(), &watch.state)).collect();
    assert_eq!(found, [(id, watched.path(), &WatchState::Paused)]);
    engine.shutdown().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_does_not_come_back() {
    let data = laid(&kept().closed);
    let engine = Engine::open(quick(data.path())).await.expect("opens");
    let gone: Vec<_> = kept().uploads.iter().take(30).map(|before| before.id).collect();
    assert!(engine.discard(&gone).await.problems.is_empty());
    engine.shutdown().await.expect("closes");
    drop(engine);
    let path = data.path().join(RECORDS_FILE);
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes[..16].fill(0);
    std::fs::write(&path, bytes).expect("writes");
    let seen = open(data.path(), "discarded").await;
    assert_eq!(seen.listed.len(), kept().uploads.len() - gone.len());
    assert!(seen.aside.is_some_and(|aside| aside.lost == 0), "and nothing that is over is missed");
}
