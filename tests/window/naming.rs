//! What assistive technology is told: everything that can be pressed or read has a name and a role.

use serde_json::json;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    scene::{endless, finished, make_file},
    webdriver::key,
};

/// Everything shown that lacks what a reader of screens needs, by its markup.
const NAMELESS: &str = r#"
    const shown = (element) => element.getClientRects().length > 0;
    const ids = (element, name) => (element.getAttribute(name) ?? "").split(" ").filter(Boolean);
    const labelled = (element) => ids(element, "aria-labelledby").map((id) => document.getElementById(id)?.textContent ?? "").join("");
    const labels = (element) => [...(element.labels ?? [])].map(({ textContent }) => textContent).join("");
    const nameOf = (element) => (labels(element) || element.getAttribute("aria-label") || labelled(element) || element.textContent).trim();
    const wanting = [...document.querySelectorAll("button, input, select, progress, dialog, h1, h2, [role=list], [role=region]")]
      .filter((element) => shown(element) && !nameOf(element));
    const rows = [...document.querySelectorAll("upload-row")].filter((row) => row.getAttribute("role") !== "row" || !row.parentNode.matches("[role=treegrid]") || row.querySelectorAll("[role=gridcell]").length !== 2);
    const buttons = [...document.querySelectorAll("button")].filter(shown).map(nameOf);
    const twins = buttons.filter((name, index) => buttons.indexOf(name) !== index);
    return [...wanting, ...rows].map((element) => element.outerHTML.slice(0, 120)).concat(twins.map((name) => `two buttons “${name}”`));"#;

#[test]
fn everything_that_can_be_pressed_or_read_has_a_name() {
    let Some(desktop) = Desktop::start() else { return };
    endless(&desktop, "tape 1.bin").kill();
    let app = under_way_beside(&desktop);
    app.wait_shown("#resumable", true);
    app.wait_shown("#queue", true);
    app.wait_shown("#finished", true);
    app.shot(&desktop, "16-all-lists");
    assert_named(&app);
    assert_eq!(
        app.page.run(
            "return [...document.querySelectorAll('h1')].filter((h1) => h1.getClientRects().length > 0).length",
            json!([])
        ),
        1,
        "one heading for the page"
    );
    assert_eq!(app.page.run("return document.documentElement.lang", json!([])), "en-GB");
    let value = "return document.querySelector('#queue progress').getAttribute('aria-valuetext')";
    let told = app.page.run(value, json!([]));
    assert!(told.as_str().is_some_and(|told| told.ends_with(" %")), "progress is told in words: {told}");
    app.page.click("#show-files");
    app.wait_shown("#files li", true);
    assert_named(&app);
    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#files dialog", false);
    app.page.click("#show-places");
    app.wait_shown("#places li", true);
    assert_named(&app);
    app.page.click("#places [data-action=add_place]");
    app.wait_shown("#place-form dialog", true);
    app.page.run("for (const group of document.querySelectorAll('#place-form details')) group.open = true", json!([]));
    app.wait_shown("#place-form [name=chunk_size]", true);
    assert_named(&app);
    app.page.press(&[key::ESCAPE]);
    app.wait_shown("#place-form dialog", false);
    app.page.click("#nav a[href='#uploads']");
    app.wait_shown("#places", false);
    app.click("tape 1.bin", "discard");
    app.wait_shown("#ask dialog", true);
    assert_named(&app);
}

#[test]
fn what_is_shown_reaches_assistive_technology_with_its_role_and_its_name() {
    let Some(mut desktop) = Desktop::start() else { return };
    desktop.listen_in();
    endless(&desktop, "tape 1.bin").kill();
    let app = desktop.launch();
    app.wait_shown("#resumable", true);
    let heard = desktop.heard("arryon");
    let hears = |roles: &[&str], name: &str| {
        let found = heard.iter().any(|(role, said)| roles.contains(&role.as_str()) && said.contains(name));
        assert!(found, "{roles:?} “{name}” is heard; this was: {heard:?}");
    };
    hears(&["frame"], "Carryon");
    hears(&["heading"], "Resumable");
    hears(&["link"], "Settings");
    hears(&["push button", "button"], "Choose files…");
    hears(&["push button", "button"], "Resume tape 1.bin");
    hears(&["progress bar"], "Progress of tape 1.bin");
    hears(&["tree table", "table"], "Resumable");
}

/// A second long upload under way, beside one that a crash broke off and one that is finished.
fn under_way_beside(desktop: &Desktop) -> App {
    let small = desktop.path("note.txt");
    make_file(&small, 100);
    let app = endless(desktop, "tape 2.bin");
    app.click("tape 2.bin", "pause");
    app.wait_for("tape 2.bin", "is paused", PATIENCE, |row| row.kind == "paused");
    let mut second = desktop.command(crate::app::PROGRAM);
    assert!(second.arg(&small).status().expect("it starts").success());
    finished(&app, "note.txt");
    app
}

fn assert_named(app: &App) {
    let nameless = app.page.run(NAMELESS, json!([]));
    assert_eq!(nameless, json!([]), "everything has a name, a role, and no twin");
}
