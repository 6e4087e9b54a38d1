//! Time: what is due by now.

use super::Decision;
use crate::{
    event::{Event, Values},
    job::{Due, InstanceState, StepIx},
    request::FailureClass,
};

impl Decision<'_> {
    pub(super) fn take_tick(&mut self) {
        self.take_up();
        // What becomes due while this goes on has its own tick; so this ends.
        let due: Vec<Due> =
            self.job.timers.iter().take_while(|(at, _)| *at <= self.now).map(|(_, due)| *due).collect();
        for due in due {
            match due {
                Due::Job => self.emit(Event::JobExpired),
                Due::Queue => {
                    let cause = "it waited too long for a place in its group".to_owned();
                    self.emit(Event::JobFailed { cause });
                }
                Due::Instance(ix, instance) => self.take_due(ix, instance),
            }
        }
    }

    fn take_due(&mut self, ix: StepIx, instance: u32) {
        let Some(state) = self.job.instance(ix, instance).map(|it| it.state.clone()) else { return };
        let at = self.job.place(ix, instance);
        let is_stopping = self.job.stopping().is_some() || self.job.state.is_final();
        match state {
            _ if is_stopping => {}
            InstanceState::Retry { .. } | InstanceState::Round { .. } => self.emit(Event::TimerFired { at }),
            InstanceState::Timer { signal: None, .. } => self.finish_wait(ix, instance),
            InstanceState::Timer { signal: Some(name), .. } => {
                let why = format!("the signal `{name}` did not come in time");
                self.end_badly(ix, &at, FailureClass::Signal, why, Values::default(), None);
            }
            InstanceState::Approval(_) => {
                self.emit(Event::ApprovalRefused { at, by: None, comment: None });
                self.fail(ix, instance, FailureClass::Approval, "nobody agreed in time");
            }
            InstanceState::Child { .. } => self.emit(Event::ChildExpired { at }),
            InstanceState::Running(_)
            | InstanceState::Open
            | InstanceState::Slot(_)
            | InstanceState::Cache(_)
            | InstanceState::Unknown { .. }
            | InstanceState::Succeeded
            | InstanceState::Failed { .. }
            | InstanceState::Skipped
            | InstanceState::Blocked
            | InstanceState::Cancelled => {}
        }
    }
}
