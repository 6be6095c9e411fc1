//! Carrying out what is asked of the saved destinations.

use serde_json::{Value, json};

use super::{
    carry_out::{End, Lines},
    request::{Saved, Secret},
};
use crate::{
    destinations::Change, drivers::Credentials, engine::Engine, error::Result, records::destinations::DestinationRow,
    settings::DestinationSettings,
};

/// Carries out `ask`; a test with something wrong ends as failed.
pub(super) async fn carry_out(engine: &Engine, ask: Saved, lines: &Lines) -> Result<End> {
    let tell = |line: Value| drop(lines.send(line));
    match ask {
        Saved::List => engine.destinations().await?.iter().for_each(|row| tell(of_row(row))),
        Saved::Add { name, address, settings } => {
            let settings = parse(settings)?.unwrap_or_default();
            tell(of_row(&engine.add_destination(&name, &address, settings).await?));
        }
        Saved::Set { named, name, address, settings } => {
            let change = Change { name, address, settings: parse(settings)? };
            tell(of_row(&engine.change_destination(&named, change).await?));
        }
        Saved::Remove { named } => {
            engine.remove_destination(&named).await?;
            tell(json!({ "event": "removed", "name": named }));
        }
        Saved::Test { named, token } => {
            let credentials = Credentials { token: token.map(|Secret(token)| token) };
            let checks = engine.test_destination(&named, credentials).await?;
            let all_good = checks.iter().all(|check| check.ok);
            checks
                .iter()
                .for_each(|c| tell(json!({ "event": "check", "what": c.what, "ok": c.ok, "message": c.words })));
            return Ok(if all_good { End::Done } else { End::SomeFailed });
        }
    }
    Ok(End::Done)
}

fn parse(settings: Option<String>) -> Result<Option<DestinationSettings>> {
    settings.map(|text| DestinationSettings::from_json(&text)).transpose()
}

fn of_row(row: &DestinationRow) -> Value {
    let settings: Value = serde_json::from_str(&row.settings).unwrap_or(Value::Null);
    json!({ "name": row.name, "address": row.address, "settings": settings })
}
