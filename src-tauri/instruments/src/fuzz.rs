//! Throws input that nobody would send at a plain function, and sees that its law holds.
//!
//! A target is a function of bytes that panics where its law is broken. It gets every file of its corpus
//! (`tests/corpus/NAME/`), then changed ones: a few thousand, or as many as `CARRYON_FUZZ` says. `CARRYON_SEED` repeats a
//! run. Nothing may take longer than [`PATIENCE`], nor more memory than [`most_memory`] allows where the crate's tests
//! have [`CountingMemory`] for an allocator. What breaks a law is left in the folder for temporary files, to be mended
//! and then kept in the corpus.

mod memory;
mod mutate;

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, mpsc},
    time::{Duration, Instant},
};

pub use self::memory::CountingMemory;
use self::mutate::Mutator;

/// No input may be worked on for longer.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How many changed inputs an ordinary run has, where the target does not say otherwise.
const USUAL: u64 = 3000;

/// A function of bytes, and what is known of the bytes it likes.
#[derive(Clone, Copy, Debug)]
pub struct Target<'t> {
    /// Its name, and its corpus'.
    pub name: &'t str,
    /// Texts that mean something to it.
    pub tokens: &'t [&'t str],
    /// How many of its inputs take as long as one of a fast target's.
    pub cost: u64,
}

/// The bytes that one input of `length` bytes may take of memory at once.
pub fn most_memory(length: usize) -> usize {
    (8 << 20) + 256 * length
}

impl Target<'_> {
    /// Runs `law` on the corpus and on changed inputs.
    ///
    /// # Panics
    /// With the seed and the input, where the law is broken, or its corpus is empty.
    pub fn run(&self, law: impl Fn(&[u8])) {
        let corpus = self.corpus();
        assert!(!corpus.is_empty(), "{}: there is no corpus for it", self.name);
        let watch = Watch::new(self.name);
        for (file, input) in &corpus {
            watch.over(&law, input, &|| format!("the file {}", file.display()));
        }
        let seed = number("CARRYON_SEED").unwrap_or_else(mutate::any_seed);
        let count = number("CARRYON_FUZZ").unwrap_or(USUAL) / self.cost.max(1);
        println!("{}: {} files, {count} changed ones, CARRYON_SEED={seed}", self.name, corpus.len());
        let inputs: Vec<Vec<u8>> = corpus.into_iter().map(|(_, input)| input).collect();
        let mut mutator = Mutator::new(&inputs, self.tokens, seed);
        for round in 0..count {
            let input = mutator.next();
            watch.over(&law, &input, &|| format!("CARRYON_SEED={seed}, round {round}"));
        }
    }

    fn corpus(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus")).join(self.name);
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
        files.sort();
        files.into_iter().filter_map(|path| Some((path.clone(), std::fs::read(path).ok()?))).collect()
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

type UnderWay = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Sees that an input ends in time, in bounds, and with its law unbroken.
struct Watch<'t> {
    name: &'t str,
    under_way: UnderWay,
    _end: mpsc::Sender<()>,
}

impl<'t> Watch<'t> {
    fn new(name: &'t str) -> Self {
        let (under_way, own) = (UnderWay::default(), name.to_owned());
        let (end, ended) = mpsc::channel::<()>();
        let seen = Arc::clone(&under_way);
        std::thread::spawn(move || {
            while ended.recv_timeout(Duration::from_secs(1)) == Err(mpsc::RecvTimeoutError::Timeout) {
                if let Some((_, input)) = lock(&seen).as_ref().filter(|(begun, _)| begun.elapsed() > PATIENCE) {
                    eprintln!("{own}: no end after {PATIENCE:?}: {}", kept(&own, input));
                    std::process::abort();
                }
            }
        });
        Self { name, under_way, _end: end }
    }

    fn over(&self, law: &impl Fn(&[u8]), input: &[u8], origin: &dyn Fn() -> String) {
        *lock(&self.under_way) = Some((Instant::now(), input.to_vec()));
        let before = memory::begin();
        let outcome = catch_unwind(AssertUnwindSafe(|| law(input)));
        let most = memory::most_since(before);
        *lock(&self.under_way) = None;
        if let Err(panic) = outcome {
            eprintln!("{}: a law is broken by {}: {}", self.name, origin(), kept(self.name, input));
            resume_unwind(panic);
        }
        let allowed = most_memory(input.len());
        assert!(most <= allowed, "{}: {most} bytes for {} by {}", self.name, input.len(), kept(self.name, input));
    }
}

fn lock(under_way: &UnderWay) -> MutexGuard<'_, Option<(Instant, Vec<u8>)>> {
    under_way.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Leaves the input where it can be looked at; says where, and what it is.
fn kept(name: &str, input: &[u8]) -> String {
    let path = std::env::temp_dir().join(format!("carryon-fuzz-{name}-{}", std::process::id()));
    let shown: String = String::from_utf8_lossy(input).chars().take(500).collect();
    match std::fs::write(&path, input) {
        Ok(()) => format!("{} holds {shown:?}", path.display()),
        Err(_) => format!("{shown:?}"),
    }
}
