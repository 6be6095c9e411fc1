//! What several tests begin with: files to send, an upload that a crash broke off, and a look at what arrived.

use std::{fs::File, io::Read, path::Path, time::Duration};

use tests::{
    files::{digest, files_below},
    programs::wait_until,
};

use crate::{
    app::{App, Row},
    desktop::Desktop,
};

pub const MB: u64 = 1_000_000;
/// Long enough to be broken off on a fast machine too, where news comes a few times a second; short enough to be finished then.
pub const LONG: u64 = 1_000 * MB;
/// So long that no test sees its end. Nobody has to write it: it is one large hole.
const ENDLESS: u64 = 6_000 * MB;
/// How long any upload of these tests may take.
pub const UPLOADED: Duration = Duration::from_secs(60);

/// Random bytes, as fast as the kernel makes them.
pub fn make_file(path: &Path, size: u64) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
    let mut random = File::open("/dev/urandom").expect("random bytes").take(size);
    let mut file = File::create(path).expect("the file can be made");
    let written = std::io::copy(&mut random, &mut file).expect("the file can be written");
    assert_eq!(written, size, "the whole file is written");
}

/// An upload that is under way and stays so.
pub fn endless(desktop: &Desktop, name: &str) -> App {
    let file = File::create(desktop.path(name)).expect("the file can be made");
    file.set_len(ENDLESS).expect("a hole can be made");
    under_way(desktop, name)
}

/// An upload that is under way, and soon finished.
pub fn long(desktop: &Desktop, name: &str) -> App {
    make_file(&desktop.path(name), LONG);
    under_way(desktop, name)
}

fn under_way(desktop: &Desktop, name: &str) -> App {
    let app = desktop.launch();
    app.add(&[&desktop.path(name)]);
    app.wait_for(name, "is under way", UPLOADED, |row| row.kind == "uploading" && row.confirmed > 0);
    app
}

/// Waits until the upload of that name stands under *Finished*.
pub fn finished(app: &App, name: &str) -> Row {
    app.wait_for(name, "is finished", UPLOADED, |row| row.list == "finished" && row.kind == "done")
}

/// What was sent is what was received, under that relative path.
pub fn assert_same(desktop: &Desktop, sent: &Path, received: &str) {
    assert_eq!(digest(sent), digest(&desktop.received(received)), "{received} is what was sent");
}

/// The receiver holds these files and nothing unfinished.
pub fn assert_received(desktop: &Desktop, expected: &[&str]) {
    assert_eq!(files_below(&desktop.received("")), expected, "these files arrived, and no others");
    wait_for_no_parts(desktop);
}

/// Waits until the receiver holds nothing unfinished.
pub fn wait_for_no_parts(desktop: &Desktop) {
    let parts = desktop.received(".carryon/parts");
    let left = || std::fs::read_dir(&parts).expect("the receiver's folder").count();
    wait_until("a receiver without unfinished files", Duration::from_secs(20), || left() == 0);
}
