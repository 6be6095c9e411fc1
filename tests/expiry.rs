//! Uploads that nothing was confirmed of for their lifetime: they expire late, by two clocks, and can be tried anyway.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use carryon_engine::{Event, Options, State, UploadId};
use carryon_receiver::{Config, Receiver};
use tests::{
    engine::{Desk, quick},
    files::{digest, files_below, random_file},
    scripted::{Manners, On, Scripted},
};

const SIZE: u64 = 500_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

struct Scene {
    folder: tempfile::TempDir,
    receiver: Receiver,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let receiver = Receiver::start(Config::new(folder.path().join("received"))).await.expect("a receiver");
        Self { folder, receiver }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn address(&self) -> String {
        format!("fineuploader+http://{}/upload?done=/upload/done&chunk=50000", self.receiver.local_addr())
    }

    async fn desk(&self) -> Desk {
        Desk::open_with(short_lived(&self.path("data")), &self.address()).await
    }

    /// An upload that was interrupted in the middle, and whose lifetime is over by this computer's clock.
    async fn left_for_too_long(&self) -> UploadId {
        random_file(&self.path("take.mov"), SIZE, 3);
        let mut desk = self.desk().await;
        desk.engine.set_speed_limit("1M".parse().expect("a limit"));
        let id = desk.send(&self.path("take.mov")).await;
        desk.confirmed(id, 100_000).await;
        desk.close().await;
        tokio::time::sleep(Duration::from_millis(2200)).await;
        id
    }

    fn set(&self, sql: &str) {
        let records = rusqlite::Connection::open(self.path("data/carryon.db")).expect("opens");
        records.execute(sql, []).expect("changes");
    }
}

/// A lifetime of a second; the destination's `Date` counts whole seconds too.
fn short_lived(data: &Path) -> Options {
    Options { lifetime: Some(Duration::from_secs(1)), ..quick(data) }
}

async fn state(desk: &mut Desk, id: UploadId, wanted: &str) {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    loop {
        let listed = desk.listed(id).await.map(|listed| listed.upload.state.name());
        if listed == Some(wanted) {
            return;
        }
        assert!(std::time::Instant::now() < deadline, "{listed:?} instead of {wanted}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_expires_by_both_clocks_stays_listed_and_can_be_tried_anyway() {
    let scene = Scene::new().await;
    let id = scene.left_for_too_long().await;
    let mut desk = scene.desk().await;
    state(&mut desk, id, "expired").await;
    desk.resume(id).await;
    let Event::Finished { sent, .. } = desk.finished(id).await else { unreachable!("finished") };
    assert!(sent < SIZE, "the destination held it still: {sent} bytes left");
    assert_eq!(digest(&scene.path("received/take.mov")), digest(&scene.path("take.mov")));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_upload_goes_after_another_week_and_the_destination_is_told() {
    let scene = Scene::new().await;
    let id = scene.left_for_too_long().await;
    let mut desk = scene.desk().await;
    state(&mut desk, id, "expired").await;
    desk.close().await;
    scene.set(&format!("UPDATE uploads SET expires_at = expires_at - {}", 7 * DAY));
    let mut desk = scene.desk().await;
    desk.until("its end", |event| matches!(event, Event::Removed { id: gone } if *gone == id)).await;
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    while desk.engine.errands_left().await.expect("reads") > 0 {
        assert!(std::time::Instant::now() < deadline, "the destination must be told");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let past = desk.engine.history(10).await.expect("a history");
    assert_eq!(past.last().map(|past| past.outcome.as_str()), Some("expired, removed there"), "the history says which");
    assert!(files_below(&scene.path("received")).is_empty());
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_destination_cannot_be_asked_for_its_time_nothing_expires() {
    let scene = Scene::new().await;
    let id = scene.left_for_too_long().await;
    scene.receiver.shutdown().await;
    let mut desk = scene.desk().await;
    let warned = desk.until("the warning", |event| matches!(event, Event::ExpiresSoon { .. })).await;
    assert_eq!(warned.id(), id);
    state(&mut desk, id, "interrupted").await;
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_nobody_knows_never_expires() {
    let plain = Manners { askable: false, digests: false, done_truncates: true, completes_alone: true };
    let (server, folder) = (Scripted::start(plain).await, tempfile::tempdir().expect("a folder"));
    let (file, data) = (folder.path().join("take.mov"), folder.path().join("data"));
    random_file(&file, 2500, 1);
    let address = format!("{}?chunk=1000", server.endpoint());
    let mut desk = Desk::open_with(short_lived(&data), &address).await;
    let _held = server.hold(On::Chunk(2));
    let id = desk.send(&file).await;
    server.until("the last chunk", |log| log.len() == 3).await;
    drop(desk);
    let mut desk = Desk::open_with(short_lived(&data), &address).await;
    desk.resume(id).await;
    assert_eq!(desk.stopped(id).await.0, State::OutcomeUnknown);
    desk.close().await;
    let records = rusqlite::Connection::open(data.join("carryon.db")).expect("opens");
    records.execute("UPDATE uploads SET expires_at = 1000", []).expect("changes");
    drop(records);
    let mut desk = Desk::open_with(short_lived(&data), &address).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    state(&mut desk, id, "outcome_unknown").await;
    assert!(server.deleted().is_empty());
    desk.close().await;
}
