//! Why the store did not do as asked.

use std::io;

/// Why the store did not do as asked. Nothing that was acknowledged before is lost by any of these.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// The store has never heard of the upload, or has forgotten it.
    #[error("this upload is not known here")]
    Unknown,
    /// These ranges (offset, length) have not come in yet.
    #[error("not all of the file has come in yet")]
    Missing(Vec<(u64, u64)>),
    /// What is asked contradicts what came before, and always will.
    #[error("{0}")]
    Conflict(String),
    /// Another request is at work on the upload; later it may go.
    #[error("{0}")]
    Busy(&'static str),
    /// What comes does not begin where this much is held.
    #[error("{0} bytes are held: it has to go on from there")]
    Offset(u64),
    /// The length is another than was said before, or less than is held.
    #[error("the length is not what was said before")]
    Length,
    /// The upload is finished: nothing can be added.
    #[error("this upload is complete")]
    Complete(Box<super::Standing>),
    /// A part of the file has not come in whole yet.
    #[error("not all parts have come in yet")]
    Unfinished,
    /// The upload is finished, and what came now is not what it holds.
    #[error("this upload is finished and holds other bytes here")]
    Finished,
    /// More bytes than were announced, or than are allowed.
    #[error("more bytes came than the {0} announced or allowed")]
    TooLong(u64),
    /// Not as many bytes as announced.
    #[error("{received} bytes came where {expected} were announced")]
    WrongLength { expected: u64, received: u64 },
    /// Other bytes than announced.
    #[error("the bytes that came do not have the digest that was given")]
    WrongDigest,
    /// The file is larger than the receiver allows.
    #[error("{0}")]
    Limit(&'static str),
    /// No more uploads can be begun before others are finished.
    #[error("too many uploads are unfinished here")]
    TooMany,
    /// The same for one client.
    #[error("too many of your uploads are unfinished here")]
    TooManyOfOne,
    /// It would leave less of the disk free than is to stay free.
    #[error("there is not enough free space for it here")]
    NoRoom,
    /// A newer request sends the same bytes.
    #[error("a newer request is sending the same bytes")]
    Superseded,
    /// The disk failed; what was asked may be tried again.
    #[error("the disk did not take it: {0}")]
    Io(#[from] io::Error),
}

/// Whether there was no room for it.
pub(crate) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(error.kind(), K::StorageFull | K::QuotaExceeded | K::FileTooLarge)
}
