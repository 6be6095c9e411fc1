//! The whole life of a package on this machine: installed, used from the desktop, removed. The machine is left as it was.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    package::Made,
    setup::as_root,
    steps::{Outcome, cargo, program, step},
};

const NAME: &str = "carryon";
const ENTRY: &str = "/usr/share/applications/Carryon.desktop";
/// What a package is for, beside what the desktop makes of it.
const PROMISED: &[&str] = &[
    "/usr/bin/carryon-app",
    "/usr/bin/carryon",
    ENTRY,
    "/usr/share/icons/hicolor/128x128/apps/carryon-app.png",
    "/usr/share/doc/carryon/changelog",
    "/usr/share/doc/carryon/copyright",
    "/usr/share/doc/carryon/LICENSE-MIT",
    "/usr/share/doc/carryon/LICENSE-APACHE",
    "/usr/share/nemo/actions/carryon.nemo_action",
    "/usr/share/kio/servicemenus/carryon.desktop",
    "/usr/share/Thunar/sendto/carryon.desktop",
];

/// Installs the .deb, tries it and removes it; the .rpm is only looked into.
pub fn check(made: &Made) -> Outcome {
    look_into_rpm(&made.rpm)?;
    if is_installed() {
        return Err(
            "A package carryon is installed on this machine; remove it first: sudo apt-get remove carryon".into()
        );
    }
    let deb = made.deb.display().to_string();
    step("installing the package", apt(&["install", &deb]))?;
    let installed = Installed;
    let files = installed_files()?;
    let scratch = Scratch::new()?;
    look_at_files(&files)?;
    look_at_entries()?;
    keep_a_record(&scratch.0)?;
    let tried = [
        "test",
        "--locked",
        "-p",
        "carryon-app",
        "--test",
        "window",
        "--",
        "--ignored",
        "packaged",
        "--test-threads=1",
    ];
    step("using it from the desktop", cargo(&tried))?;
    step("removing the package", installed.remove())?;
    nothing_is_left(&files)?;
    match scratch.records().exists() {
        true => Ok(()),
        false => Err("the records of a user went with the package".into()),
    }
}

fn look_into_rpm(rpm: &Path) -> Outcome {
    let listed = said(program("rpm", &["-qpl", "--nosignature", &rpm.display().to_string()]))?;
    require_all(|path| listed.lines().any(|line| line == path), "the .rpm lacks")
}

fn look_at_files(files: &[PathBuf]) -> Outcome {
    require_all(|path| files.iter().any(|file| file == Path::new(path)), "the .deb lacks")?;
    let version = said(program("/usr/bin/carryon", &["--version"]))?;
    match version.starts_with("carryon ") {
        true => Ok(()),
        false => Err(format!("/usr/bin/carryon says {version:?}")),
    }
}

fn require_all(is_there: impl Fn(&str) -> bool, lacks: &str) -> Outcome {
    match PROMISED.iter().find(|path| !is_there(path)) {
        None => Ok(()),
        Some(path) => Err(format!("{lacks} {path}")),
    }
}

/// The entries are valid, and the desktop offers the program for any file.
fn look_at_entries() -> Outcome {
    step("looking at the desktop entry", program("desktop-file-validate", &[ENTRY]))?;
    for kind in ["x-scheme-handler/carryon", "application/octet-stream", "inode/directory", "video/mp4", "image/tiff"] {
        let offered = said(program("gio", &["mime", kind]))?;
        if !offered.contains("Carryon.desktop") {
            return Err(format!("the desktop does not offer Carryon for {kind}: {offered}"));
        }
    }
    Ok(())
}

/// The command line makes records, as a user's would be.
fn keep_a_record(home: &Path) -> Outcome {
    let mut add = program("/usr/bin/carryon", &["destinations", "add", "NAS", "tus+https://nas.invalid/files/"]);
    add.env("HOME", home).env("XDG_DATA_HOME", home.join("share")).env_remove("CARRYON_DATA_DIR");
    step("keeping a record with the command line", add)
}

fn nothing_is_left(files: &[PathBuf]) -> Outcome {
    match files.iter().find(|file| file.is_file()) {
        None => Ok(()),
        Some(file) => Err(format!("{} is left behind", file.display())),
    }
}

fn is_installed() -> bool {
    said(program("dpkg-query", &["-W", "-f=${db:Status-Status}", NAME])).is_ok_and(|status| status == "installed")
}

fn installed_files() -> Outcome<Vec<PathBuf>> {
    let listed = said(program("dpkg-query", &["-L", NAME]))?;
    Ok(listed.lines().map(PathBuf::from).filter(|path| path.is_file()).collect())
}

fn apt(arguments: &[&str]) -> Command {
    let apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-qq", "--no-install-recommends"];
    as_root(&[&apt[..], arguments].concat())
}

/// What a program says where it ends well.
fn said(mut command: Command) -> Outcome<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} cannot be started: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// The package while it is installed: it goes, whatever else fails.
struct Installed;

impl Installed {
    fn remove(self) -> Command {
        std::mem::forget(self);
        apt(&["purge", NAME])
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let _ = apt(&["purge", NAME]).status();
    }
}

/// A user's home, for as long as the check takes.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("carryon-package-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }

    fn records(&self) -> PathBuf {
        self.0.join("share/carryon/carryon.db")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
