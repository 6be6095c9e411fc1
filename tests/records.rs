//! The record store: private, one owner, durable in groups, and never empty-handed because one thing in it is broken.

use std::{path::Path, sync::Arc, time::Duration};

use carryon_engine::{
    AddRequest, Engine, ErrorKind, Limits, Options, RECORDS_FILE, State,
    chunk::Completes,
    destination::SurveyKind,
    drivers::memory::{Fault, Memory},
};
use rusqlite::Connection;
use tests::{
    engine::{Desk, quick},
    files,
};

const ADDRESS: &str = "fineuploader+http://127.0.0.1:9/memory";

/// A desk whose destination is in memory.
async fn desk(options: Options, memory: &Memory) -> Desk {
    let desk = Desk::open_with(options, ADDRESS).await;
    desk.engine.bind(desk.to, Arc::new(memory.clone()));
    desk
}

fn set() -> Memory {
    Memory::new(SurveyKind::Set, Completes::FinishRequest)
}

/// `count` uploads that stopped, in the records of `data`.
async fn stopped_uploads(data: &Path, count: u64) {
    let folder = data.join("files");
    (0..count).for_each(|n| files::random_file(&folder.join(format!("{n}.bin")), 10 + n, n));
    let memory = set();
    (0..count).for_each(|at| memory.play(at, Fault::Refuse(ErrorKind::Rejected)));
    let mut desk = desk(quick(data), &memory).await;
    for id in desk.add([folder]).await {
        let (state, _) = desk.stopped(id).await;
        assert!(matches!(state, State::Failed(_)));
    }
    desk.close().await;
}

async fn list(data: &Path) -> (usize, u64, bool) {
    let engine = Engine::open(quick(data)).await.expect("it opens whatever it finds");
    let (listed, unreadable) = engine.list().await.expect("it lists");
    let set_aside = engine.set_aside().is_some();
    engine.shutdown().await.expect("it closes");
    (listed.len(), unreadable, set_aside)
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_busy_connections_share_a_sync_for_eight_chunks() {
    let data = tempfile::tempdir().expect("temp folder");
    let source = data.path().join("source.bin");
    files::random_file(&source, 4 << 20, 1);
    let options = Options { limits: Limits { files: 1, chunks: 8 }, ..quick(data.path()) };
    let mut desk = desk(options, &set()).await;
    let before = desk.engine.commits();
    let chunks = 1024;
    let request = AddRequest { chunk_size: Some((4 << 20) / chunks), ..AddRequest::new([source], desk.to) };
    let id = desk.add_as(request).await[0];
    desk.finished(id).await;
    let commits = desk.engine.commits() - before;
    assert!(commits <= chunks / 8, "{commits} syncs for {chunks} chunks: at most one for eight");
    desk.close().await;
}

#[tokio::test]
async fn a_second_owner_is_refused_and_told_so() {
    let data = tempfile::tempdir().expect("temp folder");
    let first = Engine::open(quick(data.path())).await.expect("the first one owns it");
    let error = Engine::open(quick(data.path())).await.expect_err("there is one owner");
    assert_eq!(error.kind(), ErrorKind::Owned);
    first.shutdown().await.expect("it closes");
    drop(first);
    Desk::open(data.path(), ADDRESS).await.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_records_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let data = tempfile::tempdir().expect("temp folder");
    let folder = data.path().join("new/folder");
    let engine = Engine::open(quick(&folder)).await.expect("it opens");
    let mode = |path: &Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join(RECORDS_FILE))), (0o700, 0o600));
    engine.shutdown().await.expect("it closes");
}

#[tokio::test]
async fn one_bad_row_hides_none_of_the_others_and_is_counted_and_kept() {
    let data = tempfile::tempdir().expect("temp folder");
    stopped_uploads(data.path(), 5).await;
    let path = data.path().join(RECORDS_FILE);
    let damage = "UPDATE uploads SET detail = 'not json' WHERE seq = 3";
    Connection::open(&path).expect("opens").execute(damage, []).expect("damages");
    assert_eq!(list(data.path()).await, (4, 1, false), "four are listed, one is counted");
    let rows: i64 = Connection::open(&path)
        .expect("opens")
        .query_row("SELECT count(*) FROM uploads", [], |row| row.get(0))
        .expect("counts");
    assert_eq!(rows, 5, "what cannot be read is not thrown away");
}

#[tokio::test]
async fn a_database_that_is_none_is_set_aside_and_never_deleted() {
    let data = tempfile::tempdir().expect("temp folder");
    let junk = b"this is not a database, but somebody may want it back".repeat(100);
    std::fs::write(data.path().join(RECORDS_FILE), &junk).expect("writes");
    assert_eq!(list(data.path()).await, (0, 0, true), "the app works, and says what it did");
    let kept = files::files_below(data.path()).into_iter().find(|name| name.contains(".damaged-")).expect("it is kept");
    assert_eq!(std::fs::read(data.path().join(kept)).expect("reads"), junk);
}

#[tokio::test]
async fn what_was_under_way_is_interrupted_and_says_how_the_run_ended() {
    let data = tempfile::tempdir().expect("temp folder");
    stopped_uploads(data.path(), 2).await;
    let path = data.path().join(RECORDS_FILE);
    let crash = "UPDATE uploads SET state = 'uploading', detail = '{\"kind\":\"uploading\"}' WHERE seq = 1";
    Connection::open(&path).expect("opens").execute(crash, []).expect("as a crash leaves it");
    let engine = Engine::open(quick(data.path())).await.expect("it opens");
    let states: Vec<_> =
        engine.resumable().await.expect("lists").into_iter().map(|l| l.upload.state.reason()).collect();
    assert_eq!(states[0].as_deref(), Some("Carryon ended unexpectedly"));
    assert!(states[1].as_deref().is_some_and(|reason| reason.contains("a fault was played")), "failed stays failed");
    engine.shutdown().await.expect("it closes");
}

#[tokio::test]
async fn a_closed_engine_leaves_what_was_under_way_interrupted_and_resumable() {
    let data = tempfile::tempdir().expect("temp folder");
    let source = data.path().join("source.bin");
    files::random_file(&source, 100_000, 1);
    let memory = set();
    memory.play(5, Fault::Refuse(ErrorKind::Offline));
    (6..200).for_each(|at| memory.play(at, Fault::Refuse(ErrorKind::Offline)));
    let mut first = desk(quick(data.path()), &memory).await;
    let request = AddRequest { chunk_size: Some(10_000), ..AddRequest::new([source.clone()], first.to) };
    let id = first.add_as(request).await[0];
    first.confirmed(id, 40_000).await;
    first.close().await;

    let whole = set();
    let mut second = desk(quick(data.path()), &whole).await;
    let resumable = second.engine.resumable().await.expect("lists");
    assert_eq!(resumable[0].upload.state.reason().as_deref(), Some("Carryon was closed"));
    assert!(resumable[0].upload.confirmed >= 40_000, "what was confirmed is known without asking anyone");
    second.engine.bind(second.to, Arc::new(memory.clone()));
    (0..200).for_each(|at| memory.play(at, Fault::LoseAnswer));
    second.resume(id).await;
    second.finished(id).await;
    let objects = memory.objects();
    assert_eq!(objects.values().next().and_then(|o| o.whole.clone()), std::fs::read(&source).ok());
    second.close().await;
}

#[tokio::test]
async fn with_resume_switched_off_nothing_is_kept() {
    let data = tempfile::tempdir().expect("temp folder");
    let source = data.path().join("source.bin");
    files::random_file(&source, 100_000, 1);
    let memory = set();
    (3..200).for_each(|at| memory.play(at, Fault::Refuse(ErrorKind::Offline)));
    let mut desk = desk(quick(data.path()), &memory).await;
    let request = AddRequest { chunk_size: Some(10_000), keep: false, ..AddRequest::new([source], desk.to) };
    let id = desk.add_as(request).await[0];
    desk.confirmed(id, 10_000).await;
    desk.close().await;
    assert_eq!(list(data.path()).await, (0, 0, false), "the record goes with the run");
}

#[tokio::test]
async fn a_discarded_upload_is_forgotten_at_the_destination_too() {
    let data = tempfile::tempdir().expect("temp folder");
    let source = data.path().join("source.bin");
    files::random_file(&source, 100_000, 1);
    let memory = set();
    memory.play(4, Fault::Refuse(ErrorKind::Rejected));
    let mut desk = desk(quick(data.path()), &memory).await;
    let request = AddRequest { chunk_size: Some(10_000), ..AddRequest::new([source], desk.to) };
    let id = desk.add_as(request).await[0];
    desk.stopped(id).await;
    assert_eq!(memory.objects().len(), 1, "a failure never deletes what the server holds (P5)");
    desk.expect_more(id);
    desk.engine.discard(&[id]).await;
    let deadline = std::time::Instant::now() + Duration::from_secs(5);
    while !memory.objects().is_empty() || desk.engine.errands_left().await.expect("counts") > 0 {
        assert!(std::time::Instant::now() < deadline, "the destination was not told");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(desk.engine.list().await.expect("lists").0.is_empty());
    desk.close().await;
}

#[tokio::test]
async fn the_queue_follows_priority_then_place_then_the_order_of_adding() {
    let data = tempfile::tempdir().expect("temp folder");
    let options = Options { limits: Limits { files: 1, chunks: 1 }, ..quick(data.path()) };
    let memory = set();
    (0..40).for_each(|at| memory.play(at, Fault::Refuse(ErrorKind::Rejected)));
    let mut desk = desk(options, &memory).await;
    let soon = carryon_engine::upload::now() + 700;
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let path = data.path().join(name);
        files::random_file(&path, 10, 1);
        let request = AddRequest { start_at: Some(soon), ..AddRequest::new([path], desk.to) };
        ids.push(desk.add_as(request).await[0]);
    }
    desk.engine.set_order(&ids[3..4], carryon_engine::Order::Priority(5)).await;
    desk.engine.set_order(&ids[2..3], carryon_engine::Order::First).await;
    desk.engine.set_order(&ids[0..1], carryon_engine::Order::Last).await;
    for &id in &ids {
        desk.stopped(id).await;
    }
    let is_start = |event: &&carryon_engine::Event| matches!(event, carryon_engine::Event::Started { .. });
    let began: Vec<_> = desk.told.iter().filter(is_start).map(|event| event.id()).collect();
    let names = |id| ["a", "b", "c", "d", "e"][ids.iter().position(|&i| i == id).expect("known")];
    assert_eq!(began.into_iter().map(names).collect::<Vec<_>>(), ["d", "c", "b", "e", "a"]);
    assert!(carryon_engine::upload::now() >= soon, "nothing began before its time");
    desk.close().await;
}

#[tokio::test]
async fn a_queued_row_that_cannot_be_read_stops_none_of_the_others() {
    let data = tempfile::tempdir().expect("temp folder");
    stopped_uploads(data.path(), 3).await;
    let connection = Connection::open(data.path().join(RECORDS_FILE)).expect("opens");
    let damage = "UPDATE uploads SET state = 'queued', detail = 'not json' WHERE seq = 1";
    connection.execute(damage, []).expect("damages");
    drop(connection);
    let mut desk = desk(quick(data.path()), &set()).await;
    let (listed, unreadable) = desk.engine.list().await.expect("lists");
    assert_eq!((listed.len(), unreadable), (2, 1));
    for listed in listed {
        desk.expect_more(listed.upload.id);
        desk.engine.start_over(&[listed.upload.id]).await;
        desk.finished(listed.upload.id).await;
    }
    desk.close().await;
}

#[tokio::test]
async fn an_unkept_row_that_cannot_be_read_does_not_keep_the_engine_shut() {
    let data = tempfile::tempdir().expect("temp folder");
    stopped_uploads(data.path(), 2).await;
    let damage = "UPDATE uploads SET keep = 0, detail = 'not json' WHERE seq = 1";
    Connection::open(data.path().join(RECORDS_FILE)).expect("opens").execute(damage, []).expect("damages");
    assert_eq!(list(data.path()).await, (1, 1, false));
}

#[tokio::test]
async fn time_offline_uses_up_no_attempts() {
    let data = tempfile::tempdir().expect("temp folder");
    let source = data.path().join("source.bin");
    files::random_file(&source, 30_000, 1);
    let memory = set();
    (1..16).for_each(|at| memory.play(at, Fault::Refuse(ErrorKind::Offline)));
    (16..20).for_each(|at| memory.play(at, Fault::Refuse(ErrorKind::Transient)));
    let mut desk = desk(Options { limits: Limits { files: 1, chunks: 1 }, ..quick(data.path()) }, &memory).await;
    let request = AddRequest { chunk_size: Some(10_000), ..AddRequest::new([source], desk.to) };
    let id = desk.add_as(request).await[0];
    desk.finished(id).await;
    desk.close().await;
}

#[tokio::test]
async fn an_attempts_number_is_never_used_twice() {
    let data = tempfile::tempdir().expect("temp folder");
    stopped_uploads(data.path(), 1).await;
    let memory = set();
    (0..9).for_each(|at| memory.play(at, Fault::Refuse(ErrorKind::Rejected)));
    let mut desk = desk(quick(data.path()), &memory).await;
    let before = desk.engine.list().await.expect("lists").0[0].upload.clone();
    desk.engine.start_over(&[before.id]).await;
    desk.stopped(before.id).await;
    let after = desk.listed(before.id).await.expect("listed").upload;
    assert!(
        after.attempt.seq > before.attempt.seq,
        "what comes late for the old attempt must not count for the new one"
    );
    desk.close().await;
}

#[tokio::test]
async fn an_upload_paused_just_before_its_turn_goes_on_at_once_when_it_is_resumed() {
    let data = tempfile::tempdir().expect("temp folder");
    let mut desk = desk(Options { limits: Limits { files: 1, chunks: 1 }, ..quick(data.path()) }, &set()).await;
    for round in 0..60 {
        let source = data.path().join(format!("{round}.bin"));
        files::random_file(&source, 10, round);
        let id = desk.add([source]).await[0];
        if desk.engine.pause(&[id]).await.done.contains(&id) {
            desk.resume(id).await;
        }
        desk.finished(id).await;
    }
    desk.close().await;
}
