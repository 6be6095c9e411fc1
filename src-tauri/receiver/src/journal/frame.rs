//! How an entry lies in the journal file.
//!
//! ```text
//! file   = magic frame*
//! frame  = payload length (u32, little endian), first 8 bytes of BLAKE3(payload), payload
//! payload = head length (u32, little endian), head (JSON of the entry), data
//! ```
//!
//! A frame whose checksum is wrong ends the journal: it was being written when the power went.

use super::entry::{Entry, Item};

/// The first bytes of every journal; the last two are the format's version.
pub(crate) const MAGIC: &[u8; 10] = b"CARRYON\x0001";
/// Length and checksum.
pub(crate) const HEADER: usize = 12;
/// No frame is longer: a small file's 64 KiB and a generous head.
pub(crate) const MAX_PAYLOAD: usize = 1024 * 1024;

/// Where an entry's data lie in the journal file: bytes from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub at: u64,
    pub length: u64,
}

/// What stands at one place of the journal.
#[derive(Debug, PartialEq)]
pub(crate) enum Frame {
    /// A whole frame of `length` bytes, header counted; its data begin `data_at` bytes into it.
    Whole { entry: Entry, length: usize, data_at: usize },
    /// A whole frame that this version cannot read.
    Foreign,
    /// More bytes are needed to tell.
    Short,
    /// No frame.
    Torn,
}

/// Appends the frame of `item`; gives the offset of its data from the start of `to`.
pub(crate) fn encode(item: &Item, to: &mut Vec<u8>) -> usize {
    let head = serde_json::to_vec(&item.entry).expect("an entry has only text keys and plain values");
    let start = to.len();
    to.extend_from_slice(&[0; HEADER]);
    to.extend_from_slice(&(head.len() as u32).to_le_bytes());
    to.extend_from_slice(&head);
    let data_at = to.len();
    to.extend_from_slice(&item.data);
    let payload = (to.len() - start - HEADER) as u32;
    let sum = checksum(&to[start + HEADER..]);
    to[start..start + 4].copy_from_slice(&payload.to_le_bytes());
    to[start + 4..start + HEADER].copy_from_slice(&sum);
    data_at
}

/// Reads the frame at the start of `bytes`.
pub(crate) fn decode(bytes: &[u8]) -> Frame {
    let Some(header) = bytes.get(..HEADER) else { return Frame::Short };
    let length = u32_at(header, 0);
    if !(4..=MAX_PAYLOAD).contains(&length) {
        return Frame::Torn;
    }
    let Some(payload) = bytes.get(HEADER..HEADER + length) else { return Frame::Short };
    if checksum(payload) != header[4..] {
        return Frame::Torn;
    }
    entry_in(payload)
}

/// How many bytes the frame at the start of `bytes` has, if there may be a whole one: cheap to say, its checksum is not
/// taken. Every head begins with a brace.
pub(crate) fn likely_length(bytes: &[u8]) -> Option<usize> {
    let length = u32_at(bytes.get(..HEADER)?, 0);
    let payload = bytes.get(HEADER..HEADER + length).filter(|payload| payload.len() > 4)?;
    let fits = length <= MAX_PAYLOAD && u32_at(payload, 0) <= length - 4;
    (fits && payload[4] == b'{').then_some(HEADER + length)
}

fn entry_in(payload: &[u8]) -> Frame {
    let head = u32_at(payload, 0);
    match payload.get(4..4 + head).map(serde_json::from_slice) {
        Some(Ok(entry)) => Frame::Whole { entry, length: HEADER + payload.len(), data_at: HEADER + 4 + head },
        _ => Frame::Foreign,
    }
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(four) as usize
}

fn checksum(payload: &[u8]) -> [u8; 8] {
    let mut sum = [0; 8];
    sum.copy_from_slice(&blake3::hash(payload).as_bytes()[..8]);
    sum
}

#[cfg(test)]
mod tests {
    use super::super::entry::UploadId;
    use super::*;

    fn item() -> Item {
        let uuid = UploadId::parse("a-1").unwrap();
        Item { entry: Entry::Removed { uuid }, data: bytes::Bytes::from_static(b"data") }
    }

    #[test]
    fn a_frame_reads_back_with_its_data() {
        let mut bytes = b"before".to_vec();
        let data_at = encode(&item(), &mut bytes);
        assert_eq!(&bytes[data_at..], b"data");
        let whole = Frame::Whole { entry: item().entry, length: bytes.len() - 6, data_at: data_at - 6 };
        assert_eq!(decode(&bytes[6..]), whole);
        assert_eq!(likely_length(&bytes[6..]), Some(bytes.len() - 6));
    }

    #[test]
    fn every_cut_is_seen_as_short_and_every_flip_as_torn_or_short() {
        let mut bytes = Vec::new();
        encode(&item(), &mut bytes);
        for cut in 0..bytes.len() {
            assert_eq!(decode(&bytes[..cut]), Frame::Short);
        }
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x10;
            assert!(matches!(decode(&flipped), Frame::Torn | Frame::Short), "a flip at {at} must be seen");
        }
        assert_eq!(decode(&[0; 64]), Frame::Torn, "a tail of zeros holds no frame");
    }
}
