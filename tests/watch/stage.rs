//! A folder that is watched, a receiver, and `carryon watch run` between them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use tests::{
    files::{digest, files_below, random_file},
    programs::{ReceiverProcess, Running, carryon_with, events, run, told, wait_until},
};

/// How long anything may take on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_secs(120);

pub struct Stage {
    pub folder: tempfile::TempDir,
    pub receiver: ReceiverProcess,
    /// The watched folder.
    pub watched: PathBuf,
}

impl Stage {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("temp folder");
        let receiver = ReceiverProcess::start(folder.path());
        let watched = folder.path().join("card");
        std::fs::create_dir(&watched).expect("the folder can be made");
        Self { folder, receiver, watched }
    }

    /// A call of `carryon watch`.
    pub fn call(&self, arguments: &[&str]) -> Command {
        carryon_with(&self.folder.path().join("data"), &[&["watch"], arguments].concat())
    }

    /// Runs such a call, which must end well, and gives its lines.
    pub fn ask(&self, arguments: &[&str]) -> Vec<Value> {
        let output = run(self.call(&[arguments, &["--json"]].concat()));
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", told(&output));
        events(&output)
    }

    /// Watches the folder with a second of standing still.
    pub fn watch(&self, more: &[&str]) -> Value {
        self.watch_folder(&self.watched, more)
    }

    pub fn watch_folder(&self, folder: &Path, more: &[&str]) -> Value {
        let (folder, to) = (folder.to_str().expect("a plain name"), self.receiver.destination());
        let steady: &[&str] = if more.contains(&"--steady") { &[] } else { &["--steady", "1"] };
        let lines = self.ask(&[&["add", folder, "--to", &to], steady, more].concat());
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines[0].clone()
    }

    /// Starts `carryon watch run`; what it says lies in `run.jsonl`.
    pub fn start(&self) -> Running {
        self.start_in(&[])
    }

    pub fn start_in(&self, environment: &[(&str, String)]) -> Running {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log()).expect("a log");
        let mut command = self.call(&["run", "--json", "--scan-every", "2"]);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        Running(command.stdout(log).stderr(Stdio::null()).spawn().expect("it starts"))
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("run.jsonl")
    }

    /// All that the runs said.
    pub fn said(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Writes a file of random bytes below the watched folder.
    pub fn put(&self, name: &str, size: u64) -> PathBuf {
        let path = self.watched.join(name);
        random_file(&path, size, size + name.bytes().map(u64::from).sum::<u64>());
        path
    }

    /// What arrived of this folder: place and digest.
    pub fn arrived(&self) -> BTreeMap<String, String> {
        let dir = self.receiver.dir.join("card");
        if !dir.exists() {
            return BTreeMap::new();
        }
        files_below(&dir).into_iter().map(|name| (name.clone(), digest(&dir.join(name)))).collect()
    }

    /// The places and digests of these files below the watched folder.
    pub fn expected(&self, names: &[&str]) -> BTreeMap<String, String> {
        names.iter().map(|&name| (name.to_owned(), digest(&self.watched.join(name)))).collect()
    }

    /// Waits until so many files arrived.
    pub fn until_arrived(&self, count: usize) {
        let dir = self.receiver.dir.join("card");
        wait_until(&format!("the arrival of {count} files"), PATIENCE, || {
            dir.exists() && files_below(&dir).len() >= count
        });
    }

    /// The list, as the running one tells it.
    pub fn list(&self) -> Vec<Value> {
        self.ask(&["list"])
    }

    /// Waits until the list says so of its first folder.
    pub fn until_listed(&self, what: &str, is_so: impl Fn(&Value) -> bool) {
        wait_until(what, PATIENCE, || self.list().first().is_some_and(&is_so));
    }

    /// Waits so long that whatever would be sent once more has been seen and taken.
    pub fn let_some_time_pass(&self) {
        std::thread::sleep(Duration::from_secs(5));
    }

    /// All of these arrived, once each and whole, and everything is told as sent.
    pub fn require_exactly(&self, names: &[&str]) {
        self.until_arrived(names.len());
        self.until_listed("that nothing waits", |line| line["waiting"] == 0 && line["sent"] == names.len());
        self.let_some_time_pass();
        assert_eq!(self.arrived(), self.expected(names), "each file once, byte for byte");
        self.until_listed("that nothing waits", |line| line["waiting"] == 0);
    }
}
