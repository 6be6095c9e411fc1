//! A reverse proxy that notes every request with its form fields, and that can hold answers back: the server has stored
//! the chunk then, and the client does not know.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A request, as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    /// The form's fields, without the file.
    pub fields: BTreeMap<String, String>,
    /// The status with which the client was answered; none where it was not.
    pub answered: Option<u16>,
}

impl Request {
    /// The chunk's index.
    pub fn index(&self) -> Option<u64> {
        self.fields.get("qqpartindex")?.parse().ok()
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
}

impl Recorder {
    /// Starts one before `upstream`.
    pub fn before(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let shared = Shared { upstream: host(upstream), requests: Vec::new(), hold_from: u64::MAX };
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

    /// Holds back nothing more.
    pub fn hold_nothing(&self) {
        self.hold_answers_from(u64::MAX);
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
        to_server.write_all(head.as_bytes())?;
        to_server.write_all(&body)?;
        let (answer, answer_body) = message(&mut from_server)?;
        let request = request_of(&head, &body);
        let index = request.index();
        let place = note(shared, request);
        wait_while_held(shared, index);
        to_client.write_all(answer.as_bytes())?;
        to_client.write_all(&answer_body)?;
        lock(shared).requests[place].answered = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    }
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
    let multipart = header(head, "content-type").is_some_and(|value| value.starts_with("multipart/"));
    let fields = if multipart { multipart_fields(&text) } else { BTreeMap::new() };
    Request { method, path, fields, answered: None }
}

/// The fields before the file, which the original always sends last.
fn multipart_fields(text: &str) -> BTreeMap<String, String> {
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

fn wait_while_held(shared: &Mutex<Shared>, index: Option<u64>) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while index.is_some_and(|index| index >= lock(shared).hold_from) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
}
