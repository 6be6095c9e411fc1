use super::*;
use crate::{
    chunk::Chunk,
    receipt::{compare, read},
    records::{
        chunks::{Known, Touch},
        fuzz::filled,
    },
    upload::Step,
};

const CHUNKS: [(u64, u64); 3] = [(0, 400), (400, 400), (800, 200)];
const BYTES: [u8; 1000] = [7; 1000];

fn digest_at(offset: u64, length: u64) -> Digest {
    let (from, to) = (usize::try_from(offset).expect("small"), usize::try_from(offset + length).expect("small"));
    *blake3::hash(&BYTES[from..to]).as_bytes()
}

/// The receipt of an upload of which `confirm` made what it is.
fn receipt_after(confirm: impl Fn(&Connection, UploadId, i64)) -> Receipt {
    let connection = filled();
    let upload = uploads::list(&connection).expect("lists").0.remove(0);
    for step in [Step::Start, Step::Send, Step::Finish] {
        uploads::step(&connection, upload.id, step).expect("steps");
    }
    confirm(&connection, upload.id, upload.attempt.seq);
    let finished = Finished { location: Some("a.mov".to_owned()), ..Finished::default() };
    uploads::complete(&connection, upload.id, "done", &finished, 1400).expect("completes");
    let text: String = connection
        .query_row("SELECT receipt FROM history ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))
        .expect("reads");
    assert_eq!(read(text.as_bytes()).expect("a receipt").upload, upload.id.to_string());
    get(&connection, &upload.id.to_string()).expect("is found").receipt
}

fn confirm(connection: &Connection, id: UploadId, attempt: i64, (offset, length): (u64, u64), named: bool) {
    let (chunk, digest) = (Chunk { index: offset / 400, offset, length }, digest_at(offset, length));
    let known = Known::of(Some(digest), named.then_some(digest)).expect("known");
    let touch = Touch { chunk_size: 400, sent_bytes: 1400, at: 1, expires_at: None };
    chunks::confirm(connection, id, attempt, chunk, Some(&known), None, touch).expect("confirms");
}

#[test]
fn every_chunk_named_is_a_server_digest_and_the_file_fits() {
    let receipt = receipt_after(|c, id, attempt| CHUNKS.iter().for_each(|&at| confirm(c, id, attempt, at, true)));
    assert_eq!((receipt.proof.level, receipt.chunks.len(), receipt.sent_twice), (Level::ServerDigest, 3, 400));
    assert!(compare(&receipt, 1000, &mut &BYTES[..], false).expect("reads").is_equal());
}

#[test]
fn a_chunk_that_went_again_counts_by_its_last_answer_alone() {
    let receipt = receipt_after(|c, id, attempt| {
        CHUNKS.iter().for_each(|&at| confirm(c, id, attempt, at, true));
        let again = Chunk { index: 1, offset: 400, length: 400 };
        chunks::intend(c, attempt, again, &digest_at(400, 400)).expect("intends");
        confirm(c, id, attempt, CHUNKS[1], false);
    });
    assert_eq!((receipt.proof.level, receipt.proof.chunks_proved), (Level::SizeOnly, 2));
}

#[test]
fn a_record_with_a_hole_names_no_chunks_and_proves_nothing() {
    let receipt = receipt_after(|c, id, attempt| {
        confirm(c, id, attempt, CHUNKS[0], true);
        confirm(c, id, attempt, CHUNKS[2], true);
    });
    assert_eq!((receipt.proof.level, receipt.proof.chunks_proved), (Level::SizeOnly, 0));
    assert!(receipt.chunks.is_empty() && !receipt.names_content());
}

#[test]
fn a_digest_that_the_destination_names_otherwise_proves_nothing() {
    assert!(matches!(Known::of(Some([1; 32]), Some([2; 32])), Some(Known::Ours(_))));
    assert!(Known::of(None, Some([2; 32])).is_none(), "what we did not read we do not know");
}

#[test]
fn of_too_many_chunks_a_digest_over_their_digests_tells_the_file_from_others() {
    let bytes: Vec<u8> = (0..=MOST_CHUNKS).flat_map(|nth| (nth as u32).to_le_bytes()).collect();
    let part = |bytes: &[u8]| Part { length: bytes.len() as u64, blake3: Hex(*blake3::hash(bytes).as_bytes()) };
    let (chunks, chunks_digest) = name(bytes.chunks(4).map(part).collect(), 4);
    assert!(chunks.is_empty() && chunks_digest.is_some());
    let size = bytes.len() as u64;
    let whole = receipt_after(|_, _, _| ());
    let receipt = Receipt { size, chunk_size: 4, chunks, chunks_digest, ..whole };
    let equal = |bytes: &[u8]| compare(&receipt, size, &mut &*bytes, false).expect("reads").is_equal();
    assert!(equal(&bytes));
    let mut flipped = bytes.clone();
    flipped[200_001] ^= 1;
    assert!(!equal(&flipped));
}
