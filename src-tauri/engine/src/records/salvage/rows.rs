//! Reads rows out of single pages, without the trees above them: a page that is whole speaks for itself
//! (<https://www.sqlite.org/fileformat2.html>, sections 1.6 and 2.1).

use rusqlite::types::Value;

use super::image::Image;

const TABLE_LEAF: u8 = 0x0d;
const INDEX_LEAF: u8 = 0x0a;
const INDEX_INNER: u8 = 0x02;
/// No row of ours is larger; a length beyond it is nonsense.
const LARGEST: usize = 64 << 20;

/// A row: its number in a table that numbers its rows, and its columns as stored.
pub(super) struct Row {
    pub rowid: Option<i64>,
    pub values: Vec<Value>,
}

/// What could be read from one page.
pub(super) struct Rows {
    pub rows: Vec<Row>,
    /// Every row that the page has could be read.
    pub whole: bool,
}

/// The rows in page `number`; none where it holds none.
pub(super) fn of_page(image: &Image, number: u32) -> Option<Rows> {
    let page = image.live_page(number)?;
    let kind = page[0];
    let head = match kind {
        TABLE_LEAF | INDEX_LEAF => 8,
        INDEX_INNER => 12,
        _ => return None,
    };
    let count = usize::from(u16::from_be_bytes([page[3], page[4]]));
    let pointers = page.get(head..head + 2 * count)?.chunks_exact(2);
    let cells = pointers.map(|at| usize::from(u16::from_be_bytes([at[0], at[1]])));
    let rows: Vec<Row> = cells.filter_map(|at| cell(image, kind, &page, at)).collect();
    Some(Rows { whole: rows.len() == count && !image.is_cut_off(number), rows })
}

fn cell(image: &Image, kind: u8, page: &[u8], at: usize) -> Option<Row> {
    let mut cursor = Cursor { bytes: page, at };
    if kind == INDEX_INNER {
        cursor.take(4)?;
    }
    let length = usize::try_from(cursor.varint()?).ok().filter(|&length| length <= LARGEST)?;
    let rowid = if kind == TABLE_LEAF { Some(cursor.varint()? as i64) } else { None };
    let local = local(image.usable(), length, kind == TABLE_LEAF);
    let mut payload = cursor.take(local)?.to_vec();
    if local < length {
        let first = cursor.take(4)?;
        overflow(image, u32::from_be_bytes([first[0], first[1], first[2], first[3]]), length, &mut payload)?;
    }
    Some(Row { rowid, values: record(&payload)? })
}

/// How much of a payload lies in the page itself.
fn local(usable: usize, length: usize, table: bool) -> usize {
    let least = (usable - 12) * 32 / 255 - 23;
    let most = if table { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    if length <= most {
        return length;
    }
    let best = least + (length - least) % (usable - 4);
    if best <= most { best } else { least }
}

fn overflow(image: &Image, mut next: u32, length: usize, payload: &mut Vec<u8>) -> Option<()> {
    while payload.len() < length {
        let page = image.live_page(next)?;
        let take = (length - payload.len()).min(image.usable() - 4);
        payload.extend_from_slice(page.get(4..4 + take)?);
        next = u32::from_be_bytes([page[0], page[1], page[2], page[3]]);
    }
    (next == 0).then_some(())
}

/// A record's columns; none where anything in it does not fit to the byte.
fn record(payload: &[u8]) -> Option<Vec<Value>> {
    let mut head = Cursor { bytes: payload, at: 0 };
    let end = usize::try_from(head.varint()?).ok()?;
    let mut body = Cursor { bytes: payload, at: end };
    let mut values = Vec::new();
    while head.at < end {
        let kind = head.varint()?;
        values.push(body.value(kind)?);
    }
    (head.at == end && body.at == payload.len()).then_some(values)
}

struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for _ in 0..8 {
            let byte = self.take(1)?[0];
            number = number << 7 | u64::from(byte & 0x7f);
            if byte < 0x80 {
                return Some(number);
            }
        }
        Some(number << 8 | u64::from(self.take(1)?[0]))
    }

    fn value(&mut self, kind: u64) -> Option<Value> {
        Some(match kind {
            0 => Value::Null,
            1..=4 => Value::Integer(signed(self.take(kind as usize)?)),
            5 => Value::Integer(signed(self.take(6)?)),
            6 => Value::Integer(signed(self.take(8)?)),
            7 => Value::Real(f64::from_bits(signed(self.take(8)?) as u64)),
            8 | 9 => Value::Integer(kind as i64 - 8),
            10 | 11 => return None,
            _ => {
                let bytes = self.take(usize::try_from((kind - 12) / 2).ok()?)?.to_vec();
                if kind.is_multiple_of(2) { Value::Blob(bytes) } else { Value::Text(text(bytes)?) }
            }
        })
    }
}

/// None of our texts has a zero byte; where a page was half written, one stands there.
fn text(bytes: Vec<u8>) -> Option<String> {
    if bytes.contains(&0) { None } else { String::from_utf8(bytes).ok() }
}

fn signed(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|&first| first >= 0x80);
    bytes.iter().fold(if negative { -1 } else { 0 }, |number, &byte| number << 8 | i64::from(byte))
}
