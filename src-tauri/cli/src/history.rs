//! `carryon history`: what became of uploads.

use carryon_engine::{Error, socket::Request};
use clap::Args;
use serde_json::Value;

use crate::{face, open::DataDir, report, words};

/// Show what was delivered and what was discarded.
#[derive(Args)]
pub struct History {
    /// How many at most, the newest.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    data_dir: DataDir,
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
}

impl History {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let mut hear = |line: Value| match line["event"].as_str() {
            Some(_) => report::complain(&line),
            None if self.json => report::line(&line),
            None => println!("{}", sentence(&line)),
        };
        face::carry_out(self.data_dir.options()?, Request::History { limit: self.limit }, &mut hear).await
    }
}

fn sentence(line: &Value) -> String {
    let text = |key: &str| words::plain(line[key].as_str().unwrap_or_default());
    let place = line["location"].as_str().map(|place| format!(" as {}", words::plain(place))).unwrap_or_default();
    let size = words::bytes(line["size"].as_u64().unwrap_or_default());
    format!("{}: {} ({size}) → {}{place}", text("outcome"), text("path"), text("destination"))
}
