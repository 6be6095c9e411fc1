//! One client's connection, from its handshake to its end. Every wait in it is bounded.
//!
//! | waits for | at most |
//! | --- | --- |
//! | agreeing on encryption | `limits.handshake` |
//! | a whole head of a request | `limits.idle` |
//! | more of a body | `limits.stall`; see [`crate::body`] |
//! | the client to take more of an answer | `limits.stall` |

use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::config::Limits;

/// Heads longer than this are refused; bytes.
const MAX_HEAD: usize = 1 << 20;

/// Where a request comes from; every request has one among its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(IpAddr);

impl Peer {
    /// What its uploads are counted by: its address; of IPv6 the network, in which it has addresses without number.
    pub fn client(&self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{}/64", Ipv6Addr::from_bits(address.to_bits() & !0 << 64)),
        }
    }
}

/// What every connection is served with.
#[derive(Clone)]
pub(crate) struct Serving {
    pub router: Router,
    pub tls: Option<TlsAcceptor>,
    pub limits: Limits,
    /// Asks for a good end: the request that is running may end.
    pub stop: CancellationToken,
    /// Asks for a quick one.
    pub kill: CancellationToken,
}

impl Serving {
    /// Serves one connection to its end.
    pub async fn serve(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Ok(peer) = stream.peer_addr() else { return };
        let peer = Peer(peer.ip());
        let stream = Watched::new(stream, self.limits.stall);
        let Some(tls) = self.tls.clone() else { return self.speak_http(stream, peer).await };
        let agreed = tokio::select! {
            agreed = tokio::time::timeout(self.limits.handshake, tls.accept(stream)) => agreed,
            () = self.stop.cancelled() => return,
            () = self.kill.cancelled() => return,
        };
        match agreed {
            Ok(Ok(stream)) => self.speak_http(stream, peer).await,
            Ok(Err(error)) => tracing::debug!(%error, "a client did not agree on encryption"),
            Err(_) => tracing::debug!("a client took too long to agree on encryption"),
        }
    }

    async fn speak_http(self, stream: impl AsyncRead + AsyncWrite + Unpin, peer: Peer) {
        let mut http = hyper::server::conn::http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.limits.idle).max_buf_size(MAX_HEAD);
        // A client may end its half once its request has left, and wait for the answer in the other.
        http.half_close(true);
        let router = TowerToHyperService::new(self.router);
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.call(request)
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let result = tokio::select! {
            result = &mut connection => result,
            () = self.kill.cancelled() => return,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    result = &mut connection => result,
                    () = self.kill.cancelled() => return,
                }
            }
        };
        if let Err(error) = result {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// A stream that fails when its other end takes nothing for too long, as one that was unplugged does.
struct Watched<S> {
    inner: S,
    patience: Duration,
    /// Runs while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Watched<S> {
    fn new(inner: S, patience: Duration) -> Watched<S> {
        Watched { inner, patience, waiting: None }
    }

    /// Passes on how a write went, unless it has been waiting for too long.
    fn watch<T>(&mut self, cx: &mut Context<'_>, went: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if went.is_ready() {
            self.waiting = None;
            return went;
        }
        let until = Instant::now() + self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        waiting.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let went = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.watch(cx, went)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let went = Pin::new(&mut self.inner).poll_flush(cx);
        self.watch(cx, went)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let went = Pin::new(&mut self.inner).poll_shutdown(cx);
        self.watch(cx, went)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let went = Pin::new(&mut self.inner).poll_write_vectored(cx, pieces);
        self.watch(cx, went)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_its_address_or_its_network() {
        let client = |address: &str| Peer(address.parse().unwrap()).client();
        assert_eq!(client("10.0.0.1"), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(client("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(client("2001:db8:1:2:ffff::"), client("2001:db8:1:2::1"));
    }
}
