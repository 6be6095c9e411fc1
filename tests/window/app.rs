//! The app as the tests see it: a process of their own, with a WebDriver attached to its page.

use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::{Value, json};
use tests::programs::{Running, wait_until};

use crate::{
    desktop::{Desktop, PATIENCE, sink},
    webdriver::{Session, persist},
};

/// The built app.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_carryon-app");

/// A running app.
pub struct App {
    /// None where somebody else started it.
    child: Option<Running>,
    _driver: Running,
    /// Its page.
    pub page: Session,
    said: PathBuf,
}

/// A row of a list, as it is drawn.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    pub id: String,
    pub list: String,
    pub name: String,
    pub folder: String,
    pub kind: String,
    pub confirmed: u64,
    pub state: String,
    pub facts: String,
    pub buttons: Vec<String>,
}

const ROWS: &str = r#"
    return [...document.querySelectorAll("upload-row")].map((row) => {
      const text = (part) => row.querySelector(part).textContent;
      return {
        id: row.dataset.id, kind: row.dataset.kind, confirmed: Number(row.dataset.confirmed),
        list: row.closest("upload-list").id, name: text(".name"), folder: text(".folder"),
        state: text(".state"), facts: text(".numbers"),
        buttons: [...row.querySelectorAll("button")].map((button) => button.textContent),
      };
    });"#;

/// A running app whose window nobody has seen yet.
pub struct HiddenApp {
    child: Running,
    inspector: u16,
    said: PathBuf,
}

impl HiddenApp {
    /// Starts it as it is started at login.
    pub fn start(desktop: &Desktop) -> Self {
        Self::start_with(desktop, &["--hidden".as_ref()])
    }

    fn start_with(desktop: &Desktop, arguments: &[&Path]) -> Self {
        let said = desktop.path("stderr.txt");
        let _ = std::fs::remove_file(&said);
        let inspector = free_port();
        let mut command = desktop.command(PROGRAM);
        command.arg("--data-dir").arg(desktop.data()).args(arguments).stderr(sink(&said)).stdout(Stdio::null());
        automate(&mut command, inspector);
        let child = Running(command.spawn().expect("the app starts"));
        Self { child, inspector, said }
    }

    /// Starts the program once more; it hands over what it was given, and ends.
    pub fn start_another(desktop: &Desktop, arguments: &[&Path]) {
        let mut second = desktop.command(PROGRAM);
        second.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(ended(&mut Running(second.spawn().expect("it starts"))).success(), "the second start ends well");
    }

    /// Waits for its window, and attaches to its page.
    pub fn seen(self, desktop: &Desktop) -> App {
        see(desktop, Some(self.child), self.inspector, self.said)
    }
}

/// An app that the desktop started, not the test.
pub struct Launched {
    inspector: u16,
    said: PathBuf,
}

impl Launched {
    /// Has `launcher` start it, and waits for the launcher's end.
    pub fn by(desktop: &Desktop, mut launcher: Command) -> Self {
        let (inspector, said) = (free_port(), desktop.path("stderr.txt"));
        automate(&mut launcher, inspector);
        launcher.stdin(Stdio::null()).stdout(Stdio::null()).stderr(sink(&said));
        let status = launcher.status().expect("the desktop's program starts");
        assert!(status.success(), "the desktop starts it: {}", std::fs::read_to_string(&said).unwrap_or_default());
        Self { inspector, said }
    }

    /// Waits for its window, and attaches to its page.
    pub fn seen(&self, desktop: &Desktop) -> App {
        see(desktop, None, self.inspector, self.said.clone())
    }

    /// Waits until it is gone.
    pub fn ended(&self) {
        wait_until("the app's end", PATIENCE, || TcpStream::connect(("127.0.0.1", self.inspector)).is_err());
    }
}

/// Lets a WebDriver in.
fn automate(command: &mut Command, inspector: u16) {
    command.env("TAURI_WEBVIEW_AUTOMATION", "true");
    command.env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{inspector}"));
}

fn see(desktop: &Desktop, child: Option<Running>, inspector: u16, said: PathBuf) -> App {
    wait_until("the app's page", PATIENCE, || TcpStream::connect(("127.0.0.1", inspector)).is_ok());
    let (driver, page) = attach(desktop, inspector);
    let app = App { child, _driver: driver, page, said };
    wait_until("a window that is shown, and painted", PATIENCE, || desktop.shows_page());
    app
}

impl App {
    pub fn start(desktop: &Desktop, arguments: &[&Path]) -> Self {
        HiddenApp::start_with(desktop, arguments).seen(desktop)
    }

    /// Ends it as a crash does.
    pub fn kill(mut self) {
        self.child().kill();
    }

    /// Lets nothing of it move until it is thawed or killed, so that a picture shows the very moment.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").arg(signal).arg(self.process().to_string()).status();
        assert!(sent.is_ok_and(|status| status.success()), "the app hears {signal}");
    }

    /// Waits for its own end.
    pub fn ended(&mut self) -> ExitStatus {
        ended(self.child())
    }

    fn child(&mut self) -> &mut Running {
        self.child.as_mut().expect("the test started it")
    }

    fn process(&self) -> u32 {
        self.child.as_ref().expect("the test started it").0.id()
    }

    /// What it wrote to its standard error.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// All rows, in the order in which they are drawn.
    pub fn rows(&self) -> Vec<Row> {
        serde_json::from_value(self.page.run(ROWS, json!([]))).expect("rows")
    }

    /// The row of the upload of that name, if there is one.
    pub fn row(&self, name: &str) -> Option<Row> {
        self.rows().into_iter().find(|row| row.name == name)
    }

    /// Waits until the row of that name is as wanted.
    pub fn wait_for(&self, name: &str, what: &str, patience: Duration, wanted: impl Fn(&Row) -> bool) -> Row {
        persist(&format!("“{name}” {what}"), patience, || {
            let row = self.row(name);
            row.clone().filter(|row| wanted(row)).ok_or_else(|| format!("{row:?}; problems: {:?}", self.problems()))
        })
    }

    /// Presses a button in the row of that name with the mouse.
    pub fn click(&self, name: &str, action: &str) {
        let row = self.row(name).unwrap_or_else(|| panic!("no row of {name}"));
        self.page.click(&format!("upload-row[data-id=\"{}\"] button[data-action={action}]", row.id));
    }

    /// What the window says went wrong.
    pub fn problems(&self) -> Vec<String> {
        let script = r"return [...document.querySelectorAll('#problems .problem')].map(
            (problem) => problem.querySelector('.subject').textContent + ': ' + problem.querySelector('.cause').textContent)";
        serde_json::from_value(self.page.run(script, json!([]))).expect("texts")
    }

    /// Waits for a problem that mentions all of `words`.
    pub fn wait_for_problem(&self, words: &[&str]) -> String {
        persist(&format!("a problem with {words:?}"), PATIENCE, || {
            let problems = self.problems();
            let found = problems.iter().find(|problem| words.iter().all(|word| problem.contains(word)));
            found.cloned().ok_or_else(|| format!("{problems:?}"))
        })
    }

    /// The name of what has the focus.
    pub fn focus(&self) -> String {
        let script = r#"const { activeElement: it } = document; return it.getAttribute("aria-label") || (it.labels?.[0] ?? it).textContent.trim()"#;
        self.page.run(script, json!([])).as_str().unwrap_or_default().to_owned()
    }

    /// Moves the focus with the tabulator until it stands on what is called `name`.
    pub fn tab_to(&self, name: &str) {
        let mut seen = Vec::new();
        while self.focus() != name {
            assert!(seen.len() < 40, "the tabulator reaches “{name}”; it went to {seen:?}");
            self.page.press(&[crate::webdriver::key::TAB]);
            seen.push(self.focus());
        }
    }

    /// Waits until an element is shown (or not).
    pub fn wait_shown(&self, selector: &str, shown: bool) {
        let script = "return (document.querySelector(arguments[0])?.getClientRects().length ?? 0) > 0";
        let told = if shown { "is shown" } else { "is gone" };
        wait_until(&format!("{selector} {told}"), PATIENCE, || self.page.run(script, json!([selector])) == shown);
    }

    /// The text of an element.
    pub fn text(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.textContent.trim() ?? ''";
        self.page.run(script, json!([selector])).as_str().unwrap_or_default().to_owned()
    }

    /// A picture of the display once it shows what the page is; see [`Desktop::shot`].
    pub fn shot(&self, desktop: &Desktop, name: &str) {
        self.page.painted();
        desktop.shot(name);
    }

    /// Hands files over, as a drop does.
    pub fn add(&self, paths: &[&Path]) {
        let added = self.page.call("add_paths", json!({"paths": paths}));
        assert_eq!(added["problems"], json!([]), "all of them are taken: {added}");
    }

    /// What the app knows of the upload of that name.
    pub fn view(&self, name: &str) -> Value {
        let snapshot = self.page.call("snapshot", json!({}));
        let uploads = snapshot["uploads"].as_array().unwrap_or_else(|| panic!("no uploads in {snapshot}"));
        uploads.iter().find(|upload| upload["name"] == name).unwrap_or_else(|| panic!("no {name}: {snapshot}")).clone()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the app said:\n{}", self.said());
        }
    }
}

fn attach(desktop: &Desktop, inspector: u16) -> (Running, Session) {
    let port = free_port();
    let mut driver = desktop.command("WebKitWebDriver");
    driver.arg("--host=127.0.0.1").arg(format!("--port={port}")).arg(format!("--target=127.0.0.1:{inspector}"));
    let driver = Running(driver.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("WebKitWebDriver starts"));
    let page = persist("a session with the page", PATIENCE, || Session::attach(port));
    persist("a page that is ready", PATIENCE, || {
        // The page's own address, and the last thing that a start draws.
        let script = r"return document.readyState + ' ' + document.querySelector('#receiver')?.hidden + ' ' +
            document.querySelectorAll('#problems .problem').length";
        let state = page.run(script, json!([])).as_str().unwrap_or_default().to_owned();
        let ready = state.starts_with("complete false") || state.starts_with("complete true") && !state.ends_with(" 0");
        if ready { Ok(()) } else { Err(state) }
    });
    (driver, page)
}

/// A port of the loopback that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

/// Waits for a child's own end, for half a minute.
pub fn ended(child: &mut Running) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.0.try_wait().expect("a child can be waited for") {
            return status;
        }
        assert!(Instant::now() < deadline, "the program did not end within {PATIENCE:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
