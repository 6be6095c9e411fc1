//! Changes while uploads run.

use std::time::Duration;

use carryon_engine::Limits;
use serde_json::json;
use tests::{engine::quick, scripted::On};

use crate::stage::{CHUNK, Stage, set, state};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_speed_limit_is_felt_at_once_and_its_end_too() {
    let stage = Stage::new().await;
    let files = [stage.file("take.mov", 100)];
    let mut desk = stage
        .desk_with(carryon_engine::Options { limits: Limits { files: 1, chunks: 1 }, ..quick(&stage.data()) })
        .await;
    let id = desk.send(&files[0]).await;
    desk.confirmed(id, 2 * CHUNK).await;
    set(&desk.engine, "speed_limit", json!("1k")).await;
    let before = stage.chunks();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let slowly = stage.chunks() - before;
    assert!(slowly <= 4, "{slowly} chunks of 1 kB left in 0.7 s at 1 kB/s");
    set(&desk.engine, "speed_limit", json!("off")).await;
    desk.finished(id).await;
    stage.delivered(&files);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_connections_are_used_by_an_upload_that_runs() {
    let stage = Stage::new().await;
    let files = [stage.file("take.mov", 40)];
    let mut desk = stage.desk().await;
    set(&desk.engine, "connections", json!(1)).await;
    let gate = stage.server.hold(On::Chunk(0));
    let id = desk.send(&files[0]).await;
    stage.server.until("the first chunk", |log| !log.is_empty()).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(stage.server.busiest(), 1, "one at a time");
    set(&desk.engine, "connections", json!(3)).await;
    stage.server.until("two more beside it", |log| log.len() >= 3).await;
    gate.add_permits(1);
    desk.finished(id).await;
    assert_eq!(stage.server.busiest(), 3);
    stage.delivered(&files);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fewer_files_at_once_send_the_last_back_into_the_queue_and_nothing_twice() {
    let stage = Stage::new().await;
    let files = ["a.mov", "b.mov", "c.mov"].map(|name| stage.file(name, 60 + name.as_bytes()[0] as u64 % 7));
    let mut desk = stage.desk().await;
    set(&desk.engine, "resume", json!("never")).await;
    set(&desk.engine, "connections", json!(1)).await;
    set(&desk.engine, "files_at_once", json!(1)).await;
    let ids = desk.add(files.clone()).await;
    state(&desk, ids[0], "uploading").await;
    state(&desk, ids[1], "queued").await;
    set(&desk.engine, "files_at_once", json!(3)).await;
    for id in &ids {
        desk.confirmed(*id, 2 * CHUNK).await;
    }
    set(&desk.engine, "files_at_once", json!(1)).await;
    state(&desk, ids[1], "queued").await;
    state(&desk, ids[2], "queued").await;
    let waited = desk.listed(ids[2]).await.expect("it is listed").upload.confirmed;
    assert!(waited >= 2 * CHUNK, "what was confirmed stays so, also where interrupted uploads begin anew");
    state(&desk, ids[0], "uploading").await;
    for id in ids {
        desk.finished(id).await;
    }
    stage.delivered(&files);
    desk.close().await;
}
