//! Notices that the network changed or the machine slept, so that what waits need not wait longer, and what hangs on a
//! connection that is dead need not hang until a stall is seen.
//!
//! Deciding is pure ([`judge`]); looking is a task that compares addresses and clocks every other second.

use std::{
    collections::BTreeSet,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use tokio::sync::watch;

use crate::inner::Inner;

/// How often the task looks.
const LOOK: Duration = Duration::from_secs(2);
/// The wall clock ran so much further than the machine: it slept.
const SLEPT: Duration = Duration::from_secs(10);

/// What happened to the network, counted so that nothing is missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Anything changed: try again what waits.
    pub any: u64,
    /// Connections that stand may be dead: an address is gone, or the machine slept.
    pub broken: u64,
}

/// Tells workers of changes.
#[derive(Debug, Default)]
pub(crate) struct Network {
    changes: watch::Sender<Changes>,
}

impl Network {
    pub fn subscribe(&self) -> watch::Receiver<Changes> {
        self.changes.subscribe()
    }

    /// Something changed; `broken` where standing connections may be dead.
    pub fn changed(&self, broken: bool) {
        self.changes.send_modify(|changes| {
            changes.any += 1;
            changes.broken += u64::from(broken);
        });
    }
}

/// What is seen at one look.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sight {
    addresses: BTreeSet<IpAddr>,
    wall: SystemTime,
    ran: Instant,
}

impl Sight {
    fn now() -> Self {
        let found = if_addrs::get_if_addrs().unwrap_or_default().into_iter().filter(|found| !found.is_loopback());
        Self { addresses: found.map(|found| found.ip()).collect(), wall: SystemTime::now(), ran: Instant::now() }
    }
}

/// What happened between two looks: none for nothing, else whether standing connections may be dead.
fn judge(before: &Sight, after: &Sight) -> Option<bool> {
    let ran = after.ran.duration_since(before.ran);
    let slept = after.wall.duration_since(before.wall).is_ok_and(|passed| passed > ran + SLEPT);
    let lost = !before.addresses.is_subset(&after.addresses);
    let gained = !after.addresses.is_subset(&before.addresses);
    (slept || lost || gained).then_some(slept || lost)
}

/// Looks until the engine stops.
pub(crate) async fn watch(inner: Arc<Inner>) {
    let mut before = Sight::now();
    loop {
        tokio::select! {
            () = inner.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let after = Sight::now();
        if let Some(broken) = judge(&before, &after) {
            tracing::info!(broken, "the network changed, or the machine slept");
            inner.network.changed(broken);
        }
        before = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(addresses: &[&str], wall: u64, ran: Instant) -> Sight {
        let addresses = addresses.iter().map(|text| text.parse().expect("an address")).collect();
        Sight { addresses, wall: SystemTime::UNIX_EPOCH + Duration::from_secs(wall), ran }
    }

    #[test]
    fn a_new_address_ends_waiting_and_a_lost_one_breaks_connections() {
        let ran = Instant::now();
        let (none, home, desk) = (sight(&[], 5, ran), sight(&["10.0.0.7"], 5, ran), sight(&["10.1.0.7"], 5, ran));
        assert_eq!(judge(&home, &home), None);
        assert_eq!(judge(&none, &home), Some(false), "back on the network: nothing that stands is dead");
        assert_eq!(judge(&home, &none), Some(true));
        assert_eq!(judge(&home, &desk), Some(true), "another network: the old address is gone");
    }

    #[test]
    fn a_machine_that_slept_has_only_dead_connections() {
        let ran = Instant::now();
        let awake = sight(&["10.0.0.7"], 1000, ran);
        assert_eq!(judge(&awake, &sight(&["10.0.0.7"], 9000, ran + LOOK)), Some(true));
        assert_eq!(judge(&awake, &sight(&["10.0.0.7"], 0, ran + LOOK)), None, "a clock set back is no sleep");
    }
}
