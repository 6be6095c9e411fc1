//! What the user sees while uploads run: one JSON object a line for scripts, progress bars on a terminal, plain lines elsewhere.
//!
//! Everything is told from the same lines of JSON, whether this process owns the records or not.

use std::{
    collections::HashMap,
    io::{IsTerminal, Write},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::Value;

use crate::{watch, words};

/// Logs go to standard error when `CARRYON_LOG` asks for them (`debug`, `carryon_engine=trace`, …).
pub fn set_up_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("CARRYON_LOG");
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// One line of JSON on standard output. A reader that went away is no error of ours.
pub fn line(object: &Value) {
    let _ = writeln!(std::io::stdout(), "{object}");
}

/// An error line that ends a request, in words on standard error; what was set aside is told there already.
pub fn complain(object: &Value) {
    if object["event"] == "set_aside" {
        return;
    }
    eprintln!("carryon: {}.\n{}", text(object, "message"), text(object, "next_step"));
}

/// Tells lines.
pub struct Report {
    kind: Kind,
    /// How to carry on later, in words; none where resume is switched off.
    advice: Option<String>,
}

enum Kind {
    /// For scripts.
    Json,
    /// For people at a terminal.
    Bars(Bars),
    /// For people who read a log.
    Plain,
}

/// The progress bars on a terminal.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    each: HashMap<String, ProgressBar>,
}

impl Report {
    /// The kind of report that fits.
    pub fn new(json: bool, advice: Option<String>) -> Self {
        let kind = match json {
            true => Kind::Json,
            false if std::io::stderr().is_terminal() => Kind::Bars(Bars::default()),
            false => Kind::Plain,
        };
        Self { kind, advice }
    }

    /// Tells one line.
    pub fn tell(&mut self, object: &Value) {
        let words = self.words(object);
        match &mut self.kind {
            Kind::Json if object["event"] == "error" => complain(object),
            Kind::Json => line(object),
            Kind::Bars(bars) => bars.tell(object, words),
            Kind::Plain => words.iter().for_each(|words| eprintln!("{words}")),
        }
    }

    /// A line in words; none for what only a bar shows.
    fn words(&self, object: &Value) -> Option<String> {
        let (name, size) = (text(object, "name"), words::bytes(number(object, "size")));
        Some(match object["event"].as_str()? {
            "started" if object["resumed"] == true => {
                format!("resuming {name}: {} of {size} are there", words::bytes(number(object, "confirmed")))
            }
            "started" => format!("sending {name} ({size})"),
            "waiting" if object["reason"] == "metered" => "waiting: this connection is metered".to_owned(),
            "waiting" if object["reason"] == "power" => {
                "waiting for power: this computer runs on its battery".to_owned()
            }
            "waiting" => format!("waiting: {}", text(object, "message")),
            "finished" => delivered(object),
            "failed" => format!("failed: {name}: {}. {}", text(object, "message"), text(object, "next_step")),
            "imported" => imported(object),
            "watch" => watch::sentence(object),
            "taken" => format!("found {}", text(object, "path")),
            "left_out" => format!("left out {}: {}", text(object, "path"), text(object, "message")),
            "interrupted" => self.stopped(object),
            "queued" => "handed over".to_owned(),
            "nothing" => "Nothing is to be resumed.".to_owned(),
            "discarded" => discarded(object),
            "marked_done" => format!("Marked {} as done.", words::uploads(number(object, "count"))),
            "moved" => format!("Moved {}.", words::uploads(number(object, "count"))),
            "error" => format!("carryon: {}.\n{}", text(object, "message"), text(object, "next_step")),
            _ => return None,
        })
    }

    fn stopped(&self, object: &Value) -> String {
        let count = words::uploads(object["ids"].as_array().map_or(0, Vec::len) as u64);
        let (confirmed, size) = (words::bytes(number(object, "confirmed")), words::bytes(number(object, "size")));
        match &self.advice {
            Some(advice) => format!(
                "Stopped: {count} unfinished; {confirmed} of {size} are safe at the destination.\nCarry on with: {advice}"
            ),
            None => format!("Stopped: {count} unfinished; resume is switched off, so nothing is kept."),
        }
    }
}

fn delivered(object: &Value) -> String {
    let (size, sent) = (number(object, "size"), number(object, "sent"));
    let place = object["location"].as_str().map(|place| format!(" as {}", words::plain(place))).unwrap_or_default();
    let saved = match sent < size {
        true => format!(", {} of it sent now", words::bytes(sent)),
        false => String::new(),
    };
    format!("delivered {} ({}{saved}){place}", text(object, "name"), words::bytes(size))
}

fn imported(object: &Value) -> String {
    let (confirmed, size) = (words::bytes(number(object, "confirmed")), words::bytes(number(object, "size")));
    let added = format!("added {}: {confirmed} of {size} are proved to be of this file", text(object, "name"));
    match object["starts"] == true {
        true => added,
        false => format!("{added}\nCarry on with: carryon resume {}", text(object, "id")),
    }
}

fn discarded(object: &Value) -> String {
    let done = format!("Discarded {}.", words::uploads(number(object, "count")));
    match number(object, "untold") {
        0 => done,
        _ => format!("{done} The destination could not be told yet; Carryon tells it when it runs again."),
    }
}

fn text(object: &Value, key: &str) -> String {
    words::plain(object[key].as_str().unwrap_or_default())
}

fn number(object: &Value, key: &str) -> u64 {
    object[key].as_u64().unwrap_or_default()
}

impl Bars {
    fn tell(&mut self, object: &Value, words: Option<String>) {
        let id = object["id"].as_str().unwrap_or_default();
        match object["event"].as_str() {
            Some("started") => self.begin(id, object),
            Some("progress") => self.with(id, |bar| {
                bar.set_position(number(object, "confirmed"));
                bar.set_message(rate(object));
            }),
            Some("waiting") => self.with(id, |bar| bar.set_message(words.unwrap_or_default())),
            _ => {
                self.end(id);
                words.iter().for_each(|words| drop(self.all.println(words)));
            }
        }
    }

    fn begin(&mut self, id: &str, object: &Value) {
        let template = "{prefix:28.!} {bar:30} {percent:>3} %  {msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(number(object, "size")).with_style(style).with_prefix(text(object, "name"));
        let bar = self.all.add(bar);
        bar.set_position(number(object, "confirmed"));
        self.each.insert(id.to_owned(), bar);
    }

    fn with(&self, id: &str, change: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = self.each.get(id) {
            change(bar);
        }
    }

    fn end(&mut self, id: &str) {
        if let Some(bar) = self.each.remove(id) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }
}

fn rate(progress: &Value) -> String {
    let (confirmed, size) = (number(progress, "confirmed"), number(progress, "size"));
    let done = format!("{} of {}", words::bytes(confirmed), words::bytes(size));
    let speed = progress["bytes_per_second"].as_f64().unwrap_or_default();
    if speed < 1.0 {
        return done;
    }
    let left = size.saturating_sub(confirmed) as f64 / speed;
    let clock = format!("{}:{:02}", (left as u64) / 60, (left as u64) % 60);
    format!("{done}, {}/s, {clock} left", words::bytes(speed as u64))
}
