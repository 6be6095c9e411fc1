//! `carryon watch`: folders whose new, finished files are sent by themselves.

use std::{path::PathBuf, time::Duration};

use carryon_engine::{
    Error,
    socket::{self, End, Request, Secret, Watches},
    watch::{Rule, WatchPace},
};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{
    face,
    open::{self, DataDir},
    report::{self, Report},
    words,
};

/// Watch folders: what is new in them and finished is sent, each file once.
#[derive(Args)]
pub struct Watch {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Watch a folder from now on.
    Add(Box<Add>),
    /// List the watched folders: what each is at, what was sent, what waits.
    List(Common),
    /// Watch one no more; its files and uploads stay.
    Remove(One),
    /// Let one rest; what is taken already goes on.
    Pause(One),
    /// Let one go on; what came meanwhile is sent.
    Resume(One),
    /// Watch them all until it is stopped: for servers, and where no window runs.
    Run(Run),
}

#[derive(Args)]
struct Add {
    /// The folder.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Where to: the name of a saved destination, or its URL.
    #[arg(long, value_name = "DEST")]
    to: String,
    /// Only files whose name (or path below the folder) fits, as *.mov; may be given several times.
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// No file or folder whose name (or path below the folder) fits; may be given several times.
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Only what lies in the folder itself.
    #[arg(long)]
    no_subfolders: bool,
    /// Send what lies there already, too.
    #[arg(long)]
    existing: bool,
    /// How long size and time of a file must have stood still.
    #[arg(long, value_name = "SECONDS", default_value_t = Rule::default().steady_seconds)]
    steady: u32,
    /// Send a file again that changes after it was sent.
    #[arg(long)]
    again_when_changed: bool,
    /// Move what arrived into the folder Sent.
    #[arg(long)]
    move_sent: bool,
    /// Hidden files too, and names that other programs use for what is not finished (.part, .tmp, …).
    #[arg(long)]
    all_names: bool,
    /// A user, a project: records are only matched within their scope.
    #[arg(long, value_name = "SCOPE", default_value = "")]
    scope: String,
    /// Agree to plain http beyond this machine.
    #[arg(long)]
    allow_http: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct One {
    /// Which one; the beginning of its id is enough.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Args)]
struct Common {
    #[command(flatten)]
    data_dir: DataDir,
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Run {
    /// Look at every folder at least so often; those that tell what stirs are looked at sooner.
    #[arg(long, value_name = "SECONDS", default_value_t = WatchPace::default().scan_every.as_secs(), value_parser = clap::value_parser!(u64).range(1..=86_400))]
    scan_every: u64,
    /// A file whose first line is the destination's token [CARRYON_TOKEN gives it too].
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

impl Watch {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        match self.command {
            Command::Add(add) => add.run().await,
            Command::List(common) => common.list().await,
            Command::Remove(one) => {
                one.ask(|id| Watches::Remove { id }, |line| format!("{} is watched no more.", path(line))).await
            }
            Command::Pause(one) => one.ask(|id| Watches::Pause { id }, sentence).await,
            Command::Resume(one) => one.ask(|id| Watches::Resume { id }, sentence).await,
            Command::Run(run) => run.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<u8, Error> {
        let rule = Rule {
            subfolders: !self.no_subfolders,
            include: self.include,
            exclude: self.exclude,
            all_names: self.all_names,
            steady_seconds: self.steady,
            existing: self.existing,
            again_when_changed: self.again_when_changed,
            move_sent: self.move_sent,
        };
        let path = socket::encode_paths(&[self.path])?.pop().unwrap_or_default();
        let ask = Watches::Add { path, to: self.to, scope: self.scope, rule, allow_http: self.allow_http };
        self.common.ask(ask, sentence).await
    }
}

impl One {
    async fn ask(self, ask: impl Fn(String) -> Watches, say: impl Fn(&Value) -> String) -> Result<u8, Error> {
        self.common.ask(ask(self.id), say).await
    }
}

impl Common {
    async fn ask(&self, ask: Watches, say: impl Fn(&Value) -> String) -> Result<u8, Error> {
        let mut hear = |line: Value| match line["event"].as_str() {
            Some("error" | "set_aside") => report::complain(&line),
            _ if self.json => report::line(&line),
            _ => println!("{}", say(&line)),
        };
        face::carry_out(self.data_dir.options()?, Request::Watches(ask), &mut hear).await
    }

    async fn list(&self) -> Result<u8, Error> {
        let count = std::cell::Cell::new(0);
        let say = |line: &Value| {
            count.set(count.get() + 1);
            sentence(line)
        };
        let code = self.ask(Watches::List, say).await?;
        if count.get() == 0 && code == 0 && !self.json {
            println!("No folder is watched.");
        }
        Ok(code)
    }
}

impl Run {
    /// To be stopped is how it ends well.
    async fn run(self) -> Result<u8, Error> {
        let mut options = self.common.data_dir.options()?;
        options.watch.scan_every = Duration::from_secs(self.scan_every);
        let request = Request::Watches(Watches::Run { token: open::token(self.token_file.as_deref())?.map(Secret) });
        let mut report = Report::new(self.common.json, None);
        let code = face::carry_out(options, request, &mut |line| report.tell(&line)).await?;
        Ok(if code == End::Interrupted.code() { End::Done.code() } else { code })
    }
}

/// A watched folder in words.
pub fn sentence(line: &Value) -> String {
    let text = |key: &str| words::plain(line[key].as_str().unwrap_or_default());
    let number = |key: &str| line[key].as_u64().unwrap_or_default();
    let id = line["id"].as_str().and_then(|id| id.get(..8)).unwrap_or_default();
    let why = line["message"].as_str().map(|why| format!(": {}", words::plain(why))).unwrap_or_default();
    let changed = match number("changed") {
        0 => String::new(),
        count => format!(", {count} changed since and left"),
    };
    let problem =
        line["problem"].as_str().map(|text| format!("\n          {}", words::plain(text))).unwrap_or_default();
    format!(
        "{id}  {}{why}\n          {} → {}\n          {} sent, {} waiting{changed}{problem}",
        text("state"),
        path(line),
        text("destination"),
        number("sent"),
        number("waiting"),
    )
}

fn path(line: &Value) -> String {
    words::plain(line["path"].as_str().unwrap_or_default())
}
