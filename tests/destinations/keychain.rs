//! Tokens in a real keychain, in a locked one, and where there is none.

use std::process::Command;

use tests::{
    files,
    programs::{ReceiverProcess, carryon, events, run, told},
};

use super::Scene;

const TOKEN: &str = "a-token-of-thirty-two-characters";

/// A user's session: with a keychain that is open, one that is locked, or none.
#[derive(Clone, Copy)]
enum Session {
    Open,
    Locked,
    Without,
}

impl Scene {
    /// A call of `carryon` in a session of this user.
    fn in_session(&self, session: Session, arguments: &[&str]) -> Command {
        let (home, data) = (self.folder.path().join("home"), self.folder.path().join("data"));
        std::fs::create_dir_all(home.join("run")).expect("a home");
        let unlock =
            "printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; sleep 1; exec \"$@\"";
        let words: &[&str] = match session {
            Session::Open => &["dbus-run-session", "--", "sh", "-c", unlock, "sh"],
            Session::Locked => &["dbus-run-session", "--"],
            Session::Without => &["env"],
        };
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(carryon()).args(arguments).arg("--data-dir").arg(data);
        command.env("HOME", &home).env("XDG_DATA_HOME", home.join("share")).env("XDG_RUNTIME_DIR", home.join("run"));
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("CARRYON_TOKEN").env_remove("DISPLAY");
        command
    }

    fn holds(&self, secret: &str) -> bool {
        let folder = self.folder.path().join("data");
        let read = |name: &String| std::fs::read(folder.join(name)).expect("reads");
        files::files_below(&folder)
            .iter()
            .map(read)
            .any(|bytes| bytes.windows(secret.len()).any(|window| window == secret.as_bytes()))
    }
}

fn scene() -> (Scene, ReceiverProcess, String) {
    let scene = Scene::new();
    let token = scene.written("token", TOKEN);
    let receiver = ReceiverProcess::start_with(scene.folder.path(), &["--token-file", &token]);
    (scene, receiver, token)
}

#[test]
fn a_token_in_the_keychain_is_there_in_the_next_session_and_nowhere_else() {
    let (scene, receiver, token) = scene();
    let add = ["destinations", "add", "NAS", &receiver.destination(), "--token-file", &token];
    let output = run(scene.in_session(Session::Open, &add));
    assert!(output.status.success() && told(&output).contains("in the keychain"), "{}", told(&output));
    let file = scene.random("take.mov", 300_000);
    let output = run(scene.in_session(Session::Open, &["send", &file, "--to", "NAS", "--json"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(files::digest(&receiver.dir.join("take.mov")), files::digest(file.as_ref()));
    assert!(!scene.holds(TOKEN), "the records must not hold it");
    let tested = run(scene.in_session(Session::Open, &["destinations", "test", "NAS"]));
    assert_eq!(tested.status.code(), Some(0), "{}", told(&tested));
}

#[test]
fn a_locked_keychain_is_not_taken_for_no_token_and_nothing_is_lost() {
    let (scene, receiver, token) = scene();
    let add = ["destinations", "add", "NAS", &receiver.destination(), "--token-file", &token];
    assert!(run(scene.in_session(Session::Open, &add)).status.success());
    let file = scene.random("take.mov", 300_000);
    let send = ["send", &file, "--to", "NAS", "--json", "--give-up-after", "20"];
    let output = run(scene.in_session(Session::Locked, &send));
    assert_ne!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("keychain"), "{}", told(&output));
    let output = run(scene.in_session(Session::Open, &["send", &file, "--to", "NAS", "--json"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(files::digest(&receiver.dir.join("take.mov")), files::digest(file.as_ref()));
}

#[test]
fn without_a_keychain_the_destination_is_saved_and_the_token_is_asked_for_again() {
    let (scene, receiver, token) = scene();
    let add = ["destinations", "add", "NAS", &receiver.destination(), "--token-file", &token];
    let output = run(scene.in_session(Session::Without, &add));
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("could not be kept") && !told(&output).contains(TOKEN), "{}", told(&output));
    let file = scene.random("take.mov", 300_000);
    let output = run(scene.in_session(Session::Without, &["send", &file, "--to", "NAS", "--json"]));
    assert!(output.status.code() == Some(1) && told(&output).contains("needs_sign_in"), "{}", told(&output));
    let send = ["resume", "--all", "--json", "--token-file", &token];
    let output = run(scene.in_session(Session::Without, &send));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(!scene.holds(TOKEN), "the records must not hold it");
}

#[test]
fn a_token_stays_while_the_address_stays_on_its_server_and_goes_when_it_leaves() {
    let (scene, receiver, token) = scene();
    let add = ["destinations", "add", "NAS", &receiver.destination(), "--token-file", &token];
    assert!(run(scene.in_session(Session::Open, &add)).status.success());
    let elsewhere = "fineuploader+http://127.0.0.1:9/upload";
    for (url, stays) in [(format!("{}&chunk=300000", receiver.destination()), true), (elsewhere.to_owned(), false)] {
        let output = run(scene.in_session(Session::Open, &["destinations", "set", "NAS", "--url", &url, "--json"]));
        assert!(output.status.success(), "{}", told(&output));
        let listed = events(&run(scene.in_session(Session::Open, &["destinations", "list", "--json"])));
        assert_eq!((&listed[0]["address"], &listed[0]["has_token"]), (&url.clone().into(), &stays.into()), "{url}");
    }
}
