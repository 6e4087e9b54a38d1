//! What formatting would change, in the form that `diff -u` prints.

use anstyle::{AnsiColor, Style};
use similar::{ChangeTag, TextDiff};
use std::{fmt::Write as _, ops::Range};

const MAX_LINES: usize = 40;
const CONTEXT: usize = 2;
/// How many lines are compared, from the first that differs: the time to compare grows with their square.
const WINDOW: usize = 400;
const HEAD: Style = AnsiColor::Cyan.on_default();
const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

/// Draws the first changes between two texts; says how many lines of the drawing it leaves out.
#[must_use]
pub fn draw(old: &str, new: &str) -> String {
    let window = Window::of(old, new);
    let mut lines = Vec::new();
    let diff = TextDiff::from_lines(&window.old, &window.new);
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        let (Some(first), Some(last)) = (hunk.ops().first(), hunk.ops().last()) else { continue };
        let before = window.place(first.old_range().start..last.old_range().end);
        let after = window.place(first.new_range().start..last.new_range().end);
        lines.push(format!("{HEAD}@@ -{before} +{after} @@{HEAD:#}"));
        for change in hunk.iter_changes() {
            let text = change.value().trim_end_matches(['\n', '\r']);
            lines.push(match change.tag() {
                ChangeTag::Equal => format!(" {text}"),
                ChangeTag::Delete => format!("{OLD}-{text}{OLD:#}"),
                ChangeTag::Insert => format!("{NEW}+{text}{NEW:#}"),
            });
            if change.missing_newline() {
                lines.push("\\ no newline at end of file".to_owned());
            }
        }
    }
    let hidden = lines.len().saturating_sub(MAX_LINES);
    lines.truncate(MAX_LINES);
    let mut out = String::new();
    for line in lines {
        let _infallible = writeln!(out, "{line}");
    }
    match (hidden, window.rest) {
        (0, 0) => {}
        (_, 0) => {
            let _infallible = writeln!(out, "... {hidden} more lines of differences");
        }
        (_, rest) => {
            let _infallible = writeln!(
                out,
                "... {hidden} more lines of differences, and {rest} lines that were not compared"
            );
        }
    }
    out
}

/// The part of two texts that is compared.
struct Window {
    old: String,
    new: String,
    /// How many lines are before it, the same in both.
    start: usize,
    /// How many lines are behind it that may differ, in the text that has more of them.
    rest: usize,
}

impl Window {
    /// Leaves out what both texts begin and end with, but for a few lines around the differences.
    fn of(old: &str, new: &str) -> Self {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let new: Vec<&str> = new.split_inclusive('\n').collect();
        let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
        let start = same.saturating_sub(CONTEXT);
        let most = old.len().min(new.len()) - same;
        let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        let cut = |lines: &[&str]| {
            let differing = lines.len() - same - tail;
            let around = (same - start) + tail.min(CONTEXT);
            let text: String =
                lines.iter().skip(start).take(differing.min(WINDOW) + around).copied().collect();
            (text, differing.saturating_sub(WINDOW))
        };
        let ((old, rest_old), (new, rest_new)) = (cut(&old), cut(&new));
        Self { old, new, start, rest: rest_old.max(rest_new) }
    }

    /// Writes the place of lines of the window as `diff -u` does: the first of them, and how many unless it is one.
    fn place(&self, lines: Range<usize>) -> String {
        let before = self.start + lines.start;
        match lines.len() {
            0 => format!("{before},0"),
            1 => format!("{}", before + 1),
            len => format!("{},{len}", before + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(old: &str, new: &str) -> String {
        anstream::adapter::strip_str(&draw(old, new)).to_string()
    }

    #[test]
    fn places_count_from_the_start_of_the_text() {
        let old: String = (1..=1000).map(|n| format!("{n}\n")).collect();
        let new = old.replace("\n500\n", "\nx\ny\n");
        let hunk = "@@ -498,5 +498,6 @@\n 498\n 499\n-500\n+x\n+y\n 501\n 502\n";
        assert_eq!(plain(&old, &new), hunk);
        assert_eq!(plain(&old, &old), "");
        assert_eq!(plain("", "a\n"), "@@ -0,0 +1 @@\n+a\n");
        assert_eq!(plain("a\na\n", "a\n"), "@@ -1,2 +1 @@\n a\n-a\n");
    }

    #[test]
    fn of_a_long_difference_only_the_start_is_compared() {
        let old: String = (0..20_000).map(|n| format!("a{n}\n")).collect();
        let new = old.replace('a', "b");
        let drawn = plain(&old, &new);
        assert!(drawn.starts_with("@@ -1,400 +1,400 @@\n-a0\n"), "{drawn}");
        assert!(
            drawn.ends_with("... 761 more lines of differences, and 19600 lines that were not compared\n")
        );
        assert_eq!(drawn.lines().count(), MAX_LINES + 1);
    }
}
