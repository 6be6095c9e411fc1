//! The instruments are tried themselves: each promise that is broken on purpose must be noticed by at least one of them.

use std::{path::PathBuf, process::Command};

use crate::{
    scenario::all,
    sweep::{Report, sweep_sender},
};

fn in_scenarios(names: &[&str], plant: &'static str) -> Report {
    let chosen = all().into_iter().filter(|scenario| names.contains(&scenario.name));
    chosen.map(|scenario| sweep_sender(&scenario, Some(plant))).sum()
}

#[test]
fn a_record_that_comes_after_the_bytes_is_noticed() {
    let report = in_scenarios(&["small", "concurrent"], "record_after_send");
    assert!(report.broken.iter().any(|broken| broken.contains("P1")), "{report}");
}

#[test]
fn a_confirmation_that_comes_before_the_answer_is_noticed() {
    let report = in_scenarios(&["sequential", "concurrent"], "confirm_before_answer");
    assert!(report.broken.iter().any(|broken| broken.contains("P2")), "{report}");
}

#[test]
fn a_second_finish_is_noticed() {
    let output = other_test("faults", "an_unanswered_done_that_nobody_can_be_asked_about", "second_finish");
    assert!(!output.status.success(), "a second finish went unnoticed: {}", tests::programs::told(&output));
}

#[test]
fn chunks_that_are_not_compared_again_are_noticed() {
    let output = other_test("faults", "a_young_file_that_changes_without_a_trace", "no_rehash");
    assert!(!output.status.success(), "a mixed object went unnoticed: {}", tests::programs::told(&output));
}

/// Runs a test of another test program, with a promise broken.
fn other_test(program: &str, test: &str, plant: &str) -> std::process::Output {
    let mut command = Command::new(built(program, test));
    command.arg(test).env("CARRYON_PLANT", plant);
    let output = command.output().expect("it runs");
    let said = tests::programs::told(&output);
    assert!(said.contains("1 passed") || said.contains("1 failed"), "{program} has no such test: {said}");
    output
}

/// The newest build of a test program that has that test, beside this one: another crate's may bear the same name.
fn built(program: &str, test: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    let folder = own.parent().expect("a folder");
    let is_it = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        path.extension().is_none() && name.strip_prefix(program).is_some_and(|rest| rest.starts_with('-'))
    };
    let modified = |path: &PathBuf| path.metadata().and_then(|meta| meta.modified()).ok();
    let entries = std::fs::read_dir(folder).expect("reads").filter_map(|entry| Some(entry.ok()?.path()));
    let mut programs: Vec<PathBuf> = entries.filter(is_it).collect();
    programs.sort_by_key(modified);
    let has_it = |path: &&PathBuf| {
        let listed = Command::new(path).arg("--list").output().map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&listed).contains(test)
    };
    programs.iter().rev().find(has_it).cloned().unwrap_or_else(|| panic!("{program} with {test} is not built"))
}
