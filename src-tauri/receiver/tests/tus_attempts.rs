//! What is repeated because its answer was lost: attempts of uploads, and files put together of parts.

mod client;

use std::net::SocketAddr;

use client::tus::{TYPE, create, create_part, created, held, metadata, patch, proof, tus};
use client::{Answer, names_in, noise, start};
use tempfile::tempdir;

const ATTEMPT: &str = "6f007a01-52c5-4b6b-9d4e-0d5b9a3f1c77";
const OTHER: &str = "7f007a01-52c5-4b6b-9d4e-0d5b9a3f1c77";
const MIB: usize = 1 << 20;

async fn begin(to: SocketAddr, attempt: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let pairs = metadata(&[("filename", "a.bin"), ("attempt", attempt)]);
    tus(to, "POST", "/files/", &[&[("Upload-Metadata", &*pairs)], headers].concat(), body).await
}

#[tokio::test]
async fn a_lost_answer_never_makes_a_second_file() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let of_ten = [("Upload-Length", "10")];
    let at = created(begin(to, ATTEMPT, &of_ten, b"").await);
    assert!(!at.contains(&ATTEMPT[..8]), "the address is a secret of its own");
    patch(to, &at, 0, b"0123").await;
    drop(receiver);
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let again = begin(to, &ATTEMPT.to_uppercase(), &of_ten, b"").await;
    assert_eq!((again.status, &again.headers["location"], again.headers["upload-offset"].as_str()), (201, &at, "4"));
    patch(to, &at, 4, b"456789").await;
    let finished = begin(to, ATTEMPT, &of_ten, b"").await;
    assert_eq!((&finished.headers["location"], finished.headers["upload-offset"].as_str()), (&at, "10"));
    assert_eq!(finished.headers["repr-digest"], proof(b"0123456789"));
    assert_ne!(created(begin(to, OTHER, &of_ten, b"").await), at);
    assert_eq!(names_in(dir.path()), ["a.bin"]);
}

#[tokio::test]
async fn an_attempt_of_another_length_or_kind_is_refused() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = created(begin(to, ATTEMPT, &[("Upload-Length", "10")], b"").await);
    for other in [("Upload-Length", "11"), ("Upload-Defer-Length", "1")] {
        assert_eq!(begin(to, ATTEMPT, &[other], b"").await.status, 409, "{other:?}");
    }
    let part = [("Upload-Length", "10"), ("Upload-Concat", "partial")];
    assert_eq!(begin(to, ATTEMPT, &part, b"").await.status, 409);
    for no_uuid in ["", "x", "1", "6f007a0152c54b6b9d4e0d5b9a3f1c77"] {
        assert_ne!(created(begin(to, no_uuid, &[("Upload-Length", "10")], b"").await), at, "{no_uuid} names nothing");
    }
    assert_eq!(tus(to, "DELETE", &at, &[], b"").await.status, 204);
    assert_ne!(created(begin(to, ATTEMPT, &[("Upload-Length", "11")], b"").await), at, "what is gone is forgotten");
}

#[tokio::test]
async fn bytes_that_come_with_a_repeat_count_only_at_the_beginning() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let headers = [("Upload-Length", "6"), TYPE];
    let at = created(begin(to, ATTEMPT, &[("Upload-Length", "6")], b"").await);
    let first = begin(to, ATTEMPT, &headers, b"abcd").await;
    assert_eq!((&first.headers["location"], first.headers["upload-offset"].as_str()), (&at, "4"));
    let second = begin(to, ATTEMPT, &headers, b"WXYZ").await;
    assert_eq!((&second.headers["location"], second.headers["upload-offset"].as_str()), (&at, "4"));
    patch(to, &at, 4, b"ef").await;
    let third = begin(to, ATTEMPT, &headers, b"UVWXYZ").await;
    assert_eq!(third.headers["repr-digest"], proof(b"abcdef"));
    assert_eq!(std::fs::read(dir.path().join("a.bin")).unwrap(), b"abcdef");
}

#[tokio::test]
async fn one_attempt_begun_by_many_at_once_is_one_upload() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let many =
        (0..16).map(|_| tokio::spawn(async move { created(begin(to, ATTEMPT, &[("Upload-Length", "9")], b"").await) }));
    let mut places = Vec::new();
    for one in many.collect::<Vec<_>>() {
        places.push(one.await.unwrap());
    }
    places.dedup();
    assert_eq!(places.len(), 1, "{places:?}");
}

/// Three parts with their bytes, all here.
async fn parts(to: SocketAddr, lengths: [usize; 3]) -> (Vec<String>, Vec<u8>) {
    let (mut places, mut all) = (Vec::new(), Vec::new());
    for (length, seed) in lengths.into_iter().zip(1..) {
        let bytes = noise(length, seed);
        let at = create_part(to, length).await;
        if length > 0 {
            assert_eq!(patch(to, &at, 0, &bytes).await.status, 204);
        }
        places.push(at);
        all.extend(bytes);
    }
    (places, all)
}

async fn join(to: SocketAddr, places: &[String], attempt: &str) -> Answer {
    let concat = format!("final;{}", places.join(" "));
    begin(to, attempt, &[("Upload-Concat", &concat)], b"").await
}

#[tokio::test]
async fn parts_are_put_together_once_and_are_never_files_of_their_own() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let (mut places, all) = parts(to, [MIB + 7, 0, 300_001]).await;
    assert!(names_in(dir.path()).is_empty(), "a part has no name");
    let asked = tus(to, "HEAD", &places[0], &[], b"").await;
    assert_eq!((asked.headers["upload-concat"].as_str(), asked.headers.get("repr-digest")), ("partial", None));
    // Absolute addresses are as good as paths.
    places[0] = format!("http://{to}{}", places[0]);
    let joined = join(to, &places, "").await;
    assert_eq!((joined.status, joined.headers["repr-digest"].as_str()), (201, &*proof(&all)));
    assert!(std::fs::read(dir.path().join("a.bin")).unwrap() == all);
    let at = &joined.headers["location"];
    let asked = tus(to, "HEAD", at, &[], b"").await;
    assert_eq!(asked.headers["upload-length"], all.len().to_string());
    assert!(asked.headers["upload-concat"].starts_with("final;/files/"));
    assert_eq!(patch(to, at, all.len(), b"").await.status, 403);
    assert_eq!(held(to, &places[2]).await, None, "its bytes are in the file now");
    assert!(names_in(&dir.path().join(".carryon/parts")).is_empty());
    for _ in 0..2 {
        let again = join(to, &places, "").await;
        assert_eq!((again.status, &again.headers["location"]), (201, at), "the same parts are the same file");
    }
    assert_eq!(names_in(dir.path()), ["a.bin"]);
}

#[tokio::test]
async fn what_is_not_all_there_is_not_put_together() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let (places, _) = parts(to, [10, 20, 30]).await;
    let half = create_part(to, 10).await;
    patch(to, &half, 0, b"01234").await;
    let whole = create(to, "whole", 10).await;
    let foreign = "/files/0123456789abcdef".to_owned();
    for (place, status) in [(half, 409), (whole, 409), (foreign, 404)] {
        let refused = join(to, &[places[0].clone(), place.clone()], ATTEMPT).await;
        assert_eq!(refused.status, status, "{place}");
    }
    assert_eq!(join(to, &["/elsewhere/x".to_owned()], ATTEMPT).await.status, 400);
    assert_eq!(held(to, &places[0]).await, Some(10), "the parts stay");
    assert_eq!(join(to, &places, ATTEMPT).await.status, 201);
}

#[tokio::test]
async fn a_file_of_parts_is_repeated_by_its_attempt_also_after_a_crash() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let (places, all) = parts(receiver.local_addr(), [100, 200, 300]).await;
    drop(receiver);
    let receiver = start(dir.path()).await;
    let first = join(receiver.local_addr(), &places, ATTEMPT).await;
    drop(receiver);
    let receiver = start(dir.path()).await;
    let again = join(receiver.local_addr(), &places, ATTEMPT).await;
    assert_eq!((again.status, &again.headers["location"]), (201, &first.headers["location"]));
    assert_eq!(again.headers["repr-digest"], proof(&all));
    assert_eq!(names_in(dir.path()), ["a.bin"]);
}
