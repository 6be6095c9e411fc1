//! Several doors to one store, and what it tells of itself.

mod client;

use std::time::Duration;

use carryon_receiver::{Config, Error, Receiver, Report};
use client::{send, start, start_with};
use serde_json::json;
use tempfile::tempdir;

const CHUNK: &[(&str, &str)] = &[("Content-Type", "application/octet-stream"), ("Authorization", "Bearer inside")];

/// What is told once a file is known to have arrived: nobody waits for the journal's last word on it.
async fn arrived(receiver: &Receiver) -> Report {
    for _ in 0..500 {
        let report = receiver.report(10).await.unwrap();
        if !report.arrived.is_empty() {
            return report;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing arrives: {:?}", receiver.report(10).await);
}

#[tokio::test]
async fn each_door_asks_for_its_own_token_and_both_lead_to_one_store() {
    let dir = tempdir().unwrap();
    let receiver = start_with(Config { token: Some("inside".into()), ..Config::new(dir.path()) }).await;
    let door = receiver.open_door(Config { token: Some("outside".into()), ..Config::new("ignored") }).await.unwrap();
    assert_ne!(receiver.local_addr(), door.local_addr());
    let first = "/upload?qquuid=11111111-1111-4111-8111-111111111111&qqfilename=a.bin&qqtotalfilesize=6&qqtotalparts=2&qqpartindex=0&qqpartbyteoffset=0&qqchunksize=3";
    let second = "/upload?qquuid=11111111-1111-4111-8111-111111111111&qqfilename=a.bin&qqtotalfilesize=6&qqtotalparts=2&qqpartindex=1&qqpartbyteoffset=3&qqchunksize=3";
    assert_eq!(
        send(door.local_addr(), "POST", first, CHUNK, b"abc").await.status,
        401,
        "the wrong token for this door"
    );
    assert_eq!(send(receiver.local_addr(), "POST", first, CHUNK, b"abc").await.status, 200);
    let coming = receiver.report(10).await.unwrap();
    assert_eq!((coming.coming_in_all, coming.coming[0].held, coming.coming[0].size), (1, 3, Some(6)));
    assert!(coming.coming[0].until > coming.coming[0].touched && coming.free_space.is_some(), "{coming:?}");
    let outside = [("Content-Type", "application/octet-stream"), ("Authorization", "Bearer outside")];
    assert_eq!(
        send(door.local_addr(), "POST", second, &outside, b"def").await.status,
        200,
        "begun here, carried on there"
    );
    let done =
        "/upload/done?qquuid=11111111-1111-4111-8111-111111111111&qqfilename=a.bin&qqtotalfilesize=6&qqtotalparts=2";
    assert_eq!(send(door.local_addr(), "POST", done, &outside, b"").await.json["success"], json!(true));
    assert_eq!(std::fs::read(dir.path().join("a.bin")).unwrap(), b"abcdef");
    let report = arrived(&door).await;
    assert_eq!((report.coming_in_all, report.arrived[0].name.as_str(), report.arrived[0].size), (0, "a.bin", 6));
    assert!(report.arrived[0].at > 1_700_000_000_000, "a moment in milliseconds");
}

#[tokio::test]
async fn a_door_can_be_closed_alone_and_the_folder_is_free_when_all_are() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let door = receiver.open_door(Config::new("ignored")).await.unwrap();
    let address = door.local_addr();
    door.shutdown().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody answers there any more");
    assert_eq!(send(receiver.local_addr(), "GET", "/", &[], b"").await.status, 200, "the other one goes on");
    receiver.shutdown().await;
    assert!(matches!(receiver.report(1).await, Err(Error::Ended)), "it has nothing to tell");
    assert!(matches!(receiver.open_door(Config::new("ignored")).await, Err(Error::Ended)));
    start(dir.path()).await;
}

#[tokio::test]
async fn beyond_loopback_a_door_needs_a_token_too() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let open = Config { listen: "0.0.0.0:0".parse().unwrap(), ..Config::new("ignored") };
    assert!(matches!(receiver.open_door(open).await, Err(Error::TokenNeeded(_))));
}
