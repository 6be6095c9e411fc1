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

/// With the program `carryon`, which its own test has cargo build.
const PROGRAMS: [&str; 8] = ["test", "--locked", "-p", "carryon-cli", "-p", "tests", "--test", "usage"];
