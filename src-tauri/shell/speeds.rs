//! How fast bytes moved lately: a minute by the second and an hour by the minute, for all uploads together and for each
//! that ran in the last hour.
//!
//! Kept here and not in the page, so that a window that was hidden shows the time meanwhile too. Bounded.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use carryon_engine::{Progress, UploadId};
use serde::Serialize;
use tauri::{AppHandle, Runtime};

use crate::core;

/// Samples of the minute, and of the hour.
const KEPT: usize = 60;
/// The most uploads whose speeds are kept.
const UPLOADS_KEPT: usize = 256;
const SECOND: Duration = Duration::from_secs(1);

/// Bytes a second, the newest last.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Series {
    /// One sample a second, at most a minute of them.
    minute: VecDeque<f64>,
    /// One sample a minute, each the mean of its seconds; at most an hour of them.
    hour: VecDeque<f64>,
    #[serde(skip)]
    seconds: usize,
}

impl Series {
    fn add(&mut self, bytes_per_second: f64) {
        push(&mut self.minute, bytes_per_second);
        self.seconds += 1;
        if self.seconds == KEPT {
            self.seconds = 0;
            let mean = self.minute.iter().sum::<f64>() / self.minute.len() as f64;
            push(&mut self.hour, mean);
        }
    }

    /// Nothing moved for as long as anybody can see.
    fn is_still(&self) -> bool {
        self.minute.iter().chain(&self.hour).all(|speed| *speed == 0.0)
    }
}

fn push(samples: &mut VecDeque<f64>, sample: f64) {
    if samples.len() == KEPT {
        samples.pop_front();
    }
    samples.push_back(sample);
}

/// The speeds of all, and of each.
#[derive(Debug, Default)]
pub struct Speeds {
    // Held for a sample or a copy, never across an await.
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    all: Series,
    each: HashMap<UploadId, Series>,
}

impl Speeds {
    /// Takes a second's sample.
    pub fn sample(&self, running: &[Progress]) {
        let mut kept = self.lock();
        kept.all.add(running.iter().map(|progress| progress.bytes_per_second).sum());
        for (id, series) in &mut kept.each {
            let now = running.iter().find(|progress| progress.id == *id);
            series.add(now.map_or(0.0, |progress| progress.bytes_per_second));
        }
        kept.each.retain(|id, series| !series.is_still() || running.iter().any(|progress| progress.id == *id));
        for progress in running {
            if kept.each.len() < UPLOADS_KEPT && !kept.each.contains_key(&progress.id) {
                let mut series = Series::default();
                series.add(progress.bytes_per_second);
                kept.each.insert(progress.id, series);
            }
        }
    }

    /// The speeds of one upload, or of all together.
    pub fn of(&self, id: Option<UploadId>) -> Series {
        let kept = self.lock();
        match id {
            Some(id) => kept.each.get(&id).cloned().unwrap_or_default(),
            None => kept.all.clone(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Takes samples until the app ends.
pub async fn watch<R: Runtime>(app: AppHandle<R>) {
    let opened: Arc<core::Opened> = core::opened(&app);
    let Ok(core) = &*opened else { return };
    let mut tick = tokio::time::interval(SECOND);
    loop {
        tick.tick().await;
        core.speeds.sample(&core.engine.running());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(id: UploadId, bytes_per_second: f64) -> Progress {
        Progress { id, confirmed: 0, sent: 0, verified: 0, size: 0, chunks_left: 0, bytes_per_second }
    }

    #[test]
    fn a_minute_is_kept_by_the_second_and_an_hour_by_its_means() {
        let (speeds, id) = (Speeds::default(), UploadId::random());
        for second in 0..120 {
            speeds.sample(&[progress(id, f64::from(second))]);
        }
        let all = speeds.of(None);
        assert_eq!((all.minute.len(), all.minute[0], all.minute[59]), (60, 60.0, 119.0));
        assert_eq!(all.hour, [29.5, 89.5]);
        assert_eq!(speeds.of(Some(id)), all, "one that runs alone is all there is");
    }

    #[test]
    fn all_together_are_as_fast_as_the_sum_and_what_stopped_stands_still() {
        let (speeds, one, two) = (Speeds::default(), UploadId::random(), UploadId::random());
        speeds.sample(&[progress(one, 3.0), progress(two, 4.0)]);
        speeds.sample(&[progress(two, 4.0)]);
        assert_eq!(speeds.of(None).minute, [7.0, 4.0]);
        assert_eq!(speeds.of(Some(one)).minute, [3.0, 0.0]);
        assert_eq!(speeds.of(Some(UploadId::random())), Series::default());
    }

    #[test]
    fn an_upload_that_stood_still_for_an_hour_is_forgotten_and_none_is_kept_beyond_the_bound() {
        let (speeds, id) = (Speeds::default(), UploadId::random());
        speeds.sample(&[progress(id, 5.0)]);
        for _ in 0..KEPT * KEPT + KEPT {
            speeds.sample(&[]);
        }
        assert_eq!(speeds.lock().each.len(), 0);
        let many: Vec<Progress> = (0..1000).map(|_| progress(UploadId::random(), 1.0)).collect();
        speeds.sample(&many);
        assert_eq!(speeds.lock().each.len(), UPLOADS_KEPT);
    }
}
