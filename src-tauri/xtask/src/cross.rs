//! `cargo xtask cross`: what can be said of Windows and macOS from a Debian machine. How stands in `cross/check.sh`.
//!
//! A compile error in our own code is an error. Tools that cannot be had, or a cold start that takes too long, are said in
//! one visible line and hold nothing up.

use std::process::{Command, ExitStatus};

use crate::{
    setup,
    steps::{Outcome, flag, program},
};

/// What `check.sh` ends with where its tools cannot be had.
const NO_TOOLS: i32 = 75;
/// What `timeout` ends with when the time is over.
const TIME_IS_OVER: i32 = 124;
/// A cold start on busy cores takes this long; a warm one takes seconds.
const TIME_LIMIT: &str = "30m";

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const WINDOWS_AS_RELEASED: &str = "x86_64-pc-windows-msvc";
const MACOS: &str = "aarch64-apple-darwin";
const MACOS_INTEL: &str = "x86_64-apple-darwin";

/// The crates whose tests run under Wine.
const TESTED: &[&str] = &["-p", "carryon-engine", "-p", "carryon-receiver", "-p", "carryon-cli"];

/// `cargo xtask cross check|clippy|wine [--yes] [--all]`.
pub fn cross(arguments: &[String]) -> Outcome {
    let mode = arguments.iter().find(|argument| !argument.starts_with("--")).map_or("check", String::as_str);
    let all = flag(arguments, "--all");
    setup::for_cross(flag(arguments, "--yes"), mode == "wine")?;
    match mode {
        "check" => told(mode, check(targets(all))),
        "clippy" => told(mode, lint(targets(all))),
        "wine" => told(mode, wine()),
        other => Err(format!("cross knows check, clippy and wine, not “{other}”")),
    }
}

fn targets(all: bool) -> &'static [&'static str] {
    match all {
        true => &[WINDOWS, WINDOWS_AS_RELEASED, MACOS, MACOS_INTEL],
        false => &[WINDOWS, MACOS],
    }
}

fn check(targets: &[&str]) -> Command {
    script("check", targets, &["--workspace", "--all-targets"])
}

fn lint(targets: &[&str]) -> Command {
    script("clippy", targets, &["--workspace", "--all-targets"])
}

fn wine() -> Command {
    script("wine", &[WINDOWS], &[TESTED, &["--no-fail-fast"]].concat())
}

fn script(mode: &str, targets: &[&str], cargo: &[&str]) -> Command {
    let mut command = program("timeout", &[TIME_LIMIT, "bash", "src-tauri/xtask/cross/check.sh", mode]);
    command.args(targets).arg("--").args(cargo);
    command
}

fn told(mode: &str, mut command: Command) -> Outcome {
    eprintln!("\n── other systems: {mode}");
    let status = command.status().map_err(|error| format!("other systems: bash cannot be started: {error}"))?;
    verdict(mode, status)
}

fn verdict(mode: &str, status: ExitStatus) -> Outcome {
    match (status.code(), mode) {
        (Some(0), _) => Ok(()),
        (Some(NO_TOOLS), _) => said("skipped: the tools cannot be had here (the line above says which)"),
        (Some(TIME_IS_OVER), _) => said("skipped: the time limit ran out; run `cargo xtask cross` once more to go on"),
        // A newer compiler brings new lints: they are told, and gate nothing.
        (_, "clippy") => said("clippy found something for other systems; it is a warning here"),
        _ => Err(format!("other systems: {mode} failed")),
    }
}

fn said(words: &str) -> Outcome {
    eprintln!("other systems: {words}");
    Ok(())
}
