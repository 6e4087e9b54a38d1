//! Warnings: what compiles and is probably not what is meant.

use crate::danger::Danger;
use grammar::{Code, Diagnostic, Span};

/// W0901: declared and never used.
pub(crate) fn unused(word: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0901, format!("{word} `{name}` is never used"), span).help("remove it, or use it")
}

/// W0902: text that is nothing but one value.
pub(crate) fn needless_interpolation(inner: &str, span: Span) -> Diagnostic {
    let message = if inner.len() <= 60 {
        format!("`\"${{{inner}}}\"` is just `{inner}`")
    } else {
        "this text is just the value in it".to_owned()
    };
    Diagnostic::new(Code::W0902, message, span).help("drop the quotes").fix("drop the quotes", span, inner)
}

/// W0903: a `needs` that a reference makes already.
pub(crate) fn needless_needs(step: &str, span: Span, reference: Span, removal: Option<Span>) -> Diagnostic {
    let found = Diagnostic::new(Code::W0903, format!("`needs` repeats a reference to `{step}`"), span)
        .other(reference, format!("this waits for `{step}` already"))
        .help("remove it from `needs`");
    match removal {
        Some(removal) => found.fix("remove it from `needs`", removal, ""),
        None => found,
    }
}

/// W0904: an image that can change under its name.
pub(crate) fn image_not_pinned(image: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0904, format!("image `{image}` is not pinned"), span)
        .label("a tag can be moved to other content")
        .help("add its digest: `NAME@sha256:…`")
}

/// W0905: a variable that the shell would split.
pub(crate) fn unquoted_variable(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0905, format!("`${name}` is not quoted"), span)
        .label("the shell splits it at blanks and expands `*`")
        .help(format!("write `\"${name}\"`"))
        .fix("quote it", span, format!("\"${name}\""))
}

/// W0906: an argument an outsider could turn into an option.
pub(crate) fn may_be_option(text: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0906, "this value may be read as an option", span)
        .label("it comes from outside and may begin with `-`")
        .help(format!("put `\"--\"` before it, or write it behind an option: `\"--name={text}\"`"))
}

/// W0907: a risk that cannot be taken back, and nobody says so.
pub(crate) fn no_way_back(step: &str, danger: Danger) -> Diagnostic {
    let message = format!("risky step `{step}` has neither `undo` nor `irreversible`");
    Diagnostic::new(Code::W0907, message, danger.at)
        .label(danger.label())
        .help("add `undo { … }`, or say `irreversible = true`")
}

/// W0908: a risky step that is tried again.
pub(crate) fn risky_retry(step: &str, retry: Span, danger: Danger) -> Diagnostic {
    Diagnostic::new(Code::W0908, format!("step `{step}` is risky and is tried again"), retry)
        .label("may happen more than once")
        .other(danger.at, danger.label())
        .help("make sure that doing it twice does no harm, and say why in `reason = \"…\"`")
}

/// W0909: an approval that may not happen while the step still runs.
pub(crate) fn approval_may_be_skipped(step: &str, approval: &str, needs: Span, when: Span) -> Diagnostic {
    let message = format!("step `{step}` runs even when approval `{approval}` is skipped");
    Diagnostic::new(Code::W0909, message, needs)
        .label("a skipped step counts as met")
        .other(when, format!("`{approval}` may be skipped"))
        .help(format!("add `when = step.{approval}.status == \"succeeded\"` to `{step}`"))
}

/// W0910: a wait without an end.
pub(crate) fn no_timeout(step: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0910, format!("step `{step}` waits for {what} without `timeout`"), span)
        .help("add `timeout = 1m`, or what fits")
}

/// W0911: a condition that is always true.
pub(crate) fn always_true(span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0911, "this condition is always true", span).help("remove it")
}

/// W0912: an output that the script never writes.
pub(crate) fn never_written(name: &str, span: Span, script: Span) -> Diagnostic {
    Diagnostic::new(Code::W0912, format!("output `{name}` is declared, but the script never writes it"), span)
        .other(script, "no mention of it in here")
        .help(format!("write it: `… > \"$SKYNET_OUT/{name}\"`, or compute it: `output {name}: TYPE = …`"))
}

/// W0913: an `allow` that silences nothing.
pub(crate) fn idle_allow(code: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0913, format!("`allow {code}` has no effect"), span)
        .label("the statement below it gives no such warning")
        .help("remove it")
        .fix("remove it", span, "")
}

/// W0913: an `allow` of something that is no warning.
pub(crate) fn allow_of_what(word: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0913, format!("`{word}` is not a warning that can be allowed"), span)
        .help("only codes that begin with `W` can; errors must be mended")
}

/// W0914: an `allow` without a reason.
pub(crate) fn allow_without_reason(code: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0914, format!("`allow {code}` gives no reason"), span)
        .help(format!("say why, for the next reader: `#@ allow {code}: …`"))
}

/// W0913: a pragma that is none.
pub(crate) fn unknown_pragma(span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0913, "this is no pragma", span)
        .help("the one there is: `#@ allow W0904: reason`; an ordinary comment begins with `#` and a blank")
}

/// W0915: a template that another tool would fill in.
pub(crate) fn foreign_template(written: &str, span: Span, help: &str) -> Diagnostic {
    Diagnostic::new(Code::W0915, format!("`{written}` is a template of another tool"), span)
        .label("nothing fills it in: it stays as it stands")
        .help(help)
}

/// W0916: a step goes to another host, and the target's key cannot be that host's.
pub(crate) fn host_without_key(span: Span) -> Diagnostic {
    Diagnostic::new(Code::W0916, "another host, and the target's `host_key`", span)
        .label("no two hosts should have one key")
        .help("give the host with its key: `override { host = …  host_key = … }`")
}
