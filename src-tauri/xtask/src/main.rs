//! `cargo xtask`: sets a machine up, builds, runs, tests and measures Carryon. Needs nothing but Rust and a package manager.

mod bench;
mod cross;
mod instruments;
mod package;
mod run;
mod setup;
mod soak;
mod steps;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask run [--yes] [--release] [-- FILES…]   set up, build, open the window
cargo xtask test [--yes]                          set up, run every test
cargo xtask bench [--rounds N] [--mib N]          measure against curl, on this machine, in one run
cargo xtask bench tus [--rounds N] [--mib N]      tus clients and servers against each other, by the wall and the processor
cargo xtask soak [--minutes N] [--seed N]         random files over a bad link, both ends killed, bytes and memory compared
cargo xtask crash [--rounds N]                    kills of both ends at random moments, every promise checked
cargo xtask edits [--trials N]                    files edited under their uploads: no object of two revisions
cargo xtask powercut [--images N] [--seed N]      cut the power of both ends, look for broken promises
cargo xtask package [--yes] [--debug] [--check]   make a .deb and an .rpm; --check installs, tries and removes the .deb
cargo xtask cross [check|clippy|wine] [--all]     check for Windows and macOS from here; run tests under Wine
cargo xtask setup [--yes] [--tests]               only install what is missing

--yes installs what is missing without asking.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("run") => run::run(&arguments[1..]),
        Some("test") => test::test(&arguments[1..]),
        Some("bench") => bench::bench(&arguments[1..]),
        Some("soak") => soak::soak(&arguments[1..]),
        Some("crash") => instruments::crash(&arguments[1..]),
        Some("edits") => instruments::edits(&arguments[1..]),
        Some("powercut") => instruments::powercut(&arguments[1..]),
        Some("package") => package::package(&arguments[1..]),
        Some("cross") => cross::cross(&arguments[1..]),
        Some("setup") => setup::setup(&arguments[1..]),
        _ => Err(HELP.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
