//! A file that was moved while its upload was interrupted: the user shows where it is, and nothing is sent twice.

use serde_json::json;

use crate::{
    desktop::{Desktop, PATIENCE},
    picker,
    scene::{LONG, assert_received, assert_same, finished, long, make_file},
};

const PICKER: &str = "Where is “tape.bin” now";

#[test]
fn a_moved_file_is_located_and_goes_on_and_another_one_is_refused() {
    let Some(desktop) = Desktop::start() else { return };
    long(&desktop, "tape.bin").kill();
    let moved = desktop.path("archive/tape of monday.bin");
    std::fs::create_dir(desktop.path("archive")).expect("a folder");
    std::fs::rename(desktop.path("tape.bin"), &moved).expect("it is moved");
    let other = desktop.path("other.bin");
    make_file(&other, 1000);

    let app = desktop.launch();
    let safe = app.wait_for("tape.bin", "can be resumed", PATIENCE, |row| row.list == "resumable").confirmed;
    app.click("tape.bin", "resume");
    let row = app.wait_for("tape.bin", "misses its file", PATIENCE, |row| row.kind == "source_missing");
    assert_eq!(row.buttons, ["Locate…", "Check again", "Discard"]);
    app.shot(&desktop, "21-file-not-found");

    app.click("tape.bin", "locate");
    picker::cancel(&desktop, PICKER);
    assert_eq!(app.problems(), [""; 0], "a picker that is closed is no problem");
    app.click("tape.bin", "locate");
    picker::choose(&desktop, PICKER, &other);
    app.wait_for_problem(&["tape.bin", "another one"]);
    app.shot(&desktop, "23-another-file");
    assert_eq!(app.row("tape.bin").map(|row| row.kind).as_deref(), Some("source_missing"), "nothing was changed");

    app.click("tape.bin", "locate");
    picker::choose(&desktop, PICKER, &moved);
    finished(&app, "tape.bin");
    let sent = app.view("tape.bin")["sent"].as_u64().expect("what this run sent");
    assert!(sent <= LONG - safe, "only what was missing leaves again: {sent}, {safe} were safe");
    assert_same(&desktop, &moved, "tape.bin");
    assert_received(&desktop, &["tape.bin"]);
    let found = app.page.run("return document.getElementById('status').textContent", json!([]));
    assert!(found.as_str().is_some_and(|found| !found.is_empty()), "the live region speaks: {found}");
}
