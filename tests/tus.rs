//! The tus driver in the engine: against servers of others, behind a proxy of others, and against a server that misbehaves by
//! script.

#[path = "tus/answers.rs"]
mod answers;
#[path = "tus/nginx.rs"]
mod nginx;
#[path = "tus/rules.rs"]
mod rules;
#[path = "tus/servers.rs"]
mod servers;
#[path = "tus/stage.rs"]
mod stage;
