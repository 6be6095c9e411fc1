//! Waiting for another connection, or for power: nothing new leaves, what is in flight comes home, and the upload goes on by
//! itself when nothing holds it any more.

use super::{Halt, Worker};
use crate::{surroundings, upload::WaitReason};

impl Worker {
    /// Why nothing may leave now, if so.
    pub fn hold(&self) -> Option<WaitReason> {
        let around = self.inner.surroundings.now();
        let hold = surroundings::hold(&self.inner.preferences(), &around, self.stays_here)?;
        (!self.inner.this_run(self.upload.id).anyway).then_some(hold)
    }

    /// Waits until nothing holds it.
    ///
    /// # Errors
    /// Where others are to have its place meanwhile.
    pub(super) async fn wait_while_held(&self) -> Result<(), Halt> {
        let mut changes = self.inner.surroundings.subscribe();
        while let Some(reason) = self.hold() {
            self.enter_waiting(reason, None);
            let _ = changes.changed().await;
            if self.live.gives_way() {
                return Err(Halt::GiveWay);
            }
        }
        Ok(())
    }
}
