//! What a face asks of the owner.

use std::{fmt, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::watches::Watches;
use crate::{
    error::{Error, ErrorKind, Result},
    records::{found::Search, uploads::Order},
    source::{decode_path, encode_path, path_encoding},
    this_run::RunWishes,
};

/// One request; the names are those of the commands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Add files and folders and follow them to the end.
    Send(Send),
    /// List what is not finished.
    List,
    /// Carry on with what was interrupted and follow it to the end.
    Resume {
        /// Which ones.
        which: ResumeWhich,
        /// In which way.
        how: How,
        /// A bearer token for their destinations.
        token: Option<Secret>,
        /// Give up after so many seconds without progress.
        give_up_after: Option<u64>,
        /// What is wished for this run only.
        #[serde(default)]
        wishes: RunWishes,
    },
    /// Carry on with an upload whose file lies elsewhere now, and follow it to the end.
    Locate {
        /// Its id, or the beginning of it.
        id: String,
        /// Where the file lies, as [`encode_paths`] writes it.
        path: String,
        /// A bearer token for its destination.
        token: Option<Secret>,
        /// Give up after so many seconds without progress.
        give_up_after: Option<u64>,
        /// What is wished for this run only.
        #[serde(default)]
        wishes: RunWishes,
    },
    /// Write an upload down for another machine; it rests here from then on.
    Export {
        /// Its id, or the beginning of it.
        id: String,
    },
    /// Let go of an upload that was written down, and that another machine carries on.
    LetGo {
        /// Its id.
        id: String,
        /// When its record had changed last, as it was written down.
        as_of: i64,
    },
    /// Take over an upload that another machine wrote down.
    Import {
        /// The document.
        document: String,
        /// Where the same file lies here, as [`encode_paths`] writes it.
        path: String,
        /// A saved destination, in place of the document's.
        to: Option<String>,
        /// Carry on at once and follow it to the end.
        start: bool,
        /// A bearer token for its destination.
        token: Option<Secret>,
        /// Give up after so many seconds without progress.
        give_up_after: Option<u64>,
        /// What is wished for this run only.
        #[serde(default)]
        wishes: RunWishes,
    },
    /// The user looked at the destination: these uploads of unknown outcome are complete.
    MarkDone {
        /// Their ids, or beginnings of them.
        ids: Vec<String>,
    },
    /// Drop uploads, here and at the destination.
    Discard {
        /// Their ids, or beginnings of them.
        ids: Vec<String>,
        /// A bearer token for their destinations.
        token: Option<Secret>,
    },
    /// Saved destinations.
    Destinations(Saved),
    /// Watched folders.
    Watches(Watches),
    /// Move uploads within the queue.
    Order {
        /// Their ids, or beginnings of them.
        ids: Vec<String>,
        /// Where to.
        order: Order,
    },
    /// What is set for everything.
    Settings(Settings),
    /// What became of uploads, newest last.
    History {
        /// How many at most, the newest of what is found.
        limit: u32,
        /// What is looked for.
        #[serde(default)]
        find: Search,
    },
    /// The receipt of what was delivered.
    Receipt {
        /// The upload's id, or the beginning of it.
        id: String,
        /// Read the whole file once more for its digest.
        digest: bool,
        /// And for its SHA-256.
        sha256: bool,
    },
}

/// What is asked of the saved destinations. Settings are JSON, as a user writes them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Saved {
    /// Save one.
    Add {
        /// Its name.
        name: String,
        /// A destination URL.
        address: String,
        /// Its settings.
        settings: Option<String>,
        /// Its token, for the keychain.
        token: Option<Secret>,
    },
    /// List them.
    List,
    /// Change one.
    Set {
        /// Its name, or its address.
        named: String,
        /// Another name.
        name: Option<String>,
        /// Another address.
        address: Option<String>,
        /// Other settings, all of them.
        settings: Option<String>,
        /// Another token, for the keychain.
        token: Option<Secret>,
        /// Its token is to be forgotten.
        forget_token: bool,
    },
    /// Remove one.
    Remove {
        /// Its name, or its address.
        named: String,
        /// Once nothing needs it any more; until then it is hidden.
        #[serde(default)]
        later: bool,
    },
    /// Try one.
    Test {
        /// Its name, or an address that is not saved.
        named: String,
        /// A bearer token.
        token: Option<Secret>,
    },
    /// Write them down for another machine.
    Export {
        /// Which; none for all.
        names: Vec<String>,
    },
    /// Save what was written down.
    Import {
        /// The document.
        document: String,
        /// Settings of what is here already are replaced.
        #[serde(default)]
        replace: bool,
        /// Only say what would come of it.
        #[serde(default)]
        dry_run: bool,
    },
    /// List the finished files that one tells of.
    Files {
        /// Its name, or its address.
        named: String,
        /// A bearer token.
        token: Option<Secret>,
    },
    /// Delete a finished file there, for good.
    DeleteFile {
        /// Its name, or its address.
        named: String,
        /// The file's id, as the list has it.
        id: String,
        /// A bearer token.
        token: Option<Secret>,
    },
}

/// What is asked of the settings for everything.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Settings {
    /// List them all.
    List,
    /// Set one.
    Set {
        /// Its name.
        key: String,
        /// Its value, as a person writes it.
        value: String,
    },
    /// Set some back to their defaults.
    Reset {
        /// Their names; none for all.
        keys: Vec<String>,
    },
}

/// What to send, where to, and how.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Send {
    /// Absolute paths, as [`encode_paths`] writes them.
    pub paths: Vec<String>,
    /// A destination URL, or a saved name.
    pub to: String,
    /// Who they belong to beside the destination; empty for nobody.
    pub scope: String,
    /// Bytes in a chunk.
    pub chunk_size: Option<u64>,
    /// Begin anew where an unfinished record exists.
    pub start_over: bool,
    /// Whether records outlive this run.
    pub keep: bool,
    /// Do not wait for the end.
    pub detach: bool,
    /// The user agrees to plain http beyond this machine.
    pub allow_http: bool,
    /// A bearer token.
    pub token: Option<Secret>,
    /// Give up after so many seconds without progress.
    pub give_up_after: Option<u64>,
    /// The higher goes first.
    pub priority: i32,
    /// Not before this moment (unix milliseconds).
    pub start_at: Option<i64>,
    /// What is wished for this run only.
    #[serde(default)]
    pub wishes: RunWishes,
}

/// In which way to carry on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// From the last byte that was confirmed.
    CarryOn,
    /// Anew, with the files as they are now.
    StartOver,
    /// Ask again for the finish of uploads whose outcome is unknown.
    FinishAgain,
}

/// Which uploads to resume.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeWhich {
    /// Whatever goes on by itself.
    All,
    /// These ids, or beginnings of them.
    Named(Vec<String>),
    /// What is left of these whole ids, after the owner who had them went away; some may be delivered by now.
    Left(Vec<String>),
}

/// A token on its way over the socket; it never shows itself.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("REDACTED")
    }
}

impl Request {
    /// The uploads go on when the client goes.
    pub fn is_detached(&self) -> bool {
        matches!(self, Request::Send(Send { detach: true, .. }))
    }

    /// It ends only when the client goes.
    pub fn is_endless(&self) -> bool {
        matches!(self, Request::Watches(Watches::Run { .. }))
    }

    /// How long to go on without progress.
    pub fn patience(&self) -> Option<Duration> {
        match self {
            Request::Send(Send { give_up_after, .. })
            | Request::Resume { give_up_after, .. }
            | Request::Locate { give_up_after, .. }
            | Request::Import { give_up_after, .. } => give_up_after.map(Duration::from_secs),
            _ => None,
        }
    }
}

/// Paths as text that loses nothing: the encoding, a colon, and the bytes in hex.
///
/// # Errors
/// `Invalid` where the working folder of a relative path is gone.
pub fn encode_paths(paths: &[PathBuf]) -> Result<Vec<String>> {
    let encode = |path: &PathBuf| {
        let text = format!("“{}” cannot be made absolute", path.display());
        let path = std::path::absolute(path).map_err(|error| Error::new(ErrorKind::Invalid, text).because(error))?;
        let hex: String = encode_path(&path).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("{}:{hex}", path_encoding()))
    };
    paths.iter().map(encode).collect()
}

/// The paths that [`encode_paths`] wrote.
///
/// # Errors
/// `Invalid` where the text is not of that form.
pub fn decode_paths(texts: &[String]) -> Result<Vec<PathBuf>> {
    let senseless = || Error::new(ErrorKind::Invalid, "A path came over the socket in a form that is not known");
    let decode = |text: &String| {
        let (encoding, hex) = text.split_once(':').ok_or_else(senseless)?;
        let digits: Option<Vec<u8>> = hex.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
        let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or_else(senseless)?;
        let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        Ok(decode_path(encoding, &bytes))
    };
    texts.iter().map(decode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_of_any_bytes_survives_the_socket() {
        use std::os::unix::ffi::OsStringExt;
        let path = PathBuf::from(std::ffi::OsString::from_vec(b"/media/caf\xe9\n\".mov".to_vec()));
        let texts = encode_paths(std::slice::from_ref(&path)).expect("encodes");
        assert_eq!(decode_paths(&texts).expect("decodes"), [path]);
    }

    #[test]
    fn nonsense_is_refused_and_no_panic() {
        for text in ["", "unix", "unix:1", "unix:zz", "unix:ä1"] {
            assert!(decode_paths(&[text.to_owned()]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_token_does_not_show_itself() {
        let request = Request::Discard { ids: Vec::new(), token: Some(Secret("hunter2".into())) };
        assert!(!format!("{request:?}").contains("hunter2"));
    }
}
