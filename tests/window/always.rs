//! Destinations whose uploads always go on: at the next launch nobody is asked.

use carryon_engine::{DestinationSettings, ResumePolicy};

use crate::{
    desktop::Desktop,
    lab::with_records,
    scene::{LONG, assert_same, finished, long},
};

#[test]
fn what_always_goes_on_does_so_at_launch_and_nobody_is_asked() {
    let Some(desktop) = Desktop::start() else { return };
    let notifications = desktop.notifications();
    with_records(&desktop, async |engine| {
        let row = engine.this_computer().await.expect("the built-in destination");
        let always = DestinationSettings { resume: Some(ResumePolicy::Always), ..DestinationSettings::default() };
        engine.set_destination_settings(row.id, always).await.expect("it can be set");
    });
    let app = long(&desktop, "tape.bin");
    let seen = app.row("tape.bin").expect("a row").confirmed;
    app.kill();

    let app = desktop.launch();
    let row = app.row("tape.bin").expect("a row from the first moment on");
    assert_ne!(row.list, "resumable", "it is not offered, it goes on: {row:?}");
    app.shot(&desktop, "24-goes-on-by-itself");
    finished(&app, "tape.bin");
    let sent = app.view("tape.bin")["sent"].as_u64().expect("what this run sent");
    assert!(sent <= LONG - seen, "only what was missing leaves again: {sent}, {seen} were safe");
    assert_same(&desktop, &desktop.path("tape.bin"), "tape.bin");
    assert_eq!(notifications.offers(), 0, "nothing is offered: {:?}", notifications.shown());
    app.wait_shown("#resumable", false);
}
