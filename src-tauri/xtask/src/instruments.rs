//! The instruments that prove the promises, for longer than an ordinary run of the tests.

use crate::steps::{Outcome, cargo, step, value};

/// `cargo xtask crash`: kills at random moments, over all scenarios.
pub fn crash(arguments: &[String]) -> Outcome {
    let rounds = value(arguments, "--rounds").unwrap_or(1000);
    let mut command = cargo(&[&PROGRAMS[..], &["--test", "crash", "--", "--nocapture", "random"]].concat());
    command.env("CARRYON_ROUNDS", rounds.to_string());
    step(&format!("killing both ends at {rounds} random moments"), command)
}

/// `cargo xtask edits`: files edited while their upload is interrupted or under way.
pub fn edits(arguments: &[String]) -> Outcome {
    let trials = value(arguments, "--trials").unwrap_or(5000);
    let mut command = cargo(&[&PROGRAMS[..], &["--test", "edits", "--", "--nocapture"]].concat());
    command.env("CARRYON_TRIALS", trials.to_string());
    step(&format!("editing files under {trials} uploads"), command)
}

/// `cargo xtask powercut`: power cuts of both ends at once; the seed it prints repeats a run with `--seed N`.
pub fn powercut(arguments: &[String]) -> Outcome {
    let images = value(arguments, "--images").unwrap_or(10_000);
    let test = ["test", "--locked", "-p", "tests", "--test", "powercut", "--", "--nocapture", "wherever"];
    let mut command = cargo(&test);
    command.env("CARRYON_IMAGES", images.to_string());
    if let Some(seed) = value(arguments, "--seed") {
        command.env("CARRYON_SEED", seed.to_string());
    }
    step(&format!("cutting the power in {images} ways"), command)
}

/// With the program `carryon`, which its own test has cargo build.
const PROGRAMS: [&str; 8] = ["test", "--locked", "-p", "carryon-cli", "-p", "tests", "--test", "usage"];
