//! `carryon locate`: carries on with an upload whose file lies elsewhere now.

use std::path::PathBuf;

use carryon_engine::{
    Error,
    socket::{self, Request},
};
use clap::Args;

use crate::{
    face,
    open::{DataDir, Sending},
};

/// Say where the file of an upload lies now, and carry on.
#[derive(Args)]
pub struct Locate {
    /// Which upload; the beginning of its id is enough.
    #[arg(value_name = "ID")]
    id: String,
    /// Where the file lies now.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    sending: Sending,
}

impl Locate {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let request = Request::Locate {
            id: self.id,
            path: socket::encode_paths(&[self.path])?.concat(),
            token: self.sending.token()?,
            give_up_after: self.sending.patience(),
            wishes: self.sending.wishes(),
        };
        face::follow(&self.data_dir, &self.sending, request).await
    }
}
