//! Tells Tauri where the capabilities lie, and keeps its generated schemas beside the Rust side instead of in the root.

use std::{fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    tauri_build::try_build(attributes).expect("tauri.conf.json and src-tauri/capabilities are valid");
    let kept = Path::new("src-tauri/gen");
    let _ = fs::remove_dir_all(kept);
    let _ = fs::rename("gen", kept);
}
