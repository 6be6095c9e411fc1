//! The installed package, used as a desktop uses it. Only `cargo xtask package --check` runs this: it installs one first.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde_json::json;
use tests::{files::digest, programs::wait_until};

use crate::{
    app::{App, Launched},
    desktop::{Desktop, expect_success},
    scene::{UPLOADED, finished, make_file},
    tray_host::TrayHost,
};

const ENTRY: &str = "Carryon";

/// Has the desktop do something that starts the app, or finds it running.
fn ask(mut command: Command) {
    let asked = command.stdin(Stdio::null()).output().expect("the desktop's program starts");
    expect_success("the desktop", &asked);
}

fn on_desktop(desktop: &Desktop, program: &str, arguments: &[&str]) -> Command {
    let mut command = desktop.command(program);
    // The installed entries are found where every desktop looks for them; what is received lies in the home.
    command.env("XDG_DATA_DIRS", "/usr/local/share:/usr/share").args(arguments);
    command
}

#[test]
#[ignore = "run by cargo xtask package --check"]
fn packaged_it_opens_a_file_from_the_menu_starts_at_login_and_uploads_what_it_was_given() {
    let Some(desktop) = Desktop::start() else { return };
    let mut tray = TrayHost::start(&desktop);
    let file = desktop.path("Über 100 % of it.mov");
    make_file(&file, 20_000_000);
    let start = on_desktop(&desktop, "gtk-launch", &[ENTRY, file.to_str().expect("text")]);
    let launched = Launched::by(&desktop, start);
    let app = launched.seen(&desktop);
    agree(&app);
    finished(&app, "Über 100 % of it.mov");
    let received = desktop.path("Carryon/Über 100 % of it.mov");
    assert_eq!(digest(&file), digest(&received), "it is what was sent");

    let more = desktop.path("more.bin");
    make_file(&more, 1_000);
    let uri = format!("file://{}", more.display());
    ask(on_desktop(&desktop, "gio", &["launch", "/usr/share/applications/Carryon.desktop", &uri]));
    agree(&app);
    finished(&app, "more.bin");

    let linked = desktop.path("linked.bin");
    make_file(&linked, 2_000);
    let link = format!("carryon://send?path={}&to=This%20computer", linked.display());
    ask(on_desktop(&desktop, "gio", &["open", &link]));
    agree(&app);
    finished(&app, "linked.bin");

    assert_eq!(app.page.call("set_start_at_login", json!({"on": true})), true);
    drop(app);
    tray.press("Quit");
    launched.ended();
    login(&desktop, &mut tray);
}

/// Presses *Send* in the question that comes up.
fn agree(app: &App) {
    app.wait_shown("#send dialog", true);
    app.page.click("#send button[type=submit]");
    app.wait_shown("#send dialog", false);
}

/// What a login does: every entry of the autostart folder is launched.
fn login(desktop: &Desktop, tray: &mut TrayHost) {
    let entry = desktop.path("config/autostart/Carryon.desktop");
    expect_success(
        "desktop-file-validate",
        &Command::new("desktop-file-validate").arg(&entry).output().expect("it starts"),
    );
    let launch = on_desktop(desktop, "gio", &["launch", entry.to_str().expect("text")]);
    let hidden = Launched::by(desktop, launch);
    tray.menu();
    assert_eq!(desktop.window("Carryon"), None, "it starts into the tray");
    tray.press("Open Carryon");
    let app = hidden.seen(desktop);
    assert_eq!(app.page.call("start_at_login", json!({})), true);
    wait_until("what arrived before", UPLOADED, || Path::new(&desktop.path("Carryon/more.bin")).exists());
    tray.press("Quit");
    hidden.ended();
}
