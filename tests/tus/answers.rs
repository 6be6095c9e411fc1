//! What each answer leads to. Nothing is guessed: whatever went wrong, the next request asks.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use carryon_engine::{ErrorKind, Event, State};
use tests::scripted_tus::{Asked, Method, Step, TusScript};

use crate::stage::{CHUNK, PLAIN, Stage, is, is_patch_at};

fn methods(server: &TusScript) -> Vec<String> {
    server.asked().iter().map(|asked| asked.method.to_string()).collect()
}

/// Sends three chunks while the server plays its script; gives the stage after the delivery.
async fn delivered_with(script: impl Fn(&TusScript)) -> Stage {
    let stage = Stage::new(PLAIN).await;
    script(&stage.server);
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    assert_eq!(stage.server.count(method("POST")), 1, "the upload that was opened is the one that was finished");
    desk.close().await;
    stage
}

fn method(name: &str) -> Method {
    name.parse().expect("a method")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_request_gets_the_next_one_asks_and_then_goes_on() {
    for status in [400, 404, 409, 410, 418, 423, 425, 429, 460, 500, 502, 503, 504] {
        let stage = delivered_with(|server| {
            server.on(1, is_patch_at(CHUNK), Step::Answer(status, &[], ""));
        });
        let stage = stage.await;
        let after = stage.server.asked().into_iter().skip_while(|asked| asked.offset != Some(CHUNK)).nth(1);
        assert_eq!(after.expect("it goes on").method, "HEAD", "after {status}: {:?}", methods(&stage.server));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_costs_a_question_and_no_byte() {
    for offset in [0, CHUNK, 2 * CHUNK] {
        let stage = delivered_with(|server| {
            server.on(1, is_patch_at(offset), Step::Silence);
        })
        .await;
        assert_eq!(stage.server.count(method("PATCH")), 3, "nothing is sent twice");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_fails_never_drops_the_upload() {
    const PAGE: (&[(&str, &str)], &str) = (&[("content-type", "text/html")], "<html>sign in</html>");
    for (status, headers, body) in [
        (500, &[][..], ""),
        (503, &[], ""),
        (404, PAGE.0, PAGE.1),
        (410, PAGE.0, PAGE.1),
        (200, PAGE.0, PAGE.1),
        (302, &[("location", "http://portal.example/")], ""),
    ] {
        delivered_with(|server| {
            server.on(1, is_patch_at(CHUNK), Step::Answer(500, &[], ""));
            server.on(2, is("HEAD"), Step::Answer(status, headers, body));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_known_signs_in_and_goes_on_at_the_byte() {
    let stage = Stage::new(PLAIN).await;
    stage.server.on(1, is_patch_at(CHUNK), Step::Answer(401, &[], ""));
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    let (state, failure) = desk.stopped(id).await;
    assert!(matches!(state, State::NeedsSignIn), "{state:?}: {failure:?}");
    desk.resume(id).await;
    desk.finished(id).await;
    stage.delivered(&file);
    assert_eq!(stage.server.count(method("POST")), 1);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_gone_twice_is_sent_again_once() {
    let stage = Stage::new(PLAIN).await;
    stage.server.on(1, is_patch_at(2 * CHUNK), Step::Forget);
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    assert_eq!(stage.server.count(method("POST")), 2);
    let unknown = stage.server.asked().iter().filter(|asked| asked.method == "HEAD").count();
    assert!(unknown >= 2, "it was asked twice, a while apart, before that was believed");
    let deadline = Instant::now() + Duration::from_secs(10);
    while desk.engine.errands_left().await.expect("reads") > 0 {
        assert!(Instant::now() < deadline, "what is left of it is told of in the end");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let order: Vec<_> = stage.server.asked().iter().map(|asked| asked.method.clone()).collect();
    let first_delete = order.iter().position(|method| *method == Method::DELETE);
    let last_patch = order.iter().rposition(|method| *method == Method::PATCH);
    assert!(first_delete > last_patch, "the old handle is kept until the new upload has its end: {order:?}");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_gone_again_and_again_stops_and_keeps_its_record() {
    let stage = Stage::new(PLAIN).await;
    stage.server.on(9, is_patch_at(CHUNK), Step::Forget);
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    let (state, failure) = desk.stopped(id).await;
    assert!(matches!(state, State::Failed(_)) && failure.code == "gone", "{state:?}: {failure:?}");
    assert_eq!(stage.server.count(method("POST")), 2, "it began anew once by itself");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_unknown_once_and_known_again_goes_on() {
    delivered_with(|server| {
        server.on(1, is_patch_at(CHUNK), Step::Answer(500, &[], ""));
        server.on(1, is("HEAD"), Step::Answer(404, &[], ""));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_collection_does_not_answer_in_the_protocol_nothing_is_gone() {
    delivered_with(|server| {
        server.on(1, is_patch_at(CHUNK), Step::Answer(500, &[], ""));
        server.on(3, is("HEAD"), Step::Answer(404, &[], ""));
        // The first question is about what the server offers.
        let first = AtomicBool::new(true);
        let later = move |asked: &Asked| asked.method == "OPTIONS" && !first.swap(false, Ordering::Relaxed);
        server.on(3, later, Step::Answer(404, &[], ""));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_last_answer_that_is_lost_and_an_upload_that_was_moved_on_is_an_unknown_outcome() {
    let stage = Stage::new(PLAIN).await;
    stage.server.on(1, is_patch_at(2 * CHUNK), Step::MoveOn);
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    let (state, _) = desk.stopped(id).await;
    assert_eq!(state, State::OutcomeUnknown, "nobody can be asked, and nothing is guessed");
    assert_eq!(stage.server.count(method("POST")), 1, "no second one is made");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_too_large_is_halved_and_that_is_remembered() {
    let stage = Stage::new(PLAIN).await;
    let large = |asked: &Asked| asked.method == "PATCH" && asked.length > 300_000;
    stage.server.on(usize::MAX, large, Step::Answer(413, &[], ""));
    let file = stage.file("take.mov", 2_000_000);
    let mut desk = stage.desk_at(&stage.server.destination("")).await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    let refused = || stage.server.asked().into_iter().filter(|asked| large(asked)).count();
    let first = refused();
    assert!(first > 0, "the first was too large");
    let second = stage.file("second.mov", 2_000_001);
    let id = desk.send(&second).await;
    desk.finished(id).await;
    assert_eq!(refused(), first, "what was refused is not tried again");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_larger_than_the_server_takes_is_refused_before_anything_is_opened() {
    let stage = Stage::new(PLAIN).await;
    stage.server.offer("tus-max-size", "2000");
    let mut desk = stage.desk().await;
    let id = desk.send(&stage.file("take.mov", 2001)).await;
    let (state, failure) = desk.stopped(id).await;
    assert!(matches!(state, State::Failed(_)) && failure.message.contains("2000"), "{failure:?}");
    assert_eq!(stage.server.count(method("POST")), 0);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_that_is_found_is_sent_again_and_damage_without_end_stops() {
    let stage = Stage::new("creation,termination,checksum").await;
    stage.server.on(2, is_patch_at(CHUNK), Step::Answer(460, &[], ""));
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    let bare = stage
        .server
        .asked()
        .iter()
        .filter(|asked| asked.method == "PATCH" && asked.length > 1)
        .any(|asked| !asked.headers.contains_key("upload-checksum"));
    assert!(!bare, "every request bears a checksum where a wrong one was refused");
    stage.server.on(usize::MAX, is("PATCH"), Step::Answer(460, &[], ""));
    let id = desk.send(&stage.file("second.mov", 2 * CHUNK)).await;
    let (_, failure) = desk.stopped(id).await;
    assert_eq!(failure.code, ErrorKind::Integrity.code());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_wrong_checksum_is_let_pass_none_is_sent() {
    let stage = Stage::new("creation,termination").await;
    stage.server.offer("tus-extension", "creation,termination,checksum");
    let file = stage.file("take.mov", 2 * CHUNK);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    let sums = stage.server.asked().iter().filter(|asked| asked.headers.contains_key("upload-checksum")).count();
    assert_eq!(sums, 1, "one was tried, on a byte that was removed again");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_the_opening_that_is_lost_leaves_at_most_an_empty_upload() {
    let stage = Stage::new(PLAIN).await;
    stage.server.on(1, is("POST"), Step::Silence);
    let file = stage.file("take.mov", 2 * CHUNK);
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    let uploads = stage.server.uploads();
    assert_eq!(uploads.iter().map(|upload| upload.bytes.len()).collect::<Vec<_>>(), [0, 2000]);
    assert!(stage.server.asked().iter().all(|asked| asked.method != "POST" || asked.length == 0));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discarded_upload_is_removed_at_the_server() {
    let stage = Stage::new(PLAIN).await;
    stage.server.on(usize::MAX, is_patch_at(CHUNK), Step::Answer(401, &[], ""));
    let mut desk = stage.desk().await;
    let id = desk.send(&stage.file("take.mov", 3 * CHUNK)).await;
    desk.stopped(id).await;
    desk.expect_more(id);
    desk.engine.discard(&[id]).await;
    desk.until("its end", |event| matches!(event, Event::Removed { .. })).await;
    let deadline = Instant::now() + Duration::from_secs(10);
    while !stage.server.uploads().is_empty() {
        assert!(Instant::now() < deadline, "the server must be told");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    desk.close().await;
}
