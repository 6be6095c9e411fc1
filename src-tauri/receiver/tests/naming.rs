//! Names that clients choose: harmless, never outside the folder, never over another file.

mod client;

use client::{Job, names_in, start, upload};
use serde_json::json;
use tempfile::tempdir;

#[tokio::test]
async fn nasty_names_stay_inside_and_keep_their_bytes() {
    let dir = tempdir().unwrap();
    let inside = dir.path().join("in");
    let receiver = start(&inside).await;
    let long = format!("{}.bin", "n".repeat(400));
    let nasty = [
        "../../up",
        "..",
        "/etc/passwd",
        "C:\\win\\x",
        "a\0b",
        "CON",
        "nul.txt",
        "x\u{202e}txt.exe",
        ".carryon",
        "end. .",
        "a:b",
        &long,
        "",
        "~",
        "-rf",
        "%2e%2e%2f",
        "new\u{7f}line",
    ];
    for (index, name) in nasty.iter().enumerate() {
        let uuid = format!("nasty-{index}");
        let content = format!("{index}");
        let params = [("qquuid", &*uuid), ("qqfilename", name), ("qqpath", "../../p/")];
        let answer = upload(receiver.local_addr(), &params, content.as_bytes()).await;
        let location = answer.json["location"].as_str().unwrap_or_else(|| panic!("{name:?}: {answer:?}"));
        let name = location.strip_prefix("p/").expect("the folder's dots are dropped");
        assert!(!name.contains(['/', '\\', ':', '\0']) && name.len() <= 255, "{name:?}");
        assert_eq!(std::fs::read_to_string(inside.join(location)).unwrap(), content);
    }
    assert_eq!(names_in(&inside), ["p"]);
    assert_eq!(names_in(dir.path()), ["in"]);
}

#[tokio::test]
async fn the_stores_own_folder_cannot_be_written_to() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    for (index, path) in [".carryon/parts/", ".CarryOn/", "./.carryon/", "/.carryon"].iter().enumerate() {
        let uuid = format!("own-{index}");
        let params = [("qquuid", &*uuid), ("qqfilename", "journal"), ("qqpath", path)];
        let answer = upload(receiver.local_addr(), &params, b"x").await;
        let location = answer.json["location"].as_str().unwrap();
        assert!(location.starts_with("_."), "{location}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_symbolic_link_leads_nowhere() {
    let dir = tempdir().unwrap();
    let (inside, outside) = (dir.path().join("in"), dir.path().join("out"));
    std::fs::create_dir(&outside).unwrap();
    let receiver = start(&inside).await;
    std::os::unix::fs::symlink(&outside, inside.join("way")).unwrap();
    std::os::unix::fs::symlink(outside.join("file"), inside.join("f.txt")).unwrap();
    let params = [("qquuid", "link-1"), ("qqfilename", "x"), ("qqpath", "way/deep/")];
    let answer = upload(receiver.local_addr(), &params, b"x").await;
    assert_eq!(answer.json["location"], "way (2)/deep/x", "a folder beside the link is made");
    let answer = upload(receiver.local_addr(), &[("qquuid", "link-2"), ("qqfilename", "f.txt")], b"x").await;
    assert_eq!(answer.json["location"], "f (2).txt");
    assert_eq!(names_in(&outside), [""; 0], "nothing may be written through a link");
}

#[tokio::test]
async fn files_of_one_name_get_numbers_even_when_they_come_together() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    std::fs::write(dir.path().join("a.txt"), "mine").unwrap();
    let sends: Vec<_> = (0..12)
        .map(|i| Job::new(&format!("same-{i:02}"), if i % 2 == 0 { "a.txt" } else { "A.TXT" }, 100 + i * 20_000, 10))
        .map(|job| (job.clone(), tokio::spawn(async move { job.whole(to).await })))
        .collect();
    let mut seen = std::collections::HashSet::new();
    for (job, send) in sends {
        let location = send.await.unwrap().json["location"].as_str().unwrap().to_owned();
        assert!(std::fs::read(dir.path().join(&location)).unwrap() == job.bytes, "{location}");
        assert!(seen.insert(location));
    }
    assert_eq!(std::fs::read_to_string(dir.path().join("a.txt")).unwrap(), "mine", "existing files stay");
    assert_eq!(names_in(dir.path()).len(), 13);
}

#[tokio::test]
async fn a_file_where_a_folder_should_be_is_gone_around() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    std::fs::write(dir.path().join("d"), "mine").unwrap();
    for (uuid, location) in [("file-1", "d (2)/x"), ("file-2", "d (2)/x (2)")] {
        let params = [("qquuid", uuid), ("qqfilename", "x"), ("qqpath", "d/")];
        assert_eq!(upload(receiver.local_addr(), &params, b"1").await.json["location"], json!(location));
    }
}

#[tokio::test]
async fn ids_that_differ_only_in_letter_case_or_mean_devices_are_ids_like_any_other() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    for uuid in ["abcdefghij", "ABCDEFGHIJ", "aBcDeFgHiJ", "con", "NUL", "-", "done"] {
        let job = Job::new(uuid, uuid, 900, 400);
        for index in 0..2 {
            assert_eq!(job.chunk(to, index).await.status, 200);
        }
    }
    for uuid in ["abcdefghij", "ABCDEFGHIJ", "aBcDeFgHiJ", "con", "NUL", "-", "done"] {
        let job = Job::new(uuid, uuid, 900, 400);
        assert_eq!(job.held(to).await.len(), 2, "{uuid}");
        job.chunk(to, 2).await;
        let location = job.done(to).await.json["location"].as_str().unwrap().to_owned();
        assert!(std::fs::read(dir.path().join(location)).unwrap() == job.bytes);
    }
}
