//! Saves what can be read of a damaged database into a fresh one.
//!
//! The damaged file is only read, page by page: a page that is whole gives its rows, whatever became of the trees above
//! it. That works since nothing deleted is left in our files (`secure_delete`): what looks like a row is one. Then the
//! whole is mended: no row refers to one that is lost, every upload that is left can be listed, and nothing counts as
//! confirmed but the chunks whose rows were read (P2).

mod image;
mod mend;
mod rows;
mod shapes;
mod wal;

use rusqlite::Connection;

pub(super) use image::Image;
pub(super) use wal::{Wal, id as log_id};

use crate::error::Result;

/// How a salvage came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Salvaged {
    /// Uploads that are listed again.
    pub uploads: u64,
    /// Those of them that have to begin anew, since nobody knows how far they were.
    pub to_start_over: u64,
    /// Uploads that are known to be lost.
    pub lost: u64,
    /// Their names, as far as they can be read.
    pub names: Vec<String>,
    /// Destinations whose address is lost.
    pub destinations: u64,
    /// Watched folders, which rest until somebody looked at them.
    pub watches: u64,
}

/// Copies what can be read of `image` into `fresh`, an empty database of the newest schema; all or nothing.
///
/// # Errors
/// `Storage` where `fresh` cannot be written.
pub(super) fn salvage(image: &Image, fresh: &mut Connection) -> Result<Salvaged> {
    fresh.pragma_update(None, "foreign_keys", false)?;
    let transaction = fresh.transaction()?;
    copy(image, &transaction)?;
    let salvaged = mend::mend(&transaction)?;
    transaction.commit()?;
    fresh.pragma_update(None, "foreign_keys", true)?;
    Ok(salvaged)
}

fn copy(image: &Image, fresh: &Connection) -> Result<()> {
    let shapes = shapes::of_schema(fresh)?;
    // The first page describes the schema.
    for number in 2..=image.count() {
        let Some(page) = rows::of_page(image, number) else { continue };
        for row in page.rows {
            let shape = shapes.iter().find(|shape| shape.fits(&row));
            if let Some(shape) = shape.filter(|shape| page.whole || !shape.wants_whole_pages()) {
                shape.insert(fresh, row)?;
            }
        }
    }
    Ok(())
}
