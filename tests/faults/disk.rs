//! Disks that are full or cannot be written to, at either end: what stands there stays, and the upload goes on when there
//! is room.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use carryon_engine::{AddRequest, Engine, ErrorKind, Event, Failure, Options, UploadId};
use carryon_receiver::{Config, Limits, Receiver};
use tests::{
    disk::SmallDisk,
    engine::{Desk, clear, quick},
    files::{digest, files_below},
    programs::{carryon_with, run, told},
    scripted::{On, What},
};

use crate::stage::{CHUNK, PLAIN, Stage};

/// An upload whose records' disk fills up in the middle, up to its last event.
async fn out_of_room(stage: &Stage, disk: &SmallDisk<'_>) -> (Desk, UploadId, PathBuf) {
    let file = stage.file("take.mov", 500 * CHUNK);
    stage.server.pace(Duration::from_millis(4));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.confirmed(id, 20 * CHUNK).await;
    disk.fill("ballast");
    let last = desk.last(id).await;
    let Event::Stopped { state, failure, .. } = last else { panic!("{last:?}") };
    assert_eq!((state.name(), failure.code.as_str()), ("failed", "storage"));
    clear(&failure);
    assert!(failure.next_step.contains("room"), "{failure:?}");
    stage.nothing_completed();
    (desk, id, file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_the_records_stops_the_upload_and_nothing_that_was_confirmed_is_forgotten() {
    for launched_anew in [true, false] {
        let stage = Stage::new(PLAIN).await;
        std::fs::create_dir_all(stage.data()).expect("a folder");
        let data = stage.data();
        let Some(disk) = SmallDisk::mount(&data, "12m") else { return };
        let (mut desk, id, file) = out_of_room(&stage, &disk).await;
        if launched_anew {
            let error = desk.engine.shutdown().await.expect_err("how the run ended cannot be written down");
            assert_eq!(error.kind(), ErrorKind::Storage);
            drop(desk);
            disk.make_room("ballast");
            desk = stage.desk().await;
        } else {
            disk.make_room("ballast");
        }
        let answered = stage.server.log().iter().filter(|seen| seen.said_yes).count() as u64;
        let kept = desk.listed(id).await.expect("the record is kept").upload;
        assert!((20 * CHUNK..=answered * CHUNK).contains(&kept.confirmed), "{} of {answered}", kept.confirmed);
        desk.resume(id).await;
        desk.finished(id).await;
        for index in 0..20 {
            assert_eq!(stage.server.count(What::Chunk(index)), 1, "what was confirmed is not sent again");
        }
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_full_disk_nothing_leaves_without_its_record() {
    let stage = Stage::new(PLAIN).await;
    std::fs::create_dir_all(stage.data()).expect("a folder");
    let data = stage.data();
    let Some(disk) = SmallDisk::mount(&data, "4m") else { return };
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk().await;
    disk.fill("ballast");
    let request = AddRequest::new([file.clone()], desk.to);
    let error = desk.engine.add(request).await.expect_err("there is no room for a record");
    assert_eq!(error.kind(), ErrorKind::Storage);
    clear(&Failure::from(&error));
    assert!(stage.server.log().is_empty(), "no byte leaves without a record (P1)");
    disk.make_room("ballast");
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_folder_that_cannot_be_written_to_is_named_and_left_as_it_is() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 3 * CHUNK);
    std::fs::create_dir_all(stage.data()).expect("a folder");
    let data = stage.data();
    let Some(disk) = SmallDisk::mount(&data, "4m") else { return };
    let held = stage.server.hold(On::Chunk(1));
    let mut desk = stage.desk().await;
    let id = desk.send(&file).await;
    desk.confirmed(id, CHUNK).await;
    desk.close().await;
    drop(held);
    disk.make_read_only();
    let error = Engine::open(quick(&data)).await.expect_err("records that cannot be written are no records");
    assert_eq!(error.kind(), ErrorKind::Storage);
    clear(&Failure::from(&error));
    assert!(error.to_string().contains(&data.display().to_string()), "it names the folder: {error}");
    refused_by_the_program(&data, &file, &stage.in_order());
    assert_eq!(stage.server.asked().len(), 2, "not a byte leaves");
    assert!(files_below(&data).iter().all(|name| !name.contains("damaged")), "nothing was set aside");
}

fn refused_by_the_program(data: &Path, file: &Path, to: &str) {
    let file = file.to_str().expect("a plain name");
    for arguments in [&["send", file, "--to", to][..], &["list"], &["resume", "--all"]] {
        let output = run(carryon_with(data, arguments));
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", told(&output));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(&data.display().to_string()), "it names the folder: {said}");
        assert!(said.contains("can be written"), "it says what to do: {said}");
    }
}

async fn receiver(dir: &Path) -> Receiver {
    let limits = Limits { min_free_space: 0, ..Limits::default() };
    Receiver::start(Config { limits, ..Config::new(dir.join("in")) }).await.expect("a receiver")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_under_the_receiver_keeps_what_arrived_and_the_upload_goes_on_when_there_is_room() {
    let stage = Stage::new(PLAIN).await;
    let full = stage.folder().join("full");
    std::fs::create_dir_all(&full).expect("a folder");
    let Some(disk) = SmallDisk::mount(&full, "8m") else { return };
    let receiver = receiver(&full).await;
    let file = stage.file("take.mov", 5_000_000);
    let address = format!("fineuploader+http://{}/upload?done=/upload/done&chunk=500000", receiver.local_addr());
    let slow = Options { speed_limit: "2M".parse().expect("a limit"), ..quick(&stage.data()) };
    let mut desk = Desk::open_with(slow, &address).await;
    let id = desk.send(&file).await;
    desk.confirmed(id, 1_000_000).await;
    disk.fill("ballast");
    let (state, failure) = desk.stopped(id).await;
    assert_eq!((state.name(), failure.code.as_str()), ("failed", "quota_full"));
    assert!(failure.next_step.contains("room"), "{failure:?}");
    let confirmed = desk.listed(id).await.expect("kept").upload.confirmed;
    assert!((1_000_000..5_000_000).contains(&confirmed), "{confirmed}");
    disk.make_room("ballast");
    desk.resume(id).await;
    let Event::Finished { sent, .. } = desk.finished(id).await else { unreachable!() };
    assert!(sent <= 5_000_000 - confirmed, "{sent} bytes went after {confirmed} had been confirmed");
    assert_eq!(digest(&full.join("in/take.mov")), digest(&file));
    desk.close().await;
    receiver.shutdown().await;
}

#[test]
fn a_receiver_on_a_disk_that_cannot_be_written_to_says_so_at_its_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("received");
    std::fs::create_dir_all(&dir).expect("a folder");
    let Some(disk) = SmallDisk::mount(&dir, "4m") else { return };
    disk.make_read_only();
    let mut command = std::process::Command::new(tests::programs::carryon());
    command.arg("receive").arg("--dir").arg(&dir);
    let output = run(command);
    assert!(!output.status.success(), "{}", told(&output));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&dir.display().to_string()) && said.to_lowercase().contains("read-only"), "{said}");
}
