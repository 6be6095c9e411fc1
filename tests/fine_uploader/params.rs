//! What the parameters and headers are called and hold.

use serde_json::json;

use crate::stage::{DONE, Stage, named};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_parameter_can_be_renamed() {
    let names = json!({
        "uuid": "id", "filename": "name", "total_file_size": "size", "part_index": "i", "part_byte_offset": "at",
        "chunk_size": "length", "total_parts": "count", "resume": "again", "input": "data"
    });
    let stage = Stage::new().await;
    let heard = stage.send(DONE, json!({"fine_uploader": {"names": names}}), 600).await;
    assert_eq!(heard[1].field_names(), ["i", "at", "length", "count", "size", "name", "id"]);
    assert_eq!(heard[1].part.as_ref().map(|(input, ..)| input.as_str()), Some("data"));
    assert_eq!(heard[2].field_names(), ["id", "name", "size", "count"], "the done request bears the same names");
    let raw = json!({"names": names, "force_multipart": false, "params_in_body": false});
    let stage = Stage::new().await;
    let heard = stage.send(DONE, json!({"fine_uploader": raw}), 600).await;
    let names: Vec<_> = heard[0].params().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["i", "at", "length", "count", "size", "id", "name", "data"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_protocols_own_parameters_can_be_left_out_of_uploads_but_not_of_done() {
    let set = json!({"fine_uploader": {"omit_default_params": true, "params": {"key": "{uuid}"}}});
    let stage = Stage::new().await;
    let heard = stage.send(DONE, set, 600).await;
    assert_eq!((heard[0].field_names(), heard[1].field_names()), (vec!["key"], vec!["key"]));
    let done = ["key", "qquuid", "qqfilename", "qqtotalfilesize", "qqtotalparts"];
    assert_eq!(heard[2].field_names(), done);
    assert_eq!(heard[2].param("key"), heard[2].param("qquuid"), "{{uuid}} is the upload's id");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn custom_parameters_go_first_and_give_way_to_the_protocols_own() {
    let params =
        json!({"a": "x y", "meta": {"by": {"id": 7}}, "qqfilename": "mine", "tags": ["p", "q r"], "yes": true});
    let stage = Stage::new().await;
    let heard = stage.send(DONE, json!({"fine_uploader": {"params": params}}), 300).await;
    let fields = [
        ("a", "x y"),
        ("meta[by][id]", "7"),
        ("qqfilename", "a take.mov"),
        ("tags", "p,q r"),
        ("yes", "true"),
        ("qquuid", "UUID"),
        ("qqtotalfilesize", "300"),
    ];
    let uuid = heard[0].param("qquuid").expect("an id");
    assert_eq!(heard[0].fields, named(&fields, &uuid), "an own parameter takes the place of a custom one");
    let raw = json!({"params": params, "force_multipart": false, "params_in_body": false});
    let stage = Stage::new().await;
    let heard = stage.send(DONE, json!({"fine_uploader": raw}), 300).await;
    let begins = "a=x+y&meta%5Bby%5D%5Bid%5D=7&qqfilename=a+take.mov&tags%5B0%5D=p&tags%5B1%5D=q+r&yes=true&qquuid=";
    assert!(heard[0].query.starts_with(begins), "{}", heard[0].query);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn templates_are_filled_in_for_each_file() {
    let params =
        json!({"all": "{name}|{path}|{relative_path}|{size}|{uuid}|{{x}}", "mtime": "{mtime}", "batch": "{batch}"});
    let set = json!({"fine_uploader": {"params": params, "headers": {"X-Name": "<{name}>", "X-Fixed": "ja"}}});
    let stage = Stage::new().await;
    let path = stage.file("shoot/day 1/größe.mov", 300);
    let mut desk = stage.desk(DONE, set).await;
    let ids = desk.add([stage.folder().join("files/shoot"), stage.file("b.mov", 500)]).await;
    for id in ids {
        desk.finished(id).await;
    }
    desk.close().await;
    let heard = stage.server.heard();
    let first = heard.iter().find(|one| one.param("qqfilename").as_deref() == Some("größe.mov")).expect("sent");
    let uuid = first.param("qquuid").expect("an id");
    let all = format!("größe.mov|{}|shoot/day 1|300|{uuid}|{{x}}", path.display());
    assert_eq!(first.param("all"), Some(all));
    assert_eq!(first.param("qqpath").as_deref(), Some("shoot/day 1/"), "folders go as the original sends them");
    let written = std::fs::metadata(&path).and_then(|meta| meta.modified()).expect("a time");
    let written = written.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_millis();
    assert_eq!(first.param("mtime"), Some(written.to_string()));
    assert_eq!(first.header("x-name"), Some("<gr%C3%B6%C3%9Fe.mov>"), "what no header holds is encoded");
    assert!(heard.iter().all(|one| one.header("x-fixed") == Some("ja")), "done requests bear the headers too");
    assert!(heard.iter().all(|one| one.param("batch") == first.param("batch")), "one drop, one batch");
    assert!(first.param("batch").is_some_and(|batch| batch.len() == 36));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_and_done_have_methods_of_their_own() {
    let done = json!({
        "method": "PUT", "params": {"key": "{uuid}", "n": 3, "m": {"a": [1, "b"]}},
        "headers": {"X-Done": "{name}"}, "json_payload": true
    });
    let set = json!({"fine_uploader": {"method": "PUT", "headers": {"X-Up": "1"}, "params": {"c": "d"}, "done": done}});
    let stage = Stage::new().await;
    let heard = stage.send(DONE, set, 600).await;
    assert_eq!(heard.iter().map(|one| one.method.as_str()).collect::<Vec<_>>(), ["PUT"; 3]);
    let (chunk, done) = (&heard[0], &heard[2]);
    assert_eq!((chunk.header("x-up"), chunk.header("x-done")), (Some("1"), None));
    assert_eq!(
        (done.header("x-up"), done.header("x-done")),
        (None, Some("a take.mov")),
        "its headers replace the others"
    );
    assert_eq!(done.header("content-type"), Some("application/json"));
    let uuid = chunk.param("qquuid").expect("an id");
    let body: serde_json::Value = serde_json::from_slice(&done.bytes).expect("JSON");
    let whole = json!({"key": uuid, "n": 3, "m": {"a": [1, "b"]}});
    assert_eq!(body, whole, "its parameters replace the whole set, the id too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_done_request_asks_less_than_an_upload() {
    let stage = Stage::new().await;
    let heard = stage
        .send("?chunk=400&concurrent=false", json!({"fine_uploader": {"done": {"endpoint": "finish?x=1"}}}), 600)
        .await;
    let done = heard.last().expect("a done request");
    assert_eq!((done.method.as_str(), done.path.as_str(), done.query.as_str()), ("POST", "/finish", "x=1"));
    assert_eq!(done.header("accept"), Some("application/json"));
    assert_eq!(done.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!((done.header("x-requested-with"), done.header("cache-control")), (None, None));
    let body = String::from_utf8(done.bytes.clone()).expect("text");
    let uuid = done.param("qquuid").expect("an id");
    assert_eq!(body, format!("qquuid={uuid}&qqfilename=a+take.mov&qqtotalfilesize=600&qqtotalparts=2"));
}
