//! A server that writes down every request exactly as it came in, its parameters in their order, and says yes unless told
//! otherwise. What it hears is the subject here, so it keeps nothing.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::form_urlencoded;

pub type Pairs = Vec<(String, String)>;

/// One request.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query as it was written.
    pub query: String,
    /// By name in lower case, in their order.
    pub headers: Pairs,
    /// The fields of its form, without the file.
    pub fields: Pairs,
    /// The file's part: field name, file name, type.
    pub part: Option<(String, String, String)>,
    /// The file's bytes, or the whole body where it is no multipart form.
    pub bytes: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The query's parameters, decoded.
    pub fn params(&self) -> Pairs {
        form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// A parameter, wherever it stands.
    pub fn param(&self, name: &str) -> Option<String> {
        let all = self.fields.iter().cloned().chain(self.params());
        all.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The names of the form's fields, in order.
    pub fn field_names(&self) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).collect()
    }
}

#[derive(Debug, Default)]
struct Shared {
    heard: Mutex<Vec<Request>>,
    /// What is said to the next requests of that method and path, in this order.
    replies: Mutex<VecDeque<(String, u16, String)>>,
}

pub struct Listener {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Listener {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared::default());
        let of_task = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&of_task)));
            }
        });
        Self { address, shared, task }
    }

    /// The destination at `/upload`, with `query`.
    pub fn destination(&self, query: &str) -> String {
        format!("fineuploader+http://{}/upload{query}", self.address)
    }

    /// Answers the next request of that path so.
    pub fn say(&self, path: &str, status: u16, body: Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        lock(&self.shared.replies).push_back((path.to_owned(), status, body));
    }

    /// All requests so far but questions for the status.
    pub fn heard(&self) -> Vec<Request> {
        let asks = |request: &Request| request.method == "GET" && request.path.starts_with("/upload/");
        lock(&self.shared.heard).iter().filter(|request| !asks(request)).cloned().collect()
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let mut read = Vec::new();
    while let Some(request) = next(&mut stream, &mut read).await {
        let (status, body) = shared.answer(&request);
        lock(&shared.heard).push(request);
        let bodiless = status == 204;
        let length = if bodiless { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let body = if bodiless { "" } else { &body };
        let answer = format!("HTTP/1.1 {status} Heard\r\nContent-Type: text/plain\r\n{length}\r\n{body}");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

impl Shared {
    fn answer(&self, request: &Request) -> (u16, String) {
        let mut replies = lock(&self.replies);
        let scripted = replies.iter().position(|(path, ..)| *path == request.path);
        match scripted.and_then(|at| replies.remove(at)) {
            Some((_, status, body)) => (status, body),
            None if request.method == "GET" => (405, "no such question".into()),
            None => (200, json!({"success": true}).to_string()),
        }
    }
}

async fn next(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<Request> {
    let head = loop {
        if let Some(at) = find(read, b"\r\n\r\n") {
            break String::from_utf8_lossy(&read.drain(..at + 4).collect::<Vec<_>>()).into_owned();
        }
        more(stream, read).await?;
    };
    let mut request = parse_head(&head)?;
    let length = request.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    while read.len() < length {
        more(stream, read).await?;
    }
    let body: Vec<u8> = read.drain(..length).collect();
    parse_body(&mut request, body);
    Some(request)
}

async fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> Option<()> {
    (stream.read_buf(read).await.ok()? > 0).then_some(())
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

fn parse_head(head: &str) -> Option<Request> {
    let mut lines = head.trim_end().split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    let headers = lines.filter_map(header).collect();
    Some(Request { method, path: path.to_owned(), query: query.to_owned(), headers, ..Request::default() })
}

fn parse_body(request: &mut Request, body: Vec<u8>) {
    let kind = request.header("content-type").unwrap_or_default().to_owned();
    if let Some(boundary) = kind.strip_prefix("multipart/form-data; boundary=") {
        parse_form(request, &body, boundary);
        return;
    }
    if kind == "application/x-www-form-urlencoded" {
        request.fields = form_urlencoded::parse(&body).into_owned().collect();
    }
    request.bytes = body;
}

fn parse_form(request: &mut Request, mut body: &[u8], boundary: &str) {
    let (first, between) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}"));
    body = body.strip_prefix(first.as_bytes()).expect("the form begins with its boundary");
    loop {
        assert!(request.part.is_none(), "the file is the last part of the form");
        let head_ends = find(body, b"\r\n\r\n").expect("a part has a head");
        let head = String::from_utf8(body[..head_ends].to_vec()).expect("a part's head is text");
        body = &body[head_ends + 4..];
        let ends = find(body, between.as_bytes()).expect("a part ends with the boundary");
        let (value, rest) = (&body[..ends], &body[ends + between.len()..]);
        let within = |mark: &str| head.split(mark).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
        let name = within("form-data; name=\"").expect("a part has a name");
        match within("; filename=\"") {
            Some(filename) => {
                let kind = head.split("Content-Type: ").nth(1).unwrap_or_default().to_owned();
                request.part = Some((name, filename, kind));
                request.bytes = value.to_vec();
            }
            None => request.fields.push((name, String::from_utf8_lossy(value).into_owned())),
        }
        if rest == b"--\r\n" {
            return;
        }
        body = rest.strip_prefix(b"\r\n").expect("a boundary ends its line");
    }
}
