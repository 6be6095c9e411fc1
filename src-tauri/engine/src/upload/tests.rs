//! The table of states: what is possible, and that no walk ever leaves it.

use proptest::prelude::*;

use super::*;

fn all_states() -> Vec<State> {
    let failure = Failure { code: "rejected".into(), message: String::new(), next_step: String::new() };
    vec![
        State::Queued,
        State::Preparing,
        State::Uploading,
        State::Waiting { reason: WaitReason::Offline, until: None },
        State::Paused,
        State::Finishing,
        State::Done,
        State::Failed(failure),
        State::Interrupted { reason: Interruption::Crash },
        State::SourceMissing,
        State::SourceChanged,
        State::OutcomeUnknown,
        State::NeedsSignIn,
        State::Expired,
    ]
}

fn all_steps() -> Vec<Step> {
    let failure = Failure { code: "rejected".into(), message: String::new(), next_step: String::new() };
    vec![
        Step::Start,
        Step::Send,
        Step::Wait { reason: WaitReason::Backoff, until: Some(1) },
        Step::Pause,
        Step::Requeue,
        Step::StartOver,
        Step::Finish,
        Step::Complete,
        Step::Fail(failure),
        Step::Interrupt(Interruption::Closed),
        Step::LoseSource,
        Step::ChangeSource,
        Step::LoseOutcome,
        Step::AskSignIn,
        Step::Expire,
    ]
}

#[test]
fn nothing_leaves_done() {
    for step in all_steps() {
        assert!(State::Done.next(step.clone()).is_err(), "done is the end, yet {step:?} left it");
    }
}

#[test]
fn only_what_was_asked_to_finish_or_looked_at_can_be_done() {
    for state in all_states() {
        let may = matches!(
            state,
            State::Preparing | State::Uploading | State::Waiting { .. } | State::Finishing | State::OutcomeUnknown
        );
        assert_eq!(state.next(Step::Complete).is_ok(), may, "complete from {}", state.name());
    }
}

#[test]
fn every_resting_upload_can_be_queued_again_and_every_queued_one_started() {
    for state in all_states().into_iter().filter(State::is_resting) {
        let queued = state.next(Step::Requeue).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(queued.next(Step::Start).ok(), Some(State::Preparing));
    }
}

#[test]
fn a_finish_that_was_not_carried_out_goes_back_to_sending() {
    assert_eq!(State::Finishing.next(Step::Send).ok(), Some(State::Uploading));
}

#[test]
fn an_impossible_step_is_refused_with_both_names() {
    let error = State::Paused.next(Step::Finish).expect_err("paused uploads do not finish");
    assert!(error.message().contains("paused") && error.message().contains("Finish"), "{error}");
}

#[test]
fn a_state_survives_its_record() {
    for state in all_states() {
        let text = serde_json::to_string(&state).expect("states are plain data");
        assert!(text.contains(state.name()), "{text} does not bear its name");
        assert_eq!(serde_json::from_str::<State>(&text).expect("reads back"), state);
    }
}

/// The states that can be reached from `from`, itself among them.
fn reachable(from: &State) -> Vec<State> {
    let mut known = vec![from.clone()];
    let mut at = 0;
    while let Some(state) = known.get(at).cloned() {
        for next in all_steps().into_iter().filter_map(|step| state.next(step).ok()) {
            if !known.contains(&next) {
                known.push(next);
            }
        }
        at += 1;
    }
    known
}

#[test]
fn from_every_unfinished_state_a_way_leads_to_done() {
    for state in all_states() {
        assert!(reachable(&state).contains(&State::Done), "no way leads from {} to done", state.name());
    }
}

#[test]
fn every_state_can_be_reached_from_the_queue() {
    let names: Vec<_> = reachable(&State::Queued).iter().map(State::name).collect();
    for state in all_states() {
        assert!(names.contains(&state.name()), "{} is never reached", state.name());
    }
}

proptest! {
    #[test]
    fn no_walk_leaves_the_table(steps in prop::collection::vec(prop::sample::select(all_steps()), 0..60)) {
        let mut state = State::Queued;
        for step in steps {
            let before = state.clone();
            match state.next(step.clone()) {
                Ok(next) => state = next,
                Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Invalid),
            }
            prop_assert!(before != State::Done || state == State::Done, "{:?} left done", step);
            let moves = matches!(state.name(), "preparing" | "uploading" | "waiting" | "finishing");
            let queued_or_done = matches!(state, State::Queued | State::Done);
            let kinds = [moves, queued_or_done, state.is_resting()];
            prop_assert_eq!(kinds.into_iter().filter(|is| *is).count(), 1, "{} is one of the three", state.name());
            prop_assert_eq!(state.is_unfinished(), state != State::Done);
            prop_assert_eq!(state.next(Step::Interrupt(Interruption::Crash)).is_ok(), moves || state == State::Queued);
            let text = serde_json::to_string(&state).expect("states are plain data");
            prop_assert_eq!(serde_json::from_str::<State>(&text).expect("reads back"), state.clone());
        }
    }
}
