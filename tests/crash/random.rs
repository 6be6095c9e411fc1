//! Deaths at any moment, not only at steps: `cargo xtask crash --rounds N`.

use std::time::Duration;

use rand::{RngExt, SeedableRng, rngs::SmallRng};

use crate::{
    laws,
    scenario::all,
    world::{World, quietly},
};

#[test]
fn killed_at_random_moments_both_ends_carry_on() {
    let rounds = std::env::var("CARRYON_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
    let seed = tests::files::seed("random kills");
    let mut random = SmallRng::seed_from_u64(seed);
    let scenarios = all();
    for round in 0..rounds {
        let scenario = &scenarios[random.random_range(0..scenarios.len())];
        let mut world = World::new(scenario, None, &[]);
        let mut sender = quietly(world.act());
        std::thread::sleep(Duration::from_micros(random.random_range(0..60_000)));
        let (kill_sender, kill_receiver) = (random.random_range(0..4) > 0, random.random_range(0..2) > 0);
        if kill_receiver {
            world.receiver.kill();
        }
        if kill_sender {
            sender.kill();
        }
        if kill_receiver {
            world.receiver.restart();
        }
        world.attend(sender);
        let mut broken: Vec<String> =
            world.carry_on().and_then(|()| world.tell_what_was_dropped()).err().into_iter().collect();
        broken.extend(laws::at_the_end(&world, 3));
        assert!(broken.is_empty(), "seed {seed}, round {round}, {}: {broken:?}", scenario.name);
    }
    println!("random kills: {rounds} rounds, 0 broken promises");
}
