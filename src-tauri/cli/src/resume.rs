//! `carryon resume`: carries on with what was interrupted.

use carryon_engine::{
    Error, ErrorKind,
    socket::{How, Request, ResumeWhich},
};
use clap::Args;

use crate::{
    face,
    open::{DataDir, Sending},
};

/// Carry on with interrupted uploads.
#[derive(Args)]
pub struct Resume {
    /// Which ones; the beginning of an id is enough.
    #[arg(value_name = "ID", conflicts_with = "all")]
    ids: Vec<String>,
    /// All that can be resumed.
    #[arg(long)]
    all: bool,
    /// Begin anew, with the files as they are now.
    #[arg(long, conflicts_with = "finish_again")]
    start_over: bool,
    /// Ask again for the finish of uploads whose outcome is unknown, after a look at the destination.
    #[arg(long, requires = "ids")]
    finish_again: bool,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    sending: Sending,
}

impl Resume {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        if self.ids.is_empty() && !self.all {
            let error = Error::new(ErrorKind::Invalid, "It is not said which uploads are to be resumed");
            return Err(error.next_step("Name them, or say --all; “carryon list” shows them."));
        }
        let request = Request::Resume {
            which: if self.all { ResumeWhich::All } else { ResumeWhich::Named(self.ids) },
            how: match (self.start_over, self.finish_again) {
                (true, _) => How::StartOver,
                (_, true) => How::FinishAgain,
                _ => How::CarryOn,
            },
            token: self.sending.token()?,
            give_up_after: self.sending.patience(),
            wishes: self.sending.wishes(),
        };
        face::follow(&self.data_dir, &self.sending, request).await
    }
}
