//! Real counterparts, made by others: Fine Uploader's own script in a browser and tus-js-client against `carryon receive`,
//! and `carryon send` against a Fine Uploader server from npm. `peers/README.md` tells what they are and how they come here.

#[path = "peers/browser.rs"]
mod browser;
#[path = "peers/npm_server.rs"]
mod npm_server;
#[path = "peers/recorder.rs"]
mod recorder;
#[path = "peers/scene.rs"]
mod scene;

#[path = "peers/from_the_browser.rs"]
mod from_the_browser;
#[path = "peers/from_tus_js.rs"]
mod from_tus_js;
#[path = "peers/large.rs"]
mod large;
#[path = "peers/to_the_npm_server.rs"]
mod to_the_npm_server;
#[path = "peers/vectors.rs"]
mod vectors;

use tests::{script, set_up};
