//! The store against its model: any deeds in any order, waited for or not, with failures and reopenings between them.

use std::path::Path;

use proptest::prelude::*;
use rusqlite::Connection;

use super::{
    Model, Told,
    deed::{Deed, on_store},
};
use crate::{
    error::{Error, ErrorKind, Result},
    records::{Records, chunks, destinations, history, outbox, uploads},
    upload::{DestinationId, Upload, now},
};

/// How a deed is done.
#[derive(Clone, Copy, Debug)]
enum How {
    /// Waited for.
    Now,
    /// It may lie, beside one that fails.
    Later,
    /// It is carried out, and then fails: nothing of it may stay.
    Fails,
    /// The store is closed and opened again before it.
    Reopened,
}

fn any_how() -> impl Strategy<Value = How> {
    prop_oneof![6 => Just(How::Now), 2 => Just(How::Later), 2 => Just(How::Fails), 1 => Just(How::Reopened)]
}

/// All that the store tells.
#[derive(Debug, PartialEq)]
struct Whole {
    uploads: Vec<Told>,
    unreadable: u64,
    queue: Vec<String>,
    outbox: Vec<(String, u32)>,
    history: Vec<(String, String)>,
    /// Rows that belong to nothing, and uploads with no attempt or two.
    astray: i64,
}

const ASTRAY: &str = "SELECT (SELECT count(*) FROM sources WHERE id NOT IN (SELECT source FROM uploads))
    + (SELECT count(*) FROM attempts WHERE upload NOT IN (SELECT id FROM uploads))
    + (SELECT count(*) FROM chunks WHERE attempt NOT IN (SELECT seq FROM attempts))
    + (SELECT count(*) FROM uploads u WHERE 1 <> (SELECT count(*) FROM attempts a WHERE a.upload = u.id AND a.retired_at IS NULL))
    + (SELECT count(*) FROM pragma_foreign_key_check)";

fn told(connection: &Connection, upload: &Upload) -> Result<Told> {
    let attempt = &upload.attempt;
    let rows = chunks::of_attempt(connection, attempt.seq)?;
    let chunks: Vec<_> = rows.iter().map(|row| (row.offset, row.length, row.confirmed)).collect();
    Ok(Told {
        id: upload.id,
        size: upload.size,
        state: upload.state.clone(),
        confirmed: upload.confirmed,
        chunks_left: super::counted(&attempt.plan, &chunks, upload.chunks_left),
        chunks,
        marks: (upload.keep, attempt.ticket.is_some(), attempt.finishing, attempt.resets, upload.resumes, upload.sent),
    })
}

fn whole(connection: &Connection) -> Result<Whole> {
    let (uploads, unreadable) = uploads::list(connection)?;
    let past = history::list(connection, u32::MAX)?;
    Ok(Whole {
        uploads: uploads.iter().map(|upload| told(connection, upload)).collect::<Result<_>>()?,
        unreadable,
        queue: uploads::queued(connection, now(), u32::MAX)?.iter().map(|(id, _)| id.to_string()).collect(),
        outbox: outbox::due(connection, i64::MAX)?.into_iter().map(|errand| (errand.upload, errand.tries)).collect(),
        history: past.into_iter().map(|past| (past.upload, past.outcome)).collect(),
        astray: connection.query_row(ASTRAY, [], |row| row.get(0))?,
    })
}

fn expected(model: &Model) -> Whole {
    Whole {
        uploads: model.uploads.iter().map(super::Known::told).collect(),
        unreadable: 0,
        queue: model.queue(now()).iter().map(ToString::to_string).collect(),
        outbox: model.outbox.iter().take(32).map(|(id, tries)| (id.to_string(), *tries)).collect(),
        history: model.history.iter().map(|(id, outcome)| (id.to_string(), (*outcome).to_owned())).collect(),
        astray: 0,
    }
}

/// No power cut comes: where the system has a disk in memory, syncs take no time there.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("temp folder")
}

async fn open(folder: &Path) -> Result<(Records, DestinationId)> {
    let records = Records::open(folder)?.records;
    let row = records.run(|connection| destinations::get_or_make(connection, "there", "memory")).await?;
    Ok((records, row.id))
}

async fn carry_out(records: &Records, to: DestinationId, deed: &Deed, how: How) -> Result<()> {
    let (good, bad) = (deed.clone(), deed.clone());
    let fails = move |connection: &Connection| {
        on_store(connection, to, &bad)?;
        Err::<(), _>(Error::new(ErrorKind::Storage, "on purpose"))
    };
    match how {
        How::Fails => records.run(fails).await,
        How::Now | How::Reopened => records.run(move |connection| on_store(connection, to, &good)).await,
        How::Later => {
            let failed = records.run_later(fails);
            let done = records.run_later(move |connection| on_store(connection, to, &good));
            // Who waits ends everybody's lying.
            records.run(|_| Ok(())).await?;
            assert!(failed.await.expect("it answers").is_err(), "one failure is nobody else's");
            done.await.expect("it answers")
        }
    }
}

async fn run(deeds: Vec<(u8, usize, u64, How)>) -> Result<(), TestCaseError> {
    let folder = folder();
    let (mut records, mut to) = open(folder.path()).await.expect("it opens");
    let mut model = Model::default();
    for (what, which, n, how) in deeds {
        if matches!(how, How::Reopened) {
            drop(records);
            (records, to) = open(folder.path()).await.expect("it opens again");
        }
        let deed = Deed::choose(&model, what, which, n);
        let before = model.clone();
        let may = model.carry_out(&deed) && !matches!(how, How::Fails);
        if !may {
            model = before;
        }
        let done = carry_out(&records, to, &deed, how).await;
        prop_assert_eq!(done.is_ok(), may, "{:?} {:?}: {:?}", deed, how, done);
        let whole = records.run(whole).await.expect("it tells");
        prop_assert_eq!(whole, expected(&model), "after {:?} {:?}", deed, how);
    }
    Ok(())
}

proptest! {
    // A case here has a hundred steps, and each reads everything.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases / 4))]

    #[test]
    fn the_records_tell_what_was_done_and_nothing_else(
        deeds in prop::collection::vec((0u8..40, 0usize..50, any::<u64>(), any_how()), 1..60)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(run(deeds))?;
    }
}
