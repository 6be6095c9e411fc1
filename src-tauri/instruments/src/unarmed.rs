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

/// Would log what is done to the disk; here it is only done.
pub mod disk {
    use std::path::Path;

    use crate::Names;

    /// A file that is open for writing.
    #[derive(Debug, Default)]
    pub struct Traced(());

    /// Opens a file for writing.
    ///
    /// # Errors
    /// What `act` says.
    #[inline(always)]
    pub fn open<T, E>(_: &Path, _: bool, act: impl FnOnce() -> Result<T, E>) -> Result<(T, Traced), E> {
        Ok((act()?, Traced(())))
    }

    /// Changes names.
    ///
    /// # Errors
    /// What `act` says.
    #[inline(always)]
    pub fn names<T, E>(_: Names<'_>, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        act()
    }

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// What `act` says.
    #[inline(always)]
    pub fn sync_dir<T, E>(_: &Path, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        act()
    }

    impl Traced {
        /// Writes.
        ///
        /// # Errors
        /// What `act` says.
        #[inline(always)]
        pub fn write<T, E>(&self, _: &[u8], _: u64, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
            act()
        }

        /// Cuts or extends.
        ///
        /// # Errors
        /// What `act` says.
        #[inline(always)]
        pub fn set_len<T, E>(&self, _: u64, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
            act()
        }

        /// Makes durable what is written.
        ///
        /// # Errors
        /// What `act` says.
        #[inline(always)]
        pub fn sync<T, E>(&self, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
            act()
        }
    }
}
