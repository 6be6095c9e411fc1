//! Every page of the real window, light and dark: a picture of each, and nothing that stands in anybody's way.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use tests::programs::wait_until;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    scene::{endless, finished, make_file},
};

/// The accessibility rules that a machine can check.
fn axe() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask setup --tests`", path.display()))
}

/// What the rules find on the page as it is.
fn findings(app: &App, axe: &str) -> Value {
    app.page.run(&format!("{axe}; return null"), json!([]));
    let script = "window.found = null; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
        .then(({ violations }) => { window.found = violations.map(({ id, nodes }) => id + ' ' + nodes[0].html.slice(0, 200)); });";
    app.page.run(script, json!([]));
    wait_until("the rules are checked", Duration::from_secs(60), || {
        !app.page.run("return window.found", json!([])).is_null()
    });
    app.page.run("return window.found", json!([]))
}

#[test]
fn every_page_is_free_of_obstacles_light_and_dark() {
    let Some(desktop) = Desktop::start() else { return };
    let axe = axe();
    make_file(&desktop.path("note.txt"), 1234);
    endless(&desktop, "tape.bin").kill();
    let app = desktop.launch();
    app.add(&[&desktop.path("note.txt")]);
    finished(&app, "note.txt");
    let pages: Vec<String> = serde_json::from_value(
        app.page
            .run("return [...document.querySelectorAll('[data-page]')].map((page) => page.dataset.page)", json!([])),
    )
    .expect("names");
    assert!(pages.len() >= 7, "all pages are there: {pages:?}");
    for theme in ["light", "dark"] {
        app.page.call("set_preferences", json!({"patch": {"theme": theme}}));
        for page in &pages {
            app.page.run("location.hash = arguments[0]", json!([format!("#{page}")]));
            app.wait_shown(&format!("[data-page={page}]"), true);
            std::thread::sleep(Duration::from_millis(400));
            app.shot(&desktop, &format!("80-{page}-{theme}"));
            assert_eq!(findings(&app, &axe), json!([]), "{page}, {theme}");
        }
    }
    app.page.run("location.hash = '#uploads'", json!([]));
    app.wait_for("tape.bin", "can be resumed", PATIENCE, |row| row.list == "resumable");
}
