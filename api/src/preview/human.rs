//! A preview for people: what is asked, what runs in which order, what would be undone.

mod action;

use super::{Approval, Decision, Instance, Instances, Preview, Shown, StepLine};
use crate::{report::count, visible::clean};
use action::{drawn, word};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;

const HEADING: Style = Style::new().bold();
const NAME: Style = AnsiColor::Cyan.on_default().bold();
const DANGER: Style = AnsiColor::Red.on_default();
const FAINT: Style = Style::new().dimmed();

/// Draws a preview.
#[must_use]
pub fn draw(preview: &Preview) -> String {
    let mut page = Page { text: String::new(), indent: 0 };
    page.head(preview);
    page.params(preview);
    page.secrets(preview);
    page.section("steps", |page| page.steps(&preview.steps));
    page.undo(preview);
    page.triggers(preview);
    if !preview.outputs.is_empty() {
        page.section("outputs", |page| {
            for (name, value) in &preview.outputs {
                page.line(&format!("{name} = {}", drawn(value)));
            }
        });
    }
    page.foot(preview);
    page.text
}

/// The text so far, and how far the next line is set in.
struct Page {
    text: String,
    indent: usize,
}

impl Page {
    fn head(&mut self, preview: &Preview) {
        let about = preview.description.as_ref().map_or(String::new(), |it| format!(": {}", clean(it)));
        self.line(&format!("{HEADING}{}{HEADING:#}{about}", preview.workflow));
        self.line(&format!("{FAINT}digest {}{FAINT:#}", preview.digest));
    }

    fn params(&mut self, preview: &Preview) {
        if preview.params.is_empty() {
            return;
        }
        let width = widest(preview.params.iter().map(|param| &param.name));
        self.section("params", |page| {
            for param in &preview.params {
                let origin = if param.given { "" } else { "  (default)" };
                page.line(&format!(
                    "{:width$} = {}{FAINT}{origin}{FAINT:#}",
                    param.name,
                    drawn(&param.value)
                ));
            }
        });
    }

    fn secrets(&mut self, preview: &Preview) {
        if preview.secrets.is_empty() {
            return;
        }
        let width = widest(preview.secrets.iter().map(|secret| &secret.name));
        self.section("secrets", |page| {
            for secret in &preview.secrets {
                let used = match secret.used_by.as_slice() {
                    [] => "not used".to_owned(),
                    readers => format!("for {}", readers.join(", ")),
                };
                page.line(&format!("{:width$} from {}, {used}", secret.name, clean(&secret.from)));
            }
        });
    }

    fn undo(&mut self, preview: &Preview) {
        if preview.undo.is_empty() {
            return;
        }
        let when = if preview.policy.undo_on == "failure" { "if the job fails" } else { "when asked for" };
        self.section(&format!("undo, {when}, in this order"), |page| {
            for name in &preview.undo {
                let step = preview.steps.iter().find(|step| step.name == *name);
                if let Some(action) = step.and_then(|step| step.undo.as_ref()) {
                    page.line(&format!("{NAME}{name}{NAME:#}"));
                    page.inside(|page| page.action(action));
                }
            }
        });
    }

    fn triggers(&mut self, preview: &Preview) {
        if preview.triggers.is_empty() {
            return;
        }
        self.section("triggers", |page| {
            for trigger in &preview.triggers {
                let settings = trigger.settings.iter().map(|(name, value)| format!("{name}={}", word(value)));
                let settings: Vec<String> = settings.collect();
                page.line(&format!(
                    "{NAME}{}{NAME:#} ({}) {}",
                    trigger.name,
                    trigger.kind,
                    settings.join(" ")
                ));
                page.inside(|page| {
                    for (param, value) in &trigger.set {
                        page.line(&format!("{FAINT}sets{FAINT:#} {param} = {}", drawn(value)));
                    }
                });
            }
        });
    }

    fn foot(&mut self, preview: &Preview) {
        let path = &preview.critical_path;
        self.section("shape", |page| {
            let abreast = match preview.width {
                0 | 1 => "one after another".to_owned(),
                width => format!("{width} side by side at the widest"),
            };
            page.line(&format!("{}, {abreast}", count(preview.steps.len(), "step")));
            page.line(&format!("longest chain, {}: {}", count(path.len(), "step"), path.join(" -> ")));
            match &preview.policy.approve_at {
                None => {}
                Some(risk) if risk.text() == "never" => {
                    page.line("no step needs approval, whatever its risk")
                }
                Some(risk) => page.line(&format!("steps of risk {} or more need approval", drawn(risk))),
            }
            if let Some(most) = &preview.policy.max_parallel {
                page.line(&format!("at most {} steps at once", drawn(most)));
            }
        });
    }

    fn steps(&mut self, steps: &[StepLine]) {
        let width = steps.len().to_string().len();
        for (number, step) in steps.iter().enumerate() {
            self.line(&format!("{:>width$}. {}", number + 1, title(step)));
            self.indent += width + 2;
            self.step(step);
            self.indent -= width + 2;
        }
    }

    fn step(&mut self, step: &StepLine) {
        match &step.runs {
            Decision::Yes => {}
            Decision::No { condition } => {
                self.line(&format!("{FAINT}skipped: {} is false{FAINT:#}", clean(condition)));
                return;
            }
            Decision::Later { condition } => self.line(&format!("only if {}", drawn(condition))),
        }
        if let Some(instances) = &step.instances {
            self.instances(step, instances);
        } else {
            self.action(&step.action);
        }
        if let Some(target) = &step.target {
            let settings: Vec<String> =
                target.settings.iter().map(|(name, value)| format!("{name}={}", word(value))).collect();
            if !settings.is_empty() {
                self.line(&format!("{FAINT}{}{FAINT:#} {}", target.kind, settings.join(" ")));
            }
        }
        self.surroundings(step, step.instances.as_ref().map_or(&[], |it| &it.first));
        for (name, ty) in &step.outputs {
            self.line(&format!("{FAINT}gives{FAINT:#} {name}: {ty}"));
        }
        self.limits(step);
        if let Some(why) = step.risk_floor.filter(|_| step.risk != "low") {
            self.line(&format!("{FAINT}risk {}: {why}{FAINT:#}", step.risk));
        }
        if let Some(reason) = &step.reason {
            self.line(&format!("{FAINT}reason: {}{FAINT:#}", clean(reason)));
        }
        match &step.approval {
            None => {}
            Some(Approval::By(name)) => self.line(&format!("approved by way of {name}")),
            Some(Approval::AtStart(people)) => {
                let people = people.join(", ");
                self.line(&format!("{DANGER}asks {people} for approval before it starts{DANGER:#}"));
            }
            Some(Approval::Never) => {
                self.line(&format!("{DANGER}fails: the policy forbids this to everybody{DANGER:#}"));
            }
        }
    }

    /// Draws what a step finds and leaves; what each of its instances shows in other words is left out.
    fn surroundings(&mut self, step: &StepLine, shown: &[Instance]) {
        let differs = |pick: &dyn Fn(&Instance) -> bool| shown.iter().any(pick);
        for (name, value) in &step.env {
            if !differs(&|own| own.env.iter().any(|(it, _)| it == name)) {
                self.variable(name, value);
            }
        }
        if let Some(workdir) = step.workdir.as_ref().filter(|_| !differs(&|own| own.workdir.is_some())) {
            self.folder(workdir);
        }
        for (path, content) in &step.files {
            if !differs(&|own| own.files.iter().any(|(it, _)| it == path)) {
                self.file(path, content);
            }
        }
        for (name, path) in &step.artifacts {
            if !differs(&|own| own.artifacts.iter().any(|(it, _)| it == name)) {
                self.artifact(name, path);
            }
        }
    }

    fn variable(&mut self, name: &str, value: &Shown) {
        self.line(&format!("{FAINT}env{FAINT:#} {name}={}", word(value)));
    }

    fn folder(&mut self, path: &Shown) {
        self.line(&format!("{FAINT}in folder{FAINT:#} {}", word(path)));
    }

    fn file(&mut self, path: &Shown, content: &Shown) {
        self.line(&format!("{FAINT}file{FAINT:#} {} = {}", word(path), drawn(content)));
    }

    fn artifact(&mut self, name: &str, path: &Shown) {
        self.line(&format!("{FAINT}leaves{FAINT:#} {name}: {}", word(path)));
    }

    fn limits(&mut self, step: &StepLine) {
        let mut limits = Vec::new();
        if let Some(timeout) = &step.timeout {
            limits.push(format!("at most {}", drawn(timeout)));
        }
        if let Some(attempts) = &step.attempts {
            limits.push(format!("up to {} attempts", drawn(attempts)));
        }
        if step.may_fail {
            limits.push("may fail".to_owned());
        }
        if step.irreversible {
            limits.push("cannot be undone".to_owned());
        }
        if !limits.is_empty() {
            self.line(&format!("{FAINT}{}{FAINT:#}", limits.join(", ")));
        }
    }

    /// Draws the elements that a step fans out over, each with its action where the actions differ.
    fn instances(&mut self, step: &StepLine, instances: &Instances) {
        let parallel =
            instances.parallel.as_ref().map_or(String::new(), |it| format!(", {} at once", drawn(it)));
        let over = instances.count.map_or_else(|| drawn(&instances.over), |number| count(number, "item"));
        self.line(&format!("for each of {over}{parallel}"));
        if let Some(why) = &instances.fails {
            self.line(&format!("{DANGER}fails before any of them starts: {}{DANGER:#}", clean(why)));
        }
        let Some(number) = instances.count else {
            self.action(&step.action);
            return;
        };
        let is_same = instances.first.iter().all(|instance| instance.action.is_none());
        self.inside(|page| {
            for instance in &instances.first {
                page.line(&format!("{FAINT}[{}]{FAINT:#} {}", drawn(&instance.key), drawn(&instance.value)));
                page.inside(|page| page.instance(instance));
            }
            if number > instances.first.len() {
                page.line(&format!("and {} more", number - instances.first.len()));
            }
        });
        if is_same && number > 0 {
            self.action(&step.action);
        }
    }
}

impl Page {
    fn instance(&mut self, Instance { action, env, workdir, files, artifacts, .. }: &Instance) {
        if let Some(action) = action {
            self.action(action);
        }
        for (name, value) in env {
            self.variable(name, value);
        }
        if let Some(workdir) = workdir {
            self.folder(workdir);
        }
        for (path, content) in files {
            self.file(path, content);
        }
        for (name, path) in artifacts {
            self.artifact(name, path);
        }
    }
}

fn title(step: &StepLine) -> String {
    let mut title = format!("{NAME}{}{NAME:#}", step.name);
    if let Some(target) = &step.target {
        let _infallible = write!(title, " on {} ({})", target.name, target.kind);
    }
    for kind in ["needs", "after"] {
        let steps: Vec<&str> =
            step.waits.iter().filter(|wait| wait.kind == kind).map(|wait| wait.step.as_str()).collect();
        if !steps.is_empty() {
            let _infallible = write!(title, ", {kind} {}", steps.join(", "));
        }
    }
    if step.risk != "low" {
        let _infallible = write!(title, ", {DANGER}risk {}{DANGER:#}", step.risk);
    }
    title
}

impl Page {
    fn line(&mut self, text: &str) {
        for line in text.lines() {
            let _infallible = writeln!(self.text, "{:indent$}{line}", "", indent = self.indent);
        }
    }

    fn section(&mut self, title: &str, draw: impl FnOnce(&mut Self)) {
        self.text.push('\n');
        self.line(&format!("{HEADING}{title}{HEADING:#}"));
        self.inside(draw);
    }

    fn inside(&mut self, draw: impl FnOnce(&mut Self)) {
        self.indent += 2;
        draw(self);
        self.indent -= 2;
    }
}

fn widest<'a>(names: impl Iterator<Item = &'a String>) -> usize {
    names.map(|name| name.chars().count()).max().unwrap_or_default()
}
