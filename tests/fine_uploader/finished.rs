//! Deleting uploads, finished or not, and listing what is finished.

use std::time::{Duration, Instant};

use carryon_engine::{
    AttemptId, BatchId, Credentials, ErrorKind, HttpOptions,
    chunk::{Chunk, Completes},
    destination::{Confirmation, Destination, Intent, Outgoing, Ticket},
    drivers,
    source::{ChunkBody, Meter, SourceFile},
};
use serde_json::{Value, json};

use crate::{
    listener::{Listener, Request},
    stage::{DONE, Stage, settings},
};

fn driver(server: &Listener, set: Value) -> std::sync::Arc<dyn Destination> {
    let (address, credentials) = (server.destination(DONE), Credentials { token: Some("t0ken".into()) });
    drivers::connect_with(&address, credentials, &HttpOptions::default(), &settings(set)).expect("a driver")
}

fn ticket(uuid: &str) -> Ticket {
    Ticket { version: 1, data: json!({ "uuid": uuid }) }
}

async fn deleted(set: Value) -> Request {
    let stage = Stage::new().await;
    driver(&stage.server, json!({"fine_uploader": {"delete": set}}))
        .abort(&ticket("u-1"))
        .await
        .expect("it is deleted");
    stage.server.heard().pop().expect("a request")
}

#[tokio::test]
async fn deleting_is_a_method_or_a_form() {
    let request = deleted(json!({})).await;
    assert_eq!((request.method.as_str(), request.path.as_str(), request.query.as_str()), ("DELETE", "/upload/u-1", ""));
    for (name, value) in [
        ("accept", "application/json"),
        ("x-requested-with", "XMLHttpRequest"),
        ("cache-control", "no-cache"),
        ("authorization", "Bearer t0ken"),
    ] {
        assert_eq!(request.header(name), Some(value));
    }
    let own = json!({"endpoint": "/gone", "params": {"id": "{uuid}", "why": "no use"}, "headers": {"X-Id": "{uuid}"}});
    let request = deleted(own.clone()).await;
    assert_eq!((request.path.as_str(), request.query.as_str()), ("/gone/u-1", "id=u-1&why=no+use"));
    assert_eq!(request.header("x-id"), Some("u-1"));
    let mut form = own;
    form["method"] = json!("POST");
    let request = deleted(form).await;
    assert_eq!((request.method.as_str(), request.path.as_str(), request.query.as_str()), ("POST", "/gone", ""));
    assert_eq!(request.field_names(), ["id", "why", "qquuid", "_method"]);
    assert_eq!((request.param("_method"), request.param("qquuid")), (Some("DELETE".into()), Some("u-1".into())));
}

#[tokio::test]
async fn only_200_202_and_204_confirm_that_something_was_deleted() {
    for (status, method, confirmed) in [
        (200, "DELETE", true),
        (201, "DELETE", false),
        (202, "DELETE", true),
        (203, "DELETE", false),
        (204, "DELETE", true),
        (205, "DELETE", false),
        (500, "DELETE", false),
        (201, "POST", true),
        (205, "POST", false),
    ] {
        let stage = Stage::new().await;
        let path = if method == "POST" { "/upload" } else { "/upload/u-1" };
        stage.server.say(path, status, Value::Null);
        let driver = driver(&stage.server, json!({"fine_uploader": {"delete": {"method": method}}}));
        let outcome = driver.abort(&ticket("u-1")).await;
        assert_eq!(outcome.is_ok(), confirmed, "{status} {method}: {outcome:?}");
        if let Err(error) = outcome {
            assert_ne!(error.kind(), ErrorKind::Rejected, "{status}: it is asked again");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discarding_an_unfinished_upload_deletes_it_as_the_settings_say() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 1000);
    stage.server.say("/upload", 400, json!({"success": false}));
    let mut desk =
        stage.desk(DONE, json!({"fine_uploader": {"delete": {"method": "POST", "endpoint": "/gone"}}})).await;
    let id = desk.send(&path).await;
    desk.stopped(id).await;
    desk.expect_more(id);
    let outcomes = desk.engine.discard(&[id]).await;
    assert!(outcomes.problems.is_empty(), "{:?}", outcomes.problems);
    let deadline = Instant::now() + Duration::from_secs(10);
    while stage.server.heard().len() < 2 {
        assert!(Instant::now() < deadline, "the server is never told");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let heard = stage.server.heard();
    assert_eq!((heard[1].path.as_str(), heard[1].param("qquuid")), ("/gone", heard[0].param("qquuid")));
    desk.close().await;
}

#[tokio::test]
async fn a_plain_upload_takes_the_id_that_the_server_gives_it() {
    let stage = Stage::new().await;
    let path = stage.file("take.mov", 100);
    stage.server.say("/upload", 200, json!({"success": true, "newUuid": "theirs"}));
    let driver = driver(&stage.server, json!({}));
    let confirmation = send_plain(driver.as_ref(), &path).await;
    assert_eq!(confirmation.ticket, Some(ticket("theirs")), "without any setting");
}

async fn send_plain(driver: &dyn Destination, path: &std::path::Path) -> Confirmation {
    let source = std::sync::Arc::new(SourceFile::open(path).expect("opens"));
    let plan = driver.plan(100, 400).expect("a plan");
    assert_eq!((plan.count(), plan.completes), (1, Completes::LastChunk));
    let (attempt, batch) = (AttemptId::random(), BatchId::random());
    let (name, relative_path, path) = ("take.mov".to_owned(), String::new(), path.to_owned());
    let intent = Intent { attempt, name, relative_path, plan, path, modified_at: 0, batch };
    let chunk = Chunk { index: 0, offset: 0, length: 100 };
    let body = ChunkBody::new(source, chunk, None, std::sync::Arc::new(Meter::default()));
    let ticket = driver.begin(&intent).await.expect("it begins");
    driver.send(&ticket, &intent, Outgoing { body, digest: None, resuming: false }).await.expect("a yes")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finished_files_are_listed_and_deleted_one_by_one() {
    let stage = Stage::new().await;
    let session = json!({"endpoint": "/list", "params": {"user": "7"}, "headers": {"X-List": "1"}});
    let desk = stage.desk(DONE, json!({"fine_uploader": {"session": session}})).await;
    let good = json!({"name": "a.mov", "uuid": "id 1", "size": 3, "deleteFileParams": {"k": "v"}});
    let own = json!({"name": "c.mov", "uuid": "id-3", "deleteFileEndpoint": "/other"});
    let away = json!({"name": "d.mov", "uuid": "id-4", "deleteFileEndpoint": "http://elsewhere.example/x"});
    let unnamed = json!({"name": "b.mov"});
    stage.server.say("/list", 200, json!([good, own, away]));
    let listing = desk.engine.finished_files(desk.to).await.expect("a list");
    assert!(listing.whole);
    let told: Vec<_> = listing.files.iter().map(|file| (file.name.as_str(), file.id.as_str(), file.size)).collect();
    assert_eq!(told, [("a.mov", "id 1", Some(3)), ("c.mov", "id-3", None), ("d.mov", "id-4", None)]);
    let asked = stage.server.heard().pop().expect("a question");
    assert_eq!((asked.method.as_str(), asked.header("x-list")), ("GET", Some("1")));
    let names: Vec<_> = asked.params().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["user", "qqtimestamp"]);
    for (file, path, query) in [(&listing.files[0], "/upload/id%201", "k=v"), (&listing.files[1], "/other/id-3", "")] {
        desk.engine.delete_finished(desk.to, file).await.expect("deleted");
        let request = stage.server.heard().pop().expect("a request");
        assert_eq!((request.path.as_str(), request.query.as_str()), (path, query));
    }
    let error = desk.engine.delete_finished(desk.to, &listing.files[2]).await.expect_err("another host");
    assert_eq!(error.kind(), ErrorKind::Rejected);
    stage.server.say("/list", 200, json!([good, unnamed, own]));
    let listing = desk.engine.finished_files(desk.to).await.expect("a list");
    assert_eq!((listing.files.len(), listing.whole), (1, false), "reading stops at what makes no sense");
    stage.server.say("/list", 201, json!([good]));
    assert!(desk.engine.finished_files(desk.to).await.is_err(), "200 it must be");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_session_endpoint_there_is_no_list() {
    let stage = Stage::new().await;
    let desk = stage.desk(DONE, json!({})).await;
    let error = desk.engine.finished_files(desk.to).await.expect_err("nobody to ask");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    desk.close().await;
}
