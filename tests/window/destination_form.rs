//! The form of a destination: what is wrong is said at its field, and what it does not know is left alone.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use carryon_engine::DestinationSettings;
use serde_json::json;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    lab::{Lab, with_records},
    picker,
    places::{TOKEN, assert_secret, open_form, open_list, press, saved_names, says, trouble, value},
    scene::make_file,
    webdriver::{key, persist},
};

/// How long a test waits for an answer where nobody stops it.
const PATIENCE_OF_A_TEST: Duration = Duration::from_secs(15);

#[test]
fn what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost() {
    let Some(desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    let company = desktop.path("company.pem");
    make_file(&company, 100);
    with_records(&desktop, async |engine| lab.save(engine, "Lab store").await);
    let app = desktop.launch();
    open_form(&app);
    app.page.fill("#place-address", "http://nas.example.org/upload");
    app.page.fill("#place-name", "lab STORE");
    app.page.fill("#place-token", TOKEN);
    app.page.press(&[key::ENTER]);
    assert_eq!(trouble(&app, "allow_http"), "Agree to this, or write the address with https://.");
    app.shot(&desktop, "31-consent-to-plain-http");
    app.page.click("#place-form [name=consent]");
    app.page.click("#place-form [type=submit]");
    says(&app, "#place-form [data-field=name] .trouble", "already. Choose another name.");
    assert_eq!(app.focus(), "Name", "the focus goes to what is wrong");
    assert_eq!(value(&app, "token"), TOKEN, "nothing typed is lost");

    app.page.fill("#place-address", &lab.endpoint());
    app.page.fill("#place-done", "/upload/done");
    app.wait_shown("#place-form [name=consent]", false);
    app.page.fill("#place-name", "Second");
    app.page.press(&[key::ENTER]);
    says(&app, "#place-form [data-field=address] .trouble", "saved already, as “Lab store”");
    app.page.fill("#place-address", "http://127.0.0.1:9/upload");
    app.page.click("#place-form .test");
    says(&app, "test-verdict [data-ok=false]", "Nothing listens at port 9");
    app.shot(&desktop, "32-nothing-listens");
    app.page.click("#place-form [data-action=pick_certificates]");
    picker::choose(&desktop, "Which file holds", &company);
    persist("the chosen file in its field", PATIENCE, || {
        let chosen = value(&app, "ca_file");
        if chosen == json!(company) { Ok(()) } else { Err(chosen.to_string()) }
    });
    app.page.press(&[key::ENTER]);
    says(&app, "#place-form [data-field=ca_file] .trouble", "Choose a file of certificates in PEM form.");

    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#ask dialog", true);
    assert_eq!(app.focus(), "Keep editing", "what is typed is not lost by accident");
    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#ask dialog", false);
    assert_eq!(value(&app, "name"), "Second");
    app.page.click("#place-form [data-action=close_form]");
    app.wait_shown("#place-form dialog", false);
    assert_eq!(saved_names(&app), json!(["This computer", "Lab store"]), "nothing was saved");
    assert_secret(&desktop, &app);
    assert_eq!(app.problems(), [""; 0], "the page behind is not bothered");
}

#[test]
fn settings_are_kept_and_what_the_form_does_not_know_stays() {
    let Some(desktop) = Desktop::start() else { return };
    let lab = Lab::start(&desktop);
    let before = with_records(&desktop, async |engine| {
        let row = lab.save(engine, "Lab store").await;
        let set = DestinationSettings { scope: "ada".into(), item_limit: 40, ..row.settings().expect("settings") };
        engine.set_destination_settings(row.id, set.clone()).await.expect("it can be set");
        set
    });
    let app = desktop.launch();
    open_list(&app);
    press(&app, "edit_place", "Lab store");
    app.wait_shown("#place-form dialog", true);
    for summary in 1..=4 {
        focus(&app, &format!("#place-form details:nth-of-type({summary}) summary"));
        app.page.press(&[key::ENTER]);
    }
    app.wait_shown("#place-form [name=session]", true);
    assert_eq!(value(&app, "session"), "/upload/session");
    app.page.fill("#place-form [name=chunk_size]", "6 MiB");
    app.page.fill("#place-form [name=speed_limit]", "2 MB/s, off@22:00-06:00");
    app.page.fill("#place-form [name=lifetime_days]", "0");
    fills_a_table(&app);
    app.page.fill("#place-name", "Archive");
    app.shot(&desktop, "33-more-settings");
    app.page.press(&[key::ENTER]);
    says(&app, "#places .summary", "Archive was saved.");
    app.kill();
    let after = with_records(&desktop, async |engine| engine.find_destination("Archive").await.expect("it is there"));
    let speed_limit = "2M,off@22:00-06:00".parse().expect("a limit");
    let mut wanted = DestinationSettings { chunk_size: Some(6 << 20), lifetime_days: Some(0), speed_limit, ..before };
    wanted.fine_uploader.headers.insert("X-Camera".into(), "{name}".into());
    assert_eq!(after.settings().expect("settings"), wanted);
}

/// Adds a line by keyboard; a header that would keep a secret is refused at its table, and taken out again.
fn fills_a_table(app: &App) {
    focus(app, "#place-form [data-field=headers] .add");
    app.page.press(&[key::ENTER]);
    assert_eq!(app.focus(), "Further headers: Name");
    app.page.fill("#place-form [data-field=headers] .row:nth-child(1) .name", "X-Camera");
    app.page.fill("#place-form [data-field=headers] .row:nth-child(1) .value", "{name}");
    app.page.press(&[key::ENTER]);
    app.page.fill("#place-form [data-field=headers] .row:nth-child(2) .name", "Cookie");
    app.page.fill("#place-form [data-field=headers] .row:nth-child(2) .value", TOKEN);
    app.page.click("#place-form [type=submit]");
    says(app, "#place-form [data-field=headers] .trouble", "would keep a secret");
    assert!(!trouble(app, "headers").contains(TOKEN), "and it is not repeated");
    focus(app, "#place-form [data-field=headers] .row:nth-child(2) .remove");
    app.page.press(&[key::ENTER]);
    assert_eq!(app.focus(), "Remove X-Camera", "the focus goes to its neighbour");
    focus(app, "#place-form [name=session]");
}

fn focus(app: &App, selector: &str) {
    app.page.run("document.querySelector(arguments[0]).focus()", json!([selector]));
}

#[test]
fn a_test_that_nobody_answers_says_that_it_runs_and_ends_when_it_is_not_wanted_any_more() {
    let Some(desktop) = Desktop::start() else { return };
    // It takes connections and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address").to_string();
    let app = desktop.launch();
    open_form(&app);
    app.page.fill("#place-address", &format!("http://{address}/upload"));
    app.page.click("#place-form .test");
    says(&app, "test-verdict .words", &format!("Trying {address}…"));
    says(&app, "#place-form .test", "Stop the test");
    app.shot(&desktop, "35-testing");
    let begun = Instant::now();
    app.page.click("#place-form .test");
    says(&app, "#place-form .test", "Test connection");
    app.wait_shown("test-verdict .words", false);

    app.page.click("#place-form .test");
    says(&app, "test-verdict .words", "Trying");
    app.page.click("#place-form [data-action=close_form]");
    app.wait_shown("#place-form dialog", false);
    app.page.click("#places [data-action=add_place]");
    app.wait_shown("#place-form dialog", true);
    app.page.fill("#place-address", "http://127.0.0.1:9/upload");
    app.page.click("#place-form .test");
    says(&app, "test-verdict [data-ok=false]", "Nothing listens at port 9");
    assert!(begun.elapsed() < PATIENCE_OF_A_TEST, "nobody waited for the answer: {:?}", begun.elapsed());
}
