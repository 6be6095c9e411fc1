//! A file layer under SQLite that tells the log what SQLite does to the disk.
//!
//! It is the system's own, copied under another name, with four of its functions exchanged: everything else, locks and
//! shared memory too, works on the same files in the same way. As SQLite's own layer does, the first sync of a new
//! journal or write-ahead log syncs the names in its folder as well. Memory that is shared needs to survive nothing.

use std::{
    collections::HashMap,
    ffi::{CStr, OsStr, c_char, c_int, c_void},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError},
};

use carryon_instruments::{Fault, Names, disk, planted};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_filename, sqlite3_io_methods, sqlite3_vfs};

/// What SQLite knows this layer by.
pub const NAME: &str = "carryon-powercut";
const C_NAME: &CStr = c"carryon-powercut";

/// An open file, by the address of SQLite's own structure.
struct OpenFile {
    real: &'static sqlite3_io_methods,
    /// Where SQLite finds the functions for this file.
    _ours: Box<sqlite3_io_methods>,
    traced: disk::Traced,
    /// Synced with the file's first sync.
    folder: Option<PathBuf>,
}

static FILES: Mutex<Option<HashMap<usize, OpenFile>>> = Mutex::new(None);
static REAL: OnceLock<Real> = OnceLock::new();

/// The system's own layer: SQLite keeps it for as long as the program runs.
struct Real(&'static sqlite3_vfs);
// SAFETY: SQLite itself uses the structure from all threads; nobody changes it after it was registered.
unsafe impl Send for Real {}
// SAFETY: as above.
unsafe impl Sync for Real {}

/// Makes the layer known to SQLite, under [`NAME`].
pub fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: a null name asks for the default layer, which is always there and stays.
        let real = unsafe { &*ffi::sqlite3_vfs_find(std::ptr::null()) };
        let ours = sqlite3_vfs {
            zName: C_NAME.as_ptr(),
            pNext: std::ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            ..*real
        };
        assert!(REAL.set(Real(real)).is_ok(), "registered once");
        // SAFETY: the structure is leaked, so it stays for as long as SQLite may ask for it.
        let code = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite takes it");
    });
}

fn real() -> &'static sqlite3_vfs {
    REAL.get().expect("registered before it is used").0
}

fn files() -> MutexGuard<'static, Option<HashMap<usize, OpenFile>>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

fn outcome(code: c_int) -> Result<(), c_int> {
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(code) }
}

fn code(outcome: Result<(), c_int>) -> c_int {
    outcome.err().unwrap_or(ffi::SQLITE_OK)
}

/// # Safety
/// `name` is null or a C string.
unsafe fn path_of(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: it is a C string, says SQLite.
    let bytes = unsafe { CStr::from_ptr(name) }.to_bytes();
    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

unsafe extern "C" fn open(
    vfs: *mut sqlite3_vfs,
    name: sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let real_open = real().xOpen.expect("every layer opens");
    // SAFETY: the arguments go on as they came; the copy serves the system's functions as well as the original.
    let open = || outcome(unsafe { real_open(vfs, name, file, flags, out) });
    // SAFETY: SQLite gives a C string, or null for a file that nobody else shall see.
    let Some(path) = (unsafe { path_of(name) }) else { return code(open()) };
    match disk::open(&path, false, open) {
        // SAFETY: SQLite's structure was just filled by the system's own layer.
        Ok(((), traced)) => unsafe { take_over(file, traced, folder_to_sync(&path, flags)) },
        Err(code) => return code,
    }
    ffi::SQLITE_OK
}

/// A new journal's name becomes durable with its first sync.
fn folder_to_sync(path: &Path, flags: c_int) -> Option<PathBuf> {
    const JOURNALS: c_int = ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL | ffi::SQLITE_OPEN_WAL;
    let is_new = flags & ffi::SQLITE_OPEN_CREATE != 0 && flags & JOURNALS != 0;
    path.parent().filter(|_| is_new).map(Path::to_owned)
}

/// # Safety
/// `file` was opened by the system's own layer.
unsafe fn take_over(file: *mut sqlite3_file, traced: disk::Traced, folder: Option<PathBuf>) {
    // SAFETY: an open file has functions, in memory that stays.
    let real: &'static sqlite3_io_methods = unsafe { &*(*file).pMethods };
    let methods = sqlite3_io_methods {
        xClose: Some(close),
        xWrite: Some(write),
        xTruncate: Some(truncate),
        xSync: Some(sync),
        ..*real
    };
    let ours = Box::new(methods);
    // SAFETY: the box stays until the file is closed.
    unsafe { (*file).pMethods = &raw const *ours };
    files().get_or_insert_default().insert(file.addr(), OpenFile { real, _ours: ours, traced, folder });
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync_dir: c_int) -> c_int {
    let real_delete = real().xDelete.expect("every layer deletes");
    // SAFETY: the arguments go on as they came.
    let delete = || outcome(unsafe { real_delete(vfs, name, sync_dir) });
    // SAFETY: SQLite gives a C string.
    let Some(path) = (unsafe { path_of(name) }) else { return code(delete()) };
    let deleted = disk::names(Names::Remove(&path), delete);
    if let (Ok(()), Some(folder), true) = (deleted, path.parent(), sync_dir != 0) {
        sync_names(folder);
    }
    code(deleted)
}

/// The system's own layer has done it; here it is only told.
fn sync_names(folder: &Path) {
    if !planted(Fault::NoDirectorySync) {
        let done: Result<(), c_int> = disk::sync_dir(folder, || Ok(()));
        debug_assert!(done.is_ok(), "nothing was done that could fail");
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let Some(open) = files().get_or_insert_default().remove(&file.addr()) else { return ffi::SQLITE_MISUSE };
    // SAFETY: the file is the one that this function belongs to; our functions go only after it is closed.
    unsafe { open.real.xClose.expect("every file closes")(file) }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, length: c_int, at: i64) -> c_int {
    let mut files = files();
    let Some(open) = files.get_or_insert_default().get(&file.addr()) else { return ffi::SQLITE_MISUSE };
    let (length_in_memory, offset) = (usize::try_from(length).unwrap_or(0), u64::try_from(at).unwrap_or(0));
    // SAFETY: SQLite says that so many bytes stand there.
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), length_in_memory) };
    let real_write = open.real.xWrite.expect("every file is written");
    // SAFETY: the arguments go on as they came, to the function that they were meant for.
    code(open.traced.write(bytes, offset, || outcome(unsafe { real_write(file, from, length, at) })))
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, length: i64) -> c_int {
    let mut files = files();
    let Some(open) = files.get_or_insert_default().get(&file.addr()) else { return ffi::SQLITE_MISUSE };
    let real_truncate = open.real.xTruncate.expect("every file is cut");
    // SAFETY: the arguments go on as they came, to the function that they were meant for.
    let truncate = || outcome(unsafe { real_truncate(file, length) });
    code(open.traced.set_len(u64::try_from(length).unwrap_or(0), truncate))
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    let mut files = files();
    let Some(open) = files.get_or_insert_default().get_mut(&file.addr()) else { return ffi::SQLITE_MISUSE };
    let real_sync = open.real.xSync.expect("every file syncs");
    // SAFETY: the arguments go on as they came, to the function that they were meant for.
    let synced = open.traced.sync(|| outcome(unsafe { real_sync(file, flags) }));
    if synced.is_ok() {
        open.folder.take().as_deref().into_iter().for_each(sync_names);
    }
    code(synced)
}
