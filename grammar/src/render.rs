//! Draws a diagnostic for people: the message, the lines it is about with what is to be said at each place, how to go
//! on, and the mend as a small difference.
//!
//! Only the lines around the places are handed to the drawing, so it is quick for a file of any size.

pub use crate::line::{LineIndex, line_column};

use crate::{Diagnostic, Edit, FileId, Fix, Severity, Span};
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet,
    normalize_untrusted_str,
};
use std::ops::Range;

/// Whether the drawing may hold colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Characters only.
    Plain,
    /// With the escape codes that terminals take for colours.
    Colour,
}

/// Draws a diagnostic. `files` gives the name and the text of a file; places in files it does not know are left out.
#[must_use]
pub fn render<'t>(
    diagnostic: &Diagnostic,
    files: &dyn Fn(FileId) -> Option<(&'t str, &'t str)>,
    style: Style,
) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = normalize_untrusted_str(&diagnostic.message);
    let mut main = Group::with_title(level.primary_title(message).id(diagnostic.code.as_str()));
    for file in files_of(diagnostic) {
        if let Some((name, text)) = files(file) {
            main = main.elements(draw_file(diagnostic, file, name, text));
        }
    }
    let fix_title = diagnostic.fix.as_ref().map(|fix| &fix.title);
    if let Some(help) = diagnostic.help.as_ref().filter(|help| Some(*help) != fix_title) {
        main = main.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    let mut report = vec![main];
    if let Some(fix) = &diagnostic.fix {
        report.extend(draw_fix(fix, files));
    }
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    without_trailing_blanks(&renderer.render(&report))
}

/// Returns the files that take part, the one of the primary place first.
fn files_of(diagnostic: &Diagnostic) -> Vec<FileId> {
    let mut files = vec![diagnostic.primary.span.file];
    for label in &diagnostic.others {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
}

/// One place to draw: the bytes on one line, and what is said there.
struct Place<'d> {
    bytes: Range<usize>,
    kind: AnnotationKind,
    text: &'d str,
}

fn draw_file<'t>(diagnostic: &Diagnostic, file: FileId, name: &'t str, text: &'t str) -> Vec<Element<'t>> {
    let primary = [(&diagnostic.primary, AnnotationKind::Primary)];
    let others = diagnostic.others.iter().map(|label| (label, AnnotationKind::Context));
    let mut places: Vec<Place<'_>> = primary
        .into_iter()
        .chain(others)
        .filter(|(label, _)| label.span.file == file)
        .map(|(label, kind)| Place { bytes: on_one_line(text, label.span), kind, text: &label.text })
        .collect();
    let mut elements = Vec::new();
    while !places.is_empty() {
        // Places far from the first are drawn by themselves, so that no drawing goes through a whole file.
        let Some(first) = places.first().map(|place| place.bytes.start) else { break };
        let near = |place: &Place<'_>| place.bytes.start.abs_diff(first) <= NEAR;
        let (drawn, rest): (Vec<_>, Vec<_>) = places.into_iter().partition(near);
        places = rest;
        draw_near(&drawn, name, text, &mut elements);
    }
    elements
}

/// How far apart places may be to be drawn together, in bytes.
const NEAR: usize = 32 << 10;

/// How long a line may be to be drawn whole, in bytes.
const LONG: usize = 8 << 10;

fn draw_near<'t>(places: &[Place<'_>], name: &'t str, text: &'t str, elements: &mut Vec<Element<'t>>) {
    let lines = lines_around(text, places.iter().map(|place| &place.bytes));
    let window = text.get(lines.clone()).unwrap_or_default();
    if window.lines().any(|line| line.len() > LONG) {
        for place in places {
            draw_part_of_line(place, name, text, elements);
        }
        return;
    }
    let annotations = places.iter().map(|place| annotation(place, lines.start));
    let (line, _) = line_column(text, lines.start);
    elements
        .push(Snippet::source(window).line_start(line).path(name).fold(true).annotations(annotations).into());
}

/// Draws a place with only a part of its line, which is long.
fn draw_part_of_line<'t>(place: &Place<'_>, name: &'t str, text: &'t str, elements: &mut Vec<Element<'t>>) {
    let (line, column) = line_column(text, place.bytes.start);
    let around = lines_around(text, [&place.bytes].into_iter());
    let start = text.floor_char_boundary(place.bytes.start.saturating_sub(40)).max(around.start);
    let end = text.floor_char_boundary(place.bytes.start.saturating_add(80)).min(around.end);
    let part = text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r']);
    let clipped = Place {
        bytes: place.bytes.start..place.bytes.end.min(start + part.len()).max(place.bytes.start),
        kind: place.kind,
        text: place.text,
    };
    elements.push(Origin::path(name).line(line).char_column(column).into());
    elements.push(Snippet::source(part).line_start(line).annotation(annotation(&clipped, start)).into());
}

fn annotation<'t>(place: &Place<'_>, start: usize) -> Annotation<'t> {
    let bytes = place.bytes.start.saturating_sub(start)..place.bytes.end.saturating_sub(start);
    let annotation = place.kind.span(bytes);
    if place.text.is_empty() { annotation } else { annotation.label(normalize_untrusted_str(place.text)) }
}

/// How many replacements are drawn; a long row of them says no more than its start.
const MOST_EDITS: usize = 4;

fn draw_fix<'t>(fix: &Fix, files: &dyn Fn(FileId) -> Option<(&'t str, &'t str)>) -> Option<Group<'t>> {
    let first = fix.edits.first()?;
    let (name, text) = files(first.span.file)?;
    let mut drawn: Vec<_> = fix
        .edits
        .iter()
        .take(MOST_EDITS)
        .filter(|edit| edit.span.file == first.span.file && edit.span.start.abs_diff(first.span.start) < 4096)
        .filter(|edit| edit.span.range().end <= text.len())
        .collect();
    drawn.sort_by_key(|edit| edit.span);
    let drawable = drawable(&drawn, text);
    let drawn: Vec<_> = drawn.into_iter().take(drawable).collect();
    let more = match fix.edits.len() - drawn.len() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let title = normalize_untrusted_str(&format!("{}{more}", fix.title));
    let group = Group::with_title(Level::HELP.secondary_title(title));
    let bytes: Vec<Range<usize>> = drawn.iter().map(|edit| edit.span.range()).collect();
    let lines = lines_around(text, bytes.iter());
    let window = text.get(lines.clone()).unwrap_or_default();
    if window.lines().any(|line| line.len() > LONG) || lines.len() > NEAR {
        return Some(group);
    }
    let patches = drawn.iter().map(|edit| {
        let bytes = edit.span.range();
        Patch::new(bytes.start - lines.start..bytes.end - lines.start, edit.text.clone())
    });
    let (line, _) = line_column(text, lines.start);
    Some(group.element(Snippet::source(window).line_start(line).path(name).fold(true).patches(patches)))
}

/// Returns how many of the edits the renderer can draw together. It moves each by what all before it took away, also on
/// other lines, and fails on an assertion where that leads before the start of the line.
fn drawable(edits: &[&Edit], text: &str) -> usize {
    let mut taken = 0;
    for (at, edit) in edits.iter().enumerate() {
        let start = edit.span.start as usize;
        let column = text
            .get(..start)
            .map_or(0, |before| before.chars().rev().take_while(|char| *char != '\n').count());
        if taken > column {
            return at;
        }
        let removed = text.get(edit.span.range()).unwrap_or_default();
        // Wide characters take two columns, and a tab takes four.
        let columns =
            removed.chars().map(|char| if char == '\t' { 4 } else { 1 + usize::from(!char.is_ascii()) });
        taken += columns.sum::<usize>().saturating_sub(edit.text.chars().count());
    }
    edits.len()
}

/// Returns the bytes of a place as far as they are on its first line, at character boundaries.
fn on_one_line(text: &str, span: Span) -> Range<usize> {
    let start = text.floor_char_boundary(span.range().start);
    let end = text.floor_char_boundary(span.range().end.max(start));
    let written = text.get(start..end).unwrap_or_default();
    let line = written.find('\n').unwrap_or(written.len());
    let line = written.get(..line).unwrap_or_default().trim_end_matches('\r').len();
    start..start + line
}

/// Returns the bytes of the lines that the places are on.
fn lines_around<'r>(text: &str, places: impl Iterator<Item = &'r Range<usize>>) -> Range<usize> {
    let (mut start, mut end) = (text.len(), 0);
    for place in places {
        start = start.min(place.start);
        end = end.max(place.end);
    }
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    before.rfind('\n').map_or(0, |at| at + 1)..after.find('\n').map_or(text.len(), |at| end + at + 1)
}

fn without_trailing_blanks(drawn: &str) -> String {
    let mut out: Vec<&str> = drawn.lines().map(str::trim_end).collect();
    while out.last().is_some_and(|line| line.is_empty()) {
        out.pop();
    }
    out.join("\n")
}
