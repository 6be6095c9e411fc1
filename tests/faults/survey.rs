//! Where the server can be asked: what it says is compared, digest by digest, before anything is taken over from it.

use tests::scripted::{On, Reply, Seen, Step, What};

use crate::stage::{ASKABLE, CHUNK, Stage};

fn stored(index: u64) -> impl Fn(&[Seen]) -> bool {
    move |log| log.iter().any(|seen| seen.what == What::Chunk(index) && seen.digest.is_some())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirmed_chunk_that_rotted_at_the_server_is_sent_again() {
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 5 * CHUNK);
    stage.server.on(On::Chunk(3), 1, Step::Answer(Reply::text(400, "no")));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.stopped(id).await;
    stage.server.damage(&stage.server.log()[0].uuid, CHUNK);
    desk.resume(id).await;
    desk.finished(id).await;
    assert_eq!(stage.server.count(What::Chunk(0)), 1, "what is whole there is not sent again");
    assert_eq!(stage.server.count(What::Chunk(1)), 2, "what is damaged there is");
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_the_record_does_not_know_is_taken_over_only_if_its_bytes_are_the_files() {
    for rotten in [false, true] {
        let stage = Stage::new(ASKABLE).await;
        let file = stage.file("take.mov", 4 * CHUNK);
        let _held = stage.server.hold(On::Chunk(1));
        let mut desk = stage.desk().await;
        let id = desk.send(&file).await;
        stage.server.until("chunk 1 is stored", stored(1)).await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        desk.engine.pause(&[id]).await;
        if rotten {
            stage.server.damage(&stage.server.log()[0].uuid, CHUNK);
        }
        desk.resume(id).await;
        desk.finished(id).await;
        let wanted = if rotten { 2 } else { 1 };
        assert_eq!(stage.server.count(What::Chunk(1)), wanted, "its answer never came; rotten: {rotten}");
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_of_another_cut_are_not_taken_for_ours() {
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 4 * CHUNK);
    stage.server.on(On::Chunk(2), 1, Step::Answer(Reply::text(400, "no")));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.stopped(id).await;
    let uuid = stage.server.log()[0].uuid.clone();
    let chunks = serde_json::json!([{"offset": 0, "length": CHUNK / 2}, {"offset": CHUNK + 1, "length": 7}]);
    let odd = serde_json::json!({"carryon": 1, "uuid": uuid, "state": "open", "size": 4 * CHUNK, "chunks": chunks});
    stage.server.on(On::Status, 1, Step::Answer(Reply::json(200, odd)));
    desk.resume(id).await;
    desk.finished(id).await;
    assert_eq!(
        [0, 1].map(|index| stage.server.count(What::Chunk(index))),
        [2, 2],
        "who holds something else gets ours"
    );
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_the_server_has_finished_already_is_not_sent_again() {
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Done, 1, Step::CarryOutAnswer(Reply::text(400, "already done, I think")));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.stopped(id).await;
    desk.resume(id).await;
    desk.finished(id).await;
    assert_eq!((stage.server.count(What::Done), stage.server.count(What::Chunk(0))), (1, 1));
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_about_another_upload_is_none() {
    let stage = Stage::new(ASKABLE).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    stage.server.on(On::Chunk(1), 1, Step::Answer(Reply::text(400, "no")));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.stopped(id).await;
    let other = serde_json::json!({"carryon": 1, "uuid": "5a9b7e5c-0000-4000-8000-000000000000", "state": "done"});
    stage.server.on(On::Status, 1, Step::Answer(Reply::json(200, other)));
    desk.resume(id).await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}
