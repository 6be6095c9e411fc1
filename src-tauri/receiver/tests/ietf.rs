//! The IETF's draft of resumable uploads, through a raw socket.

mod client;

use std::net::SocketAddr;
use std::time::Duration;

use carryon_receiver::{Config, Limits};
use client::tus::{answer_of, proof};
use client::{Answer, head, names_in, noise, send, start, start_with};
use tempfile::tempdir;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const MIB: usize = 1 << 20;
const TYPE: (&str, &str) = ("Content-Type", "application/partial-upload");
const MORE: (&str, &str) = ("Upload-Complete", "?0");
const ALL: (&str, &str) = ("Upload-Complete", "?1");
const ATTEMPT: (&str, &str) = ("Upload-Attempt", "6f007a01-52c5-4b6b-9d4e-0d5b9a3f1c77");

async fn create(to: SocketAddr, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    send(to, "POST", "/resumable/", headers, body).await
}

async fn begin(to: SocketAddr, headers: &[(&str, &str)]) -> String {
    let answer = create(to, &[&[MORE], headers].concat(), b"").await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.headers["location"].clone()
}

async fn patch(to: SocketAddr, at: &str, offset: usize, complete: (&str, &str), bytes: &[u8]) -> Answer {
    patch_with(to, at, offset, &[complete], bytes).await
}

async fn patch_with(to: SocketAddr, at: &str, offset: usize, headers: &[(&str, &str)], bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    send(to, "PATCH", at, &[&[TYPE, ("Upload-Offset", &offset)], headers].concat(), bytes).await
}

/// Offset and completeness.
async fn stands(to: SocketAddr, at: &str) -> Option<(u64, bool)> {
    let answer = send(to, "HEAD", at, &[], b"").await;
    match answer.status {
        204 => Some((answer.headers["upload-offset"].parse().unwrap(), answer.headers["upload-complete"] == "?1")),
        404 => None,
        other => panic!("HEAD must tell, not {other}"),
    }
}

fn problem(answer: &Answer) -> &str {
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    answer.json["type"].as_str().unwrap().rsplit('#').next().unwrap()
}

#[tokio::test]
async fn a_file_goes_up_carefully_and_is_complete_when_that_is_said() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let bytes = noise(2 * MIB + 9, 1);
    let length = bytes.len().to_string();
    let name = ("Content-Disposition", "inline; filename=\"plain.bin\"; filename*=UTF-8''a%20%C3%BC.bin");
    let made = create(to, &[MORE, name, ("Upload-Length", &length)], b"").await;
    assert_eq!((made.status, made.headers["upload-complete"].as_str()), (201, "?0"));
    assert!(made.headers["upload-limit"].contains("max-size=17592186044416"), "{made:?}");
    let at = made.headers["location"].clone();
    let first = patch(to, &at, 0, MORE, &bytes[..MIB]).await;
    assert_eq!((first.status, first.headers["upload-offset"].as_str()), (204, "1048576"));
    assert_eq!(first.headers["upload-complete"], "?0");
    assert_eq!(first.headers["upload-received-digest"], proof(&bytes[..MIB]));
    assert_eq!(patch(to, &at, MIB, MORE, &bytes[MIB..]).await.headers["upload-complete"], "?0");
    assert_eq!(stands(to, &at).await, Some((bytes.len() as u64, false)), "all bytes are not yet all");
    assert!(names_in(dir.path()).is_empty());
    let last = patch(to, &at, bytes.len(), ALL, b"").await;
    for answer in [last, send(to, "HEAD", &at, &[], b"").await, send(to, "GET", &at, &[], b"").await] {
        assert_eq!((answer.status, answer.headers["upload-complete"].as_str()), (204, "?1"));
        assert_eq!((&answer.headers["upload-length"], &answer.headers["upload-offset"]), (&length, &length));
        assert_eq!(answer.headers["repr-digest"], proof(&bytes));
        assert_eq!(answer.headers["content-location"], "a%20%C3%BC.bin");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    assert!(std::fs::read(dir.path().join("a ü.bin")).unwrap() == bytes);
}

#[tokio::test]
async fn a_file_may_come_whole_with_its_beginning() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let folder = ("Upload-Relative-Path", "x/../y%20z");
    let made = create(to, &[ALL, ("Content-Disposition", "attachment; filename=w.bin"), folder], b"whole").await;
    assert_eq!((made.status, made.headers["upload-complete"].as_str()), (201, "?1"));
    assert_eq!(
        (made.headers["repr-digest"].as_str(), made.headers["upload-offset"].as_str()),
        (&*proof(b"whole"), "5")
    );
    assert_eq!(std::fs::read(dir.path().join("x/y z/w.bin")).unwrap(), b"whole");
    assert_eq!(stands(to, &made.headers["location"]).await, Some((5, true)));
    let nothing = create(to, &[ALL], b"").await;
    assert_eq!((nothing.status, nothing.headers["upload-complete"].as_str()), (201, "?1"));
    let some = create(to, &[MORE], b"so").await;
    assert_eq!((some.status, some.headers["upload-offset"].as_str()), (201, "2"));
    assert!(!some.headers.contains_key("upload-length"), "nobody has said it");
    let rest = patch(to, &some.headers["location"], 2, ALL, b"me").await;
    assert_eq!(
        (rest.headers["upload-complete"].as_str(), rest.headers["repr-digest"].as_str()),
        ("?1", &*proof(b"some"))
    );
}

#[tokio::test]
async fn what_is_spoken_is_told_and_other_versions_are_refused() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    for path in ["/resumable", "/resumable/"] {
        let told = send(to, "OPTIONS", path, &[], b"").await;
        assert_eq!((told.status, told.headers["accept-patch"].as_str()), (204, "application/partial-upload"));
        assert_eq!(told.headers["upload-limit"], "max-size=17592186044416, min-size=0, max-age=604800");
        assert_eq!(told.headers["upload-attempt"], "?1");
    }
    for version in ["6", "8", "9"] {
        let spoken = ("Upload-Draft-Interop-Version", version);
        let made = create(to, &[MORE, spoken], b"").await;
        assert_eq!((made.status, made.headers["upload-draft-interop-version"].as_str()), (201, version));
        let done = patch_with(to, &made.headers["location"], 0, &[spoken, ALL], b"x").await;
        assert_eq!((done.status, done.headers["upload-draft-interop-version"].as_str()), (204, version));
    }
    let at = begin(to, &[]).await;
    for version in ["3", "5", "7", "10", "", "x"] {
        let foreign = ("Upload-Draft-Interop-Version", version);
        assert_eq!(create(to, &[MORE, foreign], b"").await.status, 412, "{version}");
        assert_eq!(send(to, "HEAD", &at, &[foreign], b"").await.status, 412, "{version}");
        assert_eq!(patch_with(to, &at, 0, &[foreign, MORE], b"x").await.status, 412, "{version}");
    }
    assert_eq!(stands(to, &at).await, Some((0, false)));
}

#[tokio::test]
async fn a_wrong_offset_is_a_problem_that_names_both() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = begin(to, &[]).await;
    patch(to, &at, 0, MORE, b"abcd").await;
    for wrong in [0, 3, 5] {
        let refused = patch(to, &at, wrong, ALL, b"xy").await;
        assert_eq!((refused.status, refused.headers["upload-offset"].as_str()), (409, "4"));
        assert_eq!(problem(&refused), "mismatching-upload-offset");
        assert_eq!((&refused.json["expected-offset"], &refused.json["provided-offset"]), (&4.into(), &wrong.into()));
    }
    assert_eq!(stands(to, &at).await, Some((4, false)));
}

#[tokio::test]
async fn lengths_that_do_not_go_together_are_a_problem_and_nothing_of_them_counts() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let ten = ("Upload-Length", "10");
    let refused = create(to, &[ALL, ten], b"123").await;
    assert_eq!((refused.status, problem(&refused)), (400, "inconsistent-upload-length"));
    let refused = create(to, &[MORE, ten], b"0123456789a").await;
    assert_eq!((refused.status, problem(&refused)), (400, "inconsistent-upload-length"));
    let at = begin(to, &[ten]).await;
    for (headers, body) in [
        (vec![MORE, ("Upload-Length", "11")], &b"1"[..]),
        (vec![ALL], b"123"),
        (vec![MORE], b"0123456789a"),
        (vec![ALL, ("Upload-Length", "3")], b"123"),
    ] {
        let refused = patch_with(to, &at, 0, &headers, body).await;
        assert_eq!((refused.status, problem(&refused)), (400, "inconsistent-upload-length"), "{headers:?}");
        assert_eq!(stands(to, &at).await, Some((0, false)), "{headers:?}");
    }
    assert_eq!(patch(to, &at, 0, ALL, b"0123456789").await.status, 204);
}

#[tokio::test]
async fn a_complete_upload_takes_nothing_more() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = create(to, &[ALL], b"abc").await.headers["location"].clone();
    let empty = patch(to, &at, 3, ALL, b"").await;
    assert_eq!(
        (empty.status, problem(&empty), empty.headers["upload-complete"].as_str()),
        (400, "completed-upload", "?1")
    );
    assert_eq!(empty.headers["repr-digest"], proof(b"abc"));
    let more = patch(to, &at, 3, ALL, b"d").await;
    assert_eq!((more.status, problem(&more)), (400, "inconsistent-upload-length"));
    assert_eq!(std::fs::read(dir.path().join("unnamed")).unwrap(), b"abc");
}

#[tokio::test]
async fn digests_of_a_request_are_checked_and_a_wrong_one_makes_nothing_count() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = begin(to, &[]).await;
    let right = [
        "sha-256=:FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=:".to_owned(),
        format!("md5=:AAAA:, {}", proof(b"123456789")),
        "sha-512=:2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ==:".to_owned(),
    ];
    let wrong = ["sha-256=:AAAA:", "sha-512=:AAAA:", "blake3=:AAAA:"];
    for digest in wrong {
        let refused = patch_with(to, &at, 0, &[MORE, ("Content-Digest", digest)], b"123456789").await;
        assert_eq!((refused.status, refused.headers["upload-complete"].as_str()), (400, "?0"), "{digest}");
        assert_eq!(stands(to, &at).await, Some((0, false)), "{digest}");
    }
    assert_eq!(patch_with(to, &at, 0, &[MORE, ("Content-Digest", "blake3=x")], b"123456789").await.status, 400);
    for digest in &right {
        let at = begin(to, &[]).await;
        let taken = patch_with(to, &at, 0, &[ALL, ("Content-Digest", digest)], b"123456789").await;
        assert_eq!(taken.status, 204, "{digest}");
    }
    let refused = create(to, &[ALL, ("Content-Digest", wrong[0])], b"123456789").await;
    assert_eq!((refused.status, stands(to, &refused.headers["location"]).await), (400, Some((0, false))));
}

#[tokio::test]
async fn the_digest_of_the_whole_decides_whether_it_is_complete() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let right = format!("sha-256=:{}:", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=");
    for (digest, complete) in [(right.as_str(), true), (&proof(b"123456789"), true), ("sha-256=:AAAA:", false)] {
        // Said at the beginning, and kept through a crash, or said at the end.
        let early = begin(to, &[("Repr-Digest", digest)]).await;
        let late = begin(to, &[]).await;
        for (at, headers) in [(early, vec![ALL]), (late, vec![ALL, ("Repr-Digest", digest)])] {
            assert_eq!(patch(to, &at, 0, MORE, b"12345").await.status, 204);
            let last = patch_with(to, &at, 5, &headers, b"6789").await;
            assert_eq!(
                (last.status == 204, last.headers["upload-complete"].as_str()),
                (complete, if complete { "?1" } else { "?0" })
            );
            assert_eq!(stands(to, &at).await, Some((9, complete)), "{digest}");
        }
    }
    assert_eq!(names_in(dir.path()).len(), 4, "what was not proved has no name");
}

#[tokio::test]
async fn a_lost_answer_never_makes_a_second_file() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let length = ("Upload-Length", "6");
    let at = begin(to, &[ATTEMPT, length]).await;
    patch(to, &at, 0, MORE, b"abc").await;
    drop(receiver);
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let again = create(to, &[ALL, ATTEMPT, length], b"ABCDEF").await;
    assert_eq!((again.status, &again.headers["location"], again.headers["upload-offset"].as_str()), (201, &at, "3"));
    assert_eq!(again.headers["upload-complete"], "?0", "the body of a repeat counts only at the beginning");
    patch(to, &at, 3, ALL, b"def").await;
    let done = create(to, &[ALL, ATTEMPT, length], b"ABCDEF").await;
    assert_eq!((&done.headers["location"], done.headers["repr-digest"].as_str()), (&at, &*proof(b"abcdef")));
    assert_eq!(create(to, &[MORE, ATTEMPT, ("Upload-Length", "7")], b"").await.status, 409);
    assert_eq!(create(to, &[MORE, ("Upload-Attempt", "x")], b"").await.status, 400);
    assert_eq!(names_in(dir.path()), ["unnamed"]);
}

#[tokio::test]
async fn what_is_cut_counts_up_to_its_last_byte_and_is_never_complete() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let bytes = noise(3 * MIB, 2);
    let at = begin(to, &[]).await;
    let request = head(to, "PATCH", &at, &[TYPE, ALL, ("Upload-Offset", "0")], bytes.len());
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(&[request.as_bytes(), &bytes[..MIB + 3]].concat()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(stands(to, &at).await, Some(((MIB + 3) as u64, false)), "who asks ends who hangs");
    assert_eq!(answer_of(stream).await.unwrap().headers["upload-complete"], "?0");
    let last = patch(to, &at, MIB + 3, ALL, &bytes[MIB + 3..]).await;
    assert_eq!(last.headers["repr-digest"], proof(&bytes));
    let begun = head(to, "POST", "/resumable/", &[ALL, ATTEMPT], bytes.len());
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(&[begun.as_bytes(), &bytes[..MIB]].concat()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let found = create(to, &[ALL, ATTEMPT], &bytes).await;
    assert_eq!(found.headers["upload-offset"], MIB.to_string(), "without a 104 its attempt finds it again");
}

#[tokio::test]
async fn cancelling_forgets_what_is_unfinished_and_leaves_a_complete_file() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let open = begin(to, &[]).await;
    patch(to, &open, 0, MORE, b"abc").await;
    let done =
        create(to, &[ALL, ("Content-Disposition", "inline; filename=d")], b"abc").await.headers["location"].clone();
    for at in [&open, &done] {
        assert_eq!(send(to, "DELETE", at, &[], b"").await.status, 204);
        assert_eq!(stands(to, at).await, None);
        assert_eq!(send(to, "DELETE", at, &[], b"").await.status, 404);
        assert_eq!(patch(to, at, 3, MORE, b"d").await.status, 404);
    }
    assert_eq!(std::fs::read(dir.path().join("d")).unwrap(), b"abc");
    assert!(names_in(&dir.path().join(".carryon/parts")).is_empty());
}

#[tokio::test]
async fn bad_requests_are_refused_and_change_nothing() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = begin(to, &[]).await;
    assert_eq!(create(to, &[], b"x").await.status, 400, "no Upload-Complete");
    assert_eq!(create(to, &[("Upload-Complete", "1")], b"x").await.status, 400);
    assert_eq!(create(to, &[MORE, ("Repr-Digest", "sha-256=nothing")], b"").await.status, 400);
    assert_eq!(patch_with(to, &at, 0, &[], b"x").await.status, 400, "no Upload-Complete");
    let offset = ("Upload-Offset", "0");
    assert_eq!(send(to, "PATCH", &at, &[MORE, offset], b"x").await.status, 415);
    for offset in ["", "-1", "1.0", "a", "9999999999999999"] {
        assert_eq!(
            send(to, "PATCH", &at, &[TYPE, MORE, ("Upload-Offset", offset)], b"x").await.status,
            400,
            "{offset}"
        );
    }
    for path in ["/resumable/unknown", "/resumable/..%2fx", "/resumable/%ff"] {
        let asked = send(to, "HEAD", path, &[], b"").await;
        assert_eq!((asked.status, asked.headers.get("content-type")), (404, None), "{path}");
    }
    assert_eq!(send(to, "PUT", &at, &[], b"x").await.status, 405);
    assert_eq!(stands(to, &at).await, Some((0, false)));
}

#[tokio::test]
async fn the_same_limits_hold_as_for_every_protocol() {
    let dir = tempdir().unwrap();
    let limits = Limits { file_size: 1000, unfinished_per_client: 1, ..Limits::default() };
    let receiver = start_with(Config { limits, ..Config::new(dir.path()) }).await;
    let to = receiver.local_addr();
    let refused = create(to, &[MORE, ("Upload-Length", "1001")], b"").await;
    assert_eq!(refused.status, 413);
    assert!(refused.headers["upload-limit"].starts_with("max-size=1000,"), "{refused:?}");
    let at = begin(to, &[]).await;
    assert_eq!(patch(to, &at, 0, MORE, &[1; 1001]).await.status, 413);
    assert_eq!(create(to, &[MORE], b"").await.status, 429);
}

#[tokio::test]
async fn an_upload_of_one_protocol_is_none_of_the_others() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let ietf = begin(to, &[]).await;
    let tus = client::tus::create(to, "t", 10).await;
    let id = |at: &str| at.rsplit('/').next().unwrap().to_owned();
    assert_eq!(stands(to, &format!("/resumable/{}", id(&tus))).await, None);
    assert_eq!(client::tus::held(to, &format!("/files/{}", id(&ietf))).await, None);
    assert_eq!(client::get(to, &format!("/upload/{}", id(&tus))).await.status, 404);
    let query = format!("/upload?qquuid={}&qqfilename=x", id(&tus));
    assert_eq!(send(to, "POST", &query, &[], b"other bytes").await.status, 400);
    assert_eq!(client::tus::held(to, &tus).await, Some(0));
    assert_eq!(create(to, &[MORE, ATTEMPT], b"").await.status, 201);
    let pairs = client::tus::metadata(&[("attempt", ATTEMPT.1)]);
    let headers = [("Upload-Defer-Length", "1"), ("Upload-Metadata", &*pairs)];
    assert_eq!(client::tus::tus(to, "POST", "/files/", &headers, b"").await.status, 409, "nor is an attempt");
}
