//! What counts as a yes, and what an answer changes.

use carryon_engine::State;
use serde_json::{Value, json};

use crate::stage::{DONE, Stage, settings};

/// How often the first chunk had to go when it was answered so once.
async fn attempts(set: Value, status: u16, body: Value) -> usize {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 800);
    stage.server.say("/upload", status, body);
    let mut desk = stage.desk(DONE, set).await;
    let id = desk.send(&path).await;
    desk.finished(id).await;
    desk.close().await;
    let first = |one: &&crate::listener::Request| one.param("qqpartindex").as_deref() == Some("0");
    stage.server.heard().iter().filter(first).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_needs_a_status_of_200_to_203_and_a_truthy_success() {
    for (status, body, expected) in [
        (200, json!({"success": true}), 1),
        (201, json!({"success": true}), 1),
        (202, json!({"success": "yes"}), 1),
        (203, json!({"success": 1}), 1),
        (204, Value::Null, 2),
        (205, json!({"success": true}), 2),
        (206, json!({"success": true}), 2),
        (299, json!({"success": true}), 2),
        (500, json!({"success": true}), 2),
        (200, json!({"success": ""}), 2),
        (200, json!({}), 2),
        (200, Value::Null, 2),
    ] {
        assert_eq!(attempts(json!({}), status, body.clone()).await, expected, "{status} {body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_json_is_required_an_empty_answer_is_a_yes_and_a_no_is_a_no() {
    let set = json!({"fine_uploader": {"require_success_json": false}});
    for (status, body, expected) in [
        (204, Value::Null, 1),
        (200, Value::Null, 1),
        (200, json!({"stored": 3}), 1),
        (200, json!({"success": false}), 2),
        (205, Value::Null, 2),
        (500, Value::Null, 2),
    ] {
        assert_eq!(attempts(set.clone(), status, body.clone()).await, expected, "{status} {body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_request_is_judged_by_its_status_and_never_repeated_where_it_may_have_been_carried_out() {
    for (status, delivered) in
        [(200, true), (201, true), (202, true), (203, true), (204, true), (205, false), (206, false), (299, false)]
    {
        let stage = Stage::new().await;
        let path = stage.file("take.mov", 800);
        stage.server.say("/upload/done", status, Value::Null);
        let mut desk = stage.desk(DONE, json!({})).await;
        let id = desk.send(&path).await;
        match delivered {
            true => drop(desk.finished(id).await),
            false => assert_eq!(desk.stopped(id).await.0, State::OutcomeUnknown, "{status}"),
        }
        let dones = stage.server.heard().iter().filter(|one| one.path == "/upload/done").count();
        assert_eq!(dones, 1, "{status}");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_never_counts_as_delivered_because_its_done_request_was_set_or_taken_away_under_way() {
    for (before, after) in [(json!({}), json!({"endpoint": "/done"})), (json!({"endpoint": "/done"}), json!({}))] {
        let stage = Stage::new().await;
        let path = stage.file("take.mov", 800);
        stage.server.say("/upload", 200, json!({"success": true}));
        stage.server.say("/upload", 400, json!({"success": false}));
        let with = |done: &Value| json!({"fine_uploader": {"done": done, "concurrent": false}});
        let mut desk = stage.desk("?chunk=400", with(&before)).await;
        let id = desk.send(&path).await;
        desk.stopped(id).await;
        desk.engine.set_destination_settings(desk.to, settings(with(&after))).await.expect("they make sense");
        desk.resume(id).await;
        let (state, failure) = desk.stopped(id).await;
        assert_eq!((state.name(), failure.code.as_str()), ("failed", "rejected"));
        desk.engine.set_destination_settings(desk.to, settings(with(&before))).await.expect("they make sense");
        desk.resume(id).await;
        desk.finished(id).await;
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_word_that_forbids_another_attempt_can_be_renamed() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 800);
    stage.server.say("/upload", 200, json!({"success": false, "preventRetry": true}));
    stage.server.say("/upload", 200, json!({"success": false, "final": true, "error": "no more"}));
    let mut desk = stage.desk(DONE, json!({"fine_uploader": {"prevent_retry_property": "final"}})).await;
    let id = desk.send(&path).await;
    let (_, failure) = desk.stopped(id).await;
    assert!(failure.message.contains("no more"), "{failure:?}");
    assert_eq!(stage.server.heard().len(), 2, "the former word is only a no");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_id_counts_for_chunks_only_where_that_is_set_and_survives_a_restart() {
    for follows in [true, false] {
        let stage = Stage::new().await;
        let path = stage.file("take.mov", 1600);
        stage.server.say("/upload", 200, json!({"success": true, "newUuid": "theirs/1 ü"}));
        stage.server.say("/upload", 200, json!({"success": true}));
        stage.server.say("/upload", 400, json!({"success": false}));
        let set = json!({"fine_uploader": {"new_uuid_on_chunks": follows}});
        let mut desk = stage.desk(DONE, set.clone()).await;
        let id = desk.send(&path).await;
        desk.stopped(id).await;
        desk.close().await;
        let mut desk = stage.desk(DONE, set).await;
        desk.resume(id).await;
        desk.finished(id).await;
        desk.close().await;
        let ids: Vec<_> = stage.server.heard().iter().filter_map(|one| one.param("qquuid")).collect();
        let theirs: Vec<bool> = ids.iter().map(|id| id == "theirs/1 ü").collect();
        assert_eq!(theirs, [false, follows, follows, follows, follows, follows], "{ids:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_that_leads_elsewhere_is_refused() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 800);
    stage.server.say("/upload", 200, json!({"success": true, "newUuid": ".."}));
    let mut desk = stage.desk(DONE, json!({"fine_uploader": {"new_uuid_on_chunks": true}})).await;
    let id = desk.send(&path).await;
    let (_, failure) = desk.stopped(id).await;
    assert_eq!(failure.code, "rejected");
    desk.close().await;
}
