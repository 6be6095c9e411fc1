//! Whether the computer runs on its battery, and how full that is.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod others;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use others as system;

/// Where the power comes from; none for what the system does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Power {
    /// The computer runs on its battery.
    pub on_battery: Option<bool>,
    /// How full that is, in percent.
    pub percent: Option<u8>,
}

/// Where the power comes from, now.
pub fn power() -> Power {
    system::power()
}

/// Percent as a whole number: what is not a share of a battery is nothing.
fn whole(percent: f64) -> Option<u8> {
    (0.0..=100.0).contains(&percent).then_some(percent as u8)
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn only_shares_of_a_battery_count() {
        assert_eq!(
            [0.0, 29.9, 100.0, -1.0, 101.0, f64::NAN].map(whole),
            [Some(0), Some(29), Some(100), None, None, None]
        );
    }
}
