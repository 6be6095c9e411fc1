//! A reverse proxy that notes every request with its form fields. It can hold answers back: the server has done its part
//! then, and the client does not know. And it can answer in the server's place.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use url::form_urlencoded;

/// A request, as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// The form's fields, in the order in which they came, without the file.
    pub order: Vec<String>,
    /// And what they hold.
    pub fields: BTreeMap<String, String>,
    /// The status with which the client was answered; none where it was not.
    pub answered: Option<u16>,
}

impl Request {
    /// The chunk's index.
    pub fn index(&self) -> Option<u64> {
        self.fields.get("qqpartindex")?.parse().ok()
    }

    /// Whether it is a done request.
    pub fn is_done(&self) -> bool {
        self.path.ends_with("/done")
    }

    /// Whether it says that it resumes.
    pub fn resumes(&self) -> bool {
        self.fields.get("qqresume").is_some_and(|value| value == "true")
    }
}

/// Which request is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The chunk of this index.
    Chunk(u64),
    /// The done request.
    Done,
}

impl Which {
    fn is(self, request: &Request) -> bool {
        match self {
            Which::Chunk(index) => request.index() == Some(index),
            Which::Done => request.is_done(),
        }
    }
}

/// A running proxy.
pub struct Recorder {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    upstream: String,
    requests: Vec<Request>,
    /// Chunks with this index and higher ones get no answer.
    hold_from: u64,
    /// Done requests get no answer.
    hold_done: bool,
    /// What is answered in the server's place, once each.
    instead: VecDeque<(Which, u16, Value)>,
}

impl Recorder {
    /// Starts one before `upstream`.
    pub fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let shared = Shared {
            upstream: host(upstream),
            requests: Vec::new(),
            hold_from: u64::MAX,
            hold_done: false,
            instead: VecDeque::new(),
        };
        let shared = Arc::new(Mutex::new(shared));
        let of_listener = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&of_listener);
                // A connection that breaks is a part of the tests; what was noted before stays noted.
                std::thread::spawn(move || drop(serve(client, &shared)));
            }
        });
        Self { address, shared }
    }

    /// From now on leads elsewhere.
    pub fn lead_to(&self, upstream: &str) {
        self.lock().upstream = host(upstream);
    }

    /// Holds back the answers to the chunk with this index and to all after it.
    pub fn hold_answers_from(&self, index: u64) {
        self.lock().hold_from = index;
    }

    /// Holds back the answers to done requests.
    pub fn hold_done(&self) {
        self.lock().hold_done = true;
    }

    /// Holds back nothing more.
    pub fn hold_nothing(&self) {
        self.hold_answers_from(u64::MAX);
        self.lock().hold_done = false;
    }

    /// Answers the next `times` such requests in the server's place, which hears nothing of them.
    pub fn answer(&self, which: Which, times: usize, status: u16, body: Value) {
        let answers = (0..times).map(|_| (which, status, body.clone()));
        self.lock().instead.extend(answers);
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.lock().requests.clone()
    }

    /// The indexes of the chunks that came in, in order.
    pub fn indexes(&self) -> Vec<u64> {
        self.lock().requests.iter().filter_map(Request::index).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn host(address: &str) -> String {
    address.trim_start_matches("http://").to_owned()
}

fn serve(client: TcpStream, shared: &Mutex<Shared>) -> io::Result<()> {
    let mut from_client = BufReader::new(client.try_clone()?);
    let mut to_client = client;
    let upstream = lock(shared).upstream.clone();
    let mut to_server = TcpStream::connect(upstream)?;
    let mut from_server = BufReader::new(to_server.try_clone()?);
    loop {
        let (head, body) = message(&mut from_client)?;
        let request = request_of(&head, &body);
        let (answer, answer_body) = match instead_of(shared, &request, &head) {
            Some(answer) => answer,
            None => {
                to_server.write_all(head.as_bytes())?;
                to_server.write_all(&body)?;
                message(&mut from_server)?
            }
        };
        let place = note(shared, request.clone());
        wait_while_held(shared, &request);
        to_client.write_all(answer.as_bytes())?;
        to_client.write_all(&answer_body)?;
        lock(shared).requests[place].answered = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    }
}

/// The answer in the server's place, which every page may read.
fn instead_of(shared: &Mutex<Shared>, request: &Request, head: &str) -> Option<(String, Vec<u8>)> {
    let instead = &mut lock(shared).instead;
    let at = instead.iter().position(|(which, ..)| request.method == "POST" && which.is(request))?;
    let (_, status, body) = instead.remove(at)?;
    let (body, origin) = (body.to_string().into_bytes(), header(head, "origin").unwrap_or("*"));
    let head = format!(
        "HTTP/1.1 {status} Instead\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Access-Control-Allow-Origin: {origin}\r\n\r\n",
        body.len()
    );
    Some((head, body))
}

/// A head and a body of declared length; neither side of these tests sends another kind.
fn message(from: &mut impl BufRead) -> io::Result<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = header(&head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok((head, body))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let named = |line: &'a str| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name));
    head.lines().find_map(named).map(|(_, value)| value.trim())
}

fn request_of(head: &str, body: &[u8]) -> Request {
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let pairs = match header(head, "content-type") {
        Some(kind) if kind.starts_with("multipart/") => multipart_fields(&text),
        Some(kind) if kind.starts_with("application/x-www-form-urlencoded") => {
            form_urlencoded::parse(text.as_bytes()).into_owned().collect()
        }
        _ => Vec::new(),
    };
    let order = pairs.iter().map(|(name, _)| name.clone()).collect();
    Request { method, path, order, fields: pairs.into_iter().collect(), answered: None }
}

/// The fields before the file, which the original always sends last.
fn multipart_fields(text: &str) -> Vec<(String, String)> {
    let parts = text.split("name=\"").skip(1).take_while(|part| !part.starts_with("qqfile\""));
    let field = |part: &str| {
        let (name, rest) = part.split_once("\"\r\n\r\n")?;
        Some((name.to_owned(), rest.split_once("\r\n")?.0.to_owned()))
    };
    parts.filter_map(field).collect()
}

fn note(shared: &Mutex<Shared>, request: Request) -> usize {
    let mut shared = lock(shared);
    shared.requests.push(request);
    shared.requests.len() - 1
}

fn wait_while_held(shared: &Mutex<Shared>, request: &Request) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while is_held(&lock(shared), request) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn is_held(shared: &Shared, request: &Request) -> bool {
    request.index().is_some_and(|index| index >= shared.hold_from) || (shared.hold_done && request.is_done())
}
