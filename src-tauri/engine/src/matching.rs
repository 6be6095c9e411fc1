//! Which unfinished upload a file belongs to: by its path, by what it is on its disk, else by what is in it (DESIGN 3).
//!
//! A file that was moved, renamed or copied goes on where it stopped: it is found by its file id, or by size and fingerprint,
//! and nothing is built on that before the digests of what was confirmed are compared with it (P4). Two files that only
//! look alike stay two: another place at the destination is another file for as long as the first one is still there.

use std::{path::Path, sync::Arc};

use crate::{
    add::AddRequest,
    chunk::Digest,
    engine::Engine,
    error::{Error, ErrorKind, Result},
    inner::Inner,
    records::{sources, uploads},
    source::{Found, Identity, SourceFile},
    upload::{Step, UploadId},
    worker::blocking,
};

/// An unfinished upload that a file may belong to.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub id: UploadId,
    pub path: std::path::PathBuf,
    pub identity: Identity,
    pub name: String,
    pub relative_path: String,
    pub fingerprint: Option<Digest>,
}

/// What the records know at a first look.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hint {
    /// Those of the same file id.
    pub by_id: Vec<Candidate>,
    /// There is one of the same size whose content is known.
    pub same_size: bool,
}

impl Candidate {
    fn is(&self, file: &Found, identity: &Identity, fingerprint: Option<Digest>, still_there: bool) -> bool {
        let same_content =
            self.identity.size == identity.size && fingerprint.is_some() && self.fingerprint == fingerprint;
        let same_place = self.name == file.name && self.relative_path == file.relative_path;
        (self.identity.is_same_file(identity) || same_content) && (same_place || !still_there)
    }

    /// Whether its file still lies where it was.
    fn is_still_there(&self) -> bool {
        let found = std::fs::metadata(&self.path).and_then(|meta| Identity::of(&self.path, &meta));
        found.is_ok_and(|found| found.is_same_file(&self.identity))
    }
}

impl Inner {
    /// The unfinished upload that goes on with this file, which lies elsewhere than its record says; none for a new file.
    pub async fn find_moved(
        &self,
        request: &AddRequest,
        file: &Found,
        identity: &Identity,
        hint: Hint,
    ) -> Result<Option<UploadId>> {
        if hint.by_id.is_empty() && !hint.same_size {
            return Ok(None);
        }
        let path = file.path.clone();
        let fingerprint = match hint.same_size {
            true => blocking(move || SourceFile::open(&path)?.fingerprint()).await.ok(),
            false => None,
        };
        let mut candidates = hint.by_id;
        if let Some(fingerprint) = fingerprint {
            let (request, path, size) = (request.clone(), file.path.clone(), identity.size);
            let alike = self.records.run(move |connection| {
                uploads::of_content(connection, request.destination, &request.scope, &path, size, &fingerprint)
            });
            candidates.extend(alike.await?);
        }
        let (file, identity) = (file.clone(), identity.clone());
        blocking(move || {
            let belongs = |c: &&Candidate| c.is(&file, &identity, fingerprint, c.is_still_there());
            Ok(candidates.iter().find(belongs).map(|candidate| candidate.id))
        })
        .await
    }
}

impl Engine {
    /// Goes on with an upload whose file lies at `path` now.
    ///
    /// # Errors
    /// `Invalid` or `SourceChanged` where another file lies there; then nothing was changed. `SourceMissing` where none does.
    pub async fn locate(&self, id: UploadId, path: &Path) -> Result<()> {
        let _hold = self.inner.halt(id).await;
        let records = &self.inner.records;
        let upload = records.run(move |connection| uploads::get(connection, id)).await?;
        let upload = upload.ok_or_else(|| uploads::unknown(id))?;
        let known = records.run(move |connection| sources::fingerprint(connection, id)).await?;
        let path = std::path::absolute(path)
            .map_err(|error| Error::new(ErrorKind::Invalid, "This path cannot be made absolute").because(error))?;
        let (place, size) = (path.clone(), upload.size);
        let source = blocking(move || {
            let source = Arc::new(SourceFile::open(&place)?);
            require_alike(&source, size, known).map(|()| source)
        });
        let identity = source.await?.identity().clone();
        let adopt = move |connection: &rusqlite::Connection| {
            uploads::step(connection, id, Step::Requeue)?;
            sources::adopt(connection, id, &path, &identity)
        };
        let _order = self.inner.order.lock().await;
        records.run(adopt).await?;
        self.inner.queued(id);
        Ok(())
    }
}

fn require_alike(source: &SourceFile, size: u64, known: Option<Digest>) -> Result<()> {
    let found = source.identity().size;
    if found != size {
        let text =
            format!("This file has {found} bytes, the one that was being uploaded had {size}: it is another one");
        return Err(Error::new(ErrorKind::Invalid, text).next_step("Choose the file as it was, or start over."));
    }
    if known.is_some_and(|known| source.fingerprint().ok() != Some(known)) {
        let text = "This file is as large as the one that was being uploaded, but has other content";
        return Err(Error::new(ErrorKind::Invalid, text).next_step("Choose the file as it was, or start over."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(id: &str, mtime_ns: i64) -> Identity {
        let (file_id, volume) = (Some(id.to_owned()), Some("disk".to_owned()));
        Identity { size: 10, mtime_ns, ctime_ns: Some(mtime_ns), file_id, volume }
    }

    fn file(relative_path: &str, name: &str) -> Found {
        Found { path: "/new".into(), name: name.into(), relative_path: relative_path.into() }
    }

    fn candidate(id: &str, content: u8) -> Candidate {
        Candidate {
            id: UploadId::random(),
            path: "/old".into(),
            identity: identity(id, 1),
            name: "take.mov".into(),
            relative_path: String::new(),
            fingerprint: Some([content; 32]),
        }
    }

    #[test]
    fn a_renamed_file_is_found_by_its_id_and_a_second_link_to_it_stays_a_second_file() {
        let (known, renamed) = (candidate("7", 1), file("", "final.mov"));
        assert!(known.is(&renamed, &identity("7", 1), None, false));
        assert!(!known.is(&renamed, &identity("7", 1), None, true), "the first one is still there");
        assert!(!known.is(&renamed, &identity("7", 2), None, false), "written to since: not proved by its id");
        assert!(!known.is(&renamed, &identity("8", 1), None, false));
    }

    #[test]
    fn a_copy_is_found_by_its_content_where_it_goes_to_the_same_place_or_the_first_is_gone() {
        let known = candidate("7", 1);
        let copy = identity("99", 5);
        assert!(known.is(&file("", "take.mov"), &copy, Some([1; 32]), true), "the same place at the destination");
        assert!(known.is(&file("day 1", "other.mov"), &copy, Some([1; 32]), false), "the first one is gone");
        assert!(!known.is(&file("day 1", "take.mov"), &copy, Some([1; 32]), true), "two files with the same content");
        assert!(!known.is(&file("", "take.mov"), &copy, Some([2; 32]), false), "the same name and size, other content");
        assert!(!known.is(&file("", "take.mov"), &Identity { size: 11, ..copy }, Some([1; 32]), false));
    }
}
