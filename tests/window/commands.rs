//! Every command of the app, given nonsense: each answers with a code and a sentence, and nothing changes. And the page has
//! no other powers than these commands and hearing events.

use std::{collections::BTreeSet, path::Path};

use serde_json::{Map, Value, json};

use crate::desktop::Desktop;

/// Commands that take nothing from the page, so that there is nothing to refuse.
const TAKE_NOTHING: &[&str] = &[
    "snapshot",
    "page_ready",
    "clear_done",
    "open_received",
    "start_at_login",
    "copied_files",
    "quit_app",
    "preferences",
    "data_folder",
    "about_history",
    "stop_verifying",
    "receiving",
    "renew_receiving_token",
    "pick_receive_folder",
    "catalogues",
    "destinations",
    "target",
    "stop_test",
    "pick_certificates",
    "pick_paths",
    "export_destinations",
    "look_at_destinations",
    "watches",
    "pick_watch_folder",
];

fn shell(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/shell").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all commands, as the app hands them out.
fn commands() -> Vec<String> {
    let source = shell("commands.rs");
    let list =
        source.split("generate_handler![").nth(1).and_then(|rest| rest.split(']').next()).expect("a list of commands");
    list.split(',')
        .filter_map(|path| path.trim().rsplit("::").next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Every name under which any command takes something.
fn arguments() -> BTreeSet<String> {
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the shell's sources").flatten() {
            match entry.path() {
                path if path.is_dir() => sources(&path, found),
                path => found.push(std::fs::read_to_string(path).unwrap_or_default()),
            }
        }
    }
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/shell"), &mut all);
    let word = |before: &str| {
        before.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or("").to_owned()
    };
    all.iter()
        .flat_map(|text| text.split(": Given<").collect::<Vec<_>>())
        .map(word)
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn every_command_answers_nonsense_with_a_code_and_a_sentence_and_nothing_changes() {
    let Some(desktop) = Desktop::start() else { return };
    let app = desktop.launch();
    let before = app.page.call("snapshot", json!({}));
    let names = arguments();
    assert!(names.contains("ids") && names.len() > 10, "arguments are found: {names:?}");
    for nonsense in [json!({"nonsense": [1, {"x": null}]}), json!("\u{0}\u{202e}<b>"), json!(-1.5), json!([[[]]])] {
        let given: Value = names.iter().map(|name| (name.clone(), nonsense.clone())).collect::<Map<_, _>>().into();
        for command in commands().iter().filter(|command| !TAKE_NOTHING.contains(&command.as_str())) {
            let answer = app.page.call(command, given.clone());
            let refused = &answer["refused"];
            assert!(refused["code"].is_string(), "{command} with {nonsense} is refused by a code: {answer}");
            let sentence = refused["message"].as_str().unwrap_or_default();
            assert!(
                sentence.len() > 10 && sentence.contains(' '),
                "{command} with {nonsense} is refused with a sentence: {answer}"
            );
        }
    }
    assert_eq!(app.page.call("snapshot", json!({})), before, "nothing changed");
    assert_eq!(app.said(), "", "nothing to complain of");
}

#[test]
fn the_page_may_hear_events_and_call_the_apps_commands_and_nothing_else() {
    let Some(desktop) = Desktop::start() else { return };
    let capability = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/capabilities/main.json");
    let capability: Value = serde_json::from_str(&std::fs::read_to_string(capability).expect("a file")).expect("JSON");
    assert_eq!(capability["permissions"], json!(["core:event:allow-listen", "core:event:allow-unlisten"]));
    let app = desktop.launch();
    for command in [
        "plugin:opener|open_path",
        "plugin:dialog|open",
        "plugin:event|emit",
        "plugin:window|close",
        "plugin:path|resolve",
        "no_such_command",
    ] {
        let answer =
            app.page.call(command, json!({"path": "/etc/passwd", "event": "uploads", "label": "main", "options": {}}));
        assert!(!answer["refused"].is_null(), "{command} is refused: {answer}");
    }
    let inline = "const script = document.createElement('script'); script.textContent = 'document.title = \"owned\"'; document.body.append(script); return document.title";
    assert_ne!(app.page.run(inline, json!([])), "owned", "the content policy holds");
}
