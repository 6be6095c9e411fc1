//! Files that change while their upload is interrupted or under way: no object ever mixes two revisions (DESIGN P4).
//!
//! `CARRYON_TRIALS` says how many trials there are, `CARRYON_SEED` repeats them.

#[path = "edits/edit.rs"]
mod edit;
#[path = "edits/trial.rs"]
mod trial;

use std::{path::Path, time::Duration};

use futures_util::{StreamExt, stream};
use tests::files::seed;

use trial::{Outcome, Trial};

const TRIALS: u64 = 1000;
const AT_ONCE: usize = 16;

/// On a memory disk where there is one: these are many small files.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_a_file_changes_no_object_mixes_two_revisions() {
    let trials = std::env::var("CARRYON_TRIALS").ok().and_then(|text| text.parse().ok()).unwrap_or(TRIALS);
    let (seed, folder) = (seed("edits"), folder());
    let prepared: Vec<Trial> = (0..trials).map(|n| Trial::prepare(folder.path(), seed.wrapping_add(n))).collect();
    // From here on what was not touched again is old enough for its times to be trusted.
    tokio::time::sleep(Duration::from_millis(2200)).await;
    let outcomes: Vec<Outcome> = stream::iter(prepared).map(Trial::run).buffer_unordered(AT_ONCE).collect().await;
    let noticed = outcomes.iter().filter(|outcome| outcome.noticed).count();
    let edited = outcomes.iter().filter(|outcome| outcome.edited).count();
    println!("{trials} trials, {edited} files edited, {noticed} changes noticed before the end, 0 mixed objects");
    assert!(edited > 0 && noticed * 4 > edited, "the edits must meet uploads that are not done yet");
}
