//! A real disk that is full: a small one in memory, where this user may mount one.

#![cfg(target_os = "linux")]

mod client;

use std::path::Path;
use std::process::Command;

use carryon_receiver::{Config, Limits, Receiver};
use client::tus::{create, held, patch, proof};
use client::{Job, names_in, noise, start_with};
use serde_json::json;
use tempfile::tempdir;

/// A file system of 8 MiB, taken away again when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path) -> Option<SmallDisk<'a>> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"]).arg(at).output();
        match mount {
            Ok(output) if output.status.success() => Some(SmallDisk(at)),
            other => {
                eprintln!("SKIPPED: a small disk cannot be mounted here: {other:?}");
                None
            }
        }
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

async fn start(dir: &Path, min_free_space: u64) -> Receiver {
    let limits = Limits { min_free_space, ..Limits::default() };
    start_with(Config { limits, ..Config::new(dir.join("in")) }).await
}

#[tokio::test]
async fn a_full_disk_says_so_keeps_what_it_has_and_goes_on_when_there_is_room() {
    let dir = tempdir().unwrap();
    let Some(_disk) = SmallDisk::mount(dir.path()) else { return };
    let receiver = start(dir.path(), 0).await;
    let to = receiver.local_addr();
    let kept = Job::new("kept", "k.bin", 2_000_000, 1_000_000);
    assert_eq!(kept.chunk(to, 0).await.status, 200);
    std::fs::write(dir.path().join("ballast"), vec![1; 6_500_000]).unwrap();
    let large = Job::new("large", "l.bin", 3_000_000, 1);
    for answer in [kept.chunk(to, 1).await, large.whole(to).await] {
        assert_eq!((answer.status, &answer.json["preventRetry"]), (507, &json!(null)), "{answer:?}");
    }
    assert_eq!(kept.held(to).await, [(0, 1_000_000)]);
    drop(receiver);
    let receiver = start(dir.path(), 0).await;
    let to = receiver.local_addr();
    assert_eq!(kept.held(to).await, [(0, 1_000_000)], "it starts on a full disk too");
    std::fs::remove_file(dir.path().join("ballast")).unwrap();
    assert_eq!(kept.chunk(to, 1).await.status, 200);
    assert_eq!(kept.done(to).await.status, 200);
    assert_eq!(large.whole(to).await.status, 200);
    assert_eq!(names_in(&dir.path().join("in")), ["k.bin", "l.bin"]);
    assert!(std::fs::read(dir.path().join("in/k.bin")).unwrap() == kept.bytes);
}

#[tokio::test]
async fn the_free_space_of_a_real_disk_is_kept() {
    let dir = tempdir().unwrap();
    let Some(_disk) = SmallDisk::mount(dir.path()) else { return };
    let receiver = start(dir.path(), 4_000_000).await;
    let to = receiver.local_addr();
    assert_eq!(Job::new("too-large", "t", 5_000_000, 100_000).chunk(to, 0).await.status, 507, "before the first byte");
    assert_eq!(Job::new("fits", "f", 3_000_000, 1).whole(to).await.status, 200);
    assert_eq!(Job::new("next", "n", 2_000_000, 1).whole(to).await.status, 507);
    assert_eq!(names_in(&dir.path().join("in")), ["f"]);
}

#[tokio::test]
async fn an_upload_that_grows_keeps_what_there_was_room_for_and_goes_on_later() {
    let dir = tempdir().unwrap();
    let Some(_disk) = SmallDisk::mount(dir.path()) else { return };
    let receiver = start(dir.path(), 0).await;
    let to = receiver.local_addr();
    let bytes = noise(5_000_000, 9);
    std::fs::write(dir.path().join("ballast"), vec![1; 4_000_000]).unwrap();
    let at = create(to, "full.bin", bytes.len()).await;
    let refused = patch(to, &at, 0, &bytes).await;
    assert_eq!(refused.status, 507);
    let kept = held(to, &at).await.unwrap() as usize;
    // The journal needs some room too, and may have found none.
    assert!(kept == 0 || kept > 1_000_000, "what was recorded is held: {kept}");
    std::fs::remove_file(dir.path().join("ballast")).unwrap();
    assert_eq!(patch(to, &at, kept, &bytes[kept..]).await.headers["repr-digest"], proof(&bytes));
    assert!(std::fs::read(dir.path().join("in/full.bin")).unwrap() == bytes);
    let parts = names_in(&dir.path().join("in/.carryon/parts"));
    assert!(parts.is_empty(), "{parts:?}");
}
