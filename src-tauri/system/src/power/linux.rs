//! Linux: UPower, which sums up whatever batteries there are in one device for display.

use super::{Power, whole};
use crate::bus;

const UPOWER: &str = "org.freedesktop.UPower";

pub fn power() -> Power {
    let Some(bus) = bus::system() else { return Power::default() };
    let on_battery = bus::property(&bus, (UPOWER, "/org/freedesktop/UPower", UPOWER), "OnBattery");
    let device = (UPOWER, "/org/freedesktop/UPower/devices/DisplayDevice", "org.freedesktop.UPower.Device");
    let is_there = bus::property(&bus, device, "IsPresent").and_then(|value| bool::try_from(value).ok());
    let percent = bus::property(&bus, device, "Percentage").filter(|_| is_there == Some(true));
    Power {
        on_battery: on_battery.and_then(|value| bool::try_from(value).ok()),
        percent: percent.and_then(|value| f64::try_from(value).ok()).and_then(whole),
    }
}
