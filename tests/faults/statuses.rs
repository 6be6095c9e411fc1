//! Each status a destination can answer with, and its consequence (DESIGN 6).

use std::time::Duration;

use carryon_engine::{AddRequest, Event, State, WaitReason};
use serde_json::json;
use tests::{
    engine::Desk,
    files::digest,
    scripted::{On, Reply, Step, What},
};

use crate::stage::{CHUNK, PLAIN, Stage};

fn answer(status: u16) -> Step {
    Step::Answer(Reply::text(status, "no"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_known_signs_in_and_has_lost_nothing() {
    for status in [401, 403] {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 3 * CHUNK);
        stage.server.on(On::Chunk(1), 1, answer(status));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        let (state, failure) = desk.stopped(id).await;
        assert_eq!((state, failure.code.as_str()), (State::NeedsSignIn, "unauthorized"), "{status}");
        assert_eq!(desk.listed(id).await.expect("kept").upload.confirmed, CHUNK, "{status} takes nothing back");
        desk.resume(id).await;
        desk.finished(id).await;
        assert_eq!(stage.server.count(What::Chunk(0)), 1, "what was confirmed is not sent again");
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_chunk_that_is_too_large_is_cut_smaller_and_that_is_remembered() {
    const MIB: u64 = 1 << 20;
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("large.mov", 2 * MIB + 1);
    stage.server.on(On::Chunks, 1, Step::Answer(Reply::page(413)));
    let address = format!("{}?done=/upload/done&concurrent=false", stage.server.endpoint());
    let mut desk = Desk::open(&stage.data(), &address).await;
    let request = AddRequest { chunk_size: Some(MIB), ..AddRequest::new([file.clone()], desk.to) };
    let id = desk.add_as(request).await[0];
    desk.finished(id).await;
    stage.delivered(&file);
    let chunks = stage.server.log().into_iter().filter(|seen| matches!(seen.what, What::Chunk(_)));
    let chunks: Vec<_> = chunks.collect();
    assert!(chunks[1..].iter().all(|seen| seen.payload <= MIB / 2), "after a 413 chunks are smaller");
    assert_ne!(chunks[0].uuid, chunks[1].uuid, "it starts over as another attempt");
    let learned = desk.engine.destination(&address).await.expect("row").memory.too_large;
    assert_eq!(learned, Some(MIB), "what was too large is remembered");
    let next = stage.file("next.mov", MIB);
    let id = desk.send(&next).await;
    desk.finished(id).await;
    let refused = stage.server.log().iter().filter(|seen| seen.status == Some(413)).count();
    assert_eq!(refused, 1, "the next upload begins small enough");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_that_is_too_large_after_a_confirmation_fails_with_advice_and_is_remembered() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), 1, answer(413));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    let (state, failure) = desk.stopped(id).await;
    assert_eq!((state.name(), failure.code.as_str()), ("failed", "too_large"));
    assert!(failure.next_step.contains("smaller"), "it says what to do: {failure:?}");
    assert_eq!(desk.listed(id).await.expect("kept").upload.confirmed, CHUNK, "what was confirmed stands");
    assert_eq!(stage.server.count(What::Chunk(1)), 1, "the same size is not tried again");
    let learned = desk.engine.destination(&stage.in_order()).await.expect("row").memory.too_large;
    assert_eq!(learned, Some(CHUNK), "starting over must not run into the same wall");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
    for status in [429, 503] {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 2 * CHUNK);
        stage.server.on(On::Chunk(0), 1, Step::Answer(Reply::text(status, "busy").with("Retry-After", "1")));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        desk.until("waiting for a busy server", |event| {
            matches!(event, Event::Waiting { reason: WaitReason::Busy, until: Some(_), .. })
        })
        .await;
        desk.finished(id).await;
        let log = stage.server.log();
        let pause = log[1].when - log[0].when;
        assert!(pause >= Duration::from_millis(980), "Retry-After is obeyed, not {pause:?} ({status})");
        assert!(pause < Duration::from_secs(3), "and not overdone: {pause:?}");
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_passing_errors_ends_after_ten_attempts_of_a_chunk_and_keeps_the_record() {
    for status in [408, 423, 425, 429, 500, 502, 503, 504] {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 3 * CHUNK);
        stage.server.on(On::Chunk(1), usize::MAX, answer(status));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        let (state, _) = desk.stopped(id).await;
        assert_eq!(state.name(), "failed", "{status}");
        assert_eq!(stage.server.count(What::Chunk(1)), 10, "ten attempts, no more and no fewer ({status})");
        assert_eq!(stage.server.count(What::Chunk(2)), 0, "nothing overtakes it ({status})");
        stage.nothing_completed();
        stage.server.behave();
        desk.resume(id).await;
        desk.finished(id).await;
        assert_eq!(stage.server.count(What::Chunk(0)), 1, "{status}: what was confirmed is not sent again");
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_gives_every_chunk_its_attempts_anew() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 4 * CHUNK);
    for index in 0..4 {
        stage.server.on(On::Chunk(index), 9, answer(500));
    }
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Chunk(3)), 10);
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_final_at_once_and_keeps_the_record() {
    let codes = [400, 402, 404, 405, 406, 410, 411, 415, 422, 451, 501].map(|status| (status, "rejected"));
    for (status, code) in codes.into_iter().chain([(507, "quota_full")]) {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 2 * CHUNK);
        stage.server.on(On::Chunk(1), 1, answer(status));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        let (state, failure) = desk.stopped(id).await;
        assert_eq!((state.name(), failure.code.as_str()), ("failed", code), "{status}");
        assert!(!failure.next_step.is_empty(), "{status} says what to do");
        assert_eq!(stage.server.count(What::Chunk(1)), 1, "{status} is not tried again by itself");
        assert!(stage.server.deleted().is_empty(), "a failure deletes nothing at the server (P5)");
        desk.resume(id).await;
        desk.finished(id).await;
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_without_more_is_passing_and_a_no_for_good_is_final() {
    let no = |body| Step::Answer(Reply::json(200, body));
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 2 * CHUNK);
    stage.server.on(On::Chunk(0), 3, no(json!({"success": false, "error": "try later"})));
    stage.server.on(
        On::Chunk(1),
        1,
        no(json!({"success": false, "error": "wrong kind of file", "preventRetry": true})),
    );
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    let (state, failure) = desk.stopped(id).await;
    assert_eq!((state.name(), failure.code.as_str()), ("failed", "rejected"));
    assert!(failure.message.contains("wrong kind of file"), "the server's own words are shown: {failure:?}");
    assert_eq!(stage.server.asked(), [0, 0, 0, 0, 1].map(What::Chunk), "three more attempts, then the final word");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reset_starts_over_under_the_same_id_at_most_three_times() {
    let reset = Step::Answer(Reply::json(200, json!({"success": false, "reset": true})));
    for (resets, delivered) in [(1, true), (3, true), (usize::MAX, false)] {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 3 * CHUNK);
        stage.server.on(On::Chunk(1), resets, reset.clone());
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        if delivered {
            desk.finished(id).await;
            stage.delivered(&file);
            assert_eq!(stage.server.count(What::Chunk(0)), resets + 1, "all chunks go again");
        } else {
            let (state, failure) = desk.stopped(id).await;
            assert_eq!((state.name(), failure.code.as_str()), ("failed", "rejected"), "a loop of resets has an end");
            assert_eq!(stage.server.count(What::Chunk(1)), 4, "three resets are followed, the fourth is not");
        }
        let log = stage.server.log();
        assert!(log.iter().all(|seen| seen.uuid == log[0].uuid), "a reset keeps the id");
        assert!(log.iter().all(|seen| !seen.resumes), "what starts over does not resume");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_of_many_in_flight_that_is_refused_stops_them_all_and_mixes_nothing() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 12 * CHUNK);
    stage.server.pace(Duration::from_millis(10));
    stage.server.on(On::Chunk(5), 1, answer(400));
    let mut desk = Desk::open(&stage.data(), &stage.server.destination(CHUNK)).await;
    let id = desk.send(&file).await;
    desk.stopped(id).await;
    let sent: Vec<_> = stage.server.log().into_iter().filter(|seen| seen.digest.is_some()).collect();
    assert!(sent.len() < 12, "nothing new leaves after a final word");
    let answered = sent.iter().filter(|seen| seen.status == Some(200)).count() as u64;
    let confirmed = desk.listed(id).await.expect("kept").upload.confirmed;
    assert_eq!(confirmed, answered * CHUNK, "what was under way and was confirmed counts");
    desk.resume(id).await;
    desk.finished(id).await;
    assert_eq!(stage.server.object().digest, digest(&file));
    desk.close().await;
}
