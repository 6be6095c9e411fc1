//! The system's file picker, used as a person does who types a path.

use std::path::Path;

use tests::programs::wait_until;

use crate::desktop::{Desktop, PATIENCE, expect_success};

/// Waits for the picker whose title begins so, types `path` and presses Enter.
pub fn choose(desktop: &Desktop, title: &str, path: &Path) {
    let window = opened(desktop, title);
    xdotool(desktop, &["windowfocus", "--sync", &window]);
    let path = path.to_str().expect("a path that can be typed");
    xdotool(desktop, &["type", "--delay", "20", path]);
    desktop.shot("22-picker");
    xdotool(desktop, &["key", "Return"]);
    closed(desktop, title);
}

/// Waits for the picker and presses Escape.
pub fn cancel(desktop: &Desktop, title: &str) {
    let window = opened(desktop, title);
    xdotool(desktop, &["windowfocus", "--sync", &window, "key", "Escape"]);
    closed(desktop, title);
}

fn opened(desktop: &Desktop, title: &str) -> String {
    wait_until(&format!("the picker “{title}”"), PATIENCE, || desktop.window(title).is_some());
    desktop.window(title).expect("just seen")
}

fn closed(desktop: &Desktop, title: &str) {
    wait_until("a picker that is gone", PATIENCE, || desktop.window(title).is_none());
}

fn xdotool(desktop: &Desktop, arguments: &[&str]) {
    expect_success("xdotool", &desktop.command("xdotool").args(arguments).output().expect("xdotool starts"));
}
