//! What the page gives with a command: where it makes no sense, the command is refused as everything else is, with a code
//! and a sentence.

use carryon_engine::{Error, ErrorKind};
use serde::Deserialize;
use tauri::{
    Runtime,
    ipc::{CommandArg, CommandItem, InvokeError},
};

use crate::commands::Failed;

/// An argument of a command.
pub struct Given<T>(pub T);

impl<'de, R: Runtime, T: Deserialize<'de>> CommandArg<'de, R> for Given<T> {
    fn from_command(item: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        let (command, key) = (item.name, item.key);
        let refused = |error: serde_json::Error| {
            let text = format!("“{command}” cannot use what was given as “{key}”");
            InvokeError::from(Failed::from(Error::new(ErrorKind::Invalid, text).because(error)))
        };
        T::deserialize(item).map(Self).map_err(refused)
    }
}
