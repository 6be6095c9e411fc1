//! `cargo xtask soak --minutes N`: random files over a bad link, in two lanes at once.
//!
//! In one lane both ends are killed and restarted by chance; in the other they live as long as the soak, and their memory
//! must stay where it was. Between the ends the link cuts, stalls, resets, swallows answers and throttles. Every file is
//! sent until `carryon` says that it is delivered, and then compared byte for byte. The seed is printed; `--seed N`
//! repeats a run as far as timing allows.

mod chance;
mod files;
mod lane;
mod memory;
mod proxy;

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use self::{
    chance::Chance,
    lane::{Lane, Tally},
};
use crate::steps::{Outcome, cargo, root, step, value};

/// Runs until the time is over, or something is wrong.
pub fn soak(arguments: &[String]) -> Outcome {
    let minutes = value(arguments, "--minutes").unwrap_or(10);
    let seed = value(arguments, "--seed").unwrap_or_else(|| u64::from(std::process::id()) * 0x9e37_79b9);
    step("building for soaking", cargo(&["build", "--release", "--locked", "-p", "carryon-cli"]))?;
    let folder = root().join("target/soak");
    let _ = std::fs::remove_dir_all(&folder);
    println!("soaking for {minutes} minutes, --seed {seed}");
    let (turbulent, steady) = both_lanes(&folder, seed, Instant::now() + Duration::from_secs(minutes * 60))?;
    let _ = std::fs::remove_dir_all(&folder);
    tell("turbulent", &turbulent);
    tell("steady", &steady);
    println!("{}", steady.receiver.report("the long-lived receiver's memory")?);
    println!("{}", steady.sender.report("the long-lived sender's memory")?);
    Ok(())
}

fn both_lanes(folder: &Path, seed: u64, deadline: Instant) -> Outcome<(Tally, Tally)> {
    let mut chance = Chance::new(seed);
    let (turbulent, steady) = (Lane::turbulent(folder, chance.branch())?, Lane::steady(folder, chance.branch())?);
    let turbulent = thread::spawn(move || turbulent.run(deadline));
    let steady = steady.run(deadline);
    let turbulent = turbulent.join().map_err(|_| "the turbulent lane ended badly".to_owned())?;
    Ok((turbulent?, steady?))
}

fn tell(name: &str, tally: &Tally) {
    let Tally { rounds, files, bytes, kills, faults, .. } = tally;
    let megabytes = bytes / 1_000_000;
    println!(
        "{name}: {rounds} rounds, {files} files, {megabytes} MB, {kills} kills and stops, {faults} faults of the link: \
         every file arrived whole"
    );
}
