//! What a tus server offers, asked once in a session. An answer that tells nothing proves nothing (some servers answer
//! only under another path): then the plain protocol is spoken.

use reqwest::{Method, StatusCode};

use super::{Tus, checksum::Algorithm};
use crate::{
    drivers::{
        http::Answer,
        resource::{self, number, text},
        template::Facts,
    },
    error::{ErrorKind, Result},
};

/// What a server offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// It joins uploads into one (*concatenation*).
    pub joins: bool,
    /// It forgets uploads on request (*termination*).
    pub forgets: bool,
    /// A payload may come with the request that opens the upload (*creation-with-upload*).
    pub with_upload: bool,
    /// It finds an upload by its attempt (our receiver's `x-attempt`): opening one twice does no harm.
    pub by_attempt: bool,
    /// It names the BLAKE3 of what arrived (our receiver's `x-digest`).
    pub names_digests: bool,
    /// The checksum that it was seen to enforce.
    pub enforces: Option<Algorithm>,
    /// The largest upload.
    pub max_size: Option<u64>,
}

impl Offer {
    fn of(answer: &Answer) -> Self {
        let listed = text(answer, "tus-extension").unwrap_or_default();
        let has = |name: &str| listed.split(',').any(|entry| entry.trim().eq_ignore_ascii_case(name));
        Self {
            joins: has("concatenation"),
            forgets: has("termination"),
            with_upload: has("creation-with-upload"),
            by_attempt: has("x-attempt"),
            names_digests: has("x-digest"),
            enforces: None,
            max_size: number(answer, "tus-max-size").filter(|&size| size > 0),
        }
    }
}

/// The protocol's own word in an answer: whoever gave it is a tus server.
pub(super) fn speaks(answer: &Answer) -> bool {
    let named = ["tus-resumable", "tus-version"].iter().any(|name| answer.headers.contains_key(*name));
    named && !answer.is_html()
}

impl Tus {
    /// What the server offers.
    ///
    /// # Errors
    /// Where it cannot be reached, or something else answers in its place.
    pub(super) async fn offer(&self) -> Result<Offer> {
        let asked = self.offer.get_or_try_init(|| async {
            let answer = self.question().await?;
            if !speaks(&answer) {
                return self.without_word(&answer).map(|()| Offer::default());
            }
            let offer = Offer::of(&answer);
            let wanted = self.settings.checksum && offer.forgets && !offer.names_digests;
            let named = text(&answer, "tus-checksum-algorithm").and_then(Algorithm::choose).filter(|_| wanted);
            let enforces = match named {
                Some(algorithm) if self.enforces(algorithm).await? => Some(algorithm),
                _ => None,
            };
            Ok(Offer { enforces, ..offer })
        });
        asked.await.copied()
    }

    /// The answer to a question about the whole collection.
    pub(super) async fn question(&self) -> Result<Answer> {
        let request = self.server.request(Method::OPTIONS, self.server.endpoint.clone(), Facts::Nothing);
        self.server.ask(request).await
    }

    /// Whether the collection answers in the protocol now.
    pub(super) async fn is_there(&self) -> Result<bool> {
        Ok(speaks(&self.question().await?))
    }

    fn without_word(&self, answer: &Answer) -> Result<()> {
        let error = resource::by_status(answer);
        let in_its_place = matches!(error.kind(), ErrorKind::CaptivePortal | ErrorKind::Busy(_));
        match in_its_place || answer.status == StatusCode::BAD_GATEWAY || answer.status == StatusCode::GATEWAY_TIMEOUT {
            true => Err(error),
            false => Ok(()),
        }
    }
}
