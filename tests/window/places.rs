//! The list of destinations and its form, as a person uses them.

use std::path::Path;

use serde_json::{Value, json};
use tests::files::files_below;

use crate::{
    app::App,
    desktop::{Desktop, PATIENCE},
    webdriver::persist,
};

/// A token.
pub const TOKEN: &str = "a-token-of-thirty-two-characters";

/// Waits until that place says so.
pub fn says(app: &App, selector: &str, words: &str) {
    persist(&format!("“{words}” in {selector}"), PATIENCE, || {
        let said = app.text(selector);
        let troubles = "return [...document.querySelectorAll('.trouble')].map((each) => each.textContent).join(' ')";
        if said.contains(words) {
            Ok(())
        } else {
            Err(format!("{said}; troubles: {}", app.page.run(troubles, json!([]))))
        }
    });
}

/// What is said to be wrong with a field.
pub fn trouble(app: &App, field: &str) -> String {
    app.text(&format!("#place-form [data-field={field}] .trouble"))
}

pub fn open_list(app: &App) {
    app.page.click("#show-places");
    app.wait_shown("#places li", true);
}

pub fn open_form(app: &App) {
    open_list(app);
    app.page.click("#places [data-action=add_place]");
    app.wait_shown("#place-form dialog", true);
}

/// Presses a button of the destination of that name.
pub fn press(app: &App, action: &str, name: &str) {
    let script =
        "const button = [...document.querySelectorAll('#places li')].find(({ place }) => place.name === arguments[1])
        .querySelector(`[data-action=${arguments[0]}]`); button.focus(); button.click()";
    app.page.run(script, json!([action, name]));
}

/// The value of a control of the form.
pub fn value(app: &App, name: &str) -> Value {
    app.page.run("return document.querySelector('#place-form form').elements[arguments[0]].value", json!([name]))
}

pub fn saved_names(app: &App) -> Value {
    app.page.run("return [...document.querySelectorAll('#places .name')].map((name) => name.textContent)", json!([]))
}

/// Goes back to the uploads.
pub fn leave(app: &App) {
    app.page.click("#nav a[href='#uploads']");
    app.wait_shown("#places", false);
    // Rows that were out of sight have no place until they are drawn.
    app.page.painted();
}

/// The token is nowhere in the records, and in nothing that was said.
pub fn assert_secret(desktop: &Desktop, app: &App) {
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes())
    };
    let found: Vec<_> =
        files_below(&desktop.data()).into_iter().filter(|name| holds(&desktop.data().join(name))).collect();
    assert!(found.is_empty(), "no file of the records holds the token: {found:?}");
    assert!(!app.said().contains(TOKEN), "nor does the log");
    let page = app.page.run(
        "return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(({ value }) => value)",
        json!([]),
    );
    assert!(!page.as_str().unwrap_or_default().contains(TOKEN), "nor does the page");
}
