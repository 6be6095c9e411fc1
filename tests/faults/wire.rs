//! Between the two ends: connections that close, stall, reset, lie or answer too early.

use std::time::{Duration, Instant};

use carryon_engine::{Event, HttpOptions, Options, WaitReason};
use serde_json::json;
use tests::{
    engine::{Desk, quick},
    files::digest,
    scripted::{Linger, On, Reply, Scripted, Step, What},
};

use crate::stage::{ASKABLE, CHUNK, Manners, PLAIN, Stage};

const PATIENT: Duration = Duration::from_secs(30);

fn impatient(stage: &Stage) -> Options {
    let base = quick(&stage.data());
    let soon = Duration::from_millis(400);
    Options { http: HttpOptions { stall: soon, answer: soon, finish: soon, ..base.http }, ..base }
}

fn waited_for(told: &[Event], wanted: WaitReason) -> bool {
    told.iter().any(|event| matches!(event, Event::Waiting { reason, .. } if *reason == wanted))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_captive_portal_is_waited_out_however_long_it_answers() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), 15, Step::Answer(Reply::page(200)));
    stage.server.on(On::Chunk(2), 1, Step::Answer(Reply::page(511)));
    stage.server.on(On::Chunk(2), 1, Step::Answer(Reply::page(302).with("Location", "http://wifi.example/login")));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert!(waited_for(&desk.told, WaitReason::CaptivePortal), "the user is told that a sign-in page answers");
    assert_eq!(stage.server.count(What::Chunk(1)), 16, "a portal does not use up a chunk's attempts");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_that_answers_the_first_question_of_a_resume_is_no_answer() {
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), 1, Step::Answer(Reply::text(400, "no")));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.stopped(id).await;
    stage.server.on(On::Status, 3, Step::Answer(Reply::page(200)));
    desk.resume(id).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Status), 4, "it is asked until the server itself answers");
    assert_eq!(stage.server.count(What::Chunk(0)), 1);
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense_confirms_nothing() {
    let nonsense = [
        Reply::text(200, "OK"),
        Reply::text(200, ""),
        Reply::text(200, "[{\"success\":true}]"),
        Reply::text(200, "{\"success\":tr"),
        Reply::json(200, json!({})),
        Reply::json(200, json!({"success": 0})),
        Reply::json(200, json!({"success": null})),
        Reply::json(206, json!({"success": true})),
        Reply::text(204, ""),
    ];
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 9 * CHUNK);
    for (index, reply) in (0..).zip(nonsense) {
        stage.server.on(On::Chunk(index), 1, Step::Answer(reply));
    }
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    for index in 0..9 {
        assert_eq!(stage.server.count(What::Chunk(index)), 2, "chunk {index} is sent again after nonsense");
    }
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_anywhere_costs_one_more_attempt_and_nothing_else() {
    let breaks = [
        Step::CloseAfter(0),
        Step::CloseAfter(1),
        Step::CloseAfter(CHUNK as usize - 1),
        Step::CloseAfter(CHUNK as usize),
        Step::Reset,
        Step::Early(Reply::text(500, "broken"), Linger::No),
        Step::Early(Reply::text(500, "broken"), Linger::Yes),
        Step::SlowAnswer(Duration::from_millis(100)),
    ];
    for manners in [PLAIN, ASKABLE] {
        let stage = Stage::new(manners).await;
        let file = stage.file("take.mov", 8 * CHUNK + 1);
        for (index, step) in (0..).zip(breaks.clone()) {
            stage.server.on(On::Chunk(index), 1, step);
        }
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        desk.finished(id).await;
        for index in 0..9 {
            let wanted = if index < 7 { 2 } else { 1 };
            assert_eq!(stage.server.count(What::Chunk(index)), wanted, "chunk {index}: {:?}", stage.server.asked());
        }
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_refusal_is_heard_although_the_payload_was_not_read() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("large.mov", 4 << 20);
    stage.server.on(On::Chunks, 1, Step::Early(Reply::text(403, "who are you"), Linger::Yes));
    let mut desk = Desk::open(&stage.data(), &stage.server.destination(8 << 20)).await;
    let id = desk.send(&file).await;
    let (state, _) = desk.stopped(id).await;
    assert_eq!(state.name(), "needs_sign_in");
    desk.resume(id).await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_that_comes_before_the_bytes_have_left_confirms_nothing() {
    let yes = || Reply::json(200, json!({"success": true}));
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("large.mov", 32 << 20);
    stage.server.on(On::Chunks, 1, Step::Early(yes(), Linger::No));
    stage.server.on(On::Chunks, 1, Step::Early(yes(), Linger::Yes));
    let mut desk = Desk::open(&stage.data(), &stage.server.destination(16 << 20)).await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_connection_is_given_up_and_the_chunk_sent_on_another() {
    for size in [CHUNK, 24 << 20] {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", size);
        stage.server.on(On::Chunks, 1, Step::Stall(PATIENT));
        let mut desk = Desk::open_with(impatient(&stage), &stage.server.destination(64 << 20)).await;
        let began = Instant::now();
        let id = desk.send(&file).await;
        desk.finished(id).await;
        let took = began.elapsed();
        assert!(took > Duration::from_millis(400), "{size}: it was given its time, not {took:?}");
        assert!(took < Duration::from_secs(10), "{size}: and no more than that, not {took:?}");
        assert_eq!(stage.server.object().digest, digest(&file));
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_answers_a_question_does_not_hold_the_upload_for_ever() {
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), 1, Step::LoseAnswer);
    stage.server.on(On::Status, 2, Step::Stall(PATIENT));
    let mut desk = Desk::open_with(impatient(&stage), &stage.in_order()).await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Status), 3, "two questions went unheard");
    stage.delivered(&file);
    desk.close().await;
}

async fn lost_answer(manners: Manners) -> (Stage, usize) {
    let stage = Stage::new(manners).await;
    let file = stage.file("take.mov", 4 * CHUNK);
    stage.server.on(On::Chunk(2), 1, Step::LoseAnswer);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
    let sent = stage.server.count(What::Chunk(2));
    (stage, sent)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_whose_answer_was_lost_is_asked_for_where_the_server_can_be_asked() {
    let (stage, sent) = lost_answer(ASKABLE).await;
    assert_eq!(sent, 1, "the server said that it holds it");
    assert_eq!(stage.server.count(What::Status), 1);
    let (_, sent) = lost_answer(PLAIN).await;
    assert_eq!(sent, 2, "who cannot be asked gets it again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_that_arrived_damaged_is_sent_again() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), 2, Step::Damage);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Chunk(1)), 3);
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_that_always_arrives_damaged_fails_after_ten_attempts_and_is_never_confirmed() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), usize::MAX, Step::Damage);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    let (state, failure) = desk.stopped(id).await;
    assert_eq!((state.name(), failure.code.as_str()), ("failed", "integrity"));
    assert_eq!(stage.server.count(What::Chunk(1)), 10);
    assert_eq!(desk.listed(id).await.expect("kept").upload.confirmed, CHUNK);
    stage.nothing_completed();
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passing_errors_of_different_kinds_share_the_ten_attempts() {
    let stage: Stage = Stage::new(PLAIN).await;
    let server: &Scripted = &stage.server;
    let file = stage.file("take.mov", 2 * CHUNK);
    for _ in 0..20 {
        server.on(On::Chunk(0), 1, Step::Answer(Reply::text(500, "no"))).on(
            On::Chunk(0),
            1,
            Step::CloseAfter(CHUNK as usize),
        );
    }
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    let (state, _) = desk.stopped(id).await;
    assert_eq!(state.name(), "failed");
    assert_eq!(server.count(What::Chunk(0)), 10, "whichever way they fail");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_says_is_bounded_and_harmless() {
    let endless = format!("{}{{\"success\":true}}", " ".repeat(5 << 20));
    let rude = format!("\u{1b}[2Jline\r\nline{}", "x".repeat(100_000));
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 2 * CHUNK);
    stage.server.on(On::Chunk(0), 1, Step::Answer(Reply::text(200, &endless)));
    stage.server.on(On::Chunk(1), 1, Step::Answer(Reply::json(400, json!({"error": rude}))));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    let (_, failure) = desk.stopped(id).await;
    assert_eq!(stage.server.count(What::Chunk(0)), 2, "an answer of megabytes is not read to its end");
    assert!(failure.message.len() < 1000, "{} bytes of a server's words are shown", failure.message.len());
    assert!(!failure.message.contains(|c: char| c.is_control()), "{failure:?}");
    desk.close().await;
}
