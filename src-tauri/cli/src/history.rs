//! `carryon history`: what became of uploads, and the receipts of those that were delivered.

use carryon_engine::{
    Error,
    receipt::{Level, Receipt},
    socket::Request,
};
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{face, open::DataDir, report, table, words};

/// Show what was delivered and what was discarded.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct History {
    #[command(subcommand)]
    command: Option<Command>,
    /// How many at most, the newest.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    data_dir: DataDir,
    /// One JSON object a line instead of words.
    #[arg(long)]
    json: bool,
    /// A table of comma-separated values (RFC 4180) instead of words.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
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

/// The columns of the table, as they are called in JSON.
const COLUMNS: [&str; 16] = [
    "id",
    "name",
    "path",
    "size",
    "destination",
    "scope",
    "outcome",
    "location",
    "began_at",
    "ended_at",
    "took_ms",
    "resumes",
    "sent",
    "sent_twice",
    "proof",
    "blake3",
];

impl History {
    /// Runs the command.
    pub async fn run(self) -> Result<u8, Error> {
        if let Some(Command::Show(show)) = self.command {
            return show.run().await;
        }
        if self.csv {
            table::row(COLUMNS.map(str::to_owned));
        }
        let mut hear = |line: Value| match line["event"].as_str() {
            Some(_) => report::complain(&line),
            None if self.json => report::line(&line),
            None if self.csv => table::row(COLUMNS.map(|column| table::cell(&line[column]))),
            None => println!("{}", sentence(&line)),
        };
        face::carry_out(self.data_dir.options()?, Request::History { limit: self.limit }, &mut hear).await
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
