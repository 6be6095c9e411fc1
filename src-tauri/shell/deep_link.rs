//! Links that ask to send files: `carryon://send?path=/a/b.mov&path=…&to=NAS`. Pure.
//!
//! Anybody can write one, and a browser opens it: it fills a form and nothing more. Nothing of it is looked at on the disk, no
//! address is taken from it, and what is not understood whole is refused, with a sentence that says why.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::words::{say, say_with};

/// What such links begin with.
pub const SCHEME: &str = "carryon:";

const LONGEST: usize = 16 * 1024;
const MOST_PATHS: usize = 100;
const LONGEST_NAME: usize = 100;

/// What is to be sent, once the user agreed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendRequest {
    /// Files and folders; nobody has looked at them.
    pub paths: Vec<PathBuf>,
    /// The name of a saved destination.
    pub to: Option<String>,
}

/// Whether it is a link of ours, whatever else is in it.
pub fn is_link(text: &str) -> bool {
    text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}

/// What a link asks for.
///
/// # Errors
/// A sentence for the user, where it asks for anything else or cannot be understood whole.
pub fn parse(link: &str) -> Result<SendRequest, String> {
    if link.len() > LONGEST {
        return Err(say("link-too-long"));
    }
    let rest = link.get(SCHEME.len()..).filter(|_| is_link(link)).and_then(|rest| rest.strip_prefix("//"));
    let (place, query) = rest.and_then(|rest| rest.split_once('?')).ok_or_else(|| say("link-unknown"))?;
    if place.strip_suffix('/').unwrap_or(place) != "send" || query.contains('#') {
        return Err(say("link-unknown"));
    }
    let mut request = SendRequest::default();
    for part in query.split('&') {
        take(&mut request, part)?;
    }
    match request.paths.len() {
        0 => Err(say("link-no-path")),
        1..=MOST_PATHS => Ok(request),
        _ => Err(say("link-too-long")),
    }
}

fn take(request: &mut SendRequest, part: &str) -> Result<(), String> {
    let (name, value) = part.split_once('=').ok_or_else(|| say("link-unknown"))?;
    let value = decoded(value)?;
    match name {
        "path" => request.paths.push(path(value)?),
        "to" if request.to.is_none() => request.to = Some(destination(value)?),
        _ => return Err(say("link-unknown")),
    }
    Ok(())
}

/// Percent signs are decoded once, a plus is a plus, and whatever could hide what is meant is refused.
fn decoded(value: &str) -> Result<String, String> {
    let is_whole = |escape: &str| escape.len() >= 2 && escape.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    let text = percent_decode_str(value).decode_utf8().map_err(|_| say("link-garbled"))?;
    match value.split('%').skip(1).all(is_whole) && !text.contains(hides_something) {
        true => Ok(text.into_owned()),
        false => Err(say("link-garbled")),
    }
}

/// Control characters, and marks that turn the reading direction around.
fn hides_something(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A path on this computer, from its root and straight to its end. What names another computer would ask that one already.
fn path(text: String) -> Result<PathBuf, String> {
    let elsewhere = text.starts_with("//") || text.starts_with(r"\\");
    let path = Path::new(&text);
    let is_straight = !path.components().any(|part| matches!(part, std::path::Component::ParentDir));
    match path.is_absolute() && is_straight && !elsewhere {
        true => Ok(PathBuf::from(text)),
        false => Err(say_with("link-bad-path", [("path", text.into())])),
    }
}

/// A name, never an address: a link could lead anywhere.
fn destination(name: String) -> Result<String, String> {
    match name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains("://") {
        true => Err(say("link-address")),
        false => Ok(name),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_link_names_files_and_a_saved_destination() {
        let asked = parse("carryon://send?path=/m/caf%C3%A9%20%231.mov&path=/m/a+b%252F.mov&to=NAS%20%26%20co")
            .expect("a link");
        assert_eq!(asked.paths, [PathBuf::from("/m/café #1.mov"), PathBuf::from("/m/a+b%2F.mov")], "decoded once");
        assert_eq!(asked.to.as_deref(), Some("NAS & co"));
        assert_eq!(parse("CARRYON://send/?path=/a").expect("a link").to, None);
    }

    #[test]
    fn whatever_is_not_understood_whole_is_refused() {
        for link in [
            "",
            "carryon:",
            "carryon://",
            "carryon://send",
            "carryon://send?",
            "carryon://send?to=NAS",
            "carryon:send?path=/a",
            "carryon:///send?path=/a",
            "carryon://discard?path=/a",
            "carryon://send/now?path=/a",
            "carryon://u:p@send?path=/a",
            "carryon://send:80?path=/a",
            "carryon://evil.example/send?path=/a",
            "https://send?path=/a",
            "carryon://send?path=/a#x",
            "carryon://send?path=/a&token=x",
            "carryon://send?path=/a&PATH=/b",
            "carryon://send?path=/a&",
            "carryon://send?path",
            "carryon://send?path=",
            "carryon://send?path=a.mov",
            "carryon://send?path=~/a.mov",
            "carryon://send?path=../a.mov",
            "carryon://send?path=/m/../etc/passwd",
            "carryon://send?path=/m/%2E%2E/etc/passwd",
            "carryon://send?path=file:///a",
            "carryon://send?path=//host/share/a",
            "carryon://send?path=%5C%5Chost%5Cshare",
            "carryon://send?path=/a%",
            "carryon://send?path=/a%4",
            "carryon://send?path=/a%GG",
            "carryon://send?path=/a%FF",
            "carryon://send?path=/a%00b",
            "carryon://send?path=/a%0Ab",
            "carryon://send?path=/a%E2%80%AEvom.exe",
            "carryon://send?path=/a&to=",
            "carryon://send?path=/a&to=NAS&to=other",
            "carryon://send?path=/a&to=tus%2Bhttps://evil.example/files/",
        ] {
            let refused = parse(link).expect_err(link);
            assert!(!refused.is_empty() && !refused.starts_with("link-"), "{link}: a sentence, not {refused:?}");
        }
        assert!(parse(&format!("carryon://send?path=/{}", "a".repeat(LONGEST))).is_err());
        assert!(parse(&format!("carryon://send?{}path=/a", "path=/a&".repeat(MOST_PATHS))).is_err());
        assert!(parse(&format!("carryon://send?path=/a&to={}", "n".repeat(LONGEST_NAME + 1))).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_names_absolute_paths_and_no_address(text in "(carryon://send\\?)?(path=|to=|&|/|%[0-9A-F]{2}|\\PC){0,40}") {
            if let Ok(asked) = parse(&text) {
                prop_assert!(!asked.paths.is_empty());
                prop_assert!(asked.paths.iter().all(|path| path.is_absolute() && !path.starts_with("..")));
                prop_assert!(asked.to.is_none_or(|to| !to.contains("://")));
            }
        }

        #[test]
        fn any_name_can_be_asked_for_when_it_is_encoded(name in "[^\\p{C}/]{1,20}") {
            prop_assume!(name != "." && name != ".." && !name.contains(hides_something));
            let path = format!("/m/{name}");
            let encoded = percent_encoding::utf8_percent_encode(&path, percent_encoding::NON_ALPHANUMERIC);
            let asked = parse(&format!("carryon://send?path={encoded}")).expect("a link");
            prop_assert_eq!(&asked.paths, &[PathBuf::from(path)]);
        }
    }
}
