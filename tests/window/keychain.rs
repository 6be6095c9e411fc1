//! A keychain on the test's own session bus.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use tests::programs::{Running, wait_until};

use crate::desktop::{Desktop, PATIENCE};

impl Desktop {
    /// Starts a keychain that is open; none (and said so) where this machine has no program for it.
    pub fn keychain(&self) -> Option<Running> {
        let mut keychain = self.command("gnome-keyring-daemon");
        keychain.args(["--foreground", "--unlock", "--components=secrets"]);
        keychain.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        if !Command::new("gnome-keyring-daemon").arg("--version").output().is_ok_and(|said| said.status.success()) {
            let _ = writeln!(std::io::stderr(), "skipped: gnome-keyring-daemon is missing");
            return None;
        }
        let mut keychain = Running(keychain.spawn().expect("the keychain starts"));
        keychain.0.stdin.take().expect("piped").write_all(b"pw").expect("it takes its password");
        let named =
            ["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"];
        wait_until("a keychain on the bus", PATIENCE, || {
            let asked = self.command("dbus-send").args(named).arg("string:org.freedesktop.secrets").output();
            asked.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("boolean true"))
        });
        Some(keychain)
    }
}
