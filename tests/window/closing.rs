//! Closing the window in the middle of an upload is an orderly end: nothing is lost, and the reason is remembered.

use crate::{
    desktop::{Desktop, PATIENCE},
    picker,
    scene::{assert_same, finished, long},
};

#[test]
fn closing_the_window_leaves_the_upload_resumable() {
    let Some(desktop) = Desktop::start() else { return };
    let mut notifications = desktop.notifications();
    let mut app = long(&desktop, "tape.bin");
    let seen = app.row("tape.bin").expect("a row").confirmed;
    // Finding the window takes a moment in which the upload must not end.
    app.freeze();
    desktop.close_window();
    app.thaw();
    // Nobody shows a tray here: closing would stop the upload.
    picker::agree(&desktop, "Quit Carryon");
    assert!(app.ended().success(), "the app ends well");
    drop(app);

    let app = desktop.launch();
    let row = app.wait_for("tape.bin", "can be resumed", PATIENCE, |row| row.list == "resumable");
    app.shot(&desktop, "15-after-closing");
    assert_eq!(row.state, "Interrupted when Carryon was closed");
    assert!(row.confirmed >= seen, "what was shown as safe is safe");
    let notification = notifications.next_after(0);
    notifications.press(&notification, "resume");
    finished(&app, "tape.bin");
    assert_same(&desktop, &desktop.path("tape.bin"), "tape.bin");
}
