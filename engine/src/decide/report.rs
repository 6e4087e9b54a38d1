//! Reports: what came of attempts, and of the jobs of calls.

use super::Decision;
use crate::{
    command::ChildEnd,
    event::{At, Event, StepSucceeded, Values},
    id::Name,
    job::{Instance, InstanceState, Running, StepIx},
    judge::{self, Judged},
    rejection::Rejection,
    request::{Done, FailureClass, LogSeal, Outcome, Stopped},
    retry,
    value::Value,
};
use std::{collections::BTreeMap, sync::Arc};

impl Decision<'_> {
    pub(super) fn take_outcome(&mut self, at: &At, attempt: u32, outcome: &Outcome) -> Result<(), Rejection> {
        if self.is_being_undone(at) {
            return self.take_undo_outcome(at, attempt, outcome);
        }
        let (ix, running) = self.present(at, attempt)?;
        match outcome {
            Outcome::Done(done) => self.judge(ix, at, done),
            Outcome::Failed { class, message, done } => {
                let shown = done.as_ref().map(|done| shown(done)).unwrap_or_default();
                let log = done.as_ref().and_then(|done| done.log);
                self.end_badly(ix, at, class.clone(), message.clone(), shown, log);
            }
            Outcome::Unknown { why } => self.lost(ix, at, &running, why),
            // Its time was up, and so it was stopped.
            Outcome::Cancelled(Stopped::Confirmed)
                if self.job.stopping().is_none()
                    && self.evicted(ix, at).is_none()
                    && running.deadline.is_some_and(|deadline| deadline <= self.now) =>
            {
                let message = "it took too long and was stopped".to_owned();
                self.end_badly(ix, at, FailureClass::Timeout, message, Values::default(), None);
            }
            Outcome::Cancelled(_) if self.job.stopping().is_none() => match self.evicted(ix, at) {
                Some(why) => self.fail(ix, at.instance, FailureClass::Busy, why),
                // Nobody asked for it: whoever performs it went away.
                None => self.lost(ix, at, &running, "it was stopped, and nobody here asked for it"),
            },
            Outcome::Cancelled(stopped) => {
                self.emit(Event::StepCancelled { at: at.clone(), stopped: Some(stopped.clone()) });
            }
        }
        Ok(())
    }

    pub(super) fn take_lost(&mut self, at: &At, attempt: u32, why: &str) -> Result<(), Rejection> {
        if self.is_being_undone(at) {
            return self.take_undo_outcome(at, attempt, &Outcome::Unknown { why: why.to_owned() });
        }
        let (ix, running) = self.present(at, attempt)?;
        self.lost(ix, at, &running, why);
        Ok(())
    }

    /// Finds the attempt that a report is about; any but the present one is refused.
    fn present(&self, at: &At, attempt: u32) -> Result<(StepIx, Running), Rejection> {
        let (ix, instance) = self.find(at)?;
        match &instance.state {
            InstanceState::Running(running) if instance.attempt == attempt => {
                Ok((ix, running.as_ref().clone()))
            }
            _ => Err(Rejection::Fenced { reported: attempt, present: instance.attempt }),
        }
    }

    pub(super) fn judge(&mut self, ix: StepIx, at: &At, done: &Done) {
        if let Some((class, message)) = judge::failure_of(done) {
            return self.end_badly(ix, at, class, message, shown(done), done.log);
        }
        match judge::judge(self.job, ix, at.instance, done) {
            Ok(judged) => {
                let exit_code = match done.result.get("exit_code") {
                    Some(Value::Int(code)) => Some(*code),
                    _ => None,
                };
                self.end_well(ix, at, done, judged, exit_code);
            }
            Err((class, message)) => self.end_badly(ix, at, class, message, shown(done), done.log),
        }
    }

    /// Ends an attempt of which a person says that it took effect. It is not tried again, whatever is missing, and what
    /// it gave, which nobody saw, serves no other job.
    pub(super) fn settle(&mut self, ix: StepIx, at: &At, done: &Done) {
        match judge::judge(self.job, ix, at.instance, done) {
            Ok(judged) => self.end_well(ix, at, done, Judged { cache_key: None, ..judged }, None),
            Err((class, why)) => {
                let why = format!("a person says that it took effect, but what it gave is not known: {why}");
                self.fail(ix, at.instance, class, why);
            }
        }
    }

    /// Ends an attempt, or the round that it was.
    fn end_well(&mut self, ix: StepIx, at: &At, done: &Done, judged: Judged, exit_code: Option<i64>) {
        if let Some((until, every, max)) = judged.goes_on {
            return self.next_round(ix, at, done, &until, every, max);
        }
        self.emit(Event::StepSucceeded(StepSucceeded {
            at: at.clone(),
            outputs: Arc::new(judged.outputs),
            invented: judged.invented,
            artifacts: Arc::new(judged.artifacts),
            exit_code,
            log: done.log,
            cache_key: judged.cache_key,
        }));
    }

    fn next_round(&mut self, ix: StepIx, at: &At, done: &Done, until: &str, every: i64, max: u32) {
        let round = self.job.instance(ix, at.instance).map_or(0, |it| it.round) + 1;
        if round >= max {
            let message = format!("after {max} rounds `{until}` does not hold yet");
            let (at, class, result, log) = (at.clone(), FailureClass::Rounds, shown(done), done.log);
            return self.emit(Event::StepFailed { at, class, message, result, log, retry_at: None });
        }
        if self.job.stopping().is_some() || self.is_given_up(ix) {
            let stopped = Some(Stopped::Confirmed);
            return self.emit(Event::StepCancelled { at: at.clone(), stopped });
        }
        if let Some(why) = self.evicted(ix, at) {
            return self.fail(ix, at.instance, FailureClass::Busy, why);
        }
        let next_at = self.now.saturating_add(every.max(0));
        self.emit(Event::RoundFinished { at: at.clone(), round, next_at });
    }

    /// Ends an attempt badly, and has it tried again if the step says so.
    pub(super) fn end_badly(
        &mut self,
        ix: StepIx,
        at: &At,
        class: FailureClass,
        message: String,
        result: Values,
        log: Option<LogSeal>,
    ) {
        // Whatever it ended with, it has no place any more to be tried again in.
        let (class, message) = match self.evicted(ix, at) {
            Some(why) if self.job.stopping().is_none() => (FailureClass::Busy, why),
            Some(_) | None => (class, message),
        };
        let retry_at = match self.retry_at(ix, at, &class) {
            Ok(retry_at) => retry_at,
            Err(why) => {
                let message = format!("{message}; and `retry` has no value: {why}");
                return self.emit(Event::StepFailed {
                    at: at.clone(),
                    class,
                    message,
                    result,
                    log,
                    retry_at: None,
                });
            }
        };
        self.emit(Event::StepFailed { at: at.clone(), class, message, result, log, retry_at });
    }

    fn retry_at(&self, ix: StepIx, at: &At, class: &FailureClass) -> Result<Option<i64>, String> {
        if self.job.stopping().is_some() || self.is_given_up(ix) {
            return Ok(None);
        }
        let shape = &self.job.shape;
        let Some(retry) = shape.step(ix).and_then(|step| step.retry.as_ref()) else { return Ok(None) };
        let Some(instance) = self.job.instance(ix, at.instance) else { return Ok(None) };
        let seed = self.job.created.as_ref().map_or(0, |created| created.seed);
        let key = self.job.key(ix, at.instance, instance.attempt);
        let rule = retry::Rule::of(retry, &self.scope(ix, at.instance))?;
        Ok(rule
            .delay(class, instance.tries.saturating_sub(instance.spared), seed, &key)
            .map(|delay| self.now.saturating_add(delay)))
    }

    /// Returns why an instance has lost its place, if it has.
    pub(super) fn evicted(&self, ix: StepIx, at: &At) -> Option<String> {
        self.job.instance(ix, at.instance)?.evicted.as_ref().map(ToString::to_string)
    }

    pub(super) fn take_child(&mut self, at: &At, attempt: u32, end: &ChildEnd) -> Result<(), Rejection> {
        let (ix, instance) = self.find(at)?;
        let Instance { state: InstanceState::Child { job, is_expired, .. }, attempt: present, .. } = instance
        else {
            return Err(Rejection::Fenced { reported: attempt, present: instance.attempt });
        };
        if *present != attempt {
            return Err(Rejection::Fenced { reported: attempt, present: *present });
        }
        let too_long =
            is_expired.then(|| format!("job {job}, which it called, took too long and was stopped"));
        let (class, message) = match (end, too_long) {
            (ChildEnd::Succeeded(outputs), _) => {
                self.judge_call(ix, at, outputs);
                return Ok(());
            }
            (ChildEnd::Cancelled, _) if self.job.stopping().is_some() => {
                let stopped = Some(Stopped::Confirmed);
                self.emit(Event::StepCancelled { at: at.clone(), stopped });
                return Ok(());
            }
            (ChildEnd::Failed(_) | ChildEnd::Cancelled, Some(message)) => (FailureClass::Timeout, message),
            (ChildEnd::Cancelled, None) => (FailureClass::Call, "the job it called was cancelled".to_owned()),
            (ChildEnd::Failed(cause), None) => (FailureClass::Call, cause.clone()),
        };
        self.end_badly(ix, at, class, message, Values::default(), None);
        Ok(())
    }

    pub(super) fn judge_call(&mut self, ix: StepIx, at: &At, outputs: &BTreeMap<Name, Value>) {
        let done = Done { outputs: outputs.clone(), ..Done::default() };
        self.judge(ix, at, &done);
    }

    pub(super) fn finish_wait(&mut self, ix: StepIx, instance: u32) {
        let at = self.job.place(ix, instance);
        self.judge(ix, &at, &Done::default());
    }

    /// Ends a wait for a signal that came.
    pub(super) fn finish_signal(&mut self, ix: StepIx, instance: u32, body: &crate::value::Value) {
        let at = self.job.place(ix, instance);
        let done = Done { result: BTreeMap::from([("body".into(), body.clone())]), ..Done::default() };
        self.judge(ix, &at, &done);
    }
}

/// How much of what a program printed an event of its failure keeps, in bytes.
const TAIL: usize = 4096;

/// Returns what a reader of a failure wants to see: how it ended, and the end of what it printed.
fn shown(done: &Done) -> Values {
    let fields = ["stdout", "stderr", "exit_code", "status", "body"];
    let kept = fields.iter().filter_map(|field| {
        let value = match done.result.get(*field)? {
            Value::Text(text) => Value::text(tail(text)),
            other => other.clone(),
        };
        Some((Arc::from(*field), value))
    });
    Arc::new(kept.collect())
}

fn tail(text: &str) -> &str {
    let mut from = text.len().saturating_sub(TAIL);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or(text)
}
