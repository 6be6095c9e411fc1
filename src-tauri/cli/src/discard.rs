//! `carryon discard`: drops uploads, and tells their destinations to forget what they hold.

use std::time::{Duration, Instant};

use carryon_engine::{Engine, Error};
use clap::Args;

use crate::{
    exit::End,
    open::{self, DataDir},
    select, words,
};

/// How long to wait for the destinations' word; what is left is told at the next start.
const PATIENCE: Duration = Duration::from_secs(10);

/// Discard unfinished uploads, here and at the destination.
#[derive(Args)]
pub struct Discard {
    /// Which ones; the beginning of an id is enough.
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    /// A file whose first line is the destination's token [CARRYON_TOKEN gives it too].
    #[arg(long, value_name = "FILE")]
    token_file: Option<std::path::PathBuf>,
    #[command(flatten)]
    data_dir: DataDir,
}

impl Discard {
    /// Runs the command.
    pub async fn run(self) -> Result<End, Error> {
        let engine = open::engine(self.data_dir.options()?).await?;
        let (listed, _) = engine.list().await?;
        let ids = select::uploads(&listed, &self.ids)?;
        let token = open::token(self.token_file.as_deref())?;
        for listed in listed.iter().filter(|listed| ids.contains(&listed.upload.id)) {
            let credentials = carryon_engine::Credentials { token: token.clone() };
            engine.set_credentials(listed.upload.destination, credentials);
        }
        let outcomes = engine.discard(&ids).await;
        outcomes.problems.iter().for_each(|(_, error)| eprintln!("failed: {error}. {}", error.advice()));
        wait_for_errands(&engine).await?;
        engine.shutdown().await?;
        println!("Discarded {}.", words::uploads(outcomes.done.len()));
        Ok(if outcomes.problems.is_empty() { End::Done } else { End::SomeFailed })
    }
}

async fn wait_for_errands(engine: &Engine) -> Result<(), Error> {
    let deadline = Instant::now() + PATIENCE;
    while engine.errands_left().await? > 0 {
        if Instant::now() > deadline {
            eprintln!("The destination could not be told yet; Carryon tells it when it runs again.");
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
