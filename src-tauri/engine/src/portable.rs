//! An unfinished upload goes to another machine that has the same file, and carries on there.
//!
//! The destination hears nothing of it: it is the same attempt, under the same handle. What makes that safe is the proof:
//! every digest that the document brings is compared with the file there before a record is made (P4). Only one of the
//! two machines should carry on, so the upload rests here from then on; with [`Engine::let_go`] its record goes, and what
//! the destination holds is left as it is (P5).

mod document;
mod proof;

use std::path::Path;

use rusqlite::Connection;

pub use self::document::LONGEST_DOCUMENT;
pub(crate) use self::document::{Document, Hex, Row};
use self::document::{Place, Try, VERSION, counted};
use crate::{
    destinations::sensible_name,
    drivers::{self, Credentials},
    engine::Engine,
    error::{Error, ErrorKind, Result},
    event::Event,
    records::{
        destinations::{self as rows, DestinationRow, THIS_COMPUTER},
        portable::{self, Arrival, Departure, Target},
        uploads,
    },
    settings::DestinationSettings,
    upload::{State, UnixMillis, Upload, UploadId},
};

/// An upload that was written down for another machine.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The document (JSON). It holds the upload's handle at the destination, and never a token.
    pub document: String,
    /// The file's name.
    pub name: String,
    /// The state of the record it tells of, for [`Engine::let_go`].
    pub as_of: UnixMillis,
    /// Whether the file can be proved there to the last byte; else as far as it was sent.
    pub whole: bool,
}

impl Engine {
    /// Writes an upload down for another machine. It is halted first, and stays here, *paused* where it was under way.
    ///
    /// # Errors
    /// `Invalid` where it is unknown, or means nothing on another machine; then it goes on.
    pub async fn export_upload(&self, id: UploadId) -> Result<Exported> {
        let look = move |connection: &Connection| require_portable(connection, id);
        self.inner.records.run(look).await?;
        let _hold = self.inner.halt(id).await;
        let departure = self.inner.records.run(move |connection| portable::depart(connection, id)).await?;
        let state = departure.upload.state.clone();
        self.inner.listeners.tell(Event::StateChanged { id, state });
        let (as_of, name) = (departure.upload.updated_at, departure.upload.name.clone());
        let mut document = written(departure)?;
        let unsent = proof::unsent(&document.0, &document.1.chunks).await;
        let whole = unsent.is_some();
        document.1.unsent = unsent.unwrap_or_default();
        Ok(Exported { document: document.1.write()?, name, as_of, whole })
    }

    /// Lets go of an upload that another machine carries on: its record goes into the history, and the destination is told
    /// nothing.
    ///
    /// # Errors
    /// `Invalid` where it did something since `as_of`, or is gone; then it stays.
    pub async fn let_go(&self, id: UploadId, as_of: UnixMillis) -> Result<()> {
        let _hold = self.inner.halt(id).await;
        self.inner.records.run(move |connection| portable::let_go(connection, id, as_of)).await?;
        self.inner.listeners.tell(Event::Removed { id });
        Ok(())
    }

    /// Takes over an upload that another machine wrote down, with the same file at `path`; it is *interrupted*, to be
    /// resumed. It goes to the destination of that name, else to that of the document, which is made where there is none.
    ///
    /// # Errors
    /// `Invalid` where the document makes no sense, the file is another one, or the upload is here already; `SourceMissing`
    /// and `SourceChanged` for the file. Nothing was added then.
    pub async fn import_upload(&self, document: &str, path: &Path, to: Option<&str>) -> Result<Upload> {
        let mut document = Document::read(document)?;
        let path = std::path::absolute(path)
            .map_err(|error| Error::new(ErrorKind::Invalid, "This path cannot be made absolute").because(error))?;
        let target = self.target(&document.destination, to).await?;
        self.require_same_way(&target, &mut document).await?;
        let attempt = document.attempt.id;
        self.inner.records.run(move |connection| portable::require_absent(connection, attempt)).await?;
        let source = proof::prove(&path, &document).await?;
        let (identity, taken_at) = (source.identity().clone(), source.taken_at());
        let arrival = Arrival { document, target, path, identity, taken_at };
        let upload = self.inner.records.run(move |connection| portable::arrive(connection, &arrival)).await?;
        self.inner.listeners.tell(Event::StateChanged { id: upload.id, state: upload.state.clone() });
        Ok(upload)
    }

    async fn target(&self, place: &Place, to: Option<&str>) -> Result<Target> {
        let known = match to {
            Some(named) => Some(self.find_destination(named).await?),
            None => {
                let address = place.address.clone();
                self.inner.records.run(move |connection| rows::find(connection, &address)).await?
            }
        };
        if let Some(row) = known {
            return require_reachable(&row).map(|()| Target::Known(row));
        }
        let settings = DestinationSettings::from_json(&place.settings.to_string())?;
        let http = settings.http(&self.inner.options.http);
        let address = drivers::normalise(&place.address, &http)?;
        settings.check_at(&address, &http)?;
        let name = sensible_name(&place.name).unwrap_or_else(|_| address.clone());
        let settings = serde_json::to_string(&settings).expect("settings are JSON");
        Ok(Target::New { name, address, settings })
    }

    /// The destination finishes an upload in the way that the document's plan counts on.
    async fn require_same_way(&self, target: &Target, document: &mut Document) -> Result<()> {
        let (address, settings) = target.place();
        let settings = DestinationSettings::from_json(settings)?;
        let http = settings.http(&self.inner.options.http);
        let driver = drivers::connect_with(address, Credentials::default(), &http, &settings)?;
        let plan = &mut document.attempt.plan;
        let own = driver.plan(plan.size, plan.chunk_size)?;
        if own.completes != plan.completes || own.sends_empty != plan.sends_empty {
            let text = "The destination puts a file together in another way than this upload counts on";
            return Err(Error::new(ErrorKind::Invalid, text)
                .next_step("Nothing was added. Set the destination as it is set on the other machine."));
        }
        plan.repeatable &= own.repeatable;
        Ok(())
    }
}

fn require_portable(connection: &Connection, id: UploadId) -> Result<()> {
    let upload = uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))?;
    if !upload.keep {
        let text = format!("“{}” is sent with resume switched off, so nothing is kept of it", upload.name);
        return Err(Error::new(ErrorKind::Invalid, text).next_step("Let it end here, or send it from there."));
    }
    rows::get(connection, upload.destination)?.iter().try_for_each(require_reachable)
}

fn require_reachable(row: &DestinationRow) -> Result<()> {
    match row.address == THIS_COMPUTER {
        true => Err(Error::new(ErrorKind::Invalid, "“This computer” is another one on each machine")
            .next_step("Send the file from there.")),
        false => Ok(()),
    }
}

fn written(departure: Departure) -> Result<(Upload, Document)> {
    let Departure { upload, destination, fingerprint, chunks } = departure;
    let attempt = upload.attempt.clone();
    let chunks: Vec<Row> = chunks.iter().filter_map(Row::of).collect();
    let (confirmed, chunks_left) = counted(&attempt.plan, &chunks);
    let settings = serde_json::to_value(destination.settings()?).expect("settings are JSON");
    let document = Document {
        carryon_upload: VERSION,
        name: upload.name.clone(),
        relative_path: upload.relative_path.clone(),
        size: upload.size,
        mtime_ns: upload.identity.mtime_ns,
        scope: upload.scope.clone(),
        custom: upload.custom.clone(),
        destination: Place { name: destination.name, address: destination.address, settings },
        outcome_unknown: upload.state == State::OutcomeUnknown,
        attempt: Try {
            id: attempt.id,
            plan: attempt.plan,
            ticket: attempt.ticket,
            finishing: attempt.finishing,
            resets: attempt.resets,
        },
        confirmed,
        chunks_left,
        sent: upload.sent,
        resumes: upload.resumes,
        expires_at: upload.expires_at,
        fingerprint: fingerprint.map(Hex),
        chunks,
        unsent: Vec::new(),
    };
    Ok((upload, document))
}
