//! `carryon history`: what became of uploads, and the receipts of those that were delivered.

use std::io::Write;

use carryon_engine::{
    Ending, Error, Search,
    receipt::{Level, Receipt},
    socket::{self, Request},
};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::Value;

use crate::{face, open::DataDir, report, words};

/// Show what was delivered and what was discarded.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct History {
    #[command(subcommand)]
    command: Option<Command>,
    /// How many at most, the newest.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Only those with each of these words in their name, their folders or their destination.
    #[arg(long, value_name = "WORDS")]
    find: Option<String>,
    /// Only those that ended so.
    #[arg(long, value_name = "HOW")]
    ended: Option<Ended>,
    /// Only those for this destination.
    #[arg(long, value_name = "NAME")]
    destination: Option<String>,
    #[command(flatten)]
    data_dir: DataDir,
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
    /// A table of comma-separated values (RFC 4180) instead of words.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// How uploads ended.
#[derive(Clone, Copy, ValueEnum)]
enum Ended {
    /// The destination has it.
    Done,
    /// A person said that the destination has it.
    MarkedDone,
    /// Dropped by the user.
    Discarded,
    /// Past its lifetime.
    Expired,
    /// Another machine carries it on.
    Moved,
}

impl From<Ended> for Ending {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Ending::Done,
            Ended::MarkedDone => Ending::MarkedDone,
            Ended::Discarded => Ending::Discarded,
            Ended::Expired => Ending::Expired,
            Ended::Moved => Ending::Moved,
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Show the receipt of an upload that was delivered; with --json it is a document for carryon verify.
    Show(Show),
}

#[derive(Args)]
struct Show {
    /// Which one; the beginning of its id is enough.
    id: String,
    /// Read the file once more for the BLAKE3 of the whole, and keep that in the receipt.
    #[arg(long)]
    digest: bool,
    /// And for its SHA-256.
    #[arg(long)]
    sha256: bool,
    #[command(flatten)]
    data_dir: DataDir,
    /// The receipt as one line of JSON.
    #[arg(long)]
    json: bool,
}

impl History {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        if let Some(Command::Show(show)) = self.command {
            return show.run().await;
        }
        if self.csv {
            row(&socket::history_table_head());
        }
        let mut hear = |line: Value| match line["event"].as_str() {
            Some(_) => report::complain(&line),
            None if self.json => report::line(&line),
            None if self.csv => row(&socket::history_table_row(&line)),
            None => println!("{}", sentence(&line)),
        };
        let find = Search {
            words: self.find.unwrap_or_default(),
            ending: self.ended.map(Ending::from),
            destination: self.destination,
            ..Search::default()
        };
        face::carry_out(self.data_dir.options()?, Request::History { limit: self.limit, find }, &mut hear).await
    }
}

impl Show {
    async fn run(self) -> Result<u8, Error> {
        let mut hear = |line: Value| match line["event"].as_str() {
            Some(_) => report::complain(&line),
            None if self.json => report::line(&line),
            None => match serde_json::from_value(line) {
                Ok(receipt) => sentences(&receipt).iter().for_each(|sentence| println!("{sentence}")),
                Err(error) => eprintln!("carryon: the receipt came in a form that is not known: {error}."),
            },
        };
        let request = Request::Receipt { id: self.id, digest: self.digest, sha256: self.sha256 };
        face::carry_out(self.data_dir.options()?, request, &mut hear).await
    }
}

/// A reader that went away is no error of ours.
fn row(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn sentence(line: &Value) -> String {
    let text = |key: &str| words::plain(line[key].as_str().unwrap_or_default());
    let number = |key: &str| line[key].as_u64().unwrap_or_default();
    let place = line["location"].as_str().map(|place| format!(" as {}", words::plain(place))).unwrap_or_default();
    let when = words::when(line["ended_at"].as_i64().unwrap_or_default());
    let mut told = format!(
        "{when} {}: {} ({}) → {}{place}",
        text("outcome"),
        text("path"),
        words::bytes(number("size")),
        text("destination")
    );
    if line["proof"].is_string() {
        told += &format!("; {}; proof: {}", effort(number("resumes"), number("sent_twice")), text("proof"));
    }
    told
}

fn effort(resumes: u64, twice: u64) -> String {
    let resumes = match resumes {
        0 => "not interrupted".to_owned(),
        1 => "resumed once".to_owned(),
        more => format!("resumed {more} times"),
    };
    match twice {
        0 => resumes,
        twice => format!("{resumes}, {} sent twice", words::bytes(twice)),
    }
}

/// A receipt in words.
pub fn sentences(receipt: &Receipt) -> Vec<String> {
    let plain = words::plain;
    let mut told = vec![
        format!("{} ({} bytes) from {}", plain(&receipt.name), receipt.size, plain(&receipt.path)),
        format!("{}: {} → {}", plain(&receipt.outcome), words::when(receipt.ended_at), plain(&receipt.destination)),
        format!("added {}; {}", words::when(receipt.began_at), effort(receipt.resumes.into(), receipt.sent_twice)),
    ];
    told.extend(receipt.location.as_deref().map(|place| format!("there: {}", plain(place))));
    told.extend(receipt.blake3.map(|digest| format!("BLAKE3: {digest}")));
    told.extend(receipt.sha256.map(|digest| format!("SHA-256: {digest}")));
    told.push(format!("proof: {}, {}", receipt.proof.level, proof(receipt)));
    told
}

fn proof(receipt: &Receipt) -> String {
    let (proved, chunks) = (receipt.proof.chunks_proved, receipt.proof.chunks);
    match receipt.proof.level {
        Level::ServerDigest => "the destination named the digests of what it holds".to_owned(),
        Level::ReadBack => "it was read back and compared".to_owned(),
        Level::SizeOnly => format!("the destination named the digests of {proved} of {chunks} chunks"),
        Level::Nothing => "a person said that it is there, the destination did not".to_owned(),
    }
}
