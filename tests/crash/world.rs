//! One run: a sender, a receiver, their folders, and what they did.

use std::{
    collections::HashSet,
    io::{Read, Write},
    net::TcpStream,
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use carryon_engine::{Engine, Options};
use serde_json::Value;
use tests::{
    files, log,
    programs::{self, ReceiverProcess, Running, carryon_with, events, told},
};

use crate::scenario::{Act, CHUNK, Scenario};

/// Where a program dies: the number of the step, and the side of it.
pub type Point = (u64, &'static str);

pub struct World<'s> {
    pub scenario: &'s Scenario,
    pub receiver: ReceiverProcess,
    /// Uploads that an earlier run began.
    pub began_before: HashSet<String>,
    /// The receiver died before it could speak.
    pub stillborn: bool,
    /// What a user sent once more although it had arrived: files of one folder whose others had no record yet.
    pub sent_again: Vec<&'static str>,
    folder: tempfile::TempDir,
    plant: Option<&'static str>,
}

/// On a memory disk where there is one: a sync costs nothing there.
fn folder() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temp folder")
}

impl<'s> World<'s> {
    /// The files lie there, the receiver runs (and dies at `receiver_dies`), and what has to have happened before has.
    pub fn new(scenario: &'s Scenario, plant: Option<&'static str>, environment: &[(&str, String)]) -> Self {
        let folder = folder();
        for (name, size) in scenario.files {
            files::random_file(&folder.path().join("files").join(name), *size, *size + name.len() as u64);
        }
        let planted = plant.map(|plant| ("CARRYON_PLANT", plant.to_owned()));
        let environment: Vec<_> = environment.iter().cloned().chain(planted).collect();
        let (mut receiver, mut stillborn) = ReceiverProcess::start_in(folder.path(), &[], &environment);
        if scenario.act != Act::Send {
            prepare(scenario, &folder, &receiver);
        }
        if scenario.act == Act::Reset {
            receiver.kill();
            std::fs::remove_dir_all(&receiver.dir).expect("what it held is gone");
            stillborn = receiver.restart_in(&environment);
        }
        let heard =
            log::lines(&receiver.log).iter().filter_map(|line| line["uuid"].as_str().map(str::to_owned)).collect();
        Self { scenario, receiver, began_before: heard, stillborn, sent_again: Vec::new(), folder, plant }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("files").join(name)
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A log of this run's steps.
    pub fn steps_log(&self, end: &str) -> PathBuf {
        self.folder.path().join(format!("{end}.steps"))
    }

    pub fn call(&self, arguments: &[&str]) -> Command {
        let mut command = carryon_with(&self.data(), arguments);
        if let Some(plant) = self.plant {
            command.env("CARRYON_PLANT", plant);
        }
        command
    }

    /// The call that does what the scenario is about.
    pub fn act(&self) -> Command {
        match self.scenario.act {
            Act::Send => self.send(&[]),
            Act::StartOver => self.send(&["--start-over"]),
            Act::Resume | Act::Reset => self.call(&["resume", "--all", "--json"]),
            Act::Discard => {
                let ids: Vec<String> = self.list().iter().filter_map(|l| l["id"].as_str().map(str::to_owned)).collect();
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                self.call(&[&["discard", "--json"], &ids[..]].concat())
            }
        }
    }

    pub fn send(&self, more: &[&str]) -> Command {
        let given: Vec<String> = self.scenario.given().into_iter().map(str::to_owned).collect();
        send(self.scenario, &self.folder, &self.receiver, &given, more, |arguments| self.call(arguments))
    }

    pub fn list(&self) -> Vec<Value> {
        let output = programs::run(self.call(&["list", "--json"]));
        assert_eq!(output.status.code(), Some(0), "a list always works: {}", told(&output));
        events(&output)
    }

    /// Runs the act to its end or its death.
    pub fn run(&self, environment: &[(&str, String)]) -> ExitStatus {
        let mut command = self.act();
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        quietly(command).0.wait().expect("a child")
    }

    /// Waits for the sender, starting the receiver again when it dies. Says whether the receiver died.
    pub fn attend(&mut self, mut sender: Running) -> (Option<i32>, bool) {
        let (deadline, mut died) = (Instant::now() + Duration::from_secs(60), self.stillborn);
        loop {
            if self.receiver.is_dead() {
                died = true;
                self.receiver.restart();
            }
            if let Some(status) = sender.0.try_wait().expect("a child") {
                return (status.code(), died);
            }
            assert!(Instant::now() < deadline, "the sender does not end");
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// Goes on until nothing is left to do, as a user would.
    pub fn carry_on(&mut self) -> Result<(), String> {
        if self.scenario.act == Act::Discard {
            return self.discard_what_is_left();
        }
        // An unknown outcome ends badly; a person looks at it then.
        let _ = self.must_end_well(self.call(&["resume", "--all", "--json"]));
        let arrived = |(name, _): &&(&str, u64)| self.receiver.dir.join(name).exists();
        let (there, missing): (Vec<_>, Vec<_>) = self.scenario.files.iter().partition(arrived);
        let unfinished = self.list();
        for unknown in unfinished.iter().filter(|l| l["state"] == "outcome_unknown") {
            let id = unknown["id"].as_str().expect("an id");
            let is_there = there.iter().any(|(name, _)| unknown["name"] == *name);
            match is_there {
                true => self.must_end_well(self.call(&["mark-done", id, "--json"]))?,
                false => self.must_end_well(self.call(&["resume", id, "--finish-again", "--json"]))?,
            }
        }
        let began = |name: &str| unfinished.iter().any(|l| l["path"].as_str().is_some_and(|path| path.ends_with(name)));
        let unrecorded: Vec<&str> = missing.iter().map(|(name, _)| *name).filter(|name| !began(name)).collect();
        if unrecorded.is_empty() { Ok(()) } else { self.send_what_has_no_record(&unrecorded) }
    }

    /// What died before its record was made is sent as it was the first time, folders whole.
    fn send_what_has_no_record(&mut self, names: &[&str]) -> Result<(), String> {
        let top = |name: &str| name.split('/').next().expect("a name").to_owned();
        let given: Vec<String> = names.iter().map(|name| top(name)).collect();
        let again = self.scenario.files.iter().map(|(name, _)| *name);
        self.sent_again = again.filter(|name| given.contains(&top(name)) && !names.contains(name)).collect();
        self.must_end_well(send(self.scenario, &self.folder, &self.receiver, &given, &[], |words| self.call(words)))
    }

    /// Runs a call to its end, starting the receiver again when it dies.
    fn must_end_well(&mut self, mut command: Command) -> Result<(), String> {
        let said = self.folder.path().join("said");
        let file = std::fs::File::create(&said).expect("a file");
        let again = file.try_clone().expect("a second handle");
        let child = Running(command.stdout(file).stderr(again).spawn().expect("it starts"));
        match self.attend(child).0 {
            Some(0) => Ok(()),
            code => {
                Err(format!("carrying on ended with {code:?}: {}", std::fs::read_to_string(said).unwrap_or_default()))
            }
        }
    }

    fn discard_what_is_left(&mut self) -> Result<(), String> {
        if self.list().is_empty() { Ok(()) } else { self.must_end_well(self.act()) }
    }

    /// Waits until the receiver was told of everything that was dropped, starting it again when it dies.
    pub fn tell_what_was_dropped(&mut self) -> Result<(), String> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let engine = runtime.block_on(Engine::open(Options::new(self.data()))).map_err(|error| error.to_string())?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while runtime.block_on(engine.errands_left()).map_err(|error| error.to_string())? > 0 {
            if self.receiver.is_dead() {
                self.receiver.restart();
            }
            if Instant::now() > deadline {
                return Err("P5: the receiver was never told what was dropped".to_owned());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        runtime.block_on(engine.shutdown()).map_err(|error| error.to_string())
    }

    fn exchange(&self, request: &str, header: &str) -> String {
        let host = self.receiver.address.trim_start_matches("http://");
        let asked = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(host)?;
            write!(stream, "{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{header}\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        asked().unwrap_or_default()
    }

    /// How many bytes the receiver holds of an upload that grows, and of how many; none where it does not know it.
    pub fn stands(&self, id: &str) -> Option<(u64, u64)> {
        let place = self.scenario.address.split('?').next().unwrap_or_default();
        let version =
            if self.scenario.protocol == "tus" { "Tus-Resumable: 1.0.0" } else { "Upload-Draft-Interop-Version: 9" };
        let answer = self.exchange(&format!("HEAD {place}{id}"), version).to_ascii_lowercase();
        let number = |name: &str| {
            let line = answer.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|value| value.trim().parse().ok())
        };
        Some((number("upload-offset:")?, number("upload-length:")?))
    }

    /// What the receiver says of an upload.
    pub fn ask(&self, uuid: &str) -> Value {
        let answer = self.exchange(&format!("GET /upload/{uuid}"), "Accept: application/json");
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        serde_json::from_str(body).unwrap_or(Value::Null)
    }
}

fn send(
    scenario: &Scenario,
    folder: &tempfile::TempDir,
    receiver: &ReceiverProcess,
    given: &[String],
    more: &[&str],
    call: impl Fn(&[&str]) -> Command,
) -> Command {
    let path = |name: &String| folder.path().join("files").join(name).to_str().expect("a plain name").to_owned();
    let paths: Vec<String> = given.iter().map(path).collect();
    let to = format!("{}+{}{}", scenario.protocol, receiver.address, scenario.address);
    let (chunk, connections) = (CHUNK.to_string(), scenario.connections.to_string());
    let mut arguments = vec!["send"];
    arguments.extend(paths.iter().map(String::as_str));
    arguments.extend(["--to", &to, "--json", "--chunk-size", &chunk, "--connections", &connections]);
    arguments.extend(more);
    call(&arguments)
}

/// An earlier run died in the middle of the upload.
fn prepare(scenario: &Scenario, folder: &tempfile::TempDir, receiver: &ReceiverProcess) {
    let data = folder.path().join("data");
    let given: Vec<String> = scenario.given().into_iter().map(str::to_owned).collect();
    let slowly = ["--limit-rate", "1M"];
    let mut command = send(scenario, folder, receiver, &given, &slowly, |arguments| carryon_with(&data, arguments));
    command.env("CARRYON_CRASH", "9:after");
    let status = quietly(command).0.wait().expect("a child");
    assert!(died(status), "the run before must die in the middle: {status}");
}

pub fn quietly(mut command: Command) -> Running {
    Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"))
}

/// By its own `abort`.
pub fn died(status: ExitStatus) -> bool {
    status.signal() == Some(libc::SIGABRT)
}
