//! Whether a program's memory stays where it was.

/// The most (MiB) that the end may lie above the beginning: caches fill and lists of what was finished grow, leaks go further.
const MOST_GROWTH: f64 = 24.0;

/// What a program had, sample by sample (MiB).
#[derive(Default)]
pub struct Memory(Vec<f64>);

impl Memory {
    /// Adds a sample, where the system tells one.
    pub fn note(&mut self, mib: Option<f64>) {
        self.0.extend(mib);
    }

    /// The means of the first and of the last quarter, and the peak; none without samples.
    pub fn course(&self) -> Option<(f64, f64, f64)> {
        let quarter = self.0.len().div_ceil(4);
        let mean = |samples: &[f64]| samples.iter().sum::<f64>() / samples.len() as f64;
        let (begin, end) = (self.0.get(..quarter)?, self.0.get(self.0.len() - quarter..)?);
        (quarter > 0).then(|| (mean(begin), mean(end), self.0.iter().copied().fold(0.0, f64::max)))
    }

    /// Tells how it went.
    ///
    /// # Errors
    /// Where it grew too far.
    pub fn report(&self, whose: &str) -> Result<String, String> {
        let Some((begin, end, peak)) = self.course() else { return Ok(format!("{whose}: the system does not say")) };
        let text = format!("{whose}: {begin:.1} MiB at the beginning, {end:.1} at the end, {peak:.1} at most");
        if end > begin + MOST_GROWTH { Err(format!("{text}: it grew too far")) } else { Ok(text) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(samples: impl IntoIterator<Item = u32>) -> Memory {
        Memory(samples.into_iter().map(f64::from).collect())
    }

    #[test]
    fn a_leak_is_seen_and_a_peak_is_none() {
        assert!(memory((0..100).map(|n| 20 + n)).report("it").is_err(), "it grows and grows");
        assert!(memory((0..100).map(|n| if n == 50 { 90 } else { 20 })).report("it").is_ok(), "one peak in the middle");
        assert!(memory([20, 21, 22]).report("it").is_ok());
        assert!(memory([]).report("it").is_ok_and(|text| text.contains("does not say")));
    }

    #[test]
    fn beginning_and_end_are_quarters() {
        assert_eq!(memory([10, 20, 0, 0, 0, 0, 30, 50]).course(), Some((15.0, 40.0, 50.0)));
        assert_eq!(memory([7]).course(), Some((7.0, 7.0, 7.0)));
    }
}
