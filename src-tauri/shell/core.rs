//! The engine and the built-in receiver, opened together: *This computer* is a destination from the first launch on.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use carryon_engine::{
    Credentials, DestinationRow, DestinationSettings, Engine, Error, ErrorKind, HttpOptions, Options, SetAside,
    drivers::{self, FineUploaderSettings, fine_uploader::SessionSettings},
    socket,
    watch::Watcher,
};
use carryon_receiver::{Config, Receiver};
use carryon_system::Attendant;
use directories::UserDirs;
use tauri::{AppHandle, Manager, Runtime};
use uuid::Uuid;

use crate::{
    arguments::Arguments,
    autostart::{self, Entry},
    saving::Trial,
    speeds::Speeds,
    view::Done,
};

/// What opening came to; the window says what went wrong.
pub type Opened = Result<Core, Error>;

/// What opening came to, wherever the app's handle is at hand.
pub fn opened<R: Runtime>(app: &AppHandle<R>) -> Arc<Opened> {
    Arc::clone(app.state::<Arc<Opened>>().inner())
}

/// All that runs behind the window.
pub struct Core {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Serves the command line while the window owns the records.
    _faces: Option<socket::Server>,
    /// Has the folders watched.
    _watcher: Watcher,
    /// *This computer*.
    pub destination: DestinationRow,
    /// The built-in receiver; none where its folder cannot be used.
    pub receiver: Option<Receiver>,
    /// Where it puts what it receives.
    pub folder: PathBuf,
    /// Where the records lie.
    pub data_dir: PathBuf,
    /// Looks at the system for the engine.
    _attendant: Attendant,
    /// Something the user should know about this launch.
    pub notice: Option<String>,
    /// What was delivered since the launch.
    pub done: Done,
    /// The test of a destination that is under way, if one is.
    pub trial: Trial,
    /// How fast bytes moved lately.
    pub speeds: Speeds,
    /// What the system starts at login, where that can be written down.
    pub at_login: Result<Entry, Error>,
    /// Files that the program was started with, until they are added.
    given: Mutex<Vec<PathBuf>>,
}

impl Core {
    /// Opens the records and starts the built-in receiver.
    ///
    /// # Errors
    /// Where the records cannot be opened. A receiver that cannot start is a notice, not an error.
    pub async fn open(arguments: &Arguments) -> Opened {
        let data_dir = carryon_engine::data_dir(arguments.data_dir.as_deref())?;
        let folder = receive_dir(arguments, &data_dir);
        let options = Options::new(&data_dir);
        let http = options.http.clone();
        let engine = Arc::new(Engine::open(options).await?);
        // Before anything can leave: what surrounds it may hold uploads back.
        let attendant = carryon_system::attend(&engine).await;
        let destination = engine.this_computer().await?;
        let mut notices: Vec<String> = engine.set_aside().map(SetAside::sentence).into_iter().collect();
        let receiver = match receive(&engine, &destination, &folder, &http).await {
            Ok(receiver) => Some(receiver),
            Err(error) => {
                notices.push(format!("“This computer” cannot receive anything now: {error}"));
                None
            }
        };
        // Where files are received is said before any folder is watched: nothing is to go in circles.
        engine.receives_into(&folder).await?;
        let watcher = engine.watch_folders();
        let notice = (!notices.is_empty()).then(|| notices.join(" "));
        Ok(Self {
            _faces: serve(&engine, &data_dir),
            _attendant: attendant,
            data_dir,
            _watcher: watcher,
            engine,
            destination,
            receiver,
            folder,
            notice,
            done: Done::default(),
            trial: Trial::default(),
            speeds: Speeds::default(),
            at_login: at_login(arguments),
            given: Mutex::new(arguments.absolute_paths()),
        })
    }

    /// The files that the program was started with, once.
    pub fn take_given(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *self.given.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Stops in an orderly way: what is under way can be resumed.
    pub async fn close(&self) {
        if let Err(error) = self.engine.shutdown().await {
            tracing::warn!(%error, "the records could not be told of the end");
        }
        if let Some(receiver) = &self.receiver {
            let _ = tokio::time::timeout(Duration::from_secs(3), receiver.shutdown()).await;
        }
    }
}

/// This program, on these records.
fn at_login(arguments: &Arguments) -> Result<Entry, Error> {
    let moved = [("--data-dir", arguments.moved_data_dir()), ("--receive-dir", arguments.moved_receive_dir())];
    Entry::new(&autostart::program(), &moved)
}

/// Lets the command line in; without it the window works all the same.
fn serve(engine: &Arc<Engine>, data_dir: &Path) -> Option<socket::Server> {
    let served = socket::serve(Arc::clone(engine), data_dir);
    served.map_err(|error| tracing::warn!(%error, "the command line cannot be served")).ok()
}

/// Starts the receiver with a token of this launch, which only the engine hears.
async fn receive(engine: &Engine, row: &DestinationRow, folder: &Path, http: &HttpOptions) -> Result<Receiver, Error> {
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let unusable = |error: std::io::Error| {
        Error::new(ErrorKind::Storage, format!("the folder “{}” cannot be made", folder.display())).because(error)
    };
    std::fs::create_dir_all(folder).map_err(unusable)?;
    let config = Config { token: Some(token.clone()), ..Config::new(folder) };
    let refused = |error: carryon_receiver::Error| Error::new(ErrorKind::Invalid, error.to_string());
    let receiver = Receiver::start(config).await.map_err(refused)?;
    let url = receiver.url();
    let address = format!("fineuploader+{}/upload?done=/upload/done", url.trim_end_matches('/'));
    let credentials = Credentials { token: Some(token) };
    engine.bind(row.id, drivers::connect_with(&address, credentials, http, &own_settings())?);
    Ok(receiver)
}

/// How the built-in receiver is spoken to: it tells which files it holds.
fn own_settings() -> DestinationSettings {
    let session = Some(SessionSettings { endpoint: "/upload/session".into(), ..SessionSettings::default() });
    let fine_uploader = FineUploaderSettings { session, ..FineUploaderSettings::default() };
    DestinationSettings { fine_uploader, ..DestinationSettings::default() }
}

/// Where *This computer* puts what it receives: beside the records where those were moved, else in the user's downloads.
fn receive_dir(arguments: &Arguments, data_dir: &Path) -> PathBuf {
    if let Some(given) = &arguments.receive_dir {
        return given.clone();
    }
    let moved = arguments.data_dir.is_some() || std::env::var_os("CARRYON_DATA_DIR").is_some();
    let users = UserDirs::new().filter(|_| !moved);
    let downloads = users.as_ref().map(|dirs| dirs.download_dir().unwrap_or(dirs.home_dir()).join("Carryon"));
    downloads.unwrap_or_else(|| data_dir.join("received"))
}
