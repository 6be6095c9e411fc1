//! A destination's own rules: what is taken, how it is sent, and what becomes of settings that cannot be read.

use std::time::Duration;

use carryon_engine::{AddRequest, DestinationSettings, ErrorKind};
use serde_json::json;
use tests::{
    engine::Desk,
    scripted::{Manners, Scripted, What},
};

use crate::stage::{DONE, Stage, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_rules_refuse_is_told_and_the_rest_goes_on() {
    let stage = Stage::new().await;
    for (name, size) in [("a.mov", 100), ("b.exe", 100), ("c.MOV", 0), ("d.mov", 9), ("e.mov", 5000), ("f.mov", 300)] {
        stage.file(&format!("shoot/{name}"), size);
    }
    let rules = json!({"allowed_extensions": ["mov"], "min_size": 10, "max_size": 4000, "allow_empty": false});
    let mut desk = stage.desk(DONE, rules).await;
    let added = desk.engine.add(AddRequest::new([stage.folder().join("files/shoot")], desk.to)).await.expect("added");
    let words = ["only takes files that end in .mov", "empty", "none below 10 bytes", "has 5 kB"];
    assert_eq!(added.problems.len(), words.len(), "{:?}", added.problems);
    for (problem, words) in added.problems.iter().zip(words) {
        assert!(problem.message.contains(words), "{problem:?} should say “{words}”");
    }
    for id in added.added {
        desk.finished(id).await;
    }
    let sent: Vec<_> = stage.server.heard().iter().filter_map(|one| one.param("qqfilename")).collect();
    assert_eq!(sent.len(), 2, "nothing of what was refused is sent: {sent:?}");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_item_limit_only_the_rest_is_refused() {
    let stage = Stage::new().await;
    (0..5).for_each(|n| drop(stage.file(&format!("shoot/{n}.mov"), 50)));
    let mut desk = stage.desk(DONE, json!({"item_limit": 3})).await;
    for _ in 0..2 {
        let request = AddRequest::new([stage.folder().join("files/shoot")], desk.to);
        let added = desk.engine.add(request).await.expect("added");
        assert_eq!((added.added.len(), added.problems.len()), (3, 2), "the limit is one of each adding");
        assert!(added.problems.iter().all(|problem| problem.message.contains("3 files at a time")));
        for id in added.added {
            desk.finished(id).await;
        }
    }
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_say_how_large_chunks_are_and_how_many_go_at_once() {
    let server = Scripted::start(Manners::default()).await;
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 4000);
    let mut desk = Desk::open(&stage.data(), &format!("{}?done=/upload/done", server.endpoint())).await;
    for connections in [1, 2] {
        let set = settings(json!({"chunk_size": 400, "connections": connections}));
        desk.engine.set_destination_settings(desk.to, set).await.expect("they make sense");
        server.pace(Duration::from_millis(15));
        let id = desk.send(&path).await;
        desk.finished(id).await;
        assert_eq!(server.busiest(), connections, "so many chunks are under way at once");
    }
    assert_eq!(server.count(What::Chunk(9)), 2, "ten chunks each time");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_lives_as_long_as_its_destination_says() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    for (days, expected) in
        [(json!({"lifetime_days": 0}), None), (json!({"lifetime_days": 2}), Some(2 * DAY)), (json!({}), Some(7 * DAY))]
    {
        let stage = Stage::new().await;
        let path = stage.file("take.mov", 800);
        stage.server.say("/upload", 200, json!({"success": true}));
        stage.server.say("/upload", 400, json!({"success": false}));
        let mut desk = stage.desk(DONE, days).await;
        let id = desk.send(&path).await;
        desk.stopped(id).await;
        let upload = desk.listed(id).await.expect("kept").upload;
        let lives = upload.expires_at.map(|at| (at - upload.updated_at + DAY / 2) / DAY * DAY);
        assert_eq!(lives, expected);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_kept_and_changing_them_is_felt_by_the_next_upload() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 100);
    let mut desk = stage.desk(DONE, json!({"fine_uploader": {"params": {"v": "one"}}})).await;
    let id = desk.send(&path).await;
    desk.finished(id).await;
    let two = settings(json!({"fine_uploader": {"params": {"v": "two"}}}));
    desk.engine.set_destination_settings(desk.to, two.clone()).await.expect("they make sense");
    let id = desk.send(&path).await;
    desk.finished(id).await;
    desk.close().await;
    let mut desk = Desk::open(&stage.data(), &stage.server.destination(DONE)).await;
    assert_eq!(desk.engine.destination_settings(desk.to).await.expect("readable"), two);
    let id = desk.send(&path).await;
    desk.finished(id).await;
    let sent: Vec<_> = stage.server.heard().iter().filter_map(|one| one.param("v")).collect();
    assert_eq!(sent, ["one", "two", "two"]);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_make_no_sense_change_nothing() {
    let stage = Stage::new().await;
    let desk = stage.desk(DONE, json!({"chunk_size": 400})).await;
    for wrong in [
        json!({"chunk_size": 0}),
        json!({"fine_uploader": {"headers": {"COOKIE": "hunter2"}}}),
        json!({"fine_uploader": {"delete": {"endpoint": "http://elsewhere.example/"}}}),
    ] {
        let error = desk.engine.set_destination_settings(desk.to, settings(wrong)).await.expect_err("no sense");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    let kept = desk.engine.destination_settings(desk.to).await.expect("readable");
    assert_eq!(kept, settings(json!({"chunk_size": 400})));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_cannot_be_read_stop_their_own_destination_only() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 100);
    let desk = stage.desk(DONE, json!({})).await;
    let (broken, other) = (desk.to, stage.server.destination("?chunk=500"));
    desk.close().await;
    let records = rusqlite::Connection::open(stage.data().join("carryon.db")).expect("the records open");
    let spoil = "UPDATE destinations SET settings = '{\"chunk_size\": \"large\"}' WHERE id = ?1";
    assert_eq!(records.execute(spoil, [broken.0]).expect("one row"), 1);
    drop(records);
    let mut desk = Desk::open(&stage.data(), &other).await;
    let error = desk.engine.add(AddRequest::new([path.clone()], broken)).await.expect_err("unreadable");
    assert!(error.message().contains("settings") && error.advice().contains("anew"), "{error}");
    assert!(desk.engine.destination_settings(broken).await.is_err());
    let id = desk.send(&path).await;
    desk.finished(id).await;
    desk.engine.set_destination_settings(broken, DestinationSettings::default()).await.expect("set anew");
    assert!(desk.engine.add(AddRequest::new([path], broken)).await.is_ok());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn consent_to_plain_http_is_one_destinations_own() {
    let stage = Stage::new().await;
    let desk = stage.desk(DONE, json!({})).await;
    let (address, agreed) = ("fineuploader+http://files.example.com/upload", settings(json!({"allow_http": true})));
    assert!(desk.engine.destination(address).await.is_err());
    let row = desk.engine.destination_with(address, agreed).await.expect("agreed");
    assert_eq!(desk.engine.destination(address).await.expect("known").id, row.id);
    assert!(desk.engine.destination("fineuploader+http://other.example.com/upload").await.is_err());
    desk.close().await;
}
