use serde_json::{Value, json};

use super::*;

fn digest(n: u8) -> String {
    Hex([n; 32]).into()
}

/// 250 bytes in chunks of 100; the first and the last are confirmed, the second was on its way.
fn sensible() -> Value {
    json!({
        "carryon_upload": 1, "name": "take.mov", "relative_path": "day 1/card", "size": 250, "mtime_ns": 1, "scope": "",
        "custom": { "case": 7 },
        "destination": { "name": "NAS", "address": "fineuploader+http://127.0.0.1/upload", "settings": {} },
        "attempt": {
            "id": AttemptId::random(), "ticket": { "version": 1, "data": {} }, "finishing": false, "resets": 0,
            "plan": {
                "size": 250, "chunk_size": 100, "completes": "finish_request", "repeatable": false, "sends_empty": true,
            },
        },
        "outcome_unknown": false, "confirmed": 150, "chunks_left": 1, "sent": 150, "resumes": 0, "expires_at": null,
        "fingerprint": digest(9),
        "chunks": [
            { "offset": 0, "length": 100, "blake3": digest(1), "confirmed": true, "tag": "a" },
            { "offset": 100, "length": 100, "blake3": digest(2), "confirmed": false },
            { "offset": 200, "length": 50, "blake3": digest(3), "confirmed": true },
        ],
        "unsent": [],
    })
}

fn with(pointer: &str, value: Value) -> String {
    let mut document = sensible();
    *document.pointer_mut(pointer).expect("it stands there") = value;
    document.to_string()
}

#[test]
fn what_is_written_is_read_again() {
    let document = Document::read(&sensible().to_string()).expect("it makes sense");
    let again = Document::read(&document.write().expect("writes")).expect("reads");
    assert_eq!(again.write().expect("writes"), document.write().expect("writes"));
    assert_eq!(again.chunks[0].tag.as_deref(), Some("a"));
}

#[test]
fn numbers_that_contradict_each_other_are_refused_in_words() {
    let cases = [
        ("/size", json!(251), "another size"),
        ("/attempt/plan/chunk_size", json!(0), "at least one byte"),
        ("/attempt/plan/chunk_size", json!(90), "outside its plan"),
        ("/attempt/plan/size", json!(7), "another size"),
        ("/chunks/2/length", json!(51), "beyond the file's end"),
        ("/chunks/2/offset", json!(u64::MAX), "beyond the file's end"),
        ("/chunks/1/offset", json!(99), "overlap at byte 99"),
        ("/chunks/1/length", json!(0), "no bytes"),
        ("/chunks/1/offset", json!(-1), "invalid value"),
        ("/confirmed", json!(151), "counters"),
        ("/chunks_left", json!(0), "counters"),
        ("/attempt/ticket", json!(null), "nothing by which"),
        ("/outcome_unknown", json!(true), "never to be finished"),
        ("/sent", json!(u64::MAX), "beyond all files"),
        ("/attempt/plan/chunk_size", json!(u64::MAX), "beyond all files"),
        ("/resumes", json!(u32::MAX), "so often"),
        ("/attempt/resets", json!(u32::MAX), "so often"),
        ("/expires_at", json!(i64::MAX), "expires"),
        ("/expires_at", json!(i64::MIN), "expires"),
        ("/destination/address", json!("x".repeat(5000)), "too long"),
        ("/name", json!(""), "file name"),
        ("/name", json!("../x"), "file name"),
        ("/relative_path", json!("a/../b"), "folders"),
        ("/scope", json!("a\nb"), "scope"),
        ("/fingerprint", json!("zz"), "64 hexadecimal digits"),
        ("/carryon_upload", json!(2), "newer Carryon"),
    ];
    for (pointer, value, words) in cases {
        let error = Document::read(&with(pointer, value)).expect_err(pointer);
        assert!(error.to_string().contains(words), "{pointer}: {error}");
    }
}

#[test]
fn whatever_is_cut_off_or_left_out_is_refused_and_nothing_panics() {
    let text = sensible().to_string();
    for end in 0..text.len() {
        assert!(Document::read(&text[..end]).is_err(), "cut at {end}");
    }
    for text in ["[]", "null", "{}", "7", "\"carryon\"", &"[".repeat(100_000)] {
        let error = Document::read(text).expect_err("nonsense");
        assert!(error.to_string().len() < 400, "a sentence, not the document again");
    }
}

#[test]
fn an_empty_file_has_one_empty_chunk_at_most() {
    let mut document = sensible();
    for (pointer, value) in [
        ("/size", json!(0)),
        ("/attempt/plan/size", json!(0)),
        ("/confirmed", json!(0)),
        ("/chunks_left", json!(0)),
        ("/chunks", json!([{ "offset": 0, "length": 0, "blake3": digest(1), "confirmed": true }])),
    ] {
        *document.pointer_mut(pointer).expect("it stands there") = value;
    }
    Document::read(&document.to_string()).expect("its one chunk is confirmed");
    let row = document["chunks"][0].clone();
    document["chunks"].as_array_mut().expect("a list").push(row);
    Document::read(&document.to_string()).expect_err("twice nothing");
}
