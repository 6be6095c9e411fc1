//! Trying a tus server: its own word, and one byte that really goes up and is removed again. The upload is one of two bytes,
//! so that it never completes and nothing is made of it there.

use reqwest::Method;
use url::Url;

use super::{
    BYTES, Tus,
    offer::{Offer, speaks},
};
use crate::{
    drivers::{
        Check,
        check::{bad, clock, good, no_answer, without_protocol},
        http::Answer,
        resource::number,
        template::Facts,
    },
    error::Result,
};

impl Tus {
    /// Tries the server; the first thing that is wrong ends it.
    pub(in crate::drivers) async fn check_server(&self) -> Vec<Check> {
        if self.address.is_given() {
            return self.check_given().await;
        }
        let answer = match self.question().await {
            Ok(answer) => answer,
            Err(error) => return vec![no_answer(&error)],
        };
        let mut checks: Vec<Check> = clock(&answer).into_iter().collect();
        if !speaks(&answer) {
            // Some servers do not answer this question at all; only what cannot be one ends it here.
            let checked = without_protocol(&answer, "tus");
            if answer.is_html() || matches!(answer.status.as_u16(), 200..=299 | 401 | 403) {
                checks.push(checked);
                return checks;
            }
        }
        checks.push(self.check_byte().await);
        checks
    }

    async fn check_byte(&self) -> Check {
        let offer = self.offer().await.unwrap_or_default();
        let trial = match self.open_trial_or_say().await {
            Ok(trial) => trial,
            Err(check) => return check,
        };
        let patch = self.server.request(Method::PATCH, trial.clone(), Facts::Nothing);
        let patch = patch.header("Content-Type", BYTES).header("Upload-Offset", 0).body("c");
        let sent = self.server.ask(patch).await;
        let removed = self.remove_trial(trial).await;
        match sent {
            Ok(answer) if answer.status.is_success() && number(&answer, "upload-offset") == Some(1) => {
                good("protocol", said(&offer, removed))
            }
            Ok(answer) => bad("protocol", format!("It opens uploads, but did not take a byte ({}).", answer.status)),
            Err(error) => bad("protocol", format!("It opens uploads, but did not take a byte: {error}.")),
        }
    }

    async fn open_trial_or_say(&self) -> std::result::Result<Url, Check> {
        match self.open_trial_answer().await {
            Ok((Some(trial), _)) => Ok(trial),
            Ok((None, answer)) => Err(without_protocol(&answer, "tus")),
            Err(error) => Err(no_answer(&error)),
        }
    }

    /// The address is one upload's own: it is looked at, and nothing is sent.
    async fn check_given(&self) -> Vec<Check> {
        let request = self.server.request(Method::HEAD, self.server.endpoint.clone(), Facts::Nothing);
        let answer = match self.server.ask(request).await {
            Ok(answer) => answer,
            Err(error) => return vec![no_answer(&error)],
        };
        let mut checks: Vec<Check> = clock(&answer).into_iter().collect();
        checks.push(match number(&answer, "upload-offset") {
            Some(0) if answer.status.is_success() => {
                let size = number(&answer, "upload-length").map(|size| format!(" of {size} bytes")).unwrap_or_default();
                good("protocol", format!("This upload link waits for a file{size}"))
            }
            Some(_) if answer.status.is_success() => {
                bad("protocol", "This upload link was used already. Get a new one for each file.")
            }
            _ => bad("protocol", "This upload link is unknown there, or has expired. Get a new one."),
        });
        checks
    }

    pub(super) async fn open_trial_answer(&self) -> Result<(Option<Url>, Answer)> {
        let answer = self.server.ask(self.trial_request()).await?;
        let opened = (answer.status.as_u16() == 201).then(|| self.server.location(&answer, &self.server.endpoint).ok());
        Ok((opened.flatten(), answer))
    }
}

fn said(offer: &Offer, removed: bool) -> String {
    let more = match (offer.joins, offer.enforces) {
        (true, Some(_)) => "; it joins parallel parts, and checks what arrives",
        (true, None) => "; it joins parallel parts",
        (false, Some(_)) => "; it checks what arrives",
        (false, None) => "",
    };
    match removed {
        true => format!("It speaks tus: a byte went up and was removed again{more}"),
        false => {
            format!("It speaks tus: a byte went up{more}. It does not remove uploads; this one is left to its expiry")
        }
    }
}
