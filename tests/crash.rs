//! The crash sweep: both ends die before and after each of their durable steps, in each scenario, and carry on.
//!
//! Every durable step of both programs is numbered (`carryon_instruments::step`). A run that dies nowhere counts them; then
//! the scenario is repeated for each step and side, the program dying there by `abort`. What must be true then, and at the
//! end, is in `laws`; the instrument itself is tried in `planted`.

#[path = "crash/laws.rs"]
mod laws;
#[path = "crash/planted.rs"]
mod planted;
#[path = "crash/random.rs"]
mod random;
#[path = "crash/scenario.rs"]
mod scenario;
#[path = "crash/sweep.rs"]
mod sweep;
#[path = "crash/world.rs"]
mod world;

use scenario::{Scenario, all};
use sweep::{Report, sweep_both, sweep_receiver, sweep_sender};

fn whole(report: Report) {
    println!("{report}");
    assert!(report.broken.is_empty(), "{report}\n{}", report.broken.join("\n"));
    assert!(report.died * 10 > report.runs * 7, "{report}: too few of the runs died where they should have");
}

fn in_every(sweep: impl Fn(&Scenario) -> Report) {
    let only = std::env::var("CARRYON_SCENARIO").ok();
    whole(all().iter().filter(|s| only.as_deref().is_none_or(|only| s.name == only)).map(sweep).sum());
}

#[test]
fn the_sender_dies_before_and_after_each_of_its_steps_and_carries_on() {
    in_every(|scenario| sweep_sender(scenario, None));
}

#[test]
fn the_receiver_dies_before_and_after_each_of_its_steps_and_carries_on() {
    in_every(|scenario| sweep_receiver(scenario, None));
}

#[test]
fn both_die_at_steps_of_their_own_and_carry_on_together() {
    let seed = tests::files::seed("both");
    in_every(|scenario| sweep_both(scenario, seed));
}
