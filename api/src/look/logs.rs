//! What the attempts of a job printed: as far as it has come, or on and on until the job is over.

use super::Look;
use crate::{console::Console, failure::Failure, run::told::label, visible::clean};
use engine::{
    event::{At, Event},
    id::{AttemptKey, JobId},
    job::Job,
    port::LogError,
    request::LogSeal,
};
use std::time::Duration;
use store::postgres::{
    PgLogs,
    bell::{Bells, Ear},
    logs::Piece,
};
use tokio::time::{Instant, sleep};

/// How many chunks are read at once.
const CHUNKS: usize = 1_000;
/// How often it is looked without being woken.
const POLL: Duration = Duration::from_millis(250);
/// How long what was printed last may take to arrive behind the event that tells of the end.
const LATE: Duration = Duration::from_secs(2);

/// Which attempts are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The job, as far as it was typed.
    pub job: String,
    /// The step; all if none is named.
    pub step: Option<String>,
    /// The instance, by its key or its position; all if none is named.
    pub instance: Option<String>,
}

impl Wanted {
    /// Reads `JOB[/STEP[/INSTANCE]]`.
    #[must_use]
    pub fn read(word: &str) -> Self {
        let mut parts = word.splitn(3, '/').map(str::to_owned);
        let job = parts.next().unwrap_or_default();
        Self { job, step: parts.next(), instance: parts.next() }
    }

    fn means(&self, job: &Job, at: &At) -> bool {
        let is_instance = |wanted: &String| {
            let items = job.step(&at.step).and_then(|step| step.fan_out.as_ref());
            let key = items.zip(usize::try_from(at.instance).ok()).map(|(items, ix)| items.name(ix));
            *wanted == at.instance.to_string() || key.as_deref() == Some(wanted.as_str())
        };
        self.step.as_ref().is_none_or(|step| **step == *at.step)
            && self.instance.as_ref().is_none_or(is_instance)
    }
}

/// An attempt, and how much of what it printed was read.
struct Source {
    key: AttemptKey,
    /// What stands before each line; nothing if only one step is looked at.
    label: String,
    after: u32,
    bytes: u64,
    seal: Option<LogSeal>,
    /// The beginning of a line that is not over.
    rest: Vec<u8>,
}

impl Source {
    fn is_whole(&self) -> bool {
        self.seal.is_some_and(|seal| self.bytes >= seal.bytes)
    }

    /// Takes what was printed, and returns the lines that are over.
    fn take(&mut self, piece: Piece) -> String {
        match piece {
            Piece::Printed(_, bytes) => {
                self.bytes += u64::try_from(bytes.len()).unwrap_or_default();
                self.rest.extend(bytes);
                let Some(end) = self.rest.iter().rposition(|byte| *byte == b'\n') else {
                    return String::new();
                };
                let lines: Vec<u8> = self.rest.drain(..=end).collect();
                self.lines(&lines)
            }
            Piece::Missing(bytes) => {
                self.bytes += bytes;
                let mut lines = self.flush();
                lines += &self.lines(format!("[{bytes} bytes are missing here]\n").as_bytes());
                lines
            }
        }
    }

    fn lines(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        text.lines().map(|line| format!("{}{}\n", self.label, clean(line))).collect()
    }

    /// Returns the line that has no end.
    fn flush(&mut self) -> String {
        let rest = std::mem::take(&mut self.rest);
        if rest.is_empty() { String::new() } else { self.lines(&rest) }
    }
}

/// Shows what the attempts that are meant printed, in the order in which they began; with `follow`, until the job is over.
///
/// # Errors
/// If the log cannot be read, or there is no such step.
pub async fn show(
    look: &Look,
    id: &JobId,
    wanted: &Wanted,
    follow: bool,
    console: &Console,
) -> Result<(), Failure> {
    let (shape, _) = look.history(id).await?;
    if let Some(step) = wanted.step.as_ref().filter(|step| shape.find(step).is_none()) {
        let names: Vec<_> =
            (0..shape.len()).filter_map(|ix| shape.step(ix)).map(|step| step.name.to_string()).collect();
        return Err(Failure::new(
            format!("the job has no step `{step}`"),
            format!("it has {}", crate::nearby::list(&names)),
        ));
    }
    let logs = PgLogs::new(look.database().clone());
    let ear = Ear::new(look.database()).await?;
    let mut bells = ear.on(Bells::FEED);
    let mut job = Job::new(shape);
    let mut sources: Vec<Source> = Vec::new();
    let mut over_since = None;
    loop {
        for event in look.events(id, job.seq).await? {
            job.evolve(&event).map_err(|corrupt| LogError::Corrupt(corrupt.to_string()))?;
            note(&job, &event.event, wanted, &mut sources);
        }
        for source in &mut sources {
            read(&logs, source, console).await?;
        }
        if job.is_over() && over_since.is_none() {
            over_since = Some(Instant::now());
        }
        let is_late = over_since.is_some_and(|since| since.elapsed() > LATE);
        let is_whole = sources.iter().all(|source| source.seal.is_none() || source.is_whole());
        if !follow || is_late || (over_since.is_some() && is_whole) {
            break;
        }
        tokio::select! {
            _ = bells.changed() => {}
            () = sleep(POLL) => {}
        }
    }
    for source in &mut sources {
        console.print(&source.flush())?;
    }
    Ok(())
}

/// Notes which attempts there are, and how much each of them printed.
fn note(job: &Job, event: &Event, wanted: &Wanted, sources: &mut Vec<Source>) {
    let mut begin = |at: &At, attempt: u32| {
        if wanted.means(job, at) {
            let label = match wanted.step {
                Some(_) if wanted.instance.is_some() || !has_instances(job, at) => String::new(),
                _ => format!("{} | ", clean(&label(job, at))),
            };
            let At { step, instance } = at.clone();
            let key = AttemptKey { job: job.id(), step, instance, attempt };
            sources.push(Source { key, label, after: 0, bytes: 0, seal: None, rest: Vec::new() });
        }
    };
    if let Event::StepStarted(started) = event {
        begin(&started.at, started.attempt);
    } else if let Event::UndoStepStarted { at, attempt } = event {
        begin(at, *attempt);
    } else if let Event::StepSucceeded(done) = event {
        seal(sources, &done.at, done.log);
    } else if let Event::StepFailed { at, log, .. } = event {
        seal(sources, at, *log);
    }
}

fn has_instances(job: &Job, at: &At) -> bool {
    job.step(&at.step).is_some_and(|step| step.fan_out.is_some())
}

fn seal(sources: &mut [Source], at: &At, seal: Option<LogSeal>) {
    let mut of = sources.iter_mut().rev();
    if let Some(last) = of.find(|it| it.key.step == at.step && it.key.instance == at.instance) {
        last.seal = seal;
    }
}

async fn read(logs: &PgLogs, source: &mut Source, console: &Console) -> Result<(), Failure> {
    if source.is_whole() {
        return Ok(());
    }
    loop {
        let chunks = logs.read(&source.key, source.after, CHUNKS).await?;
        let is_last = chunks.len() < CHUNKS;
        for chunk in chunks {
            source.after = chunk.no;
            let text = source.take(chunk.piece);
            console.print(&text)?;
        }
        if is_last {
            break;
        }
    }
    // Nothing comes any more that could end the line.
    if source.is_whole() { console.print(&source.flush()) } else { Ok(()) }
}
