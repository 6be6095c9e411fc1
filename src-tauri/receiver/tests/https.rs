//! HTTPS with a certificate of one's own.

mod client;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use carryon_receiver::{Config, Error, Receiver, Tls};
use client::{Job, names_in, start_with};
use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;

/// A certificate for this computer, made by `openssl`; `None` (and said so) where that is missing.
async fn pair(dir: &Path, name: &str) -> Option<Tls> {
    let (cert, key) = (dir.join(format!("{name}.pem")), dir.join(format!("{name}.key")));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]);
    openssl.arg("-keyout").arg(&key).arg("-out").arg(&cert);
    match openssl.output().await {
        Ok(output) if output.status.success() => Some(Tls { cert, key }),
        other => {
            eprintln!("SKIPPED: openssl makes no certificate here: {other:?}");
            None
        }
    }
}

fn config(dir: &Path, tls: &Tls) -> Config {
    Config { tls: Some(tls.clone()), ..Config::new(dir.join("in")) }
}

/// What `curl` gets: status and JSON.
async fn curl(tls: &Tls, arguments: &[&str]) -> (u16, Value) {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", "20", "--write-out", "\n%{http_code}", "--cacert"]);
    let output = curl.arg(&tls.cert).args(arguments).output().await.expect("curl runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (body, status) = text.rsplit_once('\n').expect("curl writes the status behind the body");
    assert_ne!(status, "000", "{}", String::from_utf8_lossy(&output.stderr));
    (status.parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn a_file_in_chunks_arrives_over_https() {
    let dir = tempdir().unwrap();
    let Some(tls) = pair(dir.path(), "mine").await else { return };
    let receiver = start_with(config(dir.path(), &tls)).await;
    let url = receiver.url();
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let job = Job::new("encrypted", "e.bin", 3_000_000, 1_100_000);
    for index in 0..job.parts() {
        let part = dir.path().join("part");
        std::fs::write(&part, &job.bytes[job.range(index)]).unwrap();
        let fields = job.params(index).into_iter().flat_map(|(n, v)| ["-F".into(), format!("{n}={v}")]);
        let fields: Vec<String> = fields.chain(["-F".into(), format!("qqfile=@{}", part.display())]).collect();
        let address = format!("{url}/upload");
        let arguments: Vec<&str> = fields.iter().map(String::as_str).chain([address.as_str()]).collect();
        let (status, said) = curl(&tls, &arguments).await;
        assert_eq!((status, &said["success"]), (200, &json!(true)), "{said}");
    }
    let form = "qquuid=encrypted&qqfilename=e.bin&qqtotalfilesize=3000000";
    let (status, said) = curl(&tls, &["-d", form, &format!("{url}/upload/done")]).await;
    assert_eq!((status, &said["location"]), (200, &json!("e.bin")));
    assert!(std::fs::read(dir.path().join("in/e.bin")).unwrap() == job.bytes);
}

#[tokio::test]
async fn own_pages_are_those_of_https() {
    let dir = tempdir().unwrap();
    let Some(tls) = pair(dir.path(), "mine").await else { return };
    let receiver = start_with(config(dir.path(), &tls)).await;
    let url = receiver.url();
    let plain = url.replace("https", "http");
    assert_eq!(curl(&tls, &["-H", &format!("Origin: {url}"), &url]).await.0, 200);
    assert_eq!(curl(&tls, &["-H", &format!("Origin: {plain}"), &url]).await.0, 403);
    assert_eq!(curl(&tls, &["-H", "Host: evil.example", &url]).await.0, 421);
}

#[tokio::test]
async fn files_that_are_no_pair_are_named_before_anything_is_made() {
    let dir = tempdir().unwrap();
    let (Some(mine), Some(other)) = (pair(dir.path(), "mine").await, pair(dir.path(), "other").await) else { return };
    let junk = dir.path().join("junk.pem");
    std::fs::write(&junk, "no PEM at all").unwrap();
    let missing = dir.path().join("nowhere.pem");
    let with = |cert: &PathBuf, key: &PathBuf| Tls { cert: cert.clone(), key: key.clone() };
    for (tls, at_fault, words) in [
        (with(&missing, &mine.key), &missing, "No such file"),
        (with(&mine.cert, &missing), &missing, "No such file"),
        (with(&junk, &mine.key), &junk, "no certificate"),
        (with(&mine.cert, &junk), &junk, "no key"),
        (with(&mine.cert, &mine.cert), &mine.cert, "no key"),
        (with(&mine.cert, &other.key), &other.key, "not the key of the certificate"),
    ] {
        let refused = Receiver::start(config(dir.path(), &tls)).await.err().expect("it must not start");
        assert!(matches!(&refused, Error::Tls { path, .. } if path == at_fault), "{refused}");
        assert!(refused.to_string().contains(words), "{refused} must say “{words}”");
    }
    assert!(!dir.path().join("in").exists());
}

/// Reads until the other end closes; gives how many bytes came.
async fn until_closed(mut stream: TcpStream) -> usize {
    let mut came = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut came)).await.expect("it is closed");
    came.len()
}

#[tokio::test]
async fn who_does_not_agree_on_encryption_is_closed_and_holds_up_nobody() {
    let dir = tempdir().unwrap();
    let Some(tls) = pair(dir.path(), "mine").await else { return };
    let mut config = config(dir.path(), &tls);
    config.limits.handshake = Duration::from_millis(1500);
    let receiver = start_with(config).await;
    let begun = Instant::now();
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(TcpStream::connect(receiver.local_addr()).await.unwrap());
    }
    assert_eq!(curl(&tls, &[&receiver.url()]).await.0, 200, "the silent ones hold up nobody");
    assert!(begun.elapsed() < Duration::from_millis(1400), "they were still there: {:?}", begun.elapsed());
    let mut plain = TcpStream::connect(receiver.local_addr()).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(until_closed(plain).await < 100, "plain http gets no page");
    for stream in silent {
        assert_eq!(until_closed(stream).await, 0);
    }
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert_eq!(names_in(&dir.path().join("in")), [""; 0]);
}
