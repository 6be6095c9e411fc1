//! Repeating a scenario for each step and side.

use std::{
    fmt,
    iter::Sum,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rand::{RngExt, SeedableRng, rngs::SmallRng};

use crate::{
    laws,
    scenario::Scenario,
    world::{Point, World, died, quietly},
};

/// Runs at once: most of each is waiting.
const AT_ONCE: usize = 4;

/// What came of many runs.
#[derive(Default)]
pub struct Report {
    /// Numbered steps over all scenarios.
    pub points: u64,
    pub runs: u64,
    /// Runs in which the end died where it should have.
    pub died: u64,
    pub broken: Vec<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { points, runs, died, broken } = self;
        write!(f, "crash sweep: {points} points, {runs} runs, {died} deaths, {} broken promises", broken.len())
    }
}

impl Sum for Report {
    fn sum<I: Iterator<Item = Self>>(reports: I) -> Self {
        reports.fold(Self::default(), |mut all, one| {
            all.points += one.points;
            all.runs += one.runs;
            all.died += one.died;
            all.broken.extend(one.broken);
            all
        })
    }
}

/// How many steps each end takes in a run that dies nowhere: the sender's, the receiver's.
pub fn count(scenario: &Scenario, plant: Option<&'static str>) -> (u64, u64) {
    let log = std::env::temp_dir().join(format!("carryon-steps-{}-{:x}", std::process::id(), rand::random::<u64>()));
    let environment = [("CARRYON_CRASH_LOG", log.to_str().expect("a plain name").to_owned())];
    let world = World::new(scenario, plant, &environment);
    let sender = world.steps_log("sender");
    world.run(&[("CARRYON_CRASH_LOG", sender.to_str().expect("a plain name").to_owned())]);
    // The number of the last step; where an end lived twice, of its last life.
    let last = |path: &std::path::Path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().last().and_then(|line| line.split(' ').next()?.parse::<u64>().ok()).unwrap_or(0)
    };
    let counted = (last(&sender), last(&log));
    let _ = std::fs::remove_file(log);
    assert!(counted.0 > 0 && counted.1 > 0, "{}: steps are not counted", scenario.name);
    counted
}

fn points(steps: u64) -> Vec<Point> {
    (1..=steps).flat_map(|step| [(step, "before"), (step, "after")]).collect()
}

fn dies_at((step, side): Point) -> [(&'static str, String); 1] {
    [("CARRYON_CRASH", format!("{step}:{side}"))]
}

/// One run: whether it died as it should have, and what is broken.
type Ran = (bool, Vec<String>);

fn each<T: Sync>(scenario: &Scenario, steps: u64, points: &[T], run: impl Fn(&T) -> Ran + Sync) -> Report {
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report { points: steps, ..Report::default() }));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (died, broken) = run(point);
                    let mut report = report.lock().expect("no run panics while it holds this");
                    report.runs += 1;
                    report.died += u64::from(died);
                    report.broken.extend(broken);
                }
            });
        }
    });
    let report = report.into_inner().expect("no run panics while it holds this");
    println!("{}: {report}", scenario.name);
    report
}

fn named(scenario: &Scenario, end: &str, point: impl fmt::Debug, broken: Vec<String>) -> Vec<String> {
    broken.into_iter().map(|broken| format!("{}, {end} dies at {point:?}: {broken}", scenario.name)).collect()
}

/// The sender dies at each of its steps.
pub fn sweep_sender(scenario: &Scenario, plant: Option<&'static str>) -> Report {
    let (steps, _) = count(scenario, plant);
    each(scenario, steps, &points(steps), |&point| {
        let mut world = World::new(scenario, plant, &[]);
        let died = died(world.run(&dies_at(point)));
        let mut broken = laws::after_death_of_the_sender(&world);
        broken.extend(world.carry_on().and_then(|()| world.tell_what_was_dropped()).err());
        broken.extend(laws::at_the_end(&world, 2));
        (died, named(scenario, "the sender", point, broken))
    })
}

/// The receiver dies at each of its steps, and is started again.
pub fn sweep_receiver(scenario: &Scenario, plant: Option<&'static str>) -> Report {
    let (_, steps) = count(scenario, plant);
    each(scenario, steps, &points(steps), |&point| {
        let mut world = World::new(scenario, plant, &dies_at(point));
        let (code, died) = world.attend(quietly(world.act()));
        let mut broken = Vec::new();
        broken.extend((code != Some(0)).then(|| format!("the sender ended with {code:?}")));
        broken.extend(world.carry_on().and_then(|()| world.tell_what_was_dropped()).err());
        broken.extend(laws::at_the_end(&world, 2));
        (died, named(scenario, "the receiver", point, broken))
    })
}

/// Both die, each at a step of its own.
pub fn sweep_both(scenario: &Scenario, seed: u64) -> Report {
    let (sender, receiver) = count(scenario, None);
    let mut random = SmallRng::seed_from_u64(seed);
    let mut side = |steps: u64| (random.random_range(1..=steps), if random.random() { "before" } else { "after" });
    let pairs: Vec<(Point, Point)> = (0..receiver).map(|_| (side(sender), side(receiver))).collect();
    each(scenario, receiver, &pairs, |&(ours, theirs)| {
        let mut world = World::new(scenario, None, &dies_at(theirs));
        let mut act = world.act();
        act.envs(dies_at(ours));
        let (code, receiver_died) = world.attend(quietly(act));
        let mut broken = Vec::new();
        broken.extend(world.carry_on().and_then(|()| world.tell_what_was_dropped()).err());
        broken.extend(laws::at_the_end(&world, 3));
        (receiver_died || code.is_none(), named(scenario, "each end", (ours, theirs), broken))
    })
}
