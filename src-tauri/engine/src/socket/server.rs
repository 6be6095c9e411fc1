//! The owner's end of the socket.

use std::{
    collections::HashSet,
    io,
    path::Path,
    sync::{
        Arc, Mutex, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use interprocess::local_socket::{
    ListenerOptions,
    tokio::{Listener, Stream, prelude::*},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    sync::mpsc,
};
use tokio_util::sync::CancellationToken;

use super::{
    carry_out::{Followed, carry_out},
    lines::error_line,
    request::Request,
};
use crate::{
    engine::Engine,
    error::{Error, ErrorKind},
    upload::UploadId,
};

/// The longest request that is read.
const LONGEST: u64 = 64 * 1024 * 1024;
/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a client may leave a line unread before it counts as gone.
const UNREAD: Duration = Duration::from_secs(60);

/// Serves clients until it is dropped.
#[derive(Debug)]
pub struct Server {
    waiting: Waiting,
    followers: Arc<Followers>,
    stop: CancellationToken,
}

/// Counts the clients that wait for an end.
#[derive(Clone, Debug, Default)]
struct Waiting(Arc<AtomicUsize>);

/// A client that waits, for as long as this lives.
struct Waits(Waiting);

impl Waiting {
    fn one_more(&self) -> Waits {
        self.0.fetch_add(1, Ordering::SeqCst);
        Waits(self.clone())
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Who follows which uploads: what one face leaves behind goes on while another follows it.
#[derive(Debug, Default)]
struct Followers {
    // Held for a look, never across an await.
    all: Mutex<Vec<Weak<Followed>>>,
}

impl Followers {
    fn join(&self, followed: &Arc<Followed>) {
        let mut all = self.all.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        all.retain(|other| other.strong_count() > 0);
        all.push(Arc::downgrade(followed));
    }

    /// What only `leaving` followed.
    fn left_alone(&self, leaving: &Arc<Followed>) -> Vec<UploadId> {
        let all = self.all.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        let others = all.iter().filter_map(Weak::upgrade).filter(|other| !Arc::ptr_eq(other, leaving));
        let theirs: HashSet<UploadId> = others.flat_map(|other| other.left()).collect();
        leaving.left().into_iter().filter(|id| !theirs.contains(id)).collect()
    }
}

impl Server {
    /// The owner's own request follows uploads too.
    pub fn join(&self, followed: &Arc<Followed>) {
        self.followers.join(followed);
    }

    /// Waits until no client waits for the end of anything any more; new ones are still served meanwhile. One that has folders
    /// watched without end does so by itself once the records are free.
    pub async fn until_nobody_waits(&self) {
        while self.waiting.0.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Serves the socket of `data_dir`, whose records `engine` owns. A socket that a dead owner left is replaced.
///
/// # Errors
/// Where the socket cannot be made; the owner works without, its faces then hear that it does not answer.
pub fn serve(engine: Arc<Engine>, data_dir: &Path) -> io::Result<Server> {
    let listener = listen(data_dir)?;
    let server = Server { waiting: Waiting::default(), followers: Arc::default(), stop: CancellationToken::new() };
    let (waiting, followers, stop) = (server.waiting.clone(), Arc::clone(&server.followers), server.stop.clone());
    tokio::spawn(async move {
        loop {
            let client = tokio::select! {
                () = stop.cancelled() => return,
                client = listener.accept() => client,
            };
            match client {
                Ok(client) => {
                    let waits = waiting.one_more();
                    drop(tokio::spawn(attend(client, Arc::clone(&engine), Arc::clone(&followers), waits, stop.clone())))
                }
                Err(error) => {
                    tracing::warn!(%error, "a client could not be let in");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    });
    Ok(server)
}

#[cfg(unix)]
fn listen(data_dir: &Path) -> io::Result<Listener> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt;
    // The lock on the records is held, so whoever made this socket is gone.
    match std::fs::remove_file(super::path(data_dir)?) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    ListenerOptions::new().name(super::name(data_dir)?).mode(0o600).create_tokio()
}

#[cfg(windows)]
fn listen(data_dir: &Path) -> io::Result<Listener> {
    ListenerOptions::new().name(super::name(data_dir)?).create_tokio()
}

/// One client, from its request to the end.
async fn attend(client: Stream, engine: Arc<Engine>, followers: Arc<Followers>, waits: Waits, stop: CancellationToken) {
    let (reader, mut writer) = (&client, &client);
    // A client that hears nothing knows that this process stands still.
    if write(&mut writer, &json!({ "event": super::HELLO })).await.is_err() {
        return;
    }
    let mut reader = BufReader::new(reader.take(LONGEST));
    let mut text = String::new();
    let read = tokio::time::timeout(PATIENCE, reader.read_line(&mut text)).await;
    if !matches!(read, Ok(Ok(n)) if n > 0) {
        return;
    }
    let request = match serde_json::from_str::<Request>(&text) {
        Ok(request) => request,
        Err(error) => {
            let error =
                Error::new(ErrorKind::Invalid, "The running Carryon does not understand this one").because(error);
            let error = error.next_step("Close the older one, then try again.");
            let _ = write(&mut writer, &error_line(&error)).await;
            return;
        }
    };
    let detached = request.is_detached();
    let _waits = (!request.is_endless()).then_some(waits);
    let followed = Arc::new(Followed::default());
    followers.join(&followed);
    let served = serve_one(&engine, request, &mut writer, &followed);
    tokio::select! {
        () = served => {}
        () = gone(&mut reader) => {}
        () = stop.cancelled() => return,
    }
    let left = followers.left_alone(&followed);
    if !detached && !left.is_empty() {
        engine.interrupt(&left).await;
    }
}

async fn serve_one<W: AsyncWriteExt + Unpin>(engine: &Engine, request: Request, writer: &mut W, followed: &Followed) {
    let (lines, mut told) = mpsc::unbounded_channel();
    let work = async {
        let end = carry_out(engine, request, &lines, followed).await;
        drop(lines);
        end
    };
    let pass_on = async {
        while let Some(line) = told.recv().await {
            write(writer, &line).await?;
        }
        io::Result::Ok(())
    };
    let (end, passed) = tokio::join!(work, pass_on);
    if passed.is_ok() {
        let last = end.map_or_else(|error| error_line(&error), |end| json!({ "event": "end", "code": end.code() }));
        let _ = write(writer, &last).await;
    }
}

async fn write<W: AsyncWriteExt + Unpin>(writer: &mut W, line: &Value) -> io::Result<()> {
    let written = async {
        writer.write_all(format!("{line}\n").as_bytes()).await?;
        writer.flush().await
    };
    tokio::time::timeout(UNREAD, written).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Ends when the client closes its end. What it says meanwhile is not listened to.
async fn gone<R: AsyncReadExt + Unpin>(reader: &mut R) {
    let mut ignored = [0; 64];
    while matches!(reader.read(&mut ignored).await, Ok(n) if n > 0) {}
}
