//! Checksums of requests (extension *checksum*), where the server enforces them. Some servers name the extension and let
//! a wrong checksum pass, so one byte with a wrong one is tried first, in an upload that is never completed and is
//! removed again.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, RequestBuilder};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::{BYTES, Tus};
use crate::{
    destination::Outgoing,
    drivers::{
        resource::{judge_removal, number},
        template::Facts,
    },
    error::Result,
    worker::blocking,
};

/// An algorithm that both sides know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Blake3,
    Sha256,
    Sha1,
}

impl Algorithm {
    /// The best of those that a server lists; ours is recorded anyway, so it costs nothing.
    pub fn choose(listed: &str) -> Option<Self> {
        let has = |of: &Self| listed.split(',').any(|entry| entry.trim().eq_ignore_ascii_case(of.name()));
        [Self::Blake3, Self::Sha256, Self::Sha1].into_iter().find(has)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Blake3 => "blake3",
            Self::Sha256 => "sha256",
            Self::Sha1 => "sha1",
        }
    }

    /// The header for bytes of this digest.
    fn header(self, digest: &[u8]) -> String {
        format!("{} {}", self.name(), BASE64_STANDARD.encode(digest))
    }

    /// The header for a chunk. Its bytes are read for it, where their digest is not recorded.
    ///
    /// # Errors
    /// As [`crate::source::SourceFile::read_exact_at`].
    pub async fn of_chunk(self, outgoing: &Outgoing) -> Result<String> {
        if let (Self::Blake3, Some(digest)) = (self, outgoing.digest) {
            return Ok(self.header(&digest));
        }
        let body = outgoing.body.clone();
        let digest = blocking(move || match self {
            Self::Blake3 => {
                let mut hasher = blake3::Hasher::new();
                body.look_through(|block| {
                    hasher.update(block);
                })?;
                Ok(hasher.finalize().as_bytes().to_vec())
            }
            Self::Sha256 => {
                let mut hasher = Sha256::new();
                body.look_through(|block| hasher.update(block))?;
                Ok(hasher.finalize().to_vec())
            }
            Self::Sha1 => {
                let mut hasher = Sha1::new();
                body.look_through(|block| hasher.update(block))?;
                Ok(hasher.finalize().to_vec())
            }
        });
        Ok(self.header(&digest.await?))
    }

    /// A checksum of the right length that no byte has.
    fn wrong(self) -> String {
        self.header(&vec![0x5a; if self == Self::Sha1 { 20 } else { 32 }])
    }
}

impl Tus {
    /// Whether the server refuses a byte with a wrong checksum. Whatever else it says, it does not enforce them.
    ///
    /// # Errors
    /// Where it cannot be reached.
    pub(super) async fn enforces(&self, algorithm: Algorithm) -> Result<bool> {
        let (Some(trial), _) = self.open_trial_answer().await? else { return Ok(false) };
        let patch = self.server.request(Method::PATCH, trial.clone(), Facts::Nothing);
        let patch = patch
            .header("Content-Type", BYTES)
            .header("Upload-Offset", 0)
            .header("Upload-Checksum", algorithm.wrong())
            .body("c");
        let answer = self.server.ask(patch).await;
        let refused = matches!(&answer, Ok(answer) if answer.status.as_u16() == 460);
        let head = self.server.ask(self.server.request(Method::HEAD, trial.clone(), Facts::Nothing)).await;
        let kept_nothing = matches!(&head, Ok(head) if number(head, "upload-offset") == Some(0));
        self.remove_trial(trial).await;
        answer?;
        Ok(refused && kept_nothing)
    }

    /// Opens an upload of two bytes, of which one at most is ever sent.
    pub(super) fn trial_request(&self) -> RequestBuilder {
        let metadata = format!("filename {},filetype {}", encoded("carryon-test"), encoded("text/plain"));
        let request = self.server.request(Method::POST, self.server.endpoint.clone(), Facts::Nothing);
        request.header("Upload-Length", 2).header("Upload-Metadata", metadata).header("Content-Length", 0)
    }

    /// Removes it again; gives whether the server says so. What stays is left to the server's expiry.
    pub(super) async fn remove_trial(&self, trial: url::Url) -> bool {
        let removed = self.server.ask(self.server.request(Method::DELETE, trial, Facts::Nothing)).await;
        removed.and_then(|answer| judge_removal(&answer)).is_ok()
    }
}

/// A value as metadata holds it.
pub(super) fn encoded(value: &str) -> String {
    BASE64_STANDARD.encode(value)
}
