//! What a client calls a file is data; this turns it into a name that is harmless on every system.
//!
//! The rules are the strictest of all systems together and the same everywhere, so that a folder that
//! was received on one computer can be copied to any other. What is not allowed becomes `_`.

/// A name's longest form, in bytes of UTF-8.
const MAX_NAME: usize = 255;
/// An extension up to this long, dot included, outlives shortening.
const MAX_EXTENSION: usize = 32;
/// Folders deeper than this are refused.
const MAX_DEPTH: usize = 64;
/// A whole relative path is no longer than this, in bytes.
const MAX_PATH: usize = 3000;

/// The folder the store keeps for itself, at the root of what it receives into.
pub(crate) const PRIVATE_DIR: &str = ".carryon";

/// A harmless file name.
pub(crate) fn file_name(name: &str) -> String {
    match name {
        "" | "." | ".." => "unnamed".to_owned(),
        _ => sanitised(name),
    }
}

/// A harmless relative folder, without `/` at its ends; empty for the root. `None` when it is too deep or too long.
pub(crate) fn folder(path: &str) -> Option<String> {
    let parts = path.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let parts: Vec<String> = parts.map(sanitised).collect();
    let path = parts.join("/");
    (parts.len() <= MAX_DEPTH && path.len() <= MAX_PATH).then_some(path)
}

/// `name (2).ext` for the number 2, and so on; the name itself for 1.
pub(crate) fn numbered(name: &str, number: u32) -> String {
    if number < 2 {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let suffix = format!(" ({number}){extension}");
    format!("{}{suffix}", shortened(stem, MAX_NAME - suffix.len()))
}

/// `folder/name`, or only the name at the root.
pub(crate) fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// The folder and the name of a location made by [`joined`].
pub(crate) fn parted(location: &str) -> (&str, &str) {
    location.rsplit_once('/').unwrap_or(("", location))
}

/// Two locations with the same key may be one file on some system.
pub(crate) fn collision_key(location: &str) -> String {
    location.to_lowercase()
}

/// Whether a name at the root could stand for the store's own folder on some system.
pub(crate) fn is_private(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower == PRIVATE_DIR || lower.starts_with("carryo~")
}

fn sanitised(name: &str) -> String {
    let clean: String = name.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect();
    let clean = without_loose_end(&clean);
    let clean = if is_device(&clean) || is_private(&clean) { format!("_{clean}") } else { clean };
    if clean.len() <= MAX_NAME {
        return clean;
    }
    let (stem, extension) = split(&clean);
    without_loose_end(&format!("{}{extension}", shortened(stem, MAX_NAME - extension.len())))
}

fn is_allowed(c: char) -> bool {
    let reserved = matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    !reserved && !c.is_control() && !is_invisible(c)
}

/// Marks that change how a name reads (bidi) or that some file systems skip when comparing names.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{061c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Windows drops dots and spaces at the end.
fn without_loose_end(name: &str) -> String {
    let kept = name.trim_end_matches(['.', ' ']);
    format!("{kept}{}", "_".repeat(name.len() - kept.len()))
}

/// Names that mean a device on Windows, with any extension.
fn is_device(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or(name).trim_end().to_uppercase();
    let numbered = |prefix: &str| {
        let rest = base.strip_prefix(prefix).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(rest.as_deref(), Some(['0'..='9' | '¹' | '²' | '³']))
    };
    matches!(&*base, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// Stem and extension, dot included; a leading dot begins no extension.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= MAX_EXTENSION => name.split_at(dot),
        _ => (name, ""),
    }
}

fn shortened(stem: &str, max: usize) -> &str {
    let mut end = stem.len().min(max);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    &stem[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_the_folder() {
        assert_eq!(file_name("../../etc/passwd"), ".._.._etc_passwd");
        assert_eq!(folder("../a/./..//b\\..\\c/"), Some("a/b/c".to_owned()));
        assert_eq!(folder("/"), Some(String::new()));
        assert_eq!(file_name(".."), "unnamed");
        assert_eq!(file_name(""), "unnamed");
    }

    #[test]
    fn what_any_system_refuses_becomes_an_underscore() {
        assert_eq!(file_name("a\0b\nc:d*e?f\"g<h>i|j\u{85}"), "a_b_c_d_e_f_g_h_i_j_");
        assert_eq!(file_name("end. ."), "end___");
        assert_eq!(file_name("exe\u{202e}gpj.txt"), "exe_gpj.txt");
        assert_eq!(file_name("ünï 文.txt"), "ünï 文.txt");
    }

    #[test]
    fn devices_and_the_private_folder_are_no_names() {
        for name in ["CON", "nul.txt", "Com1", "lpt\u{b9}.x", "aux .tar.gz", ".carryon", ".CarryOn", "CARRYO~1"] {
            assert_eq!(file_name(name), format!("_{name}"));
        }
        assert_eq!(folder(".CARRYON/parts/"), Some("_.CARRYON/parts".to_owned()));
        assert_eq!(file_name(".carr\u{200c}yon"), ".carr_yon");
        assert_eq!(file_name("console"), "console");
        assert_eq!(file_name("com10"), "com10");
    }

    #[test]
    fn long_names_keep_their_extension_and_whole_characters() {
        let long = format!("{}.tar", "文".repeat(200));
        let name = file_name(&long);
        assert!(name.len() <= MAX_NAME && name.ends_with("文.tar"));
        let next = numbered(&name, 12);
        assert!(next.len() <= MAX_NAME && next.ends_with("文 (12).tar"));
        assert_eq!(file_name(&format!("{}. x", "a".repeat(254))).len(), MAX_NAME);
        assert!(!file_name(&format!("{} {}", "a".repeat(254), "b".repeat(40))).ends_with(' '));
    }

    #[test]
    fn numbers_stand_before_the_extension() {
        assert_eq!(numbered("a.txt", 1), "a.txt");
        assert_eq!(numbered("a.txt", 2), "a (2).txt");
        assert_eq!(numbered(".profile", 3), ".profile (3)");
    }

    #[test]
    fn folders_too_deep_are_refused() {
        assert!(folder(&"a/".repeat(MAX_DEPTH)).is_some());
        assert_eq!(folder(&"a/".repeat(MAX_DEPTH + 1)), None);
    }
}
