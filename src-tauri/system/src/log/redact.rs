//! What must not stand in a log or a report is taken out of it: credentials, and all of an address but its server, since an
//! upload's own URL is a secret. What looks like one is taken for one.

const GONE: &str = "REDACTED";
/// Names whose values nobody may read.
const SECRETS: [&str; 10] =
    ["token", "password", "passwd", "secret", "authorization", "cookie", "signature", "sig", "credential", "key"];
/// Letters and digits in a row that are no word any more: hex and base64 of keys. Ids have hyphens.
const OPAQUE: usize = 32;

/// `text` without anything secret in it.
pub fn redact(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut hides_next = false;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let scheme =
            ["bearer", "basic"].contains(&bare.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str());
        match hides_next && !scheme && !bare.is_empty() {
            true => safe.push_str(GONE),
            false => safe.push_str(&of_word(bare)),
        }
        safe.push_str(&word[bare.len()..]);
        hides_next = scheme || announces(bare) || (hides_next && bare.is_empty());
    }
    safe
}

/// A word such as `Authorization:` or `password =`'s first half: its value follows.
fn announces(word: &str) -> bool {
    word.strip_suffix([':', '=']).is_some_and(is_secret_name)
}

fn is_secret_name(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    SECRETS.iter().any(|secret| name.ends_with(secret) || name.ends_with(&format!("{secret}s")))
}

fn of_word(word: &str) -> String {
    if let Some(at) = word.find("://") {
        return of_address(word, at);
    }
    let assigned = word.find(['=', ':']).filter(|at| is_secret_name(&word[..*at]) && at + 1 < word.len());
    match assigned {
        Some(at) => format!("{}{GONE}", &word[..=at]),
        None => without_opaque(word),
    }
}

/// Scheme and server of an address, and what stands around it.
fn of_address(word: &str, at: usize) -> String {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let begin =
        word[..at].rfind(|c| !is_scheme(c)).map_or(0, |i| i + word[i..].chars().next().map_or(1, char::len_utf8));
    let rest = &word[at + 3..];
    let server_end = rest.find(['/', '?', '#', '"', '\'', '”', '<', '>', ')', ']', '}', ',']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(server_end);
    let path_end = path.find(['"', '\'', '”', '<', '>', ')', '}']).unwrap_or(path.len());
    let server = authority.rsplit('@').next().unwrap_or_default();
    let hidden = if path_end > 1 { "/…" } else { &path[..path_end] };
    format!("{}{}://{server}{hidden}{}", of_head(&word[..begin]), &word[begin..at], of_word(&path[path_end..]))
}

/// What stands right before an address is no secret, unless it says so.
fn of_head(head: &str) -> String {
    without_opaque(head)
}

fn without_opaque(word: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/_".contains(c);
    let mut safe = String::with_capacity(word.len());
    let mut run = String::new();
    for c in word.chars().chain(std::iter::once('\0')) {
        if is_part(c) {
            run.push(c);
            continue;
        }
        // A path is long as well; a key has digits, and no two parts of a path are so long.
        let longest = run.split('/').map(str::len).max().unwrap_or(0);
        safe.push_str(if longest >= OPAQUE && run.contains(|c: char| c.is_ascii_digit()) { GONE } else { &run });
        run.clear();
        if c != '\0' {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn of_an_address_only_the_server_is_left() {
        for (text, safe) in [
            (
                "GET https://user:hunter2@files.example:8443/files/hunter2?sig=hunter2#x",
                "GET https://files.example:8443/…",
            ),
            ("error for url (http://127.0.0.1:9/hunter2): refused", "error for url (http://127.0.0.1:9/…): refused"),
            ("“tus+https://host/hunter2” is gone", "“tus+https://host/…” is gone"),
            (r#"{"location":"https://host/hunter2","size":5}"#, r#"{"location":"https://host/…","size":5}"#),
            ("http://host", "http://host"),
            ("http://host/", "http://host/"),
        ] {
            assert_eq!(redact(text), safe);
        }
    }

    #[test]
    fn credentials_are_taken_out_however_they_are_written() {
        for text in [
            "Authorization: Bearer hunter2",
            "authorization: hunter2",
            "sent with bearer hunter2 today",
            "token=hunter2",
            r#"{"token":"hunter2"}"#,
            "password: hunter2",
            "CARRYON_TOKEN=hunter2",
            "x-api-key: hunter2",
            "Proxy-Authorization: Basic hunter2",
            "api_keys=hunter2",
        ] {
            assert!(!redact(text).contains("hunter2"), "{text} became {}", redact(text));
        }
        assert_eq!(redact("key 0123456789abcdef0123456789abcdef here"), "key REDACTED here");
    }

    #[test]
    fn what_helps_to_find_a_fault_stays() {
        for text in [
            "2026-01-31T10:00:00Z  WARN carryon_engine: a chunk failed upload=6f007a01-2b7c-4d39-9d0e-b1f6a2a1c7f0 chunk=7",
            "the destination answered 503; next attempt in 4 s\n",
            "/home/u/footage/a-long-name-of-a-file-that-is-no-secret-at-all/take_0001.mov",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
