//! The tray: closing hides the window there, and the menu does what one does without a window.

use serde_json::json;
use tests::programs::wait_until;

use crate::{
    app::HiddenApp,
    desktop::{Desktop, PATIENCE},
    notifications::buttons,
    picker,
    scene::{UPLOADED, assert_same, endless, finished, long, make_file},
    tray_host::TrayHost,
};

#[test]
fn the_tray_says_how_far_everything_is_and_pauses_and_resumes_all() {
    let Some(desktop) = Desktop::start() else { return };
    let mut tray = TrayHost::start(&desktop);
    let app = endless(&desktop, "tape.bin");
    let menu = tray.wait_for_menu("an upload under way", |menu| menu[1].0.starts_with("1 upload, "));
    let words: Vec<&str> = menu.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(words[0], "Open Carryon");
    assert!(words[1].contains(" %"), "the line says how far it is: {words:?}");
    assert_eq!(words[2..], ["Pause all", "Resume all", "Send files…", "Quit"]);
    assert_eq!(
        (menu[1].1, menu[2].1, menu[3].1),
        (false, true, false),
        "the line is no button; only pausing can be done"
    );
    let uploading = tray.picture();

    tray.press("Pause all");
    app.wait_for("tape.bin", "is paused", PATIENCE, |row| row.kind == "paused");
    let menu = tray.wait_for_menu("a paused upload", |menu| menu[1].0 == "1 upload can be resumed");
    assert_eq!((menu[2].1, menu[3].1), (false, true), "only resuming can be done");
    assert_ne!(tray.picture(), uploading, "the icon says so too");

    tray.press("Resume all");
    app.wait_for("tape.bin", "goes on", PATIENCE, |row| row.kind == "uploading");
}

#[test]
fn closing_hides_the_window_in_the_tray_says_so_once_and_the_upload_goes_on() {
    let Some(desktop) = Desktop::start() else { return };
    let mut tray = TrayHost::start(&desktop);
    let notifications = desktop.notifications();
    let app = long(&desktop, "tape.bin");
    tray.menu();
    desktop.close_window();
    wait_until("a hidden window", PATIENCE, || desktop.window("Carryon").is_none());
    let told = notifications.next_after(0);
    assert_eq!(told["summary"], "Carryon goes on in the tray");
    assert!(buttons(&told).is_empty(), "there is nothing to decide");

    tray.press("Open Carryon");
    wait_until("the window", PATIENCE, || desktop.shows_page());
    finished(&app, "tape.bin");
    assert_same(&desktop, &desktop.path("tape.bin"), "tape.bin");
    desktop.close_window();
    wait_until("a hidden window", PATIENCE, || desktop.window("Carryon").is_none());
    tray.press("Open Carryon");
    wait_until("the window", PATIENCE, || desktop.shows_page());
    let told_again = notifications.shown().iter().filter(|note| note["summary"] == told["summary"]).count();
    assert_eq!(told_again, 1, "it is explained once");
}

#[test]
fn quit_ends_at_once_when_nothing_would_stop_and_asks_when_something_would() {
    let Some(desktop) = Desktop::start() else { return };
    let mut tray = TrayHost::start(&desktop);
    let mut app = desktop.launch();
    tray.press("Quit");
    assert!(app.ended().success(), "nothing would stop");
    drop((app, tray));

    let mut tray = TrayHost::start(&desktop);
    let mut app = endless(&desktop, "tape.bin");
    tray.press("Quit");
    picker::cancel(&desktop, "Quit Carryon");
    let row = app.row("tape.bin").expect("a row");
    assert_eq!(row.kind, "uploading", "who says no goes on: {row:?}");
    tray.press("Quit");
    picker::agree(&desktop, "Quit Carryon");
    assert!(app.ended().success(), "it ends well");
    drop(app);
    let app = desktop.launch();
    let row = app.wait_for("tape.bin", "can be resumed", PATIENCE, |row| row.list == "resumable");
    assert_eq!(row.state, "Interrupted when Carryon was closed");
}

#[test]
fn started_hidden_it_lives_in_the_tray_and_the_notification_s_button_works_without_a_window() {
    let Some(desktop) = Desktop::start() else { return };
    let mut notifications = desktop.notifications();
    long(&desktop, "tape.bin").kill();
    let mut tray = TrayHost::start(&desktop);
    let app = HiddenApp::start(&desktop);
    tray.wait_for_menu("what can be resumed", |menu| menu[1].0 == "1 upload can be resumed");
    let offered = notifications.next_after(0);
    notifications.press(&offered, "resume");
    let arrived = desktop.received("tape.bin");
    wait_until("an upload that arrives", UPLOADED, || arrived.exists());
    assert_same(&desktop, &desktop.path("tape.bin"), "tape.bin");
    assert_eq!(desktop.window("Carryon"), None, "nobody asked for a window");

    HiddenApp::start_another(&desktop, &["--hidden".as_ref()]);
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert_eq!(desktop.window("Carryon"), None, "a second start that is hidden too raises nothing");
    tray.press("Open Carryon");
    let app = app.seen(&desktop);
    assert_eq!(app.problems(), [""; 0]);
    let more = desktop.path("more.bin");
    make_file(&more, 1_000);
    tray.press("Send files…");
    picker::choose(&desktop, "Which files are to be sent?", &more);
    finished(&app, "more.bin");
}

#[test]
fn started_hidden_where_nobody_shows_a_tray_there_is_a_window() {
    let Some(desktop) = Desktop::start() else { return };
    let app = HiddenApp::start(&desktop).seen(&desktop);
    assert_eq!(app.page.call("start_at_login", json!({})), false, "and it works");
}

#[test]
fn starting_at_login_is_off_until_asked_for_and_starts_hidden_on_the_same_records() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    let entry = desktop.path("config/autostart/Carryon.desktop");
    assert_eq!(app.page.call("start_at_login", json!({})), false, "off until asked for");
    assert!(!entry.exists());
    assert_eq!(app.page.call("set_start_at_login", json!({"on": true})), true);
    let text = std::fs::read_to_string(&entry).expect("an entry");
    let data = desktop.data();
    let command = format!("Exec=\"{}\" \"--hidden\" \"--data-dir\" \"{}\"", crate::app::PROGRAM, data.display());
    assert!(text.lines().any(|line| line == command), "{text}");
    assert_eq!(app.page.call("start_at_login", json!({})), true);
    assert_eq!(app.page.call("set_start_at_login", json!({"on": false})), false);
    assert!(!entry.exists(), "nothing is left of it");
}
