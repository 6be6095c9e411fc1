//! `carryon order`: which of the waiting uploads goes first.

use carryon_engine::{Error, Order as Place, socket::Request};
use clap::Args;

use crate::{face, open::DataDir, report::Report};

/// Move uploads within the queue.
#[derive(Args)]
pub struct Order {
    /// Which ones; the beginning of an id is enough.
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    place: To,
    #[command(flatten)]
    data_dir: DataDir,
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
}

/// Where to; one of these.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct To {
    /// Before all others of the same priority.
    #[arg(long)]
    first: bool,
    /// Behind all others of the same priority.
    #[arg(long)]
    last: bool,
    /// Another priority; the higher goes first, 0 is usual.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    priority: Option<i32>,
}

impl Order {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let order = match (self.place.first, self.place.priority) {
            (true, _) => Place::First,
            (false, Some(priority)) => Place::Priority(priority),
            (false, None) => Place::Last,
        };
        let mut report = Report::new(self.json, None);
        let request = Request::Order { ids: self.ids, order };
        face::carry_out(self.data_dir.options()?, request, &mut |line| report.tell(&line)).await
    }
}
