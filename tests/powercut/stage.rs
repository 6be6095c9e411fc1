//! Where a run takes place: a disk that is recorded, both ends on it, and a witness between them.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use carryon_engine::{
    AddRequest, Credentials, DestinationId, Event, Limits, Options, State, UploadId, destination::Destination, drivers,
    upload::Upload,
};
use carryon_instruments::{
    disk::{self, Op},
    image::Image,
    mount,
};
use carryon_receiver::{Config, Receiver};
use tests::{
    engine::{Desk, open, quick},
    files,
};
use tokio::net::TcpListener;

use crate::{
    promises::{Promised, Said},
    vfs,
    witness::{Post, Witness},
};

/// Where a run takes place.
pub struct Stage {
    /// Who listens on the wire.
    pub witness: Witness,
    /// Where the files lie that are sent.
    pub sources: PathBuf,
    /// Chunks of one file at once.
    pub connections: usize,
    /// What of the log only tells what stood there before.
    pub begins: usize,
    root: PathBuf,
}

impl Stage {
    /// A disk that holds `image`; from here on what is done to it is recorded.
    pub fn make(scratch: &Path, name: &str, image: &Image, sources: PathBuf, connections: usize) -> Self {
        vfs::register();
        let root = scratch.join(name);
        std::fs::create_dir(&root).expect("a folder");
        image.write_to(&root).expect("the image can be built");
        mount(&root.join("data"), vfs::NAME);
        let witness = Witness::new(disk::record(&root).expect("what stands there can be read"));
        Self { begins: witness.now(), witness, root, sources, connections }
    }

    /// What was done to the disk, and what was promised.
    pub async fn end(self) -> (Vec<Op>, Vec<Promised>) {
        // The last connections may still be on their way out.
        while self.witness.is_shared() {
            tokio::task::yield_now().await;
        }
        let (recording, said) = self.witness.end();
        (recording.end(), said)
    }
}

/// Both ends at work, from start to orderly end.
pub struct Life<'a> {
    /// The engine.
    pub desk: Desk,
    stage: &'a Stage,
    receiver: Receiver,
    _post: Post,
}

impl<'a> Life<'a> {
    /// Starts both ends on the stage's disk.
    pub async fn begin(stage: &'a Stage) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let hosts = vec![address.to_string()];
        let config = Config { allow_hosts: hosts, ..Config::new(stage.root.join("received")) };
        let receiver = Receiver::start(config).await.expect("the receiver starts");
        let post = stage.witness.stand(listener, receiver.local_addr());
        let driver = driver(&format!("http://{address}"));
        let desk = desk(&stage.root.join("data"), driver, stage.connections).await;
        Self { stage, desk, receiver, _post: post }
    }

    /// Adds files and folders by their names.
    pub async fn add(&mut self, names: &[&str], chunk: u64) -> Vec<UploadId> {
        let paths = names.iter().map(|name| self.stage.sources.join(name));
        let request = AddRequest { chunk_size: Some(chunk), ..AddRequest::new(paths, self.desk.to) };
        let added = self.desk.add_as(request).await;
        for name in files::files_below(&self.stage.sources) {
            if names.iter().any(|added| Path::new(&name).starts_with(added)) {
                self.note(&name, Said::Added);
            }
        }
        added
    }

    /// Writes down what holds from now on.
    pub fn note(&self, name: &str, said: Said) {
        self.stage.witness.note(self.stage.witness.now(), name, said);
    }

    /// Ends both in good order.
    pub async fn end(self) {
        self.desk.close().await;
        self.receiver.shutdown().await;
    }
}

/// The driver for a receiver at `url`.
pub fn driver(url: &str) -> Arc<dyn Destination> {
    let address = format!("fineuploader+{url}/upload?done=/upload/done");
    drivers::connect(&address, Credentials::default(), &quick(Path::new("")).http).expect("a driver")
}

/// An engine on the records in `data`, with `driver` for *This computer*, whose address is no part of a record.
pub async fn desk(data: &Path, driver: Arc<dyn Destination>, connections: usize) -> Desk {
    let options = Options { limits: Limits { files: 3, chunks: connections }, ..quick(data) };
    let engine = open(options).await;
    // The first destination there is: given its driver at once, it lets no errand wait for another try.
    engine.bind(DestinationId(1), Arc::clone(&driver));
    let to = engine.this_computer().await.expect("a destination").id;
    assert_eq!(to, DestinationId(1), "there is one destination");
    Desk::of(engine, to)
}

/// Resumes everything and follows it to its end. What became another file is begun anew, and its name told before.
pub async fn carry_on(desk: &mut Desk, before_starting_over: impl Fn(&str)) {
    let resumable = desk.engine.resumable().await.expect("a list");
    let uploads: Vec<_> = resumable.into_iter().map(|listed| listed.upload).collect();
    for upload in uploads.iter().filter(|upload| upload.state != State::SourceChanged) {
        desk.resume(upload.id).await;
    }
    for Upload { id, name, state, .. } in uploads {
        let changed = state == State::SourceChanged
            || matches!(desk.last(id).await, Event::Stopped { state: State::SourceChanged, .. });
        if changed {
            desk.expect_more(id);
            before_starting_over(&name);
            desk.engine.start_over(&[id]).await;
        }
        desk.finished(id).await;
    }
    errands_done(desk).await;
}

/// Waits until the receiver was told all that it is to forget.
pub async fn errands_done(desk: &Desk) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while desk.engine.errands_left().await.expect("a count") > 0 {
        assert!(Instant::now() < deadline, "the receiver was not told what to forget");
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
}
