//! The built-in receiver's page: switched off and on while an upload runs, moved to another folder, opened to others.

use std::path::Path;

use serde_json::{Value, json};
use tests::files::digest;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    scene::{UPLOADED, assert_same, finished, long, make_file},
    webdriver::persist,
};

fn open_page(app: &App) {
    app.page.click("#nav a[href='#receiving']");
    app.wait_shown("#receiving-page .where", true);
}

/// What the page would set, with these changes.
fn set(app: &App, change: Value) -> Value {
    let mut wanted = app.page.call("receiving", json!({}))["wanted"].clone();
    for (key, value) in change.as_object().expect("changes") {
        wanted[key] = value.clone();
    }
    app.page.call("set_receiving", json!({"wanted": wanted}))
}

fn told(app: &App, words: &str) {
    persist(&format!("“{words}”"), PATIENCE, || {
        let said = app.text("#receiving-page .told");
        if said.contains(words) {
            Ok(())
        } else {
            Err(format!("{said}; {}", app.text("#receiving-page .trouble.whole")))
        }
    });
}

#[test]
fn an_upload_under_way_waits_while_receiving_is_switched_off_and_carries_on_after() {
    let Some(desktop) = Desktop::start() else { return };
    let app = long(&desktop, "tape.bin");
    open_page(&app);
    app.page.click("#receiving-page [name=on]");
    persist("an upload that is paused, or a question before", PATIENCE, || {
        if app.page.run("return document.querySelector('#ask dialog').open", json!([])) == true {
            app.page.click("#ask-do");
        }
        app.row("tape.bin")
            .filter(|row| row.kind == "paused")
            .map(drop)
            .ok_or_else(|| format!("{:?}", app.row("tape.bin")))
    });
    told(&app, "This holds from now on");
    let hint = app.text("#receiving-on-hint");
    assert!(hint.contains("1 upload waits"), "it is told what waits: {hint}");
    app.shot(&desktop, "63-receiving-off");
    make_file(&desktop.path("late.txt"), 10);
    let refused =
        app.page.call("add_paths", json!({"paths": [desktop.path("late.txt")], "to": null}))["refused"].clone();
    assert_eq!(refused["code"], "offline", "it is no destination now: {refused}");

    let safe = app.row("tape.bin").expect("a row").confirmed;
    app.page.click("#receiving-page [name=on]");
    finished(&app, "tape.bin");
    let sent = app.view("tape.bin")["sent"].as_u64().expect("what this run sent");
    assert!(sent <= 1_000_000_000 - safe + 200_000_000, "what was here is not sent again: {sent}, {safe} were safe");
    assert_same(&desktop, &desktop.path("tape.bin"), "tape.bin");
}

#[test]
fn files_go_to_another_folder_from_then_on_and_what_arrived_before_is_found() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    make_file(&desktop.path("first.bin"), 2_000_000);
    app.add(&[&desktop.path("first.bin")]);
    finished(&app, "first.bin");
    let other = desktop.path("other folder");
    let now = set(&app, json!({"folder": other}));
    assert_eq!(now["folder"], json!(other), "{now}");
    make_file(&desktop.path("second.bin"), 2_000_000);
    app.add(&[&desktop.path("second.bin")]);
    finished(&app, "second.bin");
    assert_eq!(digest(&desktop.path("second.bin")), digest(&other.join("second.bin")));
    for (nth, name) in ["second.bin", "first.bin"].into_iter().enumerate() {
        let page = app.page.call("history", json!({"search": {}, "after": null}));
        let seq = page["entries"][nth]["seq"].clone();
        let arrived = app.page.call("past", json!({"seq": seq}))["arrived"].clone();
        assert!(
            arrived.as_str().is_some_and(|path| Path::new(path).is_file() && path.ends_with(name)),
            "{name}: {arrived}"
        );
    }
    let refused = set(&app, json!({"folder": "/proc/no/such/folder"}))["refused"].clone();
    assert_eq!(refused["field"], "folder", "{refused}");
    assert_eq!(app.page.call("receiving", json!({}))["running"], true, "all is as it was");
    assert_eq!(app.page.call("receiving", json!({}))["folder"], json!(other));
}

#[test]
fn others_come_in_with_the_token_alone_and_a_new_one_shuts_out_the_old() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    open_page(&app);
    let script = "const select = document.querySelector('#receiving-page [name=door]'); select.value = 'here';
        select.dispatchEvent(new Event('change', { bubbles: true }))";
    app.page.run(script, json!([]));
    app.page.click("#receiving-page [type=submit]");
    app.wait_shown("#receiving-page .addresses", true);
    app.shot(&desktop, "64-others");
    let seen = app.page.call("receiving", json!({}));
    let (address, token) =
        (seen["addresses"][0].as_str().expect("an address"), seen["token"].as_str().expect("a token"));
    make_file(&desktop.path("from outside.bin"), 300_000);
    assert_eq!(send(&desktop, address, "wrong"), Some(1), "the wrong token opens nothing");
    assert_eq!(send(&desktop, address, token), Some(0));
    persist("a file from outside", UPLOADED, || {
        let arrived = desktop.received("from outside.bin");
        if arrived.exists() { Ok(()) } else { Err("it is not there".to_owned()) }
    });
    assert_eq!(digest(&desktop.path("from outside.bin")), digest(&desktop.received("from outside.bin")));
    let renewed = app.page.call("renew_receiving_token", json!({}));
    assert_ne!(renewed["token"], json!(token));
    let address = renewed["addresses"][0].as_str().expect("an address");
    assert_ne!(curl(address, token), "200", "who has the old one is refused");
    assert_eq!(curl(address, renewed["token"].as_str().expect("a token")), "200");
    for name in tests::files::files_below(&desktop.data()) {
        let bytes = std::fs::read(desktop.data().join(&name)).unwrap_or_default();
        assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "{name} holds no token");
    }
    assert!(!app.said().contains(token), "nor does the log");
}

/// What `carryon send` ends with; it has records of its own.
fn send(desktop: &Desktop, address: &str, token: &str) -> Option<i32> {
    let file = desktop.path("token.txt");
    std::fs::write(&file, token).expect("writes");
    let to = format!("fineuploader+{address}/upload?done=/upload/done");
    let mut command = tests::programs::carryon_with(&desktop.path("other records"), &["send", "--to", &to]);
    command.arg("--token-file").arg(&file).arg(desktop.path("from outside.bin"));
    let output = tests::programs::run(command);
    println!("{}", tests::programs::told(&output));
    output.status.code().map(|code| code.min(1))
}

/// The status of a look at the receiver.
fn curl(address: &str, token: &str) -> String {
    let header = format!("Authorization: Bearer {token}");
    let mut command = std::process::Command::new("curl");
    command.args(["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--header", &header, address]);
    String::from_utf8(command.output().expect("curl starts").stdout).expect("a number")
}

#[test]
fn what_makes_no_sense_is_refused_with_a_code_and_a_sentence() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    for wanted in [
        json!({"port": 70_000}),
        json!({"port": "http"}),
        json!({"door": "ajar"}),
        json!({"token": "mine"}),
        json!("all"),
        json!({"keep_days": 0}),
        json!({"folder": "relative"}),
        json!({"origins": ["*"]}),
        json!({"door": "here", "tls": {"cert": "/no/such", "key": "/no/such"}}),
    ] {
        let refused = app.page.call("set_receiving", json!({"wanted": wanted}))["refused"].clone();
        assert_eq!(refused["code"], "invalid", "{wanted}: {refused}");
        assert!(refused["message"].as_str().is_some_and(|message| message.len() > 10), "{wanted}: {refused}");
    }
    assert_eq!(app.page.call("receiving", json!({}))["running"], true, "it receives as before");
}
