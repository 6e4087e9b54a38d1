//! What is said about statements, types and names.

use super::{equals_for, show};
use crate::{Code, Diagnostic, Edit, Kind, Span, tree::Name};

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

/// Values side by side that should be a list.
pub(crate) fn unbracketed(comma: Span, values: Span) -> Diagnostic {
    let edits = vec![
        Edit { span: values.before(), text: "[".into() },
        Edit { span: values.after(), text: "]".into() },
    ];
    Diagnostic::new(Code::E0004, "this `,` stands between values outside of `[ ]`", comma)
        .help("several values are a list: `[a, b]`")
        .fix_all("put `[` and `]` around them", edits)
}

/// `indent` is given where the indentation shows which line the brace is missing before; it goes to `end`, then.
pub(crate) fn unclosed_body(opener: Span, end: Span, next: Span, indent: Option<usize>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(Code::E0012, "`{` is never closed", opener).kind(Kind::OpenBody).label("opened here");
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

pub(crate) fn missing_type(after: Span, at: Span) -> Diagnostic {
    Diagnostic::new(Code::E0020, "a type is missing", after.after())
        .label("expected a type")
        .other(at, "this is none")
        .help("types are `string int float bool duration size time json`, `list(T)`, `map(T)`, `enum(\"a\", \"b\")`")
}

pub(crate) fn not_a_statement(span: Span, found: &str) -> Diagnostic {
    Diagnostic::new(Code::E0100, format!("{} does not start a statement", show(found)), span)
        .label("expected a setting, a declaration, a block or `}`")
        .help("write `name = value`, `word name: type`, or `word { ... }`; a remark starts with `#`")
}

pub(crate) fn left_over(span: Span, found: &str, before: Span) -> Diagnostic {
    Diagnostic::new(Code::E0100, format!("{} belongs to no statement", show(found)), span)
        .kind(Kind::Of(before))
        .label("expected a setting, a declaration, a block or `}`")
        .other(before.after(), "the statement before it ends here")
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
        .kind(Kind::Of(key))
        .help("`=` gives a value, `:` names a type")
        .fix_all("write `=`", vec![equals_for(key, colon)])
}

/// Lines below a key with `:`, as YAML has them.
pub(crate) fn colon_over_lines(colon: Span, key: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0105, format!("`{word}:` with lines below it is YAML"), colon)
        .kind(Kind::Of(key))
        .help(format!("write `{word} = value`, or `{word} {{ ... }}` with `key = value` in it"))
}

pub(crate) fn missing_sign(place: Span, word: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::E0105, format!("a `=` is missing behind {}", show(written)), place)
        .kind(Kind::Of(word))
        .help("`=` gives a value")
        .fix("insert `=`", place, " =")
}

pub(crate) fn wrong_assignment(span: Span, sign: &str, key: &str) -> Diagnostic {
    Diagnostic::new(Code::E0105, format!("`{key}` takes its value with `=`, not `{sign}`"), span)
        .help(format!("write `{key} = ...`"))
        .fix("write `=`", span, "=")
}

pub(crate) fn no_body(span: Span, what: &str, expected: &str) -> Diagnostic {
    Diagnostic::new(Code::E0106, format!("{} has no body", show(what)), span.after())
        .kind(Kind::Of(span))
        .label(format!("expected {expected}"))
        .other(span, "declared here")
        .help("write what it is made of between `{` and `}`")
}

/// The lines of a body, without the bracket that opens it.
pub(crate) fn missing_brace(head: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E0106, format!("a `{{` is missing behind {}", show(what)), head.after())
        .kind(Kind::Of(head))
        .label("expected `{`")
        .help("write what it is made of between `{` and `}`")
        .fix("insert `{`", head.after(), " {")
}

/// An import whose path has no quotes.
pub(crate) fn import_path(path: Span, written: &str) -> Diagnostic {
    Diagnostic::new(Code::E0005, "the path of an import stands in quotes", path)
        .help(format!("write `import \"{written}\" as name`"))
        .fix("put it in quotes", path, format!("\"{written}\""))
}

/// Several words that are no value.
pub(crate) fn unquoted(span: Span, written: &str) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(Code::E0005, format!("text stands in double quotes: {}", show(written)), span)
            .label("several words, and nothing joins them")
            .help("put it in quotes");
    if written.contains(['"', '\\', '\n', '#']) {
        return diagnostic;
    }
    diagnostic.fix("put it in quotes", span, format!("\"{written}\""))
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

/// `word` is the one that declares the name.
pub(crate) fn quoted_name(word: Span, span: Span, written: &str, meant: Option<&str>) -> Diagnostic {
    not_a_name(span, written, meant).kind(Kind::Of(word))
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
