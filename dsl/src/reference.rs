//! The tables of the language reference, made from the compiler's own: the words of each place, the functions, and the
//! actions of the catalog.

mod catalog;
mod slot;

pub use catalog::catalog_table;

use crate::schema::{Declares, Entry, Form, Part, Place, entries};
use engine::expression::Function;

/// Returns the words of each place, as Markdown.
#[must_use]
pub fn schema_tables() -> String {
    let mut out = String::new();
    for place in Place::ALL {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("### In `{}`\n\n{}\n\n", place.title(), about(*place)));
        let entries = entries(*place);
        if entries.is_empty() {
            // One empty line is enough.
            out.pop();
            continue;
        }
        out.push_str("| | takes | if it is not there | |\n|---|---|---|---|\n");
        for entry in entries {
            let Row { written, takes, absent } = row(entry);
            out.push_str(&format!("| {written} | {takes} | {absent} | {} |\n", entry.doc));
        }
    }
    out
}

/// Returns the programs that read code from an argument, or start another program, as Markdown.
#[must_use]
pub fn code_tables() -> String {
    crate::safety::code_tables()
}

/// Returns what there is to know about each function, as Markdown.
#[must_use]
pub fn functions_table() -> String {
    let mut out = String::from("| function | | example |\n|---|---|---|\n");
    for function in Function::ALL {
        let spec = function.spec();
        let usage: Vec<String> = spec.usage().iter().map(|usage| code(usage)).collect();
        let example = format!("{} gives {}", code(spec.example), code(spec.gives));
        out.push_str(&format!("| {} | {} | {example} |\n", usage.join("<br>"), spec.doc));
    }
    out
}

/// The columns of a word's row.
struct Row {
    written: String,
    takes: String,
    absent: String,
}

fn row(entry: &Entry) -> Row {
    let word = entry.word;
    let (written, takes) = match entry.form {
        Form::Setting(slot) => (format!("{word} = …"), slot::takes(slot)),
        Form::Block(place) => (format!("{word} {{ … }}"), link(place)),
        Form::NamedBlock(place) => (format!("{word} NAME {{ … }}"), link(place)),
        Form::Declaration(declares) => (declaration(word, declares), inside(word, declares)),
    };
    let absent = match (entry.required, entry.default) {
        (true, _) => "an error".to_owned(),
        (false, "") => String::new(),
        (false, default) => code(default),
    };
    Row { written: code(&written), takes, absent }
}

/// Returns the look of a declaration; what may be left out stands in brackets.
fn declaration(word: &str, declares: Declares) -> String {
    let ty = if is_of_kinds(word) { ": KIND" } else { ": TYPE" };
    let body = if declares.body_required { Part::Required } else { Part::Optional };
    let body = if declares.body.is_some() { body } else { Part::None };
    let parts = [(declares.ty, ty), (declares.value, " = …"), (body, " { … }")];
    let mut out = format!("{word} NAME");
    for (part, written) in parts {
        match part {
            Part::None => {}
            Part::Optional => out.push_str(&format!(" [{}]", written.trim_start())),
            Part::Required => out.push_str(written),
        }
    }
    out
}

fn inside(word: &str, declares: Declares) -> String {
    match declares.body {
        Some(_) if is_of_kinds(word) => {
            let kinds = Place::ALL.iter().filter(|place| place.title().starts_with(&format!("{word} …")));
            kinds.map(|place| link(*place)).collect::<Vec<_>>().join(", ")
        }
        Some(place) => link(place),
        None => String::new(),
    }
}

fn is_of_kinds(word: &str) -> bool {
    matches!(word, "target" | "trigger")
}

/// Returns a link to the table of a place, by the anchor that its heading gets.
fn link(place: Place) -> String {
    let title = place.title();
    let anchor: String = title
        .chars()
        .filter(|next| next.is_ascii_alphanumeric() || *next == ' ')
        .map(|next| if next == ' ' { '-' } else { next })
        .collect();
    format!("[{}](#in-{anchor})", title.rsplit(' ').next().unwrap_or(title))
}

/// Returns a piece of the language for a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// Says what stands in a place.
fn about(place: Place) -> &'static str {
    match place {
        Place::File => "`skynet 1` comes first, then imports and these.",
        Place::Type => "Fields: `name: type`.",
        Place::Workflow => "`workflow NAME { … }`",
        Place::Param => "`param NAME: TYPE = … { … }`",
        Place::Secret => "`secret NAME { … }`",
        Place::Local | Place::Docker | Place::Ssh | Place::Gateway | Place::MockTarget => {
            "A place that steps run in."
        }
        Place::Manual | Place::Schedule | Place::Webhook | Place::Event => "What starts a job by itself.",
        Place::Step => "`step NAME { … }`, with one action.",
        Place::Retry => "When and how often a failed attempt is tried again.",
        Place::Repeat => "When a step that succeeded goes again.",
        Place::Cache => "When an earlier result serves instead.",
        Place::Undo => "What takes a step back, with one action.",
        Place::Http => "A request.",
        Place::Agent => "A question to a model.",
        Place::Approve => "A question to people.",
        Place::Wait => "One of `for`, `until` and `signal`.",
        Place::Concurrency => "In a workflow or a step.",
        Place::Policy => "What the workflow asks for.",
        Place::Mock => "What a step gives in a mock run.",
        Place::Env => "`NAME = value`: names of variables, values that print.",
        Place::Files => {
            "`\"path\" = value`: where it lands, and an artifact, a text, or a list or map of these."
        }
        Place::Override => "Settings of the step's target.",
        Place::Headers => "`\"Name\" = text`.",
        Place::Query => "`name = text`.",
        Place::Meta => "Any names, any values that are written out.",
        Place::Set => "`param = value`: the params of the workflow; `event` is known here.",
        Place::Do => "`param = value`: the params of the action.",
        Place::Call => "`param = value`: the params of the workflow that is called.",
    }
}

#[cfg(test)]
mod tests {
    use super::{declaration, link};
    use crate::schema::{Form, Place};

    #[test]
    fn declarations_show_what_may_be_left_out() {
        let look = |word: &str| match Place::Workflow.entry(word).map(|entry| entry.form) {
            Some(Form::Declaration(declares)) => declaration(word, declares),
            Some(Form::Setting(_) | Form::Block(_) | Form::NamedBlock(_)) | None => String::new(),
        };
        assert_eq!(look("param"), "param NAME: TYPE [= …] [{ … }]");
        assert_eq!(look("target"), "target NAME: KIND [{ … }]");
        assert_eq!(look("step"), "step NAME { … }");
        assert_eq!(look("let"), "let NAME [: TYPE] = …");
    }

    #[test]
    fn links_lead_to_headings() {
        assert_eq!(link(Place::Retry), "[retry](#in-retry)");
        assert_eq!(link(Place::MockTarget), "[mock](#in-target--mock)");
    }
}
