//! Why a receiver does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a receiver does not start. Errors of single requests are answered to their clients instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Whoever can reach the address could write here.
    #[error("refusing to listen on {0} without a token: it can be reached from other computers")]
    TokenNeeded(SocketAddr),
    /// The token is empty or has characters that no header can carry.
    #[error("the token must be printable ASCII without spaces, and not empty")]
    TokenUnusable,
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("cannot use {} for HTTPS: {reason}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process receives into the same folder.
    #[error("another receiver is at work in {}", .0.display())]
    Locked(PathBuf),
    /// The folder or the store in it cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It was stopped.
    #[error("the receiver has ended")]
    Ended,
    /// A newer Carryon wrote the journal.
    #[error("{} was written by a newer version", .0.display())]
    Newer(PathBuf),
}

impl Error {
    /// For `map_err`: an I/O error at `path`.
    pub(crate) fn folder(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
        let path = path.into();
        move |source| Error::Folder { path, source }
    }
}
