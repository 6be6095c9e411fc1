//! What surrounds this computer, as far as it bears on sending: a connection that costs by the byte, a battery that runs
//! empty. While the user's preferences say so, uploads wait. Nothing in flight is broken off: what was begun comes home.
//!
//! Deciding is pure ([`hold`]); whoever embeds the engine looks at the system and tells it. What nobody knows holds nothing.

use tokio::sync::watch;

use crate::{engine::Engine, preferences::Preferences, upload::WaitReason};

/// What is known of the surroundings; none for what nobody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The connection costs by the byte, or is to be spared.
    pub metered: Option<bool>,
    /// The computer runs on its battery.
    pub on_battery: Option<bool>,
    /// How full that is.
    pub battery_percent: Option<u8>,
}

/// Why an upload has to wait; `stays_here` where its bytes do not leave this computer.
pub(crate) fn hold(preferences: &Preferences, around: &Surroundings, stays_here: bool) -> Option<WaitReason> {
    if preferences.pause_on_metered && around.metered == Some(true) && !stays_here {
        return Some(WaitReason::Metered);
    }
    let below = preferences.pause_on_battery.filter(|_| around.on_battery == Some(true))?;
    let too_low = below >= 100 || around.battery_percent.is_some_and(|percent| percent < below);
    too_low.then_some(WaitReason::Power)
}

/// The surroundings as they were told last; whoever waits is woken by each word.
#[derive(Debug, Default)]
pub(crate) struct Around {
    now: watch::Sender<Surroundings>,
}

impl Around {
    pub fn now(&self) -> Surroundings {
        *self.now.borrow()
    }

    pub fn subscribe(&self) -> watch::Receiver<Surroundings> {
        self.now.subscribe()
    }

    /// Something else changed that decides about waiting.
    pub fn look_again(&self) {
        self.now.send_modify(|_| ());
    }
}

impl Engine {
    /// Tells the engine what surrounds it; what waits for that goes on at once, and what may not go on waits.
    pub fn set_surroundings(&self, surroundings: Surroundings) {
        self.inner.surroundings.now.send_if_modified(|now| std::mem::replace(now, surroundings) != surroundings);
    }

    /// The surroundings as they were told last.
    pub fn surroundings(&self) -> Surroundings {
        self.inner.surroundings.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AROUND: Surroundings = Surroundings { metered: None, on_battery: None, battery_percent: None };

    #[test]
    fn a_metered_connection_holds_only_what_leaves_over_it_and_only_where_it_is_wanted() {
        let (spare, spend) = (Preferences { pause_on_metered: true, ..Preferences::default() }, Preferences::default());
        let metered = |metered| Surroundings { metered, ..AROUND };
        assert_eq!(hold(&spare, &metered(Some(true)), false), Some(WaitReason::Metered));
        assert_eq!(hold(&spare, &metered(Some(true)), true), None, "nothing of it leaves over the connection");
        assert_eq!(hold(&spend, &metered(Some(true)), false), None);
        for unknown in [None, Some(false)] {
            assert_eq!(hold(&spare, &metered(unknown), false), None);
        }
    }

    #[test]
    fn a_battery_holds_below_its_mark_and_never_on_mains() {
        let held = |below, on_battery, battery_percent| {
            let preferences = Preferences { pause_on_battery: below, ..Preferences::default() };
            hold(&preferences, &Surroundings { on_battery, battery_percent, ..AROUND }, true).is_some()
        };
        assert!(held(Some(30), Some(true), Some(29)) && !held(Some(30), Some(true), Some(30)));
        assert!(
            !held(Some(30), Some(false), Some(1)) && !held(Some(30), None, Some(1)) && !held(None, Some(true), Some(1))
        );
        assert!(!held(Some(30), Some(true), None), "what nobody knows holds nothing");
        assert!(held(Some(100), Some(true), None) && held(Some(100), Some(true), Some(100)), "always, on battery");
    }
}
