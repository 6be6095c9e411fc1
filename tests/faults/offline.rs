//! The destination is not there, goes away, comes back: an upload waits as long as it takes, and goes on by itself.

use std::time::Duration;

use carryon_engine::{Event, WaitReason};
use tests::{
    engine::Desk,
    scripted::{On, What},
};

use crate::stage::{CHUNK, PLAIN, Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_waits_for_a_server_that_is_not_there_and_goes_on_when_it_comes() {
    let mut stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.stop();
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.until("waiting offline", |event| matches!(event, Event::Waiting { reason: WaitReason::Offline, .. })).await;
    tokio::time::sleep(Duration::from_millis(800)).await;
    let state = desk.listed(id).await.expect("listed").upload.state;
    assert_ne!(state.name(), "failed", "more than ten refused connections are no failure");
    stage.server.start_again().await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_in_the_middle_is_gone_on_with() {
    let mut stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 40 * CHUNK);
    stage.server.pace(Duration::from_millis(5));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.confirmed(id, 10 * CHUNK).await;
    stage.server.stop();
    tokio::time::sleep(Duration::from_millis(300)).await;
    stage.server.start_again().await;
    desk.finished(id).await;
    stage.delivered(&file);
    let log = stage.server.log();
    let answered = |before: usize, what| log[..before].iter().any(|seen| seen.what == what && seen.status == Some(200));
    let again = log.iter().filter(|seen| answered(seen.at, seen.what)).count();
    assert!(again <= 1, "at most what was in flight is sent twice, not {again} chunks");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_that_wait_can_be_paused_discarded_and_left_by_a_shutdown() {
    let mut stage = Stage::new(PLAIN).await;
    let files = ["a.mov", "b.mov", "c.mov"].map(|name| stage.file(name, 2 * CHUNK));
    stage.server.stop();
    let mut desk = stage.desk().await;
    let ids = desk.add(files.clone()).await;
    for &id in &ids {
        let waits = |event: &Event| event.id() == id && matches!(event, Event::Waiting { .. });
        if !desk.told.iter().any(waits) {
            desk.until("waiting offline", waits).await;
        }
    }
    assert_eq!(desk.engine.pause(&ids[..1]).await.done, ids[..1]);
    assert_eq!(desk.engine.discard(&ids[1..2]).await.done, ids[1..2]);
    desk.close().await;
    stage.server.start_again().await;
    let mut desk = stage.desk().await;
    let resumable = desk.engine.resumable().await.expect("list");
    let states: Vec<_> = resumable.iter().map(|listed| (listed.upload.id, listed.upload.state.name())).collect();
    assert_eq!(states, [(ids[0], "paused"), (ids[2], "interrupted")]);
    for id in [ids[0], ids[2]] {
        desk.resume(id).await;
        desk.finished(id).await;
    }
    assert_eq!(stage.server.objects().len(), 2);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_before_done_gets_it_when_it_is_back() {
    let mut stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    let held = stage.server.hold(On::Chunk(2));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    stage.server.until("the last chunk", |log| log.len() == 3).await;
    stage.server.stop();
    held.add_permits(1);
    desk.until("waiting offline", |event| matches!(event, Event::Waiting { reason: WaitReason::Offline, .. })).await;
    stage.server.start_again().await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Done), 1);
    stage.delivered(&file);
    desk.close().await;
}

/// Patient options: nothing ends by itself within this test.
fn patient(stage: &Stage) -> carryon_engine::Options {
    let quick = tests::engine::quick(&stage.data());
    let (long, minute) = (Duration::from_secs(60), Duration::from_secs(60));
    let retry = carryon_engine::RetryPolicy { base: long, cap: long, offline_cap: long, ..quick.retry };
    let http = carryon_engine::HttpOptions { stall: minute, answer: minute, ..quick.http };
    carryon_engine::Options { retry, http, ..quick }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_comes_back_ends_the_waiting_at_once() {
    let mut stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.stop();
    let mut desk = Desk::open_with(patient(&stage), &stage.in_order()).await;
    let id = desk.send(&file).await;
    desk.until("waiting offline", |event| matches!(event, Event::Waiting { reason: WaitReason::Offline, .. })).await;
    stage.server.start_again().await;
    desk.engine.network_changed(false);
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_slept_does_not_wait_for_dead_connections() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    let held = stage.server.hold(On::Chunk(1));
    let mut desk = Desk::open_with(patient(&stage), &stage.in_order()).await;
    let id = desk.send(&file).await;
    stage.server.until("the chunk that hangs", |log| log.len() == 2).await;
    desk.engine.network_changed(true);
    desk.until("waiting", |event| matches!(event, Event::Waiting { .. })).await;
    stage.server.behave();
    held.add_permits(8);
    desk.engine.network_changed(false);
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}
