//! Who may talk to the receiver, through a real socket.

mod client;

use std::net::SocketAddr;

use carryon_receiver::{Config, Error, Receiver};
use client::{send, start_with};
use tempfile::{TempDir, tempdir};

const METHODS: [(&str, &str); 15] = [
    ("GET", "/"),
    ("GET", "/upload/x"),
    ("POST", "/upload?qquuid=x"),
    ("POST", "/upload/done"),
    ("DELETE", "/upload/x"),
    ("OPTIONS", "/upload"),
    ("POST", "/files/"),
    ("POST", "/files"),
    ("HEAD", "/files/x"),
    ("PATCH", "/files/x"),
    ("DELETE", "/files/x"),
    ("OPTIONS", "/files/"),
    ("POST", "/resumable/"),
    ("PATCH", "/resumable/x"),
    ("OPTIONS", "/resumable/"),
];

async fn receiver(dir: &TempDir) -> Receiver {
    let allow_origins = vec!["https://good.example".into()];
    start_with(Config { token: Some("t0ken".into()), allow_origins, ..Config::new(dir.path()) }).await
}

async fn status(to: SocketAddr, (method, path): (&str, &str), headers: &[(&str, &str)]) -> u16 {
    send(to, method, path, headers, b"").await.status
}

#[tokio::test]
async fn beyond_loopback_it_does_not_start_without_a_token() {
    let dir = tempdir().unwrap();
    let config = Config { listen: "0.0.0.0:0".parse().unwrap(), ..Config::new(dir.path().join("never-made")) };
    let refused = Receiver::start(config).await.err().expect("it must not start");
    assert!(matches!(refused, Error::TokenNeeded(_)));
    assert!(refused.to_string().contains("token"));
    assert!(!dir.path().join("never-made").exists());
}

#[tokio::test]
async fn one_folder_has_one_receiver() {
    let dir = tempdir().unwrap();
    let first = receiver(&dir).await;
    let second = Receiver::start(Config::new(dir.path())).await.err().expect("it must not start");
    assert!(matches!(second, Error::Locked(_)), "{second}");
    drop(first);
    receiver(&dir).await;
}

#[tokio::test]
async fn every_address_asks_for_the_token() {
    let dir = tempdir().unwrap();
    let receiver = receiver(&dir).await;
    for request in METHODS.into_iter().filter(|(method, _)| *method != "OPTIONS") {
        assert_eq!(status(receiver.local_addr(), request, &[]).await, 401, "{request:?}");
        assert_eq!(status(receiver.local_addr(), request, &[("Authorization", "Bearer nope")]).await, 401);
        assert_ne!(status(receiver.local_addr(), request, &[("Authorization", "Bearer t0ken")]).await, 401);
    }
}

#[tokio::test]
async fn foreign_pages_are_refused_with_every_method_even_with_the_token() {
    let dir = tempdir().unwrap();
    let receiver = receiver(&dir).await;
    for request in METHODS {
        let headers = [("Authorization", "Bearer t0ken"), ("Origin", "https://evil.example")];
        let answer = send(receiver.local_addr(), request.0, request.1, &headers, b"").await;
        assert_eq!(answer.status, 403, "{request:?}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn foreign_names_for_this_computer_are_refused() {
    let dir = tempdir().unwrap();
    let receiver = receiver(&dir).await;
    let port = receiver.local_addr().port();
    let auth = ("Authorization", "Bearer t0ken");
    for request in METHODS {
        let rebound = format!("evil.example:{port}");
        assert_eq!(status(receiver.local_addr(), request, &[auth, ("Host", &rebound)]).await, 421);
        let local = format!("localhost:{port}");
        assert_ne!(status(receiver.local_addr(), request, &[auth, ("Host", &local)]).await, 421);
    }
}

#[tokio::test]
async fn an_allowed_page_gets_its_preflight_and_may_read_answers() {
    let dir = tempdir().unwrap();
    let receiver = receiver(&dir).await;
    for path in ["/upload", "/upload/done", "/upload/some-id"] {
        let headers = [
            ("Origin", "https://good.example"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "cache-control,x-requested-with,x-my-own"),
        ];
        let answer = send(receiver.local_addr(), "OPTIONS", path, &headers, b"").await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.headers["access-control-allow-origin"], "https://good.example");
        let allowed = &answer.headers["access-control-allow-headers"];
        for name in ["cache-control", "x-requested-with", "content-type", "authorization", "x-mime-type", "x-my-own"] {
            assert!(allowed.contains(name), "{name} in {allowed}");
        }
        for method in ["POST", "DELETE", "PUT"] {
            assert!(answer.headers["access-control-allow-methods"].contains(method));
        }
    }
    let headers = [("Origin", "https://good.example"), ("Authorization", "Bearer t0ken")];
    let answer = send(receiver.local_addr(), "GET", "/", &headers, b"").await;
    assert_eq!(answer.headers["access-control-allow-origin"], "https://good.example");
    let refused = send(receiver.local_addr(), "GET", "/", &headers[..1], b"").await;
    assert_eq!(refused.headers["access-control-allow-origin"], "https://good.example", "a page may read why not");
}
