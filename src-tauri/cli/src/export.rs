//! `carryon export`: writes an unfinished upload down for another machine.
//!
//! With `--move` the record goes from here only after the document is written and synced: no moment is without both.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use carryon_engine::{Error, ErrorKind, socket::Request};
use clap::Args;
use serde_json::Value;

use crate::{face, open::DataDir, report, words};

/// Write an unfinished upload down, to carry on with it on another machine that has the same file.
#[derive(Args)]
pub struct Export {
    /// Which upload; the beginning of its id is enough.
    #[arg(value_name = "ID")]
    id: String,
    /// Write to this new file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Let go of it here; the destination is told nothing.
    #[arg(long = "move")]
    moves: bool,
    #[command(flatten)]
    data_dir: DataDir,
}

impl Export {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let (mut exported, request) = (None, Request::Export { id: self.id.clone() });
        let mut hear = |line: Value| match line["event"].as_str() {
            Some("exported") => exported = Some(line),
            _ => report::complain(&line),
        };
        let code = face::carry_out(self.data_dir.options()?, request, &mut hear).await?;
        let Some(exported) = exported else { return Ok(code) };
        let document = exported["document"].as_str().unwrap_or_default();
        write(document, self.output.as_deref()).map_err(|error| {
            Error::new(ErrorKind::Storage, "The document could not be written; the upload stays here").because(error)
        })?;
        if exported["whole"] == false {
            eprintln!(
                "The file is not here as it was: only what is confirmed of it can be proved on the other machine."
            );
        }
        match self.moves {
            true => self.let_go(&exported).await,
            false => {
                eprintln!("{}", self.advice(&exported));
                Ok(code)
            }
        }
    }

    async fn let_go(&self, exported: &Value) -> Result<u8, Error> {
        let id = exported["id"].as_str().unwrap_or_default().to_owned();
        let request = Request::LetGo { id, as_of: exported["as_of"].as_i64().unwrap_or_default() };
        let mut hear = |line: Value| match line["event"].as_str() {
            Some("let_go") => eprintln!("{} is no longer here. Carry on with it by carryon import.", name(exported)),
            _ => report::complain(&line),
        };
        face::carry_out(self.data_dir.options()?, request, &mut hear).await
    }

    fn advice(&self, exported: &Value) -> String {
        let (name, id) = (name(exported), exported["id"].as_str().unwrap_or_default());
        format!(
            "{name} rests here. Only one machine should carry on with it: the other one by carryon import FILE PATH,\n\
             or this one by carryon resume {id}{}. To discard it here would end it at the destination too.",
            self.data_dir.flag()
        )
    }
}

fn name(exported: &Value) -> String {
    words::plain(exported["name"].as_str().unwrap_or_default())
}

fn write(document: &str, output: Option<&Path>) -> io::Result<()> {
    if let Some(path) = output {
        let mut file = File::create_new(path)?;
        writeln!(file, "{document}")?;
        return file.sync_all();
    }
    let mut stdout = io::stdout();
    writeln!(stdout, "{document}")?;
    stdout.flush()?;
    sync(&stdout)
}

/// What standard output was sent to a file is on the disk afterwards; a pipe or a terminal has none.
#[cfg(unix)]
fn sync(stdout: &io::Stdout) -> io::Result<()> {
    use std::os::fd::AsFd;
    match File::from(stdout.as_fd().try_clone_to_owned()?).sync_all() {
        Err(error) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync(_: &io::Stdout) -> io::Result<()> {
    Ok(())
}
