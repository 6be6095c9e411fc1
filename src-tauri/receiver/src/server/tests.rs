//! The whole receiver on a disk that is full, and its housekeeping through time.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Receiver, keep_house};
use crate::config::{Config, Limits};
use crate::files::simulated::SimulatedDisk;
use crate::journal::UploadId;
use crate::store::{Held, Meta, Rules, Store};

const ROOT: &str = "/r";
const CHUNK: usize = 30_000;

async fn start(disk: &SimulatedDisk, min_free_space: u64) -> Receiver {
    let limits = Limits { min_free_space, ..Limits::default() };
    Receiver::start_on(Arc::new(disk.clone()), Config { limits, ..Config::new(ROOT) }).await.expect("it starts")
}

/// One request on a connection of its own: status and JSON.
async fn ask(receiver: &Receiver, method: &str, target: &str, body: &[u8]) -> (u16, Value) {
    let mut stream = TcpStream::connect(receiver.local_addr()).await.unwrap();
    let (host, length) = (receiver.local_addr(), body.len());
    let head =
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, json) = answer.split_once("\r\n\r\n").expect("an answer");
    (head[9..12].parse().unwrap(), serde_json::from_str(json).unwrap_or_default())
}

fn bytes(index: usize) -> Vec<u8> {
    (0..CHUNK).map(|i| (i % 251) as u8 ^ index as u8).collect()
}

async fn chunk(receiver: &Receiver, uuid: &str, index: usize) -> u16 {
    let (size, offset) = (3 * CHUNK, index * CHUNK);
    let target = format!(
        "/upload?qquuid={uuid}&qqfilename={uuid}&qqtotalfilesize={size}&qqpartindex={index}&qqpartbyteoffset={offset}&qqchunksize={CHUNK}"
    );
    ask(receiver, "POST", &target, &bytes(index)).await.0
}

/// A file in chunks, a small one, a large one; gives how each request ended.
async fn send_all(receiver: &Receiver) -> Vec<u16> {
    let mut ended = Vec::new();
    for index in [2, 0, 1] {
        ended.push(chunk(receiver, "chunked", index).await);
    }
    ended.push(ask(receiver, "POST", "/upload?qquuid=small&qqfilename=small", &bytes(7)[..5000]).await.0);
    ended.push(ask(receiver, "POST", "/upload?qquuid=large&qqfilename=large", &bytes(8).repeat(3)).await.0);
    ended.push(ask(receiver, "POST", "/upload/done", b"qquuid=chunked").await.0);
    ended
}

#[tokio::test]
async fn a_disk_that_fills_up_anywhere_costs_nothing_that_was_acknowledged() {
    let mut full = 0;
    for capacity in (2_000..240_000).step_by(4_900) {
        let disk = SimulatedDisk::new(Path::new(ROOT), true);
        disk.set_capacity(Some(capacity));
        let receiver = start(&disk, 0).await;
        let ended = send_all(&receiver).await;
        let (chunks, done) = (&ended[..3], ended[5]);
        assert!(ended[..5].iter().all(|status| [200, 507].contains(status)), "{capacity}: {ended:?}");
        assert!([200, 404, 409, 507].contains(&done), "{capacity}: {ended:?}");
        assert!(chunks.contains(&507) || done == 200 || done == 507, "{capacity}: {ended:?}");
        full += usize::from(ended.contains(&507));
        drop(receiver);
        let disk = disk.after_power_cut(capacity);
        disk.set_capacity(None);
        let receiver = start(&disk, 0).await;
        let (_, held) = ask(&receiver, "GET", "/upload/chunked", b"").await;
        let acknowledged = chunks.iter().filter(|status| **status == 200).count();
        let count = held["chunks"].as_array().map_or(0, Vec::len);
        assert!(held["state"] == "done" || count == acknowledged, "{capacity}: {acknowledged} of {held}");
        assert_eq!(send_all(&receiver).await, [200; 6], "{capacity}: with room, everything goes on");
        let tree = disk.tree(Path::new(ROOT));
        let names = tree.keys().filter(|name| !name.starts_with(".carryon")).count();
        assert_eq!(names, 3, "{capacity}: each file once");
        assert!(tree["chunked"] == [bytes(0), bytes(1), bytes(2)].concat(), "{capacity}");
        assert!(tree["small"] == bytes(7)[..5000] && tree["large"] == bytes(8).repeat(3), "{capacity}");
    }
    assert!(full > 20, "the disk was really full: {full} times");
}

#[tokio::test]
async fn the_free_space_is_watched_as_chunks_come() {
    let disk = SimulatedDisk::new(Path::new(ROOT), true);
    disk.set_capacity(Some(200_000));
    let receiver = start(&disk, 50_000).await;
    assert_eq!(chunk(&receiver, "first", 0).await, 200);
    assert_eq!(chunk(&receiver, "second", 0).await, 200, "both are announced with 90,000 bytes");
    let ended = [chunk(&receiver, "first", 1).await, chunk(&receiver, "first", 2).await];
    assert_eq!(ended, [200, 200], "there is still room");
    assert_eq!(chunk(&receiver, "second", 1).await, 507);
    assert_eq!(ask(&receiver, "POST", "/upload/done", b"qquuid=first").await.0, 200, "what is here can be finished");
    assert_eq!(ask(&receiver, "DELETE", "/upload/first", b"").await.0, 200);
    assert_eq!(chunk(&receiver, "second", 1).await, 200, "and with room, the other goes on");
}

#[tokio::test(start_paused = true)]
async fn what_grows_old_goes_within_the_hour() {
    let disk = SimulatedDisk::new(Path::new(ROOT), true);
    let keep = Duration::from_millis(1);
    let rules =
        Rules { max_size: 1 << 30, max_open: 10, max_open_of_client: 10, min_free: 0, keep, record_every: 1 << 20 };
    let files = Arc::new(disk.clone());
    let open = tokio::task::spawn_blocking(move || Store::open(files, Path::new(ROOT), rules));
    let store = open.await.unwrap().unwrap();
    let house = tokio::spawn({
        let store = store.clone();
        async move { keep_house(&store).await }
    });
    tokio::time::sleep(Duration::from_secs(60)).await;
    let uuid = UploadId::parse("old").unwrap();
    let meta = Meta { name: Some("old".into()), folder: None, size: Some(10), client: None };
    let mut writer = store.begin_chunk(&uuid, meta, 0, 5).await.unwrap();
    let written = tokio::task::spawn_blocking(move || writer.write(b"bytes").and_then(|()| writer.commit_chunk(None)));
    written.await.unwrap().unwrap();
    std::thread::sleep(Duration::from_millis(20));
    tokio::time::sleep(Duration::from_secs(58 * 60)).await;
    assert!(matches!(store.survey(&uuid).await.unwrap(), Held::Open { .. }), "nobody has looked yet");
    tokio::time::sleep(Duration::from_secs(2 * 60)).await;
    assert_eq!(store.survey(&uuid).await.unwrap(), Held::Unknown);
    assert!(!disk.tree(Path::new(ROOT)).contains_key(".carryon/parts/_old"), "its bytes are gone too");
    house.abort();
}
