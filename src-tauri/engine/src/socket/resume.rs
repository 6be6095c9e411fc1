//! Carrying on with what rests: by itself, by a person's word on an outcome, or with a file that lies elsewhere now.

use serde_json::json;

use super::{
    carry_out::{End, Task, destinations, named, one},
    lines,
    request::{How, ResumeWhich, Secret, decode_paths},
};
use crate::{
    error::{Error, ErrorKind, Result},
    listed::Listed,
    this_run::RunWishes,
    upload::{State, UploadId},
};

impl Task<'_> {
    /// Carries on and follows.
    pub async fn resume(&self, which: ResumeWhich, how: How, token: Option<Secret>, wishes: &RunWishes) -> Result<End> {
        let events = self.engine.subscribe();
        let (listed, _) = self.engine.list().await?;
        let by_itself = |listed: &&Listed| listed.upload.state.is_resting() && goes_on_by_itself(&listed.upload.state);
        let ids: Vec<UploadId> = match &which {
            ResumeWhich::All => listed.iter().filter(by_itself).map(|listed| listed.upload.id).collect(),
            ResumeWhich::Named(names) => named(&listed, names)?,
            ResumeWhich::Left(left) => {
                self.tell_delivered(left).await?;
                let is_left = |listed: &&Listed| left.contains(&listed.upload.id.to_string());
                listed.iter().filter(is_left).map(|listed| listed.upload.id).collect()
            }
        };
        self.introduce(destinations(&listed, &ids), token)?;
        self.engine.wish_for_run(&ids, wishes);
        let outcomes = match how {
            How::CarryOn => self.engine.resume(&ids).await,
            How::StartOver => self.engine.start_over(&ids).await,
            How::FinishAgain => self.engine.finish_again(&ids).await,
        };
        for (id, error) in &outcomes.problems {
            let name = listed.iter().find(|listed| listed.upload.id == *id).map(|listed| listed.upload.name.as_str());
            self.tell(lines::of_refusal(*id, name.unwrap_or_default(), error));
        }
        if ids.is_empty() && !matches!(which, ResumeWhich::Left(_)) {
            self.tell(json!({ "event": "nothing" }));
        }
        self.follow(events, outcomes.done, !outcomes.problems.is_empty()).await
    }

    /// Those of `ids` whose end was not heard, because it came together with the owner's.
    async fn tell_delivered(&self, ids: &[String]) -> Result<()> {
        let past = self.engine.history(u32::try_from(ids.len() + 1000).unwrap_or(u32::MAX)).await?;
        for past in past.iter().filter(|past| past.outcome == "done" && ids.contains(&past.upload)) {
            self.tell(json!({
                "event": "finished", "id": past.upload, "name": past.name, "size": past.size, "sent": past.sent,
                "location": past.location,
            }));
        }
        Ok(())
    }

    /// Carries on with a file that lies elsewhere now, and follows it.
    pub async fn locate(&self, name: &str, path: &str, token: Option<Secret>, wishes: &RunWishes) -> Result<End> {
        let events = self.engine.subscribe();
        let (listed, _) = self.engine.list().await?;
        let id = one(&listed, name)?;
        let paths = decode_paths(&[path.to_owned()])?;
        let path = paths.first().ok_or_else(|| Error::new(ErrorKind::Invalid, "It is not said where the file lies"))?;
        self.introduce(destinations(&listed, &[id]), token)?;
        self.engine.wish_for_run(&[id], wishes);
        self.engine.locate(id, path).await?;
        self.follow(events, vec![id], false).await
    }

    /// The user looked: these are complete.
    pub async fn mark_done(&self, names: &[String]) -> Result<End> {
        let (listed, _) = self.engine.list().await?;
        let outcomes = self.engine.mark_done(&named(&listed, names)?).await;
        for (id, error) in &outcomes.problems {
            self.tell(lines::of_refusal(*id, "", error));
        }
        self.tell(json!({ "event": "marked_done", "count": outcomes.done.len() }));
        Ok(if outcomes.problems.is_empty() { End::Done } else { End::SomeFailed })
    }
}

/// What “all” means: not where a person has to look first.
fn goes_on_by_itself(state: &State) -> bool {
    !matches!(state, State::OutcomeUnknown | State::SourceChanged)
}
