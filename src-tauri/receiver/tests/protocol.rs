//! Fine Uploader's protocol as its own client speaks it: the cases of its recorded traffic, and what may go wrong.

mod client;

use client::{FORM_TYPE, Job, blake3_hex, form, get, names_in, send, start, upload};
use serde_json::{Value, json};
use tempfile::tempdir;

#[tokio::test]
async fn a_file_in_three_parts_arrives_whole_after_done() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let job = Job::new("up-1", "r.bin", 1000, 400);
    for index in 0..3 {
        let answer = job.chunk(receiver.local_addr(), index).await;
        assert_eq!((answer.status, &answer.json["success"]), (200, &json!(true)));
        assert_eq!(answer.json["blake3"], blake3_hex(&job.bytes[job.range(index)]));
    }
    assert_eq!(names_in(dir.path()), [""; 0], "nothing has a name before done");
    let done = job.done(receiver.local_addr()).await;
    assert_eq!((done.status, &done.json["location"]), (200, &json!("r.bin")));
    assert_eq!(std::fs::read(dir.path().join("r.bin")).unwrap(), job.bytes);
}

#[tokio::test]
async fn sizes_around_a_chunk_arrive_whole() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    for size in [1, 399, 400, 401, 4000, 70_000] {
        let job = Job::new(&format!("size-{size}"), &format!("{size}.bin"), size, 400.max(size / 10));
        for index in (0..job.parts()).rev() {
            assert_eq!(job.chunk(receiver.local_addr(), index).await.status, 200);
        }
        assert_eq!(job.done(receiver.local_addr()).await.status, 200);
        assert_eq!(std::fs::read(dir.path().join(&job.name)).unwrap(), job.bytes, "{size} bytes");
    }
}

#[tokio::test]
async fn files_sent_whole_arrive_around_every_internal_limit() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    for size in [0, 1, 65_535, 65_536, 65_537, 524_287, 524_288, 524_289, 3_000_000] {
        let job = Job::new(&format!("plain-{size}"), &format!("{size}.bin"), size, 1);
        let answer = job.whole(receiver.local_addr()).await;
        assert_eq!((answer.status, &answer.json["location"]), (200, &json!(job.name)), "{size}");
        assert_eq!(answer.json["blake3"], blake3_hex(&job.bytes));
        assert_eq!(std::fs::read(dir.path().join(&job.name)).unwrap(), job.bytes, "{size}");
        let repeat = job.whole(receiver.local_addr()).await;
        assert_eq!((repeat.status, repeat.json), (200, answer.json), "a repeat gets the first answer");
    }
    assert_eq!(names_in(dir.path()).len(), 9, "a repeat makes no second file");
}

#[tokio::test]
async fn an_empty_file_may_be_only_a_done() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let job = Job::new("empty-1", "empty", 0, 400);
    assert_eq!(job.done(receiver.local_addr()).await.json["location"], "empty");
    assert_eq!(job.done(receiver.local_addr()).await.json["location"], "empty");
    assert_eq!(names_in(dir.path()), ["empty"]);
}

#[tokio::test]
async fn raw_bodies_take_their_parameters_from_the_query() {
    let dir = tempdir().unwrap();
    let to = start(dir.path()).await;
    let raw = [("Content-Type", "application/octet-stream"), ("X-Mime-Type", "text/plain")];
    let plain = "/upload?qquuid=raw-1&qqfilename=a+b%2B.txt&qqfile=a+b%2B.txt";
    let answer = send(to.local_addr(), "POST", plain, &raw, b"hello").await;
    assert_eq!(answer.json["location"], "a b+.txt");
    let chunk = "/upload?qqpartindex=0&qqpartbyteoffset=0&qqchunksize=5&qqtotalparts=1&qqtotalfilesize=5&qquuid=raw-2";
    assert_eq!(send(to.local_addr(), "PUT", chunk, &raw, b"world").await.status, 200);
    let json = [("Content-Type", "application/json")];
    let done = br#"{"qquuid":"raw-2","qqfilename":"w","qqtotalfilesize":5,"qqtotalparts":1}"#;
    assert_eq!(send(to.local_addr(), "POST", "/upload/done", &json, done).await.json["location"], "w");
    let query = "/upload?qquuid=raw-3&qqfilename=q.txt&qqtotalfilesize=2";
    let answer = send(to.local_addr(), "POST", query, &[("Content-Type", FORM_TYPE)], &form(&[], b"ab")).await;
    assert_eq!(answer.json["location"], "q.txt", "a form may hold only the file");
}

#[tokio::test]
async fn chunks_may_come_together_and_in_any_order() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("any-order", "c.bin", 3600, 400);
    let sends: Vec<_> = (0..9).rev().map(|i| (job.clone(), i)).collect();
    let sends = sends.into_iter().map(|(job, i)| tokio::spawn(async move { job.chunk(to, i).await.status }));
    for send in sends.collect::<Vec<_>>() {
        assert_eq!(send.await.unwrap(), 200);
    }
    assert_eq!(job.held(to).await.len(), 9);
    assert_eq!(job.done(to).await.status, 200);
    assert_eq!(std::fs::read(dir.path().join("c.bin")).unwrap(), job.bytes);
}

#[tokio::test]
async fn done_may_be_repeated_and_chunks_of_a_finished_file_too() {
    let dir = tempdir().unwrap();
    let to = start(dir.path()).await;
    let to = to.local_addr();
    let job = Job::new("done-twice", "d.bin", 1000, 400);
    for index in 0..3 {
        job.chunk(to, index).await;
    }
    let first = job.done(to).await;
    let second = job.done(to).await;
    assert_eq!((second.status, &second.json), (200, &first.json));
    assert_eq!(job.chunk(to, 1).await.status, 200, "the same bytes are acknowledged again");
    let other = job.chunk_with(to, 1, &[], &[7; 400]).await;
    assert_eq!(other.status, 409, "other bytes are not");
    assert_eq!(std::fs::read(dir.path().join("d.bin")).unwrap(), job.bytes, "and change nothing");
    assert_eq!(names_in(dir.path()), ["d.bin"]);
}

#[tokio::test]
async fn dones_at_the_same_time_make_one_file() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("many-dones", "m.bin", 800, 400);
    job.chunk(to, 0).await;
    job.chunk(to, 1).await;
    let dones: Vec<_> =
        (0..8).map(|_| job.clone()).map(|j| tokio::spawn(async move { j.done(to).await.json })).collect();
    for done in dones {
        assert_eq!(done.await.unwrap()["location"], "m.bin");
    }
    assert_eq!(names_in(dir.path()), ["m.bin"]);
}

#[tokio::test]
async fn a_done_that_says_less_goes_by_what_the_chunks_said() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let job = Job::new("terse", "t.bin", 700, 400);
    for index in 0..2 {
        job.chunk_with(receiver.local_addr(), index, &[("qqpath", "a/b/")], &job.bytes[job.range(index)]).await;
    }
    let done = send(receiver.local_addr(), "POST", "/upload/done", &[], b"qquuid=terse").await;
    assert_eq!((done.status, &done.json["location"]), (200, &json!("a/b/t.bin")));
}

#[tokio::test]
async fn a_done_that_comes_too_early_says_what_is_missing() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let job = Job::new("early-done", "e.bin", 1000, 400);
    job.chunk(receiver.local_addr(), 1).await;
    let early = job.done(receiver.local_addr()).await;
    assert_eq!((early.status, &early.json["reset"]), (409, &json!(true)));
    assert_eq!(early.json["missing"], json!([[0, 400], [800, 200]]));
    job.chunk(receiver.local_addr(), 0).await;
    job.chunk(receiver.local_addr(), 2).await;
    assert_eq!(job.done(receiver.local_addr()).await.status, 200, "an early done does no harm");
    let unknown = Job::new("never-seen", "n", 5, 5).done(receiver.local_addr()).await;
    assert_eq!((unknown.status, &unknown.json["reset"]), (404, &json!(true)));
}

#[tokio::test]
async fn resuming_what_is_not_known_is_answered_with_reset() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("resumed", "r.bin", 1000, 400);
    let bytes = &job.bytes[job.range(2)];
    let unknown = job.chunk_with(to, 2, &[("qqresume", "true")], bytes).await;
    assert_eq!((unknown.status, &unknown.json["reset"], &unknown.json["success"]), (410, &json!(true), &json!(false)));
    assert_eq!(job.chunk(to, 2).await.status, 200, "without qqresume any chunk may be the first");
    assert_eq!(job.chunk_with(to, 1, &[("qqresume", "true")], &job.bytes[job.range(1)]).await.status, 200);
}

#[tokio::test]
async fn a_survey_tells_what_is_held() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("surveyed", "s.bin", 1000, 400);
    let unknown = job.survey(to).await;
    assert_eq!((unknown.status, unknown.json), (404, json!({"carryon": 1, "uuid": "surveyed", "state": "unknown"})));
    job.chunk(to, 2).await;
    job.chunk(to, 0).await;
    let chunk = |i: usize| json!({"offset": job.range(i).start, "length": job.range(i).len(), "blake3": blake3_hex(&job.bytes[job.range(i)])});
    let open = json!({"carryon": 1, "uuid": "surveyed", "state": "open", "size": 1000, "chunks": [chunk(0), chunk(2)]});
    assert_eq!(job.survey(to).await.json, open);
    job.chunk(to, 1).await;
    job.done(to).await;
    let done = json!({"carryon": 1, "uuid": "surveyed", "state": "done", "size": 1000, "location": "s.bin"});
    assert_eq!(job.survey(to).await.json, done);
    assert_eq!(get(to, "/").await.json, json!({"carryon": 1, "protocols": ["fine-uploader", "tus", "ietf"]}));
}

#[tokio::test]
async fn a_repeated_chunk_changes_nothing_and_a_changed_one_takes_its_place() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let mut job = Job::new("repeats", "p.bin", 2_000_000, 1_000_000);
    job.chunk(to, 0).await;
    let again = job.chunk(to, 0).await;
    assert_eq!((again.status, &again.json["blake3"]), (200, &json!(blake3_hex(&job.bytes[..1_000_000]))));
    job.bytes[700_000] ^= 1;
    let changed = job.chunk(to, 0).await;
    assert_eq!(changed.json["blake3"], blake3_hex(&job.bytes[..1_000_000]));
    job.chunk(to, 1).await;
    job.done(to).await;
    assert!(std::fs::read(dir.path().join("p.bin")).unwrap() == job.bytes);
}

#[tokio::test]
async fn a_wrong_digest_or_length_marks_nothing() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("wrong", "w.bin", 1000, 400);
    let bytes = &job.bytes[..400];
    let wrong = job.chunk_with(to, 0, &[("qqblake3", &blake3_hex(b"other"))], bytes).await;
    assert_eq!((wrong.status, &wrong.json["success"]), (422, &json!(false)));
    assert_eq!(job.chunk_with(to, 0, &[], &job.bytes[..399]).await.status, 400, "too short");
    assert_eq!(job.chunk_with(to, 0, &[], &job.bytes[..401]).await.status, 400, "too long");
    assert_eq!(job.held(to).await, []);
    assert_eq!(job.chunk_with(to, 0, &[("qqblake3", &blake3_hex(bytes))], bytes).await.status, 200);
    let plain = |digest: String, size: &'static str| async move {
        let params = [("qquuid", "plain"), ("qqfilename", "x"), ("qqtotalfilesize", size), ("qqblake3", &digest)];
        upload(to, &params, b"hello").await.status
    };
    assert_eq!(plain(blake3_hex(b"other"), "5").await, 422);
    assert_eq!(plain(blake3_hex(b"hello"), "6").await, 400);
    assert_eq!(names_in(dir.path()), [""; 0]);
    assert_eq!(plain(blake3_hex(b"hello"), "5").await, 200);
}

#[tokio::test]
async fn a_chunk_never_writes_beyond_its_own_bytes() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("beyond", "b.bin", 3_000_000, 1_500_000);
    job.chunk(to, 1).await;
    let greedy = vec![9; 2_500_000];
    assert_eq!(job.chunk_with(to, 0, &[], &greedy).await.status, 400);
    job.chunk(to, 0).await;
    job.done(to).await;
    assert!(std::fs::read(dir.path().join("b.bin")).unwrap() == job.bytes, "the neighbour must be untouched");
}

#[tokio::test]
async fn what_contradicts_earlier_requests_is_refused_for_good() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("contradicts", "k.bin", 1000, 400);
    job.chunk(to, 0).await;
    let size = job.chunk_with(to, 1, &[("qqtotalfilesize", "1001")], &job.bytes[400..800]).await;
    let overlap = [("qqpartbyteoffset", "200"), ("qqchunksize", "400")];
    let overlap = job.chunk_with(to, 1, &overlap, &job.bytes[200..600]).await;
    let shorter = job.chunk_with(to, 0, &[("qqchunksize", "200")], &job.bytes[..200]).await;
    let whole = job.whole(to).await;
    let beyond = job.chunk_with(to, 2, &[("qqchunksize", "201")], &[0; 201]).await;
    for refused in [size, overlap, shorter, whole, beyond] {
        assert_eq!((refused.status, &refused.json["preventRetry"]), (400, &json!(true)), "{refused:?}");
        assert!(refused.json["error"].is_string());
    }
    assert_eq!(job.held(to).await, [(0, 400)]);
}

#[tokio::test]
async fn removing_drops_what_is_unfinished_and_deletes_what_is_finished() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("removed", "v.bin", 1000, 400);
    job.chunk(to, 0).await;
    assert_eq!(send(to, "DELETE", "/upload/removed?", &[], b"").await.status, 200);
    assert_eq!(job.survey(to).await.status, 404);
    assert_eq!(names_in(&dir.path().join(".carryon/parts")), [""; 0]);
    job.whole(to).await;
    let form = [("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")];
    let by_post = send(to, "POST", "/upload", &form, b"_method=DELETE&qquuid=removed").await;
    assert_eq!((by_post.status, names_in(dir.path())), (200, vec![]));
    let unknown = send(to, "DELETE", "/upload/removed", &[], b"").await;
    assert_eq!((unknown.status, &unknown.json["success"]), (404, &json!(false)));
}

#[tokio::test]
async fn removing_leaves_a_file_that_is_not_ours_any_more() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let job = Job::new("edited", "n.bin", 1000, 400);
    job.whole(to).await;
    std::fs::write(dir.path().join("mine"), vec![1; 1000]).unwrap();
    std::fs::rename(dir.path().join("mine"), dir.path().join("n.bin")).unwrap();
    let answer = send(to, "DELETE", "/upload/edited", &[], b"").await;
    assert_eq!((answer.status, &answer.json["file"]), (200, &json!("kept")));
    assert_eq!(std::fs::read(dir.path().join("n.bin")).unwrap(), vec![1; 1000]);
    assert_eq!(job.survey(to).await.status, 404);
}

#[tokio::test]
async fn odd_requests_get_words_in_json() {
    let dir = tempdir().unwrap();
    let receiver = start(dir.path()).await;
    let to = receiver.local_addr();
    let multipart = [("Content-Type", FORM_TYPE)];
    let answers = [
        (404, send(to, "GET", "/nothing", &[], b"").await),
        (405, send(to, "PATCH", "/upload", &[], b"").await),
        (400, send(to, "POST", "/upload", &multipart, b"not a form").await),
        (400, send(to, "POST", "/upload", &[("Content-Type", "multipart/form-data")], b"x").await),
        (400, upload(to, &[("qquuid", "../../etc")], b"x").await),
        (400, upload(to, &[("qquuid", &"a".repeat(65))], b"x").await),
        (400, upload(to, &[("qqfilename", "x")], b"x").await),
        (400, send(to, "POST", "/upload/done", &[("Content-Type", "application/json")], b"{").await),
        (404, send(to, "DELETE", "/upload/..%2f..%2fetc", &[], b"").await),
        (404, send(to, "DELETE", "/upload/%ff", &[], b"").await),
    ];
    for (status, answer) in answers {
        assert_eq!((answer.status, &answer.json["success"]), (status, &json!(false)), "{answer:?}");
        assert!(answer.json["error"].as_str().is_some_and(|words| !words.is_empty()));
    }
    assert_eq!(get(to, "/upload/..%2fx").await.json["state"], "unknown");
    assert_eq!(get(to, "/").await.json["carryon"], Value::from(1));
}

#[tokio::test]
async fn limits_are_told_before_the_bytes_are_taken() {
    let dir = tempdir().unwrap();
    let mut config = carryon_receiver::Config::new(dir.path());
    config.limits.file_size = 1000;
    config.limits.unfinished = 1;
    let receiver = client::start_with(config).await;
    let to = receiver.local_addr();
    let large = Job::new("too-large", "l", 1001, 400).chunk(to, 0).await;
    assert_eq!((large.status, &large.json["preventRetry"]), (413, &json!(true)));
    let silent = "/upload?qquuid=silent&qqfilename=s";
    assert_eq!(send(to, "POST", silent, &[], &[7; 100_000]).await.status, 400, "a size that is not said is counted");
    assert_eq!(Job::new("first", "f", 1000, 400).chunk(to, 0).await.status, 200);
    let second = Job::new("second", "s", 1000, 400).chunk(to, 0).await;
    assert_eq!((second.status, &second.json["preventRetry"]), (503, &Value::Null), "it may come again later");
    assert_eq!(names_in(dir.path()), [""; 0]);
}
