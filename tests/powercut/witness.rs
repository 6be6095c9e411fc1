//! A witness on the wire: passes every request and answer on, and writes down what was said, and when.
//!
//! A request counts from its first byte, an answer from its last one. Of a file that is held back only the first chunks
//! are passed on, so that there is all the time to pause it; the others come late, when it may be discarded already.

use std::{
    collections::HashSet,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use carryon_instruments::disk::Recording;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use crate::promises::{Promise, Promised, Said};

/// Of a file that is held back so many bytes are passed on, to the end of a chunk.
const PASSED: u64 = 10_000;

/// The witness of one recorded run; clones share what was said.
#[derive(Clone)]
pub struct Witness {
    recording: Arc<Recording>,
    said: Arc<Mutex<Vec<Promised>>>,
    held_back: Arc<Mutex<HashSet<String>>>,
}

/// A place where the witness listens. Dropped, it is gone with all its connections.
pub struct Post(JoinHandle<()>);

impl Drop for Post {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// One request or answer, whole.
struct Message {
    /// Where the log stood at its first byte.
    since: usize,
    head: String,
    bytes: Vec<u8>,
    body_at: usize,
}

impl Witness {
    /// Writes down what is said from here on.
    pub fn new(recording: Recording) -> Self {
        Self { recording: Arc::new(recording), said: Arc::default(), held_back: Arc::default() }
    }

    /// Where the log stands.
    pub fn now(&self) -> usize {
        self.recording.position()
    }

    /// Writes down what holds from position `since` on.
    pub fn note(&self, since: usize, name: &str, said: Said) {
        let promised = Promised { since, promise: Promise { name: name.to_owned(), said } };
        lock(&self.said).push(promised);
    }

    /// Holds a file back from here on.
    pub fn hold_back(&self, name: &str) {
        lock(&self.held_back).insert(name.to_owned());
    }

    /// Passes on what was held back, and what comes.
    pub fn let_go(&self, name: &str) {
        lock(&self.held_back).remove(name);
    }

    fn is_held_back(&self, asked: &Asked) -> bool {
        asked.chunk.is_some_and(|(offset, _)| offset > PASSED) && lock(&self.held_back).contains(&asked.name)
    }

    /// Whether connections are still being listened to.
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.recording) > 1
    }

    /// Everything that was said, and the recording.
    pub fn end(self) -> (Recording, Vec<Promised>) {
        let said = std::mem::take(&mut *lock(&self.said));
        (Arc::into_inner(self.recording).expect("nobody listens any more"), said)
    }

    /// Stands between `listener` and the receiver.
    pub fn stand(&self, listener: TcpListener, receiver: SocketAddr) -> Post {
        let witness = self.clone();
        Post(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let witness = witness.clone();
                connections.spawn(async move {
                    // Both ends may hang up at any time.
                    let _ = witness.pass(client, receiver).await;
                });
                while connections.try_join_next().is_some() {}
            }
        }))
    }

    async fn pass(&self, mut client: TcpStream, receiver: SocketAddr) -> io::Result<()> {
        let mut server = TcpStream::connect(receiver).await?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        while let Some(request) = self.read(&mut client).await? {
            let asked = Asked::of(&request);
            self.note_request(&request, &asked);
            while self.is_held_back(&asked) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            server.write_all(&request.bytes).await?;
            let Some(answer) = self.read(&mut server).await? else { return Ok(()) };
            self.note_answer(&asked, &answer);
            client.write_all(&answer.bytes).await?;
        }
        Ok(())
    }

    async fn read(&self, from: &mut TcpStream) -> io::Result<Option<Message>> {
        let (mut bytes, mut since) = (Vec::new(), 0);
        loop {
            let before = bytes.len();
            from.read_buf(&mut bytes).await?;
            if before == 0 {
                since = self.now();
            }
            if bytes.len() == before {
                return Ok(None);
            }
            let Some(body_at) = find(&bytes, b"\r\n\r\n").map(|at| at + 4) else { continue };
            let head = String::from_utf8_lossy(&bytes[..body_at]).to_lowercase();
            let length = head.split("content-length:").nth(1).and_then(|rest| rest.split("\r\n").next());
            let length = length.and_then(|text| text.trim().parse::<usize>().ok()).unwrap_or(0);
            if bytes.len() >= body_at + length {
                return Ok(Some(Message { since, head, bytes, body_at }));
            }
        }
    }

    fn note_request(&self, request: &Message, asked: &Asked) {
        match request.head.split(' ').next() {
            Some("post") => self.note(request.since, &asked.name, Said::Asked(asked.uuid.clone())),
            Some("delete") => self.note(request.since, "", Said::Removing(asked.uuid.clone())),
            _ => {}
        }
    }

    fn note_answer(&self, asked: &Asked, answer: &Message) {
        let body: Value = serde_json::from_slice(&answer.bytes[answer.body_at..]).unwrap_or_default();
        let uuid = asked.uuid.clone();
        let held = |chunk: &Value, offset: u64, length: u64| {
            let blake3 = chunk["blake3"].as_str().unwrap_or_default().to_owned();
            self.note(self.now(), &asked.name, Said::Held { uuid: uuid.clone(), offset, length, blake3 });
        };
        if let Some(location) = body["location"].as_str() {
            self.note(self.now(), location, Said::Finished(uuid.clone()));
        }
        if let (true, Some((offset, length))) = (body["blake3"].is_string(), asked.chunk) {
            held(&body, offset, length);
        }
        for chunk in body["chunks"].as_array().into_iter().flatten() {
            held(chunk, chunk["offset"].as_u64().unwrap_or(0), chunk["length"].as_u64().unwrap_or(0));
        }
    }
}

/// What a request is about.
struct Asked {
    uuid: String,
    name: String,
    /// Offset and length; of a file that is sent in one piece, all of it.
    chunk: Option<(u64, u64)>,
}

impl Asked {
    fn of(request: &Message) -> Self {
        let body = &request.bytes[request.body_at..];
        let text = |name: &str| part(body, name).or_else(|| form(body, name));
        let number = |name: &str| text(name)?.parse().ok();
        let path = request.head.split(' ').nth(1).unwrap_or_default();
        let in_path = || path.rsplit('/').next().unwrap_or_default().to_owned();
        Self {
            uuid: text("qquuid").unwrap_or_else(in_path),
            name: text("qqpath").unwrap_or_default() + &text("qqfilename").unwrap_or_default(),
            chunk: number("qqpartbyteoffset")
                .zip(number("qqchunksize"))
                .or(number("qqtotalfilesize").map(|size| (0, size))),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A field of a multipart form.
fn part(body: &[u8], name: &str) -> Option<String> {
    let mark = format!("name=\"{name}\"\r\n\r\n");
    let from = find(body, mark.as_bytes())? + mark.len();
    let length = find(&body[from..], b"\r\n")?;
    Some(String::from_utf8_lossy(&body[from..from + length]).into_owned())
}

/// A field of a form in one line.
fn form(body: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}
