//! The other ways from a crash: the list without any notification, *Show*, and *Discard*.

use crate::{
    desktop::{Desktop, PATIENCE},
    notifications::buttons,
    scene::{LONG, assert_received, assert_same, endless, finished, long, wait_for_no_parts},
    webdriver::key,
};

#[test]
fn without_a_notification_service_the_list_resumes_and_not_a_word_is_said() {
    let Some(desktop) = Desktop::start() else { return };
    long(&desktop, "tape.bin").kill();
    let app = desktop.launch();
    let row = app.wait_for("tape.bin", "can be resumed", PATIENCE, |row| row.list == "resumable");
    app.click("tape.bin", "resume");
    app.wait_for("tape.bin", "goes on", PATIENCE, |now| now.list != "resumable" && now.confirmed >= row.confirmed);
    finished(&app, "tape.bin");
    let sent = app.view("tape.bin")["sent"].as_u64().expect("what this run sent");
    assert!(sent <= LONG - row.confirmed, "only what was missing leaves again: {sent}, {} were safe", row.confirmed);
    assert_same(&desktop, &desktop.path("tape.bin"), "tape.bin");
    assert_eq!(app.problems(), [""; 0], "no service is no problem");
    assert_eq!(app.said(), "", "and nothing to talk about");
}

#[test]
fn show_leads_to_the_list_where_discard_asks_and_then_removes_everything() {
    let Some(desktop) = Desktop::start() else { return };
    let mut notifications = desktop.notifications();
    endless(&desktop, "tape.bin").kill();
    let app = desktop.launch();
    let notification = notifications.next_after(0);
    assert_eq!(notification["summary"], "The upload of “tape.bin” was interrupted");
    assert_eq!(buttons(&notification)[1], ("resume".into(), "Resume".into()));

    notifications.press(&notification, "show");
    tests::programs::wait_until("a heading that has the focus", PATIENCE, || app.focus() == "Resumable");
    app.tab_to("Discard tape.bin");
    app.page.press(&[key::ENTER]);
    app.wait_shown("#ask dialog", true);
    app.shot(&desktop, "10-discard-asks");
    assert_eq!(app.text("#ask-title"), "Discard this upload?");
    assert!(app.text("#ask-text").contains("will be deleted"), "the question says what is lost");
    assert_eq!(app.focus(), "Keep it", "the harmless answer is at hand");

    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#ask dialog", false);
    assert_eq!(app.focus(), "Discard tape.bin", "the focus is where it was");
    assert_eq!(app.row("tape.bin").map(|row| row.list).as_deref(), Some("resumable"), "Escape keeps it");

    app.page.press(&[key::ENTER]);
    app.wait_shown("#ask dialog", true);
    app.page.click("#ask-do");
    app.wait_shown("upload-row", false);
    wait_for_no_parts(&desktop);
    assert_received(&desktop, &[]);
    app.kill();

    let app = desktop.launch();
    assert!(app.rows().is_empty(), "what was discarded does not come back");
    app.wait_shown("#drop-zone[empty]", true);
    assert!(desktop.path("tape.bin").exists(), "the file itself is nobody's to remove");
    assert_eq!(notifications.offers(), 1, "nothing is offered any more");
}
