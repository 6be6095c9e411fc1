//! A desktop that shows icons in a tray: what an icon says, and the entries of its menu that the test chooses.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use serde_json::{Value, json};

use crate::{
    desktop::{Desktop, PATIENCE},
    webdriver::persist,
};

/// The tray; it ends when forgotten.
pub struct TrayHost {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// An entry of a menu: what stands on it, and whether it can be chosen.
pub type Entry = (String, bool);

impl TrayHost {
    pub fn start(desktop: &Desktop) -> Self {
        let mut script = desktop.python(include_str!("tray_host.py"));
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
        let (asks, answers) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let mut host = Self { child, asks, answers: BufReader::new(answers) };
        assert_eq!(host.heard()["ready"], true, "the tray is there");
        host
    }

    /// The menu of the only icon, once there is one.
    pub fn menu(&mut self) -> Vec<Entry> {
        let icon = persist("an icon in the tray", PATIENCE, || self.icon());
        let entries = icon["menu"].as_array().cloned().unwrap_or_default();
        let entry = |entry: &Value| (entry["label"].as_str().unwrap_or("").to_owned(), entry["enabled"] == true);
        entries.iter().map(entry).collect()
    }

    /// Waits until the menu is as wanted.
    pub fn wait_for_menu(&mut self, what: &str, wanted: impl Fn(&[Entry]) -> bool) -> Vec<Entry> {
        persist(what, PATIENCE, || {
            let menu = self.menu();
            if wanted(&menu) { Ok(menu) } else { Err(format!("{menu:?}")) }
        })
    }

    /// The picture that the icon shows.
    pub fn picture(&mut self) -> String {
        persist("an icon in the tray", PATIENCE, || self.icon())["icon"].as_str().unwrap_or("").to_owned()
    }

    /// Chooses an entry of the menu.
    pub fn press(&mut self, label: &str) {
        self.menu();
        let answer = self.ask(&json!({"press": label}));
        assert_eq!(answer["pressed"]["enabled"], true, "“{label}” can be chosen: {answer}");
    }

    fn icon(&mut self) -> Result<Value, String> {
        let answer = self.ask(&json!({}));
        match answer["icons"].as_array().map(Vec::as_slice) {
            Some([icon]) => Ok(icon.clone()),
            _ => Err(answer.to_string()),
        }
    }

    fn ask(&mut self, request: &Value) -> Value {
        writeln!(self.asks, "{request}").expect("the tray listens");
        self.heard()
    }

    fn heard(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the tray answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }
}

impl Drop for TrayHost {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
