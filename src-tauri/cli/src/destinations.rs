//! `carryon destinations`: places to send to, saved under names.

use std::path::{Path, PathBuf};

use carryon_engine::{
    Error, ErrorKind,
    socket::{Request, Saved, Secret},
};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{
    face,
    open::{self, DataDir},
    report, words,
};

/// Save places to send to under names, and try them.
#[derive(Args)]
pub struct Destinations {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Save a destination: carryon send … --to NAME.
    Add {
        /// Its name.
        name: String,
        /// Its URL: fineuploader+https://host/upload?done=/upload/done.
        url: String,
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        common: Common,
    },
    /// List the saved destinations.
    List(Common),
    /// Show one, with all that is set about it.
    Show {
        /// Its name.
        name: String,
        #[command(flatten)]
        common: Common,
    },
    /// Change one; its uploads go on.
    Set {
        /// Its name.
        name: String,
        /// Another name.
        #[arg(long, value_name = "NAME")]
        rename: Option<String>,
        /// Another URL.
        #[arg(long)]
        url: Option<String>,
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        common: Common,
    },
    /// Remove one that no unfinished upload needs.
    Remove {
        /// Its name.
        name: String,
        #[command(flatten)]
        common: Common,
    },
    /// Try one, saved or by its URL, and say in plain words what is wrong; nothing is left there.
    Test {
        /// Its name, or a URL.
        destination: String,
        /// A file whose first line is its token [CARRYON_TOKEN gives it too].
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Args)]
struct Common {
    #[command(flatten)]
    data_dir: DataDir,
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Settings {
    /// A file of settings (JSON), as “destinations show --json” prints them.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

impl Settings {
    fn read(&self) -> Result<Option<String>, Error> {
        let read = |file: &Path| {
            std::fs::read_to_string(file).map_err(|error| {
                let text = format!("The settings file “{}” cannot be read", file.display());
                Error::new(ErrorKind::Invalid, text).because(error)
            })
        };
        self.settings.as_deref().map(read).transpose()
    }
}

impl Destinations {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        match self.command {
            Command::Add { name, url, settings, common } => {
                let settings = settings.read()?;
                common.ask(Saved::Add { name, address: url, settings }, |line| format!("Saved {}.", named(line))).await
            }
            Command::List(common) => common.ask(Saved::List, named).await,
            Command::Show { name, common } => common.show(&name).await,
            Command::Set { name, rename, url, settings, common } => {
                let settings = settings.read()?;
                let ask = Saved::Set { named: name, name: rename, address: url, settings };
                common.ask(ask, |line| format!("Changed {}.", named(line))).await
            }
            Command::Remove { name, common } => {
                common.ask(Saved::Remove { named: name }, |_| "Removed.".to_owned()).await
            }
            Command::Test { destination, token_file, common } => {
                let token = open::token(token_file.as_deref())?.map(Secret);
                common.ask(Saved::Test { named: destination, token }, checked).await
            }
        }
    }
}

impl Common {
    async fn ask(&self, ask: Saved, say: impl Fn(&Value) -> String) -> Result<u8, Error> {
        let mut hear = |line: Value| match line["event"].as_str() {
            Some("error") => report::complain(&line),
            _ if self.json => report::line(&line),
            _ => println!("{}", say(&line)),
        };
        face::carry_out(self.data_dir.options()?, Request::Destinations(ask), &mut hear).await
    }

    async fn show(&self, name: &str) -> Result<u8, Error> {
        let mut found = None;
        let mut hear = |line: Value| match line["event"].as_str() {
            Some("error") => report::complain(&line),
            _ if line["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)) => found = Some(line),
            _ => {}
        };
        let code = face::carry_out(self.data_dir.options()?, Request::Destinations(Saved::List), &mut hear).await?;
        let Some(found) = found else {
            let error = Error::new(ErrorKind::Invalid, format!("There is no destination “{name}”"));
            return Err(error.next_step("“carryon destinations list” shows them."));
        };
        match self.json {
            true => report::line(&found["settings"]),
            false => println!("{}\n{:#}", named(&found), found["settings"]),
        }
        Ok(code)
    }
}

fn named(line: &Value) -> String {
    let text = |key: &str| words::plain(line[key].as_str().unwrap_or_default());
    match line["name"] == line["address"] {
        true => text("address"),
        false => format!("{} → {}", text("name"), text("address")),
    }
}

fn checked(line: &Value) -> String {
    let mark = if line["ok"] == true { "✓" } else { "✗" };
    format!("{mark} {}", words::plain(line["message"].as_str().unwrap_or_default()))
}
