//! What users get: nothing.

use std::path::Path;

use crate::Fault;

/// A step under way.
#[derive(Debug)]
#[must_use = "the step is over when this goes"]
pub struct Step;

/// A durable step begins.
#[inline(always)]
pub fn step(_: &'static str) -> Step {
    Step
}

/// Whether `fault` was planted: never.
#[inline(always)]
pub fn planted(_: Fault) -> bool {
    false
}

/// Would name the VFS of a data folder; here it does nothing.
#[inline(always)]
pub fn mount(_: &Path, _: &str) {}

/// The VFS that a data folder is opened with: always the system's own.
#[inline(always)]
pub fn mounted(_: &Path) -> Option<String> {
    None
}
