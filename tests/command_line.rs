//! The contract that scripts rely on: what is printed, which fields it has, and how the program ends.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use tests::{
    files,
    programs::{self, ReceiverProcess, Running, carryon_with, events, run, told},
};

fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn send(folder: &Path, file: &Path, to: &str, more: &[&str]) -> Command {
    let file = file.to_str().expect("a plain name");
    carryon_with(&folder.join("data"), &[&["send", file, "--to", to, "--json"], more].concat())
}

#[cfg(unix)]
fn signal(process: &Running, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(process.0.id().to_string()).status();
    assert!(status.is_ok_and(|status| status.success()), "the signal is sent");
}

/// An upload to nowhere, under way; it waits for its destination.
fn waiting(folder: &Path, more: &[&str]) -> (Running, BufReader<std::process::ChildStdout>) {
    let file = folder.join("take 1.mov");
    files::random_file(&file, 50_000, 1);
    let to = "fineuploader+http://127.0.0.1:9/upload?done=/done";
    let mut command = send(folder, &file, to, more);
    let mut child = Running(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts"));
    let mut lines = BufReader::new(child.0.stdout.take().expect("piped"));
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).expect("reads") > 0, "it must wait, not end");
        if line.contains("\"waiting\"") {
            return (child, lines);
        }
    }
}

#[test]
fn an_upload_tells_its_events_with_the_promised_fields() {
    let folder = tempfile::tempdir().expect("temp folder");
    let receiver = ReceiverProcess::start(folder.path());
    let file = folder.path().join("take 1.mov");
    files::random_file(&file, 3_000_000, 1);
    let output = run(send(folder.path(), &file, &receiver.destination(), &["--chunk-size", "100000"]));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let events = events(&output);
    let of = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    let (started, finished) = (of("started"), of("finished"));
    assert_eq!((started.len(), finished.len()), (1, 1), "{events:?}");
    assert_eq!(keys(started[0]), ["confirmed", "event", "id", "name", "resumed", "size"]);
    assert_eq!(keys(finished[0]), ["event", "id", "location", "name", "sent", "size"]);
    for progress in of("progress") {
        assert_eq!(keys(progress), ["bytes_per_second", "confirmed", "event", "id", "sent", "size"]);
    }
    assert_eq!(finished[0]["sent"], 3_000_000, "the payload left once");
    assert_eq!(events.last().map(|event| &event["event"]), Some(&Value::from("finished")), "nothing comes after");
    assert_eq!(finished[0]["location"], "take 1.mov");
}

#[test]
fn confirmed_bytes_never_move_back_and_end_at_the_size() {
    let folder = tempfile::tempdir().expect("temp folder");
    let receiver = ReceiverProcess::start(folder.path());
    let file = folder.path().join("long.bin");
    files::random_file(&file, 8_000_000, 2);
    let output =
        run(send(folder.path(), &file, &receiver.destination(), &["--chunk-size", "10000", "--connections", "2"]));
    let confirmed: Vec<u64> = events(&output).iter().filter_map(|event| event["confirmed"].as_u64()).collect();
    assert!(confirmed.is_sorted(), "{confirmed:?}");
    assert_eq!(confirmed.last(), Some(&8_000_000));
}

#[test]
fn a_folder_arrives_with_its_relative_paths_and_one_bad_file_stops_nothing() {
    let folder = tempfile::tempdir().expect("temp folder");
    let receiver = ReceiverProcess::start(folder.path());
    let shoot = folder.path().join("shoot");
    let inside = ["a.mov", "day 1/raw/ü & \"b\".mov", "day 2/empty.txt"];
    for (seed, name) in inside.iter().enumerate() {
        files::random_file(&shoot.join(name), if name.contains("empty") { 0 } else { 300_000 }, seed as u64);
    }
    #[cfg(unix)]
    let _socket = std::os::unix::net::UnixListener::bind(shoot.join("socket")).expect("a socket");
    let output = run(send(folder.path(), &shoot, &receiver.destination(), &["--chunk-size", "100000"]));
    let received = files::files_below(&receiver.dir);
    assert_eq!(received.len(), 3, "{received:?}");
    for name in inside {
        let place = receiver.dir.join("shoot").join(name.replace('"', "_"));
        assert_eq!(files::digest(&place), files::digest(&shoot.join(name)), "{name}");
    }
    #[cfg(unix)]
    {
        assert_eq!(output.status.code(), Some(1), "some failed: {}", told(&output));
        let failed = events(&output).into_iter().find(|event| event["event"] == "failed").expect("it is told");
        assert!(failed["message"].as_str().is_some_and(|text| text.contains("socket")), "{failed}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_cleanly_says_how_to_resume_and_leaves_a_list() {
    let folder = tempfile::tempdir().expect("temp folder");
    let (mut child, _lines) = waiting(folder.path(), &["--scope", "project 7"]);
    signal(&child, "INT");
    let mut status = None;
    programs::wait_until("the end", Duration::from_secs(10), || {
        status = child.0.try_wait().expect("a child");
        status.is_some()
    });
    assert_eq!(status.and_then(|status| status.code()), Some(3));
    let list = run(carryon_with(&folder.path().join("data"), &["list", "--json"]));
    let listed = events(&list);
    assert_eq!(listed.len(), 1, "{}", told(&list));
    let fields = [
        "chunks_left",
        "confirmed",
        "destination",
        "expires_at",
        "id",
        "name",
        "path",
        "reason",
        "scope",
        "size",
        "state",
        "updated_at",
    ];
    assert_eq!(keys(&listed[0]), fields);
    assert_eq!((&listed[0]["state"], &listed[0]["scope"]), (&"interrupted".into(), &"project 7".into()));
    assert_eq!(
        (&listed[0]["size"], &listed[0]["confirmed"], &listed[0]["chunks_left"]),
        (&50_000.into(), &0.into(), &1.into())
    );
    let id = listed[0]["id"].as_str().expect("an id")[..8].to_owned();
    let discard = run(carryon_with(&folder.path().join("data"), &["discard", &id]));
    assert!(told(&discard).contains("Discarded 1 upload."), "{}", told(&discard));
    let list = run(carryon_with(&folder.path().join("data"), &["list", "--json"]));
    assert!(list.status.success() && list.stdout.is_empty(), "{}", told(&list));
}

#[test]
fn a_script_gives_up_after_the_time_it_was_given_and_can_resume() {
    let folder = tempfile::tempdir().expect("temp folder");
    let (mut child, mut lines) = waiting(folder.path(), &["--give-up-after", "1"]);
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut lines, &mut rest).expect("reads");
    assert_eq!(child.0.wait().expect("ends").code(), Some(3), "{rest}");
    assert!(rest.contains("\"interrupted\""), "{rest}");
}

#[test]
fn an_owner_that_does_not_answer_ends_with_4() {
    let folder = tempfile::tempdir().expect("temp folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("folder");
    let owner = std::fs::File::create(data.join("carryon.lock")).expect("the lock file");
    owner.lock().expect("this process owns the records and serves nobody");
    let output = run(carryon_with(&data, &["list"]));
    assert_eq!(output.status.code(), Some(4), "{}", told(&output));
    assert!(
        told(&output).contains("Another Carryon") && told(&output).contains("does not answer"),
        "{}",
        told(&output)
    );
}

#[test]
fn a_token_is_needed_where_the_receiver_asks_for_one_and_is_never_shown() {
    let folder = tempfile::tempdir().expect("temp folder");
    let token = folder.path().join("token");
    std::fs::write(&token, "s3cr3t-t0ken\n").expect("writes");
    let token = token.to_str().expect("a plain name");
    let receiver = ReceiverProcess::start_with(folder.path(), &["--token-file", token]);
    let file = folder.path().join("take.mov");
    files::random_file(&file, 500_000, 1);
    let without = run(send(folder.path(), &file, &receiver.destination(), &["--chunk-size", "100000"]));
    assert_eq!(without.status.code(), Some(1), "{}", told(&without));
    assert!(told(&without).contains("\"unauthorized\""), "{}", told(&without));
    let mut with = carryon_with(&folder.path().join("data"), &["resume", "--all", "--json", "--token-file", token]);
    with.env("CARRYON_LOG", "trace");
    let with = run(with);
    assert_eq!(with.status.code(), Some(0), "{}", told(&with));
    assert!(!told(&with).contains("s3cr3t"), "no secret in messages or logs");
    for name in files::files_below(&folder.path().join("data")) {
        let bytes = std::fs::read(folder.path().join("data").join(&name)).expect("reads");
        assert!(!bytes.windows(6).any(|window| window == b"s3cr3t"), "no secret in {name}");
    }
    assert_eq!(files::digest(&receiver.dir.join("take.mov")), files::digest(&file));
}

#[test]
fn a_receiver_beyond_this_machine_wants_a_token_first() {
    let folder = tempfile::tempdir().expect("temp folder");
    let dir = folder.path().join("in");
    let mut command = Command::new(programs::carryon());
    command.args(["receive", "--listen", "0.0.0.0:0", "--dir"]).arg(&dir);
    let output = run(command);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("token"), "{}", told(&output));
}

#[test]
fn a_server_that_speaks_something_else_is_named_as_such_and_the_record_is_kept() {
    let folder = tempfile::tempdir().expect("temp folder");
    let receiver = ReceiverProcess::start(folder.path());
    let file = folder.path().join("take.mov");
    files::random_file(&file, 500_000, 1);
    let to = format!("fineuploader+{}/nothing/here?done=/upload/done", receiver.address);
    let output = run(send(folder.path(), &file, &to, &[]));
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("Nothing accepts uploads at this address"), "{}", told(&output));
    let list = run(carryon_with(&folder.path().join("data"), &["list", "--json"]));
    assert_eq!(events(&list).len(), 1, "the record is kept: {}", told(&list));
}

#[test]
fn a_limited_upload_takes_its_time_and_arrives_whole() {
    let folder = tempfile::tempdir().expect("temp folder");
    let receiver = ReceiverProcess::start(folder.path());
    let file = folder.path().join("slow.bin");
    files::random_file(&file, 1_500_000, 1);
    let began = std::time::Instant::now();
    let limited = ["--limit-rate", "1M", "--chunk-size", "100000", "--connections", "4"];
    let output = run(send(folder.path(), &file, &receiver.destination(), &limited));
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(began.elapsed() > Duration::from_millis(1200), "1.5 MB at 1 MB/s cannot take {:?}", began.elapsed());
    assert_eq!(files::digest(&receiver.dir.join("slow.bin")), files::digest(&file));
}

/// A receiver with these flags, its address, and where it puts files.
fn receiving(folder: &Path, flags: &[&str]) -> (Running, String) {
    let mut command = Command::new(programs::carryon());
    command.arg("receive").arg("--dir").arg(folder.join("received")).args(flags);
    let mut child = Running(command.stdout(Stdio::piped()).spawn().expect("the receiver starts"));
    let mut line = String::new();
    let stdout = child.0.stdout.take().expect("piped");
    BufReader::new(stdout).read_line(&mut line).expect("the receiver speaks");
    let said: Value = serde_json::from_str(&line).expect("the first line is JSON");
    (child, said["address"].as_str().expect("an address").to_owned())
}

/// Sends a request of which the last `held_back` bytes do not follow.
#[cfg(unix)]
fn begin(address: &str, method: &str, target: &str, length: usize, held_back: usize) -> std::net::TcpStream {
    use std::io::Write;
    let host = address.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).expect("it listens");
    let head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n");
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).expect("sends");
    stream.write_all(&vec![7; length - held_back]).expect("sends");
    stream
}

#[cfg(unix)]
fn answer(mut stream: std::net::TcpStream) -> String {
    let mut text = String::new();
    let _ = std::io::Read::read_to_string(&mut stream, &mut text);
    text
}

#[cfg(unix)]
#[test]
fn a_receiver_told_to_stop_keeps_what_it_acknowledged_and_acknowledges_nothing_else() {
    let folder = tempfile::tempdir().expect("temp folder");
    let (mut receiver, address) = receiving(folder.path(), &["--stop-within", "1", "--max-unfinished", "1"]);
    let chunk = |index: usize| {
        let offset = index * 100_000;
        let place = format!("qqpartindex={index}&qqpartbyteoffset={offset}&qqchunksize=100000");
        format!("/upload?qquuid=stopped-here&qqfilename=s&qqtotalfilesize=300000&{place}")
    };
    assert!(answer(begin(&address, "POST", &chunk(1), 100_000, 0)).starts_with("HTTP/1.1 200"));
    let other = chunk(0).replace("stopped-here", "one-too-many");
    assert!(answer(begin(&address, "POST", &other, 100_000, 0)).starts_with("HTTP/1.1 503"), "--max-unfinished holds");
    let hung = begin(&address, "POST", &chunk(2), 100_000, 10);
    std::thread::sleep(Duration::from_millis(200));
    signal(&receiver, "TERM");
    let begun = std::time::Instant::now();
    programs::wait_until("the end", Duration::from_secs(8), || receiver.0.try_wait().expect("a child").is_some());
    assert_eq!(receiver.0.wait().expect("it ended").code(), Some(0));
    assert!(begun.elapsed() > Duration::from_millis(700), "the running request got its second");
    assert!(!answer(hung).starts_with("HTTP/1.1 200"), "half a chunk is not acknowledged");
    let (_again, address) = receiving(folder.path(), &[]);
    let held = answer(begin(&address, "GET", "/upload/stopped-here", 0, 0));
    assert!(held.contains(r#""offset":100000"#) && !held.contains(r#""offset":200000"#), "{held}");
}

#[test]
fn a_receiver_speaks_https_with_both_files_and_refuses_one_alone() {
    let folder = tempfile::tempdir().expect("temp folder");
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name).to_str().expect("plain").to_owned());
    for alone in [["--tls-cert", &cert], ["--tls-key", &key]] {
        let mut command = Command::new(programs::carryon());
        command.arg("receive").arg("--dir").arg(folder.path()).args(alone);
        let output = run(command);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    }
    let flags = ["--tls-cert", &cert, "--tls-key", &key];
    let mut command = Command::new(programs::carryon());
    command.arg("receive").arg("--dir").arg(folder.path().join("received")).args(flags);
    let output = run(command);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    assert!(told(&output).contains("for HTTPS"), "{}", told(&output));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", &key, "-out", &cert]);
    match openssl.output() {
        Ok(output) if output.status.success() => {}
        other => return eprintln!("SKIPPED: openssl makes no certificate here: {other:?}"),
    }
    let (_receiver, address) = receiving(folder.path(), &flags);
    assert!(address.starts_with("https://127.0.0.1:"), "{address}");
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--cacert", &cert, "--data-binary", "over TLS"]);
    let output = run({
        curl.arg(format!("{address}/upload?qquuid=tls&qqfilename=tls.txt"));
        curl
    });
    assert!(output.status.success(), "{}", told(&output));
    let file = folder.path().join("received").join("tls.txt");
    assert_eq!(std::fs::read_to_string(file).expect("received"), "over TLS");
}

#[test]
fn a_destination_that_never_puts_the_chunks_together_is_not_believed_to_have_the_file() {
    let folder = tempfile::tempdir().expect("temp folder");
    let receiver = ReceiverProcess::start(folder.path());
    let file = folder.path().join("take.mov");
    files::random_file(&file, 500_000, 1);
    let to = format!("fineuploader+{}/upload", receiver.address);
    let output = run(send(folder.path(), &file, &to, &["--chunk-size", "100000"]));
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    assert!(told(&output).contains("did not put the file together"), "{}", told(&output));
    assert!(files::files_below(&receiver.dir).is_empty());
}
