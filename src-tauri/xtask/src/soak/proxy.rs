//! A bad link: a TCP proxy on threads that cuts, stalls, resets, swallows answers and lets bytes trickle, by chance.
//!
//! Each connection meets at most one fault, decided when it is accepted, so that a seed repeats a run as far as timing
//! allows. Whatever happens, both sides of a connection end together.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use super::chance::Chance;
use crate::steps::Outcome;

/// About a chunk or two.
const FAR: u64 = 6_000_000;
/// About the head of a request, or an answer.
const NEAR: u64 = 900;

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// Nothing.
    Pass,
    /// Closed after so many bytes from the client.
    CutRequest(u64),
    /// Closed after so many bytes from the server.
    CutAnswer(u64),
    /// Reset after so many bytes from the client.
    Reset(u64),
    /// After so many bytes from the client nothing moves for so long; then it is closed.
    Stall(u64, Duration),
    /// The server gets everything and answers; the answer is dropped and the connection closed.
    Swallow,
    /// At most so many bytes a second, either way.
    Throttle(u64),
}

impl Fault {
    /// None for half of all connections.
    fn by(chance: &mut Chance) -> Self {
        let bytes = if chance.below(2) == 0 { chance.below(NEAR) } else { chance.below(FAR) };
        match chance.below(12) {
            0 => Fault::CutRequest(bytes),
            1 => Fault::CutAnswer(bytes % NEAR),
            2 => Fault::Reset(bytes),
            3 => Fault::Stall(bytes, Duration::from_millis(200 + chance.below(4000))),
            4 => Fault::Swallow,
            5 => Fault::Throttle(500_000 + chance.below(4_000_000)),
            _ => Fault::Pass,
        }
    }

    /// Bytes from the client that pass.
    fn upward(self) -> u64 {
        match self {
            Fault::CutRequest(bytes) | Fault::Reset(bytes) | Fault::Stall(bytes, _) => bytes,
            _ => u64::MAX,
        }
    }

    /// Bytes from the server that pass.
    fn downward(self) -> u64 {
        match self {
            Fault::CutAnswer(bytes) => bytes,
            Fault::Swallow => 0,
            _ => u64::MAX,
        }
    }
}

/// A place for a proxy: whoever checks `Host` has to know it before the proxy leads there.
pub struct Place(TcpListener);

impl Place {
    /// Takes a free port.
    pub fn take() -> Outcome<Self> {
        TcpListener::bind("127.0.0.1:0").map(Self).map_err(|error| format!("no port for the bad link: {error}"))
    }

    /// Where it is.
    pub fn address(&self) -> Outcome<SocketAddr> {
        self.0.local_addr().map_err(|error| error.to_string())
    }

    /// Leads from here to `server` from now on, until the program ends. Gives the count of connections that suffered.
    pub fn lead_to(self, server: SocketAddr, mut chance: Chance) -> Arc<AtomicU64> {
        let suffered = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&suffered);
        thread::spawn(move || {
            for client in self.0.incoming().flatten() {
                let fault = Fault::by(&mut chance);
                counted.fetch_add(u64::from(fault != Fault::Pass), Relaxed);
                thread::spawn(move || carry(client, server, fault));
            }
        });
        suffered
    }
}

/// One connection, to its end.
fn carry(client: TcpStream, server: SocketAddr, fault: Fault) {
    // A server that is just being restarted is one more fault.
    let Ok(server) = TcpStream::connect(server) else { return };
    let (Ok(from_server), Ok(to_client)) = (server.try_clone(), client.try_clone()) else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let answers = thread::spawn(move || {
        pass(&from_server, &to_client, fault.downward(), fault);
        let _ = from_server.shutdown(Shutdown::Both);
        if !matches!(fault, Fault::Reset(_)) {
            let _ = to_client.shutdown(Shutdown::Both);
        }
    });
    let all_passed = pass(&client, &server, fault.upward(), fault);
    if let (Fault::Stall(_, time), false) = (fault, all_passed) {
        thread::sleep(time);
    }
    if let (Fault::Reset(_), false) = (fault, all_passed) {
        // Bytes that were not read make a reset of the close.
        thread::sleep(Duration::from_millis(20));
    } else {
        let _ = client.shutdown(Shutdown::Both);
    }
    let _ = server.shutdown(Shutdown::Both);
    let _ = answers.join();
}

/// Passes on at most `limit` bytes; whether it ended because there were no more.
fn pass(mut from: &TcpStream, mut to: &TcpStream, limit: u64, fault: Fault) -> bool {
    let (mut block, mut left) = ([0; 16 * 1024], limit);
    while left > 0 {
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        let read = match from.read(&mut block[..room]) {
            Ok(0) => return true,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => return true,
        };
        if let Fault::Throttle(rate) = fault {
            thread::sleep(Duration::from_secs_f64(read as f64 / rate as f64));
        }
        if to.write_all(&block[..read]).is_err() {
            return true;
        }
        left -= read as u64;
    }
    false
}
