//! Texts that differ from file to file: `{name}` and its like are replaced as the request is made. Pure.
//!
//! `{{` and `}}` stand for the braces themselves. A template is checked when settings are, so that making a request
//! cannot fail over one.

use crate::{
    destination::Intent,
    error::{Error, ErrorKind, Result},
};

/// What a template can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fact {
    Name,
    Path,
    RelativePath,
    Size,
    Modified,
    Uuid,
    Batch,
}

const FACTS: [(&str, Fact); 7] = [
    ("name", Fact::Name),
    ("path", Fact::Path),
    ("relative_path", Fact::RelativePath),
    ("size", Fact::Size),
    ("mtime", Fact::Modified),
    ("uuid", Fact::Uuid),
    ("batch", Fact::Batch),
];

#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    Fact(Fact),
}

/// What is known where a template is filled in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Facts<'f> {
    /// A request about a file on its way: everything.
    Upload { intent: &'f Intent, uuid: &'f str },
    /// A request about an upload whose record may be gone: its id alone.
    Uuid(&'f str),
    /// A request about no upload.
    Nothing,
}

/// Where a template stands, which decides what it may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A request about a file on its way.
    Upload,
    /// A request to delete.
    Delete,
    /// The question for finished files.
    Session,
}

/// Checks a template; `where_it_stands` names it to the user.
///
/// # Errors
/// `Invalid` with a sentence that says what is wrong in it.
pub(super) fn check(template: &str, place: Place, where_it_stands: &str) -> Result<()> {
    let wrong = |text: String| Error::new(ErrorKind::Invalid, format!("{where_it_stands}: {text}"));
    for piece in pieces(template).map_err(wrong)? {
        let known = match (place, &piece) {
            (Place::Upload, _) | (_, Piece::Text(_)) | (Place::Delete, Piece::Fact(Fact::Uuid)) => true,
            (Place::Delete | Place::Session, Piece::Fact(_)) => false,
        };
        if !known {
            let text = match place {
                Place::Delete => "a request to delete knows only {uuid}",
                _ => "the question for finished files knows of no file, so it takes fixed texts only",
            };
            return Err(wrong(text.to_owned()));
        }
    }
    Ok(())
}

/// The text with its placeholders replaced. What was never checked stays as it is.
pub(super) fn fill(template: &str, facts: Facts<'_>) -> String {
    match pieces(template) {
        Ok(pieces) => pieces.iter().map(|piece| one(piece, facts)).collect(),
        Err(_) => template.to_owned(),
    }
}

fn one(piece: &Piece<'_>, facts: Facts<'_>) -> String {
    let (fact, intent, uuid) = match (piece, facts) {
        (Piece::Text(text), _) => return (*text).to_owned(),
        (Piece::Fact(fact), Facts::Upload { intent, uuid }) => (*fact, Some(intent), uuid),
        (Piece::Fact(fact), Facts::Uuid(uuid)) => (*fact, None, uuid),
        (Piece::Fact(_), Facts::Nothing) => return String::new(),
    };
    match (fact, intent) {
        (Fact::Uuid, _) => uuid.to_owned(),
        (_, None) => String::new(),
        (Fact::Name, Some(intent)) => intent.name.clone(),
        (Fact::Path, Some(intent)) => intent.path.to_string_lossy().into_owned(),
        (Fact::RelativePath, Some(intent)) => intent.relative_path.clone(),
        (Fact::Size, Some(intent)) => intent.plan.size.to_string(),
        (Fact::Modified, Some(intent)) => intent.modified_at.to_string(),
        (Fact::Batch, Some(intent)) => intent.batch.to_string(),
    }
}

fn pieces(template: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        pieces.push(Piece::Text(&rest[..at]));
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if let Some(doubled) = after.strip_prefix(brace) {
            pieces.push(Piece::Text(brace));
            rest = doubled;
        } else if brace == "}" {
            return Err(format!("“{template}” holds a “}}” that closes nothing; write “}}}}” for the brace itself"));
        } else {
            let (name, after) = after.split_once('}').ok_or_else(|| unclosed(template))?;
            pieces.push(Piece::Fact(fact(name)?));
            rest = after;
        }
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

fn unclosed(template: &str) -> String {
    format!("“{template}” holds a “{{” that is never closed; write “{{{{” for the brace itself")
}

fn fact(name: &str) -> Result<Fact, String> {
    let found = FACTS.iter().find(|(known, _)| *known == name).map(|(_, fact)| *fact);
    found.ok_or_else(|| {
        let known: Vec<_> = FACTS.iter().map(|(known, _)| format!("{{{known}}}")).collect();
        format!("“{{{name}}}” is not known; there are {}", known.join(" "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_written_twice_and_the_rest_stays_as_it_is() {
        assert_eq!(fill("{{{uuid}}} is }}{{ ünïcode", Facts::Uuid("u-1")), "{u-1} is }{ ünïcode");
        assert_eq!(fill("", Facts::Nothing), "");
    }

    #[test]
    fn what_a_template_does_wrong_is_said_in_a_sentence() {
        for (template, words) in [("{nmae}", "not known"), ("{name", "never closed"), ("name}", "closes nothing")] {
            let error = check(template, Place::Upload, "params.x").expect_err(template);
            assert!(error.message().contains(words) && error.message().contains("params.x"), "{error}");
        }
    }

    #[test]
    fn a_request_asks_only_for_what_is_known_there() {
        check("{uuid}", Place::Delete, "x").expect("the id is in the ticket");
        assert!(check("{name}", Place::Delete, "x").is_err());
        assert!(check("{uuid}", Place::Session, "x").is_err());
        check("{name}{path}{relative_path}{size}{mtime}{uuid}{batch}", Place::Upload, "x").expect("all are known");
    }
}
