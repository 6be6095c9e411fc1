//! Whether a file system keeps all that an identity is made of: size, both times, file id and volume (DESIGN P4).
//!
//! Local ones that are known to do so are trusted. All others (FAT and exFAT on cards, network shares, anything unknown)
//! are not: an edit may leave no trace there, so what was confirmed is compared with the file before it is completed.

use std::fs::File;

/// Whether an unchanged identity of `file` proves unchanged content.
pub(super) fn keeps_identity(file: &File) -> bool {
    system::keeps_identity(file)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use std::fs::File;

    /// The magic numbers of statfs(2): ext2 to ext4, Btrfs, XFS, F2FS, ZFS, Bcachefs, tmpfs.
    const KNOWN: [i64; 7] = [0xEF53, 0x9123_683E, 0x5846_5342, 0xF2F5_2010, 0x2FC1_2FC1, 0xCA45_1A4E, 0x0102_1994];

    pub fn keeps_identity(file: &File) -> bool {
        // The width of the number differs between systems; the low 32 bits are what is compared.
        rustix::fs::fstatfs(file).is_ok_and(|found| KNOWN.contains(&(i64::from(found.f_type as u32))))
    }
}

#[cfg(target_vendor = "apple")]
mod system {
    use std::fs::File;

    pub fn keeps_identity(file: &File) -> bool {
        let Ok(found) = rustix::fs::fstatfs(file) else { return false };
        let name: Vec<u8> = found.f_fstypename.iter().take_while(|c| **c != 0).map(|c| *c as u8).collect();
        name == b"apfs" || name == b"hfs"
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
mod system {
    use std::fs::File;

    /// Nothing is known here: everything is compared.
    pub fn keeps_identity(_: &File) -> bool {
        false
    }
}
