//! The settings page: what is set holds at once and after a restart, and what makes no sense changes nothing.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    scene::{MB, endless},
    webdriver::{key, persist},
};

fn open(app: &App) {
    app.page.run("location.hash = '#settings'", json!([]));
    app.wait_shown("#settings-title", true);
    persist("the page's values", PATIENCE, || match app.text("settings-page .data").is_empty() {
        false => Ok(()),
        true => Err("nothing is drawn yet".to_owned()),
    });
}

/// Chooses in a field as a person does.
fn choose(app: &App, name: &str, value: &str) {
    let script = "const control = document.querySelector('settings-page form').elements[arguments[0]];
        control.value = arguments[1];
        control.dispatchEvent(new Event('change', { bubbles: true }));";
    app.page.run(script, json!([name, value]));
}

fn until(app: &App, what: &str, script: &str, wanted: &Value) {
    persist(what, PATIENCE, || {
        let found = app.page.run(script, json!([]));
        if found == *wanted { Ok(()) } else { Err(found.to_string()) }
    });
}

fn confirmed(app: &App, name: &str) -> u64 {
    app.view(name)["confirmed"].as_u64().expect("a number")
}

#[test]
fn colours_language_and_speed_hold_at_once_and_after_a_restart_until_they_are_reset() {
    let Some(desktop) = Desktop::start() else { return };
    let app = endless(&desktop, "tape.bin");
    open(&app);
    app.shot(&desktop, "60-settings");
    app.page.fill("#set-speed", "1 MB/s");
    app.page.press(&[key::TAB]);
    until(&app, "the speed limit", "return document.querySelector('.saved').textContent", &json!("Saved"));
    // What left before the limit comes home first.
    std::thread::sleep(Duration::from_secs(3));
    let before = confirmed(&app, "tape.bin");
    std::thread::sleep(Duration::from_secs(3));
    let slow = confirmed(&app, "tape.bin") - before;
    assert!(slow < 100 * MB, "{slow} bytes in 3 s at 1 MB/s");

    choose(&app, "theme", "dark");
    let scheme = "return getComputedStyle(document.documentElement).colorScheme";
    until(&app, "dark colours", scheme, &json!("dark"));
    choose(&app, "language", "de");
    let heading = "return document.getElementById('settings-title').textContent";
    until(&app, "German words", heading, &json!("Einstellungen"));
    app.page.painted();
    app.shot(&desktop, "61-settings-dark-and-german");
    app.kill();

    let app = desktop.launch();
    open(&app);
    until(&app, "dark colours after a restart", scheme, &json!("dark"));
    until(&app, "German words after a restart", heading, &json!("Einstellungen"));
    let speed = "return document.getElementById('set-speed').value";
    until(&app, "the speed limit after a restart", speed, &json!("1 MB/s"));
    app.page.click("[data-action=reset_preferences]");
    app.page.click("#ask-do");
    until(&app, "no speed limit", speed, &json!(""));
    until(&app, "the system's colours", "return document.documentElement.dataset.theme ?? null", &Value::Null);
    until(&app, "the system's language", heading, &json!("Settings"));
}

#[test]
fn commands_refuse_what_makes_no_sense_by_its_name_and_change_nothing() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    let before = app.page.call("preferences", json!({}));
    for (patch, field) in [
        (json!({ "files_at_once": 0, "theme": "dark" }), json!("files_at_once")),
        (json!({ "speed_limit": "fast" }), json!("speed_limit")),
        (json!({ "theme": "blue", "keep_days": 3 }), json!("theme")),
        (json!({ "colour": "blue" }), json!("colour")),
        (json!("nonsense"), Value::Null),
    ] {
        let answer = app.page.call("set_preferences", json!({ "patch": patch }));
        assert_eq!((&answer["refused"]["code"], &answer["refused"]["field"]), (&json!("invalid"), &field), "{answer}");
        assert!(answer["refused"]["message"].as_str().is_some_and(|text| text.contains(' ')), "{answer}");
    }
    let answer = app.page.call("reset_preferences", json!({ "keys": ["colour"] }));
    assert_eq!(answer["refused"]["field"], "colour", "{answer}");
    assert_eq!(app.page.call("preferences", json!({})), before);

    let report = app.page.call("report", json!({ "names": false }));
    assert!(
        report.as_str().is_some_and(|text| text.starts_with("Carryon ") && text.contains("\nUploads\n")),
        "{report}"
    );
    let folders = app.page.call("data_folder", json!({}));
    assert_eq!(folders["data"], json!(desktop.data()));
}
