//! Fine Uploader's traditional protocol, as its last release 5.16.2 speaks it (docs: *Server-side*, *Chunking*,
//! *Concurrent chunking*, *Resume*).
//!
//! The client alone decides which chunks are missing; the server's only say is `reset`. The attempt id is `qquuid`, so
//! nothing has to be created first. One addition is used where the server has it: `GET <endpoint>/<uuid>` lists held
//! chunks with offset, length and BLAKE3, and answers of chunks name the BLAKE3 of what arrived. Servers that do not
//! know it answer anything else, and the record speaks.
//!
//! A done request is never repeated unasked: some servers truncate the finished file on the second one. The exception
//! is a server that can be asked, or one whose settings say `repeat_finish=safe`.

mod address;
mod answers;
mod calls;
mod checks;
#[cfg(test)]
mod fuzz;
mod params;
mod requests;
mod session;
mod settings;

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use url::Url;

use self::{
    address::{Address, below},
    answers::{digest_of, finished_of, held_of, judge_chunk, judge_finish, new_uuid},
};
pub use self::{
    params::{ParamValue, Params},
    settings::{DeleteMethod, DeleteSettings, DoneSettings, FineUploaderSettings, ParamNames, SessionSettings},
};
use super::{
    Credentials, HttpOptions,
    http::{self, Answer},
    template::Facts,
};
use crate::{
    chunk::{Completes, Plan, choose_size},
    destination::{
        Capabilities, Catalogue, Confirmation, Destination, Finished, Intent, Outgoing, Stored, Survey, SurveyKind,
        Ticket, Verdict,
    },
    error::{Error, ErrorKind, Result},
    upload::UnixMillis,
};

const TICKET_VERSION: u32 = 1;

/// A Fine Uploader server.
#[derive(Debug)]
pub struct FineUploader {
    address: Address,
    settings: FineUploaderSettings,
    credentials: Credentials,
    options: HttpOptions,
    client: Client,
    /// The server was seen not to know the status question; it is not asked again in this session.
    cannot_be_asked: AtomicBool,
    /// The server was seen to know it: what answers otherwise is something in its place.
    can_be_asked: AtomicBool,
}

impl FineUploader {
    /// A driver for the endpoint at `url`; its query may hold `done`, `chunk`, `concurrent` and `repeat_finish`, and wins
    /// over `settings`. `repeat_finish` says that a done request does no harm when it is repeated.
    ///
    /// # Errors
    /// `Invalid` where the URL or the settings make no sense.
    pub fn new(
        url: Url,
        credentials: Credentials,
        options: &HttpOptions,
        settings: &FineUploaderSettings,
        repeat_finish: bool,
    ) -> Result<Self> {
        Self::check(&url, options, settings, repeat_finish)?;
        let address = Address::resolve(&url, settings, repeat_finish)?;
        let client = http::client(&url, options)?;
        let (settings, options) = (settings.clone(), options.clone());
        let (cannot_be_asked, can_be_asked) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(Self { address, settings, credentials, options, client, cannot_be_asked, can_be_asked })
    }

    /// Everything that can be wrong before anything is sent.
    pub(super) fn check(
        url: &Url,
        options: &HttpOptions,
        settings: &FineUploaderSettings,
        repeat_finish: bool,
    ) -> Result<()> {
        settings.check()?;
        http::check(url, options)?;
        Address::resolve(url, settings, repeat_finish).map(drop)
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.client.request(method, url).header("Accept", "application/json");
        match &self.credentials.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// What the server says of the upload, where it knows the question.
    async fn status(&self, uuid: &str, intent: &Intent) -> Result<Option<Value>> {
        if self.cannot_be_asked.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let headers = requests::question_headers(&self.settings, Facts::Upload { intent, uuid });
        let request = self.request(Method::GET, below(self.address.endpoint.clone(), uuid)?).headers(headers);
        let answer = http::exchange(request, None, &self.options, self.options.answer).await?;
        let known = answer.json().filter(|json| json.get("carryon").is_some() && json["uuid"] == uuid);
        match known {
            Some(json) => {
                self.can_be_asked.store(true, Ordering::Relaxed);
                Ok(Some(json))
            }
            None => self.without_status(&answer),
        }
    }

    fn without_status(&self, answer: &Answer) -> Result<Option<Value>> {
        let passing = matches!(answer.status.as_u16(), 401 | 403 | 408 | 425 | 429 | 500 | 502..=599);
        let portal = answer.is_html() && answer.status.is_success();
        if passing || portal || answer.status.is_redirection() {
            judge_chunk(answer, &self.settings)?;
        }
        // What no server says to a question was said by something before it.
        let between = matches!(answer.status.as_u16(), 407 | 411 | 413 | 414 | 421 | 431 | 451);
        if between || self.can_be_asked.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Transient, "Something answered in the destination's place"));
        }
        self.cannot_be_asked.store(true, Ordering::Relaxed);
        Ok(None)
    }

    /// The ticket under the id that the server wants from here on, if it wants one.
    fn renamed(&self, uuid: &str, intent: &Intent, json: &Value) -> Result<Option<Ticket>> {
        if !requests::is_plain(intent) && !self.settings.new_uuid_on_chunks {
            return Ok(None);
        }
        Ok(new_uuid(json)?.filter(|new| new != uuid).map(ticket))
    }
}

fn ticket(uuid: String) -> Ticket {
    Ticket { version: TICKET_VERSION, data: json!({ "uuid": uuid }) }
}

fn uuid_of(ticket: &Ticket) -> Result<String> {
    ticket.require_known()?;
    let uuid = ticket.data["uuid"].as_str().filter(|_| ticket.version == TICKET_VERSION);
    uuid.map(str::to_owned).ok_or_else(|| {
        Error::new(ErrorKind::Storage, "The record's ticket was made by another version of Carryon and cannot be read")
    })
}

#[async_trait]
impl Destination for FineUploader {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            parallel: if self.address.concurrent { usize::MAX } else { 1 },
            min_chunk: 1,
            max_chunk: u64::MAX,
            multiple: 1,
            max_chunks: u64::MAX,
            survey: SurveyKind::Set,
            lifetime: None,
        }
    }

    fn plan(&self, size: u64, wish: u64) -> Result<Plan> {
        let wish = self.address.chunk_size.unwrap_or(wish);
        let chunk_size = choose_size(size, wish, 1, u64::MAX, u64::MAX)?;
        let (mandatory, done) = (self.settings.mandatory, self.address.done.is_some());
        // Chunked at any size, an empty file is nothing but its done request; without one it goes plain, never unsent.
        let sends_empty = !(mandatory && done);
        // Not larger than one chunk: one plain request, which may be repeated under the same uuid, and no done request.
        let plain = if size == 0 { sends_empty } else { size <= chunk_size && !mandatory };
        let completes = if done && !plain { Completes::FinishRequest } else { Completes::LastChunk };
        Ok(Plan { size, chunk_size, completes, repeatable: plain, sends_empty, lanes: 0, adapts: false })
    }

    async fn begin(&self, intent: &Intent) -> Result<Ticket> {
        Ok(ticket(intent.attempt.to_string()))
    }

    async fn survey(&self, ticket: &Ticket, intent: &Intent) -> Result<Survey> {
        let Some(status) = self.status(&uuid_of(ticket)?, intent).await? else { return Ok(Survey::CannotTell) };
        Ok(match status["state"].as_str() {
            Some("done") => Survey::Done(finished_of(&status)),
            Some("open") => Survey::Set(held_of(&status)),
            // Only `reset` says that an upload is gone (P6); the first chunk will tell.
            _ => Survey::CannotTell,
        })
    }

    async fn send(&self, ticket: &Ticket, intent: &Intent, outgoing: Outgoing) -> Result<Confirmation> {
        let uuid = uuid_of(ticket)?;
        self.require_same_ending(intent)?;
        let request = self.upload_request(&uuid, intent, &outgoing);
        let answer = http::exchange(request, Some(&outgoing.body), &self.options, self.options.answer).await?;
        let json = judge_chunk(&answer, &self.settings)?;
        let finished = (intent.plan.completes == Completes::LastChunk)
            // The digest in this answer is the chunk's.
            .then(|| Finished { digest: None, ..finished_of(&json) });
        let ticket = self.renamed(&uuid, intent, &json)?;
        Ok(Confirmation { digest: digest_of(&json), finished, ticket, ..Confirmation::default() })
    }

    async fn finish(&self, ticket: &Ticket, intent: &Intent, _: &[Stored]) -> Result<Finished> {
        let Some(done) = &self.address.done else {
            // The record was made while there was a done endpoint: without one nobody would put the file together.
            let text =
                "This upload needs a done request, and the destination's settings name no done endpoint any more";
            return Err(Error::new(ErrorKind::Rejected, text).next_step("Set the done endpoint again, or start over."));
        };
        let request = self.done_request(done, &uuid_of(ticket)?, intent);
        let answer = http::exchange(request, None, &self.options, self.options.finish).await?;
        judge_finish(&answer, &self.settings)
    }

    async fn confirm(&self, ticket: &Ticket, intent: &Intent) -> Result<Verdict> {
        let status = self.status(&uuid_of(ticket)?, intent).await?;
        let state = status.as_ref().and_then(|status| status["state"].as_str());
        Ok(match (state, status.as_ref()) {
            (Some("done"), Some(status)) => Verdict::Finished(finished_of(status)),
            (Some("open"), _) => Verdict::NotFinished,
            _ if self.address.repeat_finish => Verdict::NotFinished,
            _ => Verdict::Unknowable,
        })
    }

    async fn abort(&self, ticket: &Ticket) -> Result<()> {
        self.delete(self.address.delete.clone(), &uuid_of(ticket)?, &Params::default()).await
    }

    async fn clock(&self) -> Result<Option<UnixMillis>> {
        // Any answer bears the server's time; whatever it says to the question is as good.
        let request = self.request(Method::HEAD, self.address.endpoint.clone());
        let answer = http::exchange(request, None, &self.options, self.options.answer).await?;
        Ok(answer.date())
    }

    fn catalogue(&self) -> Option<&dyn Catalogue> {
        self.settings.session.as_ref().map(|_| self as &dyn Catalogue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver(address: &str) -> FineUploader {
        driver_with(address, "{}")
    }

    fn driver_with(address: &str, settings: &str) -> FineUploader {
        let (url, options) = (Url::parse(address).expect("url"), HttpOptions::default());
        let settings = serde_json::from_str(settings).expect("settings");
        FineUploader::new(url, Credentials::default(), &options, &settings, false).expect("driver")
    }

    #[test]
    fn the_reference_vectors_are_planned_as_the_original_plans_them() {
        let fu = driver("http://127.0.0.1:1/upload?done=/upload/done&chunk=400");
        let plan = fu.plan(1000, 0).expect("plan");
        let parts: Vec<_> = (0..plan.count()).map(|i| (plan.chunk(i).offset, plan.chunk(i).length)).collect();
        assert_eq!(parts, [(0, 400), (400, 400), (800, 200)]);
        assert_eq!(plan.completes, Completes::FinishRequest);
        for size in [0, 1, 399, 400] {
            let plan = fu.plan(size, 0).expect("plan");
            assert_eq!(
                (plan.count(), plan.completes),
                (1, Completes::LastChunk),
                "{size} bytes go plain, without done"
            );
            assert!(plan.repeatable, "a plain upload may be repeated under its uuid");
        }
    }

    #[test]
    fn the_endpoint_keeps_its_own_query_and_the_settings_leave_it() {
        let fu = driver("http://127.0.0.1:1/up?project=7&done=/d&concurrent=false");
        assert_eq!(fu.address.endpoint.as_str(), "http://127.0.0.1:1/up?project=7");
        assert_eq!(fu.address.done.as_ref().map(Url::path), Some("/d"));
        assert_eq!(fu.capabilities().parallel, 1);
        assert_eq!(below(fu.address.endpoint.clone(), "u").expect("url").as_str(), "http://127.0.0.1:1/up/u?project=7");
    }

    #[test]
    fn without_a_done_endpoint_chunks_go_one_by_one() {
        assert_eq!(driver("http://127.0.0.1:1/up").capabilities().parallel, 1);
    }

    #[test]
    fn credentials_do_not_go_to_another_host_by_the_done_endpoint() {
        let url = Url::parse("http://127.0.0.1:1/up?done=https://elsewhere.example/done").expect("url");
        let (options, settings) = (HttpOptions::default(), FineUploaderSettings::default());
        assert!(FineUploader::new(url, Credentials::default(), &options, &settings, false).is_err());
    }

    #[test]
    fn where_chunking_is_mandatory_one_chunk_is_chunked_and_an_empty_file_has_none() {
        let fu = driver_with("http://127.0.0.1:1/up?done=/d&chunk=2000", r#"{"mandatory": true}"#);
        let plan = fu.plan(1000, 0).expect("plan");
        assert_eq!((plan.count(), plan.completes, plan.repeatable), (1, Completes::FinishRequest, false));
        let empty = fu.plan(0, 0).expect("plan");
        assert_eq!((empty.count(), empty.completes), (0, Completes::FinishRequest));
        let alone = driver_with("http://127.0.0.1:1/up", r#"{"mandatory": true}"#).plan(0, 0).expect("plan");
        assert_eq!((alone.count(), alone.repeatable), (1, true), "without a done request an empty file still goes");
    }

    #[test]
    fn an_id_that_may_change_under_way_lets_chunks_go_one_by_one() {
        let fu = driver_with("http://127.0.0.1:1/up?done=/d&concurrent=true", r#"{"new_uuid_on_chunks": true}"#);
        assert_eq!(fu.capabilities().parallel, 1);
    }
}
