//! `cargo xtask package`: a .deb and an .rpm with the window, the command line, and their places in the desktop.

mod check;

use std::path::{Path, PathBuf};

use crate::{
    setup,
    steps::{Outcome, cargo, flag, program, root, step},
};

/// What was made.
struct Made {
    deb: PathBuf,
    rpm: PathBuf,
}

/// Makes both packages; with `--check` installs one, tries all that it promises, and removes it again.
pub fn package(arguments: &[String]) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Err("Packages for this system are made by the Tauri CLI: npx tauri build".into());
    }
    let check = flag(arguments, "--check");
    setup::for_packages(flag(arguments, "--yes"), check)?;
    let made = make(flag(arguments, "--debug"))?;
    if check {
        check::check(&made)?;
    }
    println!("{}\n{}", made.deb.display(), made.rpm.display());
    Ok(())
}

fn make(debug: bool) -> Outcome<Made> {
    let (profile, folder): (&[&str], &str) = if debug { (&[], "debug") } else { (&["--release"], "release") };
    step("building the command line", cargo(&[&["build", "--locked", "-p", "carryon-cli"], profile].concat()))?;
    let built = target_folder()?.join(folder);
    let bundles = built.join("bundle");
    for kind in ["deb", "rpm"] {
        let _ = std::fs::remove_dir_all(bundles.join(kind));
    }
    let too = with_command_line(&built.join("carryon"));
    let mut tauri = program("node", &["src-tauri/package/node_modules/@tauri-apps/cli/tauri.js", "build", "--ci"]);
    tauri.args(["--bundles", "deb,rpm", "--config", &too]);
    if debug {
        tauri.arg("--debug");
    }
    // The CLI leaves the lock file's check to cargo.
    tauri.args(["--", "--locked"]);
    step("building the window and the packages", tauri)?;
    Ok(Made { deb: only_one(&bundles.join("deb"), "deb")?, rpm: only_one(&bundles.join("rpm"), "rpm")? })
}

/// The part of the configuration that depends on where things were built.
fn with_command_line(carryon: &Path) -> String {
    let file = carryon.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    let files = format!(r#"{{"files": {{"/usr/bin/carryon": "{file}"}}}}"#);
    format!(r#"{{"bundle": {{"linux": {{"deb": {files}, "rpm": {files}}}}}}}"#)
}

fn target_folder() -> Outcome<PathBuf> {
    let told = cargo(&["metadata", "--locked", "--no-deps", "--format-version", "1"]).output();
    let told = told.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&told.stdout);
    let folder = text.split(r#""target_directory":""#).nth(1).and_then(|rest| rest.split('"').next());
    folder.map(PathBuf::from).ok_or_else(|| format!("cargo does not say where it builds: {text}"))
}

fn only_one(folder: &Path, end: &str) -> Outcome<PathBuf> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found = paths.filter(|path| path.extension().is_some_and(|extension| extension == end));
    match (found.next(), found.next()) {
        (Some(path), None) => Ok(path),
        _ => Err(format!("{} is to hold one .{end} ({})", folder.display(), root().display())),
    }
}
