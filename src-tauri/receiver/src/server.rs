//! The server: accepts connections, watches over every request, and ends in good order.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access_log::{AccessLog, Note};
use crate::body::{Linger, Lingering, Pace, Reader};
use crate::config::{Config, Limits};
use crate::connection::Serving;
use crate::error::Error;
use crate::files::{Disk, Files};
use crate::fine_uploader;
use crate::guard::Guard;
use crate::ietf;
use crate::store::{Report, Rules, Store, StoreError, WeakStore, now};
use crate::tls;
use crate::tus;

/// Small files are synced when they are this old; by then the system has written most by itself.
const SETTLE_AFTER: Duration = Duration::from_secs(40);
/// How long the end waits for small files to be synced.
const SETTLE_AT_END: Duration = Duration::from_secs(3);
/// How long the end waits for a disk that does not answer.
const DISK_AT_END: Duration = Duration::from_secs(10);
/// What comes of a long body is recorded after so many bytes.
const RECORD_EVERY: u64 = 16 << 20;
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// A running receiver. Dropped, it ends at once, as after a power cut; nothing acknowledged is lost by that.
pub struct Receiver {
    address: SocketAddr,
    scheme: &'static str,
    /// Asks for a good end.
    stop: CancellationToken,
    /// Asks for a quick one.
    kill: CancellationToken,
    ended: CancellationToken,
    /// Gone when the last door is closed.
    store: WeakStore,
}

impl Receiver {
    /// Opens the store and listens.
    ///
    /// # Errors
    /// [`Error`] says which of the two did not work, and why.
    ///
    /// # Cancellation
    /// A dropped future leaves no server behind.
    pub async fn start(config: Config) -> Result<Receiver, Error> {
        Receiver::start_on(Arc::new(Disk), config).await
    }

    pub(crate) async fn start_on(files: Arc<dyn Files>, config: Config) -> Result<Receiver, Error> {
        config.check()?;
        // Before anything is made in the folder: a certificate that is none leaves no trace.
        let tls = acceptor(&config)?;
        let store = open_store(files, &config).await?;
        Receiver::serve(store, config, tls, true).await
    }

    /// Opens another door to the same store: an address of its own, with its own token, certificate, origins and limits on
    /// connections. What the store itself allows, and its folder, stay as they are. A door can be closed alone; whoever closes the
    /// first one closes the others too, for it does the housekeeping.
    ///
    /// # Errors
    /// As [`Receiver::start`]; [`Error::Ended`] where this receiver has ended.
    ///
    /// # Cancellation
    /// A dropped future leaves no door behind.
    pub async fn open_door(&self, config: Config) -> Result<Receiver, Error> {
        config.check()?;
        let store = self.store.upgrade().ok_or(Error::Ended)?;
        let tls = acceptor(&config)?;
        Receiver::serve(store, config, tls, false).await
    }

    /// What came in lately, what is coming in, and the space that is left: at most `most` of either.
    ///
    /// # Errors
    /// [`Error::Ended`] where this receiver has ended; [`Error::Folder`] where the disk does not answer.
    pub async fn report(&self, most: usize) -> Result<Report, Error> {
        let store = self.store.upgrade().ok_or(Error::Ended)?;
        let failed = |error: StoreError| std::io::Error::other(error.to_string());
        store.report(most).await.map_err(failed).map_err(Error::folder(store.folder()))
    }

    async fn serve(
        store: Store,
        config: Config,
        tls: Option<TlsAcceptor>,
        keeps_house: bool,
    ) -> Result<Receiver, Error> {
        let fail = |source| Error::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(fail)?;
        let address = listener.local_addr().map_err(fail)?;
        let path = config.access_log.as_deref();
        let log = AccessLog::open(path).map_err(Error::folder(path.unwrap_or(&config.dir)))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let [stop, kill, ended] = std::array::from_fn(|_| CancellationToken::new());
        let guard = Guard::new(&config, address);
        let (limits, tasks) = (config.limits, TaskTracker::new());
        let weak = store.downgrade();
        let app = App(Arc::new(Shared { store, guard, log, tls, limits, tasks, keeps_house, kill: kill.clone() }));
        tokio::spawn(serve_task(app, listener, stop.clone(), kill.clone(), ended.clone()));
        Ok(Receiver { address, scheme, stop, kill, ended, store: weak })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Its address for clients on this computer, without a path: `http://127.0.0.1:8000`, or with `https` where there is a certificate.
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        format!("{}://{address}", self.scheme)
    }

    /// Lets running requests end, for as long as the limits say, and ends the server.
    ///
    /// # Cancellation
    /// The server ends all the same.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.ended.cancelled().await;
    }

    /// Waits until the server has ended.
    pub async fn wait(&self) {
        self.ended.cancelled().await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.kill.cancel();
    }
}

fn acceptor(config: &Config) -> Result<Option<TlsAcceptor>, Error> {
    config.tls.as_ref().map(tls::acceptor).transpose()
}

async fn open_store(files: Arc<dyn Files>, config: &Config) -> Result<Store, Error> {
    let limits = &config.limits;
    let rules = Rules {
        max_size: limits.file_size,
        max_open: limits.unfinished,
        max_open_of_client: limits.unfinished_per_client,
        min_free: limits.min_free_space,
        keep: config.keep,
        record_every: RECORD_EVERY,
    };
    let (dir, place) = (config.dir.clone(), config.dir.clone());
    let opened = tokio::task::spawn_blocking(move || Store::open(files, &dir, rules)).await;
    opened.map_err(|error| Error::folder(place)(std::io::Error::other(error)))?
}

/// What every request is served with; clones share it.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    store: Store,
    guard: Guard,
    log: AccessLog,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    tasks: TaskTracker,
    /// Of several doors to a store one does the housekeeping.
    keeps_house: bool,
    kill: CancellationToken,
}

impl App {
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Bounds on what clients may take.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// A reader that ends when the body stalls or trickles, or the receiver does.
    pub fn reader(&self, body: Body) -> Reader {
        let Limits { stall, min_rate, rate_window: window, .. } = self.0.limits;
        Reader::new(body, Pace { stall, min_rate, window }, self.0.kill.clone())
    }
}

/// Runs the server to its end, good or quick.
async fn serve_task(
    app: App,
    listener: TcpListener,
    stop: CancellationToken,
    kill: CancellationToken,
    ended: CancellationToken,
) {
    let connections = TaskTracker::new();
    tokio::select! {
        () = accept(&app, listener, &connections, &stop) => {}
        () = keep_house(app.store()), if app.0.keeps_house => {}
        () = stop.cancelled() => {}
        () = kill.cancelled() => {}
    }
    stop.cancel();
    connections.close();
    app.0.tasks.close();
    let patience = app.0.limits.shutdown;
    let all = async { tokio::join!(connections.wait(), app.0.tasks.wait()) };
    tokio::select! {
        _ = tokio::time::timeout(patience, all) => {}
        () = kill.cancelled() => {}
    }
    let was_killed = kill.is_cancelled();
    kill.cancel();
    // What is at work on the disk now runs to its end, unless that never comes.
    let _ = tokio::time::timeout(DISK_AT_END, app.0.tasks.wait()).await;
    if !was_killed
        && app.0.keeps_house
        && let Err(error) = app.store().settle_for(SETTLE_AT_END).await
    {
        tracing::warn!(%error, "small files could not be synced; that is done after the next start");
    }
    drop(app);
    ended.cancel();
}

async fn accept(app: &App, listener: TcpListener, connections: &TaskTracker, stop: &CancellationToken) {
    let slots = Arc::new(Semaphore::new(app.0.limits.connections));
    let serving = Serving {
        router: router(app.clone()),
        tls: app.0.tls.clone(),
        limits: app.0.limits.clone(),
        stop: stop.clone(),
        kill: app.0.kill.clone(),
    };
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let serving = serving.clone();
                connections.spawn(async move {
                    serving.serve(stream).await;
                    drop(slot);
                });
            }
            Err(error) => {
                // Out of descriptors, most likely: others have to end first.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route("/", get(greet))
        .merge(fine_uploader::routes())
        .merge(tus::routes())
        .merge(ietf::routes())
        .fallback(|| async { refusal(StatusCode::NOT_FOUND, "there is nothing at this address") })
        .method_not_allowed_fallback(|| async { refusal(StatusCode::METHOD_NOT_ALLOWED, "not with this method") })
        .layer(middleware::from_fn_with_state(app.clone(), guard))
        .layer(middleware::from_fn_with_state(app.clone(), observe))
        .with_state(app)
}

async fn greet() -> Json<serde_json::Value> {
    Json(json!({ "carryon": 1, "protocols": ["fine-uploader", "tus", "ietf"] }))
}

/// Serves a request on a task of its own, which runs to its end even when the connection does not, and
/// writes its line in the access log.
async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let note = Note::new(request.method().as_str(), request.uri().path());
    let linger = Linger { time: app.0.limits.linger, length: app.0.limits.linger_bytes };
    let was_chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let awaits_go = request.headers().contains_key(header::EXPECT);
    let mut request = request.map(|body| Lingering::wrap(body, linger, awaits_go));
    request.extensions_mut().insert(note.clone());
    let shared = app.clone();
    let serving = app.0.tasks.spawn(async move {
        let response = next.run(request).await;
        shared.0.log.write(&note, response.status());
        response
    });
    let failed = |_| refusal(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong here");
    let mut response = serving.await.unwrap_or_else(failed);
    if was_chunked {
        // A proxy may have gone by a Content-Length beside it; what it sent on then is no request of its client's.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Lets through only who may talk to us, and gives browsers the headers they need.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let guard = &app.0.guard;
    let cors = guard.cors(request.uri(), request.headers());
    let mut response = match guard.check(request.method(), request.uri(), request.headers()) {
        Err(refused) => refusal(refused.status(), refused.words()),
        Ok(()) if request.method() == Method::OPTIONS => {
            let preflight = Guard::preflight(request.headers());
            let mut response = match tells_what_it_speaks(request.uri().path()) {
                true => next.run(request).await,
                false => StatusCode::NO_CONTENT.into_response(),
            };
            response.headers_mut().extend(preflight);
            response
        }
        Ok(()) => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.extend(cors);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Whether a protocol lies at this address that is asked by `OPTIONS` what it can.
fn tells_what_it_speaks(path: &str) -> bool {
    path.starts_with("/files") || path.starts_with("/resumable")
}

fn refusal(status: StatusCode, words: &str) -> Response {
    let mut response = (status, Json(json!({ "success": false, "error": words }))).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// Keeps the store tidy for as long as it is polled.
async fn keep_house(store: &Store) {
    let mut tidy = tokio::time::interval(TIDY_EVERY);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    loop {
        let done = tokio::select! {
            _ = tidy.tick() => tidy_up(store).await,
            _ = sweep.tick() => store.sweep(now()).await.map(drop),
        };
        if let Err(error) = done {
            tracing::warn!(%error, "housekeeping has to wait");
        }
    }
}

async fn tidy_up(store: &Store) -> Result<(), StoreError> {
    store.settle(now().saturating_sub(SETTLE_AFTER.as_millis() as u64)).await?;
    store.keep_journal_short().await
}

#[cfg(test)]
mod tests;
