//! `carryon discard`: drops uploads, and tells their destinations to forget what they hold.

use carryon_engine::{
    Error,
    socket::{Request, Secret},
};
use clap::Args;

use crate::{
    face,
    open::{self, DataDir},
    report::Report,
};

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
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
}

impl Discard {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let token = open::token(self.token_file.as_deref())?.map(Secret);
        let request = Request::Discard { ids: self.ids, token };
        let mut report = Report::new(self.json, None);
        face::carry_out(self.data_dir.options()?, request, &mut |line| report.tell(&line)).await
    }
}
