//! Speed limits: how many payload bytes may leave in a second, always or by the time of day.
//!
//! A limit is shared by all that it covers: each body reserves its next bytes in turn and waits for its moment, so
//! connections share a limit fairly, and a change is felt at once.

use std::{
    str::FromStr,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::error::{Error, ErrorKind, Result};

const MINUTES_A_DAY: u16 = 24 * 60;
/// The longest single wait; after it the limit is looked at again.
const SLICE: Duration = Duration::from_millis(500);

/// A stretch of the day with a limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First minute of the day, local time.
    pub from: u16,
    /// The minute after the last; a stretch may go over midnight.
    pub to: u16,
    /// Bytes a second; none for no limit.
    pub bytes_per_second: Option<u64>,
}

/// A speed limit. The first stretch that holds now counts, else what is always so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpeedLimit {
    /// Bytes a second; none for no limit.
    pub bytes_per_second: Option<u64>,
    /// By the time of day.
    pub stretches: Vec<Stretch>,
}

impl SpeedLimit {
    /// The limit at that minute of the day.
    pub fn at(&self, minute: u16) -> Option<u64> {
        let holds = |stretch: &&Stretch| match stretch.from <= stretch.to {
            true => (stretch.from..stretch.to).contains(&minute),
            false => minute >= stretch.from || minute < stretch.to,
        };
        self.stretches.iter().find(holds).map_or(self.bytes_per_second, |stretch| stretch.bytes_per_second)
    }

    fn now(&self) -> Option<u64> {
        match self.stretches.is_empty() {
            true => self.bytes_per_second,
            false => self.at(minute_of_day()),
        }
    }
}

/// `2M`, or `2M,off@22:00-06:00`: what is always so, and stretches of the day. Rates are bytes a second with k, M or G (1000
/// each), or `off`.
impl FromStr for SpeedLimit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut limit = Self::default();
        for part in text.split(',').map(str::trim) {
            match part.split_once('@') {
                None => limit.bytes_per_second = rate(part)?,
                Some((rated, times)) => {
                    let (from, to) = times.split_once('-').ok_or_else(|| senseless(part))?;
                    let (from, to) = (minute(from)?, minute(to)?);
                    limit.stretches.push(Stretch { from, to, bytes_per_second: rate(rated)? });
                }
            }
        }
        Ok(limit)
    }
}

impl TryFrom<String> for SpeedLimit {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// In the form that it is read from.
impl From<SpeedLimit> for String {
    fn from(limit: SpeedLimit) -> String {
        let rate = |rate: Option<u64>| rate.map_or("off".to_owned(), |rate| rate.to_string());
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let stretches = limit.stretches.iter();
        let stretches = stretches.map(|s| format!("{}@{}-{}", rate(s.bytes_per_second), time(s.from), time(s.to)));
        std::iter::once(rate(limit.bytes_per_second)).chain(stretches).collect::<Vec<_>>().join(",")
    }
}

fn rate(text: &str) -> Result<Option<u64>> {
    if text.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        _ => return Err(senseless(text)),
    };
    let number = digits.parse::<f64>().ok().map(|number| number * factor).filter(|n| (1.0..1e15).contains(n));
    number.map(|number| Some(number as u64)).ok_or_else(|| senseless(text))
}

fn minute(text: &str) -> Result<u16> {
    let parsed = text.trim().split_once(':').and_then(|(hour, minute)| {
        let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
        (hour < 24 && minute < 60).then(|| hour * 60 + minute)
    });
    parsed.ok_or_else(|| senseless(text))
}

fn senseless(text: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("“{text}” is no speed limit"))
        .next_step("Write it as 2M, or 2M,off@22:00-06:00 (bytes a second; local time).")
}

fn minute_of_day() -> u16 {
    let time = jiff::Zoned::now().time();
    let minute = i32::from(time.hour()) * 60 + i32::from(time.minute());
    u16::try_from(minute).unwrap_or(0) % MINUTES_A_DAY
}

/// Holds back what a limit covers.
#[derive(Debug, Default)]
pub(crate) struct Pacer {
    // Held for a few assignments, never across an await.
    turns: Mutex<Turns>,
}

#[derive(Debug, Default)]
struct Turns {
    limit: SpeedLimit,
    next: Option<Instant>,
    /// How often the limit was changed: what was reserved by an older one is forgotten.
    changes: u64,
}

impl Pacer {
    pub fn new(limit: SpeedLimit) -> Self {
        Self { turns: Mutex::new(Turns { limit, ..Turns::default() }) }
    }

    /// Sets the limit; what waits feels it within half a second.
    pub fn set(&self, limit: SpeedLimit) {
        let mut turns = self.lock();
        if turns.limit != limit {
            *turns = Turns { limit, next: None, changes: turns.changes + 1 };
        }
    }

    /// Waits until `bytes` may leave; `still_here` is called while it waits.
    pub async fn pass(&self, bytes: u64, still_here: impl Fn()) {
        while let Some((moment, changes)) = self.reserve(bytes) {
            while let Some(left) = moment.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                tokio::time::sleep(left.min(SLICE)).await;
                still_here();
                if self.lock().changes != changes {
                    break;
                }
            }
            if self.lock().changes == changes {
                return;
            }
        }
    }

    /// The moment at which `bytes` may leave, and under which limit; none where nothing limits them.
    fn reserve(&self, bytes: u64) -> Option<(Instant, u64)> {
        let mut turns = self.lock();
        let rate = turns.limit.now().filter(|rate| *rate > 0)?;
        let now = Instant::now();
        let moment = turns.next.map_or(now, |next| next.max(now));
        turns.next = Some(moment + Duration::from_secs_f64(bytes as f64 / rate as f64));
        Some((moment, turns.changes))
    }

    fn lock(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_reads_as_people_write_it() {
        let limit: SpeedLimit = "2M, off@22:00-06:00, 500k@12:00-13:30".parse().expect("parses");
        let at = |hour: u16, minute: u16| limit.at(hour * 60 + minute);
        assert_eq!(
            (at(9, 0), at(12, 0), at(13, 29), at(13, 30)),
            (Some(2_000_000), Some(500_000), Some(500_000), Some(2_000_000))
        );
        assert_eq!(
            (at(21, 59), at(22, 0), at(0, 0), at(5, 59), at(6, 0)),
            (Some(2_000_000), None, None, None, Some(2_000_000))
        );
        assert_eq!(String::from(limit.clone()), "2000000,off@22:00-06:00,500000@12:00-13:30");
        assert_eq!(String::from(limit.clone()).parse::<SpeedLimit>().ok(), Some(limit), "what is written is read back");
        for text in ["", "fast", "-1", "2X", "1M@22-6", "1M@25:00-06:00", "0"] {
            assert!(text.parse::<SpeedLimit>().is_err(), "{text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_in_a_minute_is_what_is_allowed_however_many_ask() {
        let pacer =
            std::sync::Arc::new(Pacer::new(SpeedLimit { bytes_per_second: Some(1000), ..SpeedLimit::default() }));
        let passed = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        for _ in 0..5 {
            let (pacer, passed) = (std::sync::Arc::clone(&pacer), std::sync::Arc::clone(&passed));
            tokio::spawn(async move {
                loop {
                    pacer.pass(100, || ()).await;
                    passed.fetch_add(100, std::sync::atomic::Ordering::Relaxed);
                }
            });
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
        let passed = passed.load(std::sync::atomic::Ordering::Relaxed);
        assert!((59_000..=61_000).contains(&passed), "{passed} bytes in a minute at 1000 a second");
    }

    #[tokio::test(start_paused = true)]
    async fn lifting_a_limit_frees_what_waits() {
        let pacer = std::sync::Arc::new(Pacer::new(SpeedLimit { bytes_per_second: Some(1), ..SpeedLimit::default() }));
        pacer.pass(3600, || ()).await;
        let waiting = {
            let pacer = std::sync::Arc::clone(&pacer);
            tokio::spawn(async move { pacer.pass(1, || ()).await })
        };
        tokio::time::sleep(Duration::from_secs(1)).await;
        pacer.set(SpeedLimit::default());
        let began = Instant::now();
        waiting.await.expect("passes");
        assert!(began.elapsed() <= SLICE, "an hour's wait is forgotten with its limit");
    }
}
