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

mod answers;
mod requests;

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use url::Url;

use self::answers::{digest_of, finished_of, held_of, judge_chunk, judge_finish};
use super::{
    Credentials, HttpOptions,
    http::{self, Answer},
};
use crate::{
    chunk::{Completes, Plan, choose_size},
    destination::{
        Capabilities, Confirmation, Destination, Finished, Intent, Outgoing, Stored, Survey, SurveyKind, Ticket,
        Verdict,
    },
    error::{Error, ErrorKind, Result},
};

const TICKET_VERSION: u32 = 1;

/// What a destination URL sets, beside the endpoint. Everything else in its query stays on the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Settings {
    endpoint: Url,
    done: Option<Url>,
    chunk_size: Option<u64>,
    concurrent: bool,
    repeat_finish: bool,
}

impl Settings {
    /// `done` (a path or URL), `chunk` (bytes), `concurrent` (true, or false for one chunk at a time; by default true where a
    /// done endpoint is set, as the original asks for), `repeat_finish=safe`.
    fn parse(url: &Url) -> Result<Self> {
        let mut endpoint = url.clone();
        endpoint.set_query(None);
        let mut settings = Self { endpoint, done: None, chunk_size: None, concurrent: false, repeat_finish: false };
        let mut concurrent = None;
        let mut kept = Vec::new();
        for (key, value) in url.query_pairs() {
            match key.as_ref() {
                "done" => settings.done = Some(url.join(&value).map_err(|_| senseless("done", &value))?),
                "chunk" => settings.chunk_size = Some(parse_size(&value)?),
                "concurrent" => concurrent = Some(value.parse().map_err(|_| senseless("concurrent", &value))?),
                "repeat_finish" if value == "safe" => settings.repeat_finish = true,
                "repeat_finish" => return Err(senseless("repeat_finish", &value)),
                _ => kept.push((key.into_owned(), value.into_owned())),
            }
        }
        if !kept.is_empty() {
            settings.endpoint.query_pairs_mut().extend_pairs(kept);
        }
        settings.concurrent = concurrent.unwrap_or(settings.done.is_some());
        Ok(settings)
    }
}

fn parse_size(value: &str) -> Result<u64> {
    value.parse().ok().filter(|&size| size > 0).ok_or_else(|| senseless("chunk", value))
}

fn senseless(key: &str, value: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("“{key}={value}” in the destination URL makes no sense"))
}

/// A Fine Uploader server.
#[derive(Debug)]
pub struct FineUploader {
    settings: Settings,
    credentials: Credentials,
    options: HttpOptions,
    client: Client,
    /// The server was seen not to know the status question; it is not asked again in this session.
    cannot_be_asked: AtomicBool,
    /// The server was seen to know it: what answers otherwise is something in its place.
    can_be_asked: AtomicBool,
}

impl FineUploader {
    /// A driver for the endpoint at `url`; its query may hold `done`, `chunk`, `concurrent` and `repeat_finish`.
    ///
    /// # Errors
    /// `Invalid` where the URL makes no sense.
    pub fn new(url: Url, credentials: Credentials, options: &HttpOptions) -> Result<Self> {
        let settings = Settings::parse(&url)?;
        let client = http::client(&url, options)?;
        for other in settings.done.iter() {
            if other.origin() != url.origin() {
                let text = "The done endpoint lies at another address than the upload endpoint";
                return Err(Error::new(ErrorKind::Invalid, text).next_step("Give “done” as a path on the same host."));
            }
        }
        let (cannot_be_asked, can_be_asked) = (AtomicBool::new(false), AtomicBool::new(false));
        Ok(Self { settings, credentials, options: *options, client, cannot_be_asked, can_be_asked })
    }

    fn request(&self, method: Method, url: Url) -> RequestBuilder {
        let request = self.client.request(method, url).header("Accept", "application/json");
        match &self.credentials.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    fn upload_url(&self, uuid: &str) -> Url {
        let mut url = self.settings.endpoint.clone();
        let path = format!("{}/{uuid}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// What the server says of the upload, where it knows the question.
    async fn status(&self, uuid: &str) -> Result<Option<Value>> {
        if self.cannot_be_asked.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let request = self.request(Method::GET, self.upload_url(uuid));
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
        let passing = matches!(answer.status.as_u16(), 401 | 403 | 408 | 425 | 429 | 500..=599);
        let portal = answer.is_html() && answer.status.is_success();
        if passing || portal || answer.status.is_redirection() {
            judge_chunk(answer)?;
        }
        if self.can_be_asked.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Transient, "Something answered in the destination's place"));
        }
        self.cannot_be_asked.store(true, Ordering::Relaxed);
        Ok(None)
    }
}

fn uuid_of(ticket: &Ticket) -> Result<String> {
    let uuid = ticket.data["uuid"].as_str().filter(|_| ticket.version == TICKET_VERSION);
    uuid.map(str::to_owned).ok_or_else(|| {
        Error::new(ErrorKind::Storage, "The record's ticket was made by another version of Carryon and cannot be read")
    })
}

#[async_trait]
impl Destination for FineUploader {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            parallel: if self.settings.concurrent { usize::MAX } else { 1 },
            min_chunk: 1,
            max_chunk: u64::MAX,
            max_chunks: u64::MAX,
            survey: SurveyKind::Set,
            lifetime: None,
        }
    }

    fn plan(&self, size: u64, wish: u64) -> Result<Plan> {
        let wish = self.settings.chunk_size.unwrap_or(wish);
        let chunk_size = choose_size(size, wish, 1, u64::MAX, u64::MAX)?;
        // Not larger than one chunk: one plain request, which may be repeated under the same uuid, and no done request.
        let plain = size <= chunk_size;
        let completes = match self.settings.done {
            Some(_) if !plain => Completes::FinishRequest,
            _ => Completes::LastChunk,
        };
        Ok(Plan { size, chunk_size, completes, repeatable: plain, sends_empty: true })
    }

    async fn begin(&self, intent: &Intent) -> Result<Ticket> {
        Ok(Ticket { version: TICKET_VERSION, data: json!({ "uuid": intent.attempt.to_string() }) })
    }

    async fn survey(&self, ticket: &Ticket, _: &Intent) -> Result<Survey> {
        let Some(status) = self.status(&uuid_of(ticket)?).await? else { return Ok(Survey::CannotTell) };
        Ok(match status["state"].as_str() {
            Some("done") => Survey::Done(finished_of(&status)),
            Some("open") => Survey::Set(held_of(&status)),
            // Only `reset` says that an upload is gone (P6); the first chunk will tell.
            _ => Survey::CannotTell,
        })
    }

    async fn send(&self, ticket: &Ticket, intent: &Intent, outgoing: Outgoing) -> Result<Confirmation> {
        let uuid = uuid_of(ticket)?;
        let form = requests::chunk_form(&uuid, intent, &outgoing);
        let request = self
            .request(Method::POST, self.settings.endpoint.clone())
            .header("X-Requested-With", "XMLHttpRequest")
            .header("Cache-Control", "no-cache")
            .header("Content-Type", form.content_type)
            .header("Content-Length", form.length)
            .body(form.body);
        let answer = http::exchange(request, Some(&outgoing.body), &self.options, self.options.answer).await?;
        let json = judge_chunk(&answer)?;
        let finished = (intent.plan.completes == Completes::LastChunk).then(|| finished_of(&json));
        Ok(Confirmation { digest: digest_of(&json), finished, ..Confirmation::default() })
    }

    async fn finish(&self, ticket: &Ticket, intent: &Intent, _: &[Stored]) -> Result<Finished> {
        let Some(done) = &self.settings.done else { return Ok(Finished::default()) };
        let form = requests::done_form(&uuid_of(ticket)?, intent);
        let request = self
            .request(Method::POST, done.clone())
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form);
        let answer = http::exchange(request, None, &self.options, self.options.finish).await?;
        judge_finish(&answer)
    }

    async fn confirm(&self, ticket: &Ticket, _: &Intent) -> Result<Verdict> {
        let status = self.status(&uuid_of(ticket)?).await?;
        let state = status.as_ref().and_then(|status| status["state"].as_str());
        Ok(match (state, status.as_ref()) {
            (Some("done"), Some(status)) => Verdict::Finished(finished_of(status)),
            (Some("open"), _) => Verdict::NotFinished,
            _ if self.settings.repeat_finish => Verdict::NotFinished,
            _ => Verdict::Unknowable,
        })
    }

    async fn abort(&self, ticket: &Ticket) -> Result<()> {
        let request = self.request(Method::DELETE, self.upload_url(&uuid_of(ticket)?));
        let answer = http::exchange(request, None, &self.options, self.options.answer).await?;
        match answer.status.as_u16() {
            200..=204 if !answer.is_html() => Ok(()),
            404 | 405 | 410 | 501 => {
                let text = format!("The destination answered {} to the request to forget the upload", answer.status);
                Err(Error::new(ErrorKind::Rejected, text))
            }
            _ => match judge_chunk(&answer) {
                Ok(_) => Ok(()),
                Err(error) => Err(error),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driver(address: &str) -> FineUploader {
        FineUploader::new(Url::parse(address).expect("url"), Credentials::default(), &HttpOptions::default())
            .expect("driver")
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
        assert_eq!(fu.settings.endpoint.as_str(), "http://127.0.0.1:1/up?project=7");
        assert_eq!(fu.settings.done.as_ref().map(Url::path), Some("/d"));
        assert_eq!(fu.capabilities().parallel, 1);
        assert_eq!(fu.upload_url("u").as_str(), "http://127.0.0.1:1/up/u?project=7");
    }

    #[test]
    fn without_a_done_endpoint_chunks_go_one_by_one() {
        assert_eq!(driver("http://127.0.0.1:1/up").capabilities().parallel, 1);
    }

    #[test]
    fn credentials_do_not_go_to_another_host_by_the_done_endpoint() {
        let url = Url::parse("http://127.0.0.1:1/up?done=https://elsewhere.example/done").expect("url");
        assert!(FineUploader::new(url, Credentials::default(), &HttpOptions::default()).is_err());
    }
}
