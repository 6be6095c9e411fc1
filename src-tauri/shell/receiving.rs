//! Receiving as the page sees it: whether *This computer* receives, where to, from whom, and what came of it.

mod station;
mod wanted;

use std::{net::IpAddr, path::PathBuf};

use carryon_receiver::Receiver;
use serde::Serialize;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

pub use self::{
    station::Station,
    wanted::{Door, Wanted},
};
use crate::{
    commands::{Answer, Shared, of},
    core::Core,
    given::Given,
    saving::Refused,
    words,
};

/// So much is told of what came in, and of what is coming in.
const TOLD: usize = 50;

/// All that the page shows.
#[derive(Serialize)]
pub struct ReceivingView {
    wanted: Wanted,
    running: bool,
    trouble: Option<String>,
    folder: String,
    /// The program was started with it.
    folder_is_fixed: bool,
    /// Uploads of our own that wait for receiving to be switched on.
    waiting: usize,
    /// The addresses for others, without a path; none while the door is closed.
    addresses: Vec<String>,
    token: Option<String>,
    /// Why the token is gone when Carryon ends, where it is.
    only_now: Option<String>,
    arrived: Vec<ArrivedView>,
    coming: Vec<ComingView>,
    coming_in_all: usize,
    free_space: Option<u64>,
}

#[derive(Serialize)]
struct ArrivedView {
    name: String,
    location: String,
    size: u64,
    at: u64,
}

#[derive(Serialize)]
struct ComingView {
    name: String,
    size: Option<u64>,
    held: u64,
    touched: u64,
    until: u64,
    from: Option<String>,
}

/// How receiving stands now.
#[tauri::command]
pub async fn receiving(shared: Shared<'_>) -> Answer<ReceivingView> {
    Ok(view(of(&shared)?).await)
}

async fn view(core: &Core) -> ReceivingView {
    let station = &core.station;
    let (seen, report) = (station.seen(), station.report(TOLD).await.unwrap_or_default());
    let arrived = report.arrived.into_iter();
    let coming = report.coming.into_iter();
    ReceivingView {
        running: station.is_on(),
        trouble: seen.trouble,
        folder: station.folder().to_string_lossy().into_owned(),
        folder_is_fixed: station.has_fixed_folder(),
        waiting: seen.waiting,
        addresses: seen.door.as_ref().map(|door| addresses(door, &seen.wanted)).unwrap_or_default(),
        token: seen.token.filter(|_| seen.door.is_some()),
        only_now: seen.only_now,
        arrived: arrived.map(|a| ArrivedView { name: a.name, location: a.location, size: a.size, at: a.at }).collect(),
        coming: coming
            .map(|c| ComingView {
                name: c.name,
                size: c.size,
                held: c.held,
                touched: c.touched,
                until: c.until,
                from: c.from,
            })
            .collect(),
        coming_in_all: report.coming_in_all,
        free_space: report.free_space,
        wanted: seen.wanted,
    }
}

/// By which addresses others reach this door: the names that were set first, then this machine's own.
fn addresses(door: &Receiver, wanted: &Wanted) -> Vec<String> {
    let url = door.url();
    let scheme = url.split("://").next().unwrap_or("http");
    let named = wanted.names.iter().map(|name| format!("{scheme}://{name}"));
    if wanted.door != Door::Network {
        return named.chain([url.clone()]).collect();
    }
    let port = door.local_addr().port();
    let own = if_addrs::get_if_addrs().unwrap_or_default().into_iter().filter(|found| !found.is_loopback());
    let own = own.filter_map(|found| match found.ip() {
        IpAddr::V4(ip) => Some(format!("{scheme}://{ip}:{port}")),
        IpAddr::V6(_) => None, // It listens on IPv4.
    });
    named.chain(own).collect()
}

/// Receives so from now on; says how that stands then.
#[tauri::command]
pub async fn set_receiving(shared: Shared<'_>, wanted: Given<Wanted>) -> Result<ReceivingView, Refused> {
    let core = of(&shared)?;
    core.station.change(wanted.0).await?;
    Ok(view(core).await)
}

/// Gives others another token.
#[tauri::command]
pub async fn renew_receiving_token(shared: Shared<'_>) -> Result<ReceivingView, Refused> {
    let core = of(&shared)?;
    core.station.renew_token().await?;
    Ok(view(core).await)
}

/// Asks for a folder to receive into; none where nothing was chosen.
#[tauri::command]
pub async fn pick_receive_folder<R: Runtime>(app: AppHandle<R>, shared: Shared<'_>) -> Answer<Option<PathBuf>> {
    let (sender, picked) = oneshot::channel();
    let mut picker = app.dialog().file().set_title(words::say("pick-receive-folder"));
    let folder = of(&shared)?.station.folder();
    if let Some(near) = folder.ancestors().find(|folder| folder.is_dir()) {
        picker = picker.set_directory(near);
    }
    picker.pick_folder(move |path| drop(sender.send(path)));
    Ok(picked.await.ok().flatten().and_then(|path| path.into_path().ok()))
}

/// Asks for a file in PEM: the certificate, or its key; none where nothing was chosen.
#[tauri::command]
pub async fn pick_pem<R: Runtime>(app: AppHandle<R>, key: Given<bool>) -> Option<PathBuf> {
    let (sender, picked) = oneshot::channel();
    let title = if key.0 { "pick-tls-key" } else { "pick-tls-cert" };
    app.dialog().file().set_title(words::say(title)).pick_file(move |path| drop(sender.send(path)));
    picked.await.ok().flatten()?.into_path().ok()
}
