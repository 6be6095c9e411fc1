//! Carrying out what is asked of the saved destinations.

use serde_json::{Value, json};

use super::{
    carry_out::{End, Lines},
    request::{Saved, Secret},
};
use crate::{
    destination::FinishedFile,
    destinations::Change,
    drivers::Credentials,
    engine::Engine,
    error::{Error, ErrorKind, Result},
    exchange::{Caution, Imported, Plan, Planned},
    records::destinations::DestinationRow,
    retiring::Removal,
    secrets::Kept,
    settings::DestinationSettings,
};

/// Carries out `ask`; a test with something wrong ends as failed.
pub(super) async fn carry_out(engine: &Engine, ask: Saved, lines: &Lines) -> Result<End> {
    let tell = |line: Value| drop(lines.send(line));
    match ask {
        Saved::List => engine.destinations().await?.iter().for_each(|row| tell(of_row(row))),
        Saved::Add { name, address, settings, token } => {
            let settings = parse(settings)?.unwrap_or_default();
            let row = engine.add_destination(&name, &address, settings).await?;
            tell(of_row(&row));
            keep(engine, &row, token, lines).await?;
        }
        Saved::Set { named, name, address, settings, token, forget_token } => {
            let change = Change { name, address, settings: parse(settings)? };
            let row = engine.change_destination(&named, change).await?;
            tell(of_row(&row));
            if forget_token {
                engine.forget_token(row.id).await?;
            }
            keep(engine, &row, token, lines).await?;
        }
        Saved::Remove { named, later: false } => {
            engine.remove_destination(&named).await?;
            tell(json!({ "event": "removed", "name": named }));
        }
        Saved::Remove { named, later: true } => tell(match engine.retire_destination(&named).await? {
            Removal::Gone => json!({ "event": "removed", "name": named }),
            Removal::Waits(needed_by) => json!({ "event": "hidden", "name": named, "needed_by": needed_by }),
        }),
        Saved::Test { named, token } => {
            let credentials = Credentials { token: token.map(|Secret(token)| token) };
            let checks = engine.test_destination(&named, credentials).await?;
            let all_good = checks.iter().all(|check| check.ok);
            checks
                .iter()
                .for_each(|c| tell(json!({ "event": "check", "what": c.what, "ok": c.ok, "message": c.words })));
            return Ok(if all_good { End::Done } else { End::SomeFailed });
        }
        Saved::Export { names } => tell(engine.export_destinations(&names).await?),
        Saved::Import { document, dry_run: true, .. } => {
            engine.plan_import(&document).await?.iter().for_each(|planned| tell(of_planned(planned)));
        }
        Saved::Import { document, replace, .. } => {
            let imported = engine.import_destinations(&document, replace).await?;
            imported.iter().for_each(|one| tell(of_imported(one)));
            return Ok(if imported.iter().all(|one| one.outcome.is_ok()) { End::Done } else { End::SomeFailed });
        }
        Saved::Files { named, token } => {
            let row = introduced(engine, &named, token).await?;
            let listing = engine.finished_files(row.id).await?;
            listing.files.iter().for_each(|file| tell(of_file(file)));
            return Ok(if listing.whole { End::Done } else { End::SomeFailed });
        }
        Saved::DeleteFile { named, id, token } => {
            let row = introduced(engine, &named, token).await?;
            let listing = engine.finished_files(row.id).await?;
            let file = listing.files.into_iter().find(|file| file.id == id).ok_or_else(|| {
                Error::new(ErrorKind::Invalid, format!("“{named}” tells of no finished file “{id}”"))
                    .next_step("“carryon destinations files” shows them.")
            })?;
            engine.delete_finished(row.id, &file).await?;
            tell(json!({ "event": "removed", "name": file.name }));
        }
    }
    Ok(End::Done)
}

/// A token that was given goes into the keychain; where it cannot, that is said.
async fn keep(engine: &Engine, row: &DestinationRow, token: Option<Secret>, lines: &Lines) -> Result<()> {
    let Some(Secret(token)) = token else { return Ok(()) };
    let line = match engine.remember_token(row.id, token).await? {
        Kept::InKeychain => json!({ "event": "token", "kept": "keychain" }),
        Kept::ForThisRun(why) => json!({ "event": "token", "kept": "this_run", "message": why }),
    };
    let _ = lines.send(line);
    Ok(())
}

async fn introduced(engine: &Engine, named: &str, token: Option<Secret>) -> Result<DestinationRow> {
    let row = engine.find_destination(named).await?;
    if let Some(Secret(token)) = token {
        engine.set_credentials(row.id, Credentials { token: Some(token) });
    }
    Ok(row)
}

fn of_imported(one: &Imported) -> Value {
    match &one.outcome {
        Ok(()) => json!({ "event": "imported", "name": one.name }),
        Err(error) => json!({
            "event": "failed", "name": one.name, "message": error.to_string(), "next_step": error.advice(),
        }),
    }
}

fn of_planned(planned: &Planned) -> Value {
    let (plan, message) = match &planned.plan {
        Plan::New => ("new", None),
        Plan::Same => ("same", None),
        Plan::Different => ("different", None),
        Plan::Refused(error) => ("refused", Some(error.to_string())),
    };
    let caution = |caution: &Caution| match caution {
        Caution::PlainHttp => "plain_http",
        Caution::Certificates => "certificates",
    };
    let cautions: Vec<_> = planned.cautions.iter().map(caution).collect();
    json!({ "event": "planned", "name": planned.name, "plan": plan, "cautions": cautions, "message": message })
}

fn of_file(file: &FinishedFile) -> Value {
    json!({ "event": "file", "name": file.name, "id": file.id, "size": file.size, "location": file.location })
}

fn parse(settings: Option<String>) -> Result<Option<DestinationSettings>> {
    settings.map(|text| DestinationSettings::from_json(&text)).transpose()
}

fn of_row(row: &DestinationRow) -> Value {
    let settings: Value = serde_json::from_str(&row.settings).unwrap_or(Value::Null);
    json!({ "name": row.name, "address": row.address, "settings": settings, "has_token": row.secret.is_some() })
}
