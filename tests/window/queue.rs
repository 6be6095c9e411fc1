//! The queue, by mouse and by keyboard: pause, resume, cancel.

use std::time::Duration;

use crate::{
    desktop::{Desktop, PATIENCE},
    scene::{UPLOADED, assert_received, endless},
    webdriver::key,
};

#[test]
fn an_upload_is_paused_resumed_and_cancelled_by_mouse_and_keyboard() {
    let Some(desktop) = Desktop::start() else { return };
    let app = endless(&desktop, "tape.bin");
    app.click("tape.bin", "pause");
    app.wait_for("tape.bin", "is paused", PATIENCE, |row| row.kind == "paused" && row.list == "queue");
    let paused = app.row("tape.bin").expect("a row");
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(app.row("tape.bin").expect("a row").confirmed, paused.confirmed, "what is paused does not move");
    app.shot(&desktop, "11-paused");

    app.tab_to("Resume tape.bin");
    app.page.press(&[key::ENTER]);
    let moves = |row: &crate::app::Row| row.kind == "uploading" && row.confirmed > paused.confirmed;
    app.wait_for("tape.bin", "goes on", UPLOADED, moves);
    assert_eq!(app.focus(), "Pause tape.bin", "the button that changed its meaning keeps the focus");

    app.page.press(&[" "]);
    app.wait_for("tape.bin", "is paused again", PATIENCE, |row| row.kind == "paused");
    app.tab_to("Cancel tape.bin");
    app.page.press(&[key::ENTER]);
    app.wait_shown("#ask dialog", true);
    app.tab_to("Discard");
    app.page.press(&[key::ENTER]);
    app.wait_shown("upload-row", false);
    app.wait_shown("#drop-zone[empty]", true);
    assert_eq!(app.focus(), "Choose files…", "the focus goes to the way in when nothing is left");
    assert_received(&desktop, &[]);
}
