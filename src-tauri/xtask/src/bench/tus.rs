//! `cargo xtask bench tus`: tus clients against each other at our receiver, and tus servers against each other under `curl`,
//! in turns, in one run. Seconds on the wall and of the processor; the ratios count.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use super::{Measured, Receiver, measured, processor_seconds, program, write_source};
use crate::steps::{Outcome, root};

/// Runs both comparisons in `folder`.
pub fn bench(folder: &Path, rounds: u64, mib: u64) -> Outcome {
    let source = folder.join("source.bin");
    write_source(&source, mib).map_err(|error| format!("the source cannot be written: {error}"))?;
    clients(folder, &source, rounds, mib)?;
    servers(folder, &source, rounds, mib)
}

fn clients(folder: &Path, source: &Path, rounds: u64, mib: u64) -> Outcome {
    let mut receiver = Receiver::start(folder)?;
    println!(
        "\n{mib} MiB to the same receiver, {rounds} rounds in turns: seconds on the wall, of the client's processor"
    );
    println!("round   curl, one PATCH   carryon         tus-js-client   tus-js, 4 lanes");
    let mut all: [Vec<Measured>; 4] = Default::default();
    for round in 0..=rounds {
        let endpoint = format!("{}/files/", receiver.address);
        let upload = open(&endpoint, mib)?;
        let runs = [
            curl(source, &upload),
            carryon(source, folder, &endpoint),
            tus_js(source, &endpoint, 1),
            tus_js(source, &endpoint, 4),
        ];
        let mut told = format!("{round:>5}");
        for (own, command) in all.iter_mut().zip(runs) {
            let run = measured(command)?;
            receiver.clear();
            told += &format!("   {:>6.2} {:>6.2}", run.seconds, run.processor);
            if round > 0 {
                own.push(run);
            }
        }
        if round > 0 {
            println!("{told}");
        }
    }
    let [curl, carryon, one, four] = &all;
    println!("carryon / curl, wall: {}", ratio(carryon, curl, |run| run.seconds));
    println!("carryon / tus-js-client, processor: {}", ratio(carryon, one, |run| run.processor));
    println!("carryon / tus-js-client with 4 lanes, processor: {}", ratio(carryon, four, |run| run.processor));
    Ok(())
}

fn servers(folder: &Path, source: &Path, rounds: u64, mib: u64) -> Outcome {
    let mut ours = Receiver::start(folder)?;
    let theirs = NpmServer::start(&folder.join("npm"))?;
    println!(
        "\n{mib} MiB by curl in one PATCH, {rounds} rounds in turns: seconds on the wall, of the server's processor"
    );
    println!("round   carryon receive   @tus/server");
    let mut all: [Vec<Measured>; 2] = Default::default();
    for round in 0..=rounds {
        let of_ours = under_curl(source, &format!("{}/files/", ours.address), ours.id(), mib)?;
        ours.clear();
        let of_theirs = under_curl(source, &theirs.address, theirs.child.id(), mib)?;
        let _ = std::fs::remove_dir_all(&theirs.dir).and_then(|()| std::fs::create_dir_all(&theirs.dir));
        if round > 0 {
            println!(
                "{round:>5}   {:>6.2} {:>6.2}     {:>6.2} {:>6.2}",
                of_ours.seconds, of_ours.processor, of_theirs.seconds, of_theirs.processor
            );
            all[0].push(of_ours);
            all[1].push(of_theirs);
        }
    }
    println!("carryon receive / @tus/server, wall: {}", ratio(&all[0], &all[1], |run| run.seconds));
    println!("carryon receive / @tus/server, processor: {}", ratio(&all[0], &all[1], |run| run.processor));
    Ok(())
}

/// The median of the ratios round by round, and their spread.
fn ratio(ours: &[Measured], theirs: &[Measured], of: impl Fn(&Measured) -> f64) -> String {
    let mut ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| of(ours) / of(theirs)).collect();
    ratios.sort_by(f64::total_cmp);
    let at = |index: usize| ratios.get(index).copied().unwrap_or(f64::NAN);
    format!("{:.2} (from {:.2} to {:.2})", at(ratios.len() / 2), at(0), at(ratios.len().saturating_sub(1)))
}

fn under_curl(source: &Path, endpoint: &str, server: u32, mib: u64) -> Outcome<Measured> {
    let before = processor_seconds(server).unwrap_or_default();
    let run = measured(curl(source, &open(endpoint, mib)?))?;
    Ok(Measured { processor: processor_seconds(server).unwrap_or_default() - before, ..run })
}

/// Opens an upload by `curl`, and gives its URL.
fn open(endpoint: &str, mib: u64) -> Outcome<String> {
    let length = format!("Upload-Length: {}", mib << 20);
    let name = "Upload-Metadata: filename Y3VybC5iaW4=,filetype dGV4dC9wbGFpbg==";
    let mut command = Command::new("curl");
    command.args(["-sS", "-i", "-X", "POST", "-H", "Tus-Resumable: 1.0.0", "-H", &length, "-H", name, endpoint]);
    let output = command.output().map_err(|error| format!("curl: {error}"))?;
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    let named = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("location:"));
    let place = named.and_then(|line| line.split_once(':')).map(|(_, place)| place.trim());
    let place = place.ok_or_else(|| format!("no upload was opened: {answer}"))?;
    let origin = endpoint.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    Ok(if place.starts_with('/') { format!("{origin}{place}") } else { place.to_owned() })
}

fn curl(source: &Path, upload: &str) -> Command {
    let mut command = Command::new("curl");
    command.args(["-sS", "--fail", "-o", "/dev/null", "-X", "PATCH", "-H", "Tus-Resumable: 1.0.0", "-H", "Expect:"]);
    command.args(["-H", "Upload-Offset: 0", "-H", "Content-Type: application/offset+octet-stream"]);
    command.arg("-T").arg(source).arg(upload);
    command
}

fn carryon(source: &Path, folder: &Path, endpoint: &str) -> Command {
    let mut command = Command::new(program());
    command.arg("send").arg(source).args(["--json", "--to", &format!("tus+{endpoint}")]);
    // One folder of records for all rounds, as a user has: what was learned of the destination is known.
    command.arg("--data-dir").arg(folder.join("data-tus"));
    command
}

fn tus_js(source: &Path, endpoint: &str, lanes: u32) -> Command {
    let mut command = Command::new("node");
    let options = match lanes {
        1 => r#"{"once":true}"#.to_owned(),
        lanes => format!(r#"{{"once":true,"parallelUploads":{lanes}}}"#),
    };
    command.arg(root().join("tests/peers/tus_client.mjs")).arg(endpoint).arg(source).arg(options);
    // The end of its input would end it.
    command.stdin(Stdio::piped());
    command
}

struct NpmServer {
    child: Child,
    dir: std::path::PathBuf,
    address: String,
}

impl NpmServer {
    fn start(dir: &Path) -> Outcome<Self> {
        std::fs::create_dir_all(dir).map_err(|error| error.to_string())?;
        let mut command = Command::new("node");
        command.arg(root().join("tests/peers/tus_server.mjs")).arg(dir).arg("0");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("node: {error}"))?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).map_err(|error| error.to_string())?;
        let address = line.split('"').nth(3).ok_or_else(|| format!("the server said {line:?}"))?.to_owned();
        Ok(Self { child, dir: dir.to_owned(), address })
    }
}

impl Drop for NpmServer {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}
