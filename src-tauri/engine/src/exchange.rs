//! Destinations on their way to another machine: names, addresses and settings, never a token.

use serde::{Deserialize, Serialize};

use crate::{
    destinations::Change,
    engine::Engine,
    error::{Error, ErrorKind, Result},
    records::destinations::THIS_COMPUTER,
    settings::DestinationSettings,
};

/// The form of what is written now.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    carryon_destinations: u32,
    destinations: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
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

    /// Saves the destinations of such a document. One of the same name and address takes the settings; one that cannot be
    /// saved stops none of the others.
    ///
    /// # Errors
    /// `Invalid` where the document makes no sense; then nothing was changed.
    pub async fn import_destinations(&self, document: &str) -> Result<Vec<Imported>> {
        let document: Document = serde_json::from_str(document).map_err(|error| {
            Error::new(ErrorKind::Invalid, "This is no file of Carryon's destinations").because(error)
        })?;
        if document.carryon_destinations > VERSION {
            return Err(Error::new(ErrorKind::Invalid, "These destinations were written by a newer Carryon"));
        }
        let mut imported = Vec::new();
        for entry in document.destinations {
            let name = entry.name.clone();
            imported.push(Imported { name, outcome: self.import(entry).await });
        }
        Ok(imported)
    }

    async fn import(&self, entry: Entry) -> Result<()> {
        let settings = match entry.settings {
            serde_json::Value::Null => DestinationSettings::default(),
            settings => DestinationSettings::from_json(&settings.to_string())?,
        };
        let same = self.find_destination(&entry.name).await.ok().filter(|row| row.address == entry.address);
        if same.is_some() {
            let change = Change { settings: Some(settings), ..Change::default() };
            return self.change_destination(&entry.name, change).await.map(drop);
        }
        self.add_destination(&entry.name, &entry.address, settings).await.map(drop)
    }
}
