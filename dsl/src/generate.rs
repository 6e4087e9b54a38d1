//! From the form in which a model writes a workflow to `.skynet` text.
//!
//! The form is flat, see [`crate::json_schema::generation_schema`]: names and prose are plain texts, and whatever has
//! structure is a piece of `.skynet` text of its own. Each piece is read by the real parser before it is used, and must
//! be exactly one statement or one value of the kind that belongs there. So a piece can neither close what is around it
//! nor open anything beside itself, and an error names the place in the JSON.
//!
//! The result is text like any other: whether it makes sense is for the compiler to say.

mod piece;
mod step;

use crate::{
    format,
    json::{self, At, JsonError, Object, list},
    schema::{Form, Place},
    suggest::listed,
    twin::{is_name, line_text, suggestion},
};
use grammar::tree::Statement;
use serde_json::Value;

/// Returns the text of a workflow that a model has written, formatted.
///
/// # Errors
///
/// The first place that is no JSON, not of the form, or holds text that is not what belongs there.
pub fn from_generation(json: &str) -> Result<String, JsonError> {
    let value = json::read(json)?;
    let top = &At::TOP;
    let workflow = Object::of(&value, top, "an object with `name`, `description`, `decls` and `steps`")?;
    workflow.only(&["name", "description", "decls", "steps"])?;
    let name = name(workflow.require("name")?, &top.key("name"))?;
    let description = line_text(workflow.text("description")?);
    let declarations = declarations(&workflow)?;
    let at = top.key("steps");
    let mut steps = String::new();
    for (index, step) in list(workflow.require("steps")?, &at)?.iter().enumerate() {
        steps.push_str(&step::step(step, &at.item(index))?);
        steps.push('\n');
    }
    let Declarations { file, before, after } = declarations;
    let text = format!(
        "skynet 1\n\n{file}workflow {name} {{\ndescription = {description}\n\n{before}\n{steps}{after}}}\n"
    );
    Ok(format::format(&text).unwrap_or(text))
}

/// Declarations by where they stand: above the workflow, in it before the steps, and behind them.
#[derive(Default)]
struct Declarations {
    file: String,
    before: String,
    after: String,
}

fn declarations(workflow: &Object<'_>) -> Result<Declarations, JsonError> {
    let mut sorted = Declarations::default();
    let at = &workflow.at.key("decls");
    for (index, item) in list(workflow.require("decls")?, at)?.iter().enumerate() {
        let at = &at.item(index);
        let (text, statement) = piece::statement(item, "a declaration", at)?;
        let into = match &statement {
            Statement::Import(_) => &mut sorted.file,
            Statement::Declaration(it) if &*it.word.text == "type" => &mut sorted.file,
            Statement::Declaration(it) if &*it.word.text == "output" => &mut sorted.after,
            Statement::Declaration(it) if declares(&it.word.text) => &mut sorted.before,
            Statement::Block(it) if it.path.is_empty() && opens(&it.word.text) => &mut sorted.before,
            Statement::Declaration(_)
            | Statement::Block(_)
            | Statement::Setting(_)
            | Statement::Field(_)
            | Statement::Edition(_)
            | Statement::Broken(_) => {
                return Err(at.expected(&format!("one of {}", listed(known(), "or")), item));
            }
        };
        into.push_str(&text);
        into.push('\n');
    }
    if !sorted.file.is_empty() {
        sorted.file.push('\n');
    }
    Ok(sorted)
}

/// Returns the words that a declaration can begin with.
fn known() -> impl Iterator<Item = &'static str> {
    let words = crate::schema::entries(Place::Workflow)
        .iter()
        .filter(|entry| declares(entry.word) || opens(entry.word));
    ["import", "type"].into_iter().chain(words.map(|entry| entry.word))
}

/// Returns whether a workflow takes declarations that begin with this word. Its steps have a list of their own.
fn declares(word: &str) -> bool {
    word != "step"
        && matches!(Place::Workflow.entry(word).map(|entry| entry.form), Some(Form::Declaration(_)))
}

/// Returns whether a workflow takes blocks that begin with this word.
fn opens(word: &str) -> bool {
    matches!(Place::Workflow.entry(word).map(|entry| entry.form), Some(Form::Block(_)))
}

/// Takes a value as a name.
fn name<'a>(value: &'a Value, at: &At<'_>) -> Result<&'a str, JsonError> {
    let name = json::text(value, at)?;
    if is_name(name) {
        return Ok(name);
    }
    let meant = suggestion(name).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    Err(at.error(format!("expected a name of letters, digits and _, found {name:?}{meant}")))
}
