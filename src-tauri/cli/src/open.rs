//! The options that every command on the records shares, and opening the engine with them.

use std::{path::PathBuf, time::Duration};

use carryon_engine::{Credentials, Engine, Error, ErrorKind, HttpOptions, Limits, Options};
use clap::Args;

/// Where the records live.
#[derive(Args)]
pub struct DataDir {
    /// The folder of the records [default: the user's own; CARRYON_DATA_DIR sets another].
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

impl DataDir {
    /// The engine's defaults on these records.
    pub fn options(&self) -> Result<Options, Error> {
        Ok(Options::new(carryon_engine::data_dir(self.data_dir.as_deref())?))
    }

    /// How the user says so again, for advice.
    pub fn flag(&self) -> String {
        self.data_dir.as_ref().map(|dir| format!(" --data-dir “{}”", dir.display())).unwrap_or_default()
    }
}

/// How uploads are sent.
#[derive(Args)]
pub struct Sending {
    /// Chunks of one file at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub connections: Option<u16>,
    /// Agree to plain http beyond this machine.
    #[arg(long)]
    pub allow_http: bool,
    /// A file whose first line is the destination's token [CARRYON_TOKEN gives it too].
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Give up after so many seconds without any progress [default: never on a terminal, else 900].
    #[arg(long, value_name = "SECONDS")]
    pub give_up_after: Option<u64>,
    /// One JSON object a line instead of words.
    #[arg(long)]
    pub json: bool,
}

impl Sending {
    /// `options` with these wishes.
    pub fn apply(&self, mut options: Options) -> Options {
        let chunks = self.connections.map_or(options.limits.chunks, usize::from);
        options.limits = Limits { chunks, ..options.limits };
        options.http = HttpOptions { allow_http: self.allow_http, ..options.http };
        options
    }

    /// Who asks, from the token file or the environment.
    pub fn credentials(&self) -> Result<Credentials, Error> {
        Ok(Credentials { token: token(self.token_file.as_deref())? })
    }

    /// How long to go on without progress.
    pub fn patience(&self) -> Option<Duration> {
        let script = || !std::io::IsTerminal::is_terminal(&std::io::stderr());
        let seconds = self.give_up_after.or_else(|| script().then_some(15 * 60));
        seconds.map(Duration::from_secs)
    }
}

/// The token in `file`, else in `CARRYON_TOKEN`.
pub fn token(file: Option<&std::path::Path>) -> Result<Option<String>, Error> {
    let Some(file) = file else { return Ok(std::env::var("CARRYON_TOKEN").ok().filter(|token| !token.is_empty())) };
    let unreadable = |error: std::io::Error| {
        Error::new(ErrorKind::Invalid, format!("The token file “{}” cannot be read", file.display())).because(error)
    };
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let token = text.lines().next().unwrap_or_default().trim().to_owned();
    match token.is_empty() {
        true => Err(Error::new(ErrorKind::Invalid, format!("The token file “{}” is empty", file.display()))),
        false => Ok(Some(token)),
    }
}

/// Opens the engine and tells what had to be set aside.
pub async fn engine(options: Options) -> Result<Engine, Error> {
    let engine = Engine::open(options).await?;
    if let Some(aside) = engine.set_aside() {
        eprintln!(
            "carryon: the records were damaged and have been set aside as “{}”; nothing was deleted.",
            aside.display()
        );
    }
    Ok(engine)
}
