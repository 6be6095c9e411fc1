//! How fast it goes: confirmed bytes over the last seconds of this session, and nothing else (DESIGN 6). Pure; time comes in.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// The stretch of time that a speed is taken over.
const WINDOW: Duration = Duration::from_secs(10);

/// Confirmed bytes over time.
#[derive(Clone, Debug)]
pub(crate) struct Rate {
    began: Instant,
    confirmed: VecDeque<(Instant, u64)>,
}

impl Rate {
    pub(crate) fn new(now: Instant) -> Self {
        Self { began: now, confirmed: VecDeque::new() }
    }

    /// So many bytes were confirmed.
    pub(crate) fn add(&mut self, now: Instant, bytes: u64) {
        self.confirmed.push_back((now, bytes));
        self.forget_old(now);
    }

    /// Bytes a second.
    pub(crate) fn bytes_per_second(&mut self, now: Instant) -> f64 {
        self.forget_old(now);
        let stretch = now.duration_since(self.began).min(WINDOW).as_secs_f64();
        let bytes: u64 = self.confirmed.iter().map(|(_, bytes)| bytes).sum();
        if stretch < 0.05 { 0.0 } else { bytes as f64 / stretch }
    }

    fn forget_old(&mut self, now: Instant) {
        while self.confirmed.front().is_some_and(|(at, _)| now.duration_since(*at) > WINDOW) {
            self.confirmed.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pause_lets_the_speed_fall_to_nothing() {
        let began = Instant::now();
        let mut rate = Rate::new(began);
        rate.add(began + Duration::from_secs(1), 1000);
        assert_eq!(rate.bytes_per_second(began + Duration::from_secs(2)), 500.0);
        assert_eq!(rate.bytes_per_second(began + Duration::from_secs(60)), 0.0);
    }

    proptest! {
        #[test]
        fn a_speed_counts_each_byte_of_the_last_seconds_once(steps in prop::collection::vec((0u64..5000, 0u64..1 << 40), 0..40)) {
            let began = Instant::now();
            let (mut rate, mut now, mut all) = (Rate::new(began), began, Vec::new());
            for (millis, bytes) in steps {
                now += Duration::from_millis(millis);
                rate.add(now, bytes);
                all.push((now, bytes));
                let last: u64 = all.iter().filter(|(at, _)| now - *at <= WINDOW).map(|(_, bytes)| bytes).sum();
                let speed = rate.bytes_per_second(now);
                prop_assert!(speed >= 0.0 && speed <= last as f64 / 0.05, "{}", speed);
                prop_assert!(now - began < WINDOW || (speed * 10.0 - last as f64).abs() <= last as f64 / 1e6, "{}", speed);
            }
        }
    }
}
