//! Which files are taken: by name, by what lay there, and what is refused.

use tests::programs::{run, told};

use crate::stage::Stage;

#[test]
fn only_what_fits_the_rule_is_taken_and_no_link_is_followed() {
    let stage = Stage::new();
    stage.watch(&["--include", "*.mov", "--include", "stills/*.jpg", "--exclude", "proxies", "--exclude", "*_low.mov"]);
    let names = ["a.mov", "B.MOV", "x/c.mov", "stills/d.jpg"];
    let others = [
        "e.wav",
        "f_low.mov",
        "proxies/g.mov",
        "x/h.jpg",
        ".i.mov",
        "j.mov.part",
        "~$k.mov",
        "l.mov.crdownload",
        ".m/n.mov",
        "o.tmp",
    ];
    names.iter().chain(&others).for_each(|name| drop(stage.put(name, 500)));
    let elsewhere = stage.folder.path().join("elsewhere");
    tests::files::random_file(&elsewhere.join("secret.mov"), 10, 1);
    #[cfg(unix)]
    for (target, link) in
        [(elsewhere.clone(), "links"), (elsewhere.join("secret.mov"), "link.mov"), (stage.watched.clone(), "x/loop")]
    {
        std::os::unix::fs::symlink(target, stage.watched.join(link)).expect("a link");
    }
    let _run = stage.start();
    stage.require_exactly(&names);
}

#[test]
fn folders_below_are_left_alone_where_the_rule_says_so() {
    let stage = Stage::new();
    stage.watch(&["--no-subfolders", "--all-names"]);
    [".a.mov", "b.part", "x/c.mov"].iter().for_each(|name| drop(stage.put(name, 500)));
    let _run = stage.start();
    stage.require_exactly(&[".a.mov", "b.part"]);
}

#[test]
fn what_lies_there_already_is_sent_only_if_it_is_asked_for() {
    for existing in [false, true] {
        let stage = Stage::new();
        stage.put("old.mov", 1000);
        stage.put("x/old.mov", 0);
        stage.watch(if existing { &["--existing"] } else { &[] });
        let _run = stage.start();
        stage.put("new.mov", 2000);
        match existing {
            true => stage.require_exactly(&["old.mov", "x/old.mov", "new.mov"]),
            false => stage.require_exactly(&["new.mov"]),
        }
    }
}

#[test]
fn folders_that_would_send_twice_or_make_no_sense_are_refused_in_plain_words() {
    let stage = Stage::new();
    let to = stage.receiver.destination();
    stage.watch(&[]);
    stage.put("x/a.mov", 1);
    let (watched, below) = (stage.watched.to_str().expect("plain"), stage.watched.join("x"));
    let (below, above) = (below.to_str().expect("plain"), stage.folder.path().to_str().expect("plain"));
    let data = stage.folder.path().join("data");
    let file = stage.watched.join("x/a.mov");
    for (arguments, said) in [
        (vec!["add", watched, "--to", &to], "is watched for this destination already"),
        (vec!["add", below, "--to", &to], "would be sent twice"),
        (vec!["add", above, "--to", &to], "would be sent twice"),
        (vec!["add", data.to_str().expect("plain"), "--to", &to], "Carryon's own records"),
        (vec!["add", file.to_str().expect("plain"), "--to", &to], "is a file, not a folder"),
        (vec!["add", "/nowhere/at all", "--to", &to], "is not there"),
        (vec!["add", below, "--to", "nobody"], "no destination “nobody”"),
        (vec!["add", below, "--to", &to, "--include", "["], "makes no sense"),
        (vec!["add", below, "--to", &to, "--steady", "0"], "at least a second"),
        (vec!["pause", "ffff"], "no watched folder “ffff”"),
    ] {
        let output = run(stage.call(&arguments));
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains(said), "{arguments:?} must say “{said}”: {}", told(&output));
    }
    assert_eq!(stage.list().len(), 1, "nothing was added");
    let other = format!("tus+{}/files/", stage.receiver.address);
    stage.ask(&["add", below, "--to", &other]);
    assert_eq!(stage.list().len(), 2, "for another destination it may be watched as well");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_folder_that_carryon_receives_into_is_never_watched() {
    use carryon_engine::{
        Options,
        watch::{NewWatch, Rule},
    };
    let folder = tempfile::tempdir().expect("temp folder");
    let (data, received) = (folder.path().join("data"), folder.path().join("home/received"));
    std::fs::create_dir_all(received.join("below")).expect("folders");
    let engine = tests::engine::open(Options::new(data)).await;
    engine.receives_into(&received).await.expect("it is noted");
    let to = engine.this_computer().await.expect("a destination").id;
    let add = |path: std::path::PathBuf, subfolders| {
        let rule = Rule { subfolders, ..Rule::default() };
        engine.add_watch(NewWatch { path, destination: to, scope: String::new(), rule })
    };
    for (path, subfolders) in
        [(received.clone(), false), (received.join("below"), false), (folder.path().join("home"), true)]
    {
        let error = add(path, subfolders).await.expect_err("it would go in circles");
        assert!(error.message().contains("in circles"), "{error}");
    }
    add(folder.path().join("home"), false).await.expect("what is received lies below, where it does not look");
    engine.shutdown().await.expect("it shuts down");
}
