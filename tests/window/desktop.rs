//! A desktop of its own for each test: a display, a session bus on which nothing starts by itself, a home, a mouse.
//!
//! Everything runs as a child that dies with the test, also when the test itself is killed, and ends by its own id.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::json;
use tempfile::TempDir;
use tests::programs::{Running, wait_until};

use crate::{app::App, notifications::Notifications};

/// How long a program of the desktop may take to start, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);
const TOOLS: [&str; 7] = ["Xvfb", "WebKitWebDriver", "xdotool", "dbus-daemon", "import", "setpriv", PYTHON];
/// The system's own: others come without the bindings.
const PYTHON: &str = "/usr/bin/python3";

/// The desktop.
pub struct Desktop {
    files_to_drag: Option<Child>,
    reader: Option<Running>,
    _bus: Running,
    _display: Running,
    display: String,
    runtime: TempDir,
    home: TempDir,
}

impl Desktop {
    /// Starts one; none where the tests of the window were switched off.
    pub fn start() -> Option<Self> {
        if std::env::var_os("CARRYON_WITHOUT_WINDOW").is_some_and(|value| value == "1") {
            let name = std::thread::current().name().unwrap_or("window").to_owned();
            // Past the test harness, which keeps what a passing test prints to itself.
            let _ = writeln!(std::io::stderr(), "skipped: {name} (CARRYON_WITHOUT_WINDOW=1)");
            return None;
        }
        require_tools();
        let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a home");
        // Sockets have to lie under a short path.
        let runtime = tempfile::tempdir().expect("a folder for sockets");
        let (display_server, display) = start_display();
        let bus = start_bus(runtime.path());
        Some(Self { files_to_drag: None, reader: None, _bus: bus, _display: display_server, display, runtime, home })
    }

    /// Lets assistive technology listen: what is started from here on tells it what it shows.
    pub fn listen_in(&mut self) {
        let mut launcher = self.command("/usr/libexec/at-spi-bus-launcher");
        launcher.arg("--launch-immediately").arg("--a11y=1").env_remove("NO_AT_BRIDGE").env_remove("GTK_A11Y");
        launcher.stdout(Stdio::null()).stderr(Stdio::null());
        self.reader = Some(Running(launcher.spawn().expect("the accessibility bus starts")));
    }

    /// What assistive technology hears of the program of that name: the role and the name of everything that is shown.
    pub fn heard(&self, program: &str) -> Vec<(String, String)> {
        let told = self.python(include_str!("tree.py")).arg(program).arg("30").output().expect("python starts");
        expect_success("tree.py", &told);
        serde_json::from_slice(&told.stdout).expect("a list of roles and names")
    }

    /// A path in the home.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.home.path().join(relative)
    }

    /// Where the app keeps its records.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Where the app's receiver puts what it receives.
    pub fn received(&self, relative: &str) -> PathBuf {
        self.data().join("received").join(relative)
    }

    /// Starts a notification service.
    pub fn notifications(&self) -> Notifications {
        let script = self.python(include_str!("notifications.py"));
        Notifications::start(script, self.path("notifications.jsonl"))
    }

    /// Starts the app and attaches to its page.
    pub fn launch(&self) -> App {
        self.launch_with(&[])
    }

    /// Starts the app with `arguments` and attaches to its page.
    pub fn launch_with(&self, arguments: &[&Path]) -> App {
        App::start(self, arguments)
    }

    /// A command on this desktop, in its home.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = with_parent(program);
        let home = self.home.path();
        command.current_dir(home).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("DISPLAY", &self.display).env("LANG", "C.UTF-8").env("HOME", home);
        command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", self.bus_socket().display()));
        command.env("XDG_RUNTIME_DIR", self.runtime.path()).env("GDK_BACKEND", "x11");
        if self.reader.is_none() {
            // Without this GTK looks for an accessibility bus, which nobody starts here, and complains.
            command.env("NO_AT_BRIDGE", "1").env("GTK_A11Y", "none");
        }
        for (name, folder) in [("DATA", "share"), ("CONFIG", "config"), ("CACHE", "cache"), ("STATE", "state")] {
            command.env(format!("XDG_{name}_HOME"), home.join(folder));
        }
        command
    }

    fn bus_socket(&self) -> PathBuf {
        self.runtime.path().join("bus")
    }

    /// The system's python, with `script`.
    pub fn python(&self, script: &str) -> Command {
        let mut command = self.command(PYTHON);
        command.arg("-c").arg(script);
        command
    }

    /// A picture of the whole display, as `target/window-shots/<name>.png`.
    pub fn shot(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("window-shots");
        std::fs::create_dir_all(&folder).expect("a folder for screenshots");
        let file = folder.join(format!("{name}.png"));
        let taken = self.command("import").args(["-window", "root"]).arg(&file).output();
        expect_success("import", &taken.expect("import starts"));
        file
    }

    /// Drags `paths` from another window over the app's and lets go of them there.
    pub fn drop_files(&mut self, paths: &[&Path]) {
        self.hover_files(paths);
        self.release();
    }

    /// Drags `paths` over the app's window and holds them there.
    pub fn hover_files(&mut self, paths: &[&Path]) {
        self.carry(paths);
        let (from_x, from_y, ..) = self.geometry("Files to drag");
        let (x, y, width, height) = self.geometry("Carryon");
        let start = (from_x + 60, from_y + 45);
        let mut steps = vec![step(start), "sleep 0.2 mousedown 1 sleep 0.2".into()];
        // Slow and small at first, as a hand is: a toolkit calls it a drag only after some pixels.
        steps.extend((1..=8).map(|n| format!("{} sleep 0.03", step((start.0 - 3 * n, start.1)))));
        let target = (x + width / 2, y + height / 2);
        let between = |n: i32, from: i32, to: i32| from + (to - from) * n / 12;
        let glide = |n| step((between(n, start.0, target.0), between(n, start.1, target.1)));
        steps.extend((1..=12).map(|n| format!("{} sleep 0.03", glide(n))));
        steps.push("sleep 0.4".into());
        self.mouse(&steps.join(" "));
    }

    /// Lets go of what is being dragged.
    pub fn release(&self) {
        self.mouse("mouseup 1 sleep 0.1");
    }

    /// Asks the app's window to close, as the cross in its title bar does.
    pub fn close_window(&self) {
        let window = self.window("Carryon").expect("a window to close");
        let asked = self.python(include_str!("close_window.py")).arg(window).output().expect("python starts");
        expect_success("close_window.py", &asked);
    }

    /// Puts files into the clipboard, as a file manager does; they are there until what is returned is forgotten.
    pub fn copy_files(&self, paths: &[&Path]) -> Running {
        let mut script = self.python(include_str!("copied_files.py"));
        let owner = script.args(paths.iter().map(|path| uri(path))).stdout(Stdio::piped()).spawn();
        let mut owner = Running(owner.expect("python starts"));
        let mut answer = String::new();
        BufReader::new(owner.0.stdout.take().expect("piped")).read_line(&mut answer).expect("it answers");
        assert_eq!(answer.trim(), "ready", "the clipboard takes the files");
        owner
    }

    /// Says what a drag from the other window carries.
    fn carry(&mut self, paths: &[&Path]) {
        let mut script = self.python(include_str!("files_to_drag.py"));
        let source = self
            .files_to_drag
            .get_or_insert_with(|| script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts"));
        let uris: Vec<String> = paths.iter().map(|path| uri(path)).collect();
        writeln!(source.stdin.as_mut().expect("piped"), "{}", json!(uris)).expect("the other window listens");
        let mut answer = String::new();
        BufReader::new(source.stdout.as_mut().expect("piped")).read_line(&mut answer).expect("it answers");
        assert_eq!(answer.trim(), "ready", "the other window takes the files");
    }

    /// Whether the app's window can be seen with something in it: an empty one has one colour or two.
    pub fn shows_page(&self) -> bool {
        let Some(window) = self.window("Carryon") else { return false };
        let counted = self.command("import").args(["-window", &window, "-format", "%k", "info:-"]).output();
        let colours = String::from_utf8_lossy(&counted.expect("import starts").stdout).trim().parse();
        colours.is_ok_and(|colours: u32| colours > 8)
    }

    /// The window whose title begins so.
    pub fn window(&self, title: &str) -> Option<String> {
        let mut search = self.command("xdotool");
        let found = search.args(["search", "--onlyvisible", "--name", &format!("^{title}")]).output();
        let found = String::from_utf8(found.expect("xdotool starts").stdout).expect("text");
        found.lines().next_back().map(str::to_owned)
    }

    /// Left, top, width and height of a window.
    fn geometry(&self, title: &str) -> (i32, i32, i32, i32) {
        wait_until(&format!("the window “{title}”"), PATIENCE, || self.window(title).is_some());
        let window = self.window(title).expect("just seen");
        let told = self.command("xdotool").args(["getwindowgeometry", "--shell", &window]).output();
        let told = String::from_utf8(told.expect("xdotool starts").stdout).expect("text");
        let number = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {name} in {told}"))
        };
        (number("X"), number("Y"), number("WIDTH"), number("HEIGHT"))
    }

    fn mouse(&self, steps: &str) {
        let moved = self.command("xdotool").args(steps.split(' ')).output().expect("xdotool starts");
        expect_success("xdotool", &moved);
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        if let Some(child) = &mut self.files_to_drag {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn step((x, y): (i32, i32)) -> String {
    format!("mousemove {x} {y}")
}

/// `file:///home/u/caf%E9`: byte by byte, so that names need not be text.
fn uri(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let bytes = path.as_os_str().as_encoded_bytes().iter();
    let escaped = bytes.map(|&byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    format!("file://{}", escaped.collect::<String>())
}

/// A command that ends with the thread that starts it.
fn with_parent(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

fn start_display() -> (Running, String) {
    let mut server = with_parent("Xvfb");
    server.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"]);
    let mut server = Running(server.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb starts"));
    let mut number = String::new();
    BufReader::new(server.0.stdout.take().expect("piped")).read_line(&mut number).expect("Xvfb tells its display");
    assert!(!number.trim().is_empty(), "Xvfb opens a display");
    (server, format!(":{}", number.trim()))
}

/// A bus without service folders: who is not started by the test is not there.
fn start_bus(runtime: &Path) -> Running {
    let socket = runtime.join("bus");
    let config = runtime.join("bus.conf");
    let text = format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#,
        socket.display()
    );
    std::fs::write(&config, text).expect("the bus's config can be written");
    let mut bus = with_parent("dbus-daemon");
    bus.arg("--nofork").arg("--config-file").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
    let bus = Running(bus.spawn().expect("dbus-daemon starts"));
    wait_until("a session bus", PATIENCE, || socket.exists());
    bus
}

/// Fails with a sentence where something is missing.
fn require_tools() {
    let missing = |what: &str| {
        panic!(
            "{what} is missing: `cargo xtask test` installs what the window's tests need; CARRYON_WITHOUT_WINDOW=1 skips them"
        )
    };
    for tool in TOOLS {
        let path = std::env::var_os("PATH").unwrap_or_default();
        if !std::env::split_paths(&path).any(|folder| folder.join(tool).is_file()) {
            missing(tool);
        }
    }
    let bindings = "import dbus, gi; gi.require_version('Gtk', '3.0')";
    let imported = Command::new(PYTHON).arg("-c").arg(bindings).stderr(Stdio::null()).status();
    if !imported.is_ok_and(|status| status.success()) {
        missing("python3 with gi (GTK 3) and dbus");
    }
}

/// Fails with what a program complained of.
pub fn expect_success(program: &str, output: &Output) {
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A file for a child's output.
pub fn sink(path: &Path) -> File {
    File::options().create(true).append(true).open(path).expect("a file for what a program says")
}
