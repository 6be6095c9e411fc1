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

/// Text from outside for a terminal: control characters cannot move the cursor or recolour the screen.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_say_them() {
        let said = [0, 999, 1000, 1_500, 999_499, 2_000_000_000].map(bytes);
        assert_eq!(said, ["0 bytes", "999 bytes", "1.0 kB", "1.5 kB", "999 kB", "2.0 GB"]);
    }
}
