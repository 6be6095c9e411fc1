//! What destinations have finished: listed from the foot of the window, deleted after a question.

use serde_json::{Value, json};

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    lab::{Lab, deliver, with_records},
    scene::{finished, make_file},
    webdriver::key,
};

/// Waits until the dialog says so above its list.
fn says(app: &App, words: &str) {
    let said = || app.text("#files .summary");
    crate::webdriver::persist(&format!("“{words}” above the files"), PATIENCE, || {
        if said().contains(words) { Ok(()) } else { Err(format!("{}; {}", said(), app.text("#files .trouble"))) }
    });
}

/// Name, folder and size of each file in the dialog.
fn listed(app: &App) -> Value {
    let script = "return [...document.querySelectorAll('#files li')].map((row) =>
        ['.name', '.where', '.size'].map((part) => row.querySelector(part).textContent))";
    app.page.run(script, json!([]))
}

#[test]
fn finished_files_are_listed_newest_first_and_one_is_deleted_by_keyboard() {
    let Some(mut desktop) = Desktop::start() else { return };
    make_file(&desktop.path("shoot/cards/A/clip.mov"), 2_000_000);
    make_file(&desktop.path("note.txt"), 1234);
    let app = desktop.launch();
    desktop.drop_files(&[&desktop.path("shoot")]);
    assert_eq!(finished(&app, "clip.mov").folder, "shoot/cards/A", "a quick file says which folder it came with, too");
    app.add(&[&desktop.path("note.txt")]);
    finished(&app, "note.txt");

    app.tab_to("Finished files…");
    app.page.press(&[key::ENTER]);
    says(&app, "2 files, 2 MB at This computer.");
    let both = json!([["note.txt", "", "1.2 kB"], ["clip.mov", "shoot/cards/A", "2 MB"]]);
    assert_eq!(listed(&app), both, "the newest first");
    app.wait_shown("#files select", false);
    app.shot(&desktop, "17-finished-files");

    app.tab_to("Delete note.txt");
    app.page.press(&[key::ENTER]);
    app.wait_shown("#ask dialog", true);
    app.shot(&desktop, "18-delete-asks");
    assert_eq!(app.focus(), "Keep it", "the harmless answer is at hand");
    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#ask dialog", false);
    assert_eq!(app.focus(), "Delete note.txt", "the focus is where it was");
    assert!(desktop.received("note.txt").exists(), "Escape keeps it");

    app.page.press(&[key::ENTER]);
    app.wait_shown("#ask dialog", true);
    app.page.click("#ask-do");
    says(&app, "note.txt was deleted. 1 file, 2 MB left.");
    assert!(!desktop.received("note.txt").exists(), "it is gone for good");
    assert!(desktop.path("note.txt").exists(), "what it was uploaded from is not");
    assert_eq!(app.focus(), "Delete shoot/cards/A/clip.mov", "the focus goes to its neighbour");
    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#files dialog", false);
    assert_eq!(app.focus(), "Finished files…", "the focus goes back to the button that opened it");
}

#[test]
fn files_at_another_destination_are_listed_too_and_its_trouble_is_told_in_plain_words() {
    let Some(desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    make_file(&desktop.path("dataset.parquet"), 70_000);
    with_records(&desktop, async |engine| {
        let row = lab.save(engine, "Lab store").await;
        deliver(engine, desktop.path("dataset.parquet"), &row).await;
    });
    let app = desktop.launch();
    app.page.click("#show-files");
    says(&app, "Nothing yet.");
    app.wait_shown("#files select", true);
    choose(&app, "Lab store");
    says(&app, "1 file, 70 kB at Lab store.");
    app.shot(&desktop, "19-another-destination");

    std::fs::remove_file(lab.dir.join("dataset.parquet")).expect("somebody else removes it");
    app.page.click("#files li button");
    app.wait_shown("#ask dialog", true);
    app.page.click("#ask-do");
    app.wait_shown("#files li", false);

    lab.stop();
    app.page.click("#files .refresh");
    app.wait_shown("#files .trouble", true);
    app.shot(&desktop, "20-nobody-answers");
    let told = trouble(&app);
    assert!(told.contains("cannot be reached") && told.contains("Refresh when"), "a sentence for people: {told}");
    choose(&app, "This computer");
    says(&app, "Nothing yet.");
    app.wait_shown("#files .trouble", false);
    assert_eq!(app.problems(), [""; 0], "the page behind is not bothered");
}

fn trouble(app: &App) -> String {
    app.text("#files .trouble")
}

fn choose(app: &App, name: &str) {
    let script = "const select = document.querySelector('#files select');
        select.value = [...select.options].find(({ text }) => text === arguments[0]).value;
        select.dispatchEvent(new Event('change', { bubbles: true }))";
    app.page.run(script, json!([name]));
}

#[test]
fn what_makes_no_sense_is_refused_with_a_code_and_a_sentence() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    for (command, given) in [
        ("finished_files", json!({"destination": "everywhere"})),
        ("finished_files", json!({"destination": 4711})),
        ("delete_finished", json!({"destination": 1, "file": {"name": "no id"}})),
        ("delete_finished", json!({"destination": 1})),
        ("destination", json!({"id": "everywhere"})),
        ("destination", json!({"id": 4711})),
        ("use_destination", json!({"id": 4711})),
        ("remove_destination", json!({"id": 4711})),
        ("save_destination", json!({"draft": {"name": "no address"}})),
        ("test_destination", json!({})),
        ("locate", json!({"id": "no id at all"})),
        ("pause", json!({"ids": "not a list"})),
        ("resume", json!({"ids": ["no id at all"]})),
    ] {
        let refused = app.page.call(command, given.clone())["refused"].clone();
        assert_eq!(refused["code"], "invalid", "{command} {given}: {refused}");
        assert!(refused["message"].as_str().is_some_and(|message| message.len() > 10), "{command} {given}: {refused}");
    }
}
