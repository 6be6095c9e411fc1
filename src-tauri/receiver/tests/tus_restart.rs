//! tus uploads and a receiver that ends in their middle, well or badly.

mod client;

use std::io::Write;
use std::time::Duration;

use client::tus::{begin_patch, create, held, patch, proof, tus};
use client::{names_in, noise, start};
use tempfile::tempdir;

const MIB: usize = 1 << 20;

#[tokio::test]
async fn what_was_acknowledged_is_held_and_proved_after_every_kind_of_end() {
    let dir = tempdir().unwrap();
    let bytes = noise(3 * MIB + 333, 5);
    let mut receiver = start(dir.path()).await;
    let at = create(receiver.local_addr(), "r.bin", bytes.len()).await;
    let mut offset = 0;
    for (step, well) in [(1, true), (400_000, false), (262_144, true), (1_000_000, false), (262_143, false)] {
        let to = receiver.local_addr();
        assert_eq!(patch(to, &at, offset, &bytes[offset..offset + step]).await.status, 204);
        offset += step;
        if well {
            receiver.shutdown().await;
        }
        drop(receiver);
        receiver = start(dir.path()).await;
        assert_eq!(held(receiver.local_addr(), &at).await, Some(offset as u64));
    }
    let last = patch(receiver.local_addr(), &at, offset, &bytes[offset..]).await;
    assert_eq!(last.headers["repr-digest"], proof(&bytes), "the digest went on through all of it");
    drop(receiver);
    let receiver = start(dir.path()).await;
    let asked = tus(receiver.local_addr(), "HEAD", &at, &[], b"").await;
    assert_eq!(asked.headers["repr-digest"], proof(&bytes));
    assert!(std::fs::read(dir.path().join("r.bin")).unwrap() == bytes);
}

#[tokio::test]
async fn a_receiver_that_is_ended_keeps_what_came_of_requests_under_way() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let bytes = noise(60 * MIB, 6);
    let at = create(receiver.local_addr(), "t.bin", bytes.len()).await;
    let stream = begin_patch(receiver.local_addr(), &at, 0, bytes.len(), &bytes[..50 * MIB]).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(receiver);
    drop(stream);
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let offset = held(to, &at).await.expect("it is known") as usize;
    assert!(offset > 40 * MIB, "{offset} of {}", 50 * MIB);
    assert_eq!(patch(to, &at, offset, &bytes[offset..]).await.headers["repr-digest"], proof(&bytes));
}

#[tokio::test]
async fn what_lies_behind_the_offset_after_a_crash_is_cut_off() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let at = create(receiver.local_addr(), "t.bin", 100).await;
    patch(receiver.local_addr(), &at, 0, b"abcd").await;
    drop(receiver);
    let part = dir.path().join(".carryon/parts").join(at.rsplit('/').next().unwrap());
    std::fs::OpenOptions::new().append(true).open(&part).unwrap().write_all(b"never recorded").unwrap();
    let receiver = start(dir.path()).await;
    assert_eq!(held(receiver.local_addr(), &at).await, Some(4));
    assert_eq!(std::fs::read(&part).unwrap(), b"abcd");
}

#[tokio::test]
async fn an_upload_whose_bytes_somebody_took_away_is_gone_and_not_continued() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let [while_down, while_up] =
        [create(receiver.local_addr(), "a", 100).await, create(receiver.local_addr(), "b", 100).await];
    patch(receiver.local_addr(), &while_down, 0, b"abcd").await;
    patch(receiver.local_addr(), &while_up, 0, b"abcd").await;
    drop(receiver);
    let part = |at: &str| dir.path().join(".carryon/parts").join(at.rsplit('/').next().unwrap());
    std::fs::write(part(&while_down), b"ab").unwrap();
    let receiver = start(dir.path()).await;
    assert_eq!(held(receiver.local_addr(), &while_down).await, None);
    std::fs::remove_file(part(&while_up)).unwrap();
    let cut = create(receiver.local_addr(), "c", 100).await;
    patch(receiver.local_addr(), &cut, 0, b"abcd").await;
    std::fs::write(part(&cut), b"abc").unwrap();
    for lost in [while_up, cut] {
        assert_eq!(patch(receiver.local_addr(), &lost, 4, b"ef").await.status, 404);
        assert_eq!(held(receiver.local_addr(), &lost).await, None);
    }
    assert!(names_in(&dir.path().join(".carryon/parts")).is_empty());
}

#[tokio::test]
async fn a_removed_upload_stays_removed() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let [open, done] = [create(to, "open", 10).await, create(to, "done", 4).await];
    patch(to, &open, 0, b"abcd").await;
    patch(to, &done, 0, b"abcd").await;
    for at in [&open, &done] {
        assert_eq!(tus(to, "DELETE", at, &[], b"").await.status, 204);
    }
    drop(receiver);
    let receiver = start(dir.path()).await;
    for at in [&open, &done] {
        assert_eq!(held(receiver.local_addr(), at).await, None);
    }
    assert!(names_in(dir.path()).is_empty(), "termination deletes what is finished too");
}
