//! What a machine needs beyond Rust, and installing what of it is missing.
//!
//! On Debian and its kin packages are looked up and installed by name. Elsewhere their names are told; on Windows and
//! macOS the system brings what the window needs.

use std::io::{IsTerminal, Write};

use crate::steps::{Outcome, flag, program, root, step, succeeds};

/// What the window is built with.
const BUILD: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev"];

/// What the tests drive: a display, a browser, a session bus, a drag source, pictures.
const TESTS: &[&str] = &[
    "at-spi2-core",
    "chromium",
    "curl",
    "dbus",
    "gir1.2-atspi-2.0",
    "gir1.2-gtk-3.0",
    "gnome-keyring",
    "imagemagick",
    "libayatana-appindicator3-1",
    "nginx-light",
    "openssl",
    "procps",
    "python3-dbus",
    "python3-gi",
    "util-linux",
    "webkit2gtk-driver",
    "xdotool",
    "xvfb",
];

/// What packages are made with: the tray's library is looked up, so that they can name it.
const PACKAGES: &[&str] = &["libayatana-appindicator3-dev"];

/// What an installed package is tried with.
const PACKAGE_CHECKS: &[&str] = &["desktop-file-utils", "libglib2.0-bin", "libgtk-3-bin", "rpm", "xdg-utils"];

/// `cargo xtask setup`.
pub fn setup(arguments: &[String]) -> Outcome {
    match flag(arguments, "--tests") {
        true => for_tests(flag(arguments, "--yes")),
        false => for_building(flag(arguments, "--yes")),
    }
}

/// Makes sure that the window can be built.
pub fn for_building(yes: bool) -> Outcome {
    packages(BUILD, yes)
}

/// Makes sure that every test can run.
pub fn for_tests(yes: bool) -> Outcome {
    let mut wanted = [BUILD, TESTS].concat();
    if !succeeds("node", &["--version"]) {
        wanted.push("nodejs");
    }
    if !succeeds("npm", &["--version"]) {
        wanted.push("npm");
    }
    packages(&wanted, yes)?;
    peers()
}

/// Makes sure that other systems can be checked for, and with `wine` that tests can run as on Windows.
pub fn for_cross(yes: bool, wine: bool) -> Outcome {
    let wanted: &[&str] = if wine { &["g++-mingw-w64-x86-64", "wine", "wine64"] } else { &["g++-mingw-w64-x86-64"] };
    packages(wanted, yes)
}

/// The foreign clients and servers that come as npm packages.
fn peers() -> Outcome {
    let install = &["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
    npm(
        "tests/peers",
        "package-lock.json",
        install,
        "installing the foreign clients and servers that the tests talk to",
    )
}

/// The program that makes packages. It is one package, named by its version; a lock file would name the programs of all
/// systems, and `npm ci` refuses where a registry lacks one of them.
fn packager() -> Outcome {
    let install = &["install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
    npm("src-tauri/package", "package.json", install, "installing the program that makes packages")
}

/// Installs what stands in a folder, unless that was done since the file `told_by` changed.
fn npm(folder: &str, told_by: &str, install: &[&str], what: &str) -> Outcome {
    let folder = root().join(folder);
    let (told_by, installed) = (folder.join(told_by), folder.join("node_modules/.package-lock.json"));
    let modified = |path: &std::path::Path| path.metadata().and_then(|meta| meta.modified()).ok();
    if modified(&installed).is_some_and(|at| Some(at) >= modified(&told_by)) {
        return Ok(());
    }
    let mut install = program("npm", install);
    install.current_dir(&folder);
    step(what, install)
}

/// Makes sure that packages can be made, and with `check` that they can be tried.
pub fn for_packages(yes: bool, check: bool) -> Outcome {
    if check {
        for_tests(yes)?;
    }
    let wanted = if check { [BUILD, PACKAGES, PACKAGE_CHECKS].concat() } else { [BUILD, PACKAGES].concat() };
    packages(&wanted, yes)?;
    packager()
}

fn packages(wanted: &[&str], yes: bool) -> Outcome {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !succeeds("dpkg-query", &["--version"]) {
        eprintln!(
            "This is no Debian; make sure that these are there, by the names they have here: {}",
            wanted.join(" ")
        );
        return Ok(());
    }
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    agree(&missing, yes)?;
    step("reading the list of packages", as_root(&["apt-get", "update", "-qq"]))?;
    let install =
        ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends"];
    step("installing packages", as_root(&[&install[..], &missing].concat()))
}

fn is_installed(name: &str) -> bool {
    let asked = program("dpkg-query", &["-W", "-f=${db:Status-Status}", name]).output();
    asked.is_ok_and(|output| output.stdout.starts_with(b"installed"))
}

fn agree(missing: &[&str], yes: bool) -> Outcome {
    eprintln!("Carryon needs these system packages, which are not installed:\n  {}", missing.join(" "));
    if yes {
        return Ok(());
    }
    let by_hand = format!("Nothing was installed. By hand: sudo apt-get install {}", missing.join(" "));
    if !std::io::stdin().is_terminal() {
        return Err(format!("There is nobody to ask; say --yes to install them.\n{by_hand}"));
    }
    eprint!("Install them now? [Y/n] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| error.to_string())?;
    match answer.trim().to_lowercase().as_str() {
        "" | "y" | "yes" => Ok(()),
        _ => Err(by_hand),
    }
}

/// A command with the rights of the machine's administrator.
pub fn as_root(command: &[&str]) -> std::process::Command {
    let is_root = program("id", &["-u"]).output().is_ok_and(|output| output.stdout.starts_with(b"0"));
    match is_root {
        true => program(command[0], &command[1..]),
        false => program("sudo", command),
    }
}
