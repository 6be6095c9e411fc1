//! The npm packages `@tus/server` and `@tus/file-store`: the reference implementation. It keeps what came of a body that was
//! cut, ends a stalled request when a newer one asks, and joins no parallel parts.

use std::{path::Path, time::Duration};

use crate::{script::Script, set_up};

/// A running server.
pub struct NpmTusServer {
    script: Script,
    /// `http://127.0.0.1:PORT/files`.
    pub address: String,
}

impl NpmTusServer {
    /// Starts one that keeps its uploads in `folder`.
    pub fn start(folder: &Path) -> Self {
        Self::start_at(folder, 0)
    }

    /// Starts one at a port; 0 lets the system pick.
    pub fn start_at(folder: &Path, port: u16) -> Self {
        let mut command = set_up::node("tus_server.mjs");
        command.arg(folder).arg(port.to_string());
        let script = Script::start(command);
        let said = script.next(Duration::from_secs(60)).expect("the server starts within a minute");
        let address = said["address"].as_str().unwrap_or_else(|| panic!("an address, not {said}")).to_owned();
        Self { script, address }
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        self.script.kill();
    }
}
