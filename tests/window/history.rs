//! The history: what was delivered is found there, held against its file, and forgotten after a question.

use std::io::{Seek, SeekFrom, Write};

use serde_json::json;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    lab::{Lab, deliver, with_records},
    scene::{finished, make_file},
    webdriver::{key, persist},
};

fn open_history(app: &App) {
    app.page.click("#nav a[href='#history']");
    app.wait_shown("#history", true);
}

/// Presses a button; the list may be drawn anew while a mouse is on its way.
fn press(app: &App, selector: &str) {
    app.page.run("document.querySelector(arguments[0]).click()", json!([selector]));
}

/// Types into the field; a driver has no keys for every letter.
fn look_for(app: &App, words: &str) {
    let script = "const field = document.getElementById('history-search'); field.value = arguments[0];
        field.dispatchEvent(new Event('input', { bubbles: true }))";
    app.page.run(script, json!([words]));
}

fn listed(app: &App) -> Vec<String> {
    let script = "return [...document.querySelectorAll('#history li .name')].map((name) => name.textContent)";
    serde_json::from_value(app.page.run(script, json!([]))).expect("names")
}

fn wait_for_list(app: &App, names: &[&str]) {
    persist(&format!("the history shows {names:?}"), PATIENCE, || {
        let found = listed(app);
        if found == names { Ok(()) } else { Err(format!("{found:?}; {}", app.text("#history .trouble"))) }
    });
}

fn says(app: &App, words: &str) {
    persist(&format!("“{words}”"), PATIENCE, || {
        let said = app.text("#past .verdict");
        if said.contains(words) { Ok(()) } else { Err(format!("{said}; {}", app.text("#past .trouble"))) }
    });
}

#[test]
fn a_delivered_file_is_found_verified_and_a_change_in_it_is_named() {
    let Some(desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    make_file(&desktop.path("dataset.parquet"), 70_000);
    with_records(&desktop, async |engine| {
        let row = lab.save(engine, "Lab store").await;
        deliver(engine, desktop.path("dataset.parquet"), &row).await;
    });
    let take = desktop.path("shoot/Größe.mov");
    make_file(&take, 3_000_000);
    let app = desktop.launch();
    open_history(&app);
    wait_for_list(&app, &["dataset.parquet"]);
    app.add(&[&desktop.path("shoot")]);
    wait_for_list(&app, &["Größe.mov", "dataset.parquet"]);
    app.shot(&desktop, "60-history");

    look_for(&app, "GRÖSSE");
    wait_for_list(&app, &[]);
    look_for(&app, "GRÖßE shoot");
    wait_for_list(&app, &["Größe.mov"]);
    press(&app, "#history li button");
    app.wait_shown("#past dialog", true);
    press(&app, "#past [data-action=verify_source]");
    says(&app, "Equal");
    app.shot(&desktop, "61-verified");
    let mut file = std::fs::File::options().write(true).open(&take).expect("opens");
    file.seek(SeekFrom::Start(1_234_567)).and_then(|_| file.write_all(b"changed")).expect("changes");
    drop(file);
    press(&app, "#past [data-action=verify_source]");
    says(&app, "Different");
    app.shot(&desktop, "62-changed");
    press(&app, "#past [data-action=verify_arrived]");
    says(&app, "Equal");

    press(&app, "#past [data-action=forget_past]");
    app.wait_shown("#ask dialog", true);
    press(&app, "#ask-do");
    app.wait_shown("#past dialog", false);
    wait_for_list(&app, &[]);
    assert!(desktop.received("shoot/Größe.mov").exists() && take.exists(), "the files stay where they are");
    look_for(&app, "");
    wait_for_list(&app, &["dataset.parquet"]);
}

#[test]
fn one_opens_the_history_by_keyboard_and_closes_an_entry_with_escape() {
    let Some(desktop) = Desktop::start() else { return };
    make_file(&desktop.path("note.txt"), 1234);
    let app = desktop.launch();
    app.add(&[&desktop.path("note.txt")]);
    finished(&app, "note.txt");
    open_history(&app);
    wait_for_list(&app, &["note.txt"]);
    app.page.run("document.querySelector('#history li button').focus()", json!([]));
    app.page.press(&[key::ENTER]);
    app.wait_shown("#past dialog", true);
    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#past dialog", false);
    assert!(app.focus().contains("note.txt"), "the focus is where it was: {}", app.focus());
}

#[test]
fn what_makes_no_sense_is_refused_with_a_code_and_a_sentence() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    for (command, given, code) in [
        ("history", json!({"search": {"words": 7}, "after": null}), "invalid"),
        ("history", json!({"search": {"ending": "somehow"}, "after": null}), "invalid"),
        ("history", json!({"search": {"what": "?"}, "after": null}), "invalid"),
        ("history", json!({"search": {}, "after": "later"}), "invalid"),
        ("past", json!({"seq": 4711}), "invalid"),
        ("past", json!({"seq": "all"}), "invalid"),
        ("reveal_past", json!({"seq": 4711, "which": "source"}), "invalid"),
        ("reveal_past", json!({"seq": 1, "which": "/etc/passwd"}), "invalid"),
        ("open_past", json!({"seq": 4711}), "invalid"),
        ("verify_past", json!({"seq": 4711, "which": "source"}), "invalid"),
        ("forget_past", json!({"seqs": "all"}), "invalid"),
        ("forget_found", json!({}), "invalid"),
        ("keep_history", json!({"days": 0}), "invalid"),
        ("keep_history", json!({"days": -1}), "invalid"),
    ] {
        let refused = app.page.call(command, given.clone())["refused"].clone();
        assert_eq!(refused["code"], code, "{command} {given}: {refused}");
        assert!(refused["message"].as_str().is_some_and(|message| message.len() > 10), "{command} {given}: {refused}");
    }
    assert_eq!(app.page.call("forget_past", json!({"seqs": [4711]})), 0, "what is not there is not removed");
}
