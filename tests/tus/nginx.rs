//! Behind nginx as most installations have it: with its buffering, which loses all of a request that was cut; without it;
//! and with its limit on the size of a body, which it never announces.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use carryon_engine::Event;
use carryon_receiver::{Config, Receiver};
use tests::{
    engine::Desk,
    files::{digest, files_below, random_file},
    programs::Running,
    proxy::{Fault, Place},
    set_up,
};

use crate::stage::patient;

struct Nginx {
    _process: Running,
    address: SocketAddr,
}

impl Nginx {
    /// Starts one before `server`, with these further directives.
    fn start(folder: &Path, server: SocketAddr, further: &str) -> Self {
        // A port that was just free: nginx cannot tell which one the system gave it.
        let address = TcpListener::bind("127.0.0.1:0").and_then(|held| held.local_addr()).expect("a port");
        let config = folder.join("nginx.conf");
        let text = format!(
            "daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
             events {{ worker_connections 64; }}
             http {{
                 access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
                 fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                 server {{ listen {address}; {further} location / {{ proxy_pass http://{server}; proxy_http_version 1.1; }} }}
             }}",
            folder = folder.display()
        );
        std::fs::write(&config, text).expect("writes");
        let mut command = Command::new(set_up::nginx());
        command.arg("-p").arg(folder).arg("-c").arg(&config).arg("-e").arg(folder.join("error.log"));
        let process = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("nginx starts"));
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::net::TcpStream::connect(address).is_err() {
            assert!(
                Instant::now() < deadline,
                "nginx does not listen: {:?}",
                std::fs::read_to_string(folder.join("error.log"))
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { _process: process, address }
    }
}

/// One file through nginx, the engine dropped in the middle; gives how many bytes left over both runs.
async fn through(further: &str, query: &str) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let received = folder.path().join("received");
    let receiver = Receiver::start(Config::new(&received)).await.expect("a receiver");
    let nginx = Nginx::start(folder.path(), receiver.local_addr(), further);
    let proxy = Place::take().await.before(nginx.address, |_| Fault::Throttle(8_000_000));
    let to = format!("tus+http://{}/files/{query}", proxy.address);
    let file = folder.path().join("take.bin");
    random_file(&file, 6_000_000, 6);
    let options = patient(&folder.path().join("data"));
    let mut desk = Desk::open_with(options.clone(), &to).await;
    let id = desk.send(&file).await;
    tokio::time::sleep(Duration::from_millis(350)).await;
    drop(desk);
    let mut desk = Desk::open_with(options, &to).await;
    desk.engine.resume(&[id]).await;
    let Event::Finished { sent, .. } = desk.finished(id).await else { unreachable!() };
    assert_eq!(files_below(&received), ["take.bin"], "{further}");
    assert_eq!(digest(&received.join("take.bin")), digest(&file), "{further}");
    desk.close().await;
    drop(proxy);
    drop(nginx);
    receiver.shutdown().await;
    sent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_that_buffers_requests_a_cut_costs_one_request_at_most() {
    if set_up::wanted() {
        through("client_max_body_size 0;", "?chunk=1000000").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_that_passes_requests_on_the_upload_goes_on_at_the_byte() {
    if set_up::wanted() {
        through("client_max_body_size 0; proxy_request_buffering off;", "").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_with_a_limit_that_nobody_names_requests_become_smaller_until_they_pass() {
    if set_up::wanted() {
        for further in ["client_max_body_size 1m;", "client_max_body_size 1m; proxy_request_buffering off;"] {
            through(further, "").await;
        }
    }
}
