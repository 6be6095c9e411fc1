//! The extensions of tus through a raw socket: what may be said beyond the core, and what happens when it is wrong.

mod client;

use std::time::Duration;

use carryon_receiver::{Config, Limits};
use client::tus::{TYPE, VERSION, base64, create, held, patch, patch_with, proof, tus};
use client::{names_in, noise, start, start_with};
use tempfile::tempdir;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_checksum_that_does_not_fit_makes_nothing_count() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let bytes = noise(MIB, 4);
    let at = create(to, "sum", bytes.len()).await;
    let sums = [
        ("sha1", "rrAGu7aKzwV4/jaF/8Ygvxug5ro="),
        ("sha256", "rrAGu7aKzwV4/jaF/8Ygvxug5ro="),
        ("crc32c", "AAAAAA=="),
        ("blake3", "rrAGu7aKzwV4/jaF/8Ygvxug5ro="),
    ];
    for (name, wrong) in sums {
        let sum = format!("{name} {wrong}");
        let refused = patch_with(to, &at, 0, &[("Upload-Checksum", &sum)], &bytes).await;
        assert_eq!(refused.status, 460, "{name}");
        assert_eq!(held(to, &at).await, Some(0), "{name}");
    }
    for (sum, status) in [("md5 rrAGu7aKzwV4/jaF/8Ygvw==", 400), ("sha1 ???", 400), ("sha1", 400)] {
        assert_eq!(patch_with(to, &at, 0, &[("Upload-Checksum", sum)], &bytes).await.status, status, "{sum}");
    }
    // Half of it comes, and the digest is of all: nothing counts either.
    let sum = format!("blake3 {}", base64(blake3::hash(&bytes).as_bytes()));
    let length = bytes.len();
    let head =
        client::head(to, "PATCH", &at, &[VERSION, TYPE, ("Upload-Offset", "0"), ("Upload-Checksum", &sum)], length);
    let mut stream = tokio::net::TcpStream::connect(to).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &[head.as_bytes(), &bytes[..length / 2]].concat()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(held(to, &at).await, Some(0));
    assert_eq!(patch_with(to, &at, 0, &[("Upload-Checksum", &sum)], &bytes).await.status, 204);
    assert!(std::fs::read(dir.path().join("sum")).unwrap() == bytes);
}

#[tokio::test]
async fn the_right_checksum_of_every_algorithm_is_taken() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let sums = [
        "sha1 98O8HYCOBHMq32eZZczDTKeuNEE=",
        "sha256 FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
        "crc32c 4waSgw==",
        &format!("blake3 {}", base64(blake3::hash(b"123456789").as_bytes())),
    ];
    for sum in sums {
        let at = create(to, "sum", 9).await;
        assert_eq!(patch_with(to, &at, 0, &[("Upload-Checksum", sum)], b"123456789").await.status, 204, "{sum}");
    }
}

#[tokio::test]
async fn bytes_may_come_with_the_beginning() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let all = [("Upload-Length", "4"), TYPE];
    let whole = tus(to, "POST", "/files/", &all, b"abcd").await;
    assert_eq!((whole.status, whole.headers["upload-offset"].as_str()), (201, "4"));
    assert_eq!(whole.headers["repr-digest"], proof(b"abcd"));
    let some = tus(to, "POST", "/files/", &[("Upload-Length", "6"), TYPE], b"abcd").await;
    assert_eq!((some.status, some.headers["upload-offset"].as_str()), (201, "4"));
    assert_eq!(patch(to, &some.headers["location"], 4, b"ef").await.status, 204);
    assert_eq!(names_in(dir.path()), ["unnamed", "unnamed (2)"]);
    let other = [("Upload-Length", "4"), ("Content-Type", "text/plain")];
    assert_eq!(tus(to, "POST", "/files/", &other, b"abcd").await.status, 415);
    let wrong = [("Upload-Length", "4"), TYPE, ("Upload-Checksum", "crc32c AAAAAA==")];
    let refused = tus(to, "POST", "/files/", &wrong, b"abcd").await;
    assert_eq!(refused.status, 460);
    assert_eq!(held(to, &refused.headers["location"]).await, Some(0), "it was begun, and can be gone on with");
}

#[tokio::test]
async fn an_upload_of_no_bytes_is_complete_at_once() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let made =
        tus(to, "POST", "/files/", &[("Upload-Length", "0"), ("Upload-Metadata", "filename bnVsbA==")], b"").await;
    assert_eq!((made.status, made.headers["upload-offset"].as_str()), (201, "0"));
    assert_eq!(made.headers["repr-digest"], proof(b""));
    assert_eq!(std::fs::read(dir.path().join("null")).unwrap(), b"");
    assert_eq!(held(to, &made.headers["location"]).await, Some(0));
}

#[tokio::test]
async fn a_length_may_come_later_and_only_once() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let made = tus(to, "POST", "/files/", &[("Upload-Defer-Length", "1")], b"").await;
    let at = made.headers["location"].clone();
    assert_eq!(patch(to, &at, 0, b"abc").await.status, 204);
    let asked = tus(to, "HEAD", &at, &[], b"").await;
    assert_eq!(asked.headers["upload-defer-length"], "1");
    assert!(!asked.headers.contains_key("upload-length"));
    assert_eq!(patch_with(to, &at, 3, &[("Upload-Length", "2")], b"").await.status, 400, "less than is held");
    assert_eq!(patch_with(to, &at, 3, &[("Upload-Length", "6")], b"d").await.status, 204);
    drop(receiver);
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let asked = tus(to, "HEAD", &at, &[], b"").await;
    assert_eq!((asked.headers["upload-length"].as_str(), asked.headers["upload-offset"].as_str()), ("6", "4"));
    assert_eq!(patch_with(to, &at, 4, &[("Upload-Length", "7")], b"ef").await.status, 400);
    let last = patch_with(to, &at, 4, &[("Upload-Length", "6")], b"ef").await;
    assert_eq!(last.headers["repr-digest"], proof(b"abcdef"));
}

#[tokio::test]
async fn clients_that_can_only_post_say_what_they_mean() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = create(to, "post", 3).await;
    let meant = |method| ("X-HTTP-Method-Override", method);
    assert_eq!(tus(to, "POST", &at, &[meant("PATCH"), TYPE, ("Upload-Offset", "0")], b"ab").await.status, 204);
    assert_eq!(tus(to, "POST", &at, &[meant("HEAD")], b"").await.headers["upload-offset"], "2");
    assert_eq!(tus(to, "POST", &at, &[meant("DELETE")], b"").await.status, 204);
    assert_eq!(held(to, &at).await, None);
}

#[tokio::test]
async fn the_same_limits_hold_as_for_every_protocol() {
    let dir = tempdir().unwrap();
    let limits = Limits { file_size: 1000, unfinished_per_client: 2, ..Limits::default() };
    let receiver = start_with(Config { limits, ..Config::new(dir.path()) }).await;
    let to = receiver.local_addr();
    assert_eq!(tus(to, "POST", "/files/", &[("Upload-Length", "1001")], b"").await.status, 413);
    let deferred = tus(to, "POST", "/files/", &[("Upload-Defer-Length", "1")], b"").await;
    let at = deferred.headers["location"].clone();
    assert_eq!(patch(to, &at, 0, &[1; 1001]).await.status, 413, "a length that is not known has its limit too");
    assert_eq!(patch_with(to, &at, 0, &[("Upload-Length", "1001")], b"").await.status, 413);
    create(to, "second", 10).await;
    assert_eq!(tus(to, "POST", "/files/", &[("Upload-Length", "10")], b"").await.status, 429);
    assert_eq!(tus(to, "DELETE", &at, &[], b"").await.status, 204);
    create(to, "third", 10).await;
}

#[tokio::test]
async fn an_upload_that_has_expired_is_gone() {
    let dir = tempdir().unwrap();
    let keep = Duration::from_millis(800);
    let receiver = start_with(Config { keep, ..Config::new(dir.path()) }).await;
    let to = receiver.local_addr();
    let at = create(to, "old", 10).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(patch(to, &at, 0, b"abc").await.status, 204);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(held(to, &at).await, Some(3), "a byte that comes gives it time again");
    tokio::time::sleep(Duration::from_millis(1000)).await;
    assert_eq!(held(to, &at).await, None);
    assert_eq!(patch(to, &at, 3, b"def").await.status, 404);
}
