//! Many cuts: where, in which ways, how many at once, and what came of them.

use std::{collections::HashSet, path::PathBuf, sync::Arc, time::Duration};

use carryon_instruments::{disk::Op, image::Image};
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::task::JoinSet;

use crate::{
    check::{self, Place},
    promises::Promises,
    run::Run,
};

/// Images tried at once: most of the time of each goes by with waiting.
const AT_ONCE: usize = 12;
/// With so many broken promises enough is known.
const ENOUGH: usize = 5;
/// An image takes a second at most; one that takes this long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A place to cut a run, and one of the ways in which that may end.
#[derive(Clone, Copy, Debug)]
struct Cut {
    position: usize,
    seed: u64,
}

/// What was tried so far.
pub struct Sweep {
    seed: u64,
    random: SmallRng,
    images: HashSet<blake3::Hash>,
    tried: HashSet<(blake3::Hash, usize)>,
    places: Vec<Place>,
    /// Promises that were broken, each with all that is needed to look at it again.
    pub broken: Vec<String>,
}

type Tried = (Cut, Place, Vec<String>);

impl Sweep {
    /// Nothing was tried yet.
    pub fn new(seed: u64) -> Self {
        let random = SmallRng::seed_from_u64(seed);
        let (images, tried, broken) = (HashSet::new(), HashSet::new(), Vec::new());
        Self { seed, random, images, tried, places: Vec::new(), broken }
    }

    /// How many images differed from all others.
    pub fn distinct(&self) -> usize {
        self.images.len()
    }

    /// Whether so many distinct images were tried, or enough promises are broken.
    pub fn is_over(&self, images: usize) -> bool {
        self.images.len() >= images || self.broken.len() >= ENOUGH
    }

    /// Cuts `run` until `more` further images were tried, unless it has not so many.
    pub async fn cut(&mut self, run: &Arc<Run>, more: usize) {
        let mut trying = JoinSet::new();
        let images = self.images.len() + more;
        for number in 0..10 * more {
            if self.is_over(images) {
                break;
            }
            let Some((cut, image)) = self.next(run) else { continue };
            if trying.len() >= AT_ONCE {
                self.take(run, trying.join_next().await);
            }
            let place = self.places.pop().unwrap_or_default();
            trying.spawn(attempt(Arc::clone(run), cut, image, run.folder(number), place));
        }
        while let Some(tried) = trying.join_next().await {
            self.take(run, Some(tried));
        }
    }

    /// What both ends do after a cut of `run` in the midst of work; none where they do not get through.
    pub async fn record_after_a_cut(&mut self, run: &Arc<Run>) -> Option<Arc<Run>> {
        let position = self.promised(run).unwrap_or(run.ops.len());
        let cut = Cut { position, seed: self.random.random() };
        let of = Arc::clone(run);
        match tokio::spawn(async move { of.record_after(cut.position, cut.seed).await }).await {
            Ok(after) => Some(Arc::new(after)),
            Err(error) => {
                self.note(run, cut, &[said_by(error)]);
                None
            }
        }
    }

    /// Just when something was promised: the least of it has reached the disk.
    fn promised(&mut self, run: &Run) -> Option<usize> {
        let number = self.random.random_range(0..run.said.len().max(1));
        Some(run.said.get(number)?.since.max(run.begins))
    }

    /// The next cut, unless the same image was tried with the same promises before.
    fn next(&mut self, run: &Run) -> Option<(Cut, Image)> {
        let anywhere = self.random.random_range(run.begins..=run.ops.len());
        let position = match self.random.random_range(0..3) {
            0 => anywhere,
            1 => before_a_sync(run, anywhere),
            _ => self.promised(run).unwrap_or(anywhere),
        };
        let cut = Cut { position, seed: self.random.random() };
        let image = Image::after(&run.ops[..position], cut.seed);
        let hash = hash(&image);
        let is_new = self.tried.insert((hash, Promises::before(&run.said, position).count()));
        self.images.insert(hash);
        is_new.then_some((cut, image))
    }

    fn take(&mut self, run: &Run, tried: Option<Result<Tried, tokio::task::JoinError>>) {
        let Some((cut, place, broken)) = tried.map(|tried| tried.expect("an attempt catches its panics")) else {
            return;
        };
        self.places.push(place);
        if !broken.is_empty() {
            self.note(run, cut, &broken);
        }
    }

    fn note(&mut self, run: &Run, cut: Cut, broken: &[String]) {
        let (Cut { position, seed }, of) = (cut, run.ops.len());
        let (kept, broken) = (self.keep(run, cut), broken.join("\n    "));
        self.broken.push(format!("cut at {position} of {of}, seed {seed}, image in {kept:?}:\n    {broken}"));
    }

    /// The image once more, as it was before anybody touched it. Faults that were planted are not worth it.
    fn keep(&self, run: &Run, cut: Cut) -> Option<PathBuf> {
        if std::env::var_os("CARRYON_PLANT").is_some() {
            return None;
        }
        let name = format!("carryon-powercut-{}-{}-{}", self.seed, cut.position, cut.seed);
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).ok()?;
        Image::after(&run.ops[..cut.position], cut.seed).write_to(&folder).ok()?;
        Some(folder)
    }
}

/// Just before something is synced, the most is at stake.
fn before_a_sync(run: &Run, from: usize) -> usize {
    let is_sync = |op: &Op| matches!(op, Op::Sync(..) | Op::SyncDir(..));
    run.ops[from..].iter().position(is_sync).map_or(from, |further| from + further)
}

async fn attempt(run: Arc<Run>, cut: Cut, image: Image, folder: PathBuf, mut place: Place) -> Tried {
    let at = folder.clone();
    let check = tokio::spawn(async move {
        let check = check::broken_on(&run, &image, cut.position, &at, &mut place);
        let broken = tokio::time::timeout(PATIENCE, check).await.unwrap_or_else(|_| vec!["it hangs".to_owned()]);
        (place, broken)
    });
    let (place, broken) = check.await.unwrap_or_else(|error| (Place::default(), vec![said_by(error)]));
    let _ = std::fs::remove_dir_all(folder);
    (cut, place, broken)
}

fn said_by(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "it was ended".to_owned() };
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default()
}

/// The same for the same folders, names and bytes, whatever numbers the files had.
fn hash(image: &Image) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for folder in &image.folders {
        hasher.update(format!("{}/\n", folder.display()).as_bytes());
    }
    for (name, file) in &image.names {
        let first = image.names.iter().find(|(_, other)| *other == file).map(|(name, _)| name);
        hasher.update(format!("{} {:?}\n", name.display(), first).as_bytes());
        hasher.update(blake3::hash(&image.contents[file]).as_bytes());
    }
    hasher.finalize()
}
