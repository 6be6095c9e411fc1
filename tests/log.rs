//! What stands in the log and in a report: enough to find a fault, and nothing secret.

use std::{path::Path, time::Duration};

use carryon_engine::Credentials;
use carryon_receiver::{Config, Receiver};
use carryon_system::{Log, report};
use serde_json::Value;
use tests::{
    engine::{Desk, quick},
    files::{files_below, random_file},
};

const TOKEN: &str = "hunter2-the-token";
const PASSWORD: &str = "correct-horse-battery";

fn written(folder: &Path) -> String {
    let read = |name: &String| std::fs::read_to_string(folder.join(name)).expect("reads");
    files_below(folder).iter().map(read).collect()
}

/// The address, or its path, under which the server keeps the upload.
fn upload_url(data: &Path) -> String {
    let records = rusqlite::Connection::open(data.join("carryon.db")).expect("opens");
    let ticket: String = records.query_row("SELECT ticket FROM attempts", [], |row| row.get(0)).expect("a ticket");
    let ticket: Value = serde_json::from_str(&ticket).expect("JSON");
    let url = find_url(&ticket).unwrap_or_else(|| panic!("no address in {ticket}"));
    url.rsplit('/').next().expect("its own part").to_owned()
}

fn find_url(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains("/files/").then(|| text.clone()),
        Value::Array(values) => values.iter().find_map(find_url),
        Value::Object(fields) => fields.values().find_map(find_url),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_log_nor_report_holds_a_token_a_password_or_an_uploads_url() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let log = Log::set_up(Some(&data));
    log.set_level("debug");
    let config = Config { token: Some(TOKEN.to_owned()), ..Config::new(folder.path().join("received")) };
    let receiver = Receiver::start(config).await.expect("a receiver");
    let server = receiver.local_addr().to_string();
    let mut desk = Desk::open_with(quick(&data), &format!("tus+http://{server}/files/")).await;
    desk.engine.set_credentials(desk.to, Credentials { token: Some(TOKEN.to_owned()) });
    desk.engine.set_speed_limit("500k".parse().expect("a limit"));
    let file = folder.path().join("secret plans.mov");
    random_file(&file, 3_000_000, 7);
    let id = desk.send(&file).await;
    desk.confirmed(id, 1).await;
    let own = upload_url(&data);
    desk.engine.pause(&[id]).await;
    receiver.shutdown().await;
    desk.engine.resume(&[id]).await;
    desk.until("trouble", |event| matches!(event, carryon_engine::Event::Waiting { .. })).await;
    for planted in [
        format!("error for url (http://ann:{PASSWORD}@{server}/files/{own}?sig={PASSWORD})"),
        format!("Authorization: Bearer {TOKEN}"),
        format!("token={TOKEN} password={PASSWORD}"),
    ] {
        tracing::warn!(target: "carryon_engine", "planted: {planted}");
    }

    let (text, named) = (reported(&desk, &log, false).await, reported(&desk, &log, true).await);
    let logged = written(&log.folder().expect("a folder"));
    for (what, text) in [("the log", &logged), ("the report", &text), ("the report with names", &named)] {
        for secret in [TOKEN, PASSWORD, own.as_str()] {
            assert!(!text.contains(secret), "{secret} stands in {what}:\n{text}");
        }
        assert!(text.contains("planted") && text.contains(&server), "it must tell something: {what}:\n{text}");
    }
    assert!(!text.contains("secret plans") && named.contains("secret plans.mov"), "names only where they are wanted");
    assert!(text.contains("of 3000000 bytes") && text.contains("theme = dark"), "{text}");

    log.set_level("off");
    tracing::error!(target: "carryon_engine", "not any more");
    assert!(!written(&log.folder().expect("a folder")).contains("not any more"), "a level holds at once");
    desk.engine.discard(&[id]).await;
    tokio::time::timeout(Duration::from_secs(20), desk.close()).await.expect("it ends");
}

async fn reported(desk: &Desk, log: &Log, with_names: bool) -> String {
    let settings = [("theme", "dark".to_owned())];
    report(&desk.engine, log, "0.1.0", &settings, with_names).await.expect("a report")
}
