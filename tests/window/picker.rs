//! The system's file picker, used as a person does who types a path.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use tests::programs::wait_until;

use crate::{
    desktop::{Desktop, PATIENCE, expect_success},
    webdriver::persist,
};

/// After so long a picker is taken not to have heard.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);

/// Waits for the picker whose title begins so, types `path` and presses Enter. On a busy machine a picker may lose the first
/// keys, so that the path is typed once more in place of what came of it.
pub fn choose(desktop: &Desktop, title: &str, path: &Path) {
    let window = opened(desktop, title);
    let path = path.to_str().expect("a path that can be typed");
    persist("a picker that took the path", 2 * PATIENCE, || {
        xdotool(desktop, &["windowfocus", "--sync", &window, "key", "ctrl+a"]);
        xdotool(desktop, &["type", "--delay", "20", path]);
        desktop.shot("22-picker");
        xdotool(desktop, &["key", "Return"]);
        let until = Instant::now() + TAKEN_WITHIN;
        while desktop.window(title).is_some() {
            if Instant::now() > until {
                return Err("it is still there".to_owned());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    });
}

/// Waits for the picker and presses Escape.
pub fn cancel(desktop: &Desktop, title: &str) {
    let window = opened(desktop, title);
    xdotool(desktop, &["windowfocus", "--sync", &window, "key", "Escape"]);
    closed(desktop, title);
}

/// Waits for the question and agrees with Enter.
pub fn agree(desktop: &Desktop, title: &str) {
    let window = opened(desktop, title);
    persist("an answer that was heard", 2 * PATIENCE, || {
        xdotool(desktop, &["windowfocus", "--sync", &window]);
        desktop.shot("40-question");
        xdotool(desktop, &["key", "Return"]);
        let until = Instant::now() + TAKEN_WITHIN;
        while desktop.window(title).is_some() {
            if Instant::now() > until {
                return Err("it is still there".to_owned());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    });
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
