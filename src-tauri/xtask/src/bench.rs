//! `cargo xtask bench`: Carryon against `curl` sending the same bytes raw to the same receiver, in turns, in one run.
//! Ratios with their spread; absolute figures only say what machine it was.

mod tus;

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::steps::{Outcome, cargo, root, step, value};

/// Runs the benchmarks.
pub fn bench(arguments: &[String]) -> Outcome {
    let (rounds, mib) = (value(arguments, "--rounds").unwrap_or(5), value(arguments, "--mib").unwrap_or(1024));
    step("building for measuring", cargo(&["build", "--release", "--locked", "-p", "carryon-cli"]))?;
    let folder = root().join("target/bench");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let of_tus = arguments.first().is_some_and(|what| what == "tus");
    let outcome = if of_tus { tus::bench(&folder, rounds, mib) } else { upload(&folder, rounds, mib) };
    let _ = std::fs::remove_dir_all(&folder);
    outcome?;
    if of_tus {
        return Ok(());
    }
    step("listing 10,000 records", cargo(&["bench", "--locked", "-p", "carryon-engine", "--bench", "list"]))
}

fn upload(folder: &Path, rounds: u64, mib: u64) -> Outcome {
    let source = folder.join("source.bin");
    write_source(&source, mib).map_err(|error| format!("the source cannot be written: {error}"))?;
    let mut receiver = Receiver::start(folder)?;
    println!("\n{mib} MiB, records and digests on, against curl to the same receiver, {rounds} rounds in turns");
    println!("round   curl s   carryon s   ratio   carryon peak MiB");
    let (mut ratios, mut peaks) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let Measured { seconds: curl, .. } = measured(curl(&source, &receiver.address, round))?;
        receiver.clear();
        let Measured { seconds: carryon, peak, .. } = measured(carryon(&source, folder, &receiver.address, round))?;
        receiver.clear();
        if round == 0 {
            continue; // Warms the page cache and the programs.
        }
        println!("{round:>5}   {curl:>6.2}   {carryon:>9.2}   {:>5.2}   {peak:>16.1}", carryon / curl);
        ratios.push(carryon / curl);
        peaks.push(peak);
    }
    ratios.sort_by(f64::total_cmp);
    let (low, high) = (ratios.first().copied().unwrap_or_default(), ratios.last().copied().unwrap_or_default());
    let median = ratios.get(ratios.len() / 2).copied().unwrap_or_default();
    let peak = peaks.into_iter().fold(0.0, f64::max);
    println!("median ratio {median:.2} (from {low:.2} to {high:.2}); peak {peak:.1} MiB");
    Ok(())
}

fn write_source(path: &Path, mib: u64) -> std::io::Result<()> {
    let mut file = std::fs::File::create(path)?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut block = vec![0u8; 1 << 20];
    for _ in 0..mib {
        for word in block.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        file.write_all(&block)?;
    }
    file.sync_all()
}

/// The built `carryon`.
pub fn program() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("release").join(format!("carryon{}", std::env::consts::EXE_SUFFIX))
}

fn curl(source: &Path, address: &str, round: u64) -> Command {
    let mut command = Command::new("curl");
    let url = format!("{address}/upload?qquuid=curl-{}-{round}&qqfilename=curl.bin", std::process::id());
    command.args([
        "-sS",
        "--fail",
        "-o",
        "/dev/null",
        "-X",
        "POST",
        "-H",
        "Content-Type: application/octet-stream",
        "-H",
        "Expect:",
    ]);
    command.arg("-T").arg(source).arg(url);
    command
}

fn carryon(source: &Path, folder: &Path, address: &str, round: u64) -> Command {
    let mut command = Command::new(program());
    command.arg("send").arg(source).args([
        "--json",
        "--to",
        &format!("fineuploader+{address}/upload?done=/upload/done"),
    ]);
    command.arg("--data-dir").arg(folder.join(format!("data-{round}")));
    command
}

/// What a program took to its end.
#[derive(Clone, Copy, Debug, Default)]
struct Measured {
    /// On the wall.
    seconds: f64,
    /// Of the processor, in the program and for it in the kernel; short of the last few milliseconds.
    processor: f64,
    /// The most memory it had (MiB, from the kernel's own mark).
    peak: f64,
}

/// Runs a program to its end.
fn measured(mut command: Command) -> Outcome<Measured> {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().map_err(|error| format!("{command:?}: {error}"))?;
    let mut run = Measured::default();
    loop {
        run.peak = peak_mib(child.id()).unwrap_or(run.peak);
        run.processor = processor_seconds(child.id()).unwrap_or_default().max(run.processor);
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            run.seconds = began.elapsed().as_secs_f64();
            return if status.success() { Ok(run) } else { Err(format!("{command:?}: {status}")) };
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Seconds of the processor that a process has had.
fn processor_seconds(id: u32) -> Option<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let behind_the_name = stat.rsplit_once(')')?.1;
    let field = |nth: usize| behind_the_name.split_whitespace().nth(nth)?.parse::<f64>().ok();
    Some((field(11)? + field(12)?) / TICKS_A_SECOND)
}

fn peak_mib(id: u32) -> Option<f64> {
    status_mib(id, "VmHWM:")
}

/// The memory that a process has now (MiB).
pub fn memory_mib(id: u32) -> Option<f64> {
    status_mib(id, "VmRSS:")
}

fn status_mib(id: u32, name: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// A receiver in a folder of its own, ended with its owner.
pub struct Receiver {
    child: Child,
    dir: PathBuf,
    address: String,
    flags: Vec<String>,
}

impl Receiver {
    /// Starts one on a free port.
    fn start(folder: &Path) -> Outcome<Self> {
        Self::start_with(folder, &[])
    }

    /// Starts one with further arguments.
    pub fn start_with(folder: &Path, flags: &[String]) -> Outcome<Self> {
        let dir = folder.join("received");
        let (child, address) = spawn(&dir, "127.0.0.1:0", flags)?;
        Ok(Self { child, dir, address, flags: flags.to_vec() })
    }

    /// Kills it and starts it again on the same folder and port.
    pub fn restart(&mut self, folder: &Path) -> Outcome {
        let _ = self.child.kill().and_then(|()| self.child.wait());
        let listen = self.address.trim_start_matches("http://").to_owned();
        (self.child, self.address) = spawn(&folder.join("received"), &listen, &self.flags)?;
        Ok(())
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where finished files go.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where it listens.
    pub fn socket(&self) -> Outcome<SocketAddr> {
        self.address.trim_start_matches("http://").parse().map_err(|_| format!("“{}” is no address", self.address))
    }

    /// Removes what arrived, so that the disk stays as empty for each round.
    fn clear(&mut self) {
        let entries = std::fs::read_dir(&self.dir).into_iter().flatten().flatten();
        entries.filter(|entry| entry.path().is_file()).for_each(|entry| drop(std::fs::remove_file(entry.path())));
    }
}

fn spawn(dir: &Path, listen: &str, flags: &[String]) -> Outcome<(Child, String)> {
    let mut command = Command::new(program());
    command.arg("receive").arg("--dir").arg(dir).args(["--listen", listen]).args(flags).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("the receiver: {error}"))?;
    let mut line = String::new();
    let output = child.stdout.take().ok_or("the receiver has no output")?;
    BufReader::new(output).read_line(&mut line).map_err(|error| error.to_string())?;
    let address = line.split("\"address\":\"").nth(1).and_then(|rest| rest.split('"').next());
    Ok((child, address.ok_or(format!("the receiver said {line:?}"))?.to_owned()))
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
