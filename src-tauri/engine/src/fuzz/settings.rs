//! Settings as users write them: refused in words, or checked, kept and read again without a change, and of use.

use super::{require_same_again, target};
use crate::{
    Credentials, DestinationSettings, ErrorKind, HttpOptions, Memory, SpeedLimit,
    chunk::{LARGEST, UNKNOWN_LINK},
    drivers::connect_with,
};

const TOKENS: &[&str] = &[
    "\"chunk_size\":",
    "\"connections\":",
    "\"lifetime_days\":",
    "\"allow_http\":true",
    "\"allowed_extensions\":[",
    "\"min_size\":",
    "\"max_size\":",
    "\"item_limit\":",
    "\"fine_uploader\":{",
    "\"params\":{",
    "\"headers\":{",
    "\"names\":{",
    "\"done\":{",
    "\"delete\":{",
    "\"session\":{",
    "\"endpoint\":\"",
    "\"Authorization\":\"hunter2\"",
    "\"{name}\"",
    "{uuid}",
    "{{",
    "}}",
    "\"method\":\"PUT\"",
    "\"mandatory\":true",
    "\"reset_on_status\":[",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "null",
    "true",
    "\\u0000",
    "\\ud800",
    "1e400",
    "\"",
];
const ADDRESS: &str = "fineuploader+http://127.0.0.1:1/up?done=/done";

fn law(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let settings = match DestinationSettings::from_json(&text) {
        Ok(settings) => settings,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::Invalid, "{error}"),
    };
    let stored = serde_json::to_string(&settings).expect("settings are JSON");
    let again = DestinationSettings::from_json(&stored).unwrap_or_else(|error| panic!("{error}: {stored}"));
    assert_eq!(again, settings, "what is stored is what was set");
    require_same_again(&settings);
    let headers = &settings.fine_uploader.headers;
    assert!(!headers.keys().any(|name| name.eq_ignore_ascii_case("authorization")), "a secret among the settings");
    for memory in [Memory::default(), Memory { too_large: Some(1), bytes_per_second: u64::MAX, cut_at: Some(i64::MIN) }]
    {
        let wish = settings.wish(&memory);
        assert!(wish >= 1 && wish <= settings.chunk_size.unwrap_or(LARGEST).max(UNKNOWN_LINK));
    }
    for size in [0, 1, u64::MAX] {
        let _ = settings.refusal(&text, size);
    }
    let _ = (settings.refusal_of_one_more(u64::MAX), settings.lifetime(None));
    let Ok(driver) = connect_with(ADDRESS, Credentials::default(), &HttpOptions::default(), &settings) else { return };
    let plan = driver.plan(1 << 40, settings.wish(&Memory::default())).expect("it fits");
    assert!(plan.chunk_size >= 1 && driver.capabilities().parallel >= 1);
}

/// A speed limit lets something through, or is none.
fn speed(input: &[u8]) {
    let Ok(limit) = String::from_utf8_lossy(input).parse::<SpeedLimit>() else { return };
    require_same_again(&limit);
    for minute in [0, 1, 719, 720, 1439] {
        assert_ne!(limit.at(minute), Some(0), "nothing would ever pass");
    }
}

#[test]
fn settings_are_refused_in_words_or_kept_without_a_change() {
    target("settings", TOKENS, 20).run(law);
}

#[test]
fn a_speed_limit_lets_something_through() {
    target(
        "speed-limits",
        &["off", "k", "M", "G", "@", "-", ":", ",", "22:00", "06:00", "1e9", "0.1", "inf", "nan", " "],
        1,
    )
    .run(speed);
}
