//! What tests get.

pub mod disk;
pub mod image;

use std::{
    collections::HashMap,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::Fault;

/// A step under way; it is over when this goes.
#[derive(Debug)]
#[must_use = "the step is over when this goes"]
pub struct Step {
    number: u64,
}

/// A durable step begins. The program dies here, or when the guard goes, if a test chose this step.
pub fn step(name: &'static str) -> Step {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::SeqCst) + 1;
    note(number, name);
    die_if(number, Side::Before);
    Step { number }
}

impl Drop for Step {
    fn drop(&mut self) {
        die_if(self.number, Side::After);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

/// No unwinding, no flushing, no goodbye: what a power cut leaves of a process.
fn die_if(number: u64, side: Side) {
    static CHOSEN: OnceLock<Option<(u64, Side)>> = OnceLock::new();
    if *CHOSEN.get_or_init(chosen) == Some((number, side)) {
        std::process::abort();
    }
}

fn chosen() -> Option<(u64, Side)> {
    let text = std::env::var("CARRYON_CRASH").ok()?;
    let (number, side) = text.split_once(':')?;
    let side = if side == "after" { Side::After } else { Side::Before };
    Some((number.parse().ok()?, side))
}

fn note(number: u64, name: &str) {
    static LOG: OnceLock<Option<Mutex<File>>> = OnceLock::new();
    let open = || {
        let path = std::env::var_os("CARRYON_CRASH_LOG")?;
        File::options().create(true).append(true).open(path).ok().map(Mutex::new)
    };
    if let Some(log) = LOG.get_or_init(open) {
        let _ = writeln!(lock(log), "{number} {name}");
    }
}

/// Whether `fault` was planted by `CARRYON_PLANT`.
pub fn planted(fault: Fault) -> bool {
    static PLANTED: OnceLock<String> = OnceLock::new();
    let planted = PLANTED.get_or_init(|| std::env::var("CARRYON_PLANT").unwrap_or_default());
    planted.split(',').any(|name| name == fault.name())
}

static MOUNTS: Mutex<Option<HashMap<PathBuf, String>>> = Mutex::new(None);

/// From here on the records in `folder` are opened with the SQLite VFS called `vfs`.
pub fn mount(folder: &Path, vfs: &str) {
    lock(&MOUNTS).get_or_insert_default().insert(folder.to_owned(), vfs.to_owned());
}

/// The VFS that the records in `folder` are opened with, if it is not the system's own.
pub fn mounted(folder: &Path) -> Option<String> {
    lock(&MOUNTS).as_ref()?.get(folder).cloned()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
