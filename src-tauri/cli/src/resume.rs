//! `carryon resume`: carries on with what was interrupted.

use carryon_engine::{Engine, Error, ErrorKind, Listed, Outcomes, State, UploadId};
use clap::Args;
use serde_json::json;

use crate::{
    exit::End,
    follow::Follow,
    open::{self, DataDir, Sending},
    report::Report,
    select,
};

/// Carry on with interrupted uploads.
#[derive(Args)]
pub struct Resume {
    /// Which ones; the beginning of an id is enough.
    #[arg(value_name = "ID", conflicts_with = "all")]
    ids: Vec<String>,
    /// All that can be resumed.
    #[arg(long)]
    all: bool,
    /// Begin anew, with the files as they are now.
    #[arg(long)]
    start_over: bool,
    #[command(flatten)]
    data_dir: DataDir,
    #[command(flatten)]
    sending: Sending,
}

impl Resume {
    /// Runs the command.
    pub async fn run(self) -> Result<End, Error> {
        if self.ids.is_empty() && !self.all {
            let error = Error::new(ErrorKind::Invalid, "It is not said which uploads are to be resumed");
            return Err(error.next_step("Name them, or say --all; “carryon list” shows them."));
        }
        let engine = open::engine(self.sending.apply(self.data_dir.options()?)).await?;
        let events = engine.subscribe();
        let listed = engine.resumable().await?;
        let ids = match self.all {
            true => {
                listed.iter().filter(|listed| goes_on_by_itself(&listed.upload.state)).map(|l| l.upload.id).collect()
            }
            false => select::uploads(&listed, &self.ids)?,
        };
        let credentials = self.sending.credentials()?;
        let chosen = listed.iter().filter(|listed| ids.contains(&listed.upload.id));
        chosen.for_each(|listed| engine.set_credentials(listed.upload.destination, credentials.clone()));
        let outcomes = self.begin(&engine, &ids).await;
        let mut report = Report::new(self.sending.json);
        outcomes.problems.iter().for_each(|(id, error)| tell(&mut report, &listed, *id, error));
        if self.all && ids.is_empty() {
            report.say("Nothing is to be resumed.", &json!({ "event": "nothing" }));
        }
        let advice = Some(format!("carryon resume --all{}", self.data_dir.flag()));
        let patience = self.sending.patience();
        let follow = Follow { engine, events, report: &mut report, patience, advice };
        follow.until_the_end(outcomes.done, !outcomes.problems.is_empty()).await
    }

    async fn begin(&self, engine: &Engine, ids: &[UploadId]) -> Outcomes {
        match self.start_over {
            true => engine.start_over(ids).await,
            false => engine.resume(ids).await,
        }
    }
}

/// What “all” means: not where a person has to look first.
fn goes_on_by_itself(state: &State) -> bool {
    !matches!(state, State::OutcomeUnknown | State::SourceChanged)
}

fn tell(report: &mut Report, listed: &[Listed], id: UploadId, error: &Error) {
    let name = listed.iter().find(|listed| listed.upload.id == id).map(|listed| listed.upload.name.as_str());
    let name = name.unwrap_or_default();
    let next_step = match error.kind() {
        ErrorKind::SourceChanged => format!("carryon resume {id} --start-over"),
        _ => error.advice(),
    };
    let text = format!("failed: {name}: {error}. {next_step}");
    let object = json!({
        "event": "failed", "id": id, "name": name, "kind": error.kind().code(), "message": error.to_string(),
        "next_step": next_step,
    });
    report.say(&text, &object);
}
