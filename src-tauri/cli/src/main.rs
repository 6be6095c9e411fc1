//! `carryon`: resumable uploads for scripts, servers and terminals, on the same records as the window.

mod destinations;
mod discard;
mod exit;
mod export;
mod face;
mod history;
mod import;
mod list;
mod locate;
mod mark_done;
mod open;
mod order;
mod receive;
mod report;
mod resume;
mod send;
mod settings;
mod verify;
mod watch;
mod words;

use clap::{Parser, Subcommand};

/// Uploads large files and never makes anyone start over.
#[derive(Parser)]
#[command(name = "carryon", version, max_term_width = 100, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Send(send::Send),
    List(list::List),
    History(history::History),
    Verify(verify::Verify),
    Resume(resume::Resume),
    Locate(locate::Locate),
    Export(export::Export),
    Import(import::Import),
    MarkDone(mark_done::MarkDone),
    Discard(discard::Discard),
    Order(order::Order),
    Destinations(destinations::Destinations),
    Settings(settings::Settings),
    Watch(watch::Watch),
    Receive(receive::Receive),
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    report::set_up_log();
    let outcome = match arguments.command {
        Command::Send(send) => send.run().await,
        Command::List(list) => list.run().await,
        Command::History(history) => history.run().await,
        Command::Verify(verify) => verify.run(),
        Command::Resume(resume) => resume.run().await,
        Command::Locate(locate) => locate.run().await,
        Command::Export(export) => export.run().await,
        Command::Import(import) => import.run().await,
        Command::MarkDone(mark_done) => mark_done.run().await,
        Command::Discard(discard) => discard.run().await,
        Command::Order(order) => order.run().await,
        Command::Destinations(destinations) => destinations.run().await,
        Command::Settings(settings) => settings.run().await,
        Command::Watch(watch) => watch.run().await,
        Command::Receive(receive) => receive.run().await,
    };
    exit::code(outcome)
}
