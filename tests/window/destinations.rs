//! The window's destinations: added, tried, chosen for new files, and removed, as a person does it.

use carryon_engine::{DestinationId, DestinationSettings};
use serde_json::json;
use tests::{files::digest, programs::wait_until};

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    lab::{Lab, with_records},
    places::{TOKEN, assert_secret, leave, open_form, open_list, press, saved_names, says, value},
    scene::{assert_received, finished, make_file},
    webdriver::key,
};

/// What the drop zone says once that destination is chosen.
const CHOSEN: &str = "Drop files here: they go to Studio server";

/// Adds the lab with its token, and lets new files go there.
fn add_and_choose(app: &App, lab: &Lab, name: &str, kept: &str) {
    open_form(app);
    app.page.fill("#place-address", &lab.endpoint());
    app.page.fill("#place-done", "/upload/done");
    app.page.fill("#place-name", name);
    app.page.fill("#place-token", TOKEN);
    app.page.press(&[key::ENTER]);
    says(app, "#places .summary", kept);
    let chosen = format!("Send new files here: {name}");
    assert_eq!(app.focus(), chosen, "what is wanted next is at hand");
    app.page.press(&[key::ENTER]);
    says(app, "#places .summary", &format!("New files go to {name} from now on."));
    leave(app);
}

#[test]
fn a_destination_is_added_by_keyboard_tried_and_chosen_and_a_dropped_file_arrives_there() {
    let Some(mut desktop) = Desktop::start() else { return };
    let lab = Lab::start_with(&desktop, Some(TOKEN));
    let (take, next) = (desktop.path("take.mov"), desktop.path("next.mov"));
    make_file(&take, 3_000_000);
    make_file(&next, 50_000);
    let app = desktop.launch();
    walks_to_the_form(&app);
    a_pasted_address_is_taken_apart(&app, &lab);
    a_test_says_what_is_wrong_and_saves_nothing(&desktop, &app);
    is_saved_and_chosen(&desktop, &app);

    desktop.drop_files(&[&take]);
    assert!(finished(&app, "take.mov").facts.contains("at Studio server"), "the row says where it went");
    assert_eq!(digest(&lab.dir.join("take.mov")), digest(&take), "what arrived there is what was dropped");
    assert_received(&desktop, &[]);
    assert_secret(&desktop, &app);
    app.kill();

    let app = desktop.launch();
    assert_eq!(app.text("#drop-title"), CHOSEN, "the choice outlives the app");
    assert!(app.text("#receiver .where").contains(&lab.endpoint()), "{}", app.text("#receiver .where"));
    app.shot(&desktop, "30-destination-after-restart");
    app.add(&[&next]);
    app.wait_for("next.mov", "wants the token that nobody kept", PATIENCE, |row| row.kind == "needs_sign_in");
    gives_the_token_again(&app);
    app.click("next.mov", "resume");
    finished(&app, "next.mov");
    assert_eq!(digest(&lab.dir.join("next.mov")), digest(&next));
}

fn walks_to_the_form(app: &App) {
    app.tab_to("Destinations…");
    app.page.press(&[key::ENTER]);
    app.wait_shown("#places li", true);
    assert_eq!(saved_names(app), json!(["This computer"]));
    app.wait_shown("#places [data-action=remove_place]", false);
    app.tab_to("Add destination…");
    app.page.press(&[key::ENTER]);
    app.wait_shown("#place-form dialog", true);
    assert_eq!(app.focus(), "Kind of server");
}

fn a_pasted_address_is_taken_apart(app: &App, lab: &Lab) {
    app.tab_to("Address");
    app.page.fill("#place-address", &format!("fineuploader+{}?done=/upload/done", lab.endpoint()));
    app.page.press(&[key::TAB]);
    let understood = ["kind", "address", "done"].map(|name| value(app, name));
    assert_eq!(json!(understood), json!(["fineuploader", lab.endpoint(), "/upload/done"]));
    app.page.fill("#place-name", "Studio server");
}

fn a_test_says_what_is_wrong_and_saves_nothing(desktop: &Desktop, app: &App) {
    app.tab_to("Test connection");
    app.page.press(&[key::ENTER]);
    says(app, "test-verdict .words", "It does not work yet:");
    says(app, "test-verdict [data-ok=false]", "Check the token.");
    app.shot(desktop, "27-destination-wants-a-token");
    app.page.fill("#place-token", TOKEN);
    app.wait_shown("test-verdict .words", false);
    app.page.click("#place-form .test");
    says(app, "test-verdict .words", "It works. Files can be sent there.");
    app.shot(desktop, "28-destination-works");
    assert_eq!(app.page.call("destinations", json!({})).as_array().map(Vec::len), Some(1), "a test saves nothing");
}

fn is_saved_and_chosen(desktop: &Desktop, app: &App) {
    app.page.click("#place-form [type=submit]");
    says(app, "#places .summary", "Studio server was saved. Its token is kept for this session only");
    assert_eq!(app.focus(), "Send new files here: Studio server", "what is wanted next is at hand");
    app.page.press(&[key::ENTER]);
    says(app, "#places .summary", "New files go to Studio server from now on.");
    app.shot(desktop, "29-destination-chosen");
    leave(app);
    assert_eq!(app.focus(), CHOSEN, "the focus goes to what the page of uploads begins with, which says so");
}

fn gives_the_token_again(app: &App) {
    open_list(app);
    press(app, "edit_place", "Studio server");
    app.wait_shown("#place-form dialog", true);
    app.page.fill("#place-token", TOKEN);
    app.page.press(&[key::ENTER]);
    says(app, "#places .summary", "Studio server was saved.");
    leave(app);
}

#[test]
fn a_tus_server_is_tried_with_a_real_byte_and_a_dropped_file_arrives_there() {
    let Some(mut desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    let take = desktop.path("take.mov");
    make_file(&take, 9_000_000);
    let app = desktop.launch();
    open_form(&app);
    let address = lab.endpoint().replace("/upload", "/files/");
    app.page.fill("#place-address", &format!("tus+{address}"));
    app.page.press(&[key::TAB]);
    let understood = ["kind", "address"].map(|name| value(&app, name));
    assert_eq!(json!(understood), json!(["tus", address]));
    app.page.fill("#place-name", "Rushes");
    app.page.click("#place-form .test");
    says(&app, "test-verdict .words", "It works. Files can be sent there.");
    says(&app, "test-verdict", "a byte went up and was removed again");
    app.shot(&desktop, "36-tus-server-works");
    assert!(tests::files::files_below(&lab.dir).is_empty(), "nothing is left there");
    app.page.click("#place-form [type=submit]");
    says(&app, "#places .summary", "Rushes was saved.");
    app.page.press(&[key::ENTER]);
    says(&app, "#places .summary", "New files go to Rushes from now on.");
    leave(&app);

    desktop.drop_files(&[&take]);
    assert!(finished(&app, "take.mov").facts.contains("at Rushes"), "the row says where it went");
    assert_eq!(digest(&lab.dir.join("take.mov")), digest(&take), "what arrived there is what was dropped");
    assert_received(&desktop, &[]);
}

#[test]
fn a_token_is_kept_in_the_keychain_and_forgotten_there() {
    let Some(desktop) = Desktop::start() else { return };
    let Some(_keychain) = desktop.keychain() else { return };
    let lab = Lab::start_with(&desktop, Some(TOKEN));
    let take = desktop.path("take.mov");
    make_file(&take, 300_000);
    let app = desktop.launch();
    add_and_choose(&app, &lab, "Studio server", "Its token is kept in the keychain.");
    assert_secret(&desktop, &app);
    app.kill();

    let app = desktop.launch();
    app.add(&[&take]);
    finished(&app, "take.mov");
    assert_eq!(digest(&lab.dir.join("take.mov")), digest(&take), "the keychain gave the token after a restart");
    open_list(&app);
    says(&app, "#places li:nth-child(2) .facts", "token in the keychain");
    press(&app, "edit_place", "Studio server");
    app.wait_shown("#place-form dialog", true);
    assert_eq!(value(&app, "token"), "", "the token never comes back into the page");
    app.page.click("#place-form [name=forget_token]");
    says(&app, "#place-form [data-field=token] .hint", "It is forgotten when you save.");
    app.page.click("#place-form .test");
    says(&app, "test-verdict [data-ok=false]", "Check the token.");
    app.page.click("#place-form [type=submit]");
    says(&app, "#places .summary", "Studio server was saved.");
    assert!(!app.text("#places li:nth-child(2) .facts").contains("token"), "{}", app.text("#places"));
}

#[test]
fn a_destination_that_uploads_need_goes_with_them_discarded_and_never_unasked() {
    let Some(desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    make_file(&desktop.path("take.mov"), 10_000_000);
    let id = saves_a_slow_one(&desktop, &lab);
    let app = desktop.launch();
    sends_there(&app, &desktop.path("take.mov"));

    let refused = app.page.call("remove_destination", json!({"id": id.0, "uploads": null}))["refused"].clone();
    assert!(
        refused["message"].as_str().is_some_and(|text| text.contains("one unfinished upload needs it")),
        "{refused}"
    );
    open_list(&app);
    says(&app, "#places li:nth-child(2) .facts", "1 unfinished upload needs it");
    asks_to_remove(&app);
    app.shot(&desktop, "34-still-needed");
    app.page.click("#ask-keep");
    app.wait_shown("#ask dialog", false);
    assert_eq!(saved_names(&app), json!(["This computer", "Attic"]), "who keeps it keeps it");
    asks_to_remove(&app);
    app.page.click("#ask-do");
    says(&app, "#places .summary", "Attic");
    leave(&app);
    app.wait_shown("upload-row", false);
    open_list(&app);
    is_gone(&desktop, &app, id);
    wait_until("nothing of it in the records", PATIENCE, || {
        app.page.call("destinations", json!({})).as_array().map(Vec::len) == Some(1)
    });
}

#[test]
fn a_destination_may_wait_for_its_uploads_hidden_and_they_arrive() {
    let Some(desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    make_file(&desktop.path("take.mov"), 600_000);
    saves_a_slow_one(&desktop, &lab);
    let app = desktop.launch();
    sends_there(&app, &desktop.path("take.mov"));
    open_list(&app);
    asks_to_remove(&app);
    app.page.click("#ask-other");
    says(&app, "#places .summary", "Attic is hidden, and goes as soon as nothing needs it any more.");
    assert_eq!(saved_names(&app), json!(["This computer"]));
    leave(&app);
    finished(&app, "take.mov");
    assert_eq!(digest(&lab.dir.join("take.mov")), digest(&desktop.path("take.mov")), "its upload came through");
    app.kill();
    let left = with_records(&desktop, async |engine| engine.find_destination(&lab.endpoint()).await.is_ok());
    assert!(!left, "then it is gone");
}

/// Lets new files go to the slow one, and sends one.
fn sends_there(app: &App, path: &std::path::Path) {
    open_list(app);
    press(app, "use_place", "Attic");
    says(app, "#places .summary", "New files go to Attic");
    app.add(&[path]);
    leave(app);
    let name = path.file_name().and_then(|name| name.to_str()).expect("a plain name");
    app.wait_for(name, "is on its way", PATIENCE, |row| row.facts.contains("to Attic"));
}

fn asks_to_remove(app: &App) {
    press(app, "remove_place", "Attic");
    app.wait_shown("#ask dialog", true);
}

fn saves_a_slow_one(desktop: &Desktop, lab: &Lab) -> DestinationId {
    with_records(desktop, async |engine| {
        let row = lab.save(engine, "Attic").await;
        let speed_limit = "100k".parse().expect("a limit");
        let slow = DestinationSettings { speed_limit, ..row.settings().expect("settings") };
        engine.set_destination_settings(row.id, slow).await.expect("it can be set");
        row.id
    })
}

/// New files go to this computer again; what was meant for the one that is gone is refused.
fn is_gone(desktop: &Desktop, app: &App, id: DestinationId) {
    assert_eq!(saved_names(app), json!(["This computer"]));
    leave(app);
    assert_eq!(app.text("#drop-title"), "Drop files or folders here");
    let gone = json!({"paths": [desktop.path("take.mov")], "to": {"id": id.0, "name": "Attic"}});
    let refused = app.page.call("add_paths", gone)["refused"].clone();
    assert!(refused["message"].as_str().is_some_and(|text| text.contains("removed or renamed")), "{refused}");
    assert_eq!(app.page.call("destinations", json!({}))[0]["chosen"], true);
}
