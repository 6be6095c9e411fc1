//! What is kept for a while only: a warning before the end, and a way on after it.

use rusqlite::Connection;

use crate::{
    desktop::{Desktop, PATIENCE},
    scene::{assert_same, finished, long},
};

const HOUR: i64 = 60 * 60 * 1000;

/// Changes what the records say of all uploads, while nobody owns them.
fn set(desktop: &Desktop, columns: &str) {
    let records = Connection::open(desktop.data().join(carryon_engine::RECORDS_FILE)).expect("the records open");
    let changed = records.execute(&format!("UPDATE uploads SET {columns}"), []).expect("they can be changed");
    assert_eq!(changed, 1, "one upload is changed");
}

#[test]
fn the_last_day_is_told_and_an_expired_upload_can_be_tried_anyway() {
    let Some(desktop) = Desktop::start() else { return };
    long(&desktop, "tape.bin").kill();
    let now = carryon_engine::upload::now();
    set(&desktop, &format!("expires_at = {}", now + 20 * HOUR));
    let app = desktop.launch();
    app.wait_for("tape.bin", "can be resumed", PATIENCE, |row| row.list == "resumable");
    let warning = app.text("upload-row .last-call");
    assert!(warning.starts_with("kept until to"), "until today or tomorrow, with the time: {warning:?}");
    app.shot(&desktop, "25-kept-until");
    app.kill();

    set(&desktop, &format!("expires_at = {}, state = 'expired', detail = '{{\"kind\":\"expired\"}}'", now - HOUR));
    let app = desktop.launch();
    let row = app.wait_for("tape.bin", "has expired", PATIENCE, |row| row.kind == "expired");
    assert_eq!(row.buttons, ["Try anyway", "Start over", "Discard"]);
    assert!(app.text("upload-row .explanation").contains("Try anyway asks it"), "what it means is told");
    app.shot(&desktop, "26-expired");
    app.click("tape.bin", "resume");
    finished(&app, "tape.bin");
    assert_same(&desktop, &desktop.path("tape.bin"), "tape.bin");
}
