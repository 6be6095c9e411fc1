//! Receipts: what they say of an upload, how far they claim that it is proved, and what comes of holding files against them.

use std::path::{Path, PathBuf};

use carryon_engine::receipt::{Level, Receipt};
use serde_json::{Value, json};
use tests::{
    engine::Desk,
    files,
    programs::{ReceiverProcess, carryon, carryon_with, events, run, told},
    scripted::{Manners, On, Reply, Scripted, Step, What},
};

const SIZE: u64 = 2_000_000;
const CHUNK: u64 = 1000;
/// A server that names no digests and cannot be asked.
const PLAIN: Manners = Manners { askable: false, digests: false, done_truncates: false, completes_alone: false };
/// A server that does both.
const NAMING: Manners = Manners { askable: true, digests: true, done_truncates: false, completes_alone: false };

/// Something was sent to our own receiver, in chunks of 300000 bytes.
struct Scene {
    folder: tempfile::TempDir,
    receiver: ReceiverProcess,
}

impl Scene {
    fn delivered(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("temp folder");
        let receiver = ReceiverProcess::start(folder.path());
        let scene = Self { folder, receiver };
        files::random_file(&scene.path(name), SIZE, 7);
        let (path, to) = (scene.path(name), scene.receiver.destination());
        let path = path.to_str().expect("a plain name");
        let output = scene.call(&["send", path, "--to", &to, "--chunk-size", "300000"]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn call(&self, arguments: &[&str]) -> std::process::Output {
        run(carryon_with(&self.path("data"), arguments))
    }

    /// The receipt of the only upload, and the file it was written to.
    fn receipt(&self, more: &[&str]) -> (Value, PathBuf) {
        let history = events(&self.call(&["history", "--json"]));
        let id = history[0]["id"].as_str().expect("an id");
        let output = self.call(&[&["history", "show", &id[..8], "--json"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        let path = self.path("receipt.json");
        std::fs::write(&path, &output.stdout).expect("writes");
        (serde_json::from_slice(&output.stdout).expect("a receipt is JSON"), path)
    }
}

/// The exit code and the line of `carryon verify`, which needs no records.
fn verify(receipt: &Path, file: &Path) -> (Option<i32>, Value) {
    let mut command = std::process::Command::new(carryon());
    command.arg("verify").arg(receipt).arg(file).args(["--json", "--sha256"]);
    let output = run(command);
    (output.status.code(), events(&output).into_iter().next().unwrap_or_default())
}

#[test]
fn a_receipt_verifies_the_file_that_was_sent_and_no_other() {
    let scene = Scene::delivered("take.mov");
    let (receipt, at) = scene.receipt(&[]);
    assert_eq!((&receipt["size"], &receipt["resumes"], &receipt["sent_twice"]), (&json!(SIZE), &json!(0), &json!(0)));
    assert_eq!(receipt["proof"], json!({ "level": "server digest", "chunks": 7, "chunks_proved": 7, "whole": null }));
    for file in [scene.path("take.mov"), scene.receiver.dir.join("take.mov")] {
        let (code, line) = verify(&at, &file);
        assert_eq!((code, &line["equal"], &line["blake3"]), (Some(0), &json!(true), &json!(files::digest(&file))));
    }
    files::random_file(&scene.path("other.mov"), SIZE, 8);
    let (code, line) = verify(&at, &scene.path("other.mov"));
    assert_eq!((code, &line["differing"]), (Some(1), &json!([{ "first": 0, "last": SIZE - 1 }])));
    files::random_file(&scene.path("longer.mov"), SIZE + 1, 7);
    let (code, line) = verify(&at, &scene.path("longer.mov"));
    assert_eq!((code, &line["equal"]), (Some(1), &json!(false)), "the sent file and one byte more is another file");
    assert_eq!(verify(&at, &scene.path("none.mov")).0, Some(2), "what is not there differs from nothing");
}

#[test]
fn one_flipped_byte_is_named_by_its_chunk() {
    let scene = Scene::delivered("take.mov");
    let (_, at) = scene.receipt(&[]);
    let whole = std::fs::read(scene.path("take.mov")).expect("reads");
    for (byte, first, last) in [(0, 0, 299_999), (650_000, 600_000, 899_999), (SIZE - 1, 1_800_000, SIZE - 1)] {
        let mut bytes = whole.clone();
        bytes[usize::try_from(byte).expect("small")] ^= 1;
        std::fs::write(scene.path("flipped.mov"), bytes).expect("writes");
        let (code, line) = verify(&at, &scene.path("flipped.mov"));
        assert_eq!((code, &line["differing"]), (Some(1), &json!([{ "first": first, "last": last }])), "byte {byte}");
    }
    let output = run(scene_command(&["verify"], &[&at, &scene.path("flipped.mov")]));
    assert!(told(&output).contains("bytes 1800000 to 1999999 differ (chunk 6)"), "{}", told(&output));
}

fn scene_command(arguments: &[&str], paths: &[&Path]) -> std::process::Command {
    let mut command = std::process::Command::new(carryon());
    command.args(arguments).args(paths);
    command
}

#[test]
fn the_digest_of_the_whole_is_kept_only_of_the_file_that_was_sent() {
    let scene = Scene::delivered("take.mov");
    assert_eq!(scene.receipt(&[]).0["blake3"], Value::Null, "nobody read the whole in order yet");
    let (digested, at) = scene.receipt(&["--digest", "--sha256"]);
    assert_eq!(digested["blake3"], json!(files::digest(&scene.path("take.mov"))));
    assert_eq!(digested["sha256"], verify(&at, &scene.path("take.mov")).1["sha256"]);
    assert_eq!(scene.receipt(&[]).0, digested, "it is kept");
    files::random_file(&scene.path("take.mov"), SIZE, 9);
    let id = digested["upload"].as_str().expect("an id");
    let refused = scene.call(&["history", "show", id, "--digest"]);
    assert!(refused.status.code() == Some(1) && told(&refused).contains("not the file"), "{}", told(&refused));
    assert_eq!(scene.receipt(&[]).0, digested, "and nothing of another file gets into it");
}

#[test]
fn the_table_escapes_what_needs_it_and_holds_no_formula() {
    let scene = Scene::delivered("=cmd, \"1\".mov");
    let output = scene.call(&["history", "--csv"]);
    let text = String::from_utf8(output.stdout).expect("text");
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    assert!(rows.len() == 2 && rows[0].starts_with("id,name,path,size,"), "{text}");
    assert!(rows[1].contains(",\"'=cmd, \"\"1\"\".mov\",") && rows[1].contains(",server digest,"), "{text}");
}

/// A file of ten chunks at a scripted server; the receipt that its upload gets.
struct Stage {
    folder: tempfile::TempDir,
    server: Scripted,
}

impl Stage {
    async fn new(manners: Manners) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), server: Scripted::start(manners).await }
    }

    async fn desk(&self) -> Desk {
        let address = format!("{}&concurrent=false", self.server.destination(CHUNK));
        Desk::open(&self.folder.path().join("data"), &address).await
    }

    fn file(&self, size: u64) -> PathBuf {
        let path = self.folder.path().join("files/take.mov");
        files::random_file(&path, size, 3);
        path
    }

    async fn receipt(&self, size: u64) -> Receipt {
        let mut desk = self.desk().await;
        let id = desk.send(&self.file(size)).await;
        desk.finished(id).await;
        let receipt = desk.engine.receipt(&id.to_string()).await.expect("a receipt");
        desk.close().await;
        receipt
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resumed_uploads_receipt_says_how_often_and_how_much_twice() {
    let stage = Stage::new(NAMING).await;
    stage.server.on(On::Chunk(3), 1, Step::Answer(Reply::text(500, "not now")));
    let gate = stage.server.hold(On::Chunk(6));
    let mut desk = stage.desk().await;
    let id = desk.send(&stage.file(10 * CHUNK)).await;
    stage.server.until("chunk 6", |log| log.iter().any(|seen| seen.what == What::Chunk(6))).await;
    desk.confirmed(id, 6 * CHUNK).await;
    desk.close().await;
    gate.add_permits(1);
    let mut desk = stage.desk().await;
    desk.resume(id).await;
    desk.finished(id).await;
    let receipt = desk.engine.receipt(&id.to_string()).await.expect("a receipt");
    let arrived = stage.server.asked().iter().filter(|asked| matches!(asked, What::Chunk(_))).count() as u64;
    assert_eq!(receipt.resumes, 1);
    assert!(receipt.sent_twice >= CHUNK, "chunk 3 went twice");
    assert_eq!((receipt.sent, receipt.sent_twice), (arrived * CHUNK, (arrived - 10) * CHUNK), "as the server counts");
    assert_eq!(receipt.proof.level, Level::ServerDigest, "the destination named each of them, in one run or the other");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_level_is_never_higher_than_what_the_server_said() {
    for size in [0, 1, CHUNK, CHUNK + 1, 10 * CHUNK] {
        let chunks = size.div_ceil(CHUNK).max(1);
        let naming = Stage::new(NAMING).await.receipt(size).await.proof;
        assert_eq!((naming.level, naming.chunks_proved), (Level::ServerDigest, chunks), "{size} bytes, all named");
        let silent = Stage::new(PLAIN).await.receipt(size).await.proof;
        assert_eq!((silent.level, silent.chunks_proved), (Level::SizeOnly, 0), "{size} bytes, none named");
    }
    let stage = Stage::new(NAMING).await;
    stage.server.on(On::Chunk(2), 1, Step::CarryOutAnswer(Reply::json(200, json!({ "success": true }))));
    let but_one = stage.receipt(10 * CHUNK).await.proof;
    assert_eq!((but_one.level, but_one.chunks_proved), (Level::SizeOnly, 9), "one of ten was not named");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_proves_nothing_that_the_server_did_not_name() {
    let stage = Stage::new(PLAIN).await;
    let gate = stage.server.hold(On::Chunk(6));
    let mut desk = stage.desk().await;
    let id = desk.send(&stage.file(10 * CHUNK)).await;
    desk.confirmed(id, 6 * CHUNK).await;
    desk.close().await;
    gate.add_permits(1);
    let mut desk = stage.desk().await;
    desk.resume(id).await;
    desk.finished(id).await;
    let proof = desk.engine.receipt(&id.to_string()).await.expect("a receipt").proof;
    assert_eq!((proof.level, proof.chunks_proved), (Level::SizeOnly, 0));
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_marked_as_done_is_proved_by_nobody() {
    let stage = Stage::new(Manners { askable: false, ..NAMING }).await;
    stage.server.on(On::Done, 1, Step::LoseAnswer);
    let mut desk = stage.desk().await;
    let id = desk.send(&stage.file(10 * CHUNK)).await;
    desk.stopped(id).await;
    desk.expect_more(id);
    assert_eq!(desk.engine.mark_done(&[id]).await.done, [id]);
    let receipt = desk.engine.receipt(&id.to_string()).await.expect("a receipt");
    assert_eq!((receipt.outcome.as_str(), receipt.proof.level), ("marked done", Level::Nothing));
    desk.close().await;
}

#[test]
fn nonsense_receipts_are_refused_in_words() {
    let scene = Scene::delivered("take.mov");
    let (good, at) = scene.receipt(&[]);
    let changed = |pointer: &str, value: Value| {
        let mut receipt = good.clone();
        *receipt.pointer_mut(pointer).expect("it is there") = value;
        receipt.to_string()
    };
    let nonsense = [
        (String::new(), "no receipt"),
        ("hello\u{1b}[2J".to_owned(), "no receipt"),
        ("[1]".to_owned(), "no receipt"),
        ("{}".to_owned(), "no receipt"),
        ("[".repeat(100_000), "no receipt"),
        (changed("/carryon_receipt", json!("one")), "which version"),
        (changed("/carryon_receipt", json!(2)), "newer Carryon"),
        (changed("/size", json!(SIZE + 1)), "do not add up"),
        (changed("/chunks/0/length", json!(u64::MAX)), "do not add up"),
        (changed("/chunks/0/blake3", json!("\u{1b}]0;hello")), "Something is wrong at line 1"),
        (changed("/proof/level", json!("sworn")), "Something is wrong at line 1"),
        (changed("/proof/chunks_proved", json!(6)), "higher proof than it names"),
        (changed("/proof/chunks_proved", json!(8)), "fewer chunks"),
        (changed("/outcome", json!("marked done")), "higher proof than it names"),
        (changed("/chunk_size", json!(0)), "no bytes"),
    ];
    for (text, words) in nonsense {
        std::fs::write(&at, &text).expect("writes");
        let output = run(scene_command(&["verify"], &[&at, &scene.path("take.mov")]));
        let shown = told(&output);
        assert!(output.status.code() == Some(2) && shown.contains(words), "{words}: {shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains("panicked"), "{shown:?}");
    }
    std::fs::File::create(&at).and_then(|file| file.set_len(1 << 40)).expect("a file of holes");
    let output = run(scene_command(&["verify"], &[&at, &scene.path("take.mov")]));
    assert!(output.status.code() == Some(2) && told(&output).contains("longer than"), "{}", told(&output));
}
