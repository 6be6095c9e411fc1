//! Where new files go when nobody says otherwise.

use carryon_engine::{DestinationId, DestinationSettings, Engine, ErrorKind, Options};

const NAS: &str = "fineuploader+https://nas.example/upload";

async fn opened(folder: &tempfile::TempDir) -> Engine {
    Engine::open(Options::new(folder.path())).await.expect("the records open")
}

#[tokio::test]
async fn a_choice_outlives_a_restart_and_goes_with_its_destination() {
    let folder = tempfile::tempdir().expect("temp folder");
    let engine = opened(&folder).await;
    let own = engine.this_computer().await.expect("the built-in destination").id;
    let nas = engine.add_destination("NAS", NAS, DestinationSettings::default()).await.expect("saved").id;
    assert_eq!(engine.chosen_destination().await.expect("one").id, own, "nothing was chosen yet");
    assert_eq!(engine.choose_destination(nas).await.expect("there is one").name, "NAS");
    engine.shutdown().await.expect("closes");
    drop(engine);

    let engine = opened(&folder).await;
    assert_eq!(engine.chosen_destination().await.expect("one").id, nas);
    engine.remove_destination("NAS").await.expect("nothing needs it");
    let other = engine.add_destination("Other", NAS, DestinationSettings::default()).await.expect("saved").id;
    assert_eq!(other, nas, "ids are given anew, or this proves nothing");
    assert_eq!(engine.chosen_destination().await.expect("one").id, own, "nobody chose the other one");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_chosen() {
    let folder = tempfile::tempdir().expect("temp folder");
    let engine = opened(&folder).await;
    let nas = engine.add_destination("NAS", NAS, DestinationSettings::default()).await.expect("saved").id;
    engine.choose_destination(nas).await.expect("there is one");
    let refused = engine.choose_destination(DestinationId(4711)).await.expect_err("nobody has that id");
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert_eq!(engine.chosen_destination().await.expect("one").id, nas, "the choice is what it was");
}
