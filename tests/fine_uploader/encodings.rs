//! The four ways to put bytes and parameters into a request, on the wire and end to end.

use carryon_receiver::{Config, Receiver};
use serde_json::{Value, json};
use tests::{
    engine::Desk,
    files::{digest, random_file},
};

use crate::{
    listener::Request,
    stage::{DONE, Stage, named, settings},
};

const MULTIPART_CHUNK: [(&str, &str); 7] = [
    ("qqpartindex", "1"),
    ("qqpartbyteoffset", "400"),
    ("qqchunksize", "200"),
    ("qqtotalparts", "2"),
    ("qqtotalfilesize", "600"),
    ("qqfilename", "a take.mov"),
    ("qquuid", "UUID"),
];
const RAW_CHUNK: [(&str, &str); 8] = [
    ("qqpartindex", "1"),
    ("qqpartbyteoffset", "400"),
    ("qqchunksize", "200"),
    ("qqtotalparts", "2"),
    ("qqtotalfilesize", "600"),
    ("qquuid", "UUID"),
    ("qqfilename", "a take.mov"),
    ("qqfile", "a take.mov"),
];
const MULTIPART_PLAIN: [(&str, &str); 3] =
    [("qquuid", "UUID"), ("qqfilename", "a take.mov"), ("qqtotalfilesize", "300")];
const RAW_PLAIN: [(&str, &str); 3] = [("qquuid", "UUID"), ("qqfilename", "a take.mov"), ("qqfile", "a take.mov")];

fn encoding(force_multipart: bool, params_in_body: bool) -> Value {
    json!({"fine_uploader": {"force_multipart": force_multipart, "params_in_body": params_in_body}})
}

async fn chunk_and_plain(set: Value) -> (Request, Request) {
    let stage = Stage::new().await;
    let chunks = stage.send(DONE, set.clone(), 600).await;
    let stage = Stage::new().await;
    let plain = stage.send(DONE, set, 300).await;
    assert_eq!((chunks.len(), plain.len()), (3, 1), "two chunks and done; one plain request without done");
    (chunks[1].clone(), plain[0].clone())
}

fn uuid(request: &Request) -> String {
    request.param("qquuid").expect("every upload bears its id")
}

fn asks_as_the_original(request: &Request) {
    assert_eq!(request.method, "POST");
    for (name, value) in
        [("accept", "application/json"), ("x-requested-with", "XMLHttpRequest"), ("cache-control", "no-cache")]
    {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_hold_the_parameters_before_the_file() {
    // Parameters in the body force the form, as in the original.
    for set in [json!({}), encoding(true, true), encoding(false, true)] {
        let (chunk, plain) = chunk_and_plain(set).await;
        assert_eq!(chunk.fields, named(&MULTIPART_CHUNK, &uuid(&chunk)));
        assert_eq!(plain.fields, named(&MULTIPART_PLAIN, &uuid(&plain)));
        let part = |name: &str, of: &str| Some(("qqfile".into(), name.into(), of.into()));
        let (slice, whole) = (part("blob", "application/octet-stream"), part("a take.mov", "video/quicktime"));
        assert_eq!((chunk.part.clone(), plain.part.clone()), (slice, whole), "a slice has no type of its own");
        for request in [chunk, plain] {
            asks_as_the_original(&request);
            assert_eq!((request.query.as_str(), request.header("x-mime-type")), ("", None));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_may_hold_the_file_alone_with_the_parameters_in_the_query() {
    let (chunk, plain) = chunk_and_plain(encoding(true, false)).await;
    assert_eq!(chunk.params(), named(&MULTIPART_CHUNK, &uuid(&chunk)));
    assert_eq!(plain.params(), named(&MULTIPART_PLAIN, &uuid(&plain)));
    for request in [chunk, plain] {
        asks_as_the_original(&request);
        assert!(request.fields.is_empty() && request.part.is_some());
        assert!(request.query.contains("qqfilename=a+take.mov"), "a space is a plus: {}", request.query);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_raw_body_is_the_bytes_and_nothing_else() {
    let (chunk, plain) = chunk_and_plain(encoding(false, false)).await;
    assert_eq!(chunk.params(), named(&RAW_CHUNK, &uuid(&chunk)));
    assert_eq!(plain.params(), named(&RAW_PLAIN, &uuid(&plain)), "a raw plain upload does not name its size");
    for request in [chunk, plain] {
        asks_as_the_original(&request);
        assert_eq!(request.header("content-type"), Some("application/octet-stream"));
        assert_eq!(request.header("x-mime-type"), Some("video/quicktime"), "the type of the whole file");
        assert!(request.part.is_none());
        assert!(request.query.contains("&qqfile=a+take.mov"), "{}", request.query);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_in_the_address_is_kept_in_front() {
    let stage = Stage::new().await;
    let heard = stage.send("?project=7&chunk=400", encoding(false, false), 300).await;
    assert!(heard[0].query.starts_with("project=7&qquuid="), "{}", heard[0].query);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_encoding_delivers_to_the_receiver_byte_for_byte() {
    for (multipart, in_body) in [(true, true), (true, false), (false, true), (false, false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let inbox = folder.path().join("inbox");
        let receiver = Receiver::start(Config::new(&inbox)).await.expect("the receiver starts");
        let address = format!("fineuploader+{}/upload?done=/upload/done", receiver.url().trim_end_matches('/'));
        let mut desk = Desk::open(&folder.path().join("data"), &address).await;
        let mut set = settings(encoding(multipart, in_body));
        set.chunk_size = Some(100_000);
        desk.engine.set_destination_settings(desk.to, set).await.expect("they make sense");
        for (name, size) in [("größe & “ruhm”.mov", 1_234_567), ("plain.bin", 70_000), ("empty", 0)] {
            let path = folder.path().join(name);
            random_file(&path, size, size + 7);
            let id = desk.send(&path).await;
            desk.finished(id).await;
            assert_eq!(digest(&inbox.join(name)), digest(&path), "{name}, {multipart}, {in_body}");
        }
        desk.close().await;
    }
}
