//! What a person sees of a run: a tree that changes on a terminal, plain lines in a pipe, or JSON.
//!
//! On a terminal the tree stands below everything else: what is said is printed above it, and it is drawn anew.

mod line;
mod tree;

use super::{
    Shown,
    out::Out,
    told::{self, Weight},
};
use crate::{failure::Failure, visible::clean};
use engine::{
    event::{Event, Recorded, upcast},
    id::{AttemptKey, JobId},
    job::{Job, JobState},
    port::Stream,
    value::{Value, to_json},
};
use line::Lines;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::IsTerminal as _,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tree::Tree;

/// How often the tree is drawn anew while nothing happens.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// What a person sees.
pub(super) struct Screen {
    out: Out,
    shown: Shown,
    /// Drawn on a terminal only.
    tree: Option<Tree>,
    began: Instant,
    root: JobId,
    lines: Lines,
    /// What the attempts that run are called.
    labels: BTreeMap<AttemptKey, String>,
    /// How many lines of the terminal the tree takes now.
    drawn: usize,
    drawn_at: Option<Instant>,
    /// The question that waits for an answer at the terminal: its last line.
    question: Option<String>,
    /// Whether questions are answered with yes, so that nobody reads them in a prompt.
    agrees: bool,
    /// How the job ended, to be said below the tree.
    verdict: Option<String>,
    outputs: Vec<(String, String)>,
    /// Whether something that somebody asked for could not be written.
    has_lost: bool,
}

/// Uses a screen. It is whole even if a user of it panicked: it only draws.
pub(super) fn with<T>(screen: &Mutex<Screen>, then: impl FnOnce(&mut Screen) -> T) -> T {
    then(&mut screen.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Screen {
    pub(super) fn open(shown: Shown, out: Out, agrees: bool) -> Self {
        let console = out.console();
        let is_live = shown == Shown::Human && console.is_styled() && !console.is_quiet();
        Self {
            out,
            shown,
            tree: is_live.then(Tree::default),
            began: Instant::now(),
            root: JobId::from(""),
            lines: Lines::default(),
            labels: BTreeMap::new(),
            drawn: 0,
            drawn_at: None,
            question: None,
            agrees,
            verdict: None,
            outputs: Vec::new(),
            has_lost: false,
        }
    }

    /// Says which job it is that a person started.
    pub(super) fn begin(&mut self, job: &JobId) {
        self.root = Arc::clone(job);
    }

    /// Takes note of events.
    pub(super) fn changed(&mut self, job: &Job, events: &[Arc<Recorded>]) {
        for recorded in events {
            if let Event::JobCreated(created) = &recorded.event
                && created.job == self.root
                && self.shown == Shown::Human
            {
                let pretends = if created.mock { ", pretending" } else { "" };
                self.say(&format!("{}: job {}{pretends}", created.workflow, created.job));
            }
            self.name(job, &recorded.event);
            match self.shown {
                Shown::Json => self.print_json(job, recorded),
                Shown::Human => self.tell(job, recorded),
            }
            if let Event::JobSucceeded { outputs } = &recorded.event
                && job.id() == self.root
            {
                let shown = |value: &Value| match value {
                    Value::Text(text) => text.to_string(),
                    other => to_json(other).to_string(),
                };
                self.outputs = outputs.iter().map(|(name, value)| (name.to_string(), shown(value))).collect();
            }
        }
        if let Some(tree) = &mut self.tree {
            tree.changed(job);
            let is_due = self.drawn_at.is_none_or(|at| at.elapsed() > Duration::from_millis(30));
            if is_due || matches!(job.state, JobState::Succeeded | JobState::Failed { .. }) {
                self.redraw();
            }
        }
    }

    /// Keeps what an attempt is called while it runs.
    fn name(&mut self, job: &Job, event: &Event) {
        let (at, is_over) = match event {
            Event::StepStarted(started) => (&started.at, false),
            Event::StepSucceeded(done) => (&done.at, true),
            Event::StepFailed { at, .. } | Event::StepCancelled { at, .. } | Event::StepLost { at, .. } => {
                (at, true)
            }
            _ => return,
        };
        let Some((ix, instance)) = job.at(at) else { return };
        let key = job.key(ix, at.instance, instance.attempt);
        if is_over {
            let rest = self.lines.end(&key);
            let label = self.labels.remove(&key);
            rest.into_iter()
                .for_each(|line| self.say(&line::shown(label.as_deref().unwrap_or(&key.step), &line)));
        } else {
            self.labels.insert(key, told::label(job, at));
        }
    }

    fn print_json(&mut self, job: &Job, recorded: &Recorded) {
        let id = serde_json::Value::from(&*job.id());
        if let Ok(line) = upcast::write(recorded) {
            self.out.print_raw(format!("{{\"job\":{id},\"event\":{line}}}\n"));
        }
    }

    fn tell(&mut self, job: &Job, recorded: &Recorded) {
        let Some(told) = told::told(job, recorded) else { return };
        if self.tree.is_some() {
            // The tree shows the rest.
            match told.weight {
                Weight::Grave => {}
                Weight::Question if self.agrees => {}
                Weight::Verdict if job.id() == self.root => {
                    let name = &job.shape.plan.name;
                    let spent = self.began.elapsed().as_secs_f64();
                    self.verdict = told::verdict(job)
                        .map(|(verb, rest)| format!("{name} {verb} after {spent:.1}s{}", clean(&rest)));
                    return;
                }
                Weight::Question | Weight::Verdict | Weight::Usual => return,
            }
        }
        let name = if job.id() == self.root { String::new() } else { format!("{}/", job.shape.plan.name) };
        let of = match (told.of.as_str(), name.as_str()) {
            ("", _) => job.shape.plan.name.to_string(),
            (of, name) => format!("{name}{of}"),
        };
        let mut text = format!("{}  {of} {}", elapsed(self.began), clean(&told.line));
        for line in &told.below {
            let _ = write!(text, "\n          {}", clean(line));
        }
        let is_bad = match told.weight {
            Weight::Grave => true,
            Weight::Verdict => job.state != JobState::Succeeded,
            Weight::Question | Weight::Usual => false,
        };
        if is_bad {
            self.insist(&text);
        } else {
            self.say(&text);
        }
    }

    /// Says what must be heard, also by who wants results and errors only.
    pub(super) fn insist(&mut self, text: &str) {
        if self.shown == Shown::Human && self.out.console().is_quiet() {
            self.out.complain(format!("{text}\n"));
        } else {
            self.say(text);
        }
    }

    /// Takes what an attempt printed.
    pub(super) fn printed(&mut self, key: &AttemptKey, stream: Stream, bytes: &[u8]) {
        if self.shown == Shown::Json {
            return;
        }
        let lines = self.lines.take(key, stream, bytes);
        let label = self.labels.get(key).cloned().unwrap_or_else(|| key.step.to_string());
        lines.into_iter().for_each(|line| self.say(&line::shown(&label, &line)));
    }

    /// Prints a line above the tree.
    pub(super) fn say(&mut self, text: &str) {
        match self.shown {
            Shown::Json => self.out.complain(format!("{text}\n")),
            Shown::Human if self.out.console().is_quiet() => {}
            Shown::Human => {
                self.erase();
                self.leave_question();
                self.out.print(format!("{text}\n"));
                self.ask_again();
                self.redraw();
            }
        }
    }

    /// Asks; only lines that are said come between that and the answer.
    pub(super) fn prompt(&mut self, text: &str) {
        self.erase();
        let text = text.lines().map(clean).collect::<Vec<_>>().join("\n");
        self.question = text.lines().next_back().map(str::to_owned);
        self.out.complain(text);
    }

    pub(super) fn resume(&mut self) {
        self.question = None;
        self.redraw();
    }

    /// Makes room for a line where the question stands. What is typed already stays with the terminal.
    fn leave_question(&mut self) {
        if self.question.is_some() && std::io::stdout().is_terminal() {
            let is_styled = self.tree.is_some();
            self.out.complain(if is_styled { "\r\x1b[K" } else { "\n" }.to_owned());
        }
    }

    fn ask_again(&mut self) {
        if let Some(question) = self.question.as_ref().filter(|_| std::io::stdout().is_terminal()) {
            self.out.complain(question.clone());
        }
    }

    /// Lets time pass on the screen.
    pub(super) fn tick(&mut self) {
        self.redraw();
    }

    /// Says how it ended.
    pub(super) fn finish(&mut self) {
        self.question = None;
        self.erase();
        if let Some(tree) = self.tree.take() {
            self.out.print(tree.draw(usize::MAX));
        }
        if let Some(verdict) = self.verdict.take() {
            self.out.print(format!("{verdict}\n"));
        }
        if self.shown == Shown::Human {
            let widest = self.outputs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
            for (name, value) in std::mem::take(&mut self.outputs) {
                let value = value.lines().map(clean).collect::<Vec<_>>().join("\n");
                self.out.print(format!("{name:widest$} = {value}\n"));
            }
        }
    }

    /// Says what could not be written, though the job goes on.
    pub(super) fn lose(&mut self, failure: &Failure) {
        self.erase();
        self.has_lost = true;
        self.out.complain(failure.to_string());
        self.redraw();
    }

    /// Returns whether something that somebody asked for could not be written.
    pub(super) fn has_lost(&self) -> bool {
        self.has_lost
    }

    fn erase(&mut self) {
        if self.drawn > 0 {
            self.out.print_raw(format!("\x1b[{}A\x1b[J", self.drawn));
            self.drawn = 0;
        }
    }

    fn redraw(&mut self) {
        if self.question.is_some() || self.out.is_behind() {
            return;
        }
        let Some(tree) = &self.tree else { return };
        let rows = terminal_size::terminal_size().map_or(24, |(_, height)| usize::from(height.0));
        let text = tree.draw(rows.saturating_sub(2));
        self.erase();
        self.drawn = text.lines().count();
        self.drawn_at = Some(Instant::now());
        self.out.print(text);
    }
}

fn elapsed(since: Instant) -> String {
    format!("{:>7.3}s", since.elapsed().as_secs_f64())
}
