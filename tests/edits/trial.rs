//! One trial: two files, a server that holds one chunk back, an edit at that moment, and what becomes of it.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use carryon_engine::{Event, State, UploadId};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tests::{
    engine::{Desk, quick},
    files::{digest, random_file},
    scripted::{Manners, On, Scripted},
};

use crate::edit::Edit;

const CHUNK: u64 = 700;

/// When the edit comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// While a chunk is on its way.
    UnderWay,
    /// While the upload is paused.
    Paused,
    /// While no engine runs.
    Down,
}

pub struct Trial {
    seed: u64,
    folder: PathBuf,
    files: [PathBuf; 2],
}

/// What a trial came to.
pub struct Outcome {
    pub edited: bool,
    pub noticed: bool,
}

impl Trial {
    /// Writes the files; what is not touched again grows old until the trial runs.
    pub fn prepare(folder: &Path, seed: u64) -> Self {
        let folder = folder.join(format!("{seed:x}"));
        let files = ["a.bin", "b.bin"].map(|name| folder.join("files").join(name));
        let mut random = SmallRng::seed_from_u64(seed);
        let size = random.random_range(3 * CHUNK..8 * CHUNK);
        files.iter().for_each(|file| random_file(file, size, random.random()));
        Self { seed, folder, files }
    }

    /// Runs it; panics where an object mixes two revisions.
    pub async fn run(self) -> Outcome {
        let Self { seed, folder, files } = &self;
        let mut random = SmallRng::seed_from_u64(!seed);
        if random.random() {
            // As young as can be: written to just now.
            files.iter().for_each(|file| random_file(file, 5 * CHUNK + 1, random.random()));
        }
        let manners = Manners {
            askable: random.random(),
            digests: random.random(),
            done_truncates: true,
            completes_alone: random.random_range(0..4) == 0,
        };
        let server = Scripted::start(manners).await;
        let address = match manners.completes_alone {
            true => format!("{}?chunk={CHUNK}", server.endpoint()),
            false => format!("{}&concurrent=false", server.destination(CHUNK)),
        };
        let mut revisions: HashSet<String> = files.iter().map(|file| digest(file)).collect();
        let mut desk = Desk::open_with(quick(&folder.join("data")), &address).await;
        let held = random.random_range(0..5);
        let gate = server.hold(On::Chunk(held));
        let ids = desk.add(files.iter().cloned()).await;
        server.until("the chunk that is held", |log| log.len() as u64 > held).await;
        let (edit, moment) =
            (Edit::any(&mut random), [Moment::UnderWay, Moment::Paused, Moment::Down][random.random_range(0..3)]);
        match moment {
            Moment::UnderWay => edit.make(&files[0], &files[1], &mut random),
            Moment::Paused => {
                desk.engine.pause(&ids).await;
                edit.make(&files[0], &files[1], &mut random);
            }
            Moment::Down => {
                drop(desk);
                edit.make(&files[0], &files[1], &mut random);
                desk = Desk::open_with(quick(&folder.join("data")), &address).await;
            }
        }
        revisions.extend(files.iter().map(|file| digest(file)));
        gate.add_permits(1000);
        if moment != Moment::UnderWay {
            desk.engine.resume(&ids).await;
        }
        let mut noticed = false;
        for id in ids {
            noticed |= self.follow(&mut desk, id).await;
        }
        for object in server.objects() {
            assert!(
                revisions.contains(&object.digest),
                "CARRYON_SEED={seed} CARRYON_TRIALS=1: {edit:?}, {moment:?}: mixed"
            );
        }
        desk.close().await;
        let _ = std::fs::remove_dir_all(folder);
        Outcome { edited: edit != Edit::Nothing, noticed }
    }

    /// Follows an upload to its end; a change that was noticed is answered by starting over. Says whether one was.
    async fn follow(&self, desk: &mut Desk, id: UploadId) -> bool {
        let mut noticed = false;
        for _ in 0..4 {
            if desk.listed(id).await.is_none() && !desk.told.iter().any(|event| event.id() == id) {
                return noticed; // Delivered before the engine went down.
            }
            match desk.last(id).await {
                Event::Finished { .. } => return noticed,
                Event::Stopped { state: State::OutcomeUnknown, .. } => return noticed,
                Event::Stopped { .. } => noticed = true,
                other => panic!("CARRYON_SEED={}: {other:?}", self.seed),
            }
            desk.expect_more(id);
            assert_eq!(desk.engine.start_over(&[id]).await.done, [id], "CARRYON_SEED={}", self.seed);
        }
        panic!("CARRYON_SEED={}: it does not end: {:#?}", self.seed, desk.told);
    }
}
