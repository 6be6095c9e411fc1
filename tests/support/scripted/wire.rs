//! HTTP/1.1 as the scripted server hears and speaks it: a request's head and fields first, its payload only when asked for.

use std::{collections::HashMap, io};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use url::form_urlencoded;

/// An answer, before it is written.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Headers beside length and type.
    pub headers: Vec<(String, String)>,
    /// What the body is said to be.
    pub kind: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), kind: "application/json", body: body.to_string().into_bytes() }
    }

    /// A plain answer with that body.
    pub fn text(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), kind: "text/plain", body: body.as_bytes().to_vec() }
    }

    /// A web page, as a captive portal shows it.
    pub fn page(status: u16) -> Self {
        let body = b"<!DOCTYPE html><html><body>Please sign in to HotelWiFi</body></html>".to_vec();
        Self { status, headers: Vec::new(), kind: "text/html", body }
    }

    /// The same with a header more.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        head += &format!("Content-Type: {}\r\nContent-Length: {}\r\n", self.kind, self.body.len());
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        [head.as_bytes(), &self.body].concat()
    }
}

/// A request's head and fields; of a chunk's payload nothing was read yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
    pub fields: HashMap<String, String>,
    /// The file's name in its part of the form.
    pub filename: Option<String>,
    /// Payload bytes that are to come.
    pub payload: usize,
    tail: usize,
}

/// One connection, with what was read of it and not used yet.
pub(super) struct Connection {
    pub stream: TcpStream,
    read: Vec<u8>,
}

fn broken(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.to_owned())
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, read: Vec::new() }
    }

    /// The next request up to its payload; none where the client is done with the connection.
    pub async fn ask(&mut self) -> io::Result<Option<Asked>> {
        let Some(head) = self.until(b"\r\n\r\n").await? else { return Ok(None) };
        let mut asked = parse_head(&head).ok_or_else(|| broken("no HTTP head"))?;
        let length = asked.headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        match asked.headers.get("content-type").cloned().unwrap_or_default() {
            kind if kind.starts_with("multipart/") => self.form(&mut asked, &kind, length).await?,
            _ => {
                let body = self.take(length).await?;
                asked.fields = form_urlencoded::parse(&body).into_owned().collect();
            }
        }
        Ok(Some(asked))
    }

    /// The fields of a multipart form; they come before the file.
    async fn form(&mut self, asked: &mut Asked, kind: &str, length: usize) -> io::Result<()> {
        let boundary = kind.split("boundary=").nth(1).ok_or_else(|| broken("no boundary"))?.to_owned();
        asked.tail = boundary.len() + 8;
        let mut used = 0;
        loop {
            let head = self.until(b"\r\n\r\n").await?.ok_or_else(|| broken("the form ends early"))?;
            used += head.len() + 4;
            let head = String::from_utf8_lossy(&head).into_owned();
            if let Some((_, rest)) = head.split_once("filename=\"") {
                asked.filename = rest.split('"').next().map(str::to_owned);
                asked.payload = length.checked_sub(used + asked.tail).ok_or_else(|| broken("the form is too short"))?;
                return Ok(());
            }
            let name = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next());
            let name = name.ok_or_else(|| broken("a part without a name"))?.to_owned();
            let value = self.until(b"\r\n").await?.ok_or_else(|| broken("the form ends early"))?;
            used += value.len() + 2;
            asked.fields.insert(name, String::from_utf8_lossy(&value).into_owned());
        }
    }

    /// What comes before `mark`, which is passed over; none where the connection ended before its first byte.
    async fn until(&mut self, mark: &[u8]) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(at) = find(&self.read, mark) {
                let found = self.read[..at].to_vec();
                self.read.drain(..at + mark.len());
                return Ok(Some(found));
            }
            if !self.fill().await? {
                return if self.read.is_empty() { Ok(None) } else { Err(broken("cut within a head")) };
            }
        }
    }

    /// The next `length` bytes.
    pub async fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.read.len() < length {
            if !self.fill().await? {
                return Err(broken("cut within a body"));
            }
        }
        let rest = self.read.split_off(length);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    /// The payload of a chunk and the end of its form.
    pub async fn payload(&mut self, asked: &Asked) -> io::Result<Vec<u8>> {
        let mut payload = self.take(asked.payload + asked.tail).await?;
        let tail = payload.split_off(asked.payload);
        if asked.tail > 0 && !(tail.starts_with(b"\r\n--") && tail.ends_with(b"--\r\n")) {
            return Err(broken("the form does not end where it should"));
        }
        Ok(payload)
    }

    async fn fill(&mut self) -> io::Result<bool> {
        let before = self.read.len();
        self.stream.read_buf(&mut self.read).await?;
        Ok(self.read.len() > before)
    }

    pub async fn answer(&mut self, reply: &Reply) -> io::Result<()> {
        self.stream.write_all(&reply.bytes()).await
    }

    /// Writes an answer byte by byte.
    pub async fn answer_in_drops(&mut self, reply: &Reply, pause: std::time::Duration) -> io::Result<()> {
        for byte in reply.bytes() {
            self.stream.write_all(&[byte]).await?;
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    /// Writes an answer of so many spaces, as fast as they are taken.
    pub async fn answer_with_spaces(&mut self, length: u64) -> io::Result<()> {
        let head =
            format!("HTTP/1.1 200 Scripted\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
        self.stream.write_all(head.as_bytes()).await?;
        let (block, mut left) = (vec![b' '; 256 * 1024], length);
        while left > 0 {
            let take = left.min(block.len() as u64) as usize;
            self.stream.write_all(&block[..take]).await?;
            left -= take as u64;
        }
        Ok(())
    }

    /// Writes an answer in pieces, over about `time`.
    pub async fn answer_slowly(&mut self, reply: &Reply, time: std::time::Duration) -> io::Result<()> {
        let bytes = reply.bytes();
        for piece in bytes.chunks(bytes.len().div_ceil(8)) {
            self.stream.write_all(piece).await?;
            tokio::time::sleep(time / 8).await;
        }
        Ok(())
    }
}

fn parse_head(head: &[u8]) -> Option<Asked> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let header = |line: &str| {
        line.split_once(':').map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some(Asked { method, path, headers: lines.filter_map(header).collect(), ..Asked::default() })
}
