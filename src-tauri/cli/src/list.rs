//! `carryon list`: what is not delivered yet.

use carryon_engine::{Error, socket::Request};
use clap::Args;
use serde_json::Value;

use crate::{face, open::DataDir, report, words};

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
    pub async fn run(self) -> Result<u8, Error> {
        let mut count = 0;
        let mut hear = |line: Value| match line["event"].as_str() {
            Some("unreadable") => {
                eprintln!("carryon: {} more cannot be read; they are kept as they are.", line["count"])
            }
            Some("set_aside") if self.json => report::line(&line),
            Some(_) => report::complain(&line),
            None if self.json => report::line(&line),
            None => {
                count += 1;
                println!("{}", sentence(&line));
            }
        };
        let code = face::carry_out(self.data_dir.options()?, Request::List, &mut hear).await?;
        if count == 0 && code == 0 && !self.json {
            println!("Nothing is unfinished.");
        }
        Ok(code)
    }
}

fn sentence(line: &Value) -> String {
    let text = |key: &str| line[key].as_str().unwrap_or_default();
    let number = |key: &str| words::bytes(line[key].as_u64().unwrap_or_default());
    let reason = line["reason"].as_str().map(|reason| format!(" ({reason})")).unwrap_or_default();
    let id = text("id").get(..8).unwrap_or_default();
    let (path, destination) = (words::plain(text("path")), words::plain(text("destination")));
    let state = text("state").replace('_', " ");
    let (confirmed, size) = (number("confirmed"), number("size"));
    let kept = line["expires_at"].as_i64().map(|at| format!(", kept until {}", words::when(at))).unwrap_or_default();
    format!("{id}  {state}{reason}\n          {path} → {destination}\n          {confirmed} of {size} confirmed{kept}")
}
