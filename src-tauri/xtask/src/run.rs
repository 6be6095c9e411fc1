//! `cargo xtask run`: from a fresh machine to the open window.

use crate::{
    setup,
    steps::{Outcome, cargo, flag, step},
};

/// Sets up, builds, opens the window with *This computer* as its destination.
pub fn run(arguments: &[String]) -> Outcome {
    setup::for_building(flag(arguments, "--yes"))?;
    let profile: &[&str] = if flag(arguments, "--release") { &["--release"] } else { &[] };
    let given: Vec<&str> =
        arguments.iter().skip_while(|argument| *argument != "--").skip(1).map(String::as_str).collect();
    let build = [&["build", "--locked", "-p", "carryon-app"], profile].concat();
    step("building Carryon (the first time takes some minutes)", cargo(&build))?;
    let open = [&["run", "--quiet", "--locked", "-p", "carryon-app"], profile, &["--"], &given[..]].concat();
    step("opening the window", cargo(&open))
}
