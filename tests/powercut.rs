//! Power cuts: a run of both ends is recorded, cut at many points, rebuilt as a disk may look then, and gone on with.
//!
//! SQLite's file layer and the receiver's write one log (`vfs.rs`, `carryon_instruments::disk`), so one position cuts both
//! ends at the same moment. A witness on the wire says what had been promised by then (`witness.rs`). Each image holds
//! everything that was synced and a seeded part of the rest (`carryon_instruments::image`); both ends are opened on it, and
//! no promise may be broken: neither at once, nor after everything was carried to its end (`check.rs`).
//!
//! `CARRYON_IMAGES` says how many distinct images are tried. `CARRYON_SEED` repeats sizes and the ways of cutting; who is
//! faster in a run is not repeated by it, so an image that breaks a promise is kept, and its folder named.
#![cfg(unix)]

#[path = "powercut/check.rs"]
mod check;
#[path = "powercut/promises.rs"]
mod promises;
#[path = "powercut/records.rs"]
mod records;
#[path = "powercut/run.rs"]
mod run;
#[path = "powercut/stage.rs"]
mod stage;
#[path = "powercut/sweep.rs"]
mod sweep;
#[path = "powercut/vfs.rs"]
mod vfs;
#[path = "powercut/witness.rs"]
mod witness;

use std::{process::Command, sync::Arc};

use carryon_instruments::Fault;
use run::Run;
use sweep::Sweep;
use tests::files;

/// Distinct images in the ordinary run.
const IMAGES: usize = 300;
/// So many of one run at most, and of what follows each of its cuts; then another one is recorded.
const OF_ONE_RUN: usize = 200;
/// Of each run so many are followed by a second cut, while both ends carry on.
const SECOND_CUTS: usize = 2;

fn images() -> usize {
    let set = std::env::var("CARRYON_IMAGES").ok().and_then(|text| text.parse().ok());
    set.unwrap_or(IMAGES)
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_power_is_cut_no_promise_is_broken() {
    let (seed, images) = (files::seed("powercut"), images());
    let (mut sweep, mut runs) = (Sweep::new(seed), 0);
    let share = (images / 6).clamp(1, OF_ONE_RUN);
    'runs: while !sweep.is_over(images) {
        let connections = if runs % 2 == 0 { 3 } else { 1 };
        let run = Arc::new(Run::record(seed.wrapping_add(runs), connections).await);
        sweep.cut(&run, share).await;
        for _ in 0..SECOND_CUTS {
            let Some(after) = sweep.record_after_a_cut(&run).await else { break 'runs };
            sweep.cut(&after, share).await;
        }
        runs += 1;
        println!("powercut: {} of {images} images, {} broken promises", sweep.distinct(), sweep.broken.len());
    }
    let (distinct, broken) = (sweep.distinct(), sweep.broken.len());
    println!("powercut: {distinct} distinct images of {runs} runs, {broken} broken promises, seed {seed}");
    assert!(sweep.broken.is_empty(), "broken promises:\n{}", sweep.broken.join("\n"));
}

/// Faults that this instrument has to notice.
const NOTICED: [Fault; 5] = [
    Fault::NoSync,
    Fault::NoDirectorySync,
    Fault::RecordAfterSend,
    Fault::AnswerBeforeSync,
    Fault::ConfirmBeforeAnswer,
];

#[test]
fn every_fault_that_is_planted_breaks_promises_and_is_noticed() {
    let this = std::env::current_exe().expect("a test program has a path");
    for fault in NOTICED {
        let mut test = Command::new(&this);
        test.args(["--exact", "wherever_the_power_is_cut_no_promise_is_broken", "--nocapture"]);
        let output = test.env("CARRYON_PLANT", fault.name()).env("CARRYON_IMAGES", "300").output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stdout);
        let report = told.lines().find(|line| line.starts_with("powercut: ") && line.contains(" distinct "));
        let noticed = report.is_some_and(|line| !line.contains(" 0 broken promises"));
        assert!(noticed && !output.status.success(), "{fault:?} went unnoticed: {report:?}\n{told}");
    }
}
