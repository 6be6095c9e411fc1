//! `carryon settings`: what is set for everything, in the window and here alike.

use carryon_engine::{
    Error,
    socket::{Request, Settings as Ask},
};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{face, open::DataDir, report, words};

/// Show and change what is set for everything; a destination's own settings and a command's flags win.
#[derive(Args)]
pub struct Settings {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand)]
enum Command {
    /// List all settings.
    List,
    /// Set one; it holds at once, for what is under way too.
    #[command(after_help = HELP)]
    Set {
        /// Its name.
        key: String,
        /// Its value.
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Set some back to their defaults, or all.
    Reset {
        /// Their names [default: all].
        keys: Vec<String>,
    },
}

#[derive(Args)]
struct Common {
    /// The folder of the records [default: the user's own; CARRYON_DATA_DIR sets another].
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<std::path::PathBuf>,
    /// One JSON object a line instead of words.
    #[arg(long, global = true)]
    json: bool,
}

const HELP: &str = "Settings:
  resume            what becomes of interrupted uploads: ask, always, never (they begin anew), off (nothing is kept)
  files_at_once     files sent at once: 1 to 32
  connections       chunks of one file at once, at most: auto, or 1 to 64
  speed_limit       the most bytes a second: off, 2M, or by the time of day as 2M,off@22:00-06:00
  keep_days         days that unfinished uploads are kept after their last byte: 1 to 3650, or never to let them expire
  pause_on_metered  wait while the connection is metered: on, off
  pause_on_battery  on battery, wait below so many percent: off, or 1 to 100 (100: always)
  keep_awake        keep the computer awake while bytes move: on, off";

impl Settings {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        let ask = match self.command.unwrap_or(Command::List) {
            Command::List => Ask::List,
            Command::Set { key, value } => Ask::Set { key: key.replace('-', "_"), value },
            Command::Reset { keys } => Ask::Reset { keys: keys.iter().map(|key| key.replace('-', "_")).collect() },
        };
        let json = self.common.json;
        let mut hear = |line: Value| match line["event"].as_str() {
            Some("unreadable_setting") if json => report::line(&line),
            Some(_) => report::complain(&line),
            None if json => report::line(&line),
            None => println!("{}", sentence(&line)),
        };
        let data_dir = DataDir { data_dir: self.common.data_dir };
        face::carry_out(data_dir.options()?, Request::Settings(ask), &mut hear).await
    }
}

fn sentence(line: &Value) -> String {
    let text = |key: &str| words::plain(line[key].as_str().unwrap_or_default());
    let own = if line["is_default"] == true { "" } else { "  (set)" };
    format!("{:16}  {}{own}", text("key"), text("text"))
}
