//! Windows and macOS: the batteries themselves. A computer without one does not run on it.

use starship_battery::{Battery, Manager, State, units::ratio::percent};

use super::{Power, whole};

pub fn power() -> Power {
    look().inspect_err(|error| tracing::debug!(%error, "batteries cannot be looked at")).unwrap_or_default()
}

fn look() -> Result<Power, starship_battery::Error> {
    let batteries: Vec<Battery> = Manager::new()?.batteries()?.filter_map(Result::ok).collect();
    let charge = |battery: &Battery| f64::from(battery.state_of_charge().get::<percent>());
    let mean = batteries.iter().map(charge).sum::<f64>() / batteries.len().max(1) as f64;
    Ok(Power {
        on_battery: Some(batteries.iter().any(|battery| battery.state() == State::Discharging)),
        percent: if batteries.is_empty() { None } else { whole(mean) },
    })
}
