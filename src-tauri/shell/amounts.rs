//! Bytes and times in words of the user's language, for what is said beside the window. Pure but for the language.

use crate::words::{say, say_with};

const UNITS: [(&str, u64, u32); 5] = [
    ("PB", 1_000_000_000_000_000, 2),
    ("TB", 1_000_000_000_000, 2),
    ("GB", 1_000_000_000, 2),
    ("MB", 1_000_000, 1),
    ("kB", 1_000, 1),
];
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Bytes, rounded down, with three digits at most before they grow to a whole unit: "12 MB", "1.25 GB".
pub fn bytes(size: u64) -> String {
    let Some((unit, factor, decimals)) = UNITS.iter().find(|(_, factor, _)| size >= *factor) else {
        return say_with("amount-bytes", [("count", size.into())]);
    };
    let places = decimals.saturating_sub((size / factor).ilog10());
    let scale = 10_u64.pow(places);
    let scaled = size / (factor / scale);
    let (whole, rest) = (scaled / scale, scaled % scale);
    let digits = format!("{rest:0width$}", width = places as usize);
    match digits.trim_end_matches('0') {
        "" => format!("{whole} {unit}"),
        digits => format!("{whole}{}{digits} {unit}", say("amount-decimal-mark")),
    }
}

/// Seconds in one unit or two: "12 s", "4 min", "2 h 10 min", "3 days 4 h".
pub fn duration(seconds: u64) -> String {
    let one = |id, count: u64| say_with(id, [("count", count.into())]);
    let two = |large, rest, unit| if rest == 0 { large } else { format!("{large} {}", one(unit, rest)) };
    match seconds.max(1) {
        seconds if seconds < MINUTE => one("amount-seconds", seconds),
        seconds if seconds < HOUR => one("amount-minutes", seconds.div_ceil(MINUTE)),
        seconds if seconds < DAY => two(one("amount-hours", seconds / HOUR), seconds % HOUR / MINUTE, "amount-minutes"),
        seconds => two(one("amount-days", seconds / DAY), seconds % DAY / HOUR, "amount-hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn amounts_are_rounded_down_and_carry_their_unit() {
        words::set_language(Some("en"));
        for (size, said) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1 kB"),
            (12_999_999, "12 MB"),
            (1_290_000, "1.2 MB"),
            (1_999_999_999, "1.99 GB"),
            (2_000_000_000, "2 GB"),
            (u64::MAX, "18446 PB"),
        ] {
            assert_eq!(bytes(size), said, "{size}");
        }
    }

    #[test]
    fn times_stand_in_one_unit_or_two() {
        words::set_language(Some("en"));
        for (seconds, said) in
            [(0, "1 s"), (59, "59 s"), (60, "1 min"), (7_800, "2 h 10 min"), (3_600, "1 h"), (273_600, "3 days 4 h")]
        {
            assert_eq!(duration(seconds), said, "{seconds}");
        }
    }
}
