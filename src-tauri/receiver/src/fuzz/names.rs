//! Names that clients give: whatever they are, nothing leads out of the folder.

use std::path::{Component, Path};

use super::target;
use crate::names;

const TOKENS: &[&str] = &[
    "..",
    "/",
    "\\",
    "../",
    "C:",
    "CON",
    "nul.txt",
    "com1",
    "LPT\u{b9}",
    ".carryon",
    "CARRYO~1",
    "\0",
    "\u{202e}",
    "\u{200b}",
    ". .",
    " ",
    "文",
    "\u{85}",
    "%2f",
    "~",
    "/etc/passwd",
    "\\\\?\\",
    ":stream",
];

/// Harmless as one name on every system.
pub(super) fn require_harmless(name: &str) {
    let only: Vec<_> = Path::new(name).components().collect();
    assert!(matches!(only[..], [Component::Normal(own)] if own == name), "{name:?} must be one name");
    assert!(name.len() <= 255, "{name:?} is too long");
    assert!(
        !name.contains(|c: char| c.is_control() || "/\\:*?\"<>|".contains(c)),
        "{name:?} holds what is not allowed"
    );
    assert!(!name.ends_with(['.', ' ']), "{name:?} has a loose end");
}

/// A name or a folder of a client's becomes harmless, and what is harmless stays as it is.
fn law(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let name = names::file_name(&text);
    require_harmless(&name);
    assert!(!names::is_private(&name), "{name:?} must not stand for the store's own folder");
    assert_eq!(names::file_name(&name), name, "a harmless name stays");
    for number in [2, 17, u32::MAX] {
        require_harmless(&names::numbered(&name, number));
    }
    let Some(folder) = names::folder(&text) else { return };
    folder.split('/').filter(|part| !folder.is_empty() || !part.is_empty()).for_each(require_harmless);
    assert_eq!(names::folder(&folder).as_deref(), Some(&*folder), "a harmless folder stays");
    let first = folder.split('/').next().unwrap_or_default();
    assert!(!names::is_private(first), "{folder:?} must not stand for the store's own folder");
    let location = names::joined(&folder, &name);
    assert_eq!(names::parted(&location), (&*folder, &*name));
}

#[test]
fn no_name_leads_out_of_the_folder() {
    target("names", TOKENS).run(law);
}
