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
    use super::*;

    #[test]
    fn a_pause_lets_the_speed_fall_to_nothing() {
        let began = Instant::now();
        let mut rate = Rate::new(began);
        rate.add(began + Duration::from_secs(1), 1000);
        assert_eq!(rate.bytes_per_second(began + Duration::from_secs(2)), 500.0);
        assert_eq!(rate.bytes_per_second(began + Duration::from_secs(60)), 0.0);
    }
}
