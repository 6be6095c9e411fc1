//! One owner, many faces: whoever owns the records serves a local socket, and every other face becomes its client.
//!
//! The owner greets; a client sends one line of JSON, a [`Request`]; the answer is lines of JSON, the very ones that the command line
//! prints, ended by `{"event":"end","code":…}` with the exit code of DESIGN 8. The same [`carry_out`] answers at home
//! and over the socket, so the output is the same. A client that goes away interrupts the uploads it followed, as a
//! killed sender's would be, unless it detached.
//!
//! The socket lies in the data folder (0600 in a folder of 0700); where that path is too long for one, in a private
//! folder of the same user. On Windows it is a named pipe.

mod another_machine;
mod carry_out;
mod client;
mod history;
mod lines;
mod request;
mod resume;
mod saved;
mod server;
mod settings;
mod table;
mod watches;

use std::{io, path::Path};

use interprocess::local_socket::Name;

pub use carry_out::{End, Followed, Lines, carry_out};
pub use client::{Call, call};
pub use history::{history_table_head, history_table_line, history_table_row};
pub use lines::{error_line, interrupted_line, set_aside_line};
pub use request::{How, Request, ResumeWhich, Saved, Secret, Send, Settings, decode_paths, encode_paths};
pub use server::{Server, serve};
pub use watches::Watches;

/// What an owner says first, to whoever calls.
const HELLO: &str = "carryon";

/// The longest path that every Unix takes for a socket.
#[cfg(unix)]
const LONGEST_PATH: usize = 100;

/// The socket's name for a data folder.
#[cfg(unix)]
fn name(data_dir: &Path) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericFilePath, ToFsName};
    Ok(path(data_dir)?.to_fs_name::<GenericFilePath>()?.into_owned())
}

#[cfg(unix)]
fn path(data_dir: &Path) -> io::Result<std::path::PathBuf> {
    let data_dir = std::path::absolute(data_dir)?;
    let beside = data_dir.join("carryon.sock");
    if beside.as_os_str().len() <= LONGEST_PATH {
        return Ok(beside);
    }
    let digest = blake3::hash(data_dir.as_os_str().as_encoded_bytes()).to_hex();
    Ok(private_folder()?.join(&digest[..24]))
}

/// A folder that nobody else can write to; one that somebody else put there is refused.
#[cfg(unix)]
fn private_folder() -> io::Result<std::path::PathBuf> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    let own =
        std::fs::metadata("/proc/self").or_else(|_| std::fs::metadata(std::env::temp_dir())).map(|meta| meta.uid())?;
    let folder = std::env::temp_dir().join(format!("carryon-{own}"));
    match std::fs::DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let meta = std::fs::symlink_metadata(&folder)?;
    let private = meta.is_dir() && meta.uid() == own && meta.permissions().mode() & 0o077 == 0;
    match private {
        true => Ok(folder),
        false => {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "the folder for the socket belongs to somebody else"))
        }
    }
}

#[cfg(windows)]
fn name(data_dir: &Path) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericNamespaced, ToNsName};
    let data_dir = std::path::absolute(data_dir)?;
    let digest = blake3::hash(data_dir.as_os_str().as_encoded_bytes()).to_hex();
    Ok(format!("carryon-{}", &digest[..24]).to_ns_name::<GenericNamespaced>()?.into_owned())
}
