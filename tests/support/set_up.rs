//! Whether the programs of others are here. `cargo xtask test` installs them; without them these tests fail, unless
//! `CARRYON_WITHOUT_PEERS=1` says that they are left out on purpose.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// Where the npm packages and our scripts for them lie.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// Whether the test of this thread is to run: false where the peers are left out on purpose.
pub fn wanted() -> bool {
    let left_out = std::env::var("CARRYON_WITHOUT_PEERS").is_ok_and(|value| value == "1");
    if left_out {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        // Past the test harness, which keeps to itself what a passing test prints.
        let _ = writeln!(std::io::stderr(), "skipped: {test} (CARRYON_WITHOUT_PEERS=1)");
    }
    !left_out
}

/// `node` with one of our scripts.
pub fn node(script: &str) -> Command {
    must(runs("node"), "node is not installed");
    must(folder().join("node_modules").is_dir(), "the npm packages in tests/peers are not installed");
    let mut command = Command::new("node");
    command.arg(folder().join(script));
    command
}

/// The browser's program; `CHROMIUM` names another.
pub fn chromium() -> String {
    let named = std::env::var("CHROMIUM").ok();
    let found = named.into_iter().chain(BROWSERS.map(str::to_owned)).find(|name| runs(name));
    must(found.is_some(), "chromium is not installed");
    found.expect("just looked at")
}

/// nginx, which is not on every user's path.
pub fn nginx() -> &'static str {
    let found = ["nginx", "/usr/sbin/nginx"].into_iter().find(|name| Command::new(name).arg("-v").output().is_ok());
    must(found.is_some(), "nginx is not installed");
    found.expect("just looked at")
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn must(is_here: bool, what_is_missing: &str) {
    assert!(
        is_here,
        "{what_is_missing}. `cargo xtask test` installs what the tests need; CARRYON_WITHOUT_PEERS=1 leaves these out"
    );
}
