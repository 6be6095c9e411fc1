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
        /// Its URL: tus+https://host/files/, ietf+https://host/target, or
        /// fineuploader+https://host/upload?done=/upload/done.
        url: String,
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        token: Token,
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
        token: Token,
        /// Forget its token, here and in the keychain.
        #[arg(long, conflicts_with = "token_file")]
        forget_token: bool,
        #[command(flatten)]
        common: Common,
    },
    /// Remove one that no unfinished upload needs.
    Remove {
        /// Its name.
        name: String,
        /// Remove it as soon as no upload needs it any more; until then it is hidden, and its uploads go on.
        #[arg(long)]
        later: bool,
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
    /// Write destinations down for another machine, to standard output; tokens stay here.
    Export {
        /// Which ones [default: all saved ones].
        names: Vec<String>,
        #[command(flatten)]
        data_dir: DataDir,
    },
    /// Save what “destinations export” wrote down; what is here already stays as it is.
    Import {
        /// The file.
        file: PathBuf,
        /// Replace the settings of destinations that are here already.
        #[arg(long)]
        replace: bool,
        /// Only say what would come of it.
        #[arg(long, conflicts_with = "replace")]
        dry_run: bool,
        #[command(flatten)]
        common: Common,
    },
    /// List the finished files that one tells of.
    Files {
        /// Its name, or its URL.
        name: String,
        /// Delete the file of this id there, for good.
        #[arg(long, value_name = "ID")]
        delete: Option<String>,
        #[command(flatten)]
        token: Token,
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Args)]
struct Token {
    /// A file whose first line is its token; a saved destination's goes into the keychain.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
}

impl Token {
    /// What is to be kept: only what was named on purpose.
    fn to_keep(&self) -> Result<Option<Secret>, Error> {
        match &self.token_file {
            Some(file) => Ok(open::token(Some(file))?.map(Secret)),
            None => Ok(None),
        }
    }
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
        self.settings.as_deref().map(read).transpose()
    }
}

fn read(file: &Path) -> Result<String, Error> {
    std::fs::read_to_string(file).map_err(|error| {
        let text = format!("The file “{}” cannot be read", file.display());
        Error::new(ErrorKind::Invalid, text).because(error)
    })
}

impl Destinations {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        match self.command {
            Command::Add { name, url, settings, token, common } => {
                let (settings, token) = (settings.read()?, token.to_keep()?);
                let ask = Saved::Add { name, address: url, settings, token };
                common.ask(ask, |line| kept(line).unwrap_or_else(|| format!("Saved {}.", named(line)))).await
            }
            Command::List(common) => common.ask(Saved::List, named).await,
            Command::Show { name, common } => common.show(&name).await,
            Command::Set { name, rename, url, settings, token, forget_token, common } => {
                let (settings, token) = (settings.read()?, token.to_keep()?);
                let ask = Saved::Set { named: name, name: rename, address: url, settings, token, forget_token };
                common.ask(ask, |line| kept(line).unwrap_or_else(|| format!("Changed {}.", named(line)))).await
            }
            Command::Remove { name, later, common } => common.ask(Saved::Remove { named: name, later }, removed).await,
            Command::Test { destination, token_file, common } => {
                let token = open::token(token_file.as_deref())?.map(Secret);
                common.ask(Saved::Test { named: destination, token }, checked).await
            }
            Command::Export { names, data_dir } => {
                let common = Common { data_dir, json: false };
                common.ask(Saved::Export { names }, |document| format!("{document:#}")).await
            }
            Command::Import { file, replace, dry_run, common } => {
                let document = read(&file)?;
                common.ask(Saved::Import { document, replace, dry_run }, imported).await
            }
            Command::Files { name, delete, token, common } => {
                let token = open::token(token.token_file.as_deref())?.map(Secret);
                let ask = match delete {
                    Some(id) => Saved::DeleteFile { named: name, id, token },
                    None => Saved::Files { named: name, token },
                };
                common.ask(ask, file_line).await
            }
        }
    }
}

impl Common {
    async fn ask(&self, ask: Saved, say: impl Fn(&Value) -> String) -> Result<u8, Error> {
        let mut hear = |line: Value| match line["event"].as_str() {
            Some("error" | "set_aside") => report::complain(&line),
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

/// What became of a token.
fn kept(line: &Value) -> Option<String> {
    match line["kept"].as_str()? {
        "keychain" => Some("Its token is in the keychain.".to_owned()),
        _ => {
            let why = words::plain(line["message"].as_str().unwrap_or_default());
            Some(format!(
                "Its token could not be kept ({why}): give it again with each send, by --token-file or CARRYON_TOKEN."
            ))
        }
    }
}

fn removed(line: &Value) -> String {
    match line["needed_by"].as_u64() {
        None => "Removed.".to_owned(),
        Some(count) => format!(
            "It is hidden, and goes once {} it no longer.",
            match count {
                1 => "the upload that it has needs".to_owned(),
                count => format!("the {count} uploads that it has need"),
            }
        ),
    }
}

fn imported(line: &Value) -> String {
    let text = |key: &str| words::plain(line[key].as_str().unwrap_or_default());
    match line["event"].as_str() {
        Some("imported") => format!("Saved {}.", text("name")),
        Some("planned") => planned(line),
        _ => format!("Left out {}: {}. {}", text("name"), text("message"), text("next_step")),
    }
}

fn planned(line: &Value) -> String {
    let text = |key: &str| words::plain(line[key].as_str().unwrap_or_default());
    let what = match line["plan"].as_str() {
        Some("new") => "would be saved".to_owned(),
        Some("same") => "is here already".to_owned(),
        Some("different") => "is here already with other settings (--replace takes these)".to_owned(),
        _ => format!("would be left out: {}", text("message")),
    };
    let caution = |caution: &Value| match caution.as_str() {
        Some("plain_http") => "; it sends without encryption",
        Some("certificates") => "; it trusts certificates of a file",
        _ => "",
    };
    let cautions: String = line["cautions"].as_array().into_iter().flatten().map(caution).collect();
    format!("{} {what}{cautions}.", text("name"))
}

fn file_line(line: &Value) -> String {
    let text = |key: &str| words::plain(line[key].as_str().unwrap_or_default());
    if line["event"] == "removed" {
        return format!("Deleted {}.", text("name"));
    }
    let place = if line["location"].is_string() { text("location") } else { text("name") };
    let size = line["size"].as_u64().map(|size| format!(" ({})", words::bytes(size))).unwrap_or_default();
    format!("{place}{size}  {}", text("id"))
}
