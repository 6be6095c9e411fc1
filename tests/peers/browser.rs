//! Fine Uploader's own script in a headless Chromium, and `carryon receive` on another origin to send to.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{script::Script, set_up};

/// The browser and its driver. Dropped, both end with all that they started.
pub struct Browser {
    script: Script,
    /// The process group of the browser.
    group: Option<u64>,
    /// What the page told since the last upload began.
    seen: Vec<Value>,
    /// The page's own, `http://127.0.0.1:PORT`.
    pub origin: String,
}

impl Browser {
    /// Starts one with a new profile below `folder`.
    pub fn start(folder: &Path) -> Self {
        let profile = folder.join("profile");
        std::fs::create_dir_all(&profile).expect("the folder can be made");
        let mut command = set_up::node("browser.mjs");
        command.arg(set_up::chromium()).arg(profile);
        let script = Script::start(command);
        let mut browser = Self { script, group: None, seen: Vec::new(), origin: String::new() };
        let ready = browser.wait_for("ready");
        browser.origin = ready["origin"].as_str().expect("an origin").to_owned();
        browser
    }

    /// Opens the page anew, with an uploader of these options, and picks files there.
    pub fn upload(&mut self, options: &Value, files: &[&PathBuf]) {
        self.script.tell(&json!({ "do": "upload", "options": options, "files": files }));
        self.wait_for("opened");
        self.seen.clear();
    }

    /// Deletes a finished upload.
    pub fn delete(&mut self, id: u64) {
        self.script.tell(&json!({ "do": "delete", "id": id }));
    }

    /// Limits what leaves; 0 lifts the limit.
    pub fn throttle(&mut self, bytes_per_second: u64) {
        self.script.tell(&json!({ "do": "throttle", "bytes_per_second": bytes_per_second }));
        self.wait_for("throttled");
    }

    /// Ends the browser as a crash does and starts it again on the same profile. What the page wrote down in the last
    /// seconds before would be lost with it, so this waits first; answers what was acknowledged by then.
    pub fn crash(&mut self) -> BTreeSet<u64> {
        while self.next(Duration::from_secs(7)).is_some() {}
        let acknowledged = self.acknowledged();
        self.script.tell(&json!({ "do": "crash" }));
        self.wait_for("restarted");
        acknowledged
    }

    /// Waits for an event of this name.
    pub fn wait_for(&mut self, name: &str) -> Value {
        let before = self.all(name).len();
        self.wait_for_many(name, before + 1).pop().expect("waited for it")
    }

    /// Waits until there are as many events of this name.
    pub fn wait_for_many(&mut self, name: &str, count: usize) -> Vec<Value> {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.all(name).len() < count {
            let next = self.next(deadline.saturating_duration_since(Instant::now()));
            assert!(next.is_some(), "{count} events “{name}” did not come within a minute, but {:#?}", self.seen);
        }
        self.all(name)
    }

    /// Follows as many uploads to their ends, and sees that nothing comes after. Answers the last word on each.
    pub fn until_the_end(&mut self, uploads: usize) -> Vec<Value> {
        let ends = self.wait_for_many("complete", uploads);
        let late = self.next(Duration::from_millis(700));
        assert!(late.is_none(), "nothing may come after the last event, but {late:?} came");
        for end in &ends {
            assert_eq!(end["response"]["success"], true, "every upload must succeed: {:#?}", self.seen);
        }
        ends
    }

    /// All events of this name since the last upload began.
    pub fn all(&self, name: &str) -> Vec<Value> {
        self.seen.iter().filter(|event| event["event"] == name).cloned().collect()
    }

    /// Indexes of the parts that the page knows to be acknowledged.
    pub fn acknowledged(&self) -> BTreeSet<u64> {
        self.all("chunk").iter().filter_map(|event| event["index"].as_u64()).collect()
    }

    fn next(&mut self, patience: Duration) -> Option<Value> {
        let event = self.script.next(patience)?;
        if let Some(group) = event["group"].as_u64() {
            self.group = Some(group);
        }
        self.seen.push(event.clone());
        Some(event)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let left = if self.script.end() { None } else { self.group };
        if let Some(group) = left {
            let mut kill = Command::new("kill");
            let _ = kill.args(["-9", "--", &format!("-{group}")]).stderr(Stdio::null()).status();
        }
    }
}
