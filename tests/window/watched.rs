//! Watched folders: added by the form, what comes is delivered, and nothing is sent twice after a relaunch.

use std::time::Duration;

use serde_json::json;
use tests::programs::wait_until;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    picker,
    places::says,
    scene::{UPLOADED, assert_received, assert_same, make_file},
};

fn open(app: &App) {
    app.page.click("#nav a[href='#watched']");
    app.wait_shown("#watched", true);
}

fn open_form(app: &App) {
    app.page.click("#watched .add");
    app.wait_shown("#watched form", true);
}

fn arrives(desktop: &Desktop, file: &str) {
    wait_until(&format!("the arrival of {file}"), UPLOADED, || desktop.received(file).exists());
}

#[test]
fn a_folder_added_by_the_form_sends_what_comes_whole_and_once_across_a_relaunch() {
    let Some(desktop) = Desktop::start() else { return };
    let folder = desktop.path("card");
    make_file(&folder.join("old.mov"), 1_000);
    let app = desktop.launch();
    open(&app);
    app.wait_shown("#watched .empty", true);
    app.shot(&desktop, "70-watched-empty");
    open_form(&app);
    app.page.click("#watched form [type=submit]");
    says(&app, "#watched [data-field=path] .trouble", "Choose the folder");
    app.page.click("#watched [data-action=pick_watch_folder]");
    picker::choose(&desktop, "Which folder is to be watched", &folder);
    let shown = "return document.querySelector('#watch-path').value";
    wait_until("the folder in the form", PATIENCE, || {
        app.page.run(shown, json!([])) == folder.to_str().expect("plain")
    });
    app.page.run("document.querySelector('#watched details').open = true", json!([]));
    app.page.fill("#watch-steady", "1");
    app.shot(&desktop, "71-watched-form");
    app.page.click("#watched form [type=submit]");
    says(&app, "#watched .watches .state", "Watching");
    let new = folder.join("day 1/new.mov");
    make_file(&new, 3_000_000);
    arrives(&desktop, "card/day 1/new.mov");
    says(&app, "#watched .watches .counts", "1 file sent");
    app.shot(&desktop, "72-watched");
    app.kill();

    let app = desktop.launch();
    open(&app);
    says(&app, "#watched .watches .counts", "1 file sent");
    make_file(&folder.join("later.mov"), 2_000);
    arrives(&desktop, "card/later.mov");
    says(&app, "#watched .watches .counts", "2 files sent");
    std::thread::sleep(Duration::from_secs(3));
    assert_same(&desktop, &new, "card/day 1/new.mov");
    assert_same(&desktop, &folder.join("later.mov"), "card/later.mov");
    assert_received(&desktop, &["card/day 1/new.mov", "card/later.mov"]);
}

#[test]
fn a_folder_that_carryon_receives_into_is_refused_in_the_form_and_one_can_rest_and_go() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    open(&app);
    let save = |path: &str| {
        open_form(&app);
        app.page.fill("#watch-path", path);
        app.page.click("#watched form [type=submit]");
    };
    save(desktop.received("").to_str().expect("plain"));
    says(&app, "#watched form .trouble.whole", "cannot be watched");
    app.page.click("[data-action=leave_watch_form]");
    let folder = desktop.path("card");
    std::fs::create_dir(&folder).expect("a folder");
    save(folder.to_str().expect("plain"));
    says(&app, "#watched .watches .state", "Watching");
    app.page.click("#watched [data-action=pause_watch]");
    says(&app, "#watched .watches .state", "Paused");
    app.page.click("#watched [data-action=resume_watch]");
    says(&app, "#watched .watches .state", "Watching");
    std::fs::remove_dir(&folder).expect("it goes");
    says(&app, "#watched .watches .state", "Folder missing");
    app.page.click("#watched [data-action=remove_watch]");
    app.wait_shown("#ask dialog", true);
    app.page.click("#ask-do");
    app.wait_shown("#watched .empty", true);
}
