//! A SQLite file as a row of pages, with what its log adds. It is only ever read, and nothing in it is trusted.

use std::{
    cell::RefCell,
    collections::HashSet,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use super::wal::{Wal, word};
use crate::{error::Result, records::storage};

const MAGIC: &[u8] = b"SQLite format 3\0";
/// What SQLite takes for new files.
const USUAL_PAGE: usize = 4096;

/// A damaged database, read page by page.
pub(in crate::records) struct Image {
    file: Option<RefCell<File>>,
    wal: Option<Wal>,
    page_size: usize,
    reserved: usize,
    count: u32,
    /// The file ends within its last page, and the log does not have it whole.
    cut_off: bool,
    free: HashSet<u32>,
}

impl Image {
    /// The file at `path` and, with `log`, what its write-ahead log adds. A file that is not there has no pages.
    ///
    /// # Errors
    /// `Storage` where it cannot be read at all.
    pub fn open(path: &Path, log: Option<&Path>) -> Result<Self> {
        let unreadable = |error: std::io::Error| storage("The damaged records cannot be read").because(error);
        let file = if path.is_file() { Some(File::open(path).map_err(unreadable)?) } else { None };
        let length = file.as_ref().map_or(Ok(0), |file| file.metadata().map(|meta| meta.len())).map_err(unreadable)?;
        let wal = log.and_then(Wal::read);
        let mut image = Self {
            file: file.map(RefCell::new),
            wal,
            page_size: 512,
            reserved: 0,
            count: 1,
            cut_off: false,
            free: HashSet::new(),
        };
        let head = image.page(1).filter(|page| page.starts_with(MAGIC));
        let of_log = image.wal.as_ref().map(|wal| wal.page_size);
        image.page_size = head.as_deref().and_then(page_size).or(of_log).unwrap_or(USUAL_PAGE);
        image.reserved = head.as_deref().map_or(0, |head| usize::from(head[20]));
        let pages = u32::try_from(length.div_ceil(image.page_size as u64)).unwrap_or(u32::MAX);
        image.count = pages.max(image.wal.as_ref().map_or(0, Wal::last_page));
        let in_log = image.wal.as_ref().is_some_and(|wal| wal.page(pages).is_some());
        image.cut_off = !length.is_multiple_of(image.page_size as u64) && pages == image.count && !in_log;
        image.free = image.free_pages();
        Ok(image)
    }

    /// How many pages there are; they are counted from 1.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of a page that hold content.
    pub fn usable(&self) -> usize {
        self.page_size.saturating_sub(self.reserved).max(480)
    }

    /// The schema's version; none where the first page cannot be read.
    pub fn user_version(&self) -> Option<u32> {
        self.page(1).filter(|page| page.starts_with(MAGIC)).map(|page| word(&page, 60))
    }

    /// A page that may hold rows; none where it is lost or known to be free. What a short file lacks is zeroes.
    pub fn live_page(&self, number: u32) -> Option<Vec<u8>> {
        if self.free.contains(&number) { None } else { self.page(number) }
    }

    /// Whether what follows the end of the file would belong to this page.
    pub fn is_cut_off(&self, number: u32) -> bool {
        self.cut_off && number == self.count
    }

    /// Any page.
    pub fn page(&self, number: u32) -> Option<Vec<u8>> {
        if number == 0 || number > self.count {
            return None;
        }
        match &self.wal {
            Some(wal) if wal.lost(number) => return None,
            Some(wal) => {
                if let Some(page) = wal.page(number) {
                    return Some(page.to_vec());
                }
            }
            None => {}
        }
        self.read(number)
    }

    fn read(&self, number: u32) -> Option<Vec<u8>> {
        let mut file = self.file.as_ref()?.borrow_mut();
        file.seek(SeekFrom::Start(u64::from(number - 1) * self.page_size as u64)).ok()?;
        let mut page = Vec::with_capacity(self.page_size);
        Read::by_ref(&mut *file).take(self.page_size as u64).read_to_end(&mut page).ok()?;
        page.resize(self.page_size, 0);
        Some(page)
    }

    /// Pages that were given back: what still stands in them was deleted.
    fn free_pages(&self) -> HashSet<u32> {
        let mut free = HashSet::new();
        let first = self.page(1).filter(|page| page.starts_with(MAGIC));
        let mut trunk = first.map_or(0, |page| word(&page, 32));
        while let Some(page) = self.page(trunk).filter(|_| free.insert(trunk)) {
            let leaves = (word(&page, 4) as usize).min(self.usable() / 4 - 2);
            free.extend((0..leaves).map(|leaf| word(&page, 8 + 4 * leaf)));
            trunk = word(&page, 0);
        }
        free
    }
}

fn page_size(head: &[u8]) -> Option<usize> {
    let size = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65536,
        size => usize::from(size),
    };
    (size.is_power_of_two() && size >= 512).then_some(size)
}
