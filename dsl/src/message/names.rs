//! Names that nothing declares, and files that cannot be found.

use crate::{
    load::LoadError,
    suggest::{is_slip, listed},
};
use engine::value::Type;
use grammar::{
    Code, Diagnostic, Span,
    tree::{Import, Name},
};

/// Names that come from a closed list: the nearest one is surely meant.
fn with_near(
    found: Diagnostic,
    span: Span,
    near: Option<&str>,
    otherwise: impl FnOnce() -> String,
) -> Diagnostic {
    match near {
        Some(near) => found
            .label(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), span, near)
            .help(format!("write `{near}`")),
        None => found.help(otherwise()),
    }
}

/// Names that people gave: the nearest one is written only where the other is a slip of the pen.
fn with_near_name(
    found: Diagnostic,
    written: &Name,
    near: Option<&str>,
    otherwise: impl FnOnce() -> String,
) -> Diagnostic {
    match near {
        Some(near) if !is_slip(&written.text, near) => {
            found.label(format!("did you mean `{near}`?")).help(format!("write `{near}`, or declare it"))
        }
        Some(_) | None => with_near(found, written.span, near, otherwise),
    }
}

/// E0701 or E0708: an import that brought nothing.
pub(crate) fn import_failed(path: &str, span: Span, error: &LoadError) -> Diagnostic {
    match error {
        LoadError::NotFound { similar } => {
            let found = Diagnostic::new(Code::E0701, format!("cannot find `{path}`"), span);
            match similar.first() {
                Some(near) => found
                    .label(format!("did you mean `{near}`?"))
                    .fix(format!("write `{near}`"), span, format!("\"{near}\""))
                    .help("paths are relative to the file that imports"),
                None => found.help("paths are relative to the file that imports"),
            }
        }
        LoadError::Refused(why) => {
            Diagnostic::new(Code::E0708, format!("`{path}` is not imported: {why}"), span).help(
                "import a `.skynet` file by a path relative to this one, or by an https URL with `sha256`",
            )
        }
        LoadError::Failed(why) => Diagnostic::new(Code::E0708, format!("cannot read `{path}`: {why}"), span)
            .help("make it readable there, or import another"),
    }
}

/// E0407: a file that imports itself, directly or through others.
pub(crate) fn import_cycle(names: &[&str], span: Span) -> Diagnostic {
    let what = if names.len() <= 2 { "this file imports itself" } else { "these files import each other" };
    Diagnostic::new(Code::E0407, what, span)
        .label(names.join(" -> "))
        .help("move what they share into a file that imports neither")
}

/// E0702: a remote import without its digest. It has no fix: only a person who read the file can trust it.
pub(crate) fn import_without_digest(path: &str, import: &Import, actual: &str) -> Diagnostic {
    Diagnostic::new(Code::E0702, format!("remote import `{path}` has no `sha256`"), import.span)
        .label("whoever controls the address controls this workflow")
        .help(format!("read what it serves; if that is wanted, pin it: `sha256 \"{actual}\"`"))
}

/// E0703: the content is not what was pinned.
pub(crate) fn import_digest_differs(path: &str, span: Span, expected: &str, actual: &str) -> Diagnostic {
    Diagnostic::new(Code::E0703, format!("the content of `{path}` is not what is pinned here"), span)
        .label(format!("pinned {}…, found {}…", head(expected), head(actual)))
        .help(format!("read what changed; if it is wanted, write `sha256 \"{actual}\"`"))
}

fn head(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// E0114: a name that cannot be one.
pub(crate) fn import_alias_twice(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Code::E0108, format!("two imports are called `{name}`"), second)
        .label("and again here")
        .other(first, "first here")
        .help("give one of them another name behind `as`")
}

/// E0117: no type of this name.
pub(crate) fn unknown_type(name: &str, span: Span, near: Option<&str>, declared: &[&str]) -> Diagnostic {
    let found = Diagnostic::new(Code::E0117, format!("no type is called `{name}`"), span);
    with_near(found, span, near, || {
        if declared.is_empty() {
            "types are string, int, float, bool, duration, size, time, json, artifact, list(T), map(T) and enum(…); others are declared: `type NAME { … }`".to_owned()
        } else {
            format!("declared types are {}", listed(declared.iter().copied(), "and"))
        }
    })
}

/// E0117: a type with the wrong arguments.
pub(crate) fn type_arguments(name: &str, span: Span, example: &str) -> Diagnostic {
    Diagnostic::new(Code::E0117, format!("`{name}` is not complete"), span).help(format!("write `{example}`"))
}

/// E0118: no action of this name in the catalog.
pub(crate) fn unknown_action(name: &str, span: Span, near: Option<&str>, hint: Option<&str>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0118, format!("the catalog has no action `{name}`"), span);
    match hint {
        Some(hint) => found.help(hint),
        None => with_near(found, span, near, || "use `run` for a program of your own".to_owned()),
    }
}

/// E0201: no step of this name.
pub(crate) fn unknown_step(name: &Name, near: Option<(&str, Span)>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0201, format!("no step is called `{}`", name.text), name.span);
    let found = match near {
        Some((near, declared)) => found.other(declared, format!("`{near}` is declared here")),
        None => found,
    };
    with_near_name(found, name, near.map(|(near, _)| near), || {
        format!("declare it: `step {} {{ … }}`", name.text)
    })
}

/// E0202: a name that is no root of a reference.
pub(crate) fn unknown_root(name: &str, span: Span, near: Option<&str>, roots: &[&str]) -> Diagnostic {
    let found = Diagnostic::new(Code::E0202, format!("nothing is called `{name}`"), span);
    with_near(found, span, near, || {
        format!("a reference begins with {}; text stands in quotes", listed(roots.iter().copied(), "or"))
    })
}

/// E0202: a bare name that is declared, but needs its root.
pub(crate) fn root_left_out(name: &str, root: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0202, format!("nothing is called `{name}`"), span)
        .label(format!("did you mean `{root}.{name}`?"))
        .fix(format!("write `{root}.{name}`"), span, format!("{root}.{name}"))
        .help("a reference begins with the word that declares it")
}

/// E0203: a step has no output or artifact of this name.
pub(crate) fn unknown_output(
    step: &str,
    what: &str,
    name: &Name,
    near: Option<&str>,
    has: &[String],
    declared: Span,
) -> Diagnostic {
    let found =
        Diagnostic::new(Code::E0203, format!("step `{step}` has no {what} `{}`", name.text), name.span)
            .other(declared, format!("step `{step}` is declared here"));
    with_near_name(found, name, near, || {
        if has.is_empty() {
            format!(
                "it declares none; add `{what} {}{}` there",
                name.text,
                if what == "output" { ": TYPE" } else { " = \"path\"" }
            )
        } else {
            format!("it has {}", listed(has.iter().map(String::as_str), "and"))
        }
    })
}

/// E0204: no param, secret, let or target of this name.
pub(crate) fn undeclared(root: &str, name: &Name, near: Option<&str>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0204, format!("no {root} is called `{}`", name.text), name.span);
    with_near_name(found, name, near, || {
        let form = match root {
            "param" => format!("param {}: string", name.text),
            "secret" => format!("secret {} {{ from = \"env:NAME\" }}", name.text),
            "target" => format!("target {}: local", name.text),
            _ => format!("let {} = …", name.text),
        };
        format!("declare it in the workflow: `{form}`")
    })
}

/// E0204: a root without a name behind it.
pub(crate) fn root_alone(root: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0204, format!("`{root}` alone is no value"), span)
        .help(format!("name one: `{root}.NAME`"))
}

/// E0205: no function of this name.
pub(crate) fn unknown_function(name: &Name, near: Option<&str>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0205, format!("no function is called `{}`", name.text), name.span);
    let hint = match &*name.text {
        "length" | "lenght" | "size_of" | "count" => Some("len"),
        "concat" => Some("join"),
        "tostring" | "str" => Some("string"),
        "toint" | "parse_int" | "number" => Some("int"),
        "tojson" | "to_json" | "json_encode" => Some("json"),
        "fromjson" | "from_json" | "jsondecode" => Some("parse_json"),
        "lowercase" => Some("lower"),
        "uppercase" => Some("upper"),
        "uniq" | "unique" => Some("distinct"),
        "default" | "coalesce" => None,
        _ => near,
    };
    with_near(found, name.span, hint, || {
        match &*name.text {
        "default" | "coalesce" => "write `a ?? b`".to_owned(),
        "now" | "random" | "uuid" | "env" | "getenv" | "file" | "exec" => {
            "expressions read nothing from the world, so that every run can be replayed; pass it as a param, or let a step print it".to_owned()
        }
        _ => "there are no functions of your own; `call` reuses a workflow".to_owned(),
    }
    })
}

/// E0206: `each` in a step that does not fan out.
pub(crate) fn each_outside(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0206, "`each` is known only in a step with `for_each`", span)
        .help("add `for_each = …` to the step, or use the list itself")
}

/// E0207: `result` or `self` where no step has run.
pub(crate) fn not_run_here(root: &str, span: Span) -> Diagnostic {
    let found = Diagnostic::new(Code::E0207, format!("`{root}` is not known here"), span);
    match root {
        "result" => found
            .label("`result` is what the step's own action gave")
            .help("use it in the step's `output`, `expect` or `repeat`; from another step use `step.NAME.output.NAME`"),
        _ => found
            .label("`self` is the step after it ran")
            .help("use it in the step's `expect`, `repeat` or `undo`; from another step use `step.NAME.output.NAME`"),
    }
}

/// E0207: the result of this action has no such field.
pub(crate) fn unknown_result(name: &Name, action: &str, near: Option<&str>, known: &[&str]) -> Diagnostic {
    let found =
        Diagnostic::new(Code::E0209, format!("the result of `{action}` has no `{}`", name.text), name.span);
    with_near(found, name.span, near, || {
        if known.is_empty() {
            format!("`{action}` gives no result")
        } else {
            format!("it has {}", listed(known.iter().copied(), "and"))
        }
    })
}

/// E0208: `event` outside a trigger.
pub(crate) fn event_outside(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0208, "`event` is known only inside a trigger", span).help(
        "bind it to a typed param there: `set { NAME = string(event.body.NAME) }`, then read `param.NAME`",
    )
}

/// E0209: a record has no such field.
pub(crate) fn unknown_field(ty: &Type, name: &Name, near: Option<&str>, known: &[&str]) -> Diagnostic {
    let found = Diagnostic::new(Code::E0209, format!("`{ty}` has no field `{}`", name.text), name.span);
    with_near(found, name.span, near, || format!("it has {}", listed(known.iter().copied(), "and")))
}

/// E0209: a value of a type without fields.
pub(crate) fn no_fields(ty: &Type, name: &Name) -> Diagnostic {
    Diagnostic::new(Code::E0209, format!("`{ty}` has no fields"), name.span)
        .label(format!("`.{}` of a `{ty}`", name.text))
        .help("fields belong to declared types, maps and json")
}

/// E0210: a step used as a value.
pub(crate) fn step_as_value(name: &str, span: Span, output: Option<&str>) -> Diagnostic {
    let pick = match output {
        Some(output) => format!(".output.{output}"),
        None => ".status".to_owned(),
    };
    Diagnostic::new(Code::E0210, "a step is not a value", span)
        .label(format!("pick what you need from `{name}`"))
        .help(format!("write `step.{name}{pick}`, or another output, artifact or `.status`"))
}

/// E0704: an argument that the callee does not have.
pub(crate) fn unknown_argument(
    callee: &str,
    name: &str,
    span: Span,
    near: Option<&str>,
    known: &[String],
) -> Diagnostic {
    let found = Diagnostic::new(Code::E0704, format!("`{callee}` has no param `{name}`"), span);
    with_near(found, span, near, || {
        if known.is_empty() {
            "it takes none; remove it".to_owned()
        } else {
            format!("it takes {}", known.join(", "))
        }
    })
}

/// E0704: an argument that the callee needs.
pub(crate) fn missing_argument(
    callee: &str,
    name: &str,
    ty: &Type,
    span: Span,
    declared: Option<Span>,
) -> Diagnostic {
    let found = Diagnostic::new(Code::E0704, format!("`{callee}` needs `{name}`"), span)
        .label(format!("no `{name}` in here"))
        .help(format!("add `{name} = …`, a `{ty}`"));
    match declared {
        Some(declared) => found.other(declared, "declared here, without a default"),
        None => found,
    }
}

/// E0204: a call of something that is no workflow.
pub(crate) fn unknown_workflow(name: &str, span: Span, near: Option<&str>, known: &[String]) -> Diagnostic {
    let found = Diagnostic::new(Code::E0204, format!("no workflow is called `{name}`"), span);
    with_near(found, span, near, || {
        if known.is_empty() {
            "declare it in this file, or import the file that does".to_owned()
        } else {
            format!("known here: {}", listed(known.iter().map(String::as_str), "and"))
        }
    })
}

/// E0704: a param that an action does not take, for a reason worth telling.
pub(crate) fn refused_argument(action: &str, name: &str, span: Span, hint: &str) -> Diagnostic {
    Diagnostic::new(Code::E0704, format!("`{action}` has no param `{name}`"), span).help(hint)
}

/// E0704: a value that an action does not take.
pub(crate) fn argument_value(action: &str, name: &str, taken: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0704, format!("`{action}` does not take this `{name}`"), span)
        .label(format!("expected {taken}"))
        .help(format!("give {taken}"))
}

/// E0017: types within types, too many times or too many in all.
pub(crate) fn type_too_far(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0017, format!("the type of `{name}` holds too many types in one another"), span)
        .label("at most 64 deep, and 10000 parts in all")
        .help("use `json` for data of any depth")
}

/// E0108: a comprehension binds a name that already means something.
pub(crate) fn name_is_taken(name: &Name) -> Diagnostic {
    Diagnostic::new(Code::E0108, format!("`{}` already means something here", name.text), name.span)
        .help("give the elements another name")
}
