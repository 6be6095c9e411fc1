//! Receipts of what was delivered, as the engine hands them out.

use crate::{
    engine::Engine,
    error::{Error, ErrorKind, Result},
    receipt::{Hex, Receipt, compare},
    records::receipts::{self, Kept},
    source::SourceFile,
    worker::blocking,
};

impl Engine {
    /// The receipt of the upload whose id begins so.
    ///
    /// # Errors
    /// `Invalid` where none or several do, or where there is no receipt; `Storage`.
    pub async fn receipt(&self, id: &str) -> Result<Receipt> {
        let id = id.to_owned();
        Ok(self.inner.records.run(move |connection| receipts::get(connection, &id)).await?.receipt)
    }

    /// The receipt with the digest of the whole file, which is read once more; with its SHA-256, where that is wanted. Both are
    /// kept, and only after every chunk was found to be what was sent.
    ///
    /// # Errors
    /// As [`Engine::receipt`]; `SourceMissing` and `SourceChanged` where the file is not what was sent any more.
    pub async fn digest_receipt(&self, id: &str, sha256: bool) -> Result<Receipt> {
        let id = id.to_owned();
        let kept = self.inner.records.run(move |connection| receipts::get(connection, &id)).await?;
        let (seq, receipt) = blocking(move || digested(kept, sha256)).await?;
        let stored = receipt.clone();
        self.inner.records.run(move |connection| receipts::put(connection, seq, &stored)).await?;
        Ok(receipt)
    }
}

fn digested(kept: Kept, sha256: bool) -> Result<(i64, Receipt)> {
    let Kept { seq, path, mut receipt } = kept;
    let shown = path.display();
    if !receipt.names_content() {
        let text = format!("The receipt names no digest, so nobody can say whether “{shown}” is what was sent");
        return Err(Error::new(ErrorKind::Invalid, text));
    }
    let source = SourceFile::open(&path)?;
    let found = compare(&receipt, source.identity().size, &mut source.reader(), sha256)
        .map_err(|error| crate::source::unreadable(&path, error))?;
    source.check(source.identity())?;
    if !found.is_equal() {
        let text = format!("“{shown}” is not the file any more that was sent");
        return Err(Error::new(ErrorKind::SourceChanged, text).next_step("“carryon verify” says where it differs."));
    }
    receipt.blake3 = found.blake3.map(Hex);
    receipt.sha256 = found.sha256.map(Hex);
    receipt.proof.level = receipt.judge();
    Ok((seq, receipt))
}
