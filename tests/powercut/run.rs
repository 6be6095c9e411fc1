//! A recorded run: both ends in two lives, with every kind of upload in them; and what they do on the disk that one of
//! its images is, so that the power can be cut a second time.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use carryon_instruments::{disk::Op, image::Image};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tempfile::TempDir;
use tests::files;

use crate::{
    promises::{Expected, Promised, Said},
    stage::{Life, Stage, carry_on, errands_done},
};

const CHUNK: u64 = 9_000;
/// Larger than what the receiver keeps in its journal, and sent in one piece.
const WHOLE: u64 = 70_000;

/// What was recorded.
pub struct Run {
    /// What was done to the disk, by both ends.
    pub ops: Vec<Op>,
    /// The first position at which to cut.
    pub begins: usize,
    /// What was promised.
    pub said: Vec<Promised>,
    /// What is to arrive.
    pub expected: Expected,
    /// Where the files lie that are sent.
    pub sources: PathBuf,
    connections: usize,
    scratch: Arc<TempDir>,
}

impl Run {
    /// Lets both ends work, and records it.
    pub async fn record(seed: u64, connections: usize) -> Self {
        let scratch = Arc::new(scratch());
        let sources = scratch.path().join("sources");
        make_sources(&sources, seed);
        let stage = Stage::make(scratch.path(), "disk", &Image::default(), sources, connections);
        first_life(&stage).await;
        second_life(&stage, seed).await;
        Self::of(stage, scratch).await
    }

    /// Cuts the power, lets both ends carry everything on, and records that. What had been promised holds on.
    pub async fn record_after(&self, position: usize, seed: u64) -> Self {
        let image = Image::after(&self.ops[..position], seed);
        let name = format!("disk-{position}-{seed}");
        let stage = Stage::make(self.scratch.path(), &name, &image, self.sources.clone(), self.connections);
        for promised in self.said.iter().filter(|promised| promised.since <= position) {
            stage.witness.note(0, &promised.promise.name, promised.promise.said.clone());
        }
        let mut life = Life::begin(&stage).await;
        let witness = stage.witness.clone();
        carry_on(&mut life.desk, |name| witness.note(witness.now(), name, Said::StartingOver)).await;
        drop(witness);
        life.end().await;
        Self::of(stage, Arc::clone(&self.scratch)).await
    }

    async fn of(stage: Stage, scratch: Arc<TempDir>) -> Self {
        let (begins, connections, sources) = (stage.begins, stage.connections, stage.sources.clone());
        let (ops, said) = stage.end().await;
        Self { ops, begins, said, expected: expected(&sources), sources, connections, scratch }
    }

    /// An empty folder for one image.
    pub fn folder(&self, number: usize) -> PathBuf {
        let folder = self.scratch.path().join(format!("image-{number}"));
        std::fs::create_dir(&folder).expect("a folder");
        folder
    }
}

/// A folder in memory where the system has one: then a sync costs nothing.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder for scratch")
}

fn make_sources(sources: &Path, seed: u64) {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut size = |from: u64, to: u64| random.random_range(from..to);
    let sizes = [
        ("empty.bin", 0),
        ("notes/one.txt", size(1, 700)),
        ("notes/deep/er/page.bin", size(5_000, CHUNK + 1)),
        ("whole.bin", size(66_000, WHOLE + 1)),
        ("film.bin", size(5 * CHUNK, 7 * CHUNK)),
        ("album/one.bin", size(1, CHUNK)),
        ("album/two.bin", size(2 * CHUNK, 4 * CHUNK)),
        ("album/three.txt", size(1, 300)),
        ("dropped.bin", size(4 * CHUNK, 6 * CHUNK)),
        ("again.bin", 5 * CHUNK + 1),
    ];
    for (at, (name, size)) in sizes.into_iter().enumerate() {
        files::random_file(&sources.join(name), size, seed.wrapping_add(at as u64));
    }
}

fn expected(sources: &Path) -> Expected {
    let names = files::files_below(sources).into_iter();
    names.map(|name| (name.clone(), std::fs::read(sources.join(&name)).expect("a source"))).collect()
}

/// Small files of each kind arrive; a larger one is interrupted.
async fn first_life(stage: &Stage) {
    let mut life = Life::begin(stage).await;
    let small = life.add(&["empty.bin", "notes"], CHUNK).await;
    let whole = life.add(&["whole.bin"], WHOLE).await;
    stage.witness.hold_back("film.bin");
    let film = life.add(&["film.bin"], CHUNK).await[0];
    for id in [small, whole].concat() {
        life.desk.finished(id).await;
    }
    life.desk.confirmed(film, 2 * CHUNK).await;
    life.end().await;
    stage.witness.let_go("film.bin");
}

/// The rest goes on; a folder arrives; one upload is discarded, one is begun anew with another revision of its file.
async fn second_life(stage: &Stage, seed: u64) {
    let mut life = Life::begin(stage).await;
    let film = life.desk.engine.resumable().await.expect("a list")[0].upload.id;
    life.desk.resume(film).await;
    stage.witness.hold_back("dropped.bin");
    stage.witness.hold_back("again.bin");
    let dropped = life.add(&["dropped.bin"], CHUNK).await[0];
    let again = life.add(&["again.bin"], CHUNK).await[0];
    let album = life.add(&["album"], CHUNK).await;

    life.desk.confirmed(dropped, CHUNK).await;
    life.note("dropped.bin", Said::Discarding);
    life.desk.engine.discard(&[dropped]).await;
    stage.witness.let_go("dropped.bin");

    life.desk.confirmed(again, CHUNK).await;
    life.desk.engine.pause(&[again]).await;
    files::random_file(&stage.sources.join("again.bin"), 5 * CHUNK + 1, !seed);
    life.note("again.bin", Said::StartingOver);
    stage.witness.let_go("again.bin");
    life.desk.engine.start_over(&[again]).await;

    for id in [album, vec![film, again]].concat() {
        life.desk.finished(id).await;
    }
    errands_done(&life.desk).await;
    life.end().await;
}
