//! `carryon import`: carries on with an upload that another machine wrote down.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use carryon_engine::{
    Error, ErrorKind, LONGEST_DOCUMENT,
    socket::{self, Request},
};
use clap::Args;

use crate::{
    face,
    open::{DataDir, Sending},
    report::Report,
};

/// Carry on with an upload of another machine; the same file has to be here, and is proved to be.
#[derive(Args)]
pub struct Import {
    /// What “carryon export” wrote; - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the same file lies here.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// A saved destination that reaches the same server, in place of the document's.
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// Only add it; “carryon resume” carries on.
    #[arg(long)]
    no_start: bool,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    sending: Sending,
}

impl Import {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let request = Request::Import {
            document: read(&self.file)?,
            path: socket::encode_paths(&[self.path])?.concat(),
            to: self.to,
            start: !self.no_start,
            token: self.sending.token()?,
            give_up_after: self.sending.patience(),
            wishes: self.sending.wishes(),
        };
        let advice = Some(format!("carryon resume --all{}", self.data_dir.flag()));
        let mut report = Report::new(self.sending.json, advice);
        let options = self.sending.apply(self.data_dir.options()?);
        face::carry_out(options, request, &mut |line| report.tell(&line)).await
    }
}

/// Never more than a document may have.
fn read(file: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let most = LONGEST_DOCUMENT as u64 + 1;
    let read = match file == Path::new("-") {
        true => std::io::stdin().take(most).read_to_string(&mut text),
        false => File::open(file).and_then(|file| file.take(most).read_to_string(&mut text)),
    };
    read.map(|_| text).map_err(|error| {
        let text = format!("The file “{}” cannot be read", file.display());
        Error::new(ErrorKind::Invalid, text).because(error)
    })
}
