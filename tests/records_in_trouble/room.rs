//! A full disk under the records, at any write: uploads stop with a clear word, and go on when there is room again.

#![cfg(target_os = "linux")]

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tests::{
    files::{digest, random_file},
    programs::{ReceiverProcess, carryon_with, events, run, told},
};

use crate::stage::{folder, kept, open};

/// A small disk of its own; none where nobody may mount here.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    fn of(kib: u32) -> Option<Self> {
        let folder = folder();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            println!("skipped: this system lets nobody mount here");
        }
        mounted.then_some(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves so much room and no more.
    fn fill(&self, free_kib: usize) -> PathBuf {
        let path = self.path().join("filler");
        let mut file = File::create(&path).expect("makes");
        let block = [7; 1024];
        while file.write_all(&block).is_ok() {}
        let length = file.metadata().expect("reads").len();
        file.set_len(length.saturating_sub(free_kib as u64 * 1024)).expect("cuts");
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout))
}

/// No panic, no silence: done, or stopped with words about the disk.
fn clear(output: &Output, what: &str) -> bool {
    let said = said(output);
    assert!(!said.contains("panicked"), "{what}: {}", told(output));
    match output.status.code() {
        Some(0) => true,
        Some(1) => {
            let words = ["room", "full", "cannot be written", "could not be", "cannot be opened", "cannot be made"];
            assert!(words.iter().any(|word| said.contains(word)), "{what}: it must say why: {}", told(output));
            false
        }
        _ => panic!("{what}: {}", told(output)),
    }
}

#[test]
fn with_any_room_left_an_upload_ends_well_or_stops_with_a_clear_word_and_goes_on_later() {
    let outside = folder();
    let receiver = ReceiverProcess::start(outside.path());
    let file = outside.path().join("take.mov");
    random_file(&file, 300_000, 5);
    let (mut stopped, mut whole, mut halfway) = (0, 0, 0);
    for free in [0, 4, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 160, 192, 256, 320, 448, 2048] {
        let Some(disk) = Disk::of(4096) else { return };
        let (data, what) = (disk.path().join("data"), format!("{free} KiB free"));
        std::fs::create_dir(&data).expect("makes");
        let filler = disk.fill(free);
        let named = outside.path().join(format!("take {free}.mov"));
        std::fs::copy(&file, &named).expect("copies");
        let to = receiver.destination();
        let send = ["send", named.to_str().expect("plain"), "--to", &to, "--chunk-size", "1000", "--connections", "2"];
        match clear(&run(carryon_with(&data, &send)), &what) {
            true => whole += 1,
            false => stopped += 1,
        }
        std::fs::remove_file(filler).expect("makes room");
        let safe = confirmed(&data);
        halfway += usize::from(safe > 0);
        let again = run(carryon_with(&data, &["resume", "--all", "--json"]));
        assert_eq!(again.status.code(), Some(0), "{what}: it goes on: {}", told(&again));
        let sent: u64 = events(&again).iter().filter_map(|line| line["sent"].as_u64()).max().unwrap_or(0);
        assert!(sent + safe <= 300_000, "{what}: what was confirmed ({safe} bytes) is not sent again, yet {sent} were");
        let arrived = receiver.dir.join(format!("take {free}.mov"));
        if !arrived.exists() {
            let sent = run(carryon_with(&data, &send));
            assert_eq!(sent.status.code(), Some(0), "{what}: nothing stands in its way: {}", told(&sent));
        }
        assert_eq!(digest(&arrived), digest(&file), "{what}: what arrived is what was sent");
        let twice = receiver.dir.join(format!("take {free} (2).mov"));
        assert!(!twice.exists(), "{what}: and it arrived once");
    }
    println!("full disk: {stopped} stopped, {halfway} of them on the way; {whole} went through");
    assert!(stopped > 3 && halfway > 0 && whole > 0, "the disk was full at early and at late writes");
}

/// Bytes that the records say are confirmed.
fn confirmed(data: &Path) -> u64 {
    let listed = run(carryon_with(data, &["list", "--json"]));
    events(&listed).iter().filter_map(|line| line["confirmed"].as_u64()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_for_what_can_be_saved_the_damaged_records_stay_where_they_are() {
    let Some(disk) = Disk::of(1024) else { return };
    let data = disk.path().join("data");
    std::fs::create_dir(&data).expect("makes");
    let mut damaged = kept().closed[carryon_engine::RECORDS_FILE].clone();
    damaged[..4096].fill(0);
    std::fs::write(data.join(carryon_engine::RECORDS_FILE), &damaged).expect("writes");
    let filler = disk.fill(60);
    let output = run(carryon_with(&data, &["list"]));
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(!clear(&output, "no room to save"), "it is refused");
    assert_eq!(std::fs::read(data.join(carryon_engine::RECORDS_FILE)).ok(), Some(damaged), "nothing was moved");
    std::fs::remove_file(filler).expect("makes room");
    let seen = open(&data, "room again").await;
    seen.hold(&data, "room again", |_| true);
    assert!(seen.aside.is_some());
}
