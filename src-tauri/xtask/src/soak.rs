//! `cargo xtask soak --minutes N`: random files, random kills of both ends, a receiver that stops breathing now and then.
//!
//! Every file is sent by `carryon` until it says that it is delivered, and then compared byte for byte. The receiver's
//! memory is told at the beginning and at the end. The seed is printed; `--seed N` repeats a run as far as timing allows.

use std::{
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    bench::{Receiver, memory_mib},
    steps::{Outcome, cargo, root, step, value},
};

/// The largest file of a soak; small ones are as frequent.
const LARGEST: u64 = 48 << 20;
/// A delivery that takes longer than this is a failure.
const PATIENCE: Duration = Duration::from_secs(180);

/// Runs until the time is over, or something is wrong.
pub fn soak(arguments: &[String]) -> Outcome {
    let minutes = value(arguments, "--minutes").unwrap_or(10);
    let seed = value(arguments, "--seed").unwrap_or_else(|| u64::from(std::process::id()) * 0x9e37_79b9);
    step("building for soaking", cargo(&["build", "--release", "--locked", "-p", "carryon-cli"]))?;
    let folder = root().join("target/soak");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    println!("soaking for {minutes} minutes, --seed {seed}");
    let mut soak = Soak {
        chance: Chance(seed | 1),
        receiver: Receiver::start(&folder)?,
        folder: folder.clone(),
        kills: 0,
        bytes: 0,
    };
    let (deadline, mut rounds) = (Instant::now() + Duration::from_secs(minutes * 60), 0);
    let mut memory = Vec::new();
    while Instant::now() < deadline {
        soak.round(rounds)?;
        rounds += 1;
        memory.extend(memory_mib(soak.receiver.id()));
    }
    drop(soak.receiver);
    let _ = std::fs::remove_dir_all(&folder);
    let (first, last) = (memory.first().copied().unwrap_or_default(), memory.last().copied().unwrap_or_default());
    println!(
        "{rounds} rounds, {} MB, {} kills and stops: every file arrived whole",
        soak.bytes / 1_000_000,
        soak.kills
    );
    println!("the receiver's memory: {first:.1} MiB at the beginning, {last:.1} MiB at the end");
    Ok(())
}

struct Soak {
    chance: Chance,
    receiver: Receiver,
    folder: PathBuf,
    kills: u64,
    bytes: u64,
}

impl Soak {
    /// A few files, sent at once, disturbed, and compared.
    fn round(&mut self, round: u64) -> Outcome {
        let source = self.folder.join(format!("round {round}"));
        std::fs::create_dir_all(&source).map_err(|error| error.to_string())?;
        let names: Vec<String> = (0..1 + self.chance.below(4)).map(|n| format!("file {n}.bin")).collect();
        for name in &names {
            let size = self.size();
            self.bytes += size;
            self.write(&source.join(name), size).map_err(|error| error.to_string())?;
        }
        self.deliver(&source)?;
        let received = self.receiver.dir().join(format!("round {round}"));
        for name in &names {
            if !same(&source.join(name), &received.join(name)).map_err(|error| format!("{name}: {error}"))? {
                return Err(format!(
                    "round {round}: {name} arrived with other bytes; it is kept in {}",
                    self.folder.display()
                ));
            }
        }
        let _ = std::fs::remove_dir_all(&source);
        let _ = std::fs::remove_dir_all(&received);
        Ok(())
    }

    /// Sends until it is delivered, whatever happens to either end.
    fn deliver(&mut self, source: &Path) -> Outcome {
        let deadline = Instant::now() + PATIENCE;
        let mut sender = self.send(source)?;
        loop {
            std::thread::sleep(Duration::from_millis(20 + self.chance.below(700)));
            match sender.try_wait().map_err(|error| error.to_string())? {
                Some(status) if status.success() => return Ok(()),
                Some(status) if status.code().is_some() => return Err(format!("carryon ended with {status}")),
                Some(_) => sender = self.send(source)?,
                None if Instant::now() > deadline => return Err("an upload was not delivered in time".to_owned()),
                None => self.disturb(&mut sender)?,
            }
        }
    }

    fn disturb(&mut self, sender: &mut Child) -> Outcome {
        self.kills += 1;
        match self.chance.below(5) {
            0 => drop(sender.kill().and_then(|()| sender.wait())),
            1 => self.receiver.restart(&self.folder)?,
            2 => {
                let _ = sender.kill().and_then(|()| sender.wait());
                self.receiver.restart(&self.folder)?;
            }
            3 => {
                signal("STOP", self.receiver.id());
                std::thread::sleep(Duration::from_millis(self.chance.below(1500)));
                signal("CONT", self.receiver.id());
            }
            _ => self.kills -= 1,
        }
        Ok(())
    }

    fn send(&mut self, source: &Path) -> Outcome<Child> {
        let mut command = Command::new(crate::bench::program());
        command.arg("send").arg(source).args(["--to", &self.receiver.destination(), "--json"]);
        command.args(["--connections", &(1 + self.chance.below(6)).to_string()]);
        command.args(["--chunk-size", &(100_000 + self.chance.below(4_000_000)).to_string()]);
        command.arg("--data-dir").arg(self.folder.join("data")).stdout(Stdio::null());
        command.spawn().map_err(|error| format!("carryon: {error}"))
    }

    fn size(&mut self) -> u64 {
        match self.chance.below(6) {
            0 => self.chance.below(2),
            1 => self.chance.below(70_000),
            _ => self.chance.below(LARGEST),
        }
    }

    fn write(&mut self, path: &Path, size: u64) -> std::io::Result<()> {
        let mut file = File::create(path)?;
        let mut block = vec![0u8; 1 << 20];
        let mut left = size;
        while left > 0 {
            block.chunks_exact_mut(8).for_each(|word| word.copy_from_slice(&self.chance.next().to_le_bytes()));
            let take = left.min(block.len() as u64) as usize;
            file.write_all(&block[..take])?;
            left -= take as u64;
        }
        Ok(())
    }
}

fn signal(name: &str, id: u32) {
    let _ = Command::new("kill").arg(format!("-{name}")).arg(id.to_string()).status();
}

fn same(one: &Path, other: &Path) -> std::io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut a, mut b) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    loop {
        let n = one.read(&mut a)?;
        other.read_exact(&mut b[..n])?;
        if n == 0 || a[..n] != b[..n] {
            return Ok(n == 0);
        }
    }
}

/// A small generator (xorshift64*), so that a seed repeats a run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}
