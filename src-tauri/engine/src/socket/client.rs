//! A client's end of the socket.

use std::{io, path::Path, time::Duration};

use interprocess::local_socket::tokio::{Stream, prelude::*};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::request::Request;

/// How long an owner may take to say anything: one that stands still (Ctrl+Z) takes calls, and says nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The owner said how, with this exit code.
    Ended(u8),
    /// The owner went away in the middle: the records are free, or somebody else's.
    Lost,
}

/// Asks the owner of `data_dir` and hands every line to `hear`, errors included.
///
/// # Errors
/// Where there is no owner that answers.
pub async fn call(data_dir: &Path, request: &Request, mut hear: impl FnMut(Value)) -> io::Result<Call> {
    let owner = Stream::connect(super::name(data_dir)?).await?;
    let (reader, mut writer) = (&owner, &owner);
    let mut lines = BufReader::new(reader).lines();
    let hello = tokio::time::timeout(PATIENCE, lines.next_line()).await;
    match hello.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?? {
        Some(hello) if hello.contains(super::HELLO) => {}
        _ => return Ok(Call::Lost),
    }
    let text = serde_json::to_string(request).map_err(io::Error::other)?;
    writer.write_all(format!("{text}\n").as_bytes()).await?;
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(line) = serde_json::from_str::<Value>(&line) else { continue };
        let code = line["code"].as_u64().and_then(|code| u8::try_from(code).ok());
        match (line["event"].as_str(), code) {
            (Some("end"), Some(code)) => return Ok(Call::Ended(code)),
            (Some("error"), Some(code)) => {
                hear(line);
                return Ok(Call::Ended(code));
            }
            _ => hear(line),
        }
    }
    Ok(Call::Lost)
}
