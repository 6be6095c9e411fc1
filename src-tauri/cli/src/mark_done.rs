//! `carryon mark-done`: a person's word that uploads of unknown outcome are complete.

use carryon_engine::{Error, socket::Request};
use clap::Args;

use crate::{face, open::DataDir, report::Report};

/// Say that uploads whose outcome is unknown are complete, after a look at the destination.
#[derive(Args)]
pub struct MarkDone {
    /// Which ones; the beginning of an id is enough.
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    data_dir: DataDir,
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
}

impl MarkDone {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let mut report = Report::new(self.json, None);
        let request = Request::MarkDone { ids: self.ids };
        face::carry_out(self.data_dir.options()?, request, &mut |line| report.tell(&line)).await
    }
}
