//! What a user takes along of the history: the list as a table, receipts as documents that `carryon verify` reads.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use carryon_engine::{Engine, Error, ErrorKind, Search, socket};
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

use crate::{
    commands::{Answer, Shared, of},
    given::Given,
    words,
};

/// So many entries are read in one go.
const BATCH: u32 = 500;

/// Asks where to, and writes what is found there as comma-separated values; none where nothing was chosen, else how many.
#[tauri::command]
pub async fn save_history_table<R: Runtime>(
    app: AppHandle<R>,
    shared: Shared<'_>,
    search: Given<Search>,
) -> Answer<Option<u64>> {
    let engine = &of(&shared)?.engine;
    let Some(path) = ask(&app, "save-table-title", "carryon-history.csv", ("CSV", "csv")).await else {
        return Ok(None);
    };
    let mut sheet = Sheet::begin(&path)?;
    sheet.put(socket::history_table_head().as_bytes())?;
    let (mut after, mut count) = (None, 0);
    loop {
        let page = engine.search_history(search.0.clone(), after, BATCH).await?;
        for past in &page.entries {
            sheet.put(socket::history_table_line(past).as_bytes())?;
        }
        count += page.entries.len() as u64;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    sheet.end()?;
    Ok(Some(count))
}

/// Asks where to, and writes receipts there: that of the entry `seq` as it is, or those of all that is found as a list.
/// None where nothing was chosen, else how many there were.
#[tauri::command]
pub async fn save_receipts<R: Runtime>(
    app: AppHandle<R>,
    shared: Shared<'_>,
    search: Given<Search>,
    seq: Given<Option<i64>>,
) -> Answer<Option<u64>> {
    let engine = &of(&shared)?.engine;
    let name = match seq.0 {
        Some(seq) => format!("{}.receipt.json", engine.past(seq).await?.0.name),
        None => "carryon-receipts.json".to_owned(),
    };
    let Some(path) = ask(&app, "save-receipts-title", &name, ("JSON", "json")).await else { return Ok(None) };
    let mut sheet = Sheet::begin(&path)?;
    let count = match seq.0 {
        Some(seq) => one(engine, seq, &mut sheet).await?,
        None => all(engine, &search.0, &mut sheet).await?,
    };
    sheet.end()?;
    Ok(Some(count))
}

async fn one(engine: &Engine, seq: i64, sheet: &mut Sheet) -> Answer<u64> {
    let (past, receipt) = engine.past(seq).await?;
    let text = format!("“{}” has no receipt: it was not delivered, or by an older Carryon", past.name);
    let receipt = receipt.ok_or_else(|| Error::new(ErrorKind::Invalid, text).next_step("Export the table instead."))?;
    sheet.put(&serde_json::to_vec_pretty(&receipt).unwrap_or_default())?;
    sheet.put(b"\n")?;
    Ok(1)
}

async fn all(engine: &Engine, search: &Search, sheet: &mut Sheet) -> Answer<u64> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = engine.search_history(search.clone(), after, BATCH).await?;
        for past in page.entries.iter().filter(|past| past.proof.is_some()) {
            let (_, Some(receipt)) = engine.past(past.seq).await? else { continue };
            sheet.put(if count == 0 { b"[\n" } else { b",\n" })?;
            sheet.put(&serde_json::to_vec(&receipt).unwrap_or_default())?;
            count += 1;
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    sheet.put(if count == 0 { b"[]\n" } else { b"\n]\n" })?;
    Ok(count)
}

async fn ask<R: Runtime>(app: &AppHandle<R>, title: &str, name: &str, kind: (&str, &str)) -> Option<PathBuf> {
    let (sender, picked) = oneshot::channel();
    let picker = app.dialog().file().set_title(words::say(title)).set_file_name(plain(name));
    picker.add_filter(kind.0, &[kind.1]).save_file(move |path| drop(sender.send(path)));
    picked.await.ok().flatten()?.into_path().ok()
}

/// A name that every system takes.
fn plain(name: &str) -> String {
    name.chars()
        .map(|letter| if r#"/\:*?"<>|"#.contains(letter) || letter.is_control() { '_' } else { letter })
        .collect()
}

/// A file that takes its name when it is whole: what lay there stays until then.
struct Sheet {
    file: BufWriter<File>,
    unfinished: PathBuf,
    path: PathBuf,
    is_whole: bool,
}

impl Sheet {
    fn begin(path: &Path) -> Result<Self, Error> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let unfinished = path.with_file_name(name);
        let file = BufWriter::new(File::create(&unfinished).map_err(unwritable(path))?);
        Ok(Self { file, unfinished, path: path.to_owned(), is_whole: false })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(unwritable(&self.path))
    }

    fn end(mut self) -> Result<(), Error> {
        self.file.flush().map_err(unwritable(&self.path))?;
        self.file.get_ref().sync_all().map_err(unwritable(&self.path))?;
        std::fs::rename(&self.unfinished, &self.path).map_err(unwritable(&self.path))?;
        self.is_whole = true;
        Ok(())
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if !self.is_whole {
            let _ = std::fs::remove_file(&self.unfinished);
        }
    }
}

fn unwritable(path: &Path) -> impl Fn(io::Error) -> Error {
    let text = format!("“{}” cannot be written", path.display());
    move |error| Error::new(ErrorKind::Invalid, text.clone()).because(error).next_step("Choose another place.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_for_a_document_is_one_that_every_system_takes() {
        assert_eq!(plain("a/b:c?.mov.receipt.json"), "a_b_c_.mov.receipt.json");
    }
}
