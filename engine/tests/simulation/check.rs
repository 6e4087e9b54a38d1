//! What must hold after every event, and after every decision.

use engine::{
    event::{At, Event, Recorded},
    job::{Instance, InstanceState, Job, JobState, Status, Stopping},
    plan::EdgeKind,
    react::{Owed, owed},
    wait::{Wait, waits},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Check {
    /// Every attempt that was ever begun, and the one that is performed now.
    begun: BTreeSet<(At, u32)>,
    performed: BTreeMap<At, u32>,
    /// Those of which a person must say what came of them.
    unknown: BTreeSet<At>,
    /// What was taken back, of what is, and the attempt that does.
    undone: Vec<At>,
    undo_order: Vec<At>,
    undoing: Option<u32>,
}

impl Check {
    pub(super) fn event(&mut self, before: &JobState, job: &Job, recorded: &Recorded) {
        let event = &recorded.event;
        if before.is_final() {
            let may_follow = matches!(
                event,
                Event::JobRetried { .. }
                    | Event::JobCancelRequested { kill: true }
                    | Event::UndoStarted { .. }
                    | Event::UndoStepStarted { .. }
                    | Event::UndoStepSucceeded { .. }
                    | Event::UndoStepFailed { .. }
                    | Event::UndoStepLost { .. }
                    | Event::UndoStepUnknown { .. }
                    | Event::UndoFinished
            );
            assert!(may_follow, "{event:?} after the end");
            assert!(
                matches!(event, Event::JobRetried { .. }) || job.state == *before,
                "the end is not the end"
            );
        }
        Self::gives_up(job, event);
        match event {
            Event::StepStarted(started) => self.begin(&started.at, started.attempt),
            Event::ChildStarted { at, attempt, .. } => self.begin(at, *attempt),
            Event::StepSucceeded(done) => {
                self.performed.remove(&done.at);
                self.unknown.remove(&done.at);
            }
            Event::JobCancelled | Event::JobTimedOut => {
                assert!(self.unknown.is_empty(), "the end hides what nobody knows: {:?}", self.unknown);
            }
            Event::StepFailed { at, .. }
            | Event::StepLost { at, .. }
            | Event::StepOutcomeUnknown { at, .. }
            | Event::RoundFinished { at, .. }
            | Event::StepCancelled { at, .. } => {
                self.performed.remove(at);
                if matches!(event, Event::StepOutcomeUnknown { .. }) {
                    self.unknown.insert(at.clone());
                } else {
                    self.unknown.remove(at);
                }
            }
            Event::StepSkipped { at, .. } => {
                self.unknown.remove(at);
            }
            Event::UndoStarted { order } if !self.undo_order.is_empty() => {
                let rest = &self.undo_order[self.undone.len()..];
                assert_eq!(order, rest, "only what is left is tried again");
            }
            Event::UndoStarted { order } => {
                let unique: BTreeSet<_> = order.iter().collect();
                assert_eq!(unique.len(), order.len(), "an instance is taken back once");
                let place = |at: &At| {
                    let ix = job.shape.find(&at.step).unwrap();
                    (job.shape.order.iter().position(|&it| it == ix), at.instance)
                };
                assert!(order.iter().rev().map(place).is_sorted(), "the last is taken back first: {order:?}");
                self.undo_order.clone_from(order);
            }
            Event::UndoStepStarted { at, attempt } => {
                assert!(!job.undo.as_ref().unwrap().is_killed, "a killed job takes nothing back any more");
                assert_eq!(self.undo_order.get(self.undone.len()), Some(at), "undo goes in its order");
                assert!(self.undoing.is_none(), "two attempts take something back at once");
                assert!(self.begun.insert((at.clone(), *attempt)), "{at:?} {attempt} is begun twice");
                self.undoing = Some(*attempt);
            }
            Event::UndoStepSucceeded { at } => {
                assert_eq!(self.undo_order.get(self.undone.len()), Some(at), "undo goes in its order");
                self.undone.push(at.clone());
                self.undoing = None;
            }
            Event::UndoStepFailed { .. } | Event::UndoStepLost { .. } | Event::UndoStepUnknown { .. } => {
                self.undoing = None;
            }
            _ => {}
        }
    }

    /// Once a job fails that gives up at once, nothing begins any more but what tidies up.
    fn gives_up(job: &Job, event: &Event) {
        let at = match event {
            Event::StepStarted(started) => &started.at,
            Event::ChildStarted { at, .. }
            | Event::StepLost { at, .. }
            | Event::RoundFinished { at, .. }
            | Event::TimerSet { at, .. }
            | Event::SlotRequested { at, .. }
            | Event::CacheAsked { at, .. }
            | Event::StepFailed { at, retry_at: Some(_), .. } => at,
            Event::ApprovalRequested(asked) => &asked.at,
            _ => return,
        };
        let ix = job.shape.find(&at.step).unwrap();
        let tidies = job.shape.incoming(ix).iter().any(|(_, kind)| *kind == EdgeKind::After);
        assert!(tidies || !job.gives_up || !job.shape.plan.fail_fast, "a job that fails begins {event:?}");
    }

    fn begin(&mut self, at: &At, attempt: u32) {
        assert!(self.begun.insert((at.clone(), attempt)), "{at:?} {attempt} is begun twice");
        assert!(self.performed.insert(at.clone(), attempt).is_none(), "{at:?} is performed twice at once");
    }

    pub(super) fn state(&self, job: &Job) {
        self.instances(job);
        self.waiting(job);
        let wakes = owed(job).iter().find_map(|it| if let Owed::Wake(at) = it { Some(*at) } else { None });
        assert_eq!(wakes, job.next_due(), "what is due is woken for");
        if job.is_over() {
            assert_eq!(owed(job), [], "something is owed after the end");
            assert!(self.performed.is_empty(), "something is performed after the end: {:?}", self.performed);
            assert_eq!(job.next_due(), None);
        }
        if job.state.is_final() {
            let left = job.steps.iter().find(|step| !step.status.is_final());
            assert!(left.is_none(), "a step outlives its job: {left:?}");
        }
        let performed: BTreeSet<_> = job.running().map(|(ix, at)| job.place(ix, at)).collect();
        assert_eq!(performed, self.performed.keys().cloned().collect(), "all that is performed was begun");
    }

    fn instances(&self, job: &Job) {
        let most = job.created.as_ref().map_or(u32::MAX, |created| created.max_parallel);
        assert!(job.running().count() <= most as usize, "more is performed than may be");
        let asks = |it: &Instance| {
            matches!(it.state, InstanceState::Approval(_) | InstanceState::Slot(_) | InstanceState::Cache(_))
        };
        let asking = job.steps.iter().enumerate().flat_map(|(ix, step)| {
            (0..).zip(&step.instances).filter(|(_, it)| asks(it)).map(move |(at, _)| (ix, at))
        });
        assert_eq!(job.asking().collect::<Vec<_>>(), asking.collect::<Vec<_>>(), "who asks is known");
        for step in &job.steps {
            let is = |status: fn(Status) -> bool| move |it: &&Instance| status(it.state.status());
            let ended = step.instances.iter().filter(is(Status::is_final)).count();
            let open = step.instances.iter().filter(is(|it| it == Status::Pending)).count();
            let in_flight = step.instances.len() - ended - open;
            if !step.status.is_final() || !step.instances.is_empty() {
                assert_eq!(step.in_flight as usize, in_flight, "{step:#?}");
                assert_eq!(step.open.len(), open, "{step:#?}");
            }
            let all_ended = ended == step.instances.len();
            if !step.instances.is_empty() {
                assert_eq!(step.status.is_final(), all_ended, "{step:#?}");
            }
            if step.instances.iter().any(|it| it.state.status() == Status::Failed) && all_ended {
                assert_eq!(step.status, Status::Failed, "a step has failed if one instance has");
            }
            let limit = step.fan_out.as_ref().and_then(|it| it.parallel);
            assert!(limit.is_none_or(|limit| step.in_flight <= limit), "more instances than may");
            for instance in &step.instances {
                assert!(instance.lost < 3 && instance.spared <= instance.tries, "{instance:#?}");
            }
            for instance in step.instances.iter().filter(is(Status::is_final)) {
                assert!(!instance.has_slot, "a place is held by what has ended");
            }
        }
    }

    /// Whatever does not go on says why, and something will wake it.
    fn waiting(&self, job: &Job) {
        let JobState::Running { stopping } = job.state else {
            if let JobState::Queued { .. } = job.state {
                assert!(!waits(job).is_empty() && !owed(job).is_empty(), "a queued job waits for nothing");
            }
            assert!(!matches!(job.state, JobState::Planned), "a job stays planned");
            return;
        };
        if stopping.is_some() || job.undo.is_some() {
            let is_asked = waits(job).iter().any(|(_, wait)| matches!(wait, Wait::Settlement { .. }));
            assert!(is_asked || !owed(job).is_empty(), "a job that is being stopped waits for nothing");
            // All that is still waited for then is word of what is performed.
            let performed = job.running().filter_map(|(ix, at)| job.instance(ix, at));
            let performed = performed.filter(|it| matches!(it.state, InstanceState::Running(_)));
            let deadlines = performed.filter_map(|it| it.state.due());
            assert_eq!(job.next_due(), deadlines.min(), "time still counts for what is being stopped");
            assert!(stopping != Some(Stopping::Kill) || job.undo.as_ref().is_none_or(|it| it.is_killed));
            return;
        }
        let waits = waits(job);
        let is_held = waits.iter().any(|(_, wait)| matches!(wait, Wait::Paused { .. }));
        for (ix, step) in job.steps.iter().enumerate().filter(|(_, step)| !step.status.is_final()) {
            let name = job.place(ix, 0).step;
            let own: Vec<_> = waits
                .iter()
                .filter(|(at, _)| at.as_ref().is_some_and(|at| at.step == name))
                .map(|(_, wait)| wait)
                .collect();
            let is_performed = job.running().any(|(at, _)| at == ix);
            assert!(!own.is_empty() || is_performed || is_held, "`{name}` waits for no reason: {step:#?}");
            for wait in own {
                self.wakes(job, &name, wait, is_held);
            }
        }
    }

    fn wakes(&self, job: &Job, name: &str, wait: &Wait, is_held: bool) {
        let is_due = |at: i64| job.next_due().is_some_and(|due| due <= at);
        let will = match wait {
            Wait::Needs { steps } => {
                steps.iter().all(|it| job.step(it).is_some_and(|it| !it.status.is_final()))
            }
            Wait::Timer { until } | Wait::Retry { at: until, .. } | Wait::Round { at: until, .. } => {
                is_due(*until)
            }
            Wait::Approval { until, missing, .. } => *missing > 0 && until.is_none_or(is_due),
            Wait::Signal { until, .. } => until.is_none_or(is_due),
            Wait::Slot { .. } | Wait::Cache => !owed(job).is_empty(),
            Wait::Room { .. } => {
                let in_flight = job.step(name).is_some_and(|step| step.in_flight > 0);
                is_held || in_flight || job.running().next().is_some()
            }
            // Somebody outside.
            Wait::Settlement { .. } | Wait::Paused { .. } => true,
        };
        assert!(will, "nothing wakes `{name}`, which {wait}");
    }
}
