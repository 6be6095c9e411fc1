//! tus 1.0.0 (tus.io/protocols/resumable-upload), with the extensions *creation*, *creation-with-upload*, *expiration*,
//! *checksum*, *termination* and *concatenation*.
//!
//! An upload has a URL, and only `HEAD` on it tells where it stands: after anything that went wrong it is asked, never
//! guessed. One file in several lanes is one upload each (*concatenation*), joined at the end. The attempt's own id goes into
//! the metadata (P8); Carryon's receiver finds an upload by it, so there the first chunk may open the upload, and opening
//! it twice does no harm (`x-attempt` among its extensions).
//!
//! The last request of a single lane completes the object and may be lost; `HEAD` tells then. Where the server has moved
//! a complete upload on (404), nobody can be asked any more.

mod address;
mod checksum;
mod offer;
mod trial;

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::{Method, RequestBuilder, StatusCode};
use tokio::sync::OnceCell;
use url::Url;

pub use self::address::{Preset, TusSettings};
use self::{address::Address, checksum::encoded, offer::Offer};
use super::{
    Credentials, HttpOptions,
    http::{self, Answer},
    resource::{self, Resources, Server, moment, number, place},
    template::{self, Facts},
};
use crate::{
    chunk::{Completes, Digest, Plan},
    destination::{
        Capabilities, Confirmation, Destination, Finished, Intent, Outgoing, Stored, Survey, SurveyKind, Ticket,
        Verdict,
    },
    error::{Error, ErrorKind, Result},
    upload::UnixMillis,
};

/// The type of every payload.
const BYTES: &str = "application/offset+octet-stream";
/// The BLAKE3 of the payload as it arrived: our receiver's word (`x-digest` among its extensions).
const RECEIVED: &str = "upload-received-digest";

/// A tus server.
#[derive(Debug)]
pub struct Tus {
    address: Address,
    settings: TusSettings,
    server: Server,
    offer: OnceCell<Offer>,
}

/// Where an upload stands.
struct Stand {
    offset: u64,
    location: Option<String>,
    digest: Option<Digest>,
}

impl Tus {
    /// A driver for the collection at `url`; its query may hold `preset`, `lanes` and `chunk`, and wins over `settings`.
    ///
    /// # Errors
    /// `Invalid` where the URL or the settings make no sense.
    pub fn new(
        url: &Url,
        credentials: Credentials,
        options: &HttpOptions,
        settings: &TusSettings,
        connections: Option<usize>,
    ) -> Result<Self> {
        Self::check(url, options, settings)?;
        let address = Address::resolve(url, settings, connections)?;
        let common = [("tus-resumable", "1.0.0")];
        let server = Server::new(address.endpoint.clone(), credentials, options, &common, &settings.headers)?;
        Ok(Self { address, settings: settings.clone(), server, offer: OnceCell::new() })
    }

    /// Everything that can be wrong before anything is sent.
    pub(super) fn check(url: &Url, options: &HttpOptions, settings: &TusSettings) -> Result<()> {
        settings.check()?;
        http::check(url, options)?;
        Address::resolve(url, settings, None).map(drop)
    }

    fn facts(intent: &Intent) -> (&Intent, String) {
        (intent, intent.attempt.to_string())
    }

    /// A request to open an upload of so many bytes: the whole, or one lane of it. Only the whole bears the attempt's id: by
    /// that it is found again, and lanes are alike.
    fn opening(&self, intent: &Intent, length: u64) -> RequestBuilder {
        let (intent, uuid) = Self::facts(intent);
        let request =
            self.server.request(Method::POST, self.server.endpoint.clone(), Facts::Upload { intent, uuid: &uuid });
        request
            .header("Upload-Length", length)
            .header("Upload-Metadata", self.metadata(intent, &uuid, intent.plan.lanes <= 1))
    }

    fn metadata(&self, intent: &Intent, uuid: &str, whole: bool) -> String {
        let kind = mime_guess::from_path(&intent.name).first_raw().unwrap_or("application/octet-stream");
        let mut pairs = BTreeMap::from([("filename", intent.name.clone()), ("filetype", kind.to_owned())]);
        if whole {
            pairs.insert("attempt", uuid.to_owned());
        }
        if !intent.relative_path.is_empty() {
            pairs.insert("relativePath", intent.relative_path.clone());
        }
        for (name, value) in &self.settings.metadata {
            pairs.insert(name, template::fill(value, Facts::Upload { intent, uuid }));
        }
        let pair = |(name, value): (&&str, &String)| match value.is_empty() {
            true => (*name).to_owned(),
            false => format!("{name} {}", encoded(value)),
        };
        pairs.iter().map(pair).collect::<Vec<_>>().join(",")
    }

    /// Opens an upload without a payload; where the server finds uploads by their attempt, finds it again.
    async fn open(&self, request: RequestBuilder) -> Result<Url> {
        let answer = self.server.ask(request.header("Content-Length", 0)).await?;
        if answer.status != StatusCode::CREATED {
            return Err(resource::not_opened(&answer));
        }
        self.server.location(&answer, &self.server.endpoint)
    }

    /// Where the upload at `url` stands; none where it is unknown there.
    async fn stand(&self, url: &Url, length: u64, facts: Facts<'_>) -> Result<Option<Stand>> {
        let answer = self.server.ask(self.server.request(Method::HEAD, url.clone(), facts)).await?;
        if resource::is_unknown(&answer) {
            return Ok(None);
        }
        let offset = number(&answer, "upload-offset").filter(|_| answer.status.is_success() && !answer.is_html());
        let Some(offset) = offset else { return Err(resource::by_status(&answer)) };
        if offset > length || number(&answer, "upload-length").is_some_and(|theirs| theirs != length) {
            let text = "The destination holds another upload than this one under its address";
            return Err(Error::new(ErrorKind::Rejected, text).next_step("Start over to send the file again."));
        }
        Ok(Some(Stand { offset, location: place(&answer), digest: resource::digest(&answer, "repr-digest") }))
    }

    /// The upload's URLs; an upload that has none yet is opened, or found.
    async fn urls(&self, of: &Resources, intent: &Intent) -> Result<Vec<Url>> {
        if of.urls.is_empty() {
            return Ok(vec![self.open(self.opening(intent, intent.plan.size)).await?]);
        }
        of.urls.iter().map(|kept| self.server.url(kept)).collect()
    }

    /// Where each lane stands; none where one of them is unknown.
    async fn stands(&self, ticket: &Ticket, intent: &Intent) -> Result<Option<Vec<Stand>>> {
        let urls = self.urls(&Resources::of(ticket)?, intent).await?;
        let (intent, uuid) = Self::facts(intent);
        let mut stands = Vec::with_capacity(urls.len());
        for (lane, url) in (0..).zip(urls) {
            let (start, end) = intent.plan.lane(lane);
            match self.stand(&url, end - start, Facts::Upload { intent, uuid: &uuid }).await? {
                Some(stand) => stands.push(stand),
                None => return Ok(None),
            }
        }
        Ok(Some(stands))
    }

    /// Where an upload is unknown, that counts only from a server that still answers in the protocol (DESIGN P6).
    async fn gone(&self) -> Result<Survey> {
        match self.address.is_given() || self.is_there().await? {
            true => Ok(Survey::Gone),
            false => Err(Error::new(ErrorKind::Transient, "Something answered in the destination's place")),
        }
    }

    /// Sends a chunk to the URL of its lane.
    async fn append(&self, url: Url, intent: &Intent, outgoing: &Outgoing) -> Result<Answer> {
        let (intent, uuid) = Self::facts(intent);
        let start = start_of(&intent.plan, outgoing);
        let request = self.server.request(Method::PATCH, url, Facts::Upload { intent, uuid: &uuid });
        let mut request =
            request.header("Content-Type", BYTES).header("Upload-Offset", outgoing.body.chunk().offset - start);
        if let Some(algorithm) = self.offer().await?.enforces {
            request = request.header("Upload-Checksum", algorithm.of_chunk(outgoing).await?);
        }
        self.server.send(request, &outgoing.body).await
    }

    /// Opens the upload together with its only chunk: only where opening it again would find it.
    async fn open_with(&self, intent: &Intent, outgoing: &Outgoing) -> Result<(Url, Answer)> {
        let request = self.opening(intent, intent.plan.size).header("Content-Type", BYTES);
        let answer = self.server.send(request, &outgoing.body).await?;
        if answer.status != StatusCode::CREATED {
            // What became of the payload is asked; only what says that nothing can be opened here is final.
            let error = resource::not_opened(&answer);
            return Err(if answer.status == StatusCode::PAYLOAD_TOO_LARGE {
                resource::by_status(&answer)
            } else {
                error
            });
        }
        Ok((self.server.location(&answer, &self.server.endpoint)?, answer))
    }

    fn confirmation(&self, intent: &Intent, outgoing: &Outgoing, answer: &Answer) -> Result<Confirmation> {
        if !answer.status.is_success() || answer.is_html() {
            return Err(match resource::is_unknown(answer) {
                true => Error::new(ErrorKind::Gone, "The destination no longer knows this upload"),
                false => resource::by_status(answer),
            });
        }
        let start = start_of(&intent.plan, outgoing);
        let offset = resource::require_reached(outgoing, start, number(answer, "upload-offset"))?;
        let whole = intent.plan.lanes <= 1 && offset == intent.plan.size;
        let finished = whole.then(|| Finished {
            location: place(answer),
            digest: resource::digest(answer, "repr-digest"),
            handle: None,
        });
        Ok(Confirmation {
            offset: Some(offset),
            digest: resource::digest(answer, RECEIVED),
            expires_at: moment(answer, "upload-expires"),
            finished,
            ..Confirmation::default()
        })
    }

    fn ticket(&self, urls: &[Url], intent: &Intent) -> Ticket {
        let urls = urls.iter().map(|url| self.server.kept(url)).collect();
        let attempt = intent.attempt.to_string();
        Resources { urls, attempt, size: intent.plan.size, interop: None }.ticket()
    }

    /// An upload that was opened elsewhere: the address is its URL. It is taken while it is empty and of the right size.
    async fn given(&self, intent: &Intent) -> Result<Ticket> {
        let (intent, uuid) = Self::facts(intent);
        let url = self.server.endpoint.clone();
        let stand = self.stand(&url, intent.plan.size, Facts::Upload { intent, uuid: &uuid }).await?;
        match stand.map(|stand| stand.offset) {
            Some(0) => Ok(self.ticket(&[url], intent)),
            Some(_) => {
                Err(Error::new(ErrorKind::Rejected, "This upload link was used already, for which file nobody can say")
                    .next_step("Get a new upload link for this file, and set the destination to it."))
            }
            None => Err(Error::new(ErrorKind::Rejected, "This upload link is unknown, or has expired")
                .next_step("Get a new upload link for this file, and set the destination to it.")),
        }
    }

    /// What lanes were joined to that are unknown now: asked for again where that gets the first answer. Without its lanes
    /// nothing can be joined anew.
    async fn joined(&self, ticket: &Ticket, intent: &Intent) -> Result<Option<Finished>> {
        if intent.plan.lanes <= 1 || !self.offer().await?.by_attempt {
            return Ok(None);
        }
        match self.join(&Resources::of(ticket)?, intent).await {
            Ok(finished) => Ok(Some(finished)),
            Err(error) if error.kind() == ErrorKind::Rejected => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The request that joins the lanes.
    async fn join(&self, of: &Resources, intent: &Intent) -> Result<Finished> {
        let urls = of.urls.iter().map(|kept| self.server.url(kept)).collect::<Result<Vec<_>>>()?;
        let listed: Vec<String> = urls.iter().map(|url| self.server.kept(url)).collect();
        let (intent, uuid) = Self::facts(intent);
        let facts = Facts::Upload { intent, uuid: &uuid };
        let request = self.server.request(Method::POST, self.server.endpoint.clone(), facts);
        let request = request
            .header("Upload-Concat", format!("final;{}", listed.join(" ")))
            .header("Upload-Metadata", self.metadata(intent, &uuid, true))
            .header("Content-Length", 0);
        let answer = http::exchange(request, None, &self.server.options, self.server.options.finish).await?;
        if answer.status != StatusCode::CREATED {
            let error = resource::not_opened(&answer);
            // What may have joined them all the same is asked, never repeated blindly.
            return Err(if error.kind() == ErrorKind::Transient { error.as_kind(ErrorKind::Unknown) } else { error });
        }
        let url = self.server.location(&answer, &self.server.endpoint)?;
        let stand = self.stand(&url, intent.plan.size, facts).await;
        match stand {
            Ok(Some(stand)) if stand.offset == intent.plan.size => {
                let handle = Some(self.ticket(std::slice::from_ref(&url), intent));
                Ok(Finished { location: stand.location.or(place(&answer)), digest: stand.digest, handle })
            }
            Ok(Some(_)) => {
                Err(Error::new(ErrorKind::Rejected, "The destination joined the parts to a file of another size"))
            }
            // A yes that cannot be looked at stays one.
            Ok(None) | Err(_) => Ok(Finished { location: place(&answer), ..Finished::default() }),
        }
    }
}

fn start_of(plan: &Plan, outgoing: &Outgoing) -> u64 {
    let at = outgoing.body.chunk().offset;
    (0..plan.lanes).map(|lane| plan.lane(lane)).find(|lane| at < lane.1).map_or(0, |lane| lane.0)
}

fn finished(stand: &Stand) -> Finished {
    Finished { location: stand.location.clone(), digest: stand.digest, handle: None }
}

#[async_trait]
impl Destination for Tus {
    fn capabilities(&self) -> Capabilities {
        let rules = self.address.rules();
        Capabilities {
            parallel: self.address.lanes as usize,
            min_chunk: rules.least,
            max_chunk: rules.most,
            multiple: rules.multiple,
            max_chunks: u64::MAX,
            survey: SurveyKind::Offset,
            lifetime: None,
        }
    }

    fn plan(&self, size: u64, wish: u64) -> Result<Plan> {
        let chunk_size = self.capabilities().fit(self.address.chunk.unwrap_or(wish));
        let worth = u32::try_from((size / chunk_size).min(chunk_size)).unwrap_or(u32::MAX);
        let lanes = self.address.lanes.min(worth).max(1);
        let by_request = lanes > 1 || size == 0;
        let completes = if by_request { Completes::FinishRequest } else { Completes::LastChunk };
        let adapts = self.address.chunk.is_none() && self.address.preset.is_none();
        Ok(Plan { size, chunk_size, completes, repeatable: false, sends_empty: false, lanes, adapts })
    }

    async fn settle(&self, plan: Plan) -> Result<Plan> {
        let offer = self.offer().await?;
        if let Some(most) = offer.max_size.filter(|&most| most < plan.size) {
            let text = format!("The file has {} bytes, and this destination takes at most {most}", plan.size);
            return Err(Error::new(ErrorKind::Rejected, text));
        }
        match plan.lanes > 1 && !offer.joins {
            true => Ok(Plan { lanes: 1, completes: Completes::LastChunk, ..plan }),
            false => Ok(plan),
        }
    }

    async fn begin(&self, intent: &Intent) -> Result<Ticket> {
        if self.address.is_given() {
            return self.given(intent).await;
        }
        let (offer, plan) = (self.offer().await?, intent.plan);
        if plan.lanes <= 1 && plan.count() == 1 && offer.by_attempt && offer.with_upload {
            return Ok(self.ticket(&[], intent));
        }
        let mut urls = Vec::new();
        for lane in 0..plan.lanes.max(1) {
            let (start, end) = plan.lane(lane);
            let opening = self.opening(intent, end - start);
            let opening = if plan.lanes > 1 { opening.header("Upload-Concat", "partial") } else { opening };
            urls.push(self.open(opening).await?);
        }
        Ok(self.ticket(&urls, intent))
    }

    async fn survey(&self, ticket: &Ticket, intent: &Intent) -> Result<Survey> {
        let Some(stands) = self.stands(ticket, intent).await? else {
            return match self.joined(ticket, intent).await? {
                Some(finished) => Ok(Survey::Done(finished)),
                None => self.gone().await,
            };
        };
        match stands.first() {
            Some(stand) if stands.len() == 1 && stand.offset == intent.plan.size => Ok(Survey::Done(finished(stand))),
            _ => {
                let offset = |(lane, stand): (u32, &Stand)| intent.plan.lane(lane).0 + stand.offset;
                Ok(Survey::Lanes((0..).zip(&stands).map(offset).collect()))
            }
        }
    }

    async fn send(&self, ticket: &Ticket, intent: &Intent, outgoing: Outgoing) -> Result<Confirmation> {
        let of = Resources::of(ticket)?;
        let chunk = outgoing.body.chunk();
        if !of.urls.is_empty() {
            let lane = (0..intent.plan.lanes).find(|&lane| chunk.offset < intent.plan.lane(lane).1).unwrap_or(0);
            let kept = of.urls.get(lane as usize).ok_or_else(|| {
                Error::new(ErrorKind::Storage, "The record's ticket names no URL for this part of the file")
            })?;
            let answer = self.append(self.server.url(kept)?, intent, &outgoing).await?;
            return self.confirmation(intent, &outgoing, &answer);
        }
        let (url, answer) = match chunk.length == intent.plan.size {
            true => self.open_with(intent, &outgoing).await?,
            false => {
                let url = self.open(self.opening(intent, intent.plan.size)).await?;
                (url.clone(), self.append(url, intent, &outgoing).await?)
            }
        };
        let confirmation = self.confirmation(intent, &outgoing, &answer)?;
        Ok(Confirmation { ticket: Some(self.ticket(&[url], intent)), ..confirmation })
    }

    async fn finish(&self, ticket: &Ticket, intent: &Intent, _: &[Stored]) -> Result<Finished> {
        let of = Resources::of(ticket)?;
        if of.urls.len() > 1 {
            return self.join(&of, intent).await;
        }
        match self.stands(ticket, intent).await?.as_deref() {
            Some([stand]) if stand.offset == intent.plan.size => Ok(finished(stand)),
            _ => Err(Error::new(ErrorKind::Unknown, "The destination does not say that it holds the whole file")),
        }
    }

    async fn confirm(&self, ticket: &Ticket, intent: &Intent) -> Result<Verdict> {
        let stands = self.stands(ticket, intent).await?;
        match stands.as_deref() {
            Some([stand]) if stand.offset == intent.plan.size => Ok(Verdict::Finished(finished(stand))),
            Some([_]) => Ok(Verdict::NotFinished),
            // Joining again gives the first answer only where uploads are found by their attempt.
            Some(_) if self.offer().await?.by_attempt => Ok(Verdict::NotFinished),
            Some(_) => Ok(Verdict::Unknowable),
            None => Ok(self.joined(ticket, intent).await?.map_or(Verdict::Unknowable, Verdict::Finished)),
        }
    }

    async fn abort(&self, ticket: &Ticket) -> Result<()> {
        let of = Resources::of(ticket)?;
        if self.address.is_given() {
            let text = "This upload link is not ours to take back";
            return Err(Error::new(ErrorKind::Rejected, text));
        }
        let mut urls = of.urls.iter().map(|kept| self.server.url(kept)).collect::<Result<Vec<_>>>()?;
        if urls.is_empty() {
            let request = self.server.request(Method::POST, self.server.endpoint.clone(), Facts::Uuid(&of.attempt));
            let request = request.header("Upload-Length", of.size);
            let request = request.header("Upload-Metadata", format!("attempt {}", encoded(&of.attempt)));
            urls.push(self.open(request).await?);
        }
        for url in urls {
            let request = self.server.request(Method::DELETE, url, Facts::Uuid(&of.attempt));
            resource::judge_removal(&self.server.ask(request).await?)?;
        }
        Ok(())
    }

    async fn clock(&self) -> Result<Option<UnixMillis>> {
        Ok(self.question().await?.date())
    }
}
