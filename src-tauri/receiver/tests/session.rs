//! Fine Uploader's session list: the finished files that are still there.

mod client;

use carryon_receiver::Config;
use client::{Job, get, send, start, start_with};
use serde_json::{Value, json};
use tempfile::tempdir;

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("an array").iter().map(|item| item["name"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn finished_files_are_listed_the_newest_last_and_only_while_they_are_there() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    assert_eq!(get(to, "/upload/session?qqtimestamp=1").await.json, json!([]));
    for (uuid, name, size) in
        [("s-3", "c.bin", 10), ("s-1", "a.bin", 100_000), ("s-2", "b.bin", 0), ("s-4", "d.bin", 7)]
    {
        assert_eq!(Job::new(uuid, name, size, 1).whole(to).await.status, 200);
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
    }
    Job::new("open", "never.bin", 1000, 400).chunk(to, 0).await;
    let listed = get(to, "/upload/session?qqtimestamp=1").await;
    assert_eq!((listed.status, names(&listed.json)), (200, vec!["c.bin", "a.bin", "b.bin", "d.bin"]));
    let second = json!({ "name": "a.bin", "uuid": "s-1", "size": 100_000, "location": "a.bin" });
    assert_eq!(listed.json[1], second);
    std::fs::remove_file(dir.path().join("b.bin")).unwrap();
    std::fs::write(dir.path().join("d.bin"), "its owner's now").unwrap();
    send(to, "DELETE", "/upload/s-3?", &[], b"").await;
    assert_eq!(names(&get(to, "/upload/session").await.json), ["a.bin"]);
    receiver.shutdown().await;
    drop(receiver);
    let again = start(dir.path()).await;
    assert_eq!(get(again.local_addr(), "/upload/session").await.json, json!([second]));
}

#[tokio::test]
async fn the_list_needs_the_token_and_an_upload_may_be_called_session() {
    let dir = tempdir().unwrap();
    let receiver = start_with(Config { token: Some("t0ken".into()), ..Config::new(dir.path()) }).await;
    let to = receiver.local_addr();
    let token = [("Authorization", "Bearer t0ken")];
    assert_eq!(get(to, "/upload/session").await.status, 401);
    let path = "/upload?qquuid=session&qqfilename=odd";
    assert_eq!(send(to, "POST", path, &token, b"bytes").await.status, 200);
    // That it is finished is noted beside the answer, and nobody waits for the note.
    let mut listed = send(to, "GET", "/upload/session", &token, b"").await;
    for _ in 0..500 {
        if !names(&listed.json).is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        listed = send(to, "GET", "/upload/session", &token, b"").await;
    }
    assert_eq!(names(&listed.json), ["odd"]);
    assert_eq!(send(to, "DELETE", "/upload/session", &token, b"").await.status, 200);
    assert_eq!(send(to, "GET", "/upload/session", &token, b"").await.json, json!([]));
}
