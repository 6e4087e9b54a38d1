//! Events in words, for people: one line each, and more where something failed.

use engine::{
    event::{At, Event, Recorded, Values},
    id::Name,
    job::Job,
    request::{Request, Resolved, Stopped},
    resolve,
    value::Value,
    wait,
};

/// What is told of an event: whose line it is, the line, and lines below it.
pub(crate) struct Told {
    pub(crate) of: String,
    pub(crate) line: String,
    pub(crate) below: Vec<String>,
}

/// Says what happened; none if people need not hear of it. `job` is as the events left it.
pub(crate) fn told(job: &Job, recorded: &Recorded) -> Option<Told> {
    let about = |at: &At, line: String| Some(Told { of: label(job, at), line, below: Vec::new() });
    let step = |step: &Name, line: String| Some(Told { of: step.to_string(), line, below: Vec::new() });
    let whole = |line: String| Some(Told { of: String::new(), line, below: Vec::new() });
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
        Event::JobSucceeded { .. } => whole("succeeded".to_owned()),
        Event::JobFailed { cause } => whole(format!("failed: {cause}")),
        Event::JobCancelled => whole(format!("cancelled{}", doubts(job))),
        Event::JobTimedOut => whole(format!("timed out{}", doubts(job))),
        Event::FanOutExpanded { step: name, over, .. } => {
            let count = match over {
                Value::List(items) => items.len(),
                Value::Map(entries) => entries.len(),
                _ => 0,
            };
            step(name, format!("has {count} instances"))
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
        Event::StepFailed { at, message, result, retry_at: None, .. } => Some(Told {
            of: label(job, at),
            line: format!("failed: {message}"),
            below: below(job, at, result),
        }),
        Event::StepOutcomeUnknown { at, why } => about(at, format!("nobody knows what came of it: {why}")),
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
        Event::ApprovalRequested(asked) => about(&asked.at, waits(job, &asked.at)?),
        Event::ChildStarted { at, job: child, .. } => about(at, format!("started job {child}")),
        Event::SlotLost { at, .. } => about(at, "loses its place to another and is stopped".to_owned()),
        Event::ChildExpired { at } => about(at, "takes too long: its job is stopped".to_owned()),
        Event::UndoStarted { order } => whole(format!("takes back {} steps", order.len())),
        Event::UndoStepSucceeded { at } => about(at, "taken back".to_owned()),
        Event::UndoStepFailed { at, message } => {
            about(at, format!("could not be taken back, and the rest is left as it is: {message}"))
        }
        Event::UndoStepLost { at, why } => about(at, format!("lost while taken back, tried again: {why}")),
        Event::UndoStepUnknown { at, why } => {
            about(at, format!("nobody knows whether it was taken back: {why}"))
        }
        Event::UndoFinished => whole("has taken back what it could".to_owned()),
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
fn below(job: &Job, at: &At, result: &Values) -> Vec<String> {
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
            let lines: Vec<&str> = text.lines().collect();
            let last = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default();
            below.push(format!("{title}:"));
            below.extend(last.iter().map(|line| format!("  | {line}")));
        }
    }
    if job.state.is_final() || request.is_some() {
        below.push(format!("next: mend `{}` and run again; `skynet plan` shows what would run", at.step));
    }
    below
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
