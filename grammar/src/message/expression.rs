//! What is said about values and what joins them.

use super::{equals_for, show};
use crate::{Code, Diagnostic, Edit, Span};

pub(crate) fn value_outside_text(span: Span, inner: &str) -> Diagnostic {
    Diagnostic::new(Code::E0006, "`${ }` stands only inside text", span)
        .label("this is an expression already")
        .help(format!("write {}", show(inner)))
        .fix("remove `${` and `}`", span, inner)
}

pub(crate) fn foreign_template(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0115, "`${{ }}` is how GitHub Actions writes a value", span)
        .label("here it would be an object in `${ }`")
        .help("write `${param.NAME}`, `${let.NAME}` or `${step.NAME.output.NAME}`")
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

pub(crate) fn assignment_inside(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0015, "`=` inside an expression", span)
        .label("gives a value only at the start of a statement")
        .help("compare with `==`; functions take their arguments by place, without names")
        .fix("compare with `==`", span, "==")
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

pub(crate) fn foreign_choice(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0022, "`if` does not choose between values", span)
        .help("write `condition ? value : other`")
}

pub(crate) fn foreign_in(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0022, "expected `in`, found `of`", span).help("write `in`").fix(
        "write `in`",
        span,
        "in",
    )
}

pub(crate) fn late_for(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0022, "`for` stands behind the value it is for", span).help(
        "write `[for x in xs : value if condition]`: first where the elements come from, then the value",
    )
}

pub(crate) fn expected_in_comprehension(at: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::E0022, format!("expected {what}"), at)
        .help("write `[for x in xs : value if condition]`; the condition may be left out")
}

pub(crate) fn reserved_binding(span: Span, word: &str) -> Diagnostic {
    Diagnostic::new(Code::E0114, format!("`{word}` has a meaning of its own and names nothing"), span)
        .help("choose another name, as in `[for x in xs : x]`")
}
