//! Carrying out a request: as the owner of the records where nobody owns them, else as a client of whoever does.
//!
//! An owner stays until its own request is done and no client waits any more, so that two calls at once both succeed. A
//! client whose owner goes away begins again: it may become the owner itself.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use carryon_engine::{
    Engine, Error, ErrorKind, Options,
    socket::{self, Call, End, Followed, How, Request, ResumeWhich},
};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    open::{DataDir, Sending},
    report::Report,
};

/// How long an owner may take to answer before it counts as not answering.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

/// Carries out `request` and hands every line to `hear`. Gives the exit code.
///
/// # Errors
/// What ends the request as a whole; `Owned` where the owner does not answer.
pub async fn carry_out(options: Options, mut request: Request, hear: &mut dyn FnMut(Value)) -> Result<u8, Error> {
    let stop = on_stop_signal();
    let mut deadline = Instant::now() + PATIENCE;
    let mut followed = Left::default();
    loop {
        let mut hear = |line: Value| {
            if followed.notes(&line) {
                hear(line);
            }
        };
        if stop.is_cancelled() {
            return Ok(End::Interrupted.code());
        }
        let owned = match Engine::open(options.clone()).await {
            Ok(engine) => {
                let end = as_owner(engine, &options, request, &mut hear, &stop).await?;
                return Ok(followed.code(end.code()));
            }
            Err(error) if error.kind() == ErrorKind::Owned => error,
            Err(error) => return Err(error),
        };
        tokio::select! {
            called = socket::call(&options.data_dir, &request, &mut hear) => match called {
                Ok(Call::Ended(code)) => return Ok(followed.code(code)),
                Ok(Call::Lost) => {
                    tokio::time::sleep(PAUSE).await;
                    deadline = Instant::now() + PATIENCE;
                    match followed.instead_of(request) {
                        Ok(rest) => request = rest,
                        Err(code) => return Ok(code),
                    }
                }
                Err(error) if Instant::now() > deadline || error.kind() == std::io::ErrorKind::TimedOut => {
                    return Err(owned.next_step("It does not answer. Close it, or give this one another data folder."));
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            // The owner notices that this one is gone, and interrupts what it followed.
            () = stop.cancelled() => return Ok(End::Interrupted.code()),
        }
    }
}

/// Carries out a request that goes on with uploads, telling the user what becomes of them.
///
/// # Errors
/// As [`carry_out`].
pub async fn follow(data_dir: &DataDir, sending: &Sending, request: Request) -> Result<u8, Error> {
    let advice = Some(format!("carryon resume --all{}", data_dir.flag()));
    let mut report = Report::new(sending.json, advice);
    carry_out(sending.apply(data_dir.options()?), request, &mut |line| report.tell(&line)).await
}

/// What is left of a request whose owner may go away: never the whole of it once its uploads are known.
#[derive(Default)]
struct Left {
    known: bool,
    ids: BTreeSet<String>,
    failed: bool,
}

impl Left {
    /// Takes note of a line; says whether it is for the user too.
    fn notes(&mut self, line: &Value) -> bool {
        match line["event"].as_str() {
            Some("following") => {
                self.known = true;
                let ids = line["ids"].as_array().into_iter().flatten();
                self.ids = ids.filter_map(|id| id.as_str().map(str::to_owned)).collect();
                return false;
            }
            Some(event @ ("finished" | "failed")) => {
                self.failed |= event == "failed";
                self.ids.remove(line["id"].as_str().unwrap_or_default());
            }
            _ => {}
        }
        true
    }

    /// What to ask the next owner; or the exit code, where nothing is left or nothing was kept.
    fn instead_of(&self, request: Request) -> Result<Request, u8> {
        let (keeps, token, give_up_after, wishes) = match &request {
            Request::Send(send) => (send.keep, send.token.clone(), send.give_up_after, send.wishes.clone()),
            Request::Resume { token, give_up_after, wishes, .. }
            | Request::Locate { token, give_up_after, wishes, .. }
            | Request::Import { token, give_up_after, wishes, .. } => {
                (true, token.clone(), *give_up_after, wishes.clone())
            }
            _ => return Ok(request),
        };
        match (self.known, self.ids.is_empty(), keeps) {
            (false, _, _) => Ok(request),
            (true, true, _) => Err(self.code(End::Done.code())),
            (true, false, false) => Err(End::Interrupted.code()),
            (true, false, true) => {
                let which = ResumeWhich::Left(self.ids.iter().cloned().collect());
                Ok(Request::Resume { which, how: How::CarryOn, token, give_up_after, wishes })
            }
        }
    }

    /// The exit code, with what failed before the owner changed.
    fn code(&self, code: u8) -> u8 {
        if self.failed && code == End::Done.code() { End::SomeFailed.code() } else { code }
    }
}

async fn as_owner(
    engine: Engine,
    options: &Options,
    request: Request,
    hear: &mut dyn FnMut(Value),
    stop: &CancellationToken,
) -> Result<End, Error> {
    if let Some(aside) = engine.set_aside() {
        eprintln!("carryon: {}", aside.sentence());
        hear(socket::set_aside_line(aside));
    }
    let engine = Arc::new(engine);
    let _attendant = carryon_system::attend(&engine).await;
    let server = socket::serve(Arc::clone(&engine), &options.data_dir);
    let server = server.map_err(|error| tracing::warn!(%error, "other faces cannot be served")).ok();
    let detached = request.is_detached();
    let (lines, mut told) = mpsc::unbounded_channel();
    let followed = Arc::new(Followed::default());
    server.iter().for_each(|server| server.join(&followed));
    let work = async {
        let end = socket::carry_out(&engine, request, &lines, &followed).await;
        drop(lines);
        end
    };
    let pass_on = async {
        while let Some(line) = told.recv().await {
            hear(line);
        }
    };
    let both = async { tokio::join!(work, pass_on).0 };
    let end = tokio::select! {
        end = both => end,
        () = stop.cancelled() => Ok(End::Interrupted),
    };
    if detached && end.is_ok() {
        eprintln!(
            "carryon: no Carryon is running. The files are recorded; they go on when it runs, or with carryon resume --all."
        );
    }
    let stopped = matches!(end, Ok(End::Interrupted));
    match &server {
        Some(server) if !stopped => tokio::select! {
            () = server.until_nobody_waits() => {}
            () = stop.cancelled() => {}
        },
        _ => say_interrupted(&engine, &followed, hear).await,
    }
    drop(server);
    engine.shutdown().await?;
    end
}

async fn say_interrupted(engine: &Engine, followed: &Followed, hear: &mut dyn FnMut(Value)) {
    let left = followed.left();
    if left.is_empty() {
        return;
    }
    engine.interrupt(&left).await;
    if let Ok((listed, _)) = engine.list().await {
        hear(socket::interrupted_line(&left, &listed));
    }
}

/// Cancelled when the user or the system asks the program to stop, whatever it is doing; asked twice, it ends at once.
fn on_stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        stop_signal().await;
        token.cancel();
        stop_signal().await;
        std::process::exit(End::Interrupted.code().into());
    });
    stop
}

/// Ends when the user or the system asks the program to stop.
pub async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        let Ok(mut terminate) = terminate else { return drop(interrupt.await) };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}
