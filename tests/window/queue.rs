//! The queue, by mouse and by keyboard: pause, resume, cancel; another order; folders; a look inside an upload.

use std::time::Duration;

use serde_json::json;
use tests::programs::wait_until;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    scene::{MB, UPLOADED, assert_received, assert_same, endless, finished, long, make_file},
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

/// The names in the queue, as they stand.
fn queue(app: &App) -> Vec<String> {
    app.rows().into_iter().filter(|row| row.list == "queue").map(|row| row.name).collect()
}

#[test]
fn what_waits_is_put_in_another_order_by_mouse_and_by_keyboard_and_stays_so() {
    let Some(desktop) = Desktop::start() else { return };
    let app = endless(&desktop, "tape.bin");
    app.click("tape.bin", "pause");
    app.wait_for("tape.bin", "is paused", PATIENCE, |row| row.kind == "paused");
    for name in ["a.bin", "b.bin", "c.bin"] {
        make_file(&desktop.path(name), 900 * MB);
        app.add(&[&desktop.path(name)]);
        app.wait_for(name, "is listed", PATIENCE, |_| true);
        app.click(name, "pause");
        app.wait_for(name, "is paused", PATIENCE, |row| row.kind == "paused");
    }
    assert_eq!(queue(&app), ["tape.bin", "a.bin", "b.bin", "c.bin"]);

    app.page.run("[...document.querySelectorAll('#queue upload-row')][3].focus()", json!([]));
    app.page.press_with(key::ALT, key::UP);
    wait_until("c before b", PATIENCE, || queue(&app) == ["tape.bin", "a.bin", "c.bin", "b.bin"]);
    let row = |name: &str| format!("upload-row[data-id=\"{}\"] .state", app.row(name).expect("a row").id);
    app.page.drag(&row("b.bin"), &row("tape.bin"));
    wait_until("b before all", PATIENCE, || queue(&app) == ["b.bin", "tape.bin", "a.bin", "c.bin"]);
    app.shot(&desktop, "30-another-order");

    for name in ["a.bin", "b.bin", "c.bin", "tape.bin"] {
        assert_eq!(app.row(name).expect("a row").kind, "paused", "a drag is no press of a button");
    }
}

#[test]
fn a_dropped_folder_is_one_line_that_opens_and_every_file_of_it_arrives() {
    let Some(mut desktop) = Desktop::start() else { return };
    for number in 0..12 {
        make_file(&desktop.path(&format!("day/clip {number}.mov")), 40 * MB);
    }
    let app = endless(&desktop, "tape.bin");
    desktop.drop_files(&[&desktop.path("day")]);
    app.wait_shown("#queue folder-row", true);
    assert!(
        app.text("#queue folder-row .numbers").contains("files"),
        "the line says how many: {}",
        app.text("#queue folder-row")
    );
    app.shot(&desktop, "31-folder");
    app.page.click("#queue folder-row .name");
    let opened = "return document.querySelector('#queue folder-row').getAttribute('aria-expanded')";
    wait_until("a folder that is open", PATIENCE, || app.page.run(opened, json!([])) == "true");
    app.shot(&desktop, "32-folder-open");
    app.click("tape.bin", "discard");
    app.wait_shown("#ask dialog", true);
    app.page.click("#ask-do");
    wait_until("all of it delivered", UPLOADED, || {
        app.text("#finished folder-row .numbers").starts_with("12 files")
            && app.rows().iter().all(|row| row.list == "finished")
    });
    for number in 0..12 {
        let name = format!("day/clip {number}.mov");
        assert_same(&desktop, &desktop.path(&name), &name);
    }
}

#[test]
fn the_details_show_where_every_part_is_and_how_fast_it_went() {
    let Some(desktop) = Desktop::start() else { return };
    let app = long(&desktop, "tape.bin");
    app.page.run("document.querySelector('#queue upload-row').focus()", json!([]));
    app.page.press(&[key::ENTER]);
    app.wait_shown("#details", true);
    assert_eq!(app.text("#details h2"), "tape.bin");
    app.wait_shown("#details .parts", true);
    app.shot(&desktop, "33-details");
    finished(&app, "tape.bin");
    wait_until("a speed that was measured", PATIENCE, || app.text("#details .most").starts_with("at most"));
    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#details", false);
}
