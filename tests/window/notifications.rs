//! The notification service of a test: what it was asked to show, and the buttons that the test presses.

use std::{
    io::Write,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use tests::{log, programs::wait_until};

use crate::desktop::{PATIENCE, sink};

/// The service; it ends when forgotten.
pub struct Notifications {
    child: Child,
    log: PathBuf,
}

impl Notifications {
    pub fn start(mut script: Command, log: PathBuf) -> Self {
        let child = script.stdin(Stdio::piped()).stdout(sink(&log)).spawn().expect("python starts");
        let service = Self { child, log };
        wait_until("a notification service", PATIENCE, || !log::lines(&service.log).is_empty());
        service
    }

    /// Everything that was shown so far.
    pub fn shown(&self) -> Vec<Value> {
        log::lines(&self.log).into_iter().filter(|line| line["id"].is_number()).collect()
    }

    /// How often something interrupted was offered.
    pub fn offers(&self) -> usize {
        let offers = |note: &Value| note["summary"].as_str().is_some_and(|summary| summary.contains("interrupted"));
        self.shown().into_iter().filter(offers).count()
    }

    /// The next one, after `known`.
    pub fn next_after(&self, known: usize) -> Value {
        wait_until("a notification", PATIENCE, || self.shown().len() > known);
        self.shown().swap_remove(known)
    }

    /// Presses the button of that key.
    pub fn press(&mut self, notification: &Value, button: &str) {
        let answer = json!({"id": notification["id"], "press": button});
        writeln!(self.child.stdin.as_mut().expect("piped"), "{answer}").expect("the service listens");
    }
}

impl Drop for Notifications {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The buttons of a notification: (key, label).
pub fn buttons(notification: &Value) -> Vec<(String, String)> {
    let words: Vec<String> = serde_json::from_value(notification["actions"].clone()).expect("a list of words");
    words.chunks(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}
