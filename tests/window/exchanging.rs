//! Destinations that go to a file and come from one, through the system's own dialogs; and sending with a choice.

use carryon_engine::DestinationSettings;
use serde_json::json;
use tests::files::digest;

use crate::{
    desktop::{Desktop, PATIENCE},
    lab::{Lab, with_records},
    picker,
    places::{open_list, saved_names, says},
    scene::{finished, make_file},
    webdriver::persist,
};

#[test]
fn a_file_of_destinations_is_looked_at_before_it_is_brought_in_and_holds_no_surprise() {
    let Some(desktop) = Desktop::start() else { return };
    let file = desktop.path("destinations.json");
    let document = json!({"carryon_destinations": 1, "destinations": [
        {"name": "Lab <b>store</b>", "address": "tus+http://nas.example.org/files/", "settings": {"allow_http": true}},
        {"name": "Attic", "address": "tus+https://attic.example.org/files/", "token": "hunter2"},
        {"name": "", "address": "tus+https://nameless.example.org/"},
    ]});
    std::fs::write(&file, document.to_string()).expect("writes");
    let app = desktop.launch();
    open_list(&app);
    app.page.click("#places [data-action=import_places]");
    picker::choose(&desktop, "Which file holds", &file);
    app.wait_shown("#ask dialog", true);
    says(&app, "#ask .names", "without encryption");
    app.shot(&desktop, "37-import-asks");
    assert_eq!(saved_names(&app), json!(["This computer"]), "nothing is brought in by looking");
    app.page.click("#ask-do");
    says(&app, "#places .summary", "2 destinations were imported.");
    assert_eq!(saved_names(&app), json!(["This computer", "Attic", "Lab <b>store</b>"]));

    std::fs::write(&file, "[1, 2]").expect("writes");
    app.page.click("#places [data-action=import_places]");
    picker::choose(&desktop, "Which file holds", &file);
    says(&app, "#places .trouble", "This is no file of Carryon's destinations");
}

#[test]
fn a_file_goes_to_the_destination_that_is_chosen_for_it_and_to_no_other() {
    let Some(desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    let take = desktop.path("take.mov");
    make_file(&take, 300_000);
    with_records(&desktop, async |engine| {
        let address = format!("fineuploader+{}?done=/upload/done", lab.endpoint());
        engine.add_destination("Lab store", &address, DestinationSettings::default()).await.expect("it can be saved")
    });
    let app = desktop.launch();
    app.wait_shown("#send-to", true);
    let script =
        "document.getElementById('send').open({ paths: [arguments[0]], to: 'lab store', why: 'A test asks.' })";
    app.page.run(script, json!([take]));
    persist("the destination that was named", PATIENCE, || {
        let chosen = app.page.run("return document.querySelector('#send select').selectedOptions[0]?.text", json!([]));
        if chosen == "Lab store" { Ok(()) } else { Err(chosen.to_string()) }
    });
    app.shot(&desktop, "38-send-to");
    app.page.click("#send [type=submit]");
    finished(&app, "take.mov");
    assert_eq!(digest(&lab.dir.join("take.mov")), digest(&take));
    let own = app.page.call("destinations", json!({}))[0]["id"].clone();
    for (command, given) in [
        ("send_paths", json!({"paths": [], "to": {"id": own, "name": "This computer"}, "how": {}})),
        ("send_paths", json!({"paths": [take], "to": {"id": 4711, "name": "x"}, "how": {}})),
        ("send_paths", json!({"paths": [{"coded": "zz"}], "to": {"id": own, "name": "This computer"}, "how": {}})),
        ("send_paths", json!({"paths": [take], "to": {"id": own, "name": "This computer"}, "how": {"hurry": 1}})),
        ("pick_paths", json!({"folders": "yes"})),
        ("import_destinations", json!({"document": "{}", "replace": false})),
        ("import_destinations", json!({"document": 7, "replace": false})),
        ("remove_destination", json!({"id": own, "uploads": "burn"})),
        ("remove_destination", json!({"id": own, "uploads": "finish"})),
        (
            "save_destination",
            json!({"draft": {"id": null, "like": 4711, "name": "a", "address": "tus+https://h/", "settings": {}, "token": null, "forget_token": false}}),
        ),
    ] {
        let refused = app.page.call(command, given.clone())["refused"].clone();
        assert_eq!(refused["code"], "invalid", "{command} {given}: {refused}");
    }
}
