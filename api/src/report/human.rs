//! The report for people: each finding drawn with its place, then one line that sums up.

use super::{Report, count};
use anstyle::{AnsiColor, Style};
use grammar::{
    Diagnostic, FileId,
    render::{self, render},
};

const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();

/// How many findings are drawn; the other forms hold all.
const MAX_DRAWN: usize = 100;

impl Report {
    /// Draws the findings, and the line that sums up unless it is to be left out.
    #[must_use]
    pub fn human(&self, without_summary: bool) -> String {
        let mut out = String::new();
        for diagnostic in self.diagnostics.iter().take(MAX_DRAWN) {
            out.push_str(&self.draw(diagnostic));
            out.push_str("\n\n");
        }
        if self.diagnostics.len() > MAX_DRAWN {
            out.push_str(&format!("... {} more findings\n\n", self.diagnostics.len() - MAX_DRAWN));
        }
        if without_summary {
            out.truncate(out.trim_end().len());
            if !out.is_empty() {
                out.push('\n');
            }
        } else {
            out.push_str(&self.summary());
            out.push('\n');
        }
        out
    }

    fn draw(&self, diagnostic: &Diagnostic) -> String {
        let file = |number: FileId| {
            let file = self.files.get(usize::from(number.0))?;
            Some((file.name.as_str(), file.text.as_str()))
        };
        render(diagnostic, &file, render::Style::Colour)
    }

    fn summary(&self) -> String {
        let mut parts = Vec::new();
        if let Some(applied) = self.applied {
            parts.push(format!("applied {}", count(applied, "fix").replace("fixs", "fixes")));
        }
        let (errors, warnings) = (self.errors(), self.warnings());
        if errors > 0 {
            parts.push(format!("{BAD}{}{BAD:#}", count(errors, "error")));
        }
        if warnings > 0 {
            parts.push(format!("{DOUBTFUL}{}{DOUBTFUL:#}", count(warnings, "warning")));
        }
        if errors + warnings > 0 {
            let mut files: Vec<_> = self.diagnostics.iter().map(|it| it.primary.span.file).collect();
            files.sort_unstable();
            files.dedup();
            return format!("{} in {}", parts.join(", "), count(files.len(), "file"));
        }
        parts.push(format!("{GOOD}ok{GOOD:#}: {}", self.praise()));
        parts.join(", ")
    }

    fn praise(&self) -> String {
        let steps = count(self.clean.iter().map(|file| file.steps).sum(), "step");
        match self.clean.as_slice() {
            [file] if file.workflows > 1 => {
                format!("{}: {}, {steps}", file.name, count(file.workflows, "workflow"))
            }
            [file] => format!("{}: {steps}", file.name),
            files => format!("{}, {steps}", count(files.len(), "file")),
        }
    }
}
