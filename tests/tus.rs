//! The tus driver in the engine: against servers of others, and against one that misbehaves by script.

#[path = "tus/answers.rs"]
mod answers;
#[path = "tus/rules.rs"]
mod rules;
#[path = "tus/servers.rs"]
mod servers;
#[path = "tus/stage.rs"]
mod stage;
