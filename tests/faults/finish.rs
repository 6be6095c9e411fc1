//! The finish: said once, never repeated blindly, and what follows when nobody knows what became of it.

use carryon_engine::{Event, State, UploadId};
use serde_json::json;
use tests::{
    engine::{Desk, Doomed, quick},
    scripted::{Manners, On, Reply, Step, What},
};

use crate::stage::{ALONE, ASKABLE, CHUNK, PLAIN, Stage};

/// Sends a file of three chunks whose done request meets `step`.
async fn done_meets(manners: Manners, step: Step) -> (Stage, Desk, UploadId, std::path::PathBuf) {
    let stage = Stage::new(manners).await;
    let file = stage.file("take.mov", 3 * CHUNK - 1);
    stage.server.on(On::Done, 1, step);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    (stage, desk, id, file)
}

/// Sees that every chunk was sent once and only once.
fn chunks_once(stage: &Stage) {
    for index in 0..3 {
        assert_eq!(stage.server.count(What::Chunk(index)), 1, "a finish never sends chunks again");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_whose_answer_was_lost_is_asked_about_and_not_repeated() {
    let carried_out = [
        Step::LoseAnswer,
        Step::CarryOutAnswer(Reply::text(502, "bad gateway")),
        Step::CarryOutAnswer(Reply::json(504, json!({"error": "timeout"}))),
        Step::CarryOutAnswer(Reply::page(200)),
        Step::CarryOutAnswer(Reply::text(500, "oops")),
    ];
    for step in carried_out {
        let text = format!("{step:?}");
        let (stage, mut desk, id, file) = done_meets(ASKABLE, step).await;
        let Event::Finished { location, .. } = desk.finished(id).await else { unreachable!() };
        assert!(location.is_some(), "the server says where it lies: {text}");
        assert_eq!(stage.server.count(What::Done), 1, "{text}: {:?}", stage.server.asked());
        chunks_once(&stage);
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_that_was_never_carried_out_is_repeated_where_the_server_says_so() {
    for step in [Step::Answer(Reply::page(200)), Step::Answer(Reply::text(502, "no")), Step::CloseAfter(0), Step::Reset]
    {
        let text = format!("{step:?}");
        let (stage, mut desk, id, file) = done_meets(ASKABLE, step).await;
        desk.finished(id).await;
        assert_eq!(stage.server.count(What::Done), 2, "{text}: {:?}", stage.server.asked());
        chunks_once(&stage);
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unanswered_done_that_nobody_can_be_asked_about_is_never_repeated_by_itself() {
    let silent = [
        Step::LoseAnswer,
        Step::CloseAfter(0),
        Step::CarryOutAnswer(Reply::page(200)),
        Step::CarryOutAnswer(Reply::text(502, "bad gateway")),
        Step::CarryOutAnswer(Reply::text(500, "oops")),
    ];
    for step in silent {
        let text = format!("{step:?}");
        let (stage, mut desk, id, _) = done_meets(PLAIN, step).await;
        let (state, failure) = desk.stopped(id).await;
        assert_eq!(state, State::OutcomeUnknown, "{text}");
        assert!(failure.next_step.contains("mark done"), "the user hears what to do: {failure:?}");
        desk.resume(id).await;
        assert_eq!(desk.stopped(id).await.0, State::OutcomeUnknown, "a plain resume does not repeat it either");
        desk.close().await;
        let mut desk = stage.desk().await;
        assert_eq!(desk.listed(id).await.expect("kept").upload.state, State::OutcomeUnknown, "nor does a new launch");
        desk.resume(id).await;
        assert_eq!(desk.stopped(id).await.0, State::OutcomeUnknown);
        assert_eq!(stage.server.count(What::Done), 1, "{text}: exactly one done request, ever");
        assert!(stage.server.objects().iter().all(|object| object.length > 0), "nothing was truncated");
        chunks_once(&stage);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_looked_marks_it_done() {
    let (stage, mut desk, id, file) = done_meets(PLAIN, Step::LoseAnswer).await;
    desk.stopped(id).await;
    desk.expect_more(id);
    let outcomes = desk.engine.mark_done(&[id]).await;
    assert_eq!(outcomes.done, [id]);
    assert!(matches!(desk.last(id).await, Event::Removed { .. }));
    assert!(desk.listed(id).await.is_none(), "its record goes");
    assert_eq!(stage.server.count(What::Done), 1);
    assert!(stage.server.deleted().is_empty(), "what was delivered is not deleted");
    stage.delivered(&file);
    assert!(!desk.engine.mark_done(&[id]).await.problems.is_empty(), "it cannot be marked twice");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_looked_finishes_again() {
    let (stage, mut desk, id, file) = done_meets(PLAIN, Step::CloseAfter(0)).await;
    desk.stopped(id).await;
    desk.expect_more(id);
    assert_eq!(desk.engine.finish_again(&[id]).await.done, [id]);
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Done), 2, "once by itself, once by the user");
    chunks_once(&stage);
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_an_unknown_outcome_can_be_marked_or_finished_again() {
    let (stage, mut desk, id, file) = done_meets(PLAIN, Step::Answer(Reply::text(400, "no"))).await;
    assert_eq!(desk.stopped(id).await.0.name(), "failed");
    assert_eq!(desk.engine.mark_done(&[id]).await.problems.len(), 1);
    assert_eq!(desk.engine.finish_again(&[id]).await.problems.len(), 1);
    desk.resume(id).await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_that_the_server_answered_with_its_own_error_is_the_only_thing_repeated() {
    let own_errors = [
        Reply::json(500, json!({"error": "merge failed"})),
        Reply::json(503, json!({"error": "busy"})),
        Reply::json(429, json!({"error": "slow down"})),
    ];
    for reply in own_errors {
        let status = reply.status;
        let (stage, mut desk, id, file) = done_meets(PLAIN, Step::Answer(reply)).await;
        desk.finished(id).await;
        assert_eq!(stage.server.count(What::Done), 2, "{status}");
        chunks_once(&stage);
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_that_always_fails_ends_after_ten_attempts_and_keeps_the_record() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK - 1);
    stage.server.on(On::Done, usize::MAX, Step::Answer(Reply::json(500, json!({"error": "no room to merge"}))));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    assert_eq!(desk.stopped(id).await.0.name(), "failed");
    assert_eq!(stage.server.count(What::Done), 10);
    stage.server.behave();
    desk.resume(id).await;
    desk.finished(id).await;
    chunks_once(&stage);
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_that_says_no_is_not_taken_for_a_yes() {
    for body in [json!({"success": false}), json!({"success": false, "preventRetry": true, "error": "virus"})] {
        let (stage, mut desk, id, _) = done_meets(PLAIN, Step::Answer(Reply::json(200, body))).await;
        assert_eq!(desk.stopped(id).await.0.name(), "failed");
        stage.nothing_completed();
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_that_asks_for_a_reset_sends_all_chunks_again_under_the_same_id() {
    let reset = Reply::json(500, json!({"success": false, "reset": true}));
    let (stage, mut desk, id, file) = done_meets(PLAIN, Step::Answer(reset)).await;
    desk.finished(id).await;
    use What::{Chunk, Done};
    let wanted = [Chunk(0), Chunk(1), Chunk(2), Done, Chunk(0), Chunk(1), Chunk(2), Done];
    let asked: Vec<_> = stage.server.asked().into_iter().filter(|what| *what != What::Status).collect();
    assert_eq!(asked, wanted);
    let log = stage.server.log();
    assert!(log.iter().all(|seen| seen.uuid == log[0].uuid), "a reset keeps the id");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destination_set_to_repeat_finish_safe_is_finished_again_by_itself() {
    let stage = Stage::new(Manners { done_truncates: false, ..PLAIN }).await;
    let file = stage.file("take.mov", 3 * CHUNK - 1);
    stage.server.on(On::Done, 1, Step::CloseAfter(0));
    let mut desk = Desk::open(&stage.data(), &format!("{}&repeat_finish=safe", stage.in_order())).await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Done), 2);
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_while_done_is_under_way_never_leads_to_a_second_one() {
    for manners in [PLAIN, ASKABLE] {
        let mut stage = Stage::new(manners).await;
        let file = stage.file("take.mov", 3 * CHUNK - 1);
        let _held = stage.server.hold(On::Done);
        let doomed = Doomed::start(quick(&stage.data()), &stage.in_order(), vec![file.clone()]);
        stage.server.until("done", |log| log.iter().any(|seen| seen.what == What::Done)).await;
        doomed.kill().await;
        stage.server.start_again().await;
        let mut desk = stage.desk().await;
        let id = desk.engine.resumable().await.expect("list")[0].upload.id;
        desk.resume(id).await;
        if manners.askable {
            desk.finished(id).await;
            stage.delivered(&file);
        } else {
            assert_eq!(desk.stopped(id).await.0, State::OutcomeUnknown);
        }
        assert_eq!(stage.server.count(What::Done), 1, "{manners:?}");
        chunks_once(&stage);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_last_chunk_completes_its_lost_answer_is_an_unknown_outcome() {
    let stage = Stage::new(ALONE).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(2), 1, Step::LoseAnswer);
    let mut desk = Desk::open(&stage.data(), &format!("{}?chunk={CHUNK}", stage.server.endpoint())).await;
    let id = desk.send(&file).await;
    assert_eq!(desk.stopped(id).await.0, State::OutcomeUnknown);
    assert_eq!(stage.server.count(What::Chunk(2)), 1, "the completing chunk is not repeated blindly");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_to_the_finish_is_not_taken_back_by_a_question_that_goes_unanswered() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Done, 1, Step::CarryOutAnswer(Reply::json(200, json!({"success": true}))));
    stage.server.on(On::Status, 20, Step::Reset);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Done), 1);
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_last_chunk_was_answered_an_unanswered_question_leaves_no_doubt() {
    let stage = Stage::new(ALONE).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Status, 1, Step::Reset);
    let mut desk = Desk::open(&stage.data(), &format!("{}?chunk={CHUNK}", stage.server.endpoint())).await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    chunks_once(&stage);
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_upload_may_be_repeated_under_its_id() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("small.txt", CHUNK);
    stage.server.on(On::Chunks, 1, Step::LoseAnswer);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Done), 0, "a plain upload takes no done request");
    let log = stage.server.log();
    assert!(log.iter().all(|seen| seen.uuid == log[0].uuid), "{log:?}");
    assert_eq!(stage.server.object().digest, tests::files::digest(&file));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_question_what_became_of_done_is_asked_until_the_server_itself_answers() {
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 3 * CHUNK - 1);
    stage.server.on(On::Chunk(0), 1, Step::LoseAnswer);
    stage.server.on(On::Status, 1, Step::SlowAnswer(std::time::Duration::from_millis(20)));
    stage.server.on(On::Done, 1, Step::LoseAnswer);
    let elsewhere =
        [Reply::text(500, "no"), Reply::page(200), Reply::page(404), Reply::text(400, "?"), Reply::text(502, "")];
    for reply in elsewhere {
        stage.server.on(On::Status, 1, Step::Answer(reply));
    }
    stage.server.on(On::Status, 1, Step::CloseAfter(0));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Done), 1, "whoever answered in its place changed nothing");
    assert_eq!(stage.server.count(What::Status), 8);
    stage.delivered(&file);
    desk.close().await;
}
