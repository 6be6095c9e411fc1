//! An unfinished upload goes to another machine: written down here, proved and carried on there, at the same destination.

use std::path::PathBuf;

use serde_json::{Value, json};
use tests::{
    files,
    programs::{ReceiverProcess, Running, carryon_with, events, run, told, wait_until},
};

const SIZE: u64 = 3_000_000;
const CHUNK: u64 = 300_000;

/// Two machines, `here` and `there`, with their own records; and a destination that both reach.
struct Scene {
    folder: tempfile::TempDir,
    receiver: ReceiverProcess,
}

impl Scene {
    fn new(receiver: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("temp folder");
        std::fs::write(folder.path().join("token"), "hunter2-hunter2-hunter2\n").expect("writes");
        let receiver: Vec<String> =
            receiver.iter().map(|word| word.replace("TOKEN", folder.path().join("token").to_str().unwrap())).collect();
        let receiver: Vec<&str> = receiver.iter().map(String::as_str).collect();
        let receiver = ReceiverProcess::start_with(folder.path(), &receiver);
        let scene = Self { folder, receiver };
        files::random_file(&scene.path("card/take.mov"), SIZE, 7);
        std::fs::create_dir_all(scene.path("desk")).expect("a folder");
        std::fs::copy(scene.path("card/take.mov"), scene.path("desk/take.mov")).expect("it is copied");
        scene
    }

    /// `card/take.mov` is under way here: some of its chunks are confirmed.
    fn under_way(&self, more: &[&str]) -> Running {
        let (path, to) = (self.text("card/take.mov"), self.receiver.destination());
        let send = [
            "send",
            &path,
            "--to",
            &to,
            "--json",
            "--chunk-size",
            "300000",
            "--limit-rate",
            "500k",
            "--connections",
            "1",
        ];
        let mut command = self.call("here", &[&send, more].concat());
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let child = Running(command.spawn().expect("it starts"));
        let patience = std::time::Duration::from_secs(30);
        // Only then the records are its own: who looks earlier would be asked to send, and knows of no speed limit.
        wait_until("records", patience, || self.path("here").join("carryon.db").exists());
        wait_until("some chunks", patience, || {
            self.list("here").first().is_some_and(|l| l["confirmed"].as_u64() >= Some(2 * CHUNK))
        });
        child
    }

    /// The same, and its sender was killed.
    fn interrupted() -> Self {
        let scene = Self::new(&[]);
        scene.under_way(&[]).kill();
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("a plain name").to_owned()
    }

    fn call(&self, machine: &str, arguments: &[&str]) -> std::process::Command {
        carryon_with(&self.path(machine), arguments)
    }

    fn list(&self, machine: &str) -> Vec<Value> {
        events(&run(self.call(machine, &["list", "--json"])))
    }

    fn id(&self) -> String {
        self.list("here")[0]["id"].as_str().expect("an id").to_owned()
    }

    /// Writes the upload down; gives the document, and what was said beside it.
    fn export(&self, more: &[&str]) -> (Value, String) {
        let output = run(self.call("here", &[&["export", &self.id()], more].concat()));
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (serde_json::from_slice(&output.stdout).expect("a document"), said)
    }

    fn import(&self, document: &Value, name: &str, more: &[&str]) -> std::process::Output {
        self.import_text(&document.to_string(), name, more)
    }

    fn import_text(&self, document: &str, name: &str, more: &[&str]) -> std::process::Output {
        std::fs::write(self.path("take.json"), document).expect("writes");
        let (file, path) = (self.text("take.json"), self.text(name));
        run(self.call("there", &[&["import", &file, &path, "--json"], more].concat()))
    }

    fn refused(&self, output: &std::process::Output, words: &str) {
        let told = told(output);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "it must say “{words}”: {told}");
        assert!(!told.contains("panicked"), "{told}");
        assert!(self.list("there").is_empty(), "a refused upload must add nothing");
        let destinations = events(&run(self.call("there", &["destinations", "list", "--json"])));
        assert!(destinations.is_empty(), "nor a destination: {destinations:?}");
    }

    fn arrived(&self) {
        assert_eq!(files::files_below(&self.receiver.dir), ["take.mov"], "one object");
        assert_eq!(files::digest(&self.receiver.dir.join("take.mov")), files::digest(&self.path("card/take.mov")));
    }

    /// What the destination heard after that moment (unix milliseconds).
    fn heard_after(&self, moment: u128) -> Vec<String> {
        let log = std::fs::read_to_string(&self.receiver.log).expect("the access log");
        let later =
            |line: &&str| serde_json::from_str::<Value>(line).expect("JSON")["at"].as_u64() > Some(moment as u64);
        log.lines().filter(later).map(str::to_owned).collect()
    }
}

fn now() -> u128 {
    std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_millis()
}

fn sent(output: &std::process::Output) -> u64 {
    assert_eq!(output.status.code(), Some(0), "{}", told(output));
    let finished = events(output).into_iter().find(|event| event["event"] == "finished").expect("it arrives");
    finished["sent"].as_u64().expect("a number")
}

#[test]
fn an_upload_interrupted_here_is_carried_on_there_from_the_last_confirmed_byte() {
    let scene = Scene::interrupted();
    let (document, said) = scene.export(&[]);
    assert!(said.contains("Only one machine"), "{said}");
    let rests = &scene.list("here")[0];
    assert_eq!(rests["state"], "paused", "it rests here");
    assert!(rests["expires_at"].is_null(), "nor does it expire here, which would end it at the destination: {rests}");
    assert!(document["expires_at"].is_i64(), "there it does, as it would have here");
    let confirmed = document["confirmed"].as_u64().expect("a number");
    assert!(confirmed >= 2 * CHUNK, "{confirmed}");
    let imported = scene.import(&document, "desk/take.mov", &[]);
    let sent = sent(&imported);
    assert!(sent <= SIZE - confirmed, "{sent} bytes left there, though {confirmed} of {SIZE} were confirmed");
    scene.arrived();
    assert!(scene.list("there").is_empty(), "it is delivered");
}

#[test]
fn a_file_that_differs_in_one_byte_anywhere_is_refused_by_the_bytes_that_differ() {
    let scene = Scene::interrupted();
    let (document, _) = scene.export(&[]);
    let bytes = std::fs::read(scene.path("card/take.mov")).expect("reads");
    // The ends, between the samples of what is confirmed, a chunk's edges, what was never sent.
    for at in [0, 150_000, CHUNK - 1, CHUNK, 500_000, 1_700_001, 2_650_000, SIZE - 1] {
        let mut changed = bytes.clone();
        changed[at as usize] ^= 1;
        std::fs::write(scene.path("desk/take.mov"), changed).expect("writes");
        let output = scene.import(&document, "desk/take.mov", &[]);
        scene.refused(&output, "ytes ");
        scene.refused(&output, "differ from the file");
    }
    std::fs::write(scene.path("desk/take.mov"), &bytes[1..]).expect("writes");
    scene.refused(&scene.import(&document, "desk/take.mov", &[]), "has 2999999 bytes");
    let missing = scene.import(&document, "desk/none.mov", &[]);
    assert!(missing.status.code() == Some(1) && told(&missing).contains("is not there"), "{}", told(&missing));
    assert!(scene.list("there").is_empty());
}

#[test]
fn the_range_that_differs_is_named() {
    let scene = Scene::interrupted();
    let (mut document, _) = scene.export(&[]);
    document["fingerprint"] = Value::Null;
    let mut bytes = std::fs::read(scene.path("card/take.mov")).expect("reads");
    bytes[450_000] ^= 1;
    std::fs::write(scene.path("desk/take.mov"), bytes).expect("writes");
    scene.refused(&scene.import(&document, "desk/take.mov", &[]), "Bytes 300000 to 599999");
}

#[test]
fn nonsense_documents_are_refused_in_words() {
    let scene = Scene::interrupted();
    let (document, _) = scene.export(&[]);
    for text in ["", "{}", "[1]", "\u{0}", "not JSON", &"[".repeat(100_000)] {
        scene.refused(&scene.import_text(text, "desk/take.mov", &[]), "makes no sense");
    }
    let cases = [
        ("/carryon_upload", json!(99), "newer Carryon"),
        ("/size", json!(SIZE + 1), "another size"),
        ("/confirmed", json!(1), "counters"),
        ("/chunks/0/length", json!(u64::MAX), "beyond the file's end"),
        ("/chunks/1/offset", json!(1), "overlap"),
        ("/attempt/plan/chunk_size", json!(7), "outside its plan"),
        ("/attempt/id", json!("x"), "makes no sense"),
        ("/destination/address", json!("ftp://host/u"), "is not a destination"),
        ("/destination/address", json!("this-computer"), "is not a destination"),
        ("/destination/address", json!("fineuploader+http://files.example.com/u"), "--allow-http"),
        ("/destination/settings", json!({ "speed": 1 }), "settings make no sense"),
        ("/attempt/plan/completes", json!("last_chunk"), "in another way"),
    ];
    for (pointer, value, words) in cases {
        let mut changed = document.clone();
        *changed.pointer_mut(pointer).expect("it stands there") = value;
        scene.refused(&scene.import(&changed, "desk/take.mov", &[]), words);
    }
}

#[test]
fn a_move_leaves_nothing_here_and_tells_the_destination_nothing() {
    let scene = Scene::interrupted();
    std::thread::sleep(std::time::Duration::from_millis(500)); // what the killed sender sent is heard by then
    let before = now();
    let (document, _) = scene.export(&["--move"]);
    assert!(scene.list("here").is_empty(), "it is no longer here");
    let history = events(&run(scene.call("here", &["history", "--json"])));
    assert_eq!(history[0]["outcome"], "moved to another machine", "{history:?}");
    run(scene.call("here", &["resume", "--all"]));
    assert_eq!(scene.heard_after(before), Vec::<String>::new(), "the destination must hear nothing of it");
    assert!(sent(&scene.import(&document, "desk/take.mov", &[])) < SIZE);
    scene.arrived();
}

#[test]
fn a_move_whose_document_cannot_be_written_keeps_the_upload() {
    let scene = Scene::interrupted();
    std::fs::write(scene.path("taken.json"), "mine").expect("writes");
    let (id, taken) = (scene.id(), scene.text("taken.json"));
    let output = run(scene.call("here", &["export", &id, "--move", "--output", &taken]));
    assert!(output.status.code() == Some(1) && told(&output).contains("stays here"), "{}", told(&output));
    assert_eq!(std::fs::read_to_string(&taken).expect("reads"), "mine");
    assert_eq!(scene.id(), id);
}

#[test]
fn importing_twice_is_refused() {
    let scene = Scene::interrupted();
    let (document, _) = scene.export(&[]);
    let added = scene.import(&document, "desk/take.mov", &["--no-start"]);
    assert_eq!(added.status.code(), Some(0), "{}", told(&added));
    let listed = scene.list("there");
    assert_eq!((listed.len(), &listed[0]["state"]), (1, &json!("interrupted")));
    assert_eq!(listed[0]["confirmed"], document["confirmed"]);
    assert_eq!(listed[0]["chunks_left"], document["chunks_left"]);
    let again = scene.import(&document, "desk/take.mov", &[]);
    assert!(again.status.code() == Some(2) && told(&again).contains("is here already"), "{}", told(&again));
    assert_eq!(scene.list("there").len(), 1);
    assert!(sent(&run(scene.call("there", &["resume", "--all", "--json"]))) < SIZE);
    scene.arrived();
}

#[test]
fn a_token_never_stands_in_the_document() {
    let scene = Scene::new(&["--token-file", "TOKEN"]);
    let token = scene.text("token");
    scene.under_way(&["--token-file", &token]).kill();
    let (document, _) = scene.export(&[]);
    assert!(!document.to_string().contains("hunter2"));
    let imported = scene.import(&document, "desk/take.mov", &["--token-file", &token]);
    assert!(sent(&imported) < SIZE);
    scene.arrived();
}

#[test]
fn a_running_owner_exports_and_imports_as_one_call_alone_would() {
    let scene = Scene::new(&[]);
    let mut sender = scene.under_way(&[]);
    let (document, said) = scene.export(&[]);
    assert!(said.contains("Only one machine"), "{said}");
    assert_eq!(sender.0.wait().expect("it ends").code(), Some(3), "it was halted, and can be resumed");
    files::random_file(&scene.path("other.bin"), 1000, 3);
    let (other, nowhere) = (scene.text("other.bin"), "fineuploader+http://127.0.0.1:9/upload?done=/done");
    let mut owner = scene.call("there", &["send", &other, "--to", nowhere]);
    owner.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    let _owner = Running(owner.spawn().expect("it starts"));
    wait_until("an owner", std::time::Duration::from_secs(20), || scene.list("there").len() == 1);
    let mut broken = document.clone();
    broken["confirmed"] = json!(1);
    let refused = scene.import(&broken, "desk/take.mov", &[]);
    assert!(refused.status.code() == Some(2) && told(&refused).contains("counters"), "{}", told(&refused));
    assert!(sent(&scene.import(&document, "desk/take.mov", &[])) < SIZE);
    scene.arrived();
}

#[test]
fn an_unknown_outcome_stays_unknown_there() {
    let scene = Scene::interrupted();
    assert_eq!(scene.list("here").len(), 1, "closed in an orderly way, so that nobody misses its log");
    let records = rusqlite::Connection::open(scene.path("here/carryon.db")).expect("opens");
    let unknown = r#"UPDATE attempts SET finishing = 1;
        UPDATE uploads SET state = 'outcome_unknown', detail = '{"kind":"outcome_unknown"}'"#;
    records.execute_batch(unknown).expect("writes");
    drop(records);
    let (document, _) = scene.export(&[]);
    let added = scene.import(&document, "desk/take.mov", &["--no-start"]);
    assert_eq!(added.status.code(), Some(0), "{}", told(&added));
    assert_eq!(scene.list("there")[0]["state"], "outcome_unknown");
    assert!(files::files_below(&scene.receiver.dir).is_empty());
}
