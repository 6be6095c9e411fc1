//! Uploads that grow, and clients that are slow, gone or foreign.

mod client;

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use carryon_receiver::{Config, Limits};
use client::tus::{TYPE, VERSION, answer_of, begin_patch, create, held, tus};
use client::{head, log_lines, send, start_with};
use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MIB: usize = 1 << 20;

async fn limited(dir: &Path, limits: Limits) -> carryon_receiver::Receiver {
    start_with(Config { limits, ..Config::new(dir) }).await
}

#[tokio::test]
async fn a_body_that_stalls_is_answered_and_what_came_of_it_is_held() {
    let dir = tempdir().unwrap();
    let receiver = limited(dir.path(), Limits { stall: Duration::from_millis(1500), ..Limits::default() }).await;
    let to = receiver.local_addr();
    let at = create(to, "s", MIB).await;
    let begun = Instant::now();
    let stalled = begin_patch(to, &at, 0, MIB, &[1; 1000]).await;
    let answer = answer_of(stalled).await.expect("it is told");
    assert_eq!((answer.status, answer.headers["upload-offset"].as_str()), (408, "1000"));
    assert!(begun.elapsed() > Duration::from_millis(1400), "not before its time: {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(held(to, &at).await, Some(1000));
}

#[tokio::test]
async fn a_trickle_is_cut_off_and_what_came_of_it_is_held() {
    let dir = tempdir().unwrap();
    let (min_rate, rate_window) = (100_000, Duration::from_millis(1500));
    let receiver = limited(dir.path(), Limits { min_rate, rate_window, ..Limits::default() }).await;
    let to = receiver.local_addr();
    let at = create(to, "s", MIB).await;
    let mut stream = begin_patch(to, &at, 0, MIB, b"").await;
    let (mut reading, mut writing) = stream.split();
    let drip = async {
        while writing.write_all(b"0123456789").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        std::future::pending::<()>().await;
    };
    let mut answer = vec![0; 2000];
    let came = tokio::select! {
        came = reading.read(&mut answer) => came.unwrap(),
        () = drip => unreachable!(),
    };
    assert!(answer[..came].starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer[..came]));
    assert!(held(to, &at).await.unwrap() >= 100);
}

#[tokio::test]
async fn the_log_counts_every_byte_that_came_also_of_what_was_cut() {
    let dir = tempdir().unwrap();
    let log = dir.path().join("log.jsonl");
    let config =
        Config { access_log: Some(log.clone()), token: Some("s3cr3t".into()), ..Config::new(dir.path().join("in")) };
    let receiver = start_with(config).await;
    let to = receiver.local_addr();
    let token = ("Authorization", "Bearer s3cr3t");
    let made = tus(to, "POST", "/files/", &[token, ("Upload-Length", "3000000")], b"").await;
    let at = made.headers["location"].clone();
    let request = head(to, "PATCH", &at, &[VERSION, TYPE, token, ("Upload-Offset", "0")], 3_000_000);
    let mut cut = tokio::net::TcpStream::connect(to).await.unwrap();
    cut.write_all(&[request.as_bytes(), &vec![1; 1_234_567]].concat()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(cut);
    tokio::time::sleep(Duration::from_millis(300)).await;
    tus(to, "HEAD", &at, &[token], b"").await;
    let rest = vec![1; 3_000_000 - 1_234_567];
    tus(to, "PATCH", &at, &[token, TYPE, ("Upload-Offset", "1234567")], &rest).await;
    tus(to, "PATCH", &at, &[token, TYPE, ("Upload-Offset", "5")], b"late").await;
    let draft = send(to, "POST", "/resumable/", &[token, ("Upload-Complete", "?1")], b"12345").await;
    assert_eq!(draft.status, 201);
    receiver.shutdown().await;
    let lines = log_lines(&log);
    let seen: Vec<_> = lines.iter().map(|l| (&l["method"], &l["received"], &l["status"], &l["result"])).collect();
    let expected = [
        (json!("POST"), json!(0), json!(201), json!("info")),
        (json!("PATCH"), json!(1_234_567), Value::Null, json!("broken")),
        (json!("HEAD"), json!(0), json!(200), json!("survey")),
        (json!("PATCH"), json!(3_000_000 - 1_234_567), json!(204), json!("stored")),
        (json!("PATCH"), json!(0), json!(409), json!("refused")),
        (json!("POST"), json!(5), json!(201), json!("stored")),
    ];
    let expected: Vec<_> = expected.iter().map(|(m, r, s, o)| (m, r, s, o)).collect();
    assert_eq!(seen, expected);
    assert_eq!(lines[2]["held"], json!([[0, 1_234_567]]));
    assert!(lines[..5].iter().all(|line| line["uuid"] == lines[1]["uuid"]), "each names its upload");
    assert!(!std::fs::read_to_string(&log).unwrap().contains("s3cr3t"));
}

/// A preflight of a page at `origin`.
async fn preflight(to: SocketAddr, path: &str, origin: &str) -> client::Answer {
    let asked = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "PATCH"),
        ("Access-Control-Request-Headers", "tus-resumable,upload-offset"),
    ];
    send(to, "OPTIONS", path, &asked, b"").await
}

#[tokio::test]
async fn pages_of_allowed_origins_may_send_and_read_what_these_protocols_need() {
    let dir = tempdir().unwrap();
    let allow_origins = vec!["https://good.example".into()];
    let receiver = start_with(Config { allow_origins, ..Config::new(dir.path()) }).await;
    let to = receiver.local_addr();
    for (path, told) in [("/files/", "tus-version"), ("/files/x", "tus-version"), ("/resumable/", "upload-limit")] {
        let answer = preflight(to, path, "https://good.example").await;
        assert_eq!((answer.status, answer.headers.contains_key(told)), (204, true), "{path}");
        assert_eq!(answer.headers["access-control-allow-origin"], "https://good.example");
        for method in ["HEAD", "PATCH", "DELETE"] {
            assert!(answer.headers["access-control-allow-methods"].contains(method), "{method}");
        }
        let allowed = &answer.headers["access-control-allow-headers"];
        for header in ["tus-resumable", "upload-offset", "upload-metadata", "upload-complete", "authorization"] {
            assert!(allowed.contains(header), "{header} in {allowed}");
        }
        assert_eq!(preflight(to, path, "https://evil.example").await.status, 403);
    }
    let from = [("Origin", "https://good.example"), ("Upload-Length", "3")];
    let made = tus(to, "POST", "/files/", &from, b"").await;
    let exposed = &made.headers["access-control-expose-headers"];
    for header in ["location", "upload-offset", "upload-expires", "repr-digest", "upload-complete", "upload-limit"] {
        assert!(exposed.split(", ").any(|name| name == header), "{header} in {exposed}");
    }
}

#[tokio::test]
async fn what_would_leave_too_little_space_is_refused_before_its_first_byte() {
    let dir = tempdir().unwrap();
    let receiver = limited(dir.path(), Limits { min_free_space: 1 << 60, ..Limits::default() }).await;
    let to = receiver.local_addr();
    assert_eq!(tus(to, "POST", "/files/", &[("Upload-Length", "10")], b"").await.status, 507);
    assert_eq!(send(to, "POST", "/resumable/", &[("Upload-Complete", "?0")], b"").await.status, 507);
}
