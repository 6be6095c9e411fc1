//! Asking on D-Bus, with patience for a second: a service that does not answer is as good as none.

use std::time::Duration;

use serde::Serialize;
use zbus::{
    Message,
    blocking::{Connection, connection::Builder},
    zvariant::{DynamicType, OwnedValue, Value},
};

const PATIENCE: Duration = Duration::from_secs(1);

/// A service's name, an object's path, an interface.
pub type Place<'a> = (&'a str, &'a str, &'a str);

/// The system's bus.
pub fn system() -> Option<Connection> {
    connected(Builder::system())
}

/// The session's bus.
pub fn session() -> Option<Connection> {
    connected(Builder::session())
}

fn connected(builder: zbus::Result<Builder<'_>>) -> Option<Connection> {
    let connection = builder.and_then(|builder| builder.method_timeout(PATIENCE).build());
    connection.inspect_err(|error| tracing::debug!(%error, "there is no such bus")).ok()
}

/// Calls a method; none where nobody answers as expected.
pub fn call<B: Serialize + DynamicType>(bus: &Connection, place: Place<'_>, method: &str, body: &B) -> Option<Message> {
    let (service, path, interface) = place;
    let answer = bus.call_method(Some(service), path, Some(interface), method, body);
    answer.inspect_err(|error| tracing::debug!(service, method, %error, "nobody answers")).ok()
}

/// A property's value; none where nobody tells it.
pub fn property(bus: &Connection, place: Place<'_>, name: &str) -> Option<OwnedValue> {
    let (service, path, interface) = place;
    let properties = (service, path, "org.freedesktop.DBus.Properties");
    let answer = call(bus, properties, "Get", &(interface, name))?;
    let body = answer.body();
    body.deserialize::<Value<'_>>().ok()?.try_to_owned().ok()
}
