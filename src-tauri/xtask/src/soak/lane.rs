//! A sender, a bad link and a receiver, round after round; every round's files are compared byte for byte.
//!
//! In the turbulent lane both ends are killed by chance. In the steady lane they live as long as the soak: there the
//! records' owner is one long call of `carryon`, whose clients are killed instead, and its memory is watched.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use super::{chance::Chance, files, memory::Memory, proxy::Place};
use crate::{
    bench::{self, Receiver, memory_mib},
    steps::Outcome,
};

/// A delivery that takes longer than this is a failure.
const PATIENCE: Duration = Duration::from_secs(240);

/// What became of a lane.
#[derive(Default)]
pub struct Tally {
    pub rounds: u64,
    pub files: u64,
    pub bytes: u64,
    pub kills: u64,
    pub faults: u64,
    pub receiver: Memory,
    pub sender: Memory,
}

pub struct Lane {
    name: &'static str,
    chance: Chance,
    receiver: Receiver,
    /// The long-lived sender of the steady lane.
    owner: Option<Child>,
    destination: String,
    folder: PathBuf,
    suffered: Arc<AtomicU64>,
    tally: Tally,
}

impl Lane {
    /// The lane in which both ends are killed.
    pub fn turbulent(folder: &Path, chance: Chance) -> Outcome<Self> {
        Self::open("turbulent", folder, chance)
    }

    /// The lane in which both ends live on.
    pub fn steady(folder: &Path, chance: Chance) -> Outcome<Self> {
        let mut lane = Self::open("steady", folder, chance)?;
        let waiting = lane.folder.join("waits for ever.bin");
        files::write(&waiting, 1, &mut lane.chance).map_err(|error| error.to_string())?;
        let mut command = lane.call(&waiting)?;
        // An upload that starts long after the soak keeps its call, and with it the owner, alive.
        command.args(["--start-at", "2200-01-01 00:00", "--give-up-after", "100000000"]).stdout(Stdio::null());
        lane.owner = Some(command.spawn().map_err(|error| format!("carryon: {error}"))?);
        thread::sleep(Duration::from_secs(1));
        Ok(lane)
    }

    fn open(name: &'static str, folder: &Path, mut chance: Chance) -> Outcome<Self> {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let place = Place::take()?;
        let link = place.address()?;
        let receiver = Receiver::start_with(&folder, &["--allow-host".to_owned(), link.to_string()])?;
        let suffered = place.lead_to(receiver.socket()?, chance.branch());
        let destination = format!("fineuploader+http://{link}/upload?done=/upload/done");
        let tally = Tally::default();
        Ok(Self { name, chance, receiver, owner: None, destination, folder, suffered, tally })
    }

    /// Goes in rounds until the time is over.
    ///
    /// # Errors
    /// Where something did not arrive, arrived otherwise, or an end that is to live did not.
    pub fn run(mut self, deadline: Instant) -> Outcome<Tally> {
        while Instant::now() < deadline {
            self.round().map_err(|error| format!("{} lane, round {}: {error}", self.name, self.tally.rounds))?;
            self.tally.rounds += 1;
            self.tally.receiver.note(memory_mib(self.receiver.id()));
            self.tally.sender.note(self.owner.as_ref().and_then(|owner| memory_mib(owner.id())));
        }
        self.tally.faults = self.suffered.load(Relaxed);
        Ok(std::mem::take(&mut self.tally))
    }

    /// A few files, sent at once, disturbed, and compared.
    fn round(&mut self) -> Outcome {
        let name = format!("round {}", self.tally.rounds);
        let (source, received) = (self.folder.join(&name), self.receiver.dir().join(&name));
        std::fs::create_dir_all(&source).map_err(|error| error.to_string())?;
        let names: Vec<String> = (0..1 + self.chance.below(4)).map(|n| format!("file {n}.bin")).collect();
        for name in &names {
            let size = files::size(&mut self.chance);
            (self.tally.files, self.tally.bytes) = (self.tally.files + 1, self.tally.bytes + size);
            files::write(&source.join(name), size, &mut self.chance).map_err(|error| error.to_string())?;
        }
        let killed = self.deliver(&source)?;
        let arrived = files::arrived(&source, &received)?;
        // Whoever sends again after a kill what had been delivered before it sends a copy.
        if arrived > names.len() * (1 + killed) {
            return Err(format!("{} files were sent, {killed} times anew, and {arrived} lie there", names.len()));
        }
        let _ = std::fs::remove_dir_all(&source);
        let _ = std::fs::remove_dir_all(&received);
        Ok(())
    }

    /// Sends until it is delivered, whatever happens to either end and between them. How often the sender was killed.
    fn deliver(&mut self, source: &Path) -> Outcome<usize> {
        let deadline = Instant::now() + PATIENCE;
        let (mut sender, mut killed) = (self.send(source)?, 0);
        loop {
            thread::sleep(Duration::from_millis(20 + self.chance.below(700)));
            self.require_owner()?;
            match sender.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() => return Ok(killed),
                Some(status) if status.code().is_some() => {
                    return Err(format!("carryon ended with {status}; see {}", self.words().display()));
                }
                Some(_) => (sender, killed) = (self.send(source)?, killed + 1),
                None if Instant::now() > deadline => {
                    end(&mut sender);
                    return Err(format!("an upload was not delivered in time; see {}", self.words().display()));
                }
                None => self.disturb(&mut sender)?,
            }
        }
    }

    fn require_owner(&mut self) -> Outcome {
        match self.owner.as_mut().map(Child::try_wait) {
            None | Some(Ok(None)) => Ok(()),
            Some(Ok(Some(status))) => Err(format!("the long-lived sender ended with {status}")),
            Some(Err(error)) => Err(error.to_string()),
        }
    }

    fn disturb(&mut self, sender: &mut Child) -> Outcome {
        let turbulent = self.owner.is_none();
        self.tally.kills += 1;
        match self.chance.below(6) {
            0 => end(sender),
            1 if turbulent => self.receiver.restart(&self.folder)?,
            2 if turbulent => {
                end(sender);
                self.receiver.restart(&self.folder)?;
            }
            3 => self.hold(self.receiver.id()),
            4 => self.hold(self.owner.as_ref().unwrap_or(sender).id()),
            _ => self.tally.kills -= 1,
        }
        Ok(())
    }

    /// Lets a process stand still for a moment, as a busy machine does.
    fn hold(&mut self, id: u32) {
        signal("STOP", id);
        thread::sleep(Duration::from_millis(self.chance.below(1500)));
        signal("CONT", id);
    }

    fn send(&mut self, source: &Path) -> Outcome<Child> {
        let connections = (1 + self.chance.below(6)).to_string();
        let chunk = (100_000 + self.chance.below(4_000_000)).to_string();
        let mut command = self.call(source)?;
        command.args(["--connections", &connections, "--chunk-size", &chunk]);
        command.spawn().map_err(|error| format!("carryon: {error}"))
    }

    /// A call of `carryon send` on this lane's records; what it says is kept until the next one.
    fn call(&self, source: &Path) -> Outcome<Command> {
        let words = File::create(self.words()).map_err(|error| error.to_string())?;
        let more = words.try_clone().map_err(|error| error.to_string())?;
        let mut command = Command::new(bench::program());
        command.arg("send").arg(source).args(["--to", &self.destination, "--json"]);
        command.arg("--data-dir").arg(self.folder.join("data")).stdin(Stdio::null()).stdout(words).stderr(more);
        Ok(command)
    }

    fn words(&self) -> PathBuf {
        self.folder.join("carryon says.jsonl")
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        if let Some(owner) = &mut self.owner {
            end(owner);
        }
    }
}

/// Ends a process as a crash does.
fn end(process: &mut Child) {
    let _ = process.kill().and_then(|()| process.wait());
}

fn signal(name: &str, id: u32) {
    let _ = Command::new("kill").arg(format!("-{name}")).arg(id.to_string()).status();
}
