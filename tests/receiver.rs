//! `carryon receive` killed with -9 while uploads that grow from an offset come in. What it acknowledged is there after
//! the next start, of a long request little is lost, and what is sent on from its own offset makes the file.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use tests::{
    files::{digest, random_file},
    programs::ReceiverProcess,
};

const MIB: usize = 1 << 20;

/// One of the protocols, by what a client says in it.
#[derive(Clone, Copy, Debug)]
struct Protocol {
    collection: &'static str,
    always: &'static str,
    begin: &'static str,
    bytes: &'static str,
}

const TUS: Protocol = Protocol {
    collection: "/files/",
    always: "Tus-Resumable: 1.0.0\r\n",
    begin: "Upload-Metadata: filename ay5iaW4=\r\n",
    bytes: "Content-Type: application/offset+octet-stream\r\n",
};
const IETF: Protocol = Protocol {
    collection: "/resumable/",
    always: "Upload-Draft-Interop-Version: 9\r\n",
    begin: "Upload-Complete: ?0\r\nContent-Disposition: inline; filename=k.bin\r\n",
    bytes: "Content-Type: application/partial-upload\r\nUpload-Complete: ?1\r\n",
};

/// What a request was answered with.
struct Answer(String);

impl Answer {
    fn status(&self) -> u16 {
        self.0.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }

    fn header(&self, name: &str) -> &str {
        let line = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.0))
    }
}

struct Client<'r> {
    receiver: &'r ReceiverProcess,
    protocol: Protocol,
}

impl Client<'_> {
    fn open(&self, method: &str, path: &str, headers: &str, length: usize) -> TcpStream {
        let host = self.receiver.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("it takes connections");
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n");
        let head = format!("{head}{}{headers}\r\n", self.protocol.always);
        stream.write_all(head.as_bytes()).expect("the head goes");
        stream
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let mut stream = self.open(method, path, headers, body.len());
        stream.write_all(body).expect("the body goes");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer comes");
        Answer(answer)
    }

    fn begin(&self, size: usize) -> String {
        let headers = format!("Upload-Length: {size}\r\n{}", self.protocol.begin);
        let begun = self.ask("POST", self.protocol.collection, &headers, b"");
        assert_eq!(begun.status(), 201);
        begun.header("location").to_owned()
    }

    fn held(&self, at: &str) -> usize {
        self.ask("HEAD", at, "", b"").header("upload-offset").parse().expect("a number")
    }

    /// The headers of a request that brings bytes.
    fn patch(&self, offset: usize) -> String {
        format!("Upload-Offset: {offset}\r\n{}", self.protocol.bytes)
    }

    /// Sends on from what is held, and sees that all of it arrived.
    fn carry_on(&self, at: &str, bytes: &[u8]) {
        let held = self.held(at);
        let last = self.ask("PATCH", at, &self.patch(held), &bytes[held..]);
        assert_eq!(last.status(), 204, "{}", last.0);
        let proof = self.ask("HEAD", at, "", b"");
        assert_eq!(proof.header("repr-digest"), last.header("repr-digest"));
        assert_eq!(proof.header("upload-offset"), bytes.len().to_string());
    }
}

/// A file of random bytes, read.
fn source(folder: &std::path::Path, size: usize) -> Vec<u8> {
    let path = folder.join("source.bin");
    random_file(&path, size as u64, size as u64);
    std::fs::read(path).expect("it was just written")
}

#[test]
fn of_a_long_request_a_kill_costs_no_more_than_its_tail() {
    for protocol in [TUS, IETF] {
        let folder = tempfile::tempdir().expect("temp folder");
        let bytes = source(folder.path(), 120 * MIB);
        let mut receiver = ReceiverProcess::start(folder.path());
        let client = Client { receiver: &receiver, protocol };
        let at = client.begin(bytes.len());
        let mut stream = client.open("PATCH", &at, &client.patch(0), bytes.len());
        // 20 MiB a second: what came is recorded every 16 MiB and every second.
        for piece in bytes[..100 * MIB].chunks(MIB) {
            stream.write_all(piece).expect("it goes");
            std::thread::sleep(Duration::from_millis(50));
        }
        receiver.kill();
        receiver.restart();
        let client = Client { receiver: &receiver, protocol };
        let held = client.held(&at);
        assert!((60 * MIB..=100 * MIB).contains(&held), "{protocol:?}: {held} of {}", 100 * MIB);
        client.carry_on(&at, &bytes);
        assert_eq!(digest(&receiver.dir.join("k.bin")), blake3::hash(&bytes).to_hex().to_string());
    }
}

#[test]
fn a_trickle_is_recorded_as_it_comes() {
    for protocol in [TUS, IETF] {
        let folder = tempfile::tempdir().expect("temp folder");
        let mut receiver = ReceiverProcess::start(folder.path());
        let client = Client { receiver: &receiver, protocol };
        let at = client.begin(1000);
        let mut stream = client.open("PATCH", &at, &client.patch(0), 1000);
        for _ in 0..40 {
            stream.write_all(b"x").expect("it goes");
            std::thread::sleep(Duration::from_millis(100));
        }
        receiver.kill();
        receiver.restart();
        let held = Client { receiver: &receiver, protocol }.held(&at);
        assert!((10..=40).contains(&held), "{protocol:?}: {held} of 40 bytes in four seconds");
    }
}

#[test]
fn what_was_acknowledged_is_held_after_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().expect("temp folder");
    let bytes = source(folder.path(), 5 * MIB);
    for (moment, protocol) in (0..12).zip([TUS, IETF].into_iter().cycle()) {
        let folder = folder.path().join(moment.to_string());
        std::fs::create_dir(&folder).expect("a folder");
        let mut receiver = ReceiverProcess::start(&folder);
        let client = Client { receiver: &receiver, protocol };
        let at = client.begin(bytes.len());
        // One step is acknowledged; the next is under way when the end comes.
        let first = client.patch(0).replace("?1", "?0");
        let told: usize =
            client.ask("PATCH", &at, &first, &bytes[..MIB + 1]).header("upload-offset").parse().expect("a number");
        let mut stream = client.open("PATCH", &at, &client.patch(told), bytes.len() - told);
        let sent = stream.try_clone().expect("a second handle");
        let rest = bytes[told..].to_vec();
        let sending = std::thread::spawn(move || drop((&sent).write_all(&rest)));
        std::thread::sleep(Duration::from_millis(moment * 4));
        receiver.kill();
        let _ = (stream.flush(), sending.join());
        let begun = Instant::now();
        receiver.restart();
        let client = Client { receiver: &receiver, protocol };
        assert!(client.held(&at) >= told, "moment {moment}: {told} bytes were acknowledged");
        if client.ask("HEAD", &at, "", b"").0.contains("repr-digest") {
            // It was complete when the end came, and its answer was lost.
            assert_eq!(client.held(&at), bytes.len());
        } else {
            client.carry_on(&at, &bytes);
        }
        assert_eq!(digest(&receiver.dir.join("k.bin")), blake3::hash(&bytes).to_hex().to_string());
        assert!(begun.elapsed() < Duration::from_secs(30), "it is up again at once");
    }
}
