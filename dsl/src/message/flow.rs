//! How steps depend on each other, and what may stand in them.

use crate::danger::Danger;
use engine::value::Type;
use grammar::{Code, Diagnostic, Span};

/// One reason in a cycle: the sentence, and where it is written.
pub(crate) struct Cause {
    /// Why one step waits for the next.
    pub text: String,
    /// Where that is written.
    pub span: Span,
}

/// E0401: steps that wait for each other.
pub(crate) fn cycle(path: &[&str], causes: &[Cause], odd: Option<usize>) -> Diagnostic {
    let at =
        odd.or(Some(0)).and_then(|index| causes.get(index)).map_or_else(Span::default, |cause| cause.span);
    let mut found = Diagnostic::new(Code::E0401, "these steps wait for each other", at);
    for (index, cause) in causes.iter().enumerate() {
        let text = format!("{} ({})", cause.text, index + 1);
        if Some(index) == odd.or(Some(0)) {
            found = found.label(text);
        } else {
            found = found.other(cause.span, text);
        }
    }
    let round = path.join(" -> ");
    found.help(match odd {
        Some(odd) => format!(
            "{round}: ({}) orders steps without passing data; remove it, or turn it into `after` of another step",
            odd + 1
        ),
        None => format!("{round}: take one of these references away"),
    })
}

/// E0402: a step that refers to itself.
pub(crate) fn refers_to_itself(step: &str, span: Span, own: bool) -> Diagnostic {
    let found = Diagnostic::new(Code::E0402, format!("step `{step}` refers to itself"), span);
    if own {
        found.help("inside the step write `self`").fix("write `self`", span, "self")
    } else {
        found.help(
            "a step cannot use what it has not made yet; `expect`, `repeat` and `undo` know it as `self`",
        )
    }
}

/// E0403: a step that can never run.
pub(crate) fn never_runs(step: &str, span: Span, why: &str, cause: Option<(Span, String)>) -> Diagnostic {
    let found = Diagnostic::new(Code::E0403, format!("step `{step}` can never run"), span).label(why);
    let found = match cause {
        Some((span, text)) => found.other(span, text),
        None => found,
    };
    found.help("change the condition, or remove the step")
}

/// E0404: the same step in `needs` and `after`.
pub(crate) fn needs_and_after(step: &str, needs: Span, after: Span, removal: Span) -> Diagnostic {
    Diagnostic::new(Code::E0404, format!("`{step}` is in both `needs` and `after`"), after)
        .label("the weaker of the two")
        .other(needs, "`needs` is the stronger")
        .help("drop it from `after`")
        .fix("drop it from `after`", removal, "")
}

/// E0405: a workflow that calls itself.
pub(crate) fn workflow_calls_itself(path: &[&str], sites: &[Span]) -> Diagnostic {
    let message = format!("workflow `{}` calls itself", path.first().unwrap_or(&""));
    let mut found = Diagnostic::new(Code::E0405, message, sites.first().copied().unwrap_or_default());
    found = found.label(path.join(" -> "));
    for (span, name) in sites.iter().skip(1).zip(path.iter().skip(2)) {
        found = found.other(*span, format!("`{name}` is called here"));
    }
    found.help("a job must come to an end; use `for_each` or `repeat` instead of recursion")
}

/// E0406: values that are defined by each other.
pub(crate) fn values_need_each_other(name: &str, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(Code::E0406, format!("`{name}` needs itself to have a value"), span)
        .label("it is read here, before it has a value")
        .other(declared, format!("`{name}` is declared here"))
        .help("define one of them without the other")
}

/// E0406: a type that contains itself.
pub(crate) fn type_in_itself(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0406, format!("type `{name}` contains itself"), span)
        .help("values are finite; use `json` for data of any depth")
}

/// E0601: a risky step that nobody approves.
pub(crate) fn not_approved(step: &str, danger: Danger, policy: (&str, Span)) -> Diagnostic {
    let message = format!("step `{step}` has risk \"{}\" and no approval above it", danger.risk.as_str());
    Diagnostic::new(Code::E0601, message, danger.at)
        .label(danger.label())
        .other(policy.1, format!("approval is wanted from \"{}\" on", policy.0))
        .help(format!("add a step with `approve {{ … }}` and name it in the `needs` of `{step}`"))
}

/// E0602: fan-out over something that has no elements.
pub(crate) fn not_a_collection(found: &Type, span: Span) -> Diagnostic {
    let help = match found {
        Type::Text => "split it: `split(…, \",\")` or `lines(…)`",
        Type::Int => "count with `range(0, n)`",
        Type::Json => "give it a type first: declare the output as `list(T)` in the step that makes it",
        _ => "put it in a list: `[…]`",
    };
    Diagnostic::new(Code::E0602, format!("`for_each` takes a list or a map, this is `{found}`"), span)
        .help(help)
}

/// E0603: an undo that reads another step.
pub(crate) fn undo_reads(step: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0603, format!("`undo` cannot read step `{step}`"), span)
        .label("not known when the undo runs")
        .help("it knows `self`, `param`, `secret`, `let` and `each`; keep what it needs in an `output` of its own step")
}

/// E0211: a step read before the job runs.
pub(crate) fn step_before_job(step: &str, place: &str, span: Span) -> Diagnostic {
    let place = if place == "default" { "the default of a param".into() } else { format!("`{place}`") };
    Diagnostic::new(Code::E0211, format!("step `{step}` is not known in {place}"), span)
        .label("this is settled before any step runs")
        .help("read it in another step, or in an `output` of the workflow; what is settled before reads `param` and `job`")
}

/// E0604: the outputs of all instances used as if there were one.
pub(crate) fn gathered(step: &str, expected: &Type, found: &Type, span: Span, for_each: Span) -> Diagnostic {
    Diagnostic::new(
        Code::E0604,
        format!("this is `{found}`, one `{expected}` for each instance of `{step}`"),
        span,
    )
    .label(format!("expected one `{expected}`"))
    .other(for_each, format!("`{step}` fans out here"))
    .help("pick one: `…[0]`, `first(…)`; or go through all: `[for x in … : x]`")
}

/// E0605: two instances of the same name.
pub(crate) fn key_not_unique(first: usize, second: usize, key: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0605, "`key` is not unique", span)
        .label(format!("items {first} and {second} both give \"{key}\""))
        .help("take something into the key that tells them apart, for example `each.index`")
}

/// E0606: nobody may answer.
pub(crate) fn no_approvers(span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0606, "`approve` names no approvers", span)
        .label("nobody could answer")
        .help("add `approvers = [\"group:NAME\"]` or `[\"user:NAME\"]`")
}

/// E0607: a schedule that is none.
pub(crate) fn bad_cron(reason: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0607, "not a schedule", span)
        .label(reason)
        .help("five fields: minute, hour, day, month, weekday; every night at three is `0 3 * * *`")
}

/// E0607: a time zone that is none.
pub(crate) fn bad_timezone(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0607, format!("no time zone is called `{name}`"), span)
        .help("write its IANA name, for example `Europe/Berlin` or `UTC`")
}

/// E0608: a step that waits for a group its own callee needs.
pub(crate) fn group_deadlock(group: &str, step: Span, callee: Span, callee_name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E0608,
        format!("group \"{group}\" is held while `{callee_name}` waits for it"),
        step,
    )
    .label("held here until the call ends")
    .other(callee, format!("`{callee_name}` cannot start before the group is free"))
    .help("use two groups, or leave one of them out")
}

/// E0801: a path that leaves the workspace.
pub(crate) fn path_leaves(path: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::E0801, format!("{what} `{path}` leaves the workspace"), span)
        .help("write a relative path without `..`")
}

/// E0802: two files on one path.
pub(crate) fn same_path(path: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(Code::E0802, format!("two files land on `{path}`"), second)
        .label("and again here")
        .other(first, "first here")
        .help("give one of them another path")
}

/// E0707: a target that cannot do what the step does.
pub(crate) fn target_cannot(kind: &str, action: &str, on: Span, who: &str) -> Diagnostic {
    Diagnostic::new(Code::E0707, format!("a target of kind `{kind}` cannot do `{action}`"), on).help(who)
}

/// E0017: calls within calls, too many times.
pub(crate) fn calls_too_deep(span: Span, most: usize) -> Diagnostic {
    Diagnostic::new(Code::E0017, format!("calls nest more than {most} deep"), span)
        .label("one level too many starts here")
        .help("call some of these workflows side by side instead of within each other")
}
