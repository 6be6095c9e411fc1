//! The log: in files beside the records for whoever looks for a fault, and on standard error for developers.
//!
//! The files are few and small, and what goes into them has passed [`redact`] first: no token, no password, of addresses
//! nothing beyond the server. How much is written can be changed at any time.

mod redact;
mod rotate;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

pub use redact::redact;
use rotate::Rotating;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::LevelFilter, fmt, layer::SubscriberExt, reload, util::SubscriberInitExt,
};

/// The folder of the files, in the data folder.
const FOLDER: &str = "logs";
/// Whose news is written down in detail; of others only warnings.
const OURS: [&str; 4] = ["carryon_engine", "carryon_receiver", "carryon_system", "carryon_app"];

/// The program's log.
#[derive(Clone, Debug)]
pub struct Log {
    files: Option<Files>,
    level: reload::Handle<EnvFilter, Registry>,
}

impl Log {
    /// Lets this process write its log into files in `data_dir`, where there is one, and what the filter in `CARRYON_LOG`
    /// asks for (else warnings) on standard error. To be called once; nothing is written before the first line comes.
    pub fn set_up(data_dir: Option<&Path>) -> Self {
        let files = data_dir.map(|dir| Files::at(dir.join(FOLDER)));
        let (filter, level) = reload::Layer::new(filter_of("info"));
        let kept = files.clone().map(|files| {
            let lines =
                fmt::layer().with_ansi(false).with_writer(move || Line { files: files.clone(), text: Vec::new() });
            lines.with_filter(filter)
        });
        let asked = EnvFilter::try_from_env("CARRYON_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
        let told = fmt::layer().with_writer(io::stderr).with_filter(asked);
        // Whoever set up a log before keeps it.
        let _ = tracing_subscriber::registry().with(kept).with(told).try_init();
        Self { files, level }
    }

    /// Writes that much into the files from now on: `off`, `error`, `warn`, `info` or `debug`.
    pub fn set_level(&self, level: &str) {
        let _ = self.level.reload(filter_of(level));
    }

    /// Where the files lie; none where there are none.
    pub fn folder(&self) -> Option<PathBuf> {
        self.files.as_ref().map(|files| files.lock().folder().to_owned())
    }

    /// The last lines that were written, oldest first.
    pub fn last_lines(&self, count: usize) -> Vec<String> {
        let text = self.files.as_ref().map(|files| files.lock().last()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(count)..].iter().map(|line| (*line).to_owned()).collect()
    }
}

fn filter_of(level: &str) -> EnvFilter {
    let level: LevelFilter = level.parse().unwrap_or(LevelFilter::INFO);
    let others = level.min(LevelFilter::WARN);
    let ours = OURS.map(|name| format!("{name}={level}")).join(",");
    EnvFilter::new(format!("{others},{ours}"))
}

/// The files, shared by all who write.
#[derive(Clone, Debug)]
struct Files(Arc<Mutex<Rotating>>);

impl Files {
    fn at(folder: PathBuf) -> Self {
        Self(Arc::new(Mutex::new(Rotating::new(folder))))
    }

    /// Held for a write or a read of small files.
    fn lock(&self) -> std::sync::MutexGuard<'_, Rotating> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One line on its way into the files: a secret is seen only where the whole line is.
struct Line {
    files: Files,
    text: Vec<u8>,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let line = redact(&String::from_utf8_lossy(&self.text));
        // A log that cannot be written must not stop what it tells of.
        let _ = self.files.lock().write(line.as_bytes());
    }
}
