//! What each system knows of a file beside its size and times.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{is_being_written, is_hidden, move_without_replacing};
#[cfg(windows)]
pub(super) use windows::{is_being_written, is_hidden, move_without_replacing};
