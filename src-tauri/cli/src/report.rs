//! What the user sees while uploads run: one JSON object a line for scripts, progress bars on a terminal, plain lines elsewhere.

use std::{
    collections::HashMap,
    io::{IsTerminal, Write},
};

use carryon_engine::{Event, Problem, UploadId};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::words;

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

/// Tells events.
pub enum Report {
    /// For scripts.
    Json,
    /// For people at a terminal.
    Bars(Bars),
    /// For people who read a log.
    Plain,
}

/// The progress bars on a terminal.
#[derive(Default)]
pub struct Bars {
    all: MultiProgress,
    each: HashMap<UploadId, ProgressBar>,
}

impl Report {
    /// The kind of report that fits.
    pub fn new(json: bool) -> Self {
        match json {
            true => Report::Json,
            false if std::io::stderr().is_terminal() => Report::Bars(Bars::default()),
            false => Report::Plain,
        }
    }

    /// Tells one event.
    pub fn tell(&mut self, event: &Event) {
        match self {
            Report::Json => json_of(event).iter().for_each(line),
            Report::Bars(bars) => bars.tell(event),
            Report::Plain => plain_of(event).iter().for_each(|text| eprintln!("{text}")),
        }
    }

    /// Tells of a path that could not be added.
    pub fn problem(&mut self, problem: &Problem) {
        let next_step = "Check the path and its permissions, then send it again.";
        match self {
            Report::Json => line(&json!({
                "event": "failed", "id": null, "name": problem.path, "kind": "source_missing",
                "message": problem.message, "next_step": next_step,
            })),
            Report::Bars(bars) => bars.say(&format!("✗ {}", problem.message)),
            Report::Plain => eprintln!("failed: {}", problem.message),
        }
    }

    /// Says something to people; scripts get it as an event of its own.
    pub fn say(&mut self, text: &str, object: &Value) {
        match self {
            Report::Json => line(object),
            Report::Bars(bars) => bars.say(text),
            Report::Plain => eprintln!("{text}"),
        }
    }
}

fn json_of(event: &Event) -> Option<Value> {
    Some(match event {
        Event::Started { id, name, size, resumed, confirmed } => json!({
            "event": "started", "id": id, "name": name, "size": size, "resumed": resumed, "confirmed": confirmed,
        }),
        Event::Progress(progress) => json!({
            "event": "progress", "id": progress.id, "confirmed": progress.confirmed, "sent": progress.sent,
            "size": progress.size, "bytes_per_second": progress.bytes_per_second.round(),
        }),
        Event::Waiting { id, reason, until, message } => json!({
            "event": "waiting", "id": id, "reason": reason, "until": until, "message": message,
        }),
        Event::Finished { id, name, size, sent, location } => json!({
            "event": "finished", "id": id, "name": name, "size": size, "sent": sent, "location": location,
        }),
        Event::Stopped { id, name, state, failure } => json!({
            "event": "failed", "id": id, "name": name, "kind": failure.code, "state": state.name(),
            "message": failure.message, "next_step": failure.next_step,
        }),
        Event::Queued { .. } | Event::StateChanged { .. } | Event::Removed { .. } => return None,
    })
}

fn plain_of(event: &Event) -> Option<String> {
    match event {
        Event::Started { name, size, resumed: true, confirmed, .. } => {
            Some(format!("resuming {name}: {} of {} are there", words::bytes(*confirmed), words::bytes(*size)))
        }
        Event::Started { name, size, .. } => Some(format!("sending {name} ({})", words::bytes(*size))),
        Event::Waiting { message, .. } => Some(format!("waiting: {message}")),
        Event::Finished { name, size, sent, location, .. } => Some(finished(name, *size, *sent, location.as_deref())),
        Event::Stopped { name, failure, .. } => {
            Some(format!("failed: {name}: {}. {}", failure.message, failure.next_step))
        }
        _ => None,
    }
}

fn finished(name: &str, size: u64, sent: u64, location: Option<&str>) -> String {
    let place = location.map(|place| format!(" as {place}")).unwrap_or_default();
    let saved = match sent < size {
        true => format!(", {} of it sent now", words::bytes(sent)),
        false => String::new(),
    };
    format!("delivered {name} ({}{saved}){place}", words::bytes(size))
}

impl Bars {
    fn say(&self, text: &str) {
        let _ = self.all.println(text);
    }

    fn tell(&mut self, event: &Event) {
        let id = event.id();
        match event {
            Event::Started { name, size, confirmed, .. } => self.begin(id, name, *size, *confirmed),
            Event::Progress(progress) => self.with(id, |bar| {
                bar.set_position(progress.confirmed);
                bar.set_message(rate(progress));
            }),
            Event::Waiting { message, .. } => self.with(id, |bar| bar.set_message(format!("waiting: {message}"))),
            Event::Finished { name, size, sent, location, .. } => {
                self.end(id);
                self.say(&format!("✓ {}", finished(name, *size, *sent, location.as_deref())));
            }
            Event::Stopped { name, failure, .. } => {
                self.end(id);
                self.say(&format!("✗ {name}: {}. {}", failure.message, failure.next_step));
            }
            _ => {}
        }
    }

    fn begin(&mut self, id: UploadId, name: &str, size: u64, confirmed: u64) {
        let template = "{prefix:28.!} {bar:30} {percent:>3} %  {msg}";
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = self.all.add(ProgressBar::new(size).with_style(style).with_prefix(name.to_owned()));
        bar.set_position(confirmed);
        self.each.insert(id, bar);
    }

    fn with(&self, id: UploadId, change: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = self.each.get(&id) {
            change(bar);
        }
    }

    fn end(&mut self, id: UploadId) {
        if let Some(bar) = self.each.remove(&id) {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
    }
}

fn rate(progress: &carryon_engine::Progress) -> String {
    let done = format!("{} of {}", words::bytes(progress.confirmed), words::bytes(progress.size));
    let speed = progress.bytes_per_second;
    if speed < 1.0 {
        return done;
    }
    let left = (progress.size - progress.confirmed.min(progress.size)) as f64 / speed;
    let clock = format!("{}:{:02}", (left as u64) / 60, (left as u64) % 60);
    format!("{done}, {}/s, {clock} left", words::bytes(speed as u64))
}
