//! A company's certificates, and the system's proxy.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::Command,
};

use tests::{
    files,
    programs::{ReceiverProcess, run, told},
};

use super::Scene;

/// A company's own authority, and a server's certificate and key from it.
struct Company {
    authority: String,
    certificate: String,
    key: String,
}

impl Scene {
    /// None (and said so) where there is no `openssl`.
    fn company(&self) -> Option<Company> {
        let path = |name: &str| self.folder.path().join(name).to_str().expect("a plain name").to_owned();
        let (authority, authority_key) = (path("ca.pem"), path("ca.key"));
        let (certificate, key) = (path("cert.pem"), path("key.pem"));
        let authority_is_made = openssl(&["-subj", "/CN=Company", "-keyout", &authority_key, "-out", &authority]);
        let from_it = ["-CA", &authority, "-CAkey", &authority_key, "-subj", "/CN=nas", "-keyout", &key];
        let ends = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"];
        let made = authority_is_made && openssl(&[&from_it[..], &ends, &["-out", &certificate]].concat());
        made.then_some(Company { authority, certificate, key })
    }
}

fn openssl(arguments: &[&str]) -> bool {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    match openssl.args(arguments).output() {
        Ok(output) if output.status.success() => true,
        other => {
            eprintln!("SKIPPED: openssl makes no certificate here: {other:?}");
            false
        }
    }
}

#[test]
fn a_certificate_that_nobody_trusts_is_named_and_a_companys_own_is_trusted_where_it_is_set() {
    let scene = Scene::new();
    let Some(Company { authority, certificate, key }) = scene.company() else { return };
    let receiver = ReceiverProcess::start_with(scene.folder.path(), &["--tls-cert", &certificate, "--tls-key", &key]);
    let file = scene.random("take.mov", 300_000);
    scene.does(&["destinations", "add", "NAS", &receiver.destination()]);
    let tested = run(scene.call(&["destinations", "test", "NAS"]));
    assert!(
        tested.status.code() == Some(1) && told(&tested).contains("nobody that this computer trusts"),
        "{}",
        told(&tested)
    );
    let send = ["send", &file, "--to", "NAS", "--json", "--give-up-after", "1"];
    let output = run(scene.call(&send));
    assert!(
        output.status.code() == Some(3) && told(&output).contains("nobody that this computer trusts"),
        "{}",
        told(&output)
    );
    let broken = scene.written("broken.json", &format!(r#"{{"ca_file": "{key}"}}"#));
    scene.refuses(&["destinations", "set", "NAS", "--settings", &broken], "certificates");
    let settings = scene.written("set.json", &format!(r#"{{"ca_file": "{authority}"}}"#));
    scene.does(&["destinations", "set", "NAS", "--settings", &settings]);
    scene.does(&["destinations", "test", "NAS"]);
    scene.does(&["resume", "--all", "--json"]);
    assert_eq!(files::digest(&receiver.dir.join("take.mov")), files::digest(file.as_ref()));
}

/// Takes one call, says no, and gives its first line.
fn proxy() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = std::thread::spawn(move || {
        let (mut call, _) = listener.accept().expect("a call");
        let mut line = String::new();
        BufReader::new(&call).read_line(&mut line).expect("a line");
        let _ = call.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        line
    });
    (address, asked)
}

#[test]
fn the_systems_proxy_is_asked_for_hosts_beyond_this_machine() {
    for (variable, address, asks) in [
        ("HTTP_PROXY", "fineuploader+http://files.example/upload", "POST http://files.example/upload "),
        ("HTTPS_PROXY", "fineuploader+https://files.example/upload", "CONNECT files.example:443 "),
    ] {
        let scene = Scene::new();
        let (proxy, asked) = proxy();
        let file = scene.random("take.mov", 1000);
        let send = ["send", &file, "--to", address, "--allow-http", "--json", "--give-up-after", "2"];
        let mut command = scene.call(&send);
        command
            .env(variable, &proxy)
            .env(variable.to_lowercase(), &proxy)
            .env_remove("NO_PROXY")
            .env_remove("no_proxy");
        let output = run(command);
        assert_ne!(output.status.code(), Some(0), "{}", told(&output));
        let asked = asked.join().expect("the proxy was asked");
        assert!(asked.starts_with(asks), "{asked}");
    }
}
