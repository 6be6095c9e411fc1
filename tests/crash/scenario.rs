//! What is being done when an end dies.

/// What the sender is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Sends files for the first time.
    Send,
    /// Carries on with what an earlier death left.
    Resume,
    /// Carries on with what the receiver has lost meanwhile: it asks for everything again.
    Reset,
    /// Begins anew what an earlier death left.
    StartOver,
    /// Drops what an earlier death left.
    Discard,
}

/// One situation.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: &'static str,
    pub act: Act,
    /// Relative names and sizes; a `/` means that the folder is sent.
    pub files: &'static [(&'static str, u64)],
    /// The protocol.
    pub protocol: &'static str,
    /// What stands behind the receiver's address.
    pub address: &'static str,
    pub connections: u64,
}

/// Bytes in a chunk.
pub const CHUNK: u64 = 100_000;

const DONE: &str = "/upload?done=/upload/done";
const ONE_BY_ONE: &str = "/upload?done=/upload/done&concurrent=false";
const TUS: &str = "/files/";
const LANES: &str = "/files/?lanes=2";
const IETF: &str = "/resumable/";
const FILM: &[(&str, u64)] = &[("film.mov", 3 * CHUNK + 1)];

/// Every situation.
pub fn all() -> Vec<Scenario> {
    let scenario = |name, act, files, address, connections| {
        let protocol = match address {
            TUS | LANES => "tus",
            IETF => "ietf",
            _ => "fineuploader",
        };
        Scenario { name, act, files, protocol, address, connections }
    };
    vec![
        scenario("sequential", Act::Send, FILM, ONE_BY_ONE, 1),
        scenario("concurrent", Act::Send, FILM, DONE, 3),
        scenario("small", Act::Send, &[("note.txt", 500)], DONE, 1),
        scenario("empty", Act::Send, &[("nothing.txt", 0)], DONE, 1),
        scenario("folder", Act::Send, &[("day/a.bin", 700), ("day/raw/b.bin", CHUNK + 1)], DONE, 2),
        scenario("two at once", Act::Send, &[("a.bin", 2 * CHUNK), ("b.bin", CHUNK + 5)], DONE, 2),
        scenario("resumed", Act::Resume, FILM, DONE, 2),
        scenario("reset", Act::Reset, FILM, DONE, 2),
        scenario("start over", Act::StartOver, FILM, DONE, 2),
        scenario("discard", Act::Discard, FILM, DONE, 2),
        scenario("tus", Act::Send, FILM, TUS, 1),
        scenario("tus small", Act::Send, &[("note.txt", 500)], TUS, 1),
        scenario("tus empty", Act::Send, &[("nothing.txt", 0)], TUS, 1),
        scenario("tus lanes", Act::Send, FILM, LANES, 2),
        scenario("tus resumed", Act::Resume, FILM, TUS, 1),
        scenario("tus discard", Act::Discard, FILM, LANES, 2),
        scenario("ietf", Act::Send, FILM, IETF, 1),
        scenario("ietf start over", Act::StartOver, FILM, IETF, 1),
    ]
}

impl Scenario {
    /// What is given to `send`: folders where files lie in them.
    pub fn given(&self) -> Vec<&'static str> {
        let mut given: Vec<_> = self.files.iter().map(|(name, _)| name.split('/').next().expect("a name")).collect();
        given.dedup();
        given
    }

    /// Bytes that may be in flight when an end dies.
    pub fn in_flight(&self) -> u64 {
        self.connections * CHUNK * self.files.len() as u64
    }

    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|(_, size)| size).sum()
    }
}
