//! The engine and the built-in receiver, opened together: *This computer* is a destination from the first launch on.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use carryon_engine::{DestinationRow, Engine, Error, Options, SetAside, socket, watch::Watcher};
use carryon_system::Attendant;
use directories::UserDirs;
use tauri::{AppHandle, Manager, Runtime};

use crate::{
    arguments::{Arguments, Handed},
    autostart::{self, Entry},
    history::Comparing,
    receiving::Station,
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
    /// The built-in receiver.
    pub station: Station,
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
    /// The comparison of a file with its receipt that is under way, if one is.
    pub comparing: Comparing,
    /// How fast bytes moved lately.
    pub speeds: Speeds,
    /// What the system starts at login, where that can be written down.
    pub at_login: Result<Entry, Error>,
    /// What the program was started for, until it is done.
    given: Mutex<Handed>,
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
        let given = arguments.receive_dir.clone();
        let station = Station::open(&engine, destination.id, http, folder, given).await;
        notices
            .extend(station.trouble().map(|trouble| format!("“This computer” cannot receive anything now: {trouble}")));
        // Where files are received is said before any folder is watched: nothing is to go in circles.
        engine.receives_into(&station.folder()).await?;
        let watcher = engine.watch_folders();
        let notice = (!notices.is_empty()).then(|| notices.join(" "));
        Ok(Self {
            _faces: serve(&engine, &data_dir),
            _attendant: attendant,
            data_dir,
            _watcher: watcher,
            engine,
            destination,
            station,
            notice,
            done: Done::default(),
            trial: Trial::default(),
            comparing: Comparing::default(),
            speeds: Speeds::default(),
            at_login: at_login(arguments),
            given: Mutex::new(arguments.own()),
        })
    }

    /// What the program was started for, once.
    pub fn take_given(&self) -> Handed {
        std::mem::take(&mut *self.given.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Stops in an orderly way: what is under way can be resumed.
    pub async fn close(&self) {
        if let Err(error) = self.engine.shutdown().await {
            tracing::warn!(%error, "the records could not be told of the end");
        }
        self.station.close().await;
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

/// Where *This computer* puts what it receives: beside the records where those were moved, else in the user's downloads.
fn receive_dir(arguments: &Arguments, data_dir: &Path) -> PathBuf {
    let moved = arguments.data_dir.is_some() || std::env::var_os("CARRYON_DATA_DIR").is_some();
    let users = UserDirs::new().filter(|_| !moved);
    let downloads = users.as_ref().map(|dirs| dirs.download_dir().unwrap_or(dirs.home_dir()).join("Carryon"));
    downloads.unwrap_or_else(|| data_dir.join("received"))
}
