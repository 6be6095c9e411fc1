//! Resumable Uploads for HTTP, draft-ietf-httpbis-resumable-upload up to -12 (interop versions 9, 8 and 6, or none as after
//! the draft).
//!
//! Creation is careful: an empty request with `Upload-Complete: ?0`, so that no interim answer (104) is needed and a lost
//! answer leaves nothing but an empty upload. Completion is a request of its own, empty with `Upload-Complete: ?1`, and `HEAD`
//! tells whether it was carried out. What the application says of a complete upload is final; the same status about
//! the transfer is asked after.

mod address;
mod trial;

use async_trait::async_trait;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, RequestBuilder};
use tokio::sync::OnceCell;
use url::Url;

use self::address::{Address, Limits};
use super::{
    Credentials, HttpOptions,
    headers::Headers,
    http::{self, Answer},
    resource::{self, Resources, Server, number, text},
    template::Facts,
};
use crate::{
    chunk::{Completes, Plan},
    destination::{
        Capabilities, Confirmation, Destination, Finished, Intent, Outgoing, Stored, Survey, SurveyKind, Ticket,
        Verdict,
    },
    error::{Error, ErrorKind, Result},
    upload::{UnixMillis, now},
};

/// The type of every payload.
const BYTES: &str = "application/partial-upload";
/// The BLAKE3 of the payload as it arrived: our receiver's word.
const RECEIVED: &str = "upload-received-digest";
/// A version that is in nobody's draft: the one without the header.
const NONE: u8 = 0;

/// A server that speaks the draft.
#[derive(Debug)]
pub struct Ietf {
    address: Address,
    server: Server,
    limits: OnceCell<Limits>,
}

/// Where an upload stands.
struct Stand {
    offset: u64,
    complete: bool,
    finished: Finished,
}

impl Ietf {
    /// A driver for the target at `url`; its query may hold `interop` (9, 8, 6 or none) and `chunk`.
    ///
    /// # Errors
    /// `Invalid` where the URL makes no sense.
    pub fn new(url: &Url, credentials: Credentials, options: &HttpOptions) -> Result<Self> {
        let address = Address::resolve(url)?;
        let server = Server::new(address.endpoint.clone(), credentials, options, &[], &Headers::new())?;
        Ok(Self { address, server, limits: OnceCell::new() })
    }

    /// Everything that can be wrong before anything is sent.
    pub(super) fn check(url: &Url, options: &HttpOptions) -> Result<()> {
        http::check(url, options)?;
        Address::resolve(url).map(drop)
    }

    fn request(&self, method: Method, url: Url, interop: u8) -> RequestBuilder {
        let request = self.server.request(method, url, Facts::Nothing);
        match interop {
            NONE => request,
            version => request.header("Upload-Draft-Interop-Version", u16::from(version)),
        }
    }

    /// What the target allows; nothing where it does not say.
    async fn limits(&self) -> Result<Limits> {
        let asked = self.limits.get_or_try_init(|| async {
            let answer = self.question().await?;
            let error = resource::by_status(&answer);
            match matches!(error.kind(), ErrorKind::CaptivePortal | ErrorKind::Busy(_)) {
                true => Err(error),
                false => Ok(Limits::of(&answer)),
            }
        });
        asked.await.copied()
    }

    async fn question(&self) -> Result<Answer> {
        let version = self.address.versions()[0];
        self.server.ask(self.request(Method::OPTIONS, self.server.endpoint.clone(), version)).await
    }

    /// Opens an upload without a payload, in the newest version that the server speaks.
    async fn open(&self, size: u64, dress: impl Fn(RequestBuilder) -> RequestBuilder) -> Result<(Url, u8)> {
        let mut refused = None;
        for &interop in self.address.versions() {
            let request = self.request(Method::POST, self.server.endpoint.clone(), interop);
            let request = request.header("Upload-Complete", "?0").header("Upload-Length", size);
            let answer = self.server.ask(dress(request.header("Content-Length", 0))).await?;
            match answer.status.as_u16() {
                200..=299 => return Ok((self.server.location(&answer, &self.server.endpoint)?, interop)),
                412 => refused = Some(resource::by_status(&answer)),
                _ => return Err(resource::not_opened(&answer)),
            }
        }
        Err(refused.unwrap_or_else(|| Error::new(ErrorKind::Invalid, "No version of the protocol is left to try")))
    }

    async fn stand(&self, ticket: &Ticket, size: u64) -> Result<Option<Stand>> {
        let (url, interop) = self.upload(ticket)?;
        let answer = self.server.ask(self.request(Method::HEAD, url, interop)).await?;
        if resource::is_unknown(&answer) {
            return Ok(None);
        }
        let offset = number(&answer, "upload-offset").filter(|_| answer.status.is_success() && !answer.is_html());
        let Some(offset) = offset else { return Err(resource::by_status(&answer)) };
        if offset > size || number(&answer, "upload-length").is_some_and(|theirs| theirs != size) {
            let text = "The destination holds another upload than this one under its address";
            return Err(Error::new(ErrorKind::Rejected, text).next_step("Start over to send the file again."));
        }
        Ok(Some(Stand { offset, complete: is_complete(&answer), finished: finished(&answer) }))
    }

    fn upload(&self, ticket: &Ticket) -> Result<(Url, u8)> {
        let of = Resources::of(ticket)?;
        let kept = of
            .urls
            .first()
            .ok_or_else(|| Error::new(ErrorKind::Storage, "The record's ticket names no URL that can be used"))?;
        Ok((self.server.url(kept)?, of.interop.unwrap_or(NONE)))
    }

    fn appending(&self, ticket: &Ticket, offset: u64, complete: bool) -> Result<RequestBuilder> {
        let (url, interop) = self.upload(ticket)?;
        let request = self.request(Method::PATCH, url, interop).header("Upload-Offset", offset);
        Ok(request.header("Upload-Complete", if complete { "?1" } else { "?0" }).header("Content-Type", BYTES))
    }
}

/// What a file is called, as a header holds it.
fn dressed(request: RequestBuilder, intent: &Intent) -> RequestBuilder {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let kind = mime_guess::from_path(&intent.name).first_raw().unwrap_or("application/octet-stream");
    let request = request
        .header("Content-Type", kind)
        .header("Content-Disposition", format!("attachment; filename*=UTF-8''{}", encode(&intent.name)))
        .header("Upload-Attempt", intent.attempt.to_string());
    match intent.relative_path.is_empty() {
        true => request,
        false => {
            let folders: Vec<String> = intent.relative_path.split('/').map(encode).collect();
            request.header("Upload-Relative-Path", folders.join("/"))
        }
    }
}

fn is_complete(answer: &Answer) -> bool {
    text(answer, "upload-complete").is_some_and(|value| value.trim().starts_with("?1"))
}

/// The draft's own word on what is wrong (its problem types).
fn is_problem(answer: &Answer, named: &str) -> bool {
    let of = answer.json().and_then(|json| json["type"].as_str().map(str::to_owned));
    of.is_some_and(|of| of.rsplit(['#', '/', ':']).next() == Some(named))
}

fn finished(answer: &Answer) -> Finished {
    Finished { location: resource::place(answer), digest: resource::digest(answer, "repr-digest"), handle: None }
}

#[async_trait]
impl Destination for Ietf {
    fn capabilities(&self) -> Capabilities {
        let Limits { min_append, max_append, .. } = self.limits.get().copied().unwrap_or_default();
        Capabilities {
            parallel: 1,
            min_chunk: min_append.unwrap_or(1),
            max_chunk: max_append.unwrap_or(u64::MAX),
            multiple: 1,
            max_chunks: u64::MAX,
            survey: SurveyKind::Offset,
            lifetime: None,
        }
    }

    fn plan(&self, size: u64, wish: u64) -> Result<Plan> {
        let chunk_size = self.capabilities().fit(self.address.chunk.unwrap_or(wish));
        let (completes, adapts) = (Completes::FinishRequest, self.address.chunk.is_none());
        Ok(Plan { size, chunk_size, completes, repeatable: false, sends_empty: false, lanes: 1, adapts })
    }

    async fn settle(&self, plan: Plan) -> Result<Plan> {
        let limits = self.limits().await?;
        if let Some(most) = limits.max_size.filter(|&most| most < plan.size) {
            let text = format!("The file has {} bytes, and this destination takes at most {most}", plan.size);
            return Err(Error::new(ErrorKind::Rejected, text));
        }
        if let Some(least) = limits.min_size.filter(|&least| least > plan.size) {
            let text = format!("The file has {} bytes, and this destination takes none below {least}", plan.size);
            return Err(Error::new(ErrorKind::Rejected, text));
        }
        Ok(Plan { chunk_size: self.capabilities().fit(plan.chunk_size), ..plan })
    }

    async fn begin(&self, intent: &Intent) -> Result<Ticket> {
        let (url, interop) = self.open(intent.plan.size, |request| dressed(request, intent)).await?;
        let (urls, attempt) = (vec![self.server.kept(&url)], intent.attempt.to_string());
        Ok(Resources { urls, attempt, size: intent.plan.size, interop: Some(interop) }.ticket())
    }

    async fn survey(&self, ticket: &Ticket, intent: &Intent) -> Result<Survey> {
        match self.stand(ticket, intent.plan.size).await? {
            Some(stand) if stand.complete => Ok(Survey::Done(stand.finished)),
            Some(stand) => Ok(Survey::Lanes(vec![stand.offset])),
            // That counts only while the target still answers as it did (DESIGN P6).
            None => match self.question().await? {
                answer if answer.status.is_success() && !answer.is_html() => Ok(Survey::Gone),
                answer => Err(resource::by_status(&answer)),
            },
        }
    }

    async fn send(&self, ticket: &Ticket, _: &Intent, outgoing: Outgoing) -> Result<Confirmation> {
        let chunk = outgoing.body.chunk();
        let answer = self.server.send(self.appending(ticket, chunk.offset, false)?, &outgoing.body).await?;
        if !answer.status.is_success() || answer.is_html() {
            return Err(refusal(&answer));
        }
        // A yes is about all of it; the byte need not be named.
        let named = number(&answer, "upload-offset").or(Some(chunk.end()));
        let offset = resource::require_reached(&outgoing, 0, named)?;
        let max_age = Limits::of(&answer).max_age;
        let expires_at =
            max_age.map(|seconds| now().saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX / 1000) * 1000));
        Ok(Confirmation {
            offset: Some(offset),
            digest: resource::digest(&answer, RECEIVED),
            expires_at,
            ..Confirmation::default()
        })
    }

    async fn finish(&self, ticket: &Ticket, intent: &Intent, _: &[Stored]) -> Result<Finished> {
        let request = self.appending(ticket, intent.plan.size, true)?.header("Content-Length", 0);
        let answer = http::exchange(request, None, &self.server.options, self.server.options.finish).await?;
        if answer.status.is_success() && !answer.is_html() {
            return Ok(finished(&answer));
        }
        // An earlier finish went unheard.
        let done = is_problem(&answer, "completed-upload");
        match if done { self.stand(ticket, intent.plan.size).await? } else { None } {
            Some(stand) if stand.complete => Ok(stand.finished),
            _ => Err(refusal(&answer)),
        }
    }

    async fn confirm(&self, ticket: &Ticket, intent: &Intent) -> Result<Verdict> {
        Ok(match self.stand(ticket, intent.plan.size).await? {
            Some(stand) if stand.complete => Verdict::Finished(stand.finished),
            Some(_) => Verdict::NotFinished,
            None => Verdict::Unknowable,
        })
    }

    async fn abort(&self, ticket: &Ticket) -> Result<()> {
        let (url, interop) = self.upload(ticket)?;
        resource::judge_removal(&self.server.ask(self.request(Method::DELETE, url, interop)).await?)
    }

    async fn clock(&self) -> Result<Option<UnixMillis>> {
        Ok(self.question().await?.date())
    }
}

/// A refusal that bears `Upload-Complete: ?1` is the application's own word on the whole upload (draft, *Upload Append*).
fn refusal(answer: &Answer) -> Error {
    if is_complete(answer) && answer.status.is_client_error() {
        let text = format!("The destination took the whole file and refused it ({}) {}", answer.status, answer.quote());
        return Error::new(ErrorKind::Rejected, text.trim_end().to_owned());
    }
    match resource::is_unknown(answer) {
        true => Error::new(ErrorKind::Gone, "The destination no longer knows this upload"),
        false => resource::by_status(answer),
    }
}
