//! Destinations on their way to another machine: names, addresses and settings, never a token.
//!
//! What would be brought in is looked at first ([`Engine::plan_import`]): nothing that is here already is changed unless that
//! is wanted. A document is input: it is bounded, and every part of it is checked as if it were typed.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{
    destinations::{Change, sensible_name},
    drivers::{self, HttpOptions},
    engine::Engine,
    error::{Error, ErrorKind, Result},
    records::destinations::THIS_COMPUTER,
    settings::DestinationSettings,
};

/// The form of what is written now.
const VERSION: u32 = 1;
/// The longest document that is read, in bytes.
pub const LONGEST_LIST: usize = 4 * 1024 * 1024;
/// The most destinations in one.
const MOST: usize = 1000;

#[derive(Serialize, Deserialize)]
struct Document {
    carryon_destinations: u32,
    destinations: Vec<Entry>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    name: String,
    address: String,
    #[serde(default)]
    settings: serde_json::Value,
}

/// What became of one destination that was brought in.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Its name.
    pub name: String,
    /// Whether it is saved now, or why not.
    pub outcome: std::result::Result<(), Error>,
}

/// What bringing in one destination would come to.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its name.
    pub name: String,
    /// What would become of it.
    pub plan: Plan,
    /// What whoever brings it in should know.
    pub cautions: Vec<Caution>,
}

/// What would become of a destination.
#[derive(Clone, Debug)]
pub enum Plan {
    /// It would be saved.
    New,
    /// It is here already, as it is there.
    Same,
    /// It is here already, with other settings.
    Different,
    /// It cannot be saved, and why.
    Refused(Error),
}

/// What a destination that somebody else wrote down would have this computer do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caution {
    /// Send without encryption.
    PlainHttp,
    /// Trust the certificates of a file.
    Certificates,
}

impl Engine {
    /// The saved destinations, all or those of these names, as a document (JSON) without their tokens.
    ///
    /// # Errors
    /// `Invalid` where a name is not known.
    pub async fn export_destinations(&self, named: &[String]) -> Result<serde_json::Value> {
        let rows = match named {
            [] => self.destinations().await?.into_iter().filter(|row| row.name != row.address).collect(),
            names => {
                let mut rows = Vec::new();
                for name in names {
                    rows.push(self.find_destination(name).await?);
                }
                rows
            }
        };
        let rows = rows.into_iter().filter(|row| row.address != THIS_COMPUTER);
        let destinations = rows.map(|row| Entry {
            settings: serde_json::from_str(&row.settings).unwrap_or_default(),
            name: row.name,
            address: row.address,
        });
        let document = Document { carryon_destinations: VERSION, destinations: destinations.collect() };
        Ok(serde_json::to_value(document).expect("names, addresses and settings are JSON"))
    }

    /// What bringing in each destination of such a document would come to; nothing is changed.
    ///
    /// # Errors
    /// `Invalid` where the document makes no sense.
    pub async fn plan_import(&self, document: &str) -> Result<Vec<Planned>> {
        let mut planned = Vec::new();
        let mut seen = HashSet::new();
        for entry in read(document)? {
            let twice = !seen.insert(entry.name.trim().to_lowercase()) | !seen.insert(format!("at {}", entry.address));
            let plan = match self.plan(&entry).await {
                Ok((Plan::New | Plan::Different, _)) if twice => {
                    Plan::Refused(Error::new(ErrorKind::Invalid, "Its name or address stands twice in this file"))
                }
                Ok((plan, _)) => plan,
                Err(error) => Plan::Refused(error),
            };
            planned.push(Planned { cautions: cautions(&entry), name: entry.name, plan });
        }
        Ok(planned)
    }

    /// Saves the destinations of such a document. One of the same name and address takes the settings only where `replace` says
    /// so; one that cannot be saved stops none of the others.
    ///
    /// # Errors
    /// `Invalid` where the document makes no sense; then nothing was changed.
    pub async fn import_destinations(&self, document: &str, replace: bool) -> Result<Vec<Imported>> {
        let mut imported = Vec::new();
        for entry in read(document)? {
            let name = entry.name.clone();
            imported.push(Imported { name, outcome: self.import(entry, replace).await });
        }
        Ok(imported)
    }

    async fn import(&self, entry: Entry, replace: bool) -> Result<()> {
        match self.plan(&entry).await? {
            (Plan::New, settings) => self.add_destination(&entry.name, &entry.address, settings).await.map(drop),
            (Plan::Same, _) => Ok(()),
            (Plan::Different, settings) if replace => {
                let change = Change { settings: Some(settings), ..Change::default() };
                self.change_destination(&entry.name, change).await.map(drop)
            }
            (Plan::Different, _) => {
                let text = format!("“{}” is here already, with other settings; they stay as they are", entry.name);
                Err(Error::new(ErrorKind::Invalid, text).next_step("Say so to replace them (--replace)."))
            }
            (Plan::Refused(error), _) => Err(error),
        }
    }

    /// What would become of an entry, and its settings as they are understood.
    async fn plan(&self, entry: &Entry) -> Result<(Plan, DestinationSettings)> {
        let name = sensible_name(&entry.name)?;
        let settings = match &entry.settings {
            serde_json::Value::Null => DestinationSettings::default(),
            settings => DestinationSettings::from_json(&settings.to_string())?,
        };
        let http = HttpOptions { allow_http: settings.allow_http, ..HttpOptions::default() };
        let address = drivers::normalise(&entry.address, &http)?;
        // A file of certificates may lie elsewhere on this computer: that is said when it is saved.
        drivers::validate(&address, &http, &settings)?;
        let rows = self.destinations().await?;
        if let Some(row) = rows.iter().find(|row| row.name.eq_ignore_ascii_case(&name)) {
            let is_same = row.settings().is_ok_and(|known| known == settings);
            return match (row.address == address, is_same) {
                (true, true) => Ok((Plan::Same, settings)),
                (true, false) => Ok((Plan::Different, settings)),
                _ => Err(Error::new(ErrorKind::Invalid, format!("There is a destination “{name}” already"))),
            };
        }
        match rows.iter().find(|row| row.address == address && row.name != row.address) {
            None => Ok((Plan::New, settings)),
            Some(row) => {
                let text = format!("This address is saved already, as “{}”", row.name);
                Err(Error::new(ErrorKind::Invalid, text))
            }
        }
    }
}

/// The entries of a document.
fn read(document: &str) -> Result<Vec<Entry>> {
    let wrong = |text: &str| Error::new(ErrorKind::Invalid, text.to_owned());
    if document.len() > LONGEST_LIST {
        return Err(wrong("This file is far longer than a list of destinations"));
    }
    let document: Document =
        serde_json::from_str(document).map_err(|_| wrong("This is no file of Carryon's destinations"))?;
    if document.carryon_destinations > VERSION {
        return Err(wrong("These destinations were written by a newer Carryon").next_step("Update Carryon first."));
    }
    if document.destinations.len() > MOST {
        return Err(wrong("This file names more than 1000 destinations"));
    }
    Ok(document.destinations)
}

fn cautions(entry: &Entry) -> Vec<Caution> {
    let set = |key: &str| entry.settings.get(key).is_some_and(|value| !value.is_null() && value != false);
    let mut cautions = Vec::new();
    if set("allow_http") && entry.address.contains("+http://") {
        cautions.push(Caution::PlainHttp);
    }
    if set("ca_file") {
        cautions.push(Caution::Certificates);
    }
    cautions
}
