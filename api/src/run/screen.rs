//! What a person sees of a run: a tree that changes on a terminal, plain lines in a pipe, or JSON.
//!
//! On a terminal the tree stands below everything else: what is said is printed above it, and it is drawn anew.

mod line;
mod tree;

use super::{Shown, told};
use crate::{console::Console, visible::clean};
use engine::{
    event::{Event, Recorded, upcast},
    id::{AttemptKey, JobId},
    job::{Job, JobState},
    plan::Plan,
    port::Stream,
    value::{Value, to_json},
};
use line::Lines;
use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tree::Tree;

/// How often the tree is drawn anew while nothing happens.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// What a person sees.
pub(super) struct Screen {
    console: Console,
    shown: Shown,
    /// Drawn on a terminal only.
    tree: Option<Tree>,
    began: Instant,
    root: JobId,
    lines: Lines,
    /// How many lines of the terminal the tree takes now.
    drawn: usize,
    drawn_at: Option<Instant>,
    is_prompting: bool,
    outputs: Vec<(String, String)>,
}

/// Uses a screen. It is whole even if a user of it panicked: it only draws.
pub(super) fn with<T>(screen: &Mutex<Screen>, then: impl FnOnce(&mut Screen) -> T) -> T {
    then(&mut screen.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Screen {
    pub(super) fn open(shown: Shown, console: Console) -> Self {
        let is_live = shown == Shown::Human && console.is_styled() && !console.is_quiet();
        Self {
            console,
            shown,
            tree: is_live.then(Tree::default),
            began: Instant::now(),
            root: JobId::from(""),
            lines: Lines::default(),
            drawn: 0,
            drawn_at: None,
            is_prompting: false,
            outputs: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, job: &JobId, plan: &Plan, is_mock: bool) {
        self.root = Arc::clone(job);
        let pretends = if is_mock { ", pretending" } else { "" };
        self.say(&format!("{}: job {job}{pretends}", plan.name));
    }

    /// Takes note of events.
    pub(super) fn changed(&mut self, job: &Job, events: &[Arc<Recorded>]) {
        for recorded in events {
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

    fn print_json(&self, job: &Job, recorded: &Recorded) {
        let id = serde_json::Value::from(&*job.id());
        if let Ok(line) = upcast::write(recorded) {
            // A reader that hangs up early is no reason to stop the job.
            let _gone = self.console.print_raw(&format!("{{\"job\":{id},\"event\":{line}}}\n"));
        }
    }

    fn tell(&mut self, job: &Job, recorded: &Recorded) {
        let Some(told) = told::told(job, recorded) else { return };
        let is_grave = !told.below.is_empty();
        // The tree shows the rest.
        if self.tree.is_some() && !is_grave {
            return;
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
        self.say(&text);
    }

    /// Takes what an attempt printed.
    pub(super) fn printed(&mut self, key: &AttemptKey, stream: Stream, bytes: &[u8]) {
        if self.shown == Shown::Json {
            return;
        }
        for line in self.lines.take(key, stream, bytes) {
            self.say(&line);
        }
    }

    /// Prints a line above the tree.
    pub(super) fn say(&mut self, text: &str) {
        match self.shown {
            Shown::Json => self.console.complain(&format!("{text}\n")),
            Shown::Human if self.console.is_quiet() => {}
            Shown::Human => {
                self.erase();
                let _gone = self.console.print(&format!("{text}\n"));
                self.redraw();
            }
        }
    }

    /// Asks, and leaves the terminal alone until the answer is there.
    pub(super) fn prompt(&mut self, text: &str) {
        self.erase();
        self.is_prompting = true;
        self.console.complain(&text.lines().map(clean).collect::<Vec<_>>().join("\n"));
    }

    pub(super) fn resume(&mut self) {
        self.is_prompting = false;
        self.redraw();
    }

    /// Lets time pass on the screen.
    pub(super) fn tick(&mut self) {
        if self.drawn > 0 {
            self.erase();
            self.redraw();
        }
    }

    /// Says how it ended.
    pub(super) fn finish(&mut self) {
        for line in self.lines.rest() {
            self.say(&line);
        }
        self.is_prompting = false;
        self.erase();
        if let Some(tree) = self.tree.take() {
            let _gone = self.console.print(&tree.draw(usize::MAX));
        }
        if self.shown == Shown::Human {
            let widest = self.outputs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
            for (name, value) in &self.outputs {
                let value = value.lines().map(clean).collect::<Vec<_>>().join("\n");
                let _gone = self.console.print(&format!("{name:widest$} = {value}\n"));
            }
        }
    }

    fn erase(&mut self) {
        if self.drawn > 0 {
            let _gone = self.console.print_raw(&format!("\x1b[{}A\x1b[J", self.drawn));
            self.drawn = 0;
        }
    }

    fn redraw(&mut self) {
        if self.is_prompting {
            return;
        }
        let Some(tree) = &self.tree else { return };
        let rows = terminal_size::terminal_size().map_or(24, |(_, height)| usize::from(height.0));
        let text = tree.draw(rows.saturating_sub(2));
        self.erase();
        self.drawn = text.lines().count();
        self.drawn_at = Some(Instant::now());
        let _gone = self.console.print(&text);
    }
}

fn elapsed(since: Instant) -> String {
    format!("{:>7.3}s", since.elapsed().as_secs_f64())
}
