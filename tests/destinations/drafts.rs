//! What may become a destination is tried before it is saved; a token that is kept goes to its own server alone.

use carryon_engine::{Check, Credentials, DestinationId, DestinationSettings, Engine, Options};
use tests::programs::ReceiverProcess;

const TOKEN: &str = "a-token-of-thirty-two-characters";

async fn saved(engine: &Engine, name: &str, address: &str) -> DestinationId {
    let row = engine.add_destination(name, address, DestinationSettings::default()).await.expect("saved");
    engine.set_credentials(row.id, Credentials { token: Some(TOKEN.to_owned()) });
    row.id
}

fn is_let_in(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.what == "protocol" && check.ok)
}

#[tokio::test]
async fn a_kept_token_is_tried_at_its_own_server_and_at_no_other() {
    let folder = tempfile::tempdir().expect("temp folder");
    let file = folder.path().join("token");
    std::fs::write(&file, TOKEN).expect("writes");
    let receiver = ReceiverProcess::start_with(folder.path(), &["--token-file", file.to_str().expect("a plain name")]);
    let engine = Engine::open(Options::new(folder.path().join("data"))).await.expect("the records open");
    let own = saved(&engine, "Own", &receiver.destination()).await;
    let other = saved(&engine, "Other", "fineuploader+http://127.0.0.1:9/upload").await;

    let (draft, settings) = (format!("{}&chunk=300000", receiver.destination()), DestinationSettings::default());
    let tried = async |id, token: Option<&str>| {
        let given = Credentials { token: token.map(str::to_owned) };
        is_let_in(&engine.try_destination(id, &draft, &settings, given).await.expect("it can be tried"))
    };
    assert!(tried(Some(own), None).await, "it is the same server");
    assert!(!tried(Some(other), None).await, "another server's token must not be sent there");
    assert!(!tried(None, None).await, "a new one has none");
    assert!(tried(None, Some(TOKEN)).await, "what is typed is tried");
    assert!(!tried(Some(own), Some("another")).await, "in place of what is kept");
    assert_eq!(engine.destinations().await.expect("a list").len(), 2, "nothing was saved");
    assert_eq!(engine.find_destination("Own").await.expect("it is there").address, receiver.destination());
}
