//! What is told while nobody looks: what arrived, what needs a person, and never the same question twice.

use serde_json::{Value, json};
use tests::programs::wait_until;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    lab::with_records,
    notifications::{Notifications, buttons},
    scene::{UPLOADED, assert_same, endless, make_file},
    tray_host::TrayHost,
};

fn summaries(notifications: &Notifications) -> Vec<String> {
    let shown = notifications.shown();
    shown.iter().map(|note| note["summary"].as_str().unwrap_or("").to_owned()).collect()
}

fn wait_for(notifications: &Notifications, summary: &str) {
    wait_until(&format!("“{summary}”"), UPLOADED, || summaries(notifications).iter().any(|told| told == summary));
}

fn set(desktop: &Desktop, notifications: &str) {
    with_records(desktop, async |engine| {
        engine.set_setting("window:notifications", json!(notifications)).await.expect("it can be set");
    });
}

/// An app whose window was closed into the tray, so that nobody looks at it.
fn unseen(desktop: &Desktop, tray: &mut TrayHost) -> App {
    let app = desktop.launch();
    tray.menu();
    desktop.close_window();
    wait_until("a hidden window", PATIENCE, || desktop.window("Carryon").is_none());
    app
}

/// A hidden window draws no rows: the app is asked.
fn wait_for_state(app: &App, name: &str, wanted: impl Fn(&Value) -> bool) {
    wait_until(&format!("“{name}” as wanted"), UPLOADED, || wanted(&app.view(name)));
}

#[test]
fn what_arrived_unseen_is_told_once_for_all_of_it_and_show_brings_the_window() {
    let Some(desktop) = Desktop::start() else { return };
    let mut notifications = desktop.notifications();
    let mut tray = TrayHost::start(&desktop);
    let app = unseen(&desktop, &mut tray);
    let files: Vec<_> = (0..40).map(|number| desktop.path(&format!("take {number}.mov"))).collect();
    files.iter().for_each(|file| make_file(file, 250_000));
    app.add(&files.iter().map(|file| file.as_path()).collect::<Vec<_>>());
    wait_for(&notifications, "40 files arrived at This computer");
    let told = notifications.shown().pop().expect("just told");
    assert_eq!(told["body"], "10 MB, all of it confirmed.");
    assert_eq!(buttons(&told)[1], ("show".into(), "Show".into()));
    assert_same(&desktop, &files[39], "take 39.mov");
    notifications.press(&told, "show");
    wait_until("the window", PATIENCE, || desktop.shows_page());
    let arrivals = summaries(&notifications).iter().filter(|summary| summary.contains("arrived")).count();
    assert_eq!(arrivals, 1, "one for all: {:?}", summaries(&notifications));
}

#[test]
fn what_needs_a_person_is_told_and_who_wants_problems_alone_hears_of_no_arrival() {
    let Some(desktop) = Desktop::start() else { return };
    set(&desktop, "problems");
    let notifications = desktop.notifications();
    let mut tray = TrayHost::start(&desktop);
    let app = unseen(&desktop, &mut tray);
    let (good, gone) = (desktop.path("good.bin"), desktop.path("gone.bin"));
    make_file(&good, 1_000);
    std::fs::File::create(&gone).and_then(|file| file.set_len(6_000_000_000)).expect("a long file");
    app.add(&[&gone]);
    wait_for_state(&app, "gone.bin", |view| view["confirmed"].as_u64() > Some(0));
    std::fs::remove_file(&gone).expect("it can be removed");
    let ids = json!({"ids": [app.view("gone.bin")["id"]]});
    app.page.call("pause", ids.clone());
    wait_for_state(&app, "gone.bin", |view| view["state"]["kind"] == "paused");
    app.page.call("resume", ids);
    wait_for(&notifications, "“gone.bin” needs you");
    app.add(&[&good]);
    wait_until("a file that arrives", UPLOADED, || desktop.received("good.bin").exists());
    // As long as news of an arrival would take.
    std::thread::sleep(std::time::Duration::from_secs(4));
    let told = summaries(&notifications);
    assert_eq!(told.iter().filter(|summary| summary.contains("arrived")).count(), 0, "{told:?}");
}

#[test]
fn an_unanswered_offer_is_replaced_and_later_is_not_asked_again_until_something_happened() {
    let Some(desktop) = Desktop::start() else { return };
    let mut notifications = desktop.notifications();
    endless(&desktop, "tape.bin").kill();
    desktop.launch().kill();
    let first = notifications.next_after(0);
    desktop.launch().kill();
    let second = notifications.next_after(1);
    assert_eq!(second["replaces"], first["id"], "the second takes the place of the first");
    assert_eq!(second["id"], first["id"]);

    let app = desktop.launch();
    let third = notifications.next_after(2);
    let labels: Vec<String> = buttons(&third).into_iter().map(|(_, label)| label).collect();
    assert_eq!(labels, ["Show", "Resume", "Show", "Later"]);
    notifications.press(&third, "later");
    std::thread::sleep(std::time::Duration::from_secs(1));
    app.kill();
    let app = desktop.launch();
    app.wait_for("tape.bin", "can be resumed", PATIENCE, |row| row.list == "resumable");
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(notifications.shown().len(), 3, "later is later");

    app.click("tape.bin", "resume");
    app.wait_for("tape.bin", "goes on", UPLOADED, |row| row.kind == "uploading");
    app.kill();
    let _app = desktop.launch();
    assert_eq!(notifications.next_after(3)["replaces"], 0, "it was interrupted anew, and is offered anew");
}

#[test]
fn who_wants_no_notification_gets_none_and_the_list_offers_the_same() {
    let Some(desktop) = Desktop::start() else { return };
    set(&desktop, "none");
    let notifications = desktop.notifications();
    endless(&desktop, "tape.bin").kill();
    let app = desktop.launch();
    app.wait_for("tape.bin", "can be resumed", PATIENCE, |row| row.list == "resumable");
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(summaries(&notifications), [""; 0]);
}
