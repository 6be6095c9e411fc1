//! Headers that a user sets for a destination, fixed or by template. Never a secret: the token has its own place.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::template::{self, Facts, Place};
use crate::error::{Error, ErrorKind, Result};

/// Headers by name; values may hold placeholders.
pub type Headers = BTreeMap<String, String>;

/// Says what makes no sense; `within` names the setting. What may be a secret never stands in the message.
pub(super) fn check(headers: &Headers, place: Place, within: &str) -> Result<()> {
    const SECRET: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];
    const FRAME: [&str; 5] = ["host", "connection", "content-length", "content-type", "transfer-encoding"];
    for (name, value) in headers {
        let lower = name.to_ascii_lowercase();
        if SECRET.contains(&lower.as_str()) {
            let text = format!("{within}: “{name}” would keep a secret among the settings");
            let step = "Give it as this destination's token: that is kept apart from the records.";
            return Err(invalid(text).next_step(step));
        }
        if HeaderName::from_bytes(name.as_bytes()).is_err() || FRAME.contains(&lower.as_str()) {
            return Err(invalid(format!("{within}: “{}” is no header that can be set here", name.escape_debug())));
        }
        if HeaderValue::from_str(value).is_err() {
            return Err(invalid(format!("{within}.{name}: the value holds what no header can")));
        }
        template::check(value, place, &format!("{within}.{name}"))?;
    }
    Ok(())
}

/// Adds these headers, filled in; they replace those of the same name.
pub(super) fn add(to: &mut HeaderMap, own: &Headers, facts: Facts<'_>) {
    for (name, value) in own {
        let value = header_text(&template::fill(value, facts));
        // Both were checked with the settings; what a header cannot hold was encoded just now.
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
            to.insert(name, value);
        }
    }
}

/// What no header can hold goes percent-encoded.
fn header_text(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || !c.is_ascii() { encoded(c) } else { c.to_string() }).collect()
}

fn encoded(c: char) -> String {
    c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn invalid(text: String) -> Error {
    Error::new(ErrorKind::Invalid, text)
}
