//! The cases that were seen with the original client, replayed.

use serde_json::{Value, json};

use crate::{
    listener::Request,
    stage::{DONE, Stage, settings},
};

const FAIL: u16 = 400;

/// What each upload request was: index, first byte, bytes, chunks in all; none for a plain one.
fn chunks(heard: &[Request]) -> Vec<Option<[u64; 4]>> {
    let number = |one: &Request, name: &str| one.param(name)?.parse().ok();
    let chunk = |one: &Request| {
        let names = ["qqpartindex", "qqpartbyteoffset", "qqchunksize", "qqtotalparts"];
        let read: Option<Vec<u64>> = names.iter().map(|name| number(one, name)).collect();
        read.map(|read| [read[0], read[1], read[2], read[3]])
    };
    heard.iter().filter(|one| one.path == "/upload").map(chunk).collect()
}

/// Each request's chunk index, and whether it resumes; none for done.
fn indexes(heard: &[Request]) -> Vec<Option<(u64, bool)>> {
    let index = |one: &Request| Some((one.param("qqpartindex")?.parse().ok()?, one.param("qqresume").is_some()));
    heard.iter().map(index).collect()
}

fn dones(heard: &[Request]) -> usize {
    heard.iter().filter(|one| one.path == "/upload/done").count()
}

fn sent(indexes: impl IntoIterator<Item = u64>) -> Vec<Option<(u64, bool)>> {
    indexes.into_iter().map(|index| Some((index, false))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_bytes_by_four_hundred_are_three_chunks_and_done() {
    let heard = Stage::new().await.send(DONE, json!({}), 1000).await;
    assert_eq!(chunks(&heard), [[0, 0, 400, 3], [1, 400, 400, 3], [2, 800, 200, 3]].map(Some));
    assert_eq!((heard.len(), heard[3].path.as_str()), (4, "/upload/done"));
    assert_eq!(heard[3].field_names(), ["qquuid", "qqfilename", "qqtotalfilesize", "qqtotalparts"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_not_larger_than_a_chunk_goes_plain_and_without_done() {
    for chunk in [1000, 2000] {
        let query = format!("?done=/upload/done&chunk={chunk}");
        let heard = Stage::new().await.send(&query, json!({}), 1000).await;
        assert_eq!((chunks(&heard), dones(&heard)), (vec![None], 0), "{chunk}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_chunking_is_mandatory_one_chunk_is_followed_by_done() {
    for set in
        [json!({"mandatory": true}), json!({"mandatory": true, "force_multipart": false, "params_in_body": false})]
    {
        let query = "?done=/upload/done&chunk=2000";
        let heard = Stage::new().await.send(query, json!({"fine_uploader": set}), 1000).await;
        assert_eq!((chunks(&heard), dones(&heard)), (vec![Some([0, 0, 1000, 1])], 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_chunking_is_mandatory_an_empty_file_is_done_alone() {
    let heard = Stage::new().await.send(DONE, json!({"fine_uploader": {"mandatory": true}}), 0).await;
    assert_eq!((heard.len(), dones(&heard)), (1, 1));
    assert_eq!(heard[0].param("qqtotalparts").as_deref(), Some("0"));
    assert_eq!(heard[0].param("qqtotalfilesize").as_deref(), Some("0"));
    let alone = Stage::new().await.send("?chunk=400", json!({"fine_uploader": {"mandatory": true}}), 0).await;
    assert_eq!(chunks(&alone), [None], "without a done request nothing would say that the file is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_where_it_stopped_and_says_so_once() {
    for set in [json!({}), json!({"fine_uploader": {"force_multipart": false, "params_in_body": false}})] {
        let stage = Stage::new().await;
        let path = stage.file("take.mov", 2000);
        stage.server.say("/upload", 200, json!({"success": true}));
        stage.server.say("/upload", 200, json!({"success": true}));
        stage.server.say("/upload", FAIL, json!({"success": false}));
        let mut desk = stage.desk(DONE, set).await;
        let id = desk.send(&path).await;
        desk.stopped(id).await;
        let before = stage.server.heard().len();
        desk.resume(id).await;
        desk.finished(id).await;
        let heard = stage.server.heard();
        let resumed = [Some((2, true)), Some((3, false)), Some((4, false)), None];
        assert_eq!(indexes(&heard[before..]), resumed, "only the first request of a resume says so");
        assert!(heard.iter().all(|one| one.param("qquuid") == heard[0].param("qquuid")), "one id all along");
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_reset_all_chunks_go_again_under_the_same_id() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 1200);
    stage.server.say("/upload", 200, json!({"success": true}));
    stage.server.say("/upload", 200, json!({"success": false, "reset": true}));
    let mut desk = stage.desk(DONE, json!({})).await;
    let id = desk.send(&path).await;
    desk.finished(id).await;
    let heard = stage.server.heard();
    assert_eq!(indexes(&heard[..5]), sent([0, 1, 0, 1, 2]));
    assert!(heard.iter().all(|one| one.param("qquuid") == heard[0].param("qquuid")));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_done_request_is_repeated_alone_where_that_is_safe() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 1000);
    stage.server.say("/upload/done", 500, Value::Null);
    let mut desk = stage.desk(DONE, json!({"repeat_finish": true})).await;
    let id = desk.send(&path).await;
    desk.finished(id).await;
    let heard = stage.server.heard();
    assert_eq!((chunks(&heard).len(), dones(&heard)), (3, 2), "no chunk goes again");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_request_refused_with_a_reset_status_sends_all_chunks_again() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 1000);
    stage.server.say("/upload/done", 409, Value::Null);
    let mut desk = stage.desk(DONE, json!({"fine_uploader": {"done": {"reset_on_status": [409]}}})).await;
    let id = desk.send(&path).await;
    desk.finished(id).await;
    let heard = stage.server.heard();
    assert_eq!((chunks(&heard).len(), dones(&heard)), (6, 2));
    assert!(heard.iter().all(|one| one.param("qquuid") == heard[0].param("qquuid")));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_several_chunks_at_once_the_whole_first_wave_of_a_resume_says_so() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 3600);
    (0..3).for_each(|_| stage.server.say("/upload", 200, json!({"success": true})));
    stage.server.say("/upload", FAIL, json!({"success": false}));
    let query = "?done=/upload/done&chunk=400";
    let mut desk = stage.desk(query, json!({"fine_uploader": {"concurrent": false}})).await;
    let id = desk.send(&path).await;
    desk.stopped(id).await;
    let before = stage.server.heard().len();
    let set = settings(json!({"connections": 3, "fine_uploader": {"names": {"resume": "again"}}}));
    desk.engine.set_destination_settings(desk.to, set).await.expect("they make sense");
    desk.resume(id).await;
    desk.finished(id).await;
    let heard = &stage.server.heard()[before..];
    let part = |one: &Request| one.param("qqpartindex").and_then(|index| index.parse::<u64>().ok());
    let says_so = |one: &&Request| one.param("again").as_deref() == Some("true");
    let mut wave: Vec<_> = heard.iter().filter(says_so).filter_map(part).collect();
    wave.sort_unstable();
    assert_eq!(wave, [3, 4, 5]);
    let mut all: Vec<_> = heard.iter().filter_map(part).collect();
    all.sort_unstable();
    assert_eq!(all, [3, 4, 5, 6, 7, 8], "what was confirmed is not sent again");
    assert_eq!(heard.last().and_then(part), None, "done comes last");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_in_answer_to_the_first_request_of_a_resume_begins_anew_without_resuming() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 2000);
    (0..2).for_each(|_| stage.server.say("/upload", 200, json!({"success": true})));
    stage.server.say("/upload", FAIL, json!({"success": false}));
    let mut desk = stage.desk(DONE, json!({})).await;
    let id = desk.send(&path).await;
    desk.stopped(id).await;
    let before = stage.server.heard().len();
    stage.server.say("/upload", 200, json!({"success": false, "reset": true}));
    desk.resume(id).await;
    desk.finished(id).await;
    let heard = indexes(&stage.server.heard()[before..]);
    assert_eq!(heard[0], Some((2, true)));
    assert_eq!(heard[1..6], sent([0, 1, 2, 3, 4])[..]);
    desk.close().await;
}
