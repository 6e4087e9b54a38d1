//! What is said about text, numbers and comments, and about files as a whole.

use super::{show, span_of_first};
use crate::{Code, Diagnostic, Edit, FileId, Span, lex::has_no_width};

/// `open` is whether the first quote is there, `sure` whether the other one belongs at the other end.
pub(crate) fn torn_text(text: Span, open: bool, sure: bool) -> Diagnostic {
    let (message, label, end) = if open {
        ("text is not closed on its line", "opened here, and the line ends", text.after())
    } else {
        ("text has no quote at its start", "only closed here", text.before())
    };
    let diagnostic = Diagnostic::new(Code::E0001, message, text);
    if !sure {
        return diagnostic.help(DOUBT);
    }
    let (help, title) = if open {
        ("close it with `\"`; text on several lines stands between `\"\"\"`", "close the text")
    } else {
        ("open it with `\"`", "open the text")
    };
    diagnostic.label(label).help(help).fix(title, end, "\"")
}

const DOUBT: &str = "one quote too many, or one too few, is on this line";

/// Takes back the fix for a text that was left open, where the mistake may be another quote of its line.
pub(crate) fn doubt_quote(unclosed: &mut Diagnostic) {
    unclosed.fix = None;
    unclosed.help = Some(DOUBT.into());
}

pub(crate) fn unclosed_block(open: Span, end: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, "text that starts with `\"\"\"` is never closed", open)
        .label("opened here")
        .other(end, "no `\"\"\"` up to here")
        .help("close it with `\"\"\"`")
}

pub(crate) fn unclosed_heredoc(tag_span: Span, tag: &str, end: Span) -> Diagnostic {
    Diagnostic::new(Code::E0002, format!("the heredoc is not closed: no line holds `{tag}` alone"), tag_span)
        .label("opened here")
        .other(end, format!("its lines end here at the latest, without `{tag}`"))
        .help(format!("end it with a line that holds `{tag}` and nothing else"))
}

pub(crate) fn bad_heredoc(span: Span, written: &str) -> Diagnostic {
    let first = written.lines().next().unwrap_or_default();
    let head = span_of_first(span, first.len());
    let tag = first.trim_start_matches(['<', '-', '~', '\'', '"', ' ']);
    let tag: String = tag.chars().take_while(|next| next.is_ascii_alphanumeric() || *next == '_').collect();
    let diagnostic = Diagnostic::new(Code::E0002, format!("{} does not start a heredoc", show(first)), head);
    if tag.is_empty() {
        return diagnostic.help("code is written `<<SH`, its lines, and `SH` alone on the last line");
    }
    let upper = tag.to_ascii_uppercase();
    let diagnostic = diagnostic.help(format!(
        "write `<<{upper}` at the end of the line: capitals, no `-`, `~` or quotes; then `{upper}` alone"
    ));
    let rest = first.find(&tag).and_then(|at| first.get(at + tag.len()..)).unwrap_or_default();
    let closes =
        written.lines().next_back().is_some_and(|last| last.trim() == tag) && written.len() > first.len();
    if !closes || !rest.trim_matches(['\'', '"', ' ', '\t', '\r']).is_empty() || upper.starts_with('_') {
        return diagnostic;
    }
    let end = Span { start: span.end.saturating_sub(u32::try_from(tag.len()).unwrap_or(0)), ..span };
    let opening = Edit { span: span_of_first(span, first.trim_end().len()), text: format!("<<{upper}") };
    diagnostic.fix_all(format!("write `<<{upper}`"), vec![opening, Edit { span: end, text: upper }])
}

pub(crate) fn slashes(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0003, "`//` does not start a comment", span).help("comments start with `#`").fix(
        "write `#`",
        span_of_first(span, 2),
        "#",
    )
}

pub(crate) fn slash_star(span: Span, written: &str, ends_line: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0003, "`/* */` is not a comment", span_of_first(span, 2))
        .help("comments start with `#`, on each of their lines");
    if !ends_line {
        return diagnostic;
    }
    let inside = written.trim_start_matches("/*").trim_end_matches("*/");
    let lines: Vec<String> = inside
        .lines()
        .map(|line| line.trim_start_matches([' ', '\t', '*']).trim_end())
        .filter(|line| !line.is_empty())
        .map(|line| format!("# {line}"))
        .collect();
    diagnostic.fix("write `#`", span, lines.join("\n"))
}

/// `mended` is the text in double quotes; none where nobody can tell what its quotes belong to.
pub(crate) fn single_quotes(span: Span, written: &str, mended: Option<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(Code::E0005, format!("text stands in double quotes, not {}", show(written)), span)
            .help(if written.starts_with('\'') {
                "write `\"` instead of `'`"
            } else {
                "write the straight `\"`"
            });
    match mended {
        Some(mended) => diagnostic.fix("use double quotes", span, mended),
        None => diagnostic,
    }
}

pub(crate) fn unknown_escape(span: Span, written: &str) -> Diagnostic {
    let next = written.chars().nth(1).unwrap_or_default();
    let diagnostic = Diagnostic::new(Code::E0008, format!("{} is not an escape", show(written)), span).help(
        "known are `\\n \\r \\t \\\" \\\\ \\$ \\u{1f600}`; in a regular expression write `[.]` or `\\\\.`",
    );
    if next == 'u' || written.len() < 2 {
        return diagnostic;
    }
    diagnostic.fix("write the backslash twice", span, format!("\\{written}"))
}

pub(crate) fn bad_number(span: Span, written: &str, meant: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0009, format!("{} is not a number", show(written)), span);
    match meant {
        Some(meant) => {
            diagnostic.help(format!("write `{meant}`")).fix(format!("write `{meant}`"), span, meant)
        }
        None => diagnostic.help(
            "numbers are `42` and `0.5`, durations end in `ms s m h d w`, sizes in `B KB MB GB KiB MiB GiB`; \
             all else is text in quotes",
        ),
    }
}

pub(crate) fn number_out_of_range(span: Span, written: &str, not_whole: bool) -> Diagnostic {
    let (message, help) = if not_whole {
        (
            format!("{} is finer than the smallest unit", show(written)),
            "whole milliseconds and whole bytes count",
        )
    } else {
        (format!("{} is too large", show(written)), "numbers, durations and sizes must fit 64 bits")
    };
    Diagnostic::new(Code::E0316, message, span).help(help)
}

pub(crate) fn hidden(span: Span, first: char) -> Diagnostic {
    let number = u32::from(first);
    let kind = if first.is_control() { "control character" } else { "bidirectional character" };
    Diagnostic::new(Code::E0016, format!("U+{number:04X} is a {kind}, which nobody can see"), span)
        .help(format!("remove it; if text needs it, write `\\u{{{number:x}}}`"))
        .fix("remove it", span, "")
}

pub(crate) fn odd_blank(span: Span, written: &str) -> Diagnostic {
    let number = written.chars().next().map_or(0, u32::from);
    let diagnostic = |what: &str| Diagnostic::new(Code::E0016, format!("U+{number:04X} {what}"), span);
    if written.chars().all(has_no_width) {
        return diagnostic("shows nothing")
            .help(format!("remove it; if text needs it, write it in quotes or as `\\u{{{number:x}}}`"))
            .fix("remove it", span, "");
    }
    diagnostic("is no plain space, though it may look like one")
        .help(format!("write a space; if text needs it, write it in quotes or as `\\u{{{number:x}}}`"))
        .fix("write a space", span, " ")
}

pub(crate) fn too_large(file: FileId, size: usize, most: usize) -> Diagnostic {
    let message = format!("the file has {size} bytes; at most {most} are read");
    Diagnostic::new(Code::E0018, message, Span::new(file, 0, 0))
        .help("split it into files that import each other; data belongs into files that steps read")
}

pub(crate) fn not_utf8(span: Span, byte: u8, line: usize, utf16: bool) -> Diagnostic {
    let message = format!("line {line} is not UTF-8 text: byte 0x{byte:02X} at offset {}", span.start);
    let help = if utf16 { "the file looks like UTF-16; save it as UTF-8" } else { "save the file as UTF-8" };
    Diagnostic::new(Code::E0019, message, span).help(help)
}
