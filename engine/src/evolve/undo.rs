//! Taking back what a job did: each event fits only the instance whose turn it is.

use crate::{
    event::{At, Event},
    job::{Job, Turn, Undo},
};

impl Job {
    /// Takes the beginning of an undo, or of one more try at what is left of it.
    pub(super) fn start_undo(&mut self, order: &[At]) -> Result<(), String> {
        match &mut self.undo {
            None => self.undo = Some(Undo::new(order.to_vec())),
            Some(undo) if undo.rest() == order && !order.is_empty() => {
                (undo.failed, undo.is_killed, undo.is_finished) = (None, false, false);
            }
            Some(_) => return Err("this is not what is left to take back".to_owned()),
        }
        self.timers.clear();
        Ok(())
    }

    /// Takes an event about what is being taken back.
    pub(super) fn undoing(&mut self, event: &Event) -> Result<(), String> {
        let other = || "this is not what is being taken back".to_owned();
        let undo = self.undo.as_mut().filter(|undo| !undo.is_finished).ok_or_else(other)?;
        let is_present = |at: &At| undo.order.get(undo.done) == Some(at);
        let was_begun = undo.turn != Turn::Idle;
        match event {
            Event::UndoStepStarted { at, attempt } if is_present(at) && !was_begun => {
                (undo.turn, undo.attempt) = (Turn::Running, *attempt);
            }
            Event::UndoStepSucceeded { at } if is_present(at) && was_begun => {
                (undo.turn, undo.attempt, undo.lost) = (Turn::Idle, 0, 0);
                undo.done += 1;
            }
            Event::UndoStepFailed { at, message } if is_present(at) && was_begun => {
                (undo.turn, undo.lost, undo.failed) = (Turn::Idle, 0, Some(message.clone()));
            }
            Event::UndoStepLost { at, .. } if is_present(at) && was_begun => {
                // Of what a person has tried again they know that it took no effect.
                undo.lost = if undo.turn == Turn::Running { undo.lost + 1 } else { 0 };
                undo.turn = Turn::Idle;
            }
            Event::UndoStepUnknown { at, why } if is_present(at) && undo.turn == Turn::Running => {
                undo.turn = Turn::Unknown { why: why.as_str().into() };
            }
            Event::UndoFinished if undo.turn != Turn::Running => undo.is_finished = true,
            _ => return Err(other()),
        }
        Ok(())
    }
}
