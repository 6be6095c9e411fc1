//! Discarding: the server is told, from an outbox that outlives the record, until it confirms or refuses for good.

use std::time::Duration;

use carryon_engine::{AddRequest, Event, UploadId};
use tests::{
    engine::Desk,
    files::digest,
    scripted::{On, Reply, Step, What},
};

use crate::stage::{CHUNK, PLAIN, Stage};

/// An upload that failed after its first chunk.
async fn half_sent(stage: &Stage, desk: &mut Desk) -> UploadId {
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), 1, Step::Answer(Reply::text(400, "no")));
    let id = desk.send(&file).await;
    desk.stopped(id).await;
    desk.expect_more(id);
    id
}

async fn errands_are_over(desk: &Desk) {
    for _ in 0..1000 {
        if desk.engine.errands_left().await.expect("a number") == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the outbox is never empty");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discarded_upload_is_forgotten_on_both_sides() {
    let stage = Stage::new(PLAIN).await;
    let mut desk = stage.desk().await;
    let id = half_sent(&stage, &mut desk).await;
    let uuid = stage.server.log()[0].uuid.clone();
    assert!(stage.server.deleted().is_empty(), "a failure alone deletes nothing");
    assert_eq!(desk.engine.discard(&[id]).await.done, [id]);
    assert!(matches!(desk.last(id).await, Event::Removed { .. }));
    errands_are_over(&desk).await;
    assert_eq!(stage.server.deleted(), [uuid], "the server is told once");
    assert!(desk.listed(id).await.is_none());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_discarded_in_the_middle_of_a_chunk_sends_nothing_more() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 6 * CHUNK);
    let _held = stage.server.hold(On::Chunk(2));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    stage.server.until("chunk 2", |log| log.len() == 3).await;
    desk.engine.discard(&[id]).await;
    errands_are_over(&desk).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let asked = stage.server.asked();
    assert_eq!(asked, [What::Chunk(0), What::Chunk(1), What::Chunk(2), What::Delete]);
    stage.nothing_completed();
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_is_told_after_it_came_back_by_the_same_engine() {
    let mut stage = Stage::new(PLAIN).await;
    let mut desk = stage.desk().await;
    let id = half_sent(&stage, &mut desk).await;
    let uuid = stage.server.log()[0].uuid.clone();
    stage.server.stop();
    desk.engine.discard(&[id]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(desk.engine.errands_left().await.expect("a number"), 1, "what was not confirmed stays to be said");
    stage.server.start_again().await;
    errands_are_over(&desk).await;
    assert_eq!(stage.server.deleted(), [uuid]);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_down_is_told_by_the_next_engine() {
    let mut stage = Stage::new(PLAIN).await;
    let mut desk = stage.desk().await;
    let id = half_sent(&stage, &mut desk).await;
    let uuid = stage.server.log()[0].uuid.clone();
    stage.server.stop();
    desk.engine.discard(&[id]).await;
    desk.close().await;
    stage.server.start_again().await;
    let desk = stage.desk().await;
    errands_are_over(&desk).await;
    assert_eq!(stage.server.deleted(), [uuid]);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_has_no_such_request_is_asked_once_and_left_alone() {
    for status in [404, 405, 410, 501] {
        let stage = Stage::new(PLAIN).await;
        let mut desk = stage.desk().await;
        let id = half_sent(&stage, &mut desk).await;
        stage.server.on(On::Delete, usize::MAX, Step::Answer(Reply::text(status, "no")));
        desk.engine.discard(&[id]).await;
        errands_are_over(&desk).await;
        assert_eq!(stage.server.count(What::Delete), 1, "{status}");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_does_not_say_so_is_no_confirmation() {
    let answers = [Reply::page(200), Reply::text(500, "no"), Reply::text(401, "who"), Reply::text(429, "busy")];
    for reply in answers {
        let text = format!("{} {}", reply.status, reply.kind);
        let stage = Stage::new(PLAIN).await;
        let mut desk = stage.desk().await;
        let id = half_sent(&stage, &mut desk).await;
        stage.server.on(On::Delete, usize::MAX, Step::Answer(reply));
        desk.engine.discard(&[id]).await;
        stage.server.until("delete", |log| log.iter().any(|seen| seen.what == What::Delete)).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(desk.engine.errands_left().await.expect("a number"), 1, "{text} leaves it to be said again");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starting_over_forgets_the_old_attempt_at_the_server_and_mixes_nothing() {
    let stage = Stage::new(PLAIN).await;
    let mut desk = stage.desk().await;
    let id = half_sent(&stage, &mut desk).await;
    let old = stage.server.log()[0].uuid.clone();
    assert_eq!(desk.engine.start_over(&[id]).await.done, [id]);
    desk.finished(id).await;
    errands_are_over(&desk).await;
    assert_eq!(stage.server.deleted(), [old], "the old attempt, and only that");
    assert_eq!(stage.server.object().digest, digest(&stage.folder().join("files/take.mov")));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shutdown_a_failure_and_a_delivery_delete_nothing() {
    let stage = Stage::new(PLAIN).await;
    let mut desk = stage.desk().await;
    let id = half_sent(&stage, &mut desk).await;
    desk.close().await;
    let mut desk = stage.desk().await;
    desk.resume(id).await;
    desk.finished(id).await;
    desk.close().await;
    assert!(stage.server.deleted().is_empty(), "{:?}", stage.server.deleted());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_resume_is_switched_off_nothing_is_kept_on_either_side() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), 1, Step::Answer(Reply::text(400, "no")));
    let mut desk = stage.desk().await;
    let id = desk.add_as(AddRequest { keep: false, ..AddRequest::new([file], desk.to) }).await[0];
    assert!(matches!(desk.last(id).await, Event::Stopped { .. }));
    errands_are_over(&desk).await;
    assert!(desk.listed(id).await.is_none(), "its record goes with its run");
    assert_eq!(stage.server.deleted(), [stage.server.log()[0].uuid.clone()]);
    desk.close().await;
}
