//! What the user sets for everything: how much at once, how fast, when to wait, how long to keep. Pure: values, and which
//! of them make sense; `stored` keeps and applies them.
//!
//! Each preference stands alone. One that makes no sense is refused by its name and nothing is changed; one that cannot be
//! read any more falls back to its default, alone, and that is said. A destination's own settings win, and so does what is
//! wished for one run.

mod stored;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use stored::Preferred;

use crate::{
    error::{Error, ErrorKind},
    pace::SpeedLimit,
    settings::ResumePolicy,
};

/// The names of all preferences, in the order in which they are shown.
pub const KEYS: [&str; 8] = [
    "resume",
    "files_at_once",
    "connections",
    "speed_limit",
    "keep_days",
    "pause_on_metered",
    "pause_on_battery",
    "keep_awake",
];

const MOST_FILES: u64 = 32;
const MOST_CONNECTIONS: u64 = 64;
const MOST_DAYS: u64 = 3650;
/// A day has no more half hours.
const MOST_STRETCHES: usize = 48;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What the user set for everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// What becomes of uploads that were interrupted.
    pub resume: ResumePolicy,
    /// Files at once.
    pub files_at_once: usize,
    /// Chunks of one file at once, at most; none lets Carryon choose.
    pub connections: Option<usize>,
    /// How fast all uploads together may be.
    pub speed_limit: SpeedLimit,
    /// Days after its last confirmation at which an upload expires; 0 for never.
    pub keep_days: u32,
    /// Uploads wait while the connection is metered.
    pub pause_on_metered: bool,
    /// On battery, uploads wait below so many percent; 100 for always, none for never.
    pub pause_on_battery: Option<u8>,
    /// The computer does not fall asleep by itself while bytes move.
    pub keep_awake: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            resume: ResumePolicy::Ask,
            files_at_once: 3,
            connections: None,
            speed_limit: SpeedLimit::default(),
            keep_days: 7,
            pause_on_metered: false,
            pause_on_battery: None,
            keep_awake: true,
        }
    }
}

/// A value that a preference does not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The preference.
    pub key: String,
    /// What would make sense, in a sentence.
    pub message: String,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::new(ErrorKind::Invalid, format!("{}: {}", refusal.key, refusal.message))
    }
}

impl Preferences {
    /// Sets one preference. Words are understood as well as JSON: `"3"`, `"on"`, `"off"`, `"auto"`, `"never"`.
    ///
    /// # Errors
    /// Where there is no such preference, or it does not take that value; then nothing was changed.
    pub fn set(&mut self, key: &str, value: &Value) -> Result<(), Refusal> {
        let done = match key {
            "resume" => policy(value).map(|policy| self.resume = policy),
            "files_at_once" => number(value, 1, MOST_FILES).map(|files| self.files_at_once = files as usize),
            "connections" => {
                number_or(value, "auto", 1, MOST_CONNECTIONS).map(|most| self.connections = most.map(|n| n as usize))
            }
            "speed_limit" => limit(value).map(|limit| self.speed_limit = limit),
            "keep_days" => {
                number_or(value, "never", 0, MOST_DAYS).map(|days| self.keep_days = days.unwrap_or(0) as u32)
            }
            "pause_on_metered" => yes_or_no(value).map(|wait| self.pause_on_metered = wait),
            "pause_on_battery" => {
                number_or(value, "off", 1, 100).map(|percent| self.pause_on_battery = percent.map(|n| n as u8))
            }
            "keep_awake" => yes_or_no(value).map(|awake| self.keep_awake = awake),
            _ => Err(format!("there is no such setting; there are {}", KEYS.join(", "))),
        };
        done.map_err(|message| Refusal { key: key.to_owned(), message })
    }

    /// The value of one preference, as JSON; none where there is no such preference.
    pub fn value(&self, key: &str) -> Option<Value> {
        let all = serde_json::to_value(self).expect("preferences are plain data");
        all.get(key).cloned()
    }

    /// The value of one preference as a person writes it, and as [`Preferences::set`] reads it.
    pub fn text(&self, key: &str) -> Option<String> {
        Some(match (key, self.value(key)?) {
            ("connections", Value::Null) => "auto".to_owned(),
            ("keep_days", Value::Number(days)) if days.as_u64() == Some(0) => "never".to_owned(),
            (_, Value::Null) => "off".to_owned(),
            (_, Value::Bool(yes)) => if yes { "on" } else { "off" }.to_owned(),
            (_, Value::String(text)) => text,
            (_, other) => other.to_string(),
        })
    }

    /// How long after its last confirmation an upload expires, where nobody set it and `general` holds; none for never.
    pub(crate) fn lifetime(&self, general: Option<Duration>) -> Option<Duration> {
        match self.keep_days {
            0 => None,
            days if days == Self::default().keep_days => general,
            days => Some(DAY * days),
        }
    }

    /// These, with what stands in the records over them; and what cannot be read there.
    fn with_stored(mut self, rows: &[(String, String)]) -> (Self, Vec<Refusal>) {
        let mut unreadable = Vec::new();
        // What a newer Carryon knows stays where it is.
        for (key, text) in rows.iter().filter(|(key, _)| KEYS.contains(&key.as_str())) {
            let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
            if let Err(refusal) = self.set(key, &value) {
                unreadable.push(refusal);
            }
        }
        (self, unreadable)
    }
}

fn policy(value: &Value) -> Result<ResumePolicy, String> {
    serde_json::from_value(value.clone()).map_err(|_| "one of ask, always, never, off".to_owned())
}

fn limit(value: &Value) -> Result<SpeedLimit, String> {
    let written = "write it as off, 2M, or 2M,off@22:00-06:00 (bytes a second; local time)";
    let limit: SpeedLimit = match value {
        Value::Null => SpeedLimit::default(),
        Value::Number(rate) => rate.to_string().parse().map_err(|_| written.to_owned())?,
        Value::String(text) => text.parse().map_err(|_| written.to_owned())?,
        _ => return Err(written.to_owned()),
    };
    match limit.stretches.len() > MOST_STRETCHES {
        true => Err(format!("at most {MOST_STRETCHES} times of day")),
        false => Ok(limit),
    }
}

fn number(value: &Value, least: u64, most: u64) -> Result<u64, String> {
    let number = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| (least..=most).contains(number)).ok_or_else(|| format!("a number from {least} to {most}"))
}

/// A number, or the word for none.
fn number_or(value: &Value, none: &str, least: u64, most: u64) -> Result<Option<u64>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().eq_ignore_ascii_case(none) => Ok(None),
        value => number(value, least, most).map(Some).map_err(|wanted| format!("{none}, or {wanted}")),
    }
}

fn yes_or_no(value: &Value) -> Result<bool, String> {
    match value {
        Value::Bool(yes) => Ok(*yes),
        Value::String(text) if ["on", "yes", "true"].contains(&text.trim().to_lowercase().as_str()) => Ok(true),
        Value::String(text) if ["off", "no", "false"].contains(&text.trim().to_lowercase().as_str()) => Ok(false),
        _ => Err("on or off".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn row(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut set = Preferences::default();
        for (key, text) in [
            ("resume", "always"),
            ("files_at_once", "7"),
            ("connections", "12"),
            ("speed_limit", "2M,off@22:00-06:00"),
            ("keep_days", "never"),
            ("pause_on_metered", "on"),
            ("pause_on_battery", "30"),
            ("keep_awake", "off"),
        ] {
            set.set(key, &json!(text)).unwrap_or_else(|refusal| panic!("{refusal:?}"));
        }
        for of in [set, Preferences::default()] {
            let (mut by_text, mut by_value) = (Preferences::default(), Preferences::default());
            for key in KEYS {
                by_text.set(key, &json!(of.text(key))).expect("its own words");
                by_value.set(key, &of.value(key).expect("known")).expect("its own value");
            }
            assert_eq!((&by_text, &by_value), (&of, &of));
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name_and_changes_nothing() {
        for (key, value) in [
            ("resume", json!("perhaps")),
            ("files_at_once", json!(0)),
            ("files_at_once", json!(33)),
            ("files_at_once", json!(1.5)),
            ("connections", json!(65)),
            ("speed_limit", json!("fast")),
            ("speed_limit", json!(0)),
            ("keep_days", json!(-1)),
            ("pause_on_metered", json!("maybe")),
            ("pause_on_battery", json!(101)),
            ("keep_awake", json!(1)),
            ("colour", json!("blue")),
        ] {
            let mut preferences = Preferences::default();
            let refusal = preferences.set(key, &value).expect_err("senseless");
            assert_eq!((refusal.key.as_str(), &preferences), (key, &Preferences::default()), "{value}");
        }
        let day = (0..100).map(|_| "1M@01:00-02:00").collect::<Vec<_>>().join(",");
        assert!(Preferences::default().set("speed_limit", &json!(day)).is_err());
    }

    #[test]
    fn a_value_that_cannot_be_read_falls_back_alone_and_is_told() {
        let rows = [row("files_at_once", "{torn"), row("keep_days", "30"), row("from_the_future", "[1]")];
        let (read, unreadable) = Preferences::default().with_stored(&rows);
        assert_eq!(read, Preferences { keep_days: 30, ..Preferences::default() });
        assert_eq!(unreadable.iter().map(|refusal| refusal.key.as_str()).collect::<Vec<_>>(), ["files_at_once"]);
    }

    #[test]
    fn the_days_that_nobody_set_are_the_engines_own() {
        let own = Some(Duration::from_secs(1));
        let days = |keep_days| Preferences { keep_days, ..Preferences::default() }.lifetime(own);
        assert_eq!((days(7), days(0), days(2)), (own, None, Some(2 * DAY)));
    }

    proptest! {
        #[test]
        fn nothing_that_stands_in_the_records_breaks_reading(key in prop::sample::select(KEYS.to_vec()), text in ".{0,40}") {
            let (read, unreadable) = Preferences::default().with_stored(&[row(key, &text)]);
            prop_assert!(unreadable.len() <= 1);
            let mut again = read.clone();
            prop_assert!(again.set(key, &read.value(key).expect("known")).is_ok() && again == read);
        }
    }
}
