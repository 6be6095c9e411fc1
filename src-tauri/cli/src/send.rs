//! `carryon send`: adds files and folders and follows them to the end.

use std::path::PathBuf;

use carryon_engine::{
    Error,
    socket::{self, Request},
};
use clap::Args;

use crate::{
    face,
    open::{DataDir, Sending},
    report::Report,
    words,
};

/// Send files and folders; what was interrupted goes on where it stopped.
#[derive(Args)]
pub struct Send {
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where to: the name of a saved destination, or its URL: tus+https://host/files/, ietf+https://host/target,
    /// fineuploader+https://host/upload?done=/upload/done.
    #[arg(long, value_name = "DEST")]
    to: String,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    sending: Sending,
    /// Bytes in a chunk [default: what suits the link].
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..=i64::MAX.unsigned_abs()))]
    chunk_size: Option<u64>,
    /// A user, a project: records are only matched within their scope.
    #[arg(long, value_name = "SCOPE", default_value = "")]
    scope: String,
    /// Begin anew even where an interrupted upload could go on.
    #[arg(long)]
    start_over: bool,
    /// Keep nothing: what is interrupted begins anew next time.
    #[arg(long, conflicts_with = "start_over")]
    no_resume: bool,
    /// The higher goes first; 0 is usual.
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    priority: i32,
    /// Not before this moment: 22:00, or 2027-01-31 22:00, local time.
    #[arg(long, value_name = "TIME", value_parser = words::moment)]
    start_at: Option<i64>,
    /// Hand the files to the running Carryon and do not wait for the end.
    #[arg(long, conflicts_with = "no_resume")]
    detach: bool,
}

impl Send {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let options = self.sending.apply(self.data_dir.options()?);
        let request = Request::Send(socket::Send {
            paths: socket::encode_paths(&self.paths)?,
            to: self.to,
            scope: self.scope,
            chunk_size: self.chunk_size,
            start_over: self.start_over,
            keep: !self.no_resume,
            detach: self.detach,
            allow_http: self.sending.allow_http,
            token: self.sending.token()?,
            give_up_after: self.sending.patience(),
            priority: self.priority,
            start_at: self.start_at,
            wishes: self.sending.wishes(),
        });
        let advice = (!self.no_resume).then(|| format!("carryon resume --all{}", self.data_dir.flag()));
        let mut report = Report::new(self.sending.json, advice);
        face::carry_out(options, request, &mut |line| report.tell(&line)).await
    }
}
