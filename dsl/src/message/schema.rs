//! Words that are unknown, misplaced, doubled or missing.

use crate::{
    schema::{Foreign, Place},
    suggest::listed,
};
use grammar::{Code, Diagnostic, Edit, Kind, Span, tree::Name};

/// E0101: the place has no such setting or block.
pub(crate) fn unknown_setting(
    place: Place,
    word: &str,
    span: Span,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    let message = format!("`{}` has no setting or block `{word}`", place.title());
    let found = Diagnostic::new(Code::E0101, message, span);
    match near {
        Some(near) => found
            .label(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), span, near)
            .help(format!("write `{near}`")),
        None if known.is_empty() => found.help("remove it"),
        None => found.help(format!("it takes {}", listed(known.iter().copied(), "and"))),
    }
}

/// E0102: no declaration begins with this word here.
pub(crate) fn unknown_word(
    place: Place,
    word: &str,
    span: Span,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    let found = Diagnostic::new(Code::E0102, format!("unknown word `{word}`"), span);
    match near {
        Some(near) => found
            .label(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), span, near)
            .help(format!("write `{near}`")),
        None => found.help(format!(
            "a {} declares {}",
            place.title(),
            if known.is_empty() { "nothing".to_owned() } else { listed(known.iter().copied(), "and") }
        )),
    }
}

/// E0103: a block is written with `=`.
pub(crate) fn block_as_setting(word: &str, key: Span, value: Span, inner: Option<&str>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0103, format!("`{word}` is a block"), key)
        .label("a block takes no `=`")
        .help(format!("write `{word} {{ … }}` with one setting a line and no commas"));
    match inner {
        Some(inner) => found.fix("write it as a block", key.to(value), format!("{word} {{ {inner} }}")),
        None => found,
    }
}

/// E0104: a setting is written with braces.
pub(crate) fn setting_as_block(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0104, format!("`{word}` is a setting"), span)
        .label("a setting takes `=` and a value")
        .help(format!("write `{word} = …`"))
}

/// E0105: a setting is written like a field of a type.
pub(crate) fn setting_as_field(word: &str, span: Span, colon: Option<Span>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0105, format!("`{word}` takes its value with `=`, not `:`"), span)
        .help("`=` gives a value, `:` names a type");
    match colon {
        Some(colon) => found.fix("write `=`", colon, " = "),
        None => found,
    }
}

/// E0115, E0101: what was meant stands in the body already, so a second one is no mend.
pub(crate) fn set_already(found: &mut Diagnostic, meant: &str, span: Span) {
    found.fix = None;
    found.help = Some(format!("keep one of them, as `{meant}`"));
    found.others.push(grammar::Label { span, text: format!("this gives `{meant}` already") });
}

/// E0104: a word that declares something is used as a setting.
pub(crate) fn declaration_as_setting(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0101, format!("`{word}` declares something, it is not a setting"), span)
        .help(format!("give it a name: `{word} NAME …`"))
}

/// E0106: the declaration needs a body.
pub(crate) fn no_body(word: &Name, name: &Name) -> Diagnostic {
    Diagnostic::new(Code::E0106, format!("`{} {}` has no body", word.text, name.text), name.span.after())
        .label("expected `{`")
        .help(format!("write `{} {} {{ … }}`", word.text, name.text))
}

/// E0107: the same word twice in one body.
pub(crate) fn set_twice(word: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Code::E0107, format!("`{word}` is set twice"), second)
        .label("and again here")
        .other(first, "first here")
        .help("keep one of them")
}

/// E0108: the same name declared twice.
pub(crate) fn declared_twice(word: &str, name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Code::E0108, format!("two {word}s are called `{name}`"), second)
        .label("and again here")
        .other(first, "first here")
        .help("rename one of them")
}

/// E0109: a step without an action.
pub(crate) fn no_action(step: &Name, actions: &[&str]) -> Diagnostic {
    Diagnostic::new(Code::E0109, format!("step `{}` does nothing", step.text), step.span)
        .label("it has no action")
        .help(format!("add one of {}", listed(actions.iter().copied(), "or")))
}

/// E0109: an undo without an action.
pub(crate) fn undo_without_action(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0109, "this `undo` does nothing", span)
        .label("it has no action")
        .help("add one of `run`, `script`, `do` or `http`")
}

/// E0110: a step with two actions.
pub(crate) fn two_actions(owner: &str, first: (&str, Span), second: (&str, Span)) -> Diagnostic {
    Diagnostic::new(Code::E0110, format!("{owner} has two actions"), second.1)
        .label(format!("`{}` here", second.0))
        .other(first.1, format!("`{}` there", first.0))
        .help("split it into two steps")
}

/// E0111: the word belongs to another place.
pub(crate) fn belongs_elsewhere(word: &str, span: Span, here: Place, homes: &[Place]) -> Diagnostic {
    let titles: Vec<&str> = homes.iter().map(|place| place.title()).collect();
    let kind = if word == here.title() { Kind::Nested } else { Kind::Plain };
    Diagnostic::new(Code::E0111, format!("`{word}` does not belong in `{}`", here.title()), span)
        .kind(kind)
        .help(format!("it belongs in {}", listed(titles, "or")))
}

/// E0012: the declaration behind an open body stands in it.
pub(crate) fn nested_in(open: &mut Diagnostic, nested: Span) {
    open.fix = None;
    open.help = Some("close the one before this one with `}`".into());
    open.others = vec![grammar::Label { span: nested, text: "this one stands in another".into() }];
}

/// E0111: a type or value on a declaration that takes none.
pub(crate) fn part_not_taken(word: &str, part: &str, span: Span, form: &str) -> Diagnostic {
    Diagnostic::new(Code::E0111, format!("`{word}` takes no {part}"), span).help(format!("write `{form}`"))
}

/// E0112: something the schema requires.
pub(crate) fn missing_setting(place: Place, word: &str, span: Span, doc: &str, example: &str) -> Diagnostic {
    Diagnostic::new(Code::E0112, format!("`{}` needs `{word}`", place.title()), span)
        .label(format!("no `{word}` in here"))
        .help(format!("add `{example}`: {}", lower_first(doc)))
}

/// E0112: a declaration without its type or value.
pub(crate) fn missing_part(word: &str, name: &Name, part: &str, example: &str) -> Diagnostic {
    Diagnostic::new(Code::E0112, format!("{word} `{}` needs a {part}", name.text), name.span)
        .help(format!("write `{example}`"))
}

/// E0112: a declaration without its type, where the value shows which.
pub(crate) fn missing_type(word: &str, name: &Name, ty: &str) -> Diagnostic {
    Diagnostic::new(Code::E0112, format!("{word} `{}` needs a type", name.text), name.span)
        .help(format!("write `{word} {}: {ty} = …`", name.text))
        .fix(format!("insert `: {ty}`"), name.span.after(), format!(": {ty}"))
}

/// E0110: `wait` for more than one thing.
pub(crate) fn wait_for_one(first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Code::E0110, "`wait` takes only one of `for`, `until` and `signal`", second)
        .label("and another here")
        .other(first, "one here")
        .help("keep one of them; how long to wait for a signal is its `expires`")
}

/// E0112: `wait` without anything to wait for.
pub(crate) fn wait_for_what(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0112, "`wait` needs one of `for`, `until` and `signal`", span)
        .help("write `wait { for = 30s }`, `wait { until = … }` or `wait { signal = \"name\" }`")
}

/// E0115: a word of another tool.
pub(crate) fn foreign_word(foreign: &Foreign, written: &str, span: Span, replaceable: bool) -> Diagnostic {
    let found = Diagnostic::new(Code::E0115, format!("`{written}` is a word of {}", foreign.tool), span);
    let found = match foreign.here {
        Some(here) if foreign.help.is_empty() => found.help(format!("here it is `{here}`")),
        Some(_) | None => found.help(foreign.help),
    };
    match foreign.here {
        Some(here) if replaceable => found.fix(format!("write `{here}`"), span, here),
        Some(_) | None => found,
    }
}

/// E0116: the main file has nothing to run.
pub(crate) fn no_workflow(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0116, "this file has no workflow", span)
        .help("add `workflow NAME { … }` with at least one step")
}

/// E0706: unknown kind of a target or trigger.
pub(crate) fn unknown_kind(
    word: &str,
    kind: &str,
    span: Span,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    let found = Diagnostic::new(Code::E0706, format!("no {word} is of kind `{kind}`"), span)
        .help(format!("kinds are {}", listed(known.iter().copied(), "and")));
    match near {
        Some(near) => found
            .label(format!("did you mean `{near}`?"))
            .fix_all(format!("write `{near}`"), vec![Edit { span, text: near.to_owned() }]),
        None => found,
    }
}

/// E0706: a setting that the target of the step does not have.
pub(crate) fn unknown_override(
    kind: &str,
    word: &str,
    span: Span,
    near: Option<&str>,
    known: &[&str],
) -> Diagnostic {
    let found =
        Diagnostic::new(Code::E0706, format!("a target of kind `{kind}` has no setting `{word}`"), span);
    match near {
        Some(near) => {
            found.label(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near)
        }
        None if known.is_empty() => found.help("this kind has no settings to replace"),
        None => found.help(format!("it has {}", listed(known.iter().copied(), "and"))),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// E0114: a variable's name that no shell could read.
pub(crate) fn not_a_variable(name: &str, span: Span) -> Diagnostic {
    let mended: String = name
        .chars()
        .map(|char| if char.is_ascii_alphanumeric() { char.to_ascii_uppercase() } else { '_' })
        .collect();
    Diagnostic::new(Code::E0114, format!("`{name}` is not a name of a variable"), span)
        .help("letters, digits and `_`, and no digit first")
        .fix(format!("write `{mended}`"), span, mended)
}

/// E0111: a setting that means something only beside another.
pub(crate) fn only_with(word: &str, other: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0111, format!("`{word}` means something only with `{other}`"), span)
        .help(format!("remove it, or add `{other}`"))
}

/// E0020: a command of no program.
pub(crate) fn empty_command(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0020, "the program is missing", span)
        .help("write `run = [\"program\", \"argument\"]`")
}

/// E0116: a workflow that does nothing.
pub(crate) fn no_steps(name: &Name) -> Diagnostic {
    Diagnostic::new(Code::E0116, format!("workflow `{}` has no steps", name.text), name.span)
        .help("add one: `step NAME { run = [\"program\"] }`")
}

/// E0706: a secret from nowhere.
pub(crate) fn unknown_secret_source(from: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0706, format!("secrets do not come from \"{from}\""), span)
        .help("write \"env:NAME\", \"file:PATH\" or \"vault:PATH#FIELD\"")
}
