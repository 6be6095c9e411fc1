//! The driver's requests, each put together from its parameters, its headers and its body.

use reqwest::{Method, RequestBuilder};
use url::Url;

use super::{
    super::template::Facts,
    FineUploader,
    address::{below, with_query},
    answers::judge_delete,
    params::Params,
    requests,
    settings::DeleteMethod,
};
use crate::{
    chunk::Completes,
    destination::{Intent, Outgoing},
    drivers::http,
    error::{Error, ErrorKind, Result},
};

impl FineUploader {
    /// An upload ends as it was planned to: otherwise it would be told delivered while nobody had put it together.
    pub(super) fn require_same_ending(&self, intent: &Intent) -> Result<()> {
        let by_done = intent.plan.completes == Completes::FinishRequest;
        if requests::is_plain(intent) || by_done == self.address.done.is_some() {
            return Ok(());
        }
        let text = match by_done {
            true => "This upload is to end with a done request, and the destination has no done endpoint any more",
            false => "This upload began when the destination had no done endpoint, and now it has one",
        };
        Err(Error::new(ErrorKind::Rejected, text).next_step("Set the done endpoint as it was, or start over."))
    }

    pub(super) fn upload_request(&self, uuid: &str, intent: &Intent, outgoing: &Outgoing) -> RequestBuilder {
        let settings = &self.settings;
        let params = requests::upload_params(settings, uuid, intent, outgoing);
        let payload = requests::payload(settings, &params, intent, outgoing);
        let url = match settings.params_in_body {
            true => self.address.endpoint.clone(),
            false => with_query(self.address.endpoint.clone(), &params.query()),
        };
        self.request(method(&settings.method), url)
            .header("Content-Type", payload.content_type)
            .header("Content-Length", payload.length)
            .headers(requests::upload_headers(settings, Facts::Upload { intent, uuid }))
            .body(payload.body)
    }

    pub(super) fn done_request(&self, done: &Url, uuid: &str, intent: &Intent) -> RequestBuilder {
        let settings = &self.settings;
        let (params, method) = (requests::done_params(settings, uuid, intent), method(&settings.done.method));
        let headers = requests::done_headers(settings, Facts::Upload { intent, uuid });
        if matches!(method, Method::GET | Method::DELETE) {
            return self.request(method, with_query(done.clone(), &params.query())).headers(headers);
        }
        let (kind, body) = match settings.done.json_payload {
            true => ("application/json", serde_json::to_string(&params).expect("parameters are JSON")),
            false => ("application/x-www-form-urlencoded", params.query()),
        };
        self.request(method, done.clone()).header("Content-Type", kind).headers(headers).body(body)
    }

    /// Deletes an upload, finished or not; `further` replaces the parameters of the settings where it holds any.
    pub(super) async fn delete(&self, endpoint: Url, uuid: &str, further: &Params) -> Result<()> {
        let delete = &self.settings.delete;
        let params = requests::delete_params(&self.settings, uuid, further).query();
        let request = match delete.method {
            DeleteMethod::Delete => self.request(Method::DELETE, with_query(below(endpoint, uuid)?, &params)),
            DeleteMethod::Post => {
                let request = self.request(Method::POST, endpoint);
                request.header("Content-Type", "application/x-www-form-urlencoded").body(params)
            }
        };
        let request = request.headers(requests::plain_headers(&delete.headers, Facts::Uuid(uuid)));
        let answer = http::exchange(request, None, &self.options, self.options.answer).await?;
        judge_delete(&answer, delete.method)
    }
}

/// The settings were checked when the driver was made.
fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap_or(Method::POST)
}
