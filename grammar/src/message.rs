//! Every sentence that the reading of text says to the author, one function each.
//!
//! A message says in one line what is wrong and names what is written; a label says it at the place; the help says
//! how to go on. A fix is offered only where a machine may apply it without changing what is meant.

use crate::{Code, Diagnostic, Edit, FileId, Span, tree::Name};

pub(crate) fn unclosed_text(text: Span, end: Span) -> Diagnostic {
    Diagnostic::new(Code::E0001, "text is not closed on its line", text)
        .label("opened here, and the line ends")
        .help("close it with `\"`; text on several lines stands between `\"\"\"`")
        .fix("close the text", end, "\"")
}

/// Takes back the fix for a text that was left open, where the mistake may be another quote of its line.
pub(crate) fn doubt_quote(unclosed: &mut Diagnostic) {
    unclosed.fix = None;
    unclosed.help = Some("one quote too many, or one too few, is on this line".into());
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

pub(crate) fn stray(places: &[Span], sign: &str) -> Diagnostic {
    let first = places.first().copied().unwrap_or_default();
    let edits = places.iter().map(|span| Edit { span: *span, text: String::new() }).collect();
    let more = match places.len() {
        0 | 1 => String::new(),
        many => format!("; {} more like it in this body", many - 1),
    };
    Diagnostic::new(Code::E0004, format!("this `{sign}` has no place here"), first)
        .label(format!("nothing needs it{more}"))
        .help("statements need no separator; commas stand between items only, one at a time")
        .fix_all("remove it", edits)
}

pub(crate) fn single_quotes(span: Span, written: &str, mended: &str) -> Diagnostic {
    Diagnostic::new(Code::E0005, format!("text stands in double quotes, not {}", show(written)), span)
        .help("write `\"` instead of `'`")
        .fix("use double quotes", span, format!("\"{mended}\""))
}

pub(crate) fn value_outside_text(span: Span, inner: &str) -> Diagnostic {
    Diagnostic::new(Code::E0006, "`${ }` stands only inside text", span)
        .label("this is an expression already")
        .help(format!("write {}", show(inner)))
        .fix("remove `${` and `}`", span, inner)
}

pub(crate) fn value_in_literal(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E0006, format!("{what} is written out, it takes no `${{ }}`"), span)
        .help("write the text as it is, without `${ }`")
}

pub(crate) fn missing_comma(next: Span, written: &str, opener: Span, places: &[Span]) -> Diagnostic {
    let edits = places.iter().map(|span| Edit { span: *span, text: ",".into() }).collect();
    let more = match places.len() {
        0 | 1 => String::new(),
        many => format!("; it is one of {many} places"),
    };
    Diagnostic::new(Code::E0007, format!("a `,` is missing before {}", show(written)), next)
        .label(format!("not joined to the value before it{more}"))
        .other(opener, "in here")
        .help("put `,` between items; values that stand side by side are never joined")
        .fix_all("insert `,`", edits)
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

pub(crate) fn word_operator(span: Span, written: &str, symbol: &str) -> Diagnostic {
    Diagnostic::new(Code::E0010, format!("`{written}` is not an operator"), span)
        .help(format!("write `{symbol}`"))
        .fix(format!("write `{symbol}`"), span, symbol)
}

/// `fixed` is what `!` may replace: the word and the blanks behind it, unless it is meant for more than one operand.
pub(crate) fn word_not(span: Span, fixed: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0010, "`not` is not an operator", span);
    match fixed {
        Some(fixed) => diagnostic.help("write `!`").fix("write `!`", fixed, "!"),
        None => diagnostic.help("write `!(...)`; without the brackets `!` belongs to the next value only"),
    }
}

pub(crate) fn colon_in_object(colon: Span, key: &str, all: &[(Span, Span)]) -> Diagnostic {
    let edits = all.iter().map(|(key, colon)| equals_for(*key, *colon)).collect();
    Diagnostic::new(Code::E0011, format!("objects use `=` behind {}, not `:`", show(key)), colon)
        .help("write `{ a = 1, b = 2 }`")
        .fix_all("write `=`", edits)
}

pub(crate) fn unclosed(opener: Span, open: &str, close: &str, end: Span, next: Span) -> Diagnostic {
    Diagnostic::new(Code::E0012, format!("`{open}` is never closed"), opener)
        .label("opened here")
        .other(next, format!("a `{close}` is missing before this"))
        .help(format!("close it with `{close}`"))
        .fix(format!("insert `{close}`"), end, close)
}

pub(crate) fn mismatched(opener: Span, open: &str, found: Span, written: &str, close: &str) -> Diagnostic {
    Diagnostic::new(Code::E0012, format!("`{open}` is closed by `{written}`"), found)
        .label(format!("expected `{close}`"))
        .other(opener, "opened here")
        .help(format!("close it with `{close}`"))
        .fix(format!("write `{close}`"), found, close)
}

pub(crate) fn unclosed_value(open: Span, end: Span, next: Span) -> Diagnostic {
    Diagnostic::new(Code::E0012, "`${` is never closed", open)
        .label("opened here")
        .other(next, "a `}` is missing before this")
        .help("close it with `}`")
        .fix("insert `}`", end, "}")
}

/// `indent` is given where the indentation shows which line the brace is missing before; it goes to `end`, then.
pub(crate) fn unclosed_body(opener: Span, end: Span, next: Span, indent: Option<usize>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0012, "`{` is never closed", opener).label("opened here");
    let place = if next.start == next.end {
        "no `}` up to here"
    } else {
        "by the indentation it should close before this"
    };
    let diagnostic = diagnostic.help("close it with `}`");
    match indent {
        Some(indent) => {
            diagnostic.other(next, place).fix("insert `}`", end, format!("\n{}}}", " ".repeat(indent)))
        }
        None => diagnostic.other(next, "no `}` up to here"),
    }
}

pub(crate) fn closes_nothing(span: Span, written: &str, ended: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0013, format!("`{written}` closes nothing"), span)
        .label("nothing is open here")
        .help("remove it, or open the bracket it belongs to")
        .fix("remove it", span, "");
    match ended {
        Some(ended) => diagnostic.other(ended, "what stands before it has ended here"),
        None => diagnostic,
    }
}

pub(crate) fn missing_colon(ty: Span, written: &str, name: Span) -> Diagnostic {
    Diagnostic::new(Code::E0014, format!("a `:` is missing before the type {}", show(written)), ty)
        .help("a type stands behind `:`, as in `param tag: string`")
        .fix("insert `:`", name.after(), ":")
}

pub(crate) fn foreign_type(span: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::new(Code::E0117, format!("{} is not a type", show(written)), span)
        .help(format!("write `{meant}`"))
        .fix(format!("write `{meant}`"), span, meant)
}

pub(crate) fn assignment_inside(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0015, "`=` inside an expression", span)
        .label("gives a value only at the start of a statement")
        .help("compare with `==`; functions take their arguments by place, without names")
        .fix("compare with `==`", span, "==")
}

pub(crate) fn hidden(span: Span, first: char) -> Diagnostic {
    let number = u32::from(first);
    let kind = if first.is_control() { "control character" } else { "bidirectional character" };
    Diagnostic::new(Code::E0016, format!("U+{number:04X} is a {kind}, which nobody can see"), span)
        .help(format!("remove it; if text needs it, write `\\u{{{number:x}}}`"))
        .fix("remove it", span, "")
}

pub(crate) fn too_deep(opener: Span, most: usize) -> Diagnostic {
    Diagnostic::new(Code::E0017, format!("this nests more than {most} deep"), opener)
        .label("one level too many starts here")
        .help("give inner parts a name with `let`, or move them to a workflow of their own")
}

pub(crate) fn too_tall(end: Span, most: u32) -> Diagnostic {
    Diagnostic::new(Code::E0017, format!("this expression has more than {most} operators in a row"), end)
        .label("one too many ends here")
        .help("break it up with `let`, or use a list and a function such as `sum`, `all` or `join`")
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

/// `found` is given where something else stands in place of the value.
pub(crate) fn missing_value(after: Span, before: &str, at: Span, found: Option<&str>) -> Diagnostic {
    let place = if found.is_some() { at } else { after.after() };
    let message = match found {
        Some(found) => format!("expected a value, found {}", show(found)),
        None if before.is_empty() => "a value is missing".into(),
        None => format!("a value is missing after {}", show(before)),
    };
    Diagnostic::new(Code::E0020, message, place).label("expected a value").help(
        "values are text in quotes, numbers, `true`, `null`, lists `[a, b]`, objects `{ a = 1 }`, \
         references such as `param.name` and calls such as `len(x)`",
    )
}

pub(crate) fn missing_type(after: Span, at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0020, "a type is missing", after.after())
        .label("expected a type")
        .other(at, "this is none")
        .help("types are `string int float bool duration size time json`, `list(T)`, `map(T)`, `enum(\"a\", \"b\")`")
}

pub(crate) fn missing_member(dot: Span) -> Diagnostic {
    Diagnostic::new(Code::E0020, "a name is missing after `.`", dot.after())
        .label("expected a name")
        .help("write what is taken from the value, as in `param.name`")
}

pub(crate) fn missing_otherwise(at: Span, found: &str, question: Span) -> Diagnostic {
    Diagnostic::new(Code::E0020, format!("expected `:` and a second value, found {}", show(found)), at)
        .other(question, "the choice starts here")
        .help("write `condition ? value : other`; for a value that may be missing, `value ?? other`")
}

pub(crate) fn missing_pair_value(key: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0020, format!("{} has no value", show(key)), span.after())
        .label("expected `=` and a value")
        .help("write `key = value`; several values without keys are a list, `[a, b]`")
}

pub(crate) fn missing_key(at: Span, found: &str) -> Diagnostic {
    Diagnostic::new(Code::E0022, format!("expected a key, found {}", show(found)), at)
        .help("objects are `{ name = value }`; a key is a word or text in quotes")
}

pub(crate) fn chained_comparison(span: Span, written: &str, before: Span) -> Diagnostic {
    Diagnostic::new(Code::E0021, format!("this `{written}` compares the result of another comparison"), span)
        .label("second comparison")
        .other(before, "first comparison")
        .help("join two comparisons with `&&`, as in `0 < x && x < 10`")
}

pub(crate) fn unexpected_item(at: Span, found: &str, opener: Span, close: &str) -> Diagnostic {
    Diagnostic::new(Code::E0022, format!("expected `,` or `{close}`, found {}", show(found)), at)
        .other(opener, "in here")
        .help("put `,` between items and quotes around text")
}

pub(crate) fn unexpected(at: Span, found: &str, close: &str) -> Diagnostic {
    Diagnostic::new(Code::E0022, format!("expected `{close}`, found {}", show(found)), at)
        .help("one value stands here; an operator joins it to the next, and text stands in quotes")
}

/// `call` is the whole call and the value it is called on, where the call has no other argument.
pub(crate) fn method_call(name_span: Span, name: &str, call: Option<(Span, &str)>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0022, format!("`.{name}()` is not called on a value"), name_span);
    match call {
        Some((span, value)) => {
            let meant = format!("{name}({value})");
            diagnostic.help(format!("write {}", show(&meant))).fix("call the function", span, meant)
        }
        None => diagnostic.help(format!("functions stand before their arguments: `{name}(value, ...)`")),
    }
}

pub(crate) fn expected_in_comprehension(at: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E0022, format!("expected {what}"), at)
        .help("write `[for x in xs : value if condition]`; the condition may be left out")
}

pub(crate) fn not_a_statement(span: Span, found: &str) -> Diagnostic {
    Diagnostic::new(Code::E0100, format!("{} does not start a statement", show(found)), span)
        .label("expected a setting, a declaration, a block or `}`")
        .help("write `name = value`, `word name: type`, or `word { ... }`; a remark starts with `#`")
}

pub(crate) fn left_over(span: Span, found: &str, before: Span) -> Diagnostic {
    Diagnostic::new(Code::E0100, format!("{} belongs to no statement", show(found)), span)
        .label("expected a setting, a declaration, a block or `}`")
        .other(before, "the statement before it ends here")
        .help("put it into quotes if it is text, join it with an operator, or remove it")
}

pub(crate) fn lonely_word(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0100, format!("`{word}` alone is not a statement"), span)
        .label("expected `=`, `:`, `{` or a name behind it")
        .help(format!("write `{word} = value`, `{word} name {{ ... }}`, or `{word} {{ ... }}`"))
}

pub(crate) fn dotted_setting(span: Span, block: &str, setting: &str) -> Diagnostic {
    Diagnostic::new(Code::E0100, format!("`{block}.{setting}` does not start a statement"), span)
        .label("expected a setting, a declaration, a block or `}`")
        .help(format!("what belongs to a block stands inside it: `{block} {{ {setting} = ... }}`"))
}

pub(crate) fn import_in_body(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0100, "`import` stands at the top of a file only", span)
        .help("move it below `skynet 1`")
}

pub(crate) fn import_without_name(span: Span, end: Span, stem: Option<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(Code::E0100, "the import has no name", span).label("expected `as` and a name");
    match stem {
        Some(stem) => diagnostic.help(format!("write `as {stem}` behind the path")).fix(
            format!("name it `{stem}`"),
            end,
            format!(" as {stem}"),
        ),
        None => diagnostic.help("write `as name` behind the path"),
    }
}

pub(crate) fn colon_in_setting(colon: Span, key: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::E0105, format!("{} takes its value with `=`, not `:`", show(written)), colon)
        .help("`=` gives a value, `:` names a type")
        .fix_all("write `=`", vec![equals_for(key, colon)])
}

pub(crate) fn wrong_assignment(span: Span, sign: &str, key: &str) -> Diagnostic {
    Diagnostic::new(Code::E0105, format!("`{key}` takes its value with `=`, not `{sign}`"), span)
        .help(format!("write `{key} = ...`"))
        .fix("write `=`", span, "=")
}

pub(crate) fn no_body(span: Span, what: &str, expected: &str) -> Diagnostic {
    Diagnostic::new(Code::E0106, format!("{} has no body", show(what)), span.after())
        .label(format!("expected {expected}"))
        .other(span, "declared here")
        .help("write what it is made of between `{` and `}`")
}

pub(crate) fn missing_edition(top: Span) -> Diagnostic {
    Diagnostic::new(Code::E0113, "the file does not say which edition it is written in", top)
        .help("the first line is `skynet 1`")
        .fix("insert `skynet 1`", top, "skynet 1\n\n")
}

pub(crate) fn wrong_edition(span: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::E0113, format!("{} names no edition", show(written)), span)
        .help("there is one edition: `skynet 1`")
        .fix("write `skynet 1`", span, "skynet 1")
}

pub(crate) fn late_edition(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0113, "the edition comes before everything else", span)
        .help("move it to the first line")
}

pub(crate) fn second_edition(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::E0113, "the edition is given twice", span)
        .other(first, "first here")
        .help("keep the first")
        .fix("remove it", span, "")
}

pub(crate) fn not_a_name(span: Span, written: &str, meant: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::E0114, format!("{} is not a name", show(written)), span);
    match meant {
        Some(meant) => diagnostic.help(format!("names are letters, digits and `_`: `{meant}`")).fix(
            format!("write `{meant}`"),
            span,
            meant,
        ),
        None => diagnostic.help("names are the letters a to z, digits and `_`"),
    }
}

pub(crate) fn reserved_name(name: &Name) -> Diagnostic {
    Diagnostic::new(
        Code::E0114,
        format!("`{}` has a meaning of its own and names nothing", name.text),
        name.span,
    )
    .help("choose another name; a key in quotes may be any text")
}

pub(crate) fn reserved_binding(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0114, format!("`{word}` has a meaning of its own and names nothing"), span)
        .help("choose another name, as in `[for x in xs : x]`")
}

/// Returns the edit that writes `=` for the `:` behind a key.
fn equals_for(key: Span, colon: Span) -> Edit {
    let text = if key.end == colon.start { " =" } else { "=" };
    Edit { span: colon, text: text.into() }
}

/// Returns the first bytes of a span.
fn span_of_first(span: Span, len: usize) -> Span {
    let end = span.start.saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
    Span { end: end.min(span.end), ..span }
}

/// Returns what is written, short enough for one line and free of what a terminal would obey.
fn show(written: &str) -> String {
    const MOST: usize = 40;
    let line = written.lines().next().unwrap_or_default();
    if written.is_empty() {
        return "the end of the file".into();
    }
    let more = line.len() < written.len() || line.chars().nth(MOST).is_some();
    let shown: String = line.chars().take(MOST).filter(|next| !next.is_control()).collect();
    if more { format!("`{shown}...`") } else { format!("`{shown}`") }
}
