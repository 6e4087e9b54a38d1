//! The tree of a run: the steps of the job, each with how it stands, for how long, and why it waits; and below a call the
//! steps of the job it started.

use crate::{app::SystemClock, run::told, visible::clean};
use anstyle::{AnsiColor, Style};
use engine::{
    event::At,
    id::{JobId, Name},
    job::{InstanceState, Job, Status, StepIx, StepState, Undo},
    port::Clock as _,
    value::Value,
    wait,
};
use std::{
    cmp::Ordering,
    collections::BTreeMap,
    fmt::{self, Write as _},
    sync::Arc,
};

/// How many instances of one step are listed.
const LISTED: usize = 4;

/// The tree.
#[derive(Debug, Default)]
pub(super) struct Tree {
    jobs: BTreeMap<JobId, Shown>,
    root: Option<JobId>,
}

#[derive(Debug)]
struct Shown {
    rows: Vec<Row>,
    /// The call that the job is of.
    parent: Option<(JobId, Name)>,
}

#[derive(Debug)]
struct Row {
    name: Name,
    status: Status,
    /// When it began and ended, in milliseconds since 1970-01-01 UTC.
    began: Option<i64>,
    ended: Option<i64>,
    /// How many instances there are, and how many have ended, if it fans out.
    progress: Option<(usize, u32)>,
    notes: Vec<Note>,
}

/// What is said of a step or of an instance of it, which is named then.
#[derive(Debug)]
struct Note {
    of: Option<String>,
    says: Says,
}

#[derive(Debug)]
enum Says {
    Words(String),
    /// Why it waits; how long that may take is said as time passes.
    Wait(wait::Wait),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(of) = &self.of {
            write!(f, "{of} ")?;
        }
        match &self.says {
            Says::Words(words) => f.write_str(words),
            Says::Wait(wait) => f.write_str(&words(wait)),
        }
    }
}

impl Tree {
    pub(super) fn changed(&mut self, job: &Job) {
        let id = job.id();
        let parent = job.created.as_ref().and_then(|it| it.parent.as_ref());
        let parent = parent.map(|key| (Arc::clone(&key.job), Arc::clone(&key.step)));
        if parent.is_none() {
            self.root = Some(Arc::clone(&id));
        }
        let mut before = self.jobs.remove(&id).map(|shown| shown.rows).unwrap_or_default().into_iter();
        let waits = wait::waits(job);
        let rows = job.steps.iter().enumerate().map(|(ix, step)| {
            let At { step: name, .. } = job.place(ix, 0);
            let before = before.next();
            let is_begun = !matches!(step.status, Status::Pending | Status::Skipped | Status::Blocked);
            let began = before.as_ref().and_then(|row| row.began).or(is_begun.then_some(job.updated_at));
            let ended = before
                .as_ref()
                .and_then(|row| row.ended)
                .or(step.status.is_final().then_some(job.updated_at));
            Row {
                status: step.status,
                began,
                ended: ended.filter(|_| step.status.is_final()),
                progress: step.fan_out.as_ref().map(|items| (items.len(), step.ended.total())),
                notes: notes(job, ix, step, &waits),
                name,
            }
        });
        let rows = rows.collect();
        self.jobs.insert(id, Shown { rows, parent });
    }

    /// Draws the tree in at most so many lines.
    pub(super) fn draw(&self, most: usize) -> String {
        let mut lines = Vec::new();
        if let Some(root) = &self.root {
            self.draw_job(root, 0, &mut lines);
        }
        let left = lines.len().saturating_sub(most);
        if left > 0 {
            // What has ended well makes room first.
            let mut to_drop = left + 1;
            lines.retain(|(status, _)| {
                let goes =
                    to_drop > 0 && matches!(status, Status::Succeeded | Status::Skipped | Status::Pending);
                to_drop -= usize::from(goes);
                !goes
            });
            lines.truncate(most.saturating_sub(1));
            lines.push((Status::Pending, format!("  … {} more lines", left + 1)));
        }
        lines.into_iter().fold(String::new(), |text, (_, line)| text + &line + "\n")
    }

    fn draw_job(&self, id: &JobId, depth: usize, lines: &mut Vec<(Status, String)>) {
        let Some(shown) = self.jobs.get(id) else { return };
        for row in &shown.rows {
            let mut line =
                format!("{:indent$}{} {}", "", glyph(row.status), row.name, indent = 2 + 2 * depth);
            if let Some((all, ended)) = row.progress {
                let _ = write!(line, " {} {ended}/{all}", bar(all, ended));
            }
            if let Some(began) = row.began {
                let spent = row.ended.unwrap_or_else(now).saturating_sub(began).max(0);
                let _ = write!(line, "  {}", seconds(spent));
            }
            let mut notes = row.notes.iter();
            if let Some(note) = notes.next() {
                let _ = write!(line, "  {}", clean(&note.to_string()));
            }
            lines.push((row.status, cut(line)));
            for note in notes {
                lines.push((
                    row.status,
                    cut(format!("{:indent$}{}", "", clean(&note.to_string()), indent = 6 + 2 * depth)),
                ));
            }
            for (child, _) in self.jobs.iter().filter(|(_, it)| {
                it.parent.as_ref().is_some_and(|(job, step)| job == id && *step == row.name)
            }) {
                self.draw_job(child, depth + 1, lines);
            }
        }
    }
}

/// Says why a step waits or how it ended, and likewise of some of its instances; and how far it was taken back.
fn notes(job: &Job, ix: StepIx, step: &StepState, waits: &[(Option<At>, wait::Wait)]) -> Vec<Note> {
    let At { step: name, .. } = job.place(ix, 0);
    let of = |at: &At| step.fan_out.as_ref().map(|_| told::label(job, at));
    let own = waits.iter().filter_map(|(at, wait)| Some((at.as_ref().filter(|at| at.step == name)?, wait)));
    let mut notes: Vec<Note> =
        own.map(|(at, wait)| Note { of: of(at), says: Says::Wait(wait.clone()) }).take(LISTED).collect();
    match step.status {
        Status::Skipped | Status::Blocked => {
            notes.extend(step.why.clone().map(|why| Note { of: None, says: Says::Words(why) }));
        }
        Status::Failed if step.instances.is_empty() => {
            let why = job.failing.clone().filter(|cause| cause.contains(&format!("`{name}`")));
            notes.extend(why.map(|why| Note { of: None, says: Says::Words(why) }));
        }
        Status::Pending
        | Status::Waiting
        | Status::Running
        | Status::Succeeded
        | Status::Failed
        | Status::Cancelled => {}
    }
    let failed = (0..).zip(&step.instances).filter_map(|(at, instance)| {
        let InstanceState::Failed { message, .. } = &instance.state else { return None };
        Some((job.place(ix, at), message))
    });
    notes.extend(
        failed
            .map(|(at, message)| Note { of: of(&at), says: Says::Words(format!("failed: {message}")) })
            .take(LISTED),
    );
    let undone = job.undo.iter().flat_map(|undo| {
        (0..).zip(&undo.order).filter(|(_, at)| at.step == name).filter_map(|(turn, at)| {
            let says = Says::Words(undone(undo, turn)?);
            Some(Note { of: of(at), says })
        })
    });
    notes.extend(undone.take(LISTED));
    notes
}

/// Says how far the instance whose turn this is was taken back; none if nobody has begun with it yet.
fn undone(undo: &Undo, turn: usize) -> Option<String> {
    match (turn.cmp(&undo.done), &undo.failed) {
        (Ordering::Less, _) => Some("taken back".to_owned()),
        (Ordering::Equal, Some(why)) => Some(format!("could not be taken back: {why}")),
        (Ordering::Equal, None) if undo.running().is_some() => Some("is taken back".to_owned()),
        (Ordering::Equal | Ordering::Greater, _) => undo.is_finished.then(|| "left as it is".to_owned()),
    }
}

fn words(wait: &wait::Wait) -> String {
    let until = match wait {
        wait::Wait::Timer { until }
        | wait::Wait::Retry { at: until, .. }
        | wait::Wait::Round { at: until, .. } => Some(*until),
        wait::Wait::Approval { until, .. } | wait::Wait::Signal { until, .. } => *until,
        wait::Wait::Needs { .. }
        | wait::Wait::Slot { .. }
        | wait::Wait::Cache
        | wait::Wait::Room { .. }
        | wait::Wait::Settlement { .. }
        | wait::Wait::Paused { .. } => None,
    };
    match until.map(|until| until.saturating_sub(now()).max(0)) {
        Some(left) => format!("{wait} ({} left)", Value::Duration(left / 1000 * 1000)),
        None => wait.to_string(),
    }
}

fn glyph(status: Status) -> String {
    let (color, glyph) = match status {
        Status::Pending => (AnsiColor::BrightBlack, "·"),
        Status::Waiting => (AnsiColor::Yellow, "◷"),
        Status::Running => (AnsiColor::Cyan, "▶"),
        Status::Succeeded => (AnsiColor::Green, "✔"),
        Status::Failed => (AnsiColor::Red, "✘"),
        Status::Skipped => (AnsiColor::BrightBlack, "↷"),
        Status::Blocked => (AnsiColor::BrightBlack, "⊘"),
        Status::Cancelled => (AnsiColor::Magenta, "■"),
    };
    let style: Style = color.on_default();
    format!("{style}{glyph}{style:#}")
}

fn bar(all: usize, ended: u32) -> String {
    const WIDTH: usize = 16;
    let full = usize::try_from(ended).unwrap_or(all).saturating_mul(WIDTH).checked_div(all).unwrap_or(WIDTH);
    format!("{}{}", "█".repeat(full), "░".repeat(WIDTH.saturating_sub(full)))
}

fn seconds(ms: i64) -> String {
    match ms {
        ..60_000 => format!("{}.{}s", ms / 1000, ms % 1000 / 100),
        _ => Value::Duration(ms / 1000 * 1000).to_string(),
    }
}

/// Cuts a line to the width of the terminal, so that it takes one row. Styles take no room.
fn cut(line: String) -> String {
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0));
    let visible = anstream::adapter::strip_str(&line).to_string();
    if visible.chars().count() < width {
        return line;
    }
    let kept: String = visible.chars().take(width.saturating_sub(2)).collect();
    kept + "…"
}

fn now() -> i64 {
    SystemClock.now()
}
