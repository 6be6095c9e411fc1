//! Fine Uploader's protocol on the wire, setting by setting: the exact fields, their order, headers and encodings, as
//! the original's last release sends them; and what a destination's settings change.

#[path = "fine_uploader/answers.rs"]
mod answers;
#[path = "fine_uploader/encodings.rs"]
mod encodings;
#[path = "fine_uploader/finished.rs"]
mod finished;
#[path = "fine_uploader/listener.rs"]
mod listener;
#[path = "fine_uploader/params.rs"]
mod params;
#[path = "fine_uploader/rules.rs"]
mod rules;
#[path = "fine_uploader/stage.rs"]
mod stage;
#[path = "fine_uploader/vectors.rs"]
mod vectors;
