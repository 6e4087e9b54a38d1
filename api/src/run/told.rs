//! Events in words, for people: one line each, and more where something failed.

use engine::{
    event::{At, Event, Recorded, Values},
    expression::Expr,
    id::Name,
    job::{Job, JobState},
    plan::{Action, Wait},
    request::{FailureClass, Request, Resolved, Stopped},
    resolve,
    value::Value,
    wait,
};

/// What is told of an event: whose line it is, the line, and lines below it.
pub(crate) struct Told {
    pub(crate) of: String,
    pub(crate) line: String,
    pub(crate) below: Vec<String>,
    pub(crate) weight: Weight,
}

/// To whom something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Who reads along; on a terminal the tree shows it.
    Usual,
    /// Who is asked, or would be.
    Question,
    /// Everybody, in full: what went wrong.
    Grave,
    /// Everybody, at the end: how a job ended.
    Verdict,
}

impl Told {
    const fn new(of: String, line: String) -> Self {
        Self { of, line, below: Vec::new(), weight: Weight::Usual }
    }

    const fn weighing(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }
}

/// Says what happened; none if people need not hear of it. `job` is as the events left it.
pub(crate) fn told(job: &Job, recorded: &Recorded) -> Option<Told> {
    let about = |at: &At, line: String| Some(Told::new(label(job, at), line));
    let step = |step: &Name, line: String| Some(Told::new(step.to_string(), line));
    let whole = |line: String| Some(Told::new(String::new(), line));
    let grave = |at: &At, line: String| about(at, line).map(|told| told.weighing(Weight::Grave));
    match &recorded.event {
        Event::JobCreated(_)
        | Event::JobStarted { .. }
        | Event::CacheAsked { .. }
        | Event::TimerFired { .. }
        | Event::SlotTaken { .. }
        | Event::ApprovalGiven { .. }
        | Event::ApprovalRefused { .. }
        | Event::UndoStepStarted { .. } => None,
        Event::JobQueued { slot, .. } => whole(format!("waits for a place in `{}`", slot.group)),
        Event::JobPaused => whole("is held".to_owned()),
        Event::JobResumed => whole("goes on".to_owned()),
        Event::JobCancelRequested { kill } => {
            whole(if *kill { "is killed" } else { "is cancelled" }.to_owned())
        }
        Event::JobExpired => whole("its time is up: what runs is stopped".to_owned()),
        Event::JobRetried { steps } => whole(format!("tries again: {}", steps.join(", "))),
        Event::JobSucceeded { .. } | Event::JobFailed { .. } | Event::JobCancelled | Event::JobTimedOut => {
            let (verb, rest) = verdict(job)?;
            Some(Told::new(String::new(), format!("{verb}{rest}")).weighing(Weight::Verdict))
        }
        Event::FanOutExpanded { step: name, over, .. } => {
            let count = match over {
                Value::List(items) => items.len(),
                Value::Map(entries) => entries.len(),
                _ => 0,
            };
            step(name, format!("has {}", counted(count, "instance")))
        }
        Event::StepStarted(started) if started.attempt > 1 => {
            about(&started.at, format!("started, attempt {}", started.attempt))
        }
        Event::StepStarted(started) => about(&started.at, "started".to_owned()),
        Event::StepSucceeded(done) if !done.invented.is_empty() => about(
            &done.at,
            format!("succeeded, with outputs that are invented: {}", done.invented.join(", ")),
        ),
        Event::StepSucceeded(done) => about(&done.at, "succeeded".to_owned()),
        Event::StepFailed { at, message, retry_at: Some(retry_at), .. } => {
            let left = Value::Duration(retry_at.saturating_sub(recorded.at));
            about(at, format!("failed: {message}; tried again in {left}"))
        }
        Event::StepFailed { at, class, message, result, retry_at: None, .. } => Some(Told {
            of: label(job, at),
            line: format!("failed: {message}"),
            below: below(job, at, class, result),
            weight: Weight::Grave,
        }),
        Event::StepOutcomeUnknown { at, why } => grave(at, format!("nobody knows what came of it: {why}")),
        Event::StepLost { at, why } => about(at, format!("lost, tried again: {why}")),
        Event::StepSkipped { at, why, .. } => about(at, format!("skipped: {why} does not hold")),
        Event::StepBlocked { step: name, by } => step(name, format!("does not start: {by}")),
        Event::StepCancelled { at, stopped } => about(
            at,
            match stopped {
                Some(Stopped::Confirmed) => "stopped, and nothing of it runs".to_owned(),
                Some(Stopped::Unconfirmed { why }) => format!("stopped, but it may still run: {why}"),
                None => "stopped".to_owned(),
            },
        ),
        Event::StepReused { at, from, why, .. } => about(at, format!("reused from job {from}: {why}")),
        Event::CacheMissed { at, why } => about(at, format!("no earlier result serves: {why}")),
        Event::RoundFinished { at, round, .. } => about(at, format!("round {round} done")),
        Event::TimerSet { at, .. } | Event::SlotRequested { at, .. } => about(at, waits(job, at)?),
        Event::SignalReceived { name, .. } => whole(format!("got the signal `{name}`")),
        Event::ApprovalRequested(asked) => Some(Told {
            of: label(job, &asked.at),
            line: waits(job, &asked.at)?,
            below: asked.message.lines().map(|line| format!("  {line}")).collect(),
            weight: Weight::Question,
        }),
        Event::ChildStarted { at, job: child, .. } => about(at, format!("started job {child}")),
        Event::SlotLost { at, .. } => about(at, "loses its place to another and is stopped".to_owned()),
        Event::ChildExpired { at } => about(at, "takes too long: its job is stopped".to_owned()),
        Event::UndoStarted { order } => whole(format!("takes back {}", counted(order.len(), "step"))),
        Event::UndoStepSucceeded { at } => about(at, "taken back".to_owned()),
        Event::UndoStepFailed { at, message } => grave(at, format!("could not be taken back: {message}")),
        Event::UndoStepLost { at, why } => about(at, format!("lost while taken back, tried again: {why}")),
        Event::UndoStepUnknown { at, why } => {
            grave(at, format!("nobody knows whether it was taken back: {why}"))
        }
        Event::UndoFinished => {
            let rest = job.undo.as_ref().is_some_and(|undo| !undo.rest().is_empty());
            whole(if rest { "takes nothing more back" } else { "has taken all of it back" }.to_owned())
        }
    }
}

/// Returns what a place is called: `featurize[3]`, or the step's name.
pub(crate) fn label(job: &Job, at: &At) -> String {
    let items = job.step(&at.step).and_then(|step| step.fan_out.as_ref());
    match (items, usize::try_from(at.instance)) {
        (Some(items), Ok(instance)) => format!("{}[{}]", at.step, items.name(instance)),
        _ => at.step.to_string(),
    }
}

/// Says how a job ended: in a word, and what else is to be known of it.
pub(super) fn verdict(job: &Job) -> Option<(&'static str, String)> {
    let (verb, why) = match &job.state {
        JobState::Succeeded => ("succeeded", String::new()),
        JobState::Failed { cause } => ("failed", format!(": {cause}")),
        JobState::Cancelled => ("cancelled", doubts(job)),
        JobState::TimedOut => ("timed out", doubts(job)),
        JobState::Absent | JobState::Planned | JobState::Queued { .. } | JobState::Running { .. } => {
            return None;
        }
    };
    Some((verb, format!("{why}{}", taken_back(job))))
}

/// Says what has been taken back and what has not.
fn taken_back(job: &Job) -> String {
    let Some(undo) = &job.undo else { return String::new() };
    let names = |places: &[At]| places.iter().map(|at| label(job, at)).collect::<Vec<_>>().join(", ");
    let mut text = String::new();
    for (words, places) in
        [("taken back", undo.order.get(..undo.done)), ("NOT taken back", undo.order.get(undo.done..))]
    {
        if let Some(places) = places.filter(|places| !places.is_empty()) {
            text += &format!("; {words}: {}", names(places));
        }
    }
    text
}

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// Says of what nobody knows what came of it, at the end of a job that was stopped.
fn doubts(job: &Job) -> String {
    let mut doubts = Vec::new();
    for (ix, step) in job.steps.iter().enumerate() {
        for (at, _) in (0..).zip(&step.instances).filter(|(_, it)| it.doubt.is_some()) {
            doubts.push(label(job, &job.place(ix, at)));
        }
    }
    if doubts.is_empty() {
        String::new()
    } else {
        format!("; nobody knows what came of {}", doubts.join(", "))
    }
}

fn waits(job: &Job, at: &At) -> Option<String> {
    let found = wait::waits(job).into_iter().find(|(place, _)| place.as_ref() == Some(at));
    found.map(|(_, wait)| wait.to_string())
}

/// Says what a reader of a failure wants to know: what was run, how it ended, what it said last, and how to go on.
fn below(job: &Job, at: &At, class: &FailureClass, result: &Values) -> Vec<String> {
    let mut below = Vec::new();
    let request = job.shape.find(&at.step).and_then(|ix| resolve::attempt(job, ix, at.instance).ok());
    below.extend(request.as_ref().map(|request| format!("command: {}", command(request))));
    let shown = |field: &str| match result.get(field) {
        Some(Value::Text(text)) if !text.trim().is_empty() => Some(text.trim_end().to_owned()),
        _ => None,
    };
    if let Some(Value::Int(code)) = result.get("exit_code") {
        below.push(format!("exit code: {code}"));
    }
    for (field, title) in [("stdout", "it printed"), ("stderr", "it complained"), ("body", "the answer")] {
        if let Some(text) = shown(field) {
            let text = anstream::adapter::strip_str(&text).to_string();
            let lines: Vec<&str> = text.lines().collect();
            let last = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default();
            below.push(format!("{title}:"));
            below.extend(last.iter().map(|line| format!("  | {line}")));
        }
    }
    below.push(format!("next: {}", next(job, at, class)));
    below
}

/// Says how to go on after a failure of this class.
fn next(job: &Job, at: &At, class: &FailureClass) -> String {
    let step = &at.step;
    match class {
        FailureClass::Timeout => {
            format!("see what keeps `{step}` so long, or give it a longer `timeout`, and run again")
        }
        FailureClass::Exit(_) => {
            format!("mend `{step}` and run again; `skynet plan` shows what would run")
        }
        FailureClass::Http(401 | 403) => {
            format!("see that `{step}` sends credentials that may do this, and run again")
        }
        FailureClass::Http(429 | 500..) => {
            format!("run again when the server is well; `retry` lets `{step}` try several times")
        }
        FailureClass::Http(_) => format!("mend the request of `{step}` and run again"),
        FailureClass::Expect => {
            format!("see why what `{step}` gave is not what `expect` asks for, and run again")
        }
        FailureClass::Output => {
            format!("make `{step}` give what its outputs and artifacts declare, and run again")
        }
        FailureClass::Expression => format!("mend the expression in `{step}` and run again"),
        FailureClass::Provider => "mend that and run again; the file can stay as it is".to_owned(),
        FailureClass::Refused => format!("change what `{step}` does: this is not done here"),
        FailureClass::Approval => "run again once everybody who is asked agrees".to_owned(),
        FailureClass::Signal => match signal(job, at) {
            Some(name) => format!("run again and send the signal in time, or with it: --signal {name}"),
            None => "run again and send the signal in time".to_owned(),
        },
        FailureClass::Call => "see above what failed in the job that it started".to_owned(),
        FailureClass::Busy => "run again when its group has a place".to_owned(),
        FailureClass::Rounds => {
            format!(
                "see why `until` of `{step}` does not come true, or give it a larger `max`, and run again"
            )
        }
        FailureClass::Lost => format!("see what came of `{step}` before it runs again"),
    }
}

/// Returns the signal that a step waits for.
fn signal(job: &Job, at: &At) -> Option<String> {
    let step = job.shape.step(job.shape.find(&at.step)?)?;
    match &step.action {
        Action::Wait(Wait::Signal { name: Expr::Literal(Value::Text(name)), .. }) => Some(name.to_string()),
        Action::Wait(_)
        | Action::Run { .. }
        | Action::Script { .. }
        | Action::Do { .. }
        | Action::Http(_)
        | Action::Agent { .. }
        | Action::Call { .. }
        | Action::Approve(_) => None,
    }
}

fn command(request: &Request) -> String {
    let word = |word: &String| {
        let is_plain =
            !word.is_empty() && word.chars().all(|it| it.is_alphanumeric() || "-_./=:,@%+".contains(it));
        if is_plain { word.clone() } else { format!("{word:?}") }
    };
    match &request.action {
        Resolved::Run { argv } => argv.iter().map(word).collect::<Vec<_>>().join(" "),
        Resolved::Script { interpreter, arguments, .. } => {
            let program = interpreter.argv().join(" ");
            std::iter::once(format!("{program} <script>"))
                .chain(arguments.iter().map(word))
                .collect::<Vec<_>>()
                .join(" ")
        }
        Resolved::Do { action, .. } => format!("do {action}"),
        Resolved::Http { method, url, .. } => format!("{method} {url}"),
        Resolved::Agent { .. } => "a question to a model".to_owned(),
        Resolved::Mock { .. } => "nothing, it only pretended".to_owned(),
    }
}
