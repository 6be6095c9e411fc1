//! Comparing a file with the digests that a document brings, and taking those of what was not sent yet.

use std::{path::Path, sync::Arc};

use super::document::{Document, Hex, Piece, Row};
use crate::{
    chunk::Chunk,
    error::{Error, ErrorKind, Result},
    source::SourceFile,
    upload::Upload,
    worker::blocking,
};

/// The longest piece of what was not sent yet.
const LONGEST_PIECE: u64 = 64 * 1024 * 1024;
/// Pieces read between two moments at which the work can be cancelled.
const TOGETHER: usize = 16;

/// The file at `path`, proved to be the one that `document` tells of, and unchanged from the first byte read to the last.
///
/// # Errors
/// `Invalid` where it is another one: in words, with the bytes that differ. `SourceMissing`, `SourceChanged`.
pub(super) async fn prove(path: &Path, document: &Document) -> Result<Arc<SourceFile>> {
    let (place, size, known) = (path.to_owned(), document.size, document.fingerprint);
    let source = blocking(move || {
        let source = SourceFile::open(&place)?;
        require_alike(&source, size, known).map(|()| Arc::new(source))
    });
    let source = source.await?;
    let pieces: Vec<Piece> = document.chunks.iter().map(|row| row.piece).chain(document.unsent.clone()).collect();
    for some in pieces.chunks(TOGETHER) {
        let (reader, some) = (Arc::clone(&source), some.to_vec());
        blocking(move || some.iter().try_for_each(|piece| require_equal(&reader, piece))).await?;
    }
    let reader = Arc::clone(&source);
    blocking(move || reader.check(reader.identity())).await?;
    Ok(source)
}

fn require_alike(source: &SourceFile, size: u64, known: Option<Hex>) -> Result<()> {
    let found = source.identity().size;
    if found != size {
        return Err(another(format!("This file has {found} bytes, the one that was being uploaded has {size}")));
    }
    match known {
        Some(Hex(known)) if source.fingerprint()? != known => {
            let text = format!("The samples of bytes 0 to {} differ from the file that was being uploaded", last(size));
            Err(another(text))
        }
        _ => Ok(()),
    }
}

fn require_equal(source: &SourceFile, piece: &Piece) -> Result<()> {
    if source.digest(piece.chunk())? == piece.blake3.0 {
        return Ok(());
    }
    let (from, to) = (piece.offset, last(piece.end()));
    Err(another(format!("Bytes {from} to {to} of this file differ from the file that was being uploaded")))
}

fn last(end: u64) -> u64 {
    end.saturating_sub(1)
}

fn another(text: String) -> Error {
    Error::new(ErrorKind::Invalid, text).next_step("Nothing was added. Choose the very file, byte for byte.")
}

/// The digests of all that `rows` do not cover; none where the file is not there any more as it was.
pub(super) async fn unsent(upload: &Upload, rows: &[Row]) -> Option<Vec<Piece>> {
    let (path, identity) = (upload.path.clone(), upload.identity.clone());
    let opened = blocking(move || {
        let source = SourceFile::open(&path)?;
        source.check(&identity).map(|()| Arc::new(source))
    });
    let source = opened.await.ok()?;
    let mut pieces = Vec::new();
    for gap in gaps(rows, upload.size) {
        let reader = Arc::clone(&source);
        let digest = blocking(move || reader.digest(gap)).await.ok()?;
        pieces.push(Piece { offset: gap.offset, length: gap.length, blake3: Hex(digest) });
    }
    let identity = upload.identity.clone();
    blocking(move || source.check(&identity)).await.ok()?;
    Some(pieces)
}

fn gaps(rows: &[Row], size: u64) -> Vec<Chunk> {
    let (mut gaps, mut at) = (Vec::new(), 0);
    let ends = rows.iter().map(|row| (row.piece.offset, row.piece.end())).chain([(size, size)]);
    for (start, end) in ends {
        while at < start {
            let length = LONGEST_PIECE.min(start - at);
            gaps.push(Chunk { index: 0, offset: at, length });
            at += length;
        }
        at = at.max(end);
    }
    gaps
}
