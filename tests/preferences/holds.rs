//! Waiting for another connection, and for power.

use std::time::Duration;

use carryon_engine::{AddRequest, Event, RunWishes, Surroundings, UploadId, WaitReason};
use serde_json::json;
use tests::engine::Desk;

use crate::stage::{CHUNK, Stage, set, state};

const METERED: Surroundings = Surroundings { metered: Some(true), on_battery: None, battery_percent: None };
const NEARLY_EMPTY: Surroundings = Surroundings { metered: None, on_battery: Some(true), battery_percent: Some(12) };

async fn waits(desk: &mut Desk, id: UploadId, wanted: WaitReason) {
    let text = format!("waiting for {wanted:?}");
    let is_it = |event: &Event| matches!(event, Event::Waiting { reason, until: None, .. } if *reason == wanted && event.id() == id);
    desk.until(&text, is_it).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_metered_connection_holds_what_runs_and_lets_it_go_on_without_sending_anything_twice() {
    let stage = Stage::new().await;
    let files = [stage.file("take.mov", 80)];
    let mut desk = stage.desk().await;
    set(&desk.engine, "pause_on_metered", json!(true)).await;
    let id = desk.send(&files[0]).await;
    desk.confirmed(id, 4 * CHUNK).await;
    desk.engine.set_surroundings(METERED);
    waits(&mut desk, id, WaitReason::Metered).await;
    let before = stage.chunks();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(stage.chunks(), before, "nothing leaves over a metered connection");
    let listed = desk.listed(id).await.expect("it is listed").upload;
    assert_eq!(listed.state.reason().as_deref(), Some("This connection is metered"));
    desk.engine.set_surroundings(Surroundings { metered: Some(false), ..METERED });
    desk.finished(id).await;
    stage.delivered(&files);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switching_the_preference_off_lets_go_on_too() {
    let stage = Stage::new().await;
    let files = [stage.file("take.mov", 20)];
    let mut desk = stage.desk().await;
    desk.engine.set_surroundings(METERED);
    set(&desk.engine, "pause_on_metered", json!("on")).await;
    let id = desk.send(&files[0]).await;
    waits(&mut desk, id, WaitReason::Metered).await;
    assert_eq!(stage.chunks(), 0, "not even the first chunk leaves");
    set(&desk.engine, "pause_on_metered", json!("off")).await;
    desk.finished(id).await;
    stage.delivered(&files);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_battery_that_runs_empty_holds_all_but_what_is_to_be_sent_anyway() {
    let stage = Stage::new().await;
    let files = ["urgent.mov", "later.mov"].map(|name| stage.file(name, 10 + name.len() as u64));
    let mut desk = stage.desk().await;
    set(&desk.engine, "pause_on_battery", json!(30)).await;
    desk.engine.set_surroundings(NEARLY_EMPTY);
    let ids = desk.add(files.clone()).await;
    for id in &ids {
        state(&desk, *id, "waiting").await;
    }
    desk.engine.send_anyway(&ids[..1]);
    desk.finished(ids[0]).await;
    state(&desk, ids[1], "waiting").await;
    assert_eq!(stage.server.completions(), 1, "the other one still waits for power");
    desk.engine.set_surroundings(Surroundings { on_battery: Some(false), ..NEARLY_EMPTY });
    desk.finished(ids[1]).await;
    stage.delivered(&files);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_takes_no_more_places_than_files_may_run() {
    let stage = Stage::new().await;
    let names = ["1.mov", "2.mov", "3.mov", "4.mov", "5.mov"];
    let files = names.map(|name| stage.file(name, 3 + name.as_bytes()[0] as u64 % 10));
    let mut desk = stage.desk().await;
    set(&desk.engine, "pause_on_metered", json!(true)).await;
    set(&desk.engine, "files_at_once", json!(2)).await;
    desk.engine.set_surroundings(METERED);
    let ids = desk.add(files.clone()).await;
    state(&desk, ids[1], "waiting").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut waiting = 0;
    for id in &ids {
        let state = desk.listed(*id).await.expect("it is listed").upload.state;
        waiting += usize::from(state.name() == "waiting");
    }
    assert_eq!(waiting, 2, "the others stay in the queue");
    desk.engine.set_surroundings(Surroundings::default());
    for id in ids {
        desk.finished(id).await;
    }
    stage.delivered(&files);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_or_discarded_upload_ends_its_waiting() {
    let stage = Stage::new().await;
    let mut desk = stage.desk().await;
    set(&desk.engine, "pause_on_metered", json!(true)).await;
    desk.engine.set_surroundings(METERED);
    let ids = desk.add([stage.file("a.mov", 5), stage.file("b.mov", 6)]).await;
    for id in &ids {
        state(&desk, *id, "waiting").await;
    }
    assert!(desk.engine.pause(&ids[..1]).await.problems.is_empty());
    state(&desk, ids[0], "paused").await;
    assert!(desk.engine.discard(&ids).await.problems.is_empty());
    assert_eq!(stage.chunks(), 0);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_for_one_run_wins_over_what_is_set() {
    let stage = Stage::new().await;
    let files = [stage.file("take.mov", 12)];
    let mut desk = stage.desk().await;
    for (key, value) in [("speed_limit", json!("1")), ("connections", json!(1)), ("pause_on_metered", json!(true))] {
        set(&desk.engine, key, value).await;
    }
    desk.engine.set_surroundings(METERED);
    let wishes = RunWishes { speed_limit: "off".parse().ok(), connections: Some(4), anyway: true };
    let ids = desk.add_as(AddRequest { wishes, ..AddRequest::new(files.clone(), desk.to) }).await;
    desk.finished(ids[0]).await;
    assert!(stage.server.busiest() > 1, "its connections are its own");
    stage.delivered(&files);
    desk.close().await;
}
