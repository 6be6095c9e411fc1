//! How the program ends: the exit codes that scripts rely on.

use std::process::ExitCode;

use carryon_engine::{Error, ErrorKind};

/// What the help says about them.
pub const HELP: &str = "Exit codes: 0 all delivered; 1 some failed; 2 wrong use; 3 interrupted or given up, and resumable; \
4 another Carryon owns the records and does not answer.";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything was done.
    Done,
    /// Some of it failed.
    SomeFailed,
    /// Interrupted or given up; it can be resumed.
    Interrupted,
}

/// The exit code of an outcome; errors are told on standard error.
pub fn code(outcome: Result<End, Error>) -> ExitCode {
    match outcome {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::SomeFailed) => ExitCode::from(1),
        Ok(End::Interrupted) => ExitCode::from(3),
        Err(error) => {
            eprintln!("carryon: {error}.\n{}", error.advice());
            ExitCode::from(match error.kind() {
                ErrorKind::Invalid => 2,
                ErrorKind::Owned => 4,
                _ => 1,
            })
        }
    }
}
