//! A tus server that answers from a script, and otherwise as tus 1.0.0 says. What it was asked and what it holds can be
//! looked at afterwards.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

pub use axum::http::Method;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::{net::TcpListener, task::JoinHandle};

/// What is done instead of what the protocol says.
#[derive(Clone, Debug)]
pub enum Step {
    /// The payload is dropped, and this status answered, with these headers and this body.
    Answer(u16, &'static [(&'static str, &'static str)], &'static str),
    /// The request is carried out, and nothing is said.
    Silence,
    /// The upload is forgotten; the answer is 404.
    Forget,
    /// The upload is carried out and moved on, where no tus client finds it; nothing is said.
    MoveOn,
}

/// A request, as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its method.
    pub method: Method,
    /// Its path.
    pub path: String,
    /// `Upload-Offset`.
    pub offset: Option<u64>,
    /// `Content-Length`.
    pub length: u64,
    /// All its headers.
    pub headers: HeaderMap,
}

/// What lies there of one upload.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// What was announced.
    pub length: u64,
    /// What came.
    pub bytes: Vec<u8>,
    /// Its metadata, decoded.
    pub metadata: HashMap<String, String>,
    moved_on: bool,
}

type Matcher = Box<dyn Fn(&Asked) -> bool + Send>;

#[derive(Default)]
struct Inner {
    rules: Vec<(Matcher, usize, Step)>,
    asked: Vec<Asked>,
    uploads: Vec<(String, Upload)>,
    made: usize,
    offer: Vec<(&'static str, &'static str)>,
    checks: bool,
    location: Option<String>,
}

/// The server. Dropped, it is gone.
pub struct TusScript {
    /// Where it listens.
    pub address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    task: JoinHandle<()>,
}

impl Drop for TusScript {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TusScript {
    /// Starts one with these extensions (`creation,termination` and the like); with `checksum` it enforces SHA-1.
    pub async fn start(extensions: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let offer =
            vec![("tus-version", "1.0.0"), ("tus-extension", extensions), ("tus-checksum-algorithm", "sha1,md5")];
        let checks = extensions.contains("checksum");
        let inner = Arc::new(Mutex::new(Inner { offer, checks, ..Inner::default() }));
        let router = Router::new().fallback(serve).with_state(Arc::clone(&inner));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { address, inner, task }
    }

    /// Its destination URL, with chunks of so many bytes.
    pub fn destination(&self, query: &str) -> String {
        format!("tus+http://{}/files/{query}", self.address)
    }

    /// The next `times` requests that match meet this.
    pub fn on(&self, times: usize, matches: impl Fn(&Asked) -> bool + Send + 'static, step: Step) -> &Self {
        self.lock().rules.push((Box::new(matches), times, step));
        self
    }

    /// Answers no question about the whole any more.
    pub fn offer_nothing(&self) {
        self.lock().offer.clear();
    }

    /// Adds a header to what it offers.
    pub fn offer(&self, name: &'static str, value: &'static str) {
        self.lock().offer.push((name, value));
    }

    /// Names uploads below another origin.
    pub fn lie_elsewhere(&self, origin: &str) {
        self.lock().location = Some(origin.to_owned());
    }

    /// Opens an upload as an application of its own would, and gives its path.
    pub fn open(&self, length: u64) -> String {
        let mut inner = self.lock();
        inner.open(Upload { length, ..Upload::default() })
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.lock().asked.clone()
    }

    /// How many requests of that method came.
    pub fn count(&self, method: Method) -> usize {
        self.asked().iter().filter(|asked| asked.method == method).count()
    }

    /// What lies there, in the order it was opened; what was only tried is left out.
    pub fn uploads(&self) -> Vec<Upload> {
        let tried = |upload: &Upload| upload.metadata.get("filename").is_some_and(|name| name == "carryon-test");
        self.lock().uploads.iter().map(|(_, upload)| upload.clone()).filter(|upload| !tried(upload)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Inner {
    fn open(&mut self, upload: Upload) -> String {
        self.made += 1;
        let path = format!("/files/upload-{}", self.made);
        self.uploads.push((path.clone(), upload));
        path
    }

    fn upload(&mut self, path: &str) -> Option<&mut Upload> {
        self.uploads.iter_mut().find(|(own, upload)| own == path && !upload.moved_on).map(|(_, upload)| upload)
    }

    fn step(&mut self, asked: &Asked) -> Option<Step> {
        let rule = self.rules.iter_mut().find(|(matches, times, _)| *times > 0 && matches(asked))?;
        rule.1 -= 1;
        Some(rule.2.clone())
    }

    fn carry_out(&mut self, asked: &Asked, payload: &[u8]) -> Response {
        match asked.method {
            Method::OPTIONS if self.offer.is_empty() => answer(405, &[]),
            Method::OPTIONS => answer(204, &self.offer.clone()),
            Method::POST => self.create(asked),
            _ => match asked.method.clone() {
                Method::HEAD => self.head(&asked.path),
                Method::PATCH => self.append(asked, payload),
                Method::DELETE => {
                    let before = self.uploads.len();
                    self.uploads.retain(|(path, _)| *path != asked.path);
                    answer(if self.uploads.len() < before { 204 } else { 404 }, &[])
                }
                _ => answer(405, &[]),
            },
        }
    }

    fn create(&mut self, asked: &Asked) -> Response {
        let length = number(&asked.headers, "upload-length").unwrap_or(0);
        let path = self.open(Upload { length, metadata: metadata(&asked.headers), ..Upload::default() });
        let location = format!("{}{path}", self.location.clone().unwrap_or_default());
        let mut response = answer(201, &[("upload-expires", EXPIRES)]);
        response.headers_mut().insert("location", location.parse().expect("a header"));
        response
    }

    fn head(&mut self, path: &str) -> Response {
        match self.upload(path) {
            None => answer(404, &[]),
            Some(upload) => {
                let (offset, length) = (upload.bytes.len().to_string(), upload.length.to_string());
                let mut response = answer(200, &[]);
                response.headers_mut().insert("upload-offset", offset.parse().expect("a number"));
                response.headers_mut().insert("upload-length", length.parse().expect("a number"));
                response
            }
        }
    }

    fn append(&mut self, asked: &Asked, payload: &[u8]) -> Response {
        let sum = asked.headers.get("upload-checksum").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let checks = self.checks;
        let Some(upload) = self.upload(&asked.path) else { return answer(404, &[]) };
        if asked.offset != Some(upload.bytes.len() as u64) {
            return answer(409, &[]);
        }
        if let (true, Some(sum)) = (checks, sum)
            && sum != format!("sha1 {}", BASE64_STANDARD.encode(sha1(payload)))
        {
            return answer(460, &[]);
        }
        upload.bytes.extend_from_slice(payload);
        let offset = upload.bytes.len().to_string();
        let mut response = answer(204, &[("upload-expires", EXPIRES)]);
        response.headers_mut().insert("upload-offset", offset.parse().expect("a number"));
        response
    }
}

/// What every upload's `Upload-Expires` says.
pub const EXPIRES: &str = "Fri, 01 Jan 2100 00:00:00 GMT";

fn sha1(payload: &[u8]) -> Vec<u8> {
    use sha1::{Digest, Sha1};
    Sha1::digest(payload).to_vec()
}

async fn serve(State(inner): State<Arc<Mutex<Inner>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Asked {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        offset: number(&parts.headers, "upload-offset"),
        length: number(&parts.headers, "content-length").unwrap_or(0),
        headers: parts.headers,
    };
    let lock = || inner.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let step = {
        let mut inner = lock();
        inner.asked.push(asked.clone());
        inner.step(&asked)
    };
    let payload = to_bytes(body, usize::MAX).await;
    // What was cut is kept as far as it came only by servers that can; this one drops it.
    let Ok(payload) = payload else { return answer(500, &[]) };
    let mut response = match step {
        Some(Step::Answer(status, headers, body)) => {
            let mut response = answer(status, headers);
            *response.body_mut() = Body::from(body);
            return response;
        }
        Some(Step::Forget) => {
            lock().uploads.retain(|(path, _)| *path != asked.path);
            return answer(404, &[]);
        }
        Some(Step::Silence) => {
            let _ = lock().carry_out(&asked, &payload);
            std::future::pending().await
        }
        Some(Step::MoveOn) => {
            let _ = lock().carry_out(&asked, &payload);
            if let Some(upload) = lock().upload(&asked.path) {
                upload.moved_on = true;
            }
            tokio::time::sleep(Duration::from_secs(600)).await;
            answer(204, &[])
        }
        None => lock().carry_out(&asked, &payload),
    };
    response.headers_mut().insert("tus-resumable", "1.0.0".parse().expect("a header"));
    response
}

fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().expect("a header"));
    }
    response
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn metadata(headers: &HeaderMap) -> HashMap<String, String> {
    let text = headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let pair = |entry: &str| {
        let (name, value) = entry.split_once(' ').unwrap_or((entry, ""));
        let value = BASE64_STANDARD.decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        (name.to_owned(), value.unwrap_or_default())
    };
    text.split(',').map(pair).collect()
}
