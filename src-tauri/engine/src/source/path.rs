//! Paths as bytes, lossless on every system: what Unix gives as it is, what Windows gives as UTF-16 units.

use std::path::{Path, PathBuf};

#[cfg(unix)]
mod system {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path, path::PathBuf};

    pub const ENCODING: &str = "unix";

    pub fn encode(path: &Path) -> Vec<u8> {
        path.as_os_str().as_bytes().to_vec()
    }

    pub fn decode(bytes: &[u8]) -> PathBuf {
        PathBuf::from(OsStr::from_bytes(bytes))
    }
}

#[cfg(windows)]
mod system {
    use std::{
        ffi::OsString,
        os::windows::ffi::{OsStrExt, OsStringExt},
        path::{Path, PathBuf},
    };

    pub const ENCODING: &str = "wide";

    pub fn encode(path: &Path) -> Vec<u8> {
        path.as_os_str().encode_wide().flat_map(u16::to_le_bytes).collect()
    }

    pub fn decode(bytes: &[u8]) -> PathBuf {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        PathBuf::from(OsString::from_wide(&units))
    }
}

/// How this system's paths are encoded; stands beside each path in the records.
pub(crate) fn path_encoding() -> &'static str {
    system::ENCODING
}

/// A path as it stands in the records.
pub(crate) fn encode_path(path: &Path) -> Vec<u8> {
    system::encode(path)
}

/// The path that [`encode_path`] was given on this kind of system; a path from another kind is read as UTF-8 or
/// UTF-16 as well as can be, so that it can be shown and located anew.
pub(crate) fn decode_path(encoding: &str, bytes: &[u8]) -> PathBuf {
    match encoding {
        own if own == system::ENCODING => system::decode(bytes),
        "wide" => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            PathBuf::from(String::from_utf16_lossy(&units))
        }
        _ => PathBuf::from(String::from_utf8_lossy(bytes).into_owned()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    use super::*;

    #[test]
    fn a_name_in_no_known_script_survives_the_record() {
        let path = Path::new(OsStr::from_bytes(b"/media/caf\xe9 \xff.mov"));
        assert_eq!(decode_path(path_encoding(), &encode_path(path)), path);
    }
}
