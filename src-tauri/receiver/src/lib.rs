//! A server for resumable uploads, on a store that survives power cuts.
//!
//! [`Receiver::start`] is the whole face ([`Receiver::open_door`] lets others in at another address): it opens a folder, listens, and speaks Fine Uploader's traditional
//! protocol, tus 1.0.0, and the IETF draft of resumable uploads. What it has acknowledged is on the disk, synced; what it
//! has not, a client may send again at any time, and where the protocol has chunks in any order.
//!
//! From the wire to the disk: `server` accepts and watches, `connection` carries one client (`tls` its
//! encryption), `guard` decides who may talk, `fine_uploader` (`payload` finds the file in it), `tus` or `ietf` reads the
//! request (`offsets` is what these two have in common), `store` takes the bytes in and keeps the index,
//! `journal` makes each change durable, `files` is the only one that touches the disk.
#![deny(missing_docs)]

mod access_log;
mod body;
mod config;
mod connection;
mod error;
mod files;
mod fine_uploader;
#[cfg(test)]
mod fuzz;
mod guard;
mod ietf;
mod journal;
mod names;
mod offsets;
mod payload;
mod server;
mod store;
mod tls;
mod tus;

pub use config::{Config, Limits, Tls};
pub use error::Error;
pub use server::Receiver;
pub use store::{Arrived, Coming, Report};
