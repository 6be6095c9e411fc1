//! How long 10,000 records take to be opened, which sees whether they are whole, and to be listed, fresh from the disk.

use std::time::{Duration, Instant};

use carryon_engine::{AddRequest, Engine, Options, RECORDS_FILE};

const RECORDS: usize = 10_000;
const ROUNDS: usize = 21;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("temp folder");
    let files = folder.path().join("files");
    std::fs::create_dir_all(&files).expect("folder");
    (0..RECORDS).for_each(|n| std::fs::write(files.join(format!("{n}.bin")), n.to_le_bytes()).expect("file"));
    let options = Options::new(folder.path().join("data"));
    let engine = Engine::open(options.clone()).await.expect("opens");
    let to = engine.destination("fineuploader+http://127.0.0.1:9/upload").await.expect("destination").id;
    let began = Instant::now();
    let added = engine.add(AddRequest::new([files], to)).await.expect("adds");
    println!("{} records added in {:?}", added.added.len(), began.elapsed());
    engine.shutdown().await.expect("closes");
    drop(engine);

    let size = std::fs::metadata(options.data_dir.join(RECORDS_FILE)).expect("the records").len();
    let began = Instant::now();
    let engine = Engine::open(options).await.expect("opens");
    println!("{} MB of records opened in {:?}", size / 1_000_000, began.elapsed());
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let (listed, _) = engine.list().await.expect("lists");
        assert_eq!(listed.len(), RECORDS, "all are listed");
        times.push(began.elapsed());
    }
    let first = times[0];
    times.sort();
    println!(
        "{RECORDS} records listed: first {first:?}, median {:?}, worst {:?}",
        times[ROUNDS / 2],
        times[ROUNDS - 1]
    );
    engine.shutdown().await.expect("closes");
}
