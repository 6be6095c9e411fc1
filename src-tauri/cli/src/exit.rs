//! How the program ends: the exit codes that scripts rely on.

use std::process::ExitCode;

use carryon_engine::{Error, socket::End};

/// What the help says about them.
pub const HELP: &str = "Exit codes: 0 all delivered; 1 some failed; 2 wrong use; 3 interrupted or given up, and resumable; \
4 another Carryon owns the records and does not answer.";

/// The exit code of an outcome; errors are told on standard error.
pub fn code(outcome: Result<u8, Error>) -> ExitCode {
    ExitCode::from(outcome.unwrap_or_else(|error| {
        eprintln!("carryon: {error}.\n{}", error.advice());
        End::code_of(&error)
    }))
}
