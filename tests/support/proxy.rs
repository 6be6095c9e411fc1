//! A TCP proxy that does harm: in process, in front of any server, the same harm for the same seed.
//!
//! Each connection gets one [`Fault`] from the plan when it is accepted; what the server did with the bytes that got
//! through is for the test to ask.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// What happens to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Pass,
    /// Closed after so many bytes from the client.
    CutRequest(u64),
    /// Closed after so many bytes from the server.
    CutAnswer(u64),
    /// The server gets everything and answers; the answer is dropped and the connection closed.
    Swallow,
    /// Everything passes, later by so much.
    Delay(Duration),
    /// After so many bytes from the client nothing moves any more, for that long.
    Stall(u64, Duration),
    /// Reset (RST) after so many bytes from the client.
    Reset(u64),
    /// At most so many bytes a second from the client.
    Throttle(u64),
    /// Closed as soon as it was accepted.
    Refuse,
    /// That byte from the client arrives as another one.
    Flip(u64),
    /// Something on the way answers instead of the server, with that status (200 stands for a web page).
    Answer(u16),
    /// The server gets everything that the client sent once more, on a connection of its own.
    Twice,
}

impl Fault {
    /// Any fault, within a request of about `size` bytes.
    pub fn random(random: &mut SmallRng, size: u64) -> Self {
        let bytes = random.random_range(0..size.max(1) * 2);
        match random.random_range(0..13) {
            0 => Fault::CutRequest(bytes),
            1 => Fault::CutAnswer(bytes % 400),
            2 => Fault::Swallow,
            3 => Fault::Delay(Duration::from_millis(bytes % 30)),
            4 => Fault::Stall(bytes, Duration::from_secs(20)),
            5 => Fault::Reset(bytes),
            6 => Fault::Throttle(size.max(1) * 8),
            7 => Fault::Refuse,
            // Behind what stands before the bytes of a file: nothing but their digest tells of such a change.
            8 if size > 20_000 => Fault::Flip(4000 + bytes % 12_000),
            9 => Fault::Answer([429, 502, 503, 413, 200][(bytes % 5) as usize]),
            10 | 11 => Fault::Twice,
            _ => Fault::CutRequest(bytes % 700),
        }
    }
}

/// The proxy. Dropped, it is gone with all its connections.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    faults: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address for a proxy, taken before its server is there: who checks `Host` has to know it.
pub struct Place {
    /// Where the proxy will listen.
    pub address: SocketAddr,
    listener: TcpListener,
}

impl Place {
    /// Takes a free port.
    pub async fn take() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self { address: listener.local_addr().expect("an address"), listener }
    }

    /// Puts a proxy there, before `server`; `plan` says what happens to each connection, by its number from 0.
    pub fn before(self, server: SocketAddr, mut plan: impl FnMut(usize) -> Fault + Send + 'static) -> Proxy {
        let Self { address, listener } = self;
        let faults = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&faults);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            for number in 0.. {
                let Ok((client, _)) = listener.accept().await else { return };
                let fault = plan(number);
                counted.fetch_add(usize::from(fault != Fault::Pass), Relaxed);
                connections.spawn(async move {
                    // A broken connection is what this is for.
                    let _ = pass(client, server, fault).await;
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Proxy { address, faults, task }
    }

    /// Puts a proxy there whose first `faulty` connections suffer at random, the same for the same seed.
    pub fn seeded(self, server: SocketAddr, seed: u64, faulty: usize, size: u64) -> Proxy {
        let mut random = SmallRng::seed_from_u64(seed);
        let plan = move |number| match number < faulty {
            true => Fault::random(&mut random, size),
            false => Fault::Pass,
        };
        self.before(server, plan)
    }
}

impl Proxy {
    /// Connections that suffered.
    pub fn faults(&self) -> usize {
        self.faults.load(Relaxed)
    }
}

async fn pass(client: TcpStream, server: SocketAddr, fault: Fault) -> io::Result<()> {
    client.set_nodelay(true)?;
    if fault == Fault::Refuse {
        return client.set_zero_linger();
    }
    if let Fault::Answer(status) = fault {
        return answer(client, status).await;
    }
    let address = server;
    let server = TcpStream::connect(server).await?;
    server.set_nodelay(true)?;
    let mut recorded = Vec::new();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        up(&mut from_client, &mut to_server, fault, &mut recorded).await?;
        match fault {
            // The end of the client's bytes ends its half only.
            Fault::Pass | Fault::Delay(_) | Fault::Throttle(_) | Fault::Flip(_) | Fault::Twice => {
                std::future::pending::<io::Result<()>>().await
            }
            _ => Ok(()),
        }
    };
    let ended = tokio::select! {
        ended = up => ended,
        ended = down(&mut from_server, &mut to_client, fault) => ended,
    };
    if fault == Fault::Twice {
        return once_more(address, &recorded).await;
    }
    if matches!(fault, Fault::Reset(_)) {
        let client = from_client.reunite(to_client).map_err(io::Error::other)?;
        client.set_zero_linger()?;
    }
    ended
}

/// Reads what comes for a moment, answers, and closes.
async fn answer(mut client: TcpStream, status: u16) -> io::Result<()> {
    let mut block = vec![0; 64 * 1024];
    let _ = client.read(&mut block).await?;
    let page = "<html><body>Please sign in</body></html>";
    let (more, body) = match status {
        200 => ("Content-Type: text/html\r\n", page),
        429 | 503 => ("Retry-After: 0\r\n", ""),
        _ => ("", ""),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Whatever\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    client.write_all(format!("{head}{body}").as_bytes()).await?;
    client.shutdown().await?;
    // What is still on its way is read, so that the answer is not lost to a reset.
    while tokio::time::timeout(Duration::from_millis(200), client.read(&mut block))
        .await
        .is_ok_and(|n| n.is_ok_and(|n| n > 0))
    {}
    Ok(())
}

/// What the client sent, again; what the server says to it is heard and dropped.
async fn once_more(server: SocketAddr, recorded: &[u8]) -> io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    server.write_all(recorded).await?;
    let mut block = vec![0; 16 * 1024];
    while tokio::time::timeout(Duration::from_millis(200), server.read(&mut block))
        .await
        .is_ok_and(|n| n.is_ok_and(|n| n > 0))
    {}
    Ok(())
}

/// From the client to the server; ends where the fault says so, or with the client's bytes.
async fn up(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    fault: Fault,
    recorded: &mut Vec<u8>,
) -> io::Result<()> {
    let limit = match fault {
        Fault::CutRequest(bytes) | Fault::Reset(bytes) | Fault::Stall(bytes, _) => bytes,
        _ => u64::MAX,
    };
    let mut block = vec![0; 16 * 1024];
    let mut passed = 0;
    while passed < limit {
        let room = usize::try_from(limit - passed).unwrap_or(usize::MAX).min(block.len());
        let n = from.read(&mut block[..room]).await?;
        if n == 0 {
            to.shutdown().await?;
            return Ok(());
        }
        match fault {
            Fault::Delay(time) => tokio::time::sleep(time).await,
            Fault::Throttle(rate) => tokio::time::sleep(Duration::from_secs_f64(n as f64 / rate as f64)).await,
            Fault::Flip(at) if (passed..passed + n as u64).contains(&at) => {
                block[usize::try_from(at - passed).expect("within the block")] ^= 0x20;
            }
            Fault::Twice => recorded.extend_from_slice(&block[..n]),
            _ => {}
        }
        to.write_all(&block[..n]).await?;
        passed += n as u64;
    }
    if let Fault::Stall(_, time) = fault {
        tokio::time::sleep(time).await;
    }
    Ok(())
}

/// From the server to the client.
async fn down(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    fault: Fault,
) -> io::Result<()> {
    let mut left = if let Fault::CutAnswer(bytes) = fault { bytes } else { u64::MAX };
    let mut block = vec![0; 16 * 1024];
    while left > 0 {
        let n = from.read(&mut block).await?;
        if n == 0 || fault == Fault::Swallow {
            return Ok(());
        }
        let n = n.min(usize::try_from(left).unwrap_or(usize::MAX));
        to.write_all(&block[..n]).await?;
        left -= n as u64;
    }
    Ok(())
}
