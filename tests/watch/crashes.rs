//! `carryon watch run` dies again and again, also right before and after each of its durable steps: each file arrives once.

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tests::files::seed;

use crate::stage::Stage;

#[test]
fn killed_at_random_moments_every_file_arrives_once_and_whole() {
    let mut random = SmallRng::seed_from_u64(seed("watch, killed at random"));
    let stage = Stage::new();
    stage.watch(&[]);
    let mut names = Vec::new();
    for life in 0..12 {
        let run = stage.start();
        for n in 0..random.random_range(1..6) {
            names.push(format!("life {life}/{n}.mov"));
            stage.put(&names[names.len() - 1], random.random_range(0..400_000));
        }
        std::thread::sleep(Duration::from_millis(random.random_range(100..4000)));
        drop(run);
    }
    let _run = stage.start();
    stage.require_exactly(&names.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn dying_before_and_after_durable_steps_every_file_arrives_once_and_whole() {
    let mut random = SmallRng::seed_from_u64(seed("watch, dying at steps"));
    let stage = Stage::new();
    stage.watch(&["--move-sent"]);
    let (mut digests, mut deaths) = (Vec::new(), 0);
    for life in 0..12 {
        let name = format!("{life}.mov");
        digests.push(tests::files::digest(&stage.put(&name, random.random_range(0..200_000))));
        let side = if random.random() { "before" } else { "after" };
        let step = format!("{}:{side}", random.random_range(1..10));
        let mut run = stage.start_in(&[("CARRYON_CRASH", step)]);
        let deadline = Instant::now() + Duration::from_secs(10);
        while run.0.try_wait().is_ok_and(|ended| ended.is_none()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(50));
        }
        deaths += usize::from(run.0.try_wait().is_ok_and(|ended| ended.is_some()));
    }
    assert!(deaths > 5, "it must die where it is told to: {deaths} times");
    let _run = stage.start();
    stage.until_arrived(digests.len());
    stage.until_listed("that nothing waits", |line| line["waiting"] == 0 && line["sent"] == digests.len());
    let sent = stage.watched.join("Sent");
    tests::programs::wait_until("the moving", crate::stage::PATIENCE, || {
        sent.exists() && tests::files::files_below(&sent).len() == digests.len()
    });
    stage.let_some_time_pass();
    let (mut arrived, mut kept): (Vec<String>, Vec<String>) = (
        stage.arrived().into_values().collect(),
        tests::files::files_below(&sent).iter().map(|name| tests::files::digest(&sent.join(name))).collect(),
    );
    [&mut arrived, &mut kept, &mut digests].iter_mut().for_each(|list| list.sort());
    assert_eq!(arrived, digests, "each file once, byte for byte");
    assert_eq!(kept, digests, "nothing is lost on the way to Sent");
}
