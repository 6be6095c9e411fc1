//! One image: both ends are opened on it, what had been promised is looked for, and everything is carried to its end.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::Path,
    sync::Arc,
};

use carryon_engine::destination::Destination;
use carryon_instruments::image::Image;
use carryon_receiver::{Config, Receiver};
use serde_json::Value;
use tests::{files, log};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    promises::{Promises, broken_files},
    records::Recorded,
    run::Run,
    stage::{carry_on, desk, driver},
};

/// A place for receivers, one after another, and the driver that leads there: making one costs more than an image.
#[derive(Default)]
pub struct Place {
    at: Option<(SocketAddr, Arc<dyn Destination>)>,
}

impl Place {
    async fn start(&mut self, config: Config) -> Result<(Receiver, Arc<dyn Destination>), carryon_receiver::Error> {
        if let Some((listen, driver)) = self.at.take()
            && let Ok(receiver) = Receiver::start(Config { listen, ..config.clone() }).await
        {
            self.at = Some((listen, Arc::clone(&driver)));
            return Ok((receiver, driver));
        }
        let receiver = Receiver::start(config).await?;
        let driver = driver(&receiver.url());
        self.at = Some((receiver.local_addr(), Arc::clone(&driver)));
        Ok((receiver, driver))
    }
}

/// Promises that are broken on an image of `run` cut at `position`, built in `folder`, which is empty.
pub async fn broken_on(run: &Run, image: &Image, position: usize, folder: &Path, place: &mut Place) -> Vec<String> {
    image.write_to(folder).expect("the image can be built");
    let (dir, data, log) = (folder.join("received"), folder.join("data"), folder.join("access.jsonl"));
    let config = Config { access_log: Some(log.clone()), ..Config::new(&dir) };
    let (receiver, driver) = match place.start(config).await {
        Ok(started) => started,
        Err(error) => return vec![format!("the receiver does not start: {error}")],
    };
    let promises = Promises::before(&run.said, position);
    let surveys = surveys(receiver.local_addr(), promises.held_ids()).await;
    let mut broken = promises.broken_by_receiver(&dir, &surveys, &run.expected);
    let mut desk = desk(&data, driver, 3).await;
    let records = Recorded::read(&desk.engine, &data, &run.sources).await;
    broken.extend(promises.broken_by_records(&records));
    if broken.is_empty() {
        let wanted: BTreeSet<String> = records.uploads.into_keys().chain(promises.finished()).collect();
        carry_on(&mut desk, |_| ()).await;
        broken.extend(broken_files(&dir, &run.expected));
        let found: BTreeSet<String> = files::files_below(&dir).into_iter().collect();
        if found != wanted {
            broken.push(format!("in the end there are {found:?}, and not {wanted:?}"));
        }
        let again = log::sent_again_though_listed(&log::lines(&log));
        broken.extend(again.iter().map(|chunk| format!("{chunk:?} was listed, and sent again")));
    }
    desk.close().await;
    receiver.shutdown().await;
    broken
}

/// What the receiver says it holds.
async fn surveys(receiver: SocketAddr, ids: BTreeSet<String>) -> BTreeMap<String, Value> {
    let mut surveys = BTreeMap::new();
    for id in ids {
        let survey = survey(receiver, &id).await.unwrap_or_else(|error| format!("no answer: {error}").into());
        surveys.insert(id, survey);
    }
    surveys
}

async fn survey(receiver: SocketAddr, id: &str) -> std::io::Result<Value> {
    let mut stream = TcpStream::connect(receiver).await?;
    let request = format!("GET /upload/{id} HTTP/1.1\r\nHost: {receiver}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok(serde_json::from_str(body).unwrap_or_default())
}
