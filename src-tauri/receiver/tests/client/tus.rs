//! tus by hand.

use std::net::SocketAddr;

use base64::Engine;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Answer, head, read_answer, send};

pub const TYPE: (&str, &str) = ("Content-Type", "application/offset+octet-stream");
pub const VERSION: (&str, &str) = ("Tus-Resumable", "1.0.0");

pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// `Upload-Metadata` of these pairs.
pub fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key} {}", base64(value.as_bytes()))).collect();
    pairs.join(",")
}

/// The proof that a finished file has these bytes.
pub fn proof(bytes: &[u8]) -> String {
    format!("blake3=:{}:", base64(blake3::hash(bytes).as_bytes()))
}

pub async fn tus(to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    send(to, method, path, &[&[VERSION], headers].concat(), body).await
}

/// Begins an upload, and gives where it is.
pub async fn create(to: SocketAddr, name: &str, size: usize) -> String {
    let (size, metadata) = (size.to_string(), metadata(&[("filename", name)]));
    created(tus(to, "POST", "/files/", &[("Upload-Length", &size), ("Upload-Metadata", &metadata)], b"").await)
}

/// Begins a part of a file.
pub async fn create_part(to: SocketAddr, size: usize) -> String {
    let size = size.to_string();
    created(tus(to, "POST", "/files/", &[("Upload-Length", &size), ("Upload-Concat", "partial")], b"").await)
}

pub fn created(answer: Answer) -> String {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.headers["location"].clone()
}

pub async fn patch(to: SocketAddr, at: &str, offset: usize, bytes: &[u8]) -> Answer {
    patch_with(to, at, offset, &[], bytes).await
}

pub async fn patch_with(to: SocketAddr, at: &str, offset: usize, headers: &[(&str, &str)], bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    tus(to, "PATCH", at, &[&[TYPE, ("Upload-Offset", &offset)], headers].concat(), bytes).await
}

/// What `HEAD` says that is held; `None` where the upload is not known.
pub async fn held(to: SocketAddr, at: &str) -> Option<u64> {
    let answer = tus(to, "HEAD", at, &[], b"").await;
    match answer.status {
        200 => Some(answer.headers["upload-offset"].parse().expect("a number")),
        404 => None,
        other => panic!("HEAD must tell, not {other}"),
    }
}

/// The head of a `PATCH`, and as much of its body as is given; the rest never comes.
pub async fn begin_patch(to: SocketAddr, at: &str, offset: usize, length: usize, sent: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(to).await.expect("it takes connections");
    let offset = offset.to_string();
    let head = head(to, "PATCH", at, &[VERSION, TYPE, ("Upload-Offset", &offset)], length);
    stream.write_all(head.as_bytes()).await.expect("the head goes");
    stream.write_all(sent).await.expect("what there is goes");
    stream
}

/// Reads what a request that was begun is answered with, if it is.
pub async fn answer_of(mut stream: TcpStream) -> Option<Answer> {
    read_answer(&mut stream).await
}
