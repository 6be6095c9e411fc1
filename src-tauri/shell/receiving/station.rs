//! The built-in receiver while the window lives: opened at launch, opened anew when something about it changes.
//!
//! The engine comes in by a door of its own, on the loopback with a token of this launch that nobody else hears. Others have
//! another door, with another token, if they have one at all: it opens and closes without the engine's uploads. Where the
//! store itself is opened anew, uploads on their way to it are paused before and go on after.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use carryon_engine::{
    Credentials, DestinationId, DestinationSettings, Engine, Error, ErrorKind, HttpOptions, Kept, State, UploadId,
    drivers::{self, FineUploaderSettings, fine_uploader::SessionSettings},
};
use carryon_receiver::{Receiver, Report};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::wanted::{Door, Wanted};
use crate::saving::{Refused, about};

/// The setting that holds all of it.
const RECEIVING: &str = "receiving";
/// How long a receiver that ends may take, beside what it lets requests take.
const PATIENCE: Duration = Duration::from_secs(15);
/// So many folders of former times are known.
const MOST_FOLDERS: usize = 20;

/// What is kept in the records.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    wanted: Wanted,
    /// Folders of former times: what arrived there is found again.
    earlier: Vec<PathBuf>,
    /// The keychain's name for the others' token.
    secret: Option<String>,
}

/// Where receiving stands.
#[derive(Default)]
struct Standing {
    stored: Stored,
    main: Option<Arc<Receiver>>,
    door: Option<Arc<Receiver>>,
    token: Option<String>,
    /// Why the token is kept for this run only, where it is.
    only_now: Option<String>,
    trouble: Option<String>,
    /// Uploads that wait for receiving to be switched on.
    waiting: Vec<UploadId>,
}

/// The built-in receiver.
pub struct Station {
    engine: Arc<Engine>,
    own: DestinationId,
    http: HttpOptions,
    usual: PathBuf,
    /// The folder that the program was started with; nobody changes it.
    given: Option<PathBuf>,
    /// One change at a time.
    changing: tokio::sync::Mutex<()>,
    // Held for a look or an exchange, never across an await.
    standing: Mutex<Standing>,
}

/// What a page shows of it.
pub struct Seen {
    pub wanted: Wanted,
    pub token: Option<String>,
    pub only_now: Option<String>,
    pub trouble: Option<String>,
    pub door: Option<Arc<Receiver>>,
    pub waiting: usize,
}

impl Station {
    /// Opens it as it was left; what does not work is told by [`Station::trouble`].
    pub async fn open(
        engine: &Arc<Engine>,
        own: DestinationId,
        http: HttpOptions,
        usual: PathBuf,
        given: Option<PathBuf>,
    ) -> Self {
        let stored = engine.setting(RECEIVING).await.ok().flatten();
        let stored: Stored = stored.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
        let standing = Mutex::new(Standing { stored, ..Standing::default() });
        let changing = tokio::sync::Mutex::default();
        let station = Self { engine: Arc::clone(engine), own, http, usual, given, changing, standing };
        let started = match station.start().await {
            Ok(()) => station.open_door().await,
            Err(error) => Err(error),
        };
        if let Err(refused) = started {
            station.standing().trouble = Some(refused.message().to_owned());
        }
        station
    }

    /// Where files go.
    pub fn folder(&self) -> PathBuf {
        let chosen = self.standing().stored.wanted.folder.clone();
        self.given.clone().or(chosen).unwrap_or_else(|| self.usual.clone())
    }

    /// The folders that are received into, or were, this one first.
    pub fn received_in(&self) -> Vec<PathBuf> {
        let earlier = self.standing().stored.earlier.clone();
        [self.folder(), self.usual.clone()].into_iter().chain(earlier).collect()
    }

    /// Whether it receives now.
    pub fn is_on(&self) -> bool {
        self.standing().main.is_some()
    }

    /// The engine's own way in.
    pub fn url(&self) -> Option<String> {
        self.standing().main.as_ref().map(|receiver| receiver.url())
    }

    /// What does not work, in words.
    pub fn trouble(&self) -> Option<String> {
        self.standing().trouble.clone()
    }

    /// Whether the folder is the one that the program was started with.
    pub fn has_fixed_folder(&self) -> bool {
        self.given.is_some()
    }

    /// What a page shows.
    pub fn seen(&self) -> Seen {
        let standing = self.standing();
        Seen {
            wanted: standing.stored.wanted.clone(),
            token: standing.token.clone(),
            only_now: standing.only_now.clone(),
            trouble: standing.trouble.clone(),
            door: standing.door.clone(),
            waiting: standing.waiting.len(),
        }
    }

    /// What came in and is coming in; none while nothing is received.
    pub async fn report(&self, most: usize) -> Option<Report> {
        let main = self.standing().main.clone()?;
        main.report(most).await.ok()
    }

    /// Receives as wanted from now on. Where that does not work, all is as it was.
    ///
    /// # Errors
    /// What does not work, and the field that it is about.
    pub async fn change(&self, wanted: Wanted) -> Result<(), Refused> {
        let wanted = wanted.checked()?;
        let _changing = self.changing.lock().await;
        let before = self.standing().stored.clone();
        let anew = before.wanted.needs_another_store(&wanted) || (wanted.on && !self.is_on());
        if anew {
            self.hold_uploads().await?;
        }
        let folder = self.folder();
        self.standing().stored.wanted = wanted;
        let done = self.carry_out(anew).await;
        if let Err(refused) = done {
            self.standing().stored = before;
            let again = self.carry_out(anew).await;
            self.standing().trouble = again.err().map(|refused| refused.message().to_owned());
            self.let_uploads_go_on().await;
            return Err(refused);
        }
        self.remember(folder).await?;
        self.standing().trouble = None;
        self.let_uploads_go_on().await;
        Ok(())
    }

    async fn carry_out(&self, anew: bool) -> Result<(), Refused> {
        self.close_door().await;
        if anew {
            self.stop().await;
            self.start().await?;
        }
        self.open_door().await
    }

    async fn remember(&self, former: PathBuf) -> Result<(), Error> {
        let now = self.folder();
        let stored = {
            let mut standing = self.standing();
            let earlier = &mut standing.stored.earlier;
            earlier.retain(|folder| *folder != now && *folder != former);
            if former != now {
                earlier.insert(0, former);
            }
            earlier.truncate(MOST_FOLDERS);
            standing.stored.clone()
        };
        // Nothing that is received is to be sent again by a watch of the folder.
        self.engine.receives_into(&now).await?;
        let value = serde_json::to_value(stored).map_err(|error| {
            Error::new(ErrorKind::Invalid, "These settings cannot be kept")
                .because(error)
                .next_step("Choose a plain name.")
        })?;
        self.engine.set_setting(RECEIVING, value).await
    }

    /// Gives the others' door another token; who has the old one is refused from then on.
    ///
    /// # Errors
    /// Where the door cannot be opened again.
    pub async fn renew_token(&self) -> Result<(), Refused> {
        let _changing = self.changing.lock().await;
        self.close_door().await;
        self.keep_token(token()).await;
        let folder = self.folder();
        self.open_door().await?;
        self.remember(folder).await?;
        Ok(())
    }

    /// Stops in an orderly way.
    pub async fn close(&self) {
        let _changing = self.changing.lock().await;
        self.close_door().await;
        let main = self.standing().main.take();
        if let Some(main) = main {
            let _ = tokio::time::timeout(Duration::from_secs(3), main.shutdown()).await;
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the store and binds the engine to it, unless receiving is switched off.
    async fn start(&self) -> Result<(), Refused> {
        let (folder, wanted) = (self.folder(), self.standing().stored.wanted.clone());
        if !wanted.on {
            return Ok(());
        }
        let unusable = |error: std::io::Error| {
            let text = format!("the folder “{}” cannot be made", folder.display());
            about("folder")(Error::new(ErrorKind::Storage, text).because(error).next_step("Choose another folder."))
        };
        std::fs::create_dir_all(&folder).map_err(unusable)?;
        self.engine.receives_into(&folder).await?;
        let token = token();
        let receiver = Receiver::start(wanted.store(&folder, token.clone())).await.map_err(refused("folder"))?;
        let url = receiver.url();
        let address = format!("fineuploader+{}/upload?done=/upload/done", url.trim_end_matches('/'));
        let credentials = Credentials { token: Some(token) };
        self.engine.bind(self.own, drivers::connect_with(&address, credentials, &self.http, &own_settings())?);
        self.standing().main = Some(Arc::new(receiver));
        Ok(())
    }

    async fn stop(&self) {
        let main = self.standing().main.take();
        self.engine.unbind(self.own);
        if let Some(main) = main {
            let _ = tokio::time::timeout(PATIENCE, main.shutdown()).await;
        }
    }

    async fn close_door(&self) {
        let door = self.standing().door.take();
        if let Some(door) = door {
            let _ = tokio::time::timeout(PATIENCE, door.shutdown()).await;
        }
    }

    /// Opens the others' door, if there is to be one.
    async fn open_door(&self) -> Result<(), Refused> {
        let (wanted, main) = {
            let standing = self.standing();
            (standing.stored.wanted.clone(), standing.main.clone())
        };
        let Some(main) = main.filter(|_| wanted.door != Door::Closed) else { return Ok(()) };
        let token = self.token().await?;
        let field = |error: &carryon_receiver::Error| match error {
            carryon_receiver::Error::Tls { .. } => "tls",
            _ => "port",
        };
        let door =
            main.open_door(wanted.door(&self.folder(), token)).await.map_err(|error| refused(field(&error))(error))?;
        self.standing().door = Some(Arc::new(door));
        Ok(())
    }

    /// The others' token: as known in this run, else the keychain's, else a new one.
    async fn token(&self) -> Result<String, Refused> {
        let (known, secret) = {
            let standing = self.standing();
            (standing.token.clone(), standing.stored.secret.clone())
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let Some(secret) = secret else { return Ok(self.keep_token(token()).await) };
        let kept = self.engine.secret(&secret).await.map_err(|error| {
            let text = "The keychain did not give the token for others";
            about("door")(
                Error::new(ErrorKind::Unauthorized, text).because(error).next_step("Unlock it, or make a new token."),
            )
        })?;
        self.standing().token = Some(kept.clone());
        Ok(kept)
    }

    async fn keep_token(&self, token: String) -> String {
        let name = self.standing().stored.secret.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
        let kept = self.engine.keep_secret(&name, &token).await;
        let mut standing = self.standing();
        standing.token = Some(token.clone());
        (standing.stored.secret, standing.only_now) = match kept {
            Kept::InKeychain => (Some(name), None),
            Kept::ForThisRun(why) => (None, Some(why)),
        };
        token
    }

    /// Pauses what is on its way to *This computer*.
    async fn hold_uploads(&self) -> Result<(), Error> {
        let (listed, _) = self.engine.list().await?;
        let to_own = listed.iter().map(|listed| &listed.upload).filter(|upload| upload.destination == self.own);
        let moving = to_own.filter(|upload| !upload.state.is_resting() && upload.state != State::Done);
        let ids: Vec<UploadId> = moving.map(|upload| upload.id).collect();
        let paused = self.engine.pause(&ids).await.done;
        self.standing().waiting.extend(paused);
        Ok(())
    }

    /// Lets them go on, if anything receives them.
    async fn let_uploads_go_on(&self) {
        if !self.is_on() {
            return;
        }
        let waiting = std::mem::take(&mut self.standing().waiting);
        let mut ids = Vec::new();
        for id in waiting {
            // Whoever resumed or discarded one meanwhile knows better.
            if self.engine.get(id).await.ok().flatten().is_some_and(|listed| listed.upload.state == State::Paused) {
                ids.push(id);
            }
        }
        self.engine.resume(&ids).await;
    }
}

fn token() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

fn refused(field: &'static str) -> impl Fn(carryon_receiver::Error) -> Refused {
    move |error| {
        let advice = match field {
            "port" => "Choose another port, or 0 for any.",
            "tls" => "Choose other files in PEM form.",
            _ => "Choose another folder.",
        };
        about(field)(Error::new(ErrorKind::Invalid, error.to_string()).next_step(advice))
    }
}

/// How the built-in receiver is spoken to: it tells which files it holds.
fn own_settings() -> DestinationSettings {
    let session = Some(SessionSettings { endpoint: "/upload/session".into(), ..SessionSettings::default() });
    let fine_uploader = FineUploaderSettings { session, ..FineUploaderSettings::default() };
    DestinationSettings { fine_uploader, ..DestinationSettings::default() }
}
