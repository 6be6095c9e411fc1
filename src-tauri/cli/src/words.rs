//! Numbers in words: sizes, rates, lengths of time.

/// `1.2 GB`: decimal units, as file managers and drives count.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["bytes", "kB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return format!("{count} bytes");
    }
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 999.5 && unit < UNITS.len() - 1 {
        value /= 1000.0;
        unit += 1;
    }
    let digits = if value < 9.95 { 1 } else { 0 };
    format!("{value:.digits$} {}", UNITS[unit])
}

/// `1 upload`, `2 uploads`.
pub fn uploads(count: u64) -> String {
    format!("{count} upload{}", if count == 1 { "" } else { "s" })
}

/// A moment as people write it, in local time: `22:00` (the next one), or `2027-01-31 22:00`. Unix milliseconds.
///
/// # Errors
/// A sentence, where it is none.
pub fn moment(text: &str) -> Result<i64, String> {
    moment_after(text, &jiff::Zoned::now())
        .ok_or_else(|| format!("“{text}” is no time; write 22:00, or 2027-01-31 22:00"))
}

fn moment_after(text: &str, now: &jiff::Zoned) -> Option<i64> {
    let text = text.trim();
    if let Ok(whole) = jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M", text) {
        return Some(whole.to_zoned(now.time_zone().clone()).ok()?.timestamp().as_millisecond());
    }
    let time = jiff::civil::Time::strptime("%H:%M", text).ok()?;
    let today = now.date().to_datetime(time).to_zoned(now.time_zone().clone()).ok()?;
    let next = if today > *now { today } else { today.tomorrow().ok()? };
    Some(next.timestamp().as_millisecond())
}

/// A moment in local time, to the minute.
pub fn when(unix_millis: i64) -> String {
    let moment = jiff::Timestamp::from_millisecond(unix_millis);
    moment
        .map(|at| at.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}

/// Text from outside for a terminal: control characters cannot move the cursor or recolour the screen.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || turns_direction(c) { '\u{fffd}' } else { c }).collect()
}

/// The marks by which a name could show itself backwards.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_the_next_one_and_nonsense_is_refused() {
        let now: jiff::Zoned = "2027-01-31T21:30:00+00:00[UTC]".parse().expect("a time");
        let at = |text: &str| moment_after(text, &now).map(|at| (at - now.timestamp().as_millisecond()) / 60_000);
        assert_eq!((at("22:00"), at("21:00"), at("2027-02-01 21:30")), (Some(30), Some(23 * 60 + 30), Some(24 * 60)));
        for text in ["", "soon", "25:00", "22", "2027-02-30 10:00"] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_read_as_people_say_them() {
        let said = [0, 999, 1000, 1_500, 999_499, 2_000_000_000].map(bytes);
        assert_eq!(said, ["0 bytes", "999 bytes", "1.0 kB", "1.5 kB", "999 kB", "2.0 GB"]);
    }
}
