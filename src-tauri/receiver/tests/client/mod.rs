//! A small HTTP client on a raw socket, so that tests can also send what no library would.

#![allow(dead_code)]

pub mod tus;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use carryon_receiver::{Config, Receiver};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub json: Value,
}

/// A receiver on a free port, without a token.
pub async fn start(dir: &Path) -> Receiver {
    start_with(Config::new(dir)).await
}

pub async fn start_with(config: Config) -> Receiver {
    Receiver::start(config).await.expect("the receiver starts")
}

/// Sends a request and reads its answer.
pub async fn send(to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let head = head(to, method, path, headers, body.len());
    stream.write_all(head.as_bytes()).await.unwrap();
    // The receiver may answer and close before it has read all.
    let _ = stream.write_all(body).await;
    read(&mut stream, method != "HEAD").await.expect("an answer comes")
}

/// The head of a request; a `Host` among `headers` takes the place of the right one.
pub fn head(to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nContent-Length: {length}\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        head += &format!("Host: {to}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head + "\r\n"
}

/// Reads one answer; `None` when the connection ends before one has come.
pub async fn read_answer(stream: &mut TcpStream) -> Option<Answer> {
    read(stream, true).await
}

/// The answer to `HEAD` has no body, whatever length it tells.
async fn read(stream: &mut TcpStream, has_body: bool) -> Option<Answer> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| line.split_once(": ").map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned()));
    let headers: BTreeMap<_, _> = lines.filter_map(header).collect();
    let length = headers.get("content-length").filter(|_| has_body);
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let json = serde_json::from_slice(&bytes[end + 4..end + 4 + length]).unwrap_or(Value::Null);
    Some(Answer { status, headers, json })
}

pub async fn get(to: SocketAddr, path: &str) -> Answer {
    send(to, "GET", path, &[], b"").await
}

pub const FORM_TYPE: &str = "multipart/form-data; boundary=AaB03x";

/// A multipart form as Fine Uploader sends it: the parameters, then the file.
pub fn form(params: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut form = Vec::new();
    for (name, value) in params {
        form.extend_from_slice(
            format!("--AaB03x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    form.extend_from_slice(
        b"--AaB03x\r\nContent-Disposition: form-data; name=\"qqfile\"; filename=\"blob\"\r\n\
          Content-Type: application/octet-stream\r\n\r\n",
    );
    form.extend_from_slice(file);
    form.extend_from_slice(b"\r\n--AaB03x--\r\n");
    form
}

pub async fn upload(to: SocketAddr, params: &[(&str, &str)], file: &[u8]) -> Answer {
    send(to, "POST", "/upload", &[("Content-Type", FORM_TYPE)], &form(params, file)).await
}

/// A file and how it is cut.
#[derive(Clone)]
pub struct Job {
    pub uuid: String,
    pub name: String,
    pub bytes: Vec<u8>,
    pub part: usize,
}

impl Job {
    pub fn new(uuid: &str, name: &str, size: usize, part: usize) -> Job {
        Job { uuid: uuid.into(), name: name.into(), bytes: noise(size, uuid.len() as u64 + size as u64), part }
    }

    pub fn parts(&self) -> usize {
        self.bytes.len().div_ceil(self.part)
    }

    pub fn range(&self, index: usize) -> std::ops::Range<usize> {
        index * self.part..((index + 1) * self.part).min(self.bytes.len())
    }

    /// The parameters of chunk `index` in the order the original sends them.
    pub fn params(&self, index: usize) -> Vec<(String, String)> {
        let range = self.range(index);
        let pairs: [(&str, String); 7] = [
            ("qqpartindex", index.to_string()),
            ("qqpartbyteoffset", range.start.to_string()),
            ("qqchunksize", range.len().to_string()),
            ("qqtotalparts", self.parts().to_string()),
            ("qqtotalfilesize", self.bytes.len().to_string()),
            ("qqfilename", self.name.clone()),
            ("qquuid", self.uuid.clone()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    pub async fn chunk(&self, to: SocketAddr, index: usize) -> Answer {
        self.chunk_with(to, index, &[], &self.bytes[self.range(index)]).await
    }

    /// A chunk with other parameters or other bytes than it should have.
    pub async fn chunk_with(&self, to: SocketAddr, index: usize, other: &[(&str, &str)], bytes: &[u8]) -> Answer {
        let mut params = self.params(index);
        params.retain(|(name, _)| !other.iter().any(|(o, _)| o == name));
        params.extend(other.iter().map(|(n, v)| (n.to_string(), v.to_string())));
        let params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        upload(to, &params, bytes).await
    }

    pub async fn done(&self, to: SocketAddr) -> Answer {
        let body = format!(
            "qquuid={}&qqfilename={}&qqtotalfilesize={}&qqtotalparts={}",
            self.uuid,
            self.name,
            self.bytes.len(),
            self.parts()
        );
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        send(to, "POST", "/upload/done", &headers, body.as_bytes()).await
    }

    pub async fn whole(&self, to: SocketAddr) -> Answer {
        let size = self.bytes.len().to_string();
        let params = [("qquuid", &*self.uuid), ("qqfilename", &*self.name), ("qqtotalfilesize", &*size)];
        upload(to, &params, &self.bytes).await
    }

    pub async fn survey(&self, to: SocketAddr) -> Answer {
        get(to, &format!("/upload/{}", self.uuid)).await
    }

    /// Offsets and lengths a survey lists.
    pub async fn held(&self, to: SocketAddr) -> Vec<(u64, u64)> {
        let answer = self.survey(to).await;
        let chunks = answer.json["chunks"].as_array().cloned().unwrap_or_default();
        chunks.iter().map(|c| (c["offset"].as_u64().unwrap(), c["length"].as_u64().unwrap())).collect()
    }
}

/// Bytes that look random and are the same every time.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..length).map(|_| next()).collect()
}

pub fn blake3_hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The names in a folder that were received, sorted.
pub fn names_in(dir: &Path) -> Vec<String> {
    let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != ".carryon").collect();
    names.sort();
    names
}

/// The lines of an access log.
pub fn log_lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).expect("every line is JSON")).collect()
}
