//! `carryon list`: what is not delivered yet.

use carryon_engine::{Error, Listed};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    exit::End,
    open::{self, DataDir},
    report, words,
};

/// List uploads that are not finished.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    data_dir: DataDir,
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
}

impl List {
    /// Runs the command.
    pub async fn run(self) -> Result<End, Error> {
        let engine = open::engine(self.data_dir.options()?).await?;
        let (listed, unreadable) = engine.list().await?;
        match self.json {
            true => listed.iter().for_each(|listed| report::line(&object(listed))),
            false if listed.is_empty() => println!("Nothing is unfinished."),
            false => listed.iter().for_each(|listed| println!("{}", sentence(listed))),
        }
        engine.shutdown().await?;
        if unreadable > 0 {
            eprintln!("carryon: {unreadable} more cannot be read; they are kept as they are.");
            return Ok(End::SomeFailed);
        }
        Ok(End::Done)
    }
}

fn object(listed: &Listed) -> Value {
    let upload = &listed.upload;
    json!({
        "id": upload.id, "name": upload.name, "path": upload.path.to_string_lossy(), "size": upload.size,
        "confirmed": upload.confirmed, "chunks_left": upload.chunks_left, "destination": upload.destination_name,
        "scope": upload.scope, "state": upload.state.name(), "reason": upload.state.reason(),
        "updated_at": upload.updated_at, "expires_at": upload.expires_at,
    })
}

fn sentence(listed: &Listed) -> String {
    let upload = &listed.upload;
    let id = upload.id.to_string();
    let state = upload.state.name().replace('_', " ");
    let reason = upload.state.reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let (confirmed, size) = (words::bytes(upload.confirmed), words::bytes(upload.size));
    format!(
        "{}  {state}{reason}\n          {} → {}\n          {confirmed} of {size} confirmed",
        &id[..8],
        upload.path.display(),
        upload.destination_name
    )
}
