//! tus 1.0.0 through a raw socket: what every server of it must get right, and most get wrong somewhere.

mod client;

use std::time::Duration;

use client::tus::{TYPE, answer_of, begin_patch, create, held, metadata, patch, proof, tus};
use client::{names_in, noise, send, start};
use tempfile::tempdir;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn a_file_goes_up_in_steps_and_is_proved_at_its_end() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let bytes = noise(3 * MIB + 17, 1);
    let pairs = metadata(&[("filename", "a ü.bin"), ("filetype", "x/y"), ("relativePath", "f/../g/a ü.bin")]);
    let length = bytes.len().to_string();
    let made = tus(to, "POST", "/files", &[("Upload-Length", &length), ("Upload-Metadata", &pairs)], b"").await;
    assert_eq!((made.status, made.headers["tus-resumable"].as_str()), (201, "1.0.0"));
    let at = made.headers["location"].clone();
    assert!(httpdate::parse_http_date(&made.headers["upload-expires"]).unwrap() > std::time::SystemTime::now());
    let first = patch(to, &at, 0, &bytes[..MIB + 1]).await;
    assert_eq!((first.status, first.headers["upload-offset"].as_str()), (204, "1048577"));
    assert_eq!(first.headers["upload-received-digest"], proof(&bytes[..MIB + 1]), "what came is named at once");
    assert!(first.headers.contains_key("upload-expires") && !first.headers.contains_key("repr-digest"));
    let asked = tus(to, "HEAD", &at, &[], b"").await;
    let said = |name: &str| asked.headers.get(name).map(String::as_str);
    assert_eq!((asked.status, said("upload-offset"), said("upload-length")), (200, Some("1048577"), Some(&*length)));
    assert_eq!((said("upload-metadata"), said("cache-control")), (Some(&*pairs), Some("no-store")));
    assert!(names_in(dir.path()).is_empty(), "no name before the last byte");
    let last = patch(to, &at, MIB + 1, &bytes[MIB + 1..]).await;
    assert_eq!(last.headers["upload-received-digest"], proof(&bytes[MIB + 1..]));
    for answer in [last, tus(to, "HEAD", &at, &[], b"").await] {
        assert_eq!(answer.headers["upload-offset"], length);
        assert_eq!(answer.headers["repr-digest"], proof(&bytes));
        assert_eq!(answer.headers["content-location"], "f/g/a%20%C3%BC.bin");
        assert!(!answer.headers.contains_key("upload-expires"));
    }
    assert!(std::fs::read(dir.path().join("f/g/a ü.bin")).unwrap() == bytes);
}

#[tokio::test]
async fn what_is_spoken_is_told_with_and_without_the_slash_and_to_nobody_of_another_version() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    for path in ["/files", "/files/"] {
        let told = send(to, "OPTIONS", path, &[], b"").await;
        assert_eq!((told.status, told.headers["tus-version"].as_str()), (204, "1.0.0"));
        assert_eq!(told.headers["tus-max-size"], (16u64 << 40).to_string());
        assert_eq!(told.headers["tus-checksum-algorithm"], "sha1,sha256,crc32c,blake3");
        for extension in ["creation", "creation-with-upload", "expiration", "checksum", "concatenation", "x-attempt"] {
            assert!(told.headers["tus-extension"].split(',').any(|told| told == extension), "{extension}");
        }
    }
    let at = create(to, "v", 3).await;
    for (method, path) in [("POST", "/files/"), ("HEAD", &*at), ("PATCH", &*at), ("DELETE", &*at)] {
        for version in [None, Some(("Tus-Resumable", "0.2.2"))] {
            let headers: Vec<_> = [("Upload-Length", "3")].into_iter().chain(version).collect();
            let refused = send(to, method, path, &headers, b"").await;
            assert_eq!((refused.status, refused.headers["tus-version"].as_str()), (412, "1.0.0"), "{method}");
        }
    }
    assert_eq!(held(to, &at).await, Some(0), "nothing of that did anything");
}

#[tokio::test]
async fn a_patch_that_is_cut_keeps_every_byte_that_came() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let bytes = noise(8_000_000, 2);
    let at = create(to, "cut.bin", bytes.len()).await;
    drop(begin_patch(to, &at, 0, bytes.len(), &bytes[..3_000_000]).await);
    // The end of the connection is on its way like the bytes before it.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(held(to, &at).await, Some(3_000_000));
    drop(begin_patch(to, &at, 3_000_000, 5_000_000, &bytes[3_000_000..3_000_001]).await);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(held(to, &at).await, Some(3_000_001));
    let last = patch(to, &at, 3_000_001, &bytes[3_000_001..]).await;
    assert_eq!(last.headers["repr-digest"], proof(&bytes));
    assert!(std::fs::read(dir.path().join("cut.bin")).unwrap() == bytes);
}

#[tokio::test]
async fn whoever_asks_ends_a_patch_that_hangs_and_hears_the_true_offset() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let bytes = noise(2 * MIB, 3);
    let at = create(to, "hang.bin", bytes.len()).await;
    let hanging = begin_patch(to, &at, 0, bytes.len(), &bytes[..MIB + 5]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let begun = std::time::Instant::now();
    assert_eq!(held(to, &at).await, Some((MIB + 5) as u64));
    assert!(begun.elapsed() < Duration::from_secs(2), "it waits for no dead connection: {:?}", begun.elapsed());
    let ended = answer_of(hanging).await.expect("the older one is told");
    assert_eq!((ended.status, ended.headers["upload-offset"].as_str()), (409, "1048581"));
    let second = begin_patch(to, &at, MIB + 5, MIB - 5, &bytes[MIB + 5..MIB + 50]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let stale = patch(to, &at, MIB + 5, &bytes[MIB + 5..]).await;
    assert_eq!((stale.status, stale.headers["upload-offset"].as_str()), (409, "1048626"), "a PATCH ends it too");
    drop(second);
    assert_eq!(patch(to, &at, MIB + 50, &bytes[MIB + 50..]).await.status, 204);
    assert!(std::fs::read(dir.path().join("hang.bin")).unwrap() == bytes);
}

#[tokio::test]
async fn deleting_ends_a_patch_that_hangs_and_leaves_nothing() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = create(to, "gone.bin", MIB).await;
    let hanging = begin_patch(to, &at, 0, MIB, &[7; 1000]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(tus(to, "DELETE", &at, &[], b"").await.status, 204);
    drop(hanging);
    let asked = tus(to, "HEAD", &at, &[], b"").await;
    assert_eq!((asked.status, asked.headers.get("content-type")), (404, None), "gone, and no page about it");
    assert_eq!(tus(to, "DELETE", &at, &[], b"").await.status, 404);
    assert_eq!(patch(to, &at, 0, b"x").await.status, 404);
    assert!(names_in(&dir.path().join(".carryon/parts")).is_empty());
}

#[tokio::test]
async fn a_wrong_offset_is_told_the_right_one() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = create(to, "o", 100).await;
    patch(to, &at, 0, &[1; 40]).await;
    for wrong in [0, 39, 41, 100, 1000] {
        let refused = patch(to, &at, wrong, &[2; 10]).await;
        assert_eq!((refused.status, refused.headers["upload-offset"].as_str()), (409, "40"), "{wrong}");
    }
    assert_eq!(patch(to, &at, 40, &[1; 60]).await.status, 204);
    assert_eq!(std::fs::read(dir.path().join("o")).unwrap(), [1; 100]);
    let stale = patch(to, &at, 40, &[2; 60]).await;
    assert_eq!((stale.status, stale.headers["upload-offset"].as_str()), (409, "100"), "also when it is complete");
    assert_eq!(std::fs::read(dir.path().join("o")).unwrap(), [1; 100]);
}

#[tokio::test]
async fn an_early_refusal_of_a_large_body_is_read_by_its_client() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = create(to, "e", 64 * MIB).await;
    let body = vec![9; 50_000_000];
    for _ in 0..5 {
        let refused = patch(to, &at, 5, &body).await;
        assert_eq!((refused.status, refused.headers["upload-offset"].as_str()), (409, "0"));
    }
}

#[tokio::test]
async fn an_empty_patch_at_the_end_is_no_fault_however_often_it_comes() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = create(to, "end", 10).await;
    assert_eq!(patch(to, &at, 0, b"").await.status, 204, "nor one at the beginning");
    assert_eq!(patch(to, &at, 0, b"0123456789").await.status, 204);
    for _ in 0..3 {
        let again = patch(to, &at, 10, b"").await;
        assert_eq!((again.status, again.headers["upload-offset"].as_str()), (204, "10"));
        assert_eq!(again.headers["repr-digest"], proof(b"0123456789"));
    }
    assert_eq!(names_in(dir.path()), ["end"]);
}

#[tokio::test]
async fn no_more_bytes_are_taken_than_were_announced() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = create(to, "long", 100).await;
    assert_eq!(patch(to, &at, 0, &[1; 200]).await.status, 413);
    assert_eq!(held(to, &at).await, Some(0));
    let in_pieces = "a\r\n0123456789\r\n64\r\n".to_owned() + &"x".repeat(100) + "\r\n0\r\n\r\n";
    let mut stream = tokio::net::TcpStream::connect(to).await.unwrap();
    let head = format!(
        "PATCH {at} HTTP/1.1\r\nHost: {to}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    tokio::io::AsyncWriteExt::write_all(&mut stream, (head + &in_pieces).as_bytes()).await.unwrap();
    assert_eq!(answer_of(stream).await.unwrap().status, 413);
    assert!(held(to, &at).await.unwrap() <= 100);
    let done = held(to, &at).await.unwrap() as usize;
    assert_eq!(patch(to, &at, done, &[1; 100][done..]).await.status, 204);
    assert_eq!(patch(to, &at, 100, &[1; 1]).await.status, 413, "nor when it is complete");
    let too_much = [("Upload-Length", "5"), TYPE];
    assert_eq!(tus(to, "POST", "/files/", &too_much, &[1; 6]).await.status, 413);
}

#[tokio::test]
async fn bad_requests_are_refused_and_change_nothing() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let at = create(to, "bad", 10).await;
    let bad: [&[(&str, &str)]; 9] = [
        &[],
        &[("Upload-Length", "-1")],
        &[("Upload-Length", "1e3")],
        &[("Upload-Length", "99999999999999999999999")],
        &[("Upload-Length", "5"), ("Upload-Defer-Length", "1")],
        &[("Upload-Defer-Length", "2")],
        &[("Upload-Length", "5"), ("Upload-Metadata", "filename ???")],
        &[("Upload-Length", "5"), ("Upload-Concat", "half")],
        &[("Upload-Concat", "final;")],
    ];
    for headers in bad {
        assert_eq!(tus(to, "POST", "/files/", headers, b"").await.status, 400, "{headers:?}");
    }
    assert_eq!(tus(to, "PATCH", &at, &[TYPE], b"x").await.status, 400, "no offset");
    assert_eq!(tus(to, "PATCH", &at, &[TYPE, ("Upload-Offset", "+0")], b"x").await.status, 400);
    assert_eq!(tus(to, "PATCH", &at, &[("Upload-Offset", "0")], b"x").await.status, 415, "no type");
    assert_eq!(tus(to, "GET", &at, &[], b"").await.status, 405);
    for path in ["/files/unknown", "/files/..%2f..%2fx", "/files/%00", "/files/%ff"] {
        assert_eq!(tus(to, "HEAD", path, &[], b"").await.status, 404, "{path}");
    }
    assert_eq!(held(to, &at).await, Some(0));
}

#[tokio::test]
async fn names_of_clients_stay_inside() {
    let dir = tempdir().unwrap();
    let receiver = start(&dir.path().join("in")).await;
    let to = receiver.local_addr();
    for (name, path) in [("../../x", ""), ("x", "../../.."), ("..", "/etc"), ("CON", ".carryon/parts"), ("a/b\\c", "")]
    {
        let pairs = metadata(&[("filename", name), ("relativePath", path)]);
        let made = tus(to, "POST", "/files/", &[("Upload-Length", "0"), ("Upload-Metadata", &pairs)], b"").await;
        assert_eq!(made.status, 201, "{name} {path}");
    }
    assert_eq!(names_in(dir.path()), ["in"]);
    assert_eq!(names_in(&dir.path().join("in")), [".._.._x", "_.carryon", "a_b_c", "etc", "x"]);
}
