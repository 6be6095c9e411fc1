//! Running other programs, visibly, one after another.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

/// The outcome of a task; the error is a sentence.
pub type Outcome<T = ()> = Result<T, String>;

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map(PathBuf::from).unwrap_or(here)
}

/// A program, run in the workspace's folder.
pub fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    command
}

/// The cargo that runs this.
pub fn cargo(arguments: &[&str]) -> Command {
    program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), arguments)
}

/// Says what is done and does it.
///
/// # Errors
/// Where the program cannot be started or does not end well.
pub fn step(what: &str, mut command: Command) -> Outcome {
    eprintln!("\n── {what}");
    let status =
        command.status().map_err(|error| format!("{what}: {:?} cannot be started: {error}", command.get_program()))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{what}: failed ({status})")),
    }
}

/// Whether a program ends well, without a word.
pub fn succeeds(name: &str, arguments: &[&str]) -> bool {
    let quiet = program(name, arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}

/// The value of `--name VALUE` among arguments.
pub fn value(arguments: &[String], name: &str) -> Option<u64> {
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1)?.parse().ok()
}

/// Whether a flag is among arguments.
pub fn flag(arguments: &[String], name: &str) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| argument == name)
}
