//! Which error waits, how long, and when it is enough (DESIGN 6). Pure: randomness comes in as a number.

use std::time::Duration;

use crate::{
    error::{Error, ErrorKind},
    upload::WaitReason,
};

/// How patient the engine is.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// The backoff before the second attempt; doubles with each.
    pub base: Duration,
    /// The longest backoff.
    pub cap: Duration,
    /// The longest pause between two looks while the destination cannot be reached.
    pub offline_cap: Duration,
    /// Attempts of a chunk without progress before the upload fails.
    pub attempts: u32,
    /// How often a destination may ask for everything again.
    pub resets: u32,
    /// How long after a destination said that an upload is gone it is asked again, before that is believed.
    pub gone: Duration,
    /// No byte moved for this long: the connection is dead.
    pub stall: Duration,
    /// How long an answer may take once a request has left.
    pub answer: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(60),
            offline_cap: Duration::from_secs(5),
            attempts: 10,
            resets: 3,
            gone: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            answer: Duration::from_secs(120),
        }
    }
}

/// What to do about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Wait so long, then try again.
    Wait {
        /// Why, for the user.
        reason: WaitReason,
        /// How long.
        pause: Duration,
    },
    /// No further attempt helps.
    Stop,
}

impl RetryPolicy {
    /// What to do after the `failures`-th failure in a row (from 1) of the same kind of step; `chance` in 0..1 spreads
    /// the backoff (full jitter).
    pub fn decide(&self, error: &Error, failures: u32, chance: f64) -> Next {
        let backoff = self.backoff(failures, self.cap, chance);
        match error.kind() {
            ErrorKind::Offline => {
                let pause = self.backoff(failures, self.offline_cap, chance);
                Next::Wait { reason: WaitReason::Offline, pause }
            }
            ErrorKind::CaptivePortal => Next::Wait { reason: WaitReason::CaptivePortal, pause: backoff },
            ErrorKind::Busy(after) if failures < self.attempts || after.is_some() => {
                Next::Wait { reason: WaitReason::Busy, pause: after.unwrap_or(backoff) }
            }
            ErrorKind::Transient | ErrorKind::Unknown | ErrorKind::OffsetMismatch | ErrorKind::Integrity
                if failures < self.attempts =>
            {
                Next::Wait { reason: WaitReason::Backoff, pause: backoff }
            }
            _ => Next::Stop,
        }
    }

    fn backoff(&self, failures: u32, cap: Duration, chance: f64) -> Duration {
        let doubled = self.base.saturating_mul(1 << failures.saturating_sub(1).min(20));
        let floor = self.base.min(cap) / 10;
        doubled.min(cap).mul_f64(chance.clamp(0.0, 1.0)).max(floor)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pause(next: Next) -> Duration {
        match next {
            Next::Wait { pause, .. } => pause,
            Next::Stop => panic!("expected to wait"),
        }
    }

    #[test]
    fn the_tenth_failure_of_a_passing_kind_is_the_last() {
        let policy = RetryPolicy::default();
        let error = Error::new(ErrorKind::Transient, "503");
        assert!(matches!(policy.decide(&error, 9, 0.5), Next::Wait { .. }));
        assert_eq!(policy.decide(&error, 10, 0.5), Next::Stop);
    }

    #[test]
    fn offline_and_captive_portals_wait_as_long_as_it_takes() {
        let policy = RetryPolicy::default();
        for kind in [ErrorKind::Offline, ErrorKind::CaptivePortal] {
            assert!(
                matches!(policy.decide(&Error::new(kind, "no route"), 100_000, 0.5), Next::Wait { .. }),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn backoff_doubles_to_its_cap_and_is_never_nothing() {
        let policy = RetryPolicy { attempts: 100, ..RetryPolicy::default() };
        let error = Error::new(ErrorKind::Transient, "reset");
        assert_eq!(pause(policy.decide(&error, 1, 1.0)), policy.base);
        assert_eq!(pause(policy.decide(&error, 3, 1.0)), policy.base * 4);
        assert_eq!(pause(policy.decide(&error, 50, 1.0)), policy.cap);
        assert!(pause(policy.decide(&error, 1, 0.0)) > Duration::ZERO, "a storm of immediate retries helps nobody");
    }

    #[test]
    fn a_servers_own_patience_is_obeyed() {
        let error = Error::new(ErrorKind::Busy(Some(Duration::from_secs(77))), "429");
        assert_eq!(pause(RetryPolicy::default().decide(&error, 1, 0.0)), Duration::from_secs(77));
    }

    #[test]
    fn a_final_word_is_final() {
        for kind in [ErrorKind::Rejected, ErrorKind::QuotaFull, ErrorKind::TooLarge, ErrorKind::Unauthorized] {
            assert_eq!(RetryPolicy::default().decide(&Error::new(kind, "no"), 1, 0.5), Next::Stop, "{kind:?}");
        }
    }

    proptest! {
        #[test]
        fn a_pause_is_never_nothing_and_never_beyond_its_bounds(
            kind in prop::sample::select(vec![
                ErrorKind::Transient, ErrorKind::Busy(None), ErrorKind::Busy(Some(Duration::from_secs(77))), ErrorKind::Offline,
                ErrorKind::CaptivePortal, ErrorKind::Unknown, ErrorKind::OffsetMismatch, ErrorKind::Integrity, ErrorKind::Rejected,
            ]),
            failures in any::<u32>(), chance in 0.0f64..=1.0
        ) {
            let policy = RetryPolicy::default();
            match policy.decide(&Error::new(kind, "no"), failures, chance) {
                Next::Wait { pause, reason } => {
                    let most = if reason == WaitReason::Offline { policy.offline_cap } else { policy.cap.max(Duration::from_secs(77)) };
                    prop_assert!(pause > Duration::ZERO && pause <= most, "{:?}", pause);
                }
                Next::Stop => {
                    prop_assert!(!kind.waits_as_long_as_it_takes(), "{:?} waits as long as it takes", kind);
                    prop_assert!(failures >= policy.attempts || kind == ErrorKind::Rejected);
                }
            }
        }
    }
}
