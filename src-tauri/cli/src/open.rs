//! The options that the commands share.

use std::path::{Path, PathBuf};

use carryon_engine::{Error, ErrorKind, HttpOptions, Options, RunWishes, SpeedLimit, socket::Secret};
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
    /// Chunks of one file at once, for this run.
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
    /// The most bytes a second for this run, with k, M or G; by the time of day as 2M,off@22:00-06:00.
    #[arg(long, value_name = "RATE")]
    pub limit_rate: Option<SpeedLimit>,
    /// Do not wait for another connection or for power, whatever the settings say.
    #[arg(long)]
    pub anyway: bool,
    /// One JSON object a line instead of words.
    #[arg(long)]
    pub json: bool,
}

impl Sending {
    /// `options` with these wishes.
    pub fn apply(&self, mut options: Options) -> Options {
        options.http = HttpOptions { allow_http: self.allow_http, ..options.http.clone() };
        options
    }

    /// What is wished for this run only; whoever carries it out keeps to it.
    pub fn wishes(&self) -> RunWishes {
        RunWishes {
            speed_limit: self.limit_rate.clone(),
            connections: self.connections.map(usize::from),
            anyway: self.anyway,
        }
    }

    /// Who asks, from the token file or the environment.
    pub fn token(&self) -> Result<Option<Secret>, Error> {
        Ok(token(self.token_file.as_deref())?.map(Secret))
    }

    /// How many seconds to go on without progress.
    pub fn patience(&self) -> Option<u64> {
        let script = || !std::io::IsTerminal::is_terminal(&std::io::stderr());
        self.give_up_after.or_else(|| script().then_some(15 * 60))
    }
}

/// The token in `file`, else in `CARRYON_TOKEN`.
pub fn token(file: Option<&Path>) -> Result<Option<String>, Error> {
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
