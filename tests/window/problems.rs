//! What cannot be sent or opened is told in the window, by name, with what to do; the rest goes on.

use std::{ffi::OsStr, fs::File, os::unix::ffi::OsStrExt, os::unix::net::UnixListener, process::Command};

use serde_json::json;

use crate::{
    desktop::Desktop,
    scene::{assert_received, assert_same, finished, make_file},
};

#[test]
fn what_cannot_be_sent_is_told_by_name_and_the_rest_goes_on() {
    let Some(mut desktop) = Desktop::start() else { return };
    let pipe = desktop.path("a pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo starts").success());
    make_file(&desktop.path("shoot/good.bin"), 100_000);
    let _socket = UnixListener::bind(desktop.path("shoot/talk")).expect("a socket");
    let unspeakable = desktop.path("").join(OsStr::from_bytes(b"caf\xe9.mov"));
    make_file(&unspeakable, 1000);
    let gone = desktop.path("gone.mov");

    let app = desktop.launch();
    desktop.drop_files(&[&pipe, &desktop.path("shoot"), &unspeakable, &gone]);
    app.wait_for_problem(&["a pipe", "not a file"]);
    app.wait_for_problem(&["shoot/talk", "not a file"]);
    let lost = app.wait_for_problem(&["caf\u{FFFD}.mov", "picker"]);
    assert!(!lost.contains("Choose files…"), "the way out is told once: {lost}");
    app.wait_for_problem(&["gone.mov"]);
    finished(&app, "good.bin");
    app.shot(&desktop, "12-problems");
    assert_eq!(app.problems().len(), 4, "each is told once: {:?}", app.problems());
    assert_received(&desktop, &["shoot/good.bin"]);
    app.page.click(".dismiss-all");
    app.wait_shown("#problems", false);
}

#[test]
fn a_file_called_like_markup_is_shown_as_text_and_scripts_from_outside_do_not_run() {
    const NAME: &str = "<img src=x onerror=alert(1)>.bin";
    let Some(mut desktop) = Desktop::start() else { return };
    let file = desktop.path(NAME);
    make_file(&file, 5000);
    let app = desktop.launch();
    let listen = "window.violations = []; window.faults = [];
        document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
        window.addEventListener('error', (event) => faults.push(String(event.message)));
        window.addEventListener('unhandledrejection', (event) => faults.push(String(event.reason)));";
    app.page.run(listen, json!([]));
    desktop.drop_files(&[&file]);
    let row = finished(&app, NAME);
    app.shot(&desktop, "13-markup-as-text");
    assert_eq!(app.page.run("return document.images.length", json!([])), 0, "a name never becomes markup");
    assert_eq!(app.page.alert(), None, "and never speaks");
    assert_eq!(app.page.run("return [violations, faults]", json!([])), json!([[], []]), "nothing was even tried");
    // Such a name would be trouble on some systems, so the receiver has another, and the row tells it.
    let received = "_img src=x onerror=alert(1)_.bin";
    assert!(row.facts.contains(received), "where it went is told: {}", row.facts);
    assert_same(&desktop, &file, received);

    // The counter-proof: markup that does get in meets the page's policy.
    app.page.run("document.body.insertAdjacentHTML('beforeend', arguments[0])", json!([NAME]));
    let refused = "return violations.some((directive) => directive.startsWith('script-src'))";
    let refuses = || app.page.run(refused, json!([])) == true;
    tests::programs::wait_until("the policy's refusal", crate::desktop::PATIENCE, refuses);
    assert_eq!(app.page.alert(), None, "the policy holds");
}

#[test]
fn records_that_another_carryon_owns_are_a_clear_sentence_in_the_window() {
    let Some(desktop) = Desktop::start() else { return };
    std::fs::create_dir_all(desktop.data()).expect("a data folder");
    let owner = File::create(desktop.data().join("carryon.lock")).expect("the lock file");
    owner.lock().expect("the lock is free");
    let app = desktop.launch();
    let problem = app.wait_for_problem(&["Another Carryon", "data folder"]);
    app.shot(&desktop, "14-owned-by-another");
    assert!(!problem.contains("Error"), "a sentence for people: {problem}");
    assert_eq!(app.text("#drop-title"), "No files can be taken now", "the way in does not invite");
    assert!(app.text("#drop-zone .reason").starts_with("Another Carryon"), "and says why");
    let closed = "return document.getElementById('choose-files').disabled";
    assert_eq!(app.page.run(closed, json!([])), true);
    let files = std::fs::read_dir(desktop.data()).expect("the folder").count();
    assert_eq!(files, 1, "the owner's folder is left alone");
    drop(owner);
}
