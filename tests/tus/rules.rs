//! Rules of services, what is sent along, and what goes to nobody else.

use carryon_engine::{Change, Credentials, DestinationSettings};
use tests::{engine::Desk, scripted_tus::Step};

use crate::stage::{CHUNK, PLAIN, Stage, is, is_patch_at};

const MIB: u64 = 1024 * 1024;

/// The lengths of all requests with a payload, in order.
fn lengths(stage: &Stage) -> Vec<u64> {
    stage.server.asked().iter().filter(|asked| asked.method == "PATCH").map(|asked| asked.length).collect()
}

async fn set(desk: &Desk, address: &str, settings: &str) {
    let settings = Some(DestinationSettings::from_json(settings).expect("settings"));
    desk.engine.change_destination(address, Change { settings, ..Change::default() }).await.expect("set");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn supabase_gets_chunks_of_six_mebibytes_and_cloudflare_multiples_of_256_kibibytes() {
    for (preset, expected) in
        [("supabase", vec![6 * MIB, 6 * MIB, MIB + 1]), ("cloudflare", vec![8 * MIB, 5 * MIB + 1])]
    {
        let stage = Stage::new(PLAIN).await;
        let file = stage.file("take.mov", 13 * MIB + 1);
        let mut desk = stage.desk_at(&stage.server.destination(&format!("?preset={preset}"))).await;
        let id = desk.send(&file).await;
        desk.finished(id).await;
        assert_eq!(lengths(&stage), expected, "{preset}");
        stage.delivered(&file);
        desk.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_link_takes_one_file_of_its_size_and_no_other() {
    let stage = Stage::new(PLAIN).await;
    let link = stage.server.open(3 * CHUNK);
    let address = format!("tus+http://{}{link}?preset=vimeo", stage.server.address);
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk_at(&address).await;
    let other = desk.send(&stage.file("other.mov", 2 * CHUNK)).await;
    let (_, failure) = desk.stopped(other).await;
    assert!(failure.message.contains("another upload"), "{failure:?}");
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    let again = desk.send(&stage.file("again.mov", 3 * CHUNK)).await;
    let (_, failure) = desk.stopped(again).await;
    assert!(failure.message.contains("used already"), "another file of the same size is not taken for it: {failure:?}");
    assert_eq!(stage.server.count("POST".parse().expect("a method")), 0);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_tells_name_type_folder_and_the_attempts_own_id() {
    let stage = Stage::new(PLAIN).await;
    let folder = stage.folder.path().join("shoot/day one");
    std::fs::create_dir_all(&folder).expect("makes");
    tests::files::random_file(&folder.join("täke.mov"), 10, 1);
    let address = stage.server.destination("?chunk=1000");
    let mut desk = stage.desk_at(&address).await;
    let settings = r#"{"tus": {"metadata": {"bucketName": "rushes", "objectName": "{relative_path}/{name}"},
                       "headers": {"x-upsert": "true"}}}"#;
    set(&desk, &address, settings).await;
    let id = desk.add([stage.folder.path().join("shoot")]).await[0];
    desk.finished(id).await;
    let metadata = &stage.server.uploads()[0].metadata;
    let told = |name: &str| metadata.get(name).map(String::as_str).unwrap_or_default();
    assert_eq!(
        (told("filename"), told("filetype"), told("relativePath")),
        ("täke.mov", "video/quicktime", "shoot/day one")
    );
    assert_eq!((told("bucketName"), told("objectName")), ("rushes", "shoot/day one/täke.mov"));
    assert_eq!(told("attempt").len(), 36, "an orphan can be found by it");
    assert!(
        stage.server.asked().iter().all(|asked| asked.headers.get("x-upsert").is_some_and(|value| value == "true"))
    );
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_goes_to_the_destination_alone_and_the_uploads_url_to_nobody() {
    let (stage, elsewhere) = (Stage::new(PLAIN).await, Stage::new(PLAIN).await);
    elsewhere.server.open(3 * CHUNK);
    stage.server.lie_elsewhere(&format!("http://{}", elsewhere.server.address));
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk().await;
    desk.engine.set_credentials(desk.to, Credentials { token: Some("hunter2".into()) });
    elsewhere.server.on(1, is_patch_at(CHUNK), Step::Answer(400, &[], "no"));
    let id = desk.send(&file).await;
    desk.finished(id).await;
    let bears =
        |stage: &Stage| stage.server.asked().iter().filter(|asked| asked.headers.contains_key("authorization")).count();
    assert!(bears(&stage) > 0 && bears(&elsewhere) == 0, "the other server gets the bytes, and no token");
    assert!(!format!("{:?}", desk.told).contains("upload-1"), "whoever has the URL can write to the upload");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_servers_own_expiry_stands_in_the_record_where_it_is_earlier() {
    let stage = Stage::new(PLAIN).await;
    const SOON: &[(&str, &str)] = &[("upload-offset", "1000"), ("upload-expires", "Fri, 01 Jan 2027 00:00:00 GMT")];
    stage.server.on(usize::MAX, is_patch_at(CHUNK), Step::Answer(401, &[], ""));
    stage.server.on(1, is("PATCH"), Step::Answer(204, SOON, ""));
    let address = stage.server.destination("?chunk=1000");
    let mut desk = stage.desk_at(&address).await;
    set(&desk, &address, r#"{"lifetime_days": 0}"#).await;
    let id = desk.send(&stage.file("take.mov", 3 * CHUNK)).await;
    desk.stopped(id).await;
    let listed = desk.listed(id).await.expect("it is kept");
    assert_eq!(listed.upload.expires_at, Some(1_798_761_600_000), "the first of January 2027, by the server's word");
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_no_question_about_itself_is_spoken_to_all_the_same() {
    let stage = Stage::new(PLAIN).await;
    stage.server.offer_nothing();
    let file = stage.file("take.mov", 3 * CHUNK);
    let mut desk = stage.desk_at(&stage.server.destination(&format!("?chunk={CHUNK}&lanes=3"))).await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    stage.delivered(&file);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_grow_with_a_link_that_carries_them() {
    let stage = Stage::new(PLAIN).await;
    let file = stage.file("take.mov", 60 * MIB);
    let mut desk: Desk = stage.desk_at(&stage.server.destination("")).await;
    let id = desk.send(&file).await;
    desk.finished(id).await;
    let lengths = lengths(&stage);
    assert!(lengths[0] == 8 * MIB && lengths.iter().any(|&length| length > 8 * MIB), "{lengths:?}");
    stage.delivered(&file);
    desk.close().await;
}
