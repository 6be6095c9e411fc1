//! Trying a target: one byte of an upload of two really goes up, and is removed again.

use reqwest::Method;

use super::{BYTES, Ietf};
use crate::{
    drivers::{
        Check,
        check::{bad, clock, good, no_answer, without_protocol},
        resource::judge_removal,
    },
    error::ErrorKind,
};

const NAME: &str = "the draft for resumable uploads";

impl Ietf {
    /// Tries the target; the first thing that is wrong ends it.
    pub(in crate::drivers) async fn check_server(&self) -> Vec<Check> {
        let answer = match self.question().await {
            Ok(answer) => answer,
            Err(error) => return vec![no_answer(&error)],
        };
        let mut checks: Vec<Check> = clock(&answer).into_iter().collect();
        if answer.is_html() || matches!(answer.status.as_u16(), 401 | 403 | 404) {
            checks.push(without_protocol(&answer, NAME));
            return checks;
        }
        checks.push(self.check_byte().await);
        checks
    }

    async fn check_byte(&self) -> Check {
        let disposition = "attachment; filename=\"carryon-test\"";
        let opened = self.open(2, |request| request.header("Content-Disposition", disposition)).await;
        let (url, interop) = match opened {
            Ok(opened) => opened,
            Err(error) if error.kind() == ErrorKind::Rejected => {
                return bad("protocol", format!("It does not open uploads as {NAME} has it: {error}. Check the path."));
            }
            Err(error) => return no_answer(&error),
        };
        let patch = self.request(Method::PATCH, url.clone(), interop).header("Content-Type", BYTES);
        let patch = patch.header("Upload-Offset", 0).header("Upload-Complete", "?0").body("c");
        let sent = self.server.ask(patch).await;
        let removed = self.server.ask(self.request(Method::DELETE, url, interop)).await;
        let removed = removed.and_then(|answer| judge_removal(&answer)).is_ok();
        let left = if removed { " and was removed again" } else { "; it is left to the server's expiry" };
        match sent {
            Ok(answer) if answer.status.is_success() => {
                let version = if interop == super::NONE { String::new() } else { format!(" (interop {interop})") };
                good("protocol", format!("It speaks {NAME}{version}: a byte went up{left}"))
            }
            Ok(answer) => bad("protocol", format!("It opens uploads, but did not take a byte ({}).", answer.status)),
            Err(error) => bad("protocol", format!("It opens uploads, but did not take a byte: {error}.")),
        }
    }
}
