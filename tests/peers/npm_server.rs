//! The npm package `fine-uploader-server` 0.1.0. It takes chunks one after another only. What it does that others do not:
//! the file is put together when the chunk with the highest index arrives, so a done request finds nothing left to do and
//! gets its empty 200 at once; and the last answer may leave a moment before the last bytes are in the file.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tests::{
    files::{digest, files_below},
    programs::wait_until,
};

use crate::{script::Script, set_up};

/// A running server.
pub struct NpmServer {
    script: Script,
    dir: PathBuf,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
}

impl NpmServer {
    /// Starts one below `folder`. What comes in lies in a temporary folder of its own until it is moved.
    pub fn start(folder: &Path) -> Self {
        let (dir, temporary) = (folder.join("npm"), folder.join("npm-temporary"));
        std::fs::create_dir_all(&temporary).expect("the folder can be made");
        let mut command = set_up::node("server.mjs");
        command.arg(&dir).env("TMPDIR", &temporary);
        let script = Script::start(command);
        let said = script.next(Duration::from_secs(60)).expect("the server starts within a minute");
        let address = said["address"].as_str().unwrap_or_else(|| panic!("an address, not {said}")).to_owned();
        Self { script, dir, address }
    }

    /// Ends it as a crash does, and starts another on the same files, at another address.
    pub fn crash_and_start_again(&mut self) {
        self.script.kill();
        let folder = self.dir.parent().expect("it lies in the test's folder").to_owned();
        *self = Self::start(&folder);
    }

    /// Sees that it holds nothing but `source`, whole, under its own name, and no chunks.
    pub fn must_hold_just(&self, source: &Path) {
        let size = source.metadata().expect("the source is there").len();
        let name = source.file_name().expect("a file").to_string_lossy();
        let held = || files_below(&self.dir);
        let whole = |path: &String| self.dir.join(path).metadata().is_ok_and(|found| found.len() == size);
        wait_until("the whole file", Duration::from_secs(10), || held().iter().all(whole));
        let held = held();
        let is_name = |path: &String| path.starts_with("uploads/") && path.ends_with(&format!("/{name}"));
        assert!(held.len() == 1 && is_name(&held[0]), "the server must hold {name} alone, but holds {held:?}");
        assert_eq!(digest(&self.dir.join(&held[0])), digest(source), "the file at the server must equal the source");
    }
}
