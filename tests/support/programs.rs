//! The real programs, started as children and ended by their own id.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

/// The built `carryon`, beside the test programs; cargo builds it for the command line's own test, `usage`.
pub fn carryon() -> PathBuf {
    let test = std::env::current_exe().expect("a test program has a path");
    let folder = test.parent().and_then(Path::parent).expect("target/<profile>/deps");
    let program = folder.join(format!("carryon{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is not built: let cargo test build -p carryon-cli too (with --test, add --test usage)",
        program.display()
    );
    program
}

/// A child process that is killed when its owner forgets it.
pub struct Running(pub Child);

impl Running {
    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// `carryon receive` in a folder of its own; the access log lies beside it.
pub struct ReceiverProcess {
    child: Running,
    /// Where finished files go.
    pub dir: PathBuf,
    /// The access log over all its lives.
    pub log: PathBuf,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    extra: Vec<String>,
}

impl ReceiverProcess {
    /// Starts one below `folder`, on a free port.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// Starts one with further arguments.
    pub fn start_with(folder: &Path, extra: &[&str]) -> Self {
        Self::start_in(folder, extra, &[]).0
    }

    /// Starts one with further arguments, and with these variables in its first life. Says whether that life ended before
    /// it could speak; then it is in its second.
    pub fn start_in(folder: &Path, extra: &[&str], environment: &[(&str, String)]) -> (Self, bool) {
        let (dir, log) = (folder.join("received"), folder.join("access.jsonl"));
        let extra: Vec<String> = extra.iter().map(|&argument| argument.to_owned()).collect();
        let first = try_spawn(&dir, &log, "127.0.0.1:0", &extra, environment);
        let stillborn = first.is_none();
        let (child, address) = first.unwrap_or_else(|| spawn(&dir, &log, "127.0.0.1:0", &extra));
        (Self { child, dir, log, address, extra }, stillborn)
    }

    /// Whether it has ended by itself.
    pub fn is_dead(&mut self) -> bool {
        self.child.0.try_wait().is_ok_and(|ended| ended.is_some())
    }

    /// Ends it as a crash does.
    pub fn kill(&mut self) {
        self.child.kill();
    }

    /// Starts it again on the same folder and port.
    pub fn restart(&mut self) {
        self.restart_in(&[]);
    }

    /// Starts it again with these variables, as [`ReceiverProcess::start_in`] does.
    pub fn restart_in(&mut self, environment: &[(&str, String)]) -> bool {
        self.kill();
        let listen = self.address.trim_start_matches("http://").to_owned();
        let first = try_spawn(&self.dir, &self.log, &listen, &self.extra, environment);
        let stillborn = first.is_none();
        let spawned = first.unwrap_or_else(|| spawn(&self.dir, &self.log, &listen, &self.extra));
        (self.child, self.address) = spawned;
        stillborn
    }

    /// The destination URL for `carryon send --to`.
    pub fn destination(&self) -> String {
        format!("fineuploader+{}/upload?done=/upload/done", self.address)
    }
}

fn spawn(dir: &Path, log: &Path, listen: &str, extra: &[String]) -> (Running, String) {
    try_spawn(dir, log, listen, extra, &[]).expect("the receiver speaks")
}

/// None where it ended without a word.
fn try_spawn(
    dir: &Path,
    log: &Path,
    listen: &str,
    extra: &[String],
    environment: &[(&str, String)],
) -> Option<(Running, String)> {
    let mut command = Command::new(carryon());
    command.arg("receive").arg("--dir").arg(dir).args(["--listen", listen]).arg("--access-log").arg(log).args(extra);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let mut child = Running(command.stdout(Stdio::piped()).spawn().expect("the receiver starts"));
    let mut line = String::new();
    let stdout = child.0.stdout.take().expect("piped");
    BufReader::new(stdout).read_line(&mut line).expect("its output can be read");
    if line.is_empty() {
        return None;
    }
    let said: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("the first line is JSON, not {line:?}"));
    Some((child, said["address"].as_str().expect("an address").to_owned()))
}

/// A call of `carryon` with its records in `data`.
pub fn carryon_with(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(carryon());
    command.args(arguments).arg("--data-dir").arg(data).env_remove("CARRYON_TOKEN");
    command
}

/// Runs a call to its end, within a minute or two.
pub fn run(mut command: Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("carryon starts");
    let id = child.id();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    match receiver.recv_timeout(Duration::from_secs(120)) {
        Ok(output) => output.expect("carryon ends"),
        Err(_) => {
            let _ = Command::new("kill").arg("-9").arg(id.to_string()).status();
            panic!("carryon did not end within two minutes: {command:?}");
        }
    }
}

/// The JSON lines of an output.
pub fn events(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}

/// What an output says, for assertions.
pub fn told(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{}\n{out}\n{err}", output.status)
}

/// Waits until `is_so`, at most `patience`.
pub fn wait_until(what: &str, patience: Duration, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + patience;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what} did not happen within {patience:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
