//! `carryon send`: adds files and folders and follows them to the end.

use std::path::PathBuf;

use carryon_engine::{AddRequest, Error, ErrorKind};
use clap::Args;

use crate::{
    exit::End,
    follow::Follow,
    open::{self, DataDir, Sending},
    report::Report,
};

/// Send files and folders; what was interrupted goes on where it stopped.
#[derive(Args)]
pub struct Send {
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where to: fineuploader+https://host/upload?done=/upload/done.
    #[arg(long, value_name = "DEST")]
    to: String,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    sending: Sending,
    /// Bytes in a chunk [default: what suits the link].
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
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
}

impl Send {
    /// Runs the command.
    pub async fn run(self) -> Result<End, Error> {
        let engine = open::engine(self.sending.apply(self.data_dir.options()?)).await?;
        let events = engine.subscribe();
        let destination = engine.destination(&self.to).await?;
        engine.set_credentials(destination.id, self.sending.credentials()?);
        let request = AddRequest {
            scope: self.scope,
            chunk_size: self.chunk_size,
            start_over: self.start_over,
            keep: !self.no_resume,
            ..AddRequest::new(self.paths, destination.id)
        };
        let added = engine.add(request).await?;
        let mut report = Report::new(self.sending.json);
        added.problems.iter().for_each(|problem| report.problem(problem));
        let ids: Vec<_> = added.added.into_iter().chain(added.resumed).collect();
        if ids.is_empty() && added.problems.is_empty() {
            engine.shutdown().await?;
            return Err(Error::new(ErrorKind::Invalid, "There are no files in what was given"));
        }
        let advice = (!self.no_resume).then(|| format!("carryon resume --all{}", self.data_dir.flag()));
        let patience = self.sending.patience();
        let follow = Follow { engine, events, report: &mut report, patience, advice };
        follow.until_the_end(ids, !added.problems.is_empty()).await
    }
}
