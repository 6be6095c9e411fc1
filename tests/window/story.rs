//! The whole story: a drop, a kill in the middle, a press of the notification's button, and the very same bytes at the end.

use std::path::{Path, PathBuf};

use tests::programs::wait_until;

use crate::{
    app::{App, Row},
    desktop::{Desktop, PATIENCE},
    notifications::buttons,
    scene::{MB, UPLOADED, assert_received, assert_same, finished, make_file},
};

const FILM: &str = "Holiday film.mov";
const CLIP: &str = "Clip 2 – Übersicht.mov";
/// What stands in the dropped folder, with its size; the clip is still on its way when the app is killed.
const SHOOT: [(&str, u64); 4] = [
    ("shoot/cards/A/clip 1.mov", 3 * MB),
    ("shoot/cards/B/Clip 2 – Übersicht.mov", 800 * MB),
    ("shoot/empty.bin", 0),
    ("shoot/notes & plans.txt", 1234),
];
const FILM_SIZE: u64 = 1200 * MB;

#[test]
fn a_killed_upload_goes_on_at_the_press_of_the_notifications_button() {
    let Some(mut desktop) = Desktop::start() else { return };
    let (film, shoot) = make_files(&desktop);
    let mut notifications = desktop.notifications();

    let app = desktop.launch();
    an_empty_window_teaches(&desktop, &app);
    drop_files(&mut desktop, &app, &film, &shoot);
    let seen = see_progress(&app);
    app.freeze();
    desktop.shot("03-uploading");
    app.kill();
    assert_eq!(notifications.offers(), 0, "nothing was interrupted before, so nothing is offered");

    let app = desktop.launch();
    let safe = what_is_safe_is_listed(&desktop, &app, seen);
    let notification = notifications.next_after(0);
    assert_eq!(notification["summary"], "2 uploads were interrupted");
    let offered = buttons(&notification);
    let expected = [("default", "Show"), ("resume", "Resume all"), ("show", "Show"), ("later", "Later")];
    assert_eq!(offered, expected.map(|(key, label)| (key.to_owned(), label.to_owned())));

    notifications.press(&notification, "resume");
    goes_on_from(&desktop, &app, safe);
    for (name, size, safe) in [(FILM, FILM_SIZE, safe[0]), (CLIP, SHOOT[1].1, safe[1])] {
        finished(&app, name);
        let sent = app.view(name)["sent"].as_u64().expect("what this run sent");
        assert!(
            sent <= size - safe,
            "only what was missing of {name} leaves again: {sent} of {size}, {safe} were safe"
        );
    }
    app.shot(&desktop, "07-finished");

    assert_received(&desktop, &[FILM, SHOOT[0].0, SHOOT[1].0, SHOOT[2].0, SHOOT[3].0]);
    assert_same(&desktop, &film, FILM);
    for (path, _) in SHOOT {
        assert_same(&desktop, &desktop.path(path), path);
    }
    assert_eq!(notifications.offers(), 1, "one offer, for all and only once");
    assert_eq!(app.problems(), [""; 0]);
}

fn make_files(desktop: &Desktop) -> (PathBuf, PathBuf) {
    let film = desktop.path(FILM);
    make_file(&film, FILM_SIZE);
    for (path, size) in SHOOT {
        make_file(&desktop.path(path), size);
    }
    (film, desktop.path("shoot"))
}

fn an_empty_window_teaches(desktop: &Desktop, app: &App) {
    app.shot(desktop, "01-empty");
    assert_eq!(app.text("#drop-title"), "Drop files or folders here");
    assert!(app.text(".lesson").contains("Nothing starts over."), "the lesson says what it is about");
    for button in ["#choose-files", "#choose-folder"] {
        app.wait_shown(button, true);
    }
    for list in ["#resumable", "#queue", "#finished"] {
        app.wait_shown(list, false);
    }
}

fn drop_files(desktop: &mut Desktop, app: &App, film: &Path, shoot: &Path) {
    desktop.hover_files(&[film, shoot]);
    app.wait_shown("#veil", true);
    app.shot(desktop, "02-dragging");
    desktop.release();
    app.wait_shown("#drop-zone[dragging]", false);
    let clip = app.wait_for(CLIP, "is listed", PATIENCE, |_| true);
    assert_eq!(clip.folder, "shoot/cards/B", "a row says which folder its file came with");
}

/// Follows the upload into its middle; what was shown as safe then.
fn see_progress(app: &App) -> [u64; 2] {
    let mut before = 0;
    for _ in 0..3 {
        let grown = app.wait_for(FILM, "moves forward", UPLOADED, |row| row.confirmed > before);
        assert!(grown.facts.contains("to This computer"), "where it goes is told: {}", grown.facts);
        before = grown.confirmed;
    }
    let tells_speed = |row: &Row| row.facts.contains("/s") && row.facts.contains(" left");
    app.wait_for(FILM, "is in the middle", UPLOADED, |row| row.confirmed > FILM_SIZE / 10 && tells_speed(row));
    let rows = app.rows();
    let shown = |name| rows.iter().find(|row| row.name == name).expect("a row").confirmed;
    [FILM, CLIP].map(shown)
}

/// The bytes of both that the app knows to be safe, after the kill.
fn what_is_safe_is_listed(desktop: &Desktop, app: &App, seen: [u64; 2]) -> [u64; 2] {
    app.wait_shown("#resumable", true);
    let listed = [FILM, CLIP].map(|name| app.wait_for(name, "can be resumed", PATIENCE, |row| row.list == "resumable"));
    app.shot(desktop, "04-resumable");
    for (row, seen) in listed.iter().zip(seen) {
        assert_eq!(row.state, "Interrupted when Carryon was closed unexpectedly");
        assert!(row.confirmed >= seen, "what was shown as safe is safe: {} of {seen}", row.confirmed);
        assert!(row.confirmed > 0 && row.facts.contains("is safe on the server"), "{}", row.facts);
        assert_eq!(row.buttons, ["Resume", "Start over", "Discard"]);
    }
    assert!(listed[0].confirmed < FILM_SIZE, "the kill came in the middle");
    listed.map(|row| row.confirmed)
}

/// From the button's press on no bar is ever behind what was safe.
fn goes_on_from(desktop: &Desktop, app: &App, safe: [u64; 2]) {
    let mut pictures = vec!["06-going-on", "05-resumed"];
    wait_until("a film that goes on", UPLOADED, || {
        let rows = [FILM, CLIP].map(|name| app.row(name).expect("a row, all the way"));
        for (row, safe) in rows.iter().zip(safe) {
            assert!(row.confirmed >= safe, "{} goes on from {safe}, not from {}", row.name, row.confirmed);
        }
        let film = &rows[0];
        let picture = film.kind == "uploading" && (pictures.len() == 2 || film.confirmed > safe[0] + 100 * MB);
        if picture && let Some(name) = pictures.pop() {
            desktop.shot(name);
        }
        film.kind == "done"
    });
}
