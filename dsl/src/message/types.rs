//! Values of the wrong type.

use crate::suggest::listed;
use engine::value::{Type, Value};
use grammar::{Code, Diagnostic, Span, tree::BinaryOp};

/// E0301: a value of one type where another is expected.
pub(crate) fn mismatch(
    expected: &Type,
    found: &Type,
    span: Span,
    because: Option<(Span, String)>,
) -> Diagnostic {
    let base = Diagnostic::new(Code::E0301, format!("expected `{expected}`, found `{found}`"), span)
        .label(format!("this is `{found}`"));
    let base = match because {
        Some((span, text)) => base.other(span, text),
        None => base,
    };
    match (expected, found) {
        (Type::Record(want), Type::Record(have)) => {
            let missing: Vec<String> = want
                .fields
                .iter()
                .filter(|(name, ty)| !ty.is_optional() && !have.fields.iter().any(|(it, _)| it == name))
                .map(|(name, ty)| format!("`{name}: {ty}` is missing"))
                .collect();
            let wrong = want.fields.iter().filter_map(|(name, ty)| {
                let (_, other) = have.fields.iter().find(|(it, _)| it == name)?;
                (!other.fits(ty)).then(|| format!("`{name}` is `{other}`, not `{ty}`"))
            });
            base.help(missing.into_iter().chain(wrong).collect::<Vec<_>>().join("; "))
        }
        (Type::Text, _) => base.help("convert it: `string(…)`, or write it into text: `\"${…}\"`"),
        (Type::Int, _) => base.help("convert it: `int(…)`"),
        (Type::Float, _) => base.help("convert it: `float(…)`"),
        (Type::Bool, _) => base.help("compare it with something: `x == …`, or convert it: `bool(…)`"),
        (Type::List(item), other) if other.fits(item) => base.help("put it in brackets: `[…]`"),
        _ => base.help(format!("give a `{expected}`")),
    }
}

/// E0301: a value of the type that is wanted, but in quotes.
pub(crate) fn quoted(expected: &Type, found: &Type, meant: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0301, format!("expected `{expected}`, found `{found}`"), span)
        .label("the quotes make it text")
        .help(format!("write `{meant}` without quotes"))
        .fix("drop the quotes", span, meant)
}

/// E0302: an optional value where one must be there.
pub(crate) fn may_be_missing(found: &Type, span: Span, why: Option<(Span, String)>) -> Diagnostic {
    let base = Diagnostic::new(Code::E0302, format!("this value may be missing (`{found}`)"), span);
    let base = match why {
        Some((span, text)) => base.other(span, text),
        None => base,
    };
    base.label("may be null here")
        .help("give it a substitute: `… ?? other`, or test it first: `x != null ? … : …`")
}

/// E0303: two sides that can never be equal.
pub(crate) fn never_equal(
    left: &Type,
    right: &Type,
    op: BinaryOp,
    span: Span,
    quoted_word: Option<(Span, String)>,
) -> Diagnostic {
    let always = if op == BinaryOp::Equal { "false" } else { "true" };
    let base = Diagnostic::new(Code::E0303, format!("`{left}` and `{right}` are never equal"), span)
        .label(format!("always {always}"));
    match quoted_word {
        Some((span, word)) => {
            base.help(format!("write `{word}` without quotes")).fix("drop the quotes", span, word)
        }
        None => base.help("convert one side, so that both have one type"),
    }
}

/// E0304: a condition that is no bool.
pub(crate) fn not_a_condition(found: &Type, span: Span) -> Diagnostic {
    let help = match found {
        Type::List(_) | Type::Map(_) => "there is no truthiness: write `len(…) > 0`",
        Type::Optional(_) => "there is no truthiness: write `… != null`, or `… ?? false`",
        Type::Text | Type::Enum(_) => "there is no truthiness: write `… != \"\"`",
        Type::Int | Type::Float => "there is no truthiness: write `… != 0`",
        _ => "compare it with something",
    };
    Diagnostic::new(Code::E0304, format!("a condition is `bool`, this is `{found}`"), span).help(help)
}

/// E0305: arguments that a function does not take.
pub(crate) fn wrong_arguments(function: &str, signature: &str, problem: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0305, format!("`{function}` does not take this"), span)
        .label(problem)
        .help(format!("it is `{signature}`"))
}

/// E0306: a default of the wrong type.
pub(crate) fn default_mismatch(mismatch: &Diagnostic, expected: &Type, declared: Span) -> Diagnostic {
    let message = format!("the default does not fit: {}", mismatch.message);
    let found = Diagnostic::new(Code::E0306, message, mismatch.primary.span)
        .label(mismatch.primary.text.clone())
        .other(declared, format!("declared as `{expected}`"))
        .help("make the two agree");
    Diagnostic { fix: mismatch.fix.clone(), ..found }
}

/// E0406: a default that depends on another param.
pub(crate) fn default_reads_param(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0406, "a default cannot read a param", span)
        .label("params are given together, in no order")
        .help("name the combination: `let NAME = …`, and read `let.NAME`")
}

/// Returns a value as a message shows it.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        other => other.to_string(),
    }
}

/// E0307: a word that is none of the allowed ones.
pub(crate) fn not_one_of(word: &str, span: Span, near: Option<&str>, allowed: &[&str]) -> Diagnostic {
    let words: Vec<String> = allowed.iter().map(|word| format!("\"{word}\"")).collect();
    let base = Diagnostic::new(Code::E0307, format!("\"{word}\" is not one of {}", words.join(", ")), span);
    match near {
        Some(near) => base.label(format!("did you mean \"{near}\"?")).help(format!("write \"{near}\"")).fix(
            format!("write \"{near}\""),
            span,
            format!("\"{near}\""),
        ),
        None => base.help(format!("write one of {}", words.join(", "))),
    }
}

/// E0308: elements of a list that have nothing in common.
pub(crate) fn mixed_list(first: (&Type, Span), other: (&Type, Span)) -> Diagnostic {
    Diagnostic::new(Code::E0308, format!("this list mixes `{}` and `{}`", first.0, other.0), other.1)
        .label(format!("this is `{}`", other.0))
        .other(first.1, format!("the list began with `{}`", first.0))
        .help("make all elements of one type; a record holds values of several")
}

/// E0309: a default that its own check refuses.
pub(crate) fn default_breaks_check(name: &str, value: &str, default: Span, check: Span) -> Diagnostic {
    Diagnostic::new(Code::E0309, format!("the default of `{name}` breaks its own check"), default)
        .label(format!("`param.{name}` would be {value}"))
        .other(check, "this is false for it")
        .help("change the default or the check")
}

/// E0310: a value that has no form as text.
pub(crate) fn not_for_text(found: &Type, span: Span) -> Diagnostic {
    let help = match found {
        Type::List(item) if matches!(**item, Type::Text | Type::Enum(_)) => "join it: `join(…, \", \")`",
        Type::Artifact => "an artifact is a file; lay it into the step with `files { … }`",
        Type::Secret => "a secret goes to `env`, `stdin`, http `headers` and `auth` only",
        _ => "write it as JSON: `json(…)`",
    };
    Diagnostic::new(Code::E0310, format!("`{found}` cannot go into text"), span).help(help)
}

/// E0311: an operator between types it does not take.
pub(crate) fn operator(op: &str, problem: &str, span: Span, both_text: bool) -> Diagnostic {
    let base = Diagnostic::new(Code::E0311, format!("`{op}` does not work here"), span).label(problem);
    if both_text && op == "+" {
        base.help("text is joined by interpolation: `\"${a}${b}\"`")
    } else {
        base.help(match op {
            "+" => {
                "`+` adds numbers, sizes, durations, and a duration to a time; lists join by `[...a, ...b]`"
            }
            "!" => "`!` turns a `bool` around",
            "<" | "<=" | ">" | ">=" => "order is known between two numbers, texts, durations, sizes or times",
            "in" => "`in` looks for an element in a list, a key in a map, or text in text",
            "??" => "`a ?? b` gives `b` where `a` is missing; the two need one type",
            _ => "arithmetic works on numbers, sizes and durations",
        })
    }
}

/// E0301: the two branches of a conditional have nothing in common.
pub(crate) fn branches(first: (&Type, Span), second: (&Type, Span)) -> Diagnostic {
    Diagnostic::new(Code::E0301, format!("expected `{}`, found `{}`", first.0, second.0), second.1)
        .label(format!("this is `{}`", second.0))
        .other(first.1, format!("the other branch is `{}`", first.0))
        .help("both branches need one type")
}

/// E0312: a plain number where a unit is needed.
pub(crate) fn unit_missing(what: &str, number: &str, unit: &str, span: Span) -> Diagnostic {
    let found = Diagnostic::new(Code::E0312, format!("expected a {what}, found `{number}`"), span)
        .label("a number without a unit");
    // Neither a negative length nor a negative amount is of use, and a unit behind an operator would not be what is meant.
    if !number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_')) {
        return found.help(format!("write it with its unit, for example `30{unit}`"));
    }
    found.help(format!("write `{number}{unit}`, or another unit")).fix(
        format!("write `{number}{unit}`"),
        span,
        format!("{number}{unit}"),
    )
}

/// E0313: json used as something it may not be.
pub(crate) fn json_unconverted(expected: Option<&Type>, text: &str, span: Span) -> Diagnostic {
    let base = Diagnostic::new(Code::E0313, "`json` may hold anything; convert it first", span)
        .label("this is `json`");
    let function = match expected {
        Some(Type::Text | Type::Enum(_)) => "string",
        Some(Type::Int) => "int",
        Some(Type::Float) => "float",
        Some(Type::Bool) => "bool",
        Some(Type::Duration) => "duration",
        _ => {
            return base
                .help("convert it: `string(…)`, `int(…)`, or give it a declared type: `output x: TYPE = …`");
        }
    };
    base.help(format!("write `{function}({text})`")).fix(
        format!("convert with `{function}`"),
        span,
        format!("{function}({text})"),
    )
}

/// E0314: an expression known at compile time that has no value.
pub(crate) fn constant_fails(reason: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0314, format!("this never has a value: {reason}"), span)
        .help("`get(…)` and `??` are forms that cannot fail")
}

/// E0315: a regular expression that is none.
pub(crate) fn bad_regex(reason: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0315, format!("not a regular expression: {reason}"), span)
        .help("the syntax is that of Rust's `regex`: no look-around, no back references")
}

/// E0316: a number outside what the setting takes.
pub(crate) fn out_of_range(word: &str, found: &str, at_least: i64, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0316, format!("`{word}` must be at least {at_least}, found {found}"), span)
        .help(format!("write a number from {at_least} up"))
}

/// E0316: a length of time that no clock can measure.
pub(crate) fn too_short(word: &str, found: &str, is_over: bool, span: Span) -> Diagnostic {
    let must = if is_over { "be longer than 0s" } else { "not be negative" };
    Diagnostic::new(Code::E0316, format!("`{word}` must {must}, found {found}"), span).help(if is_over {
        "write a length of time, for example `30s`"
    } else {
        "write a length of time from `0s` up"
    })
}

/// E0301: a value that must be written out and is not.
pub(crate) fn not_written_out(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0301, format!("expected {what}, written out"), span)
        .label("this is not known before the job runs")
        .help(format!("write {what} here"))
}

/// E0307: a text of `retry.on` that names no failure.
pub(crate) fn unknown_failure(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0307, format!("\"{word}\" names no failure"), span)
        .help(format!("failures are {}", listed(["timeout", "exit:N", "http:5xx", "http:503", "any"], "and")))
}

/// E0301: something else where references are expected.
pub(crate) fn expected_references(what: &str, example: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0301, format!("expected {what}"), span).help(format!("write `{example}`"))
}
