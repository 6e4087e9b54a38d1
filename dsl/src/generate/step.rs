//! One step of the generation form.

use super::{name, piece};
use crate::{
    json::{At, JsonError, Object, list, text},
    schema::{Place, words},
    suggest::{listed, nearest},
    twin::{is_name, line_text, script, suggestion},
};
use grammar::tree::Statement;
use serde_json::Value;

const KEYS: &[&str] = &[
    "name",
    "why",
    "action",
    "use",
    "on",
    "needs",
    "when",
    "for_each",
    "run",
    "script_tag",
    "script_lines",
    "block",
    "env",
    "outputs",
    "undo",
    "timeout",
    "risk",
    "reason",
];

/// Returns the text of a step.
pub(super) fn step(value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    let step = Step(Object::of(value, at, "a step: an object")?);
    let object = &step.0;
    object.only(KEYS)?;
    let name = name(object.require("name")?, &at.key("name"))?;
    // What the model thought is for whoever judges its answer, and not part of the file.
    object.text("why")?;
    let mut lines = Vec::new();
    for word in ["for_each", "when"] {
        lines.extend(step.setting(word)?);
    }
    let needs = step.items("needs", |item, at| reference("step", item, at))?;
    if !needs.is_empty() {
        lines.push(format!("needs = [{}]", needs.join(", ")));
    }
    if let Some(on) = step.filled("on") {
        lines.push(format!("on = {}", reference("target", on, &at.key("on"))?));
    }
    lines.extend(step.setting("timeout")?);
    let risk = step.one_of("risk", words::RISK)?;
    if !is_default("risk", risk) {
        lines.push(format!("risk = {}", line_text(risk)));
    }
    if let Some(reason) = step.filled("reason") {
        lines.push(format!("reason = {}", line_text(text(reason, &at.key("reason"))?)));
    }
    lines.extend(block(
        "env",
        &step.items("env", |item, at| statement("`NAME = value`", is_setting, item, at))?,
    ));
    lines.extend(step.action()?);
    lines.extend(step.items("outputs", |item, at| {
        statement("an `output` or an `artifact`", |it| declares(it, &["output", "artifact"]), item, at)
    })?);
    lines.extend(block(
        "undo",
        &step.items("undo", |item, at| statement("a setting or a block", is_undo, item, at))?,
    ));
    Ok(format!("step {name} {{\n{}\n}}\n", lines.join("\n")))
}

struct Step<'a>(Object<'a>);

impl<'a> Step<'a> {
    /// Returns the value of a key, if it says anything.
    fn filled(&self, key: &str) -> Option<&'a Value> {
        self.0.get(key).filter(|value| value.as_str() != Some(""))
    }

    /// Returns a setting whose value is a piece of text, if it says anything.
    fn setting(&self, word: &str) -> Result<Option<String>, JsonError> {
        self.filled(word).map(|value| piece::setting(word, value, &self.0.at.key(word))).transpose()
    }

    /// Returns the pieces of a list; none if there is no such list.
    fn items(
        &self,
        key: &str,
        piece: impl Fn(&Value, &At<'_>) -> Result<String, JsonError>,
    ) -> Result<Vec<String>, JsonError> {
        let at = &self.0.at.key(key);
        let items = self.0.get(key).map(|value| list(value, at)).transpose()?.unwrap_or_default();
        items.iter().enumerate().map(|(index, item)| piece(item, &at.item(index))).collect()
    }

    /// Returns the value of a key, which must be one of these words.
    fn one_of(&self, key: &str, known: &[&str]) -> Result<&'a str, JsonError> {
        let at = self.0.at.key(key);
        let word = text(self.0.require(key)?, &at)?;
        if known.contains(&word) {
            return Ok(word);
        }
        let near = nearest(word, known.iter().copied());
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(at.error(format!("expected {}, found {word:?}{near}", listed(known.iter().copied(), "or"))))
    }

    /// Returns the action, and refuses what belongs to another.
    fn action(&self) -> Result<Vec<String>, JsonError> {
        let at = self.0.at;
        let action = self.one_of("action", words::ACTIONS)?;
        let has_name = matches!(action, "do" | "call");
        let part = match action {
            "run" => "run",
            "script" => "script_lines",
            _ => "block",
        };
        for key in ["run", "script_lines", "block", "use"] {
            let says_much =
                self.filled(key).is_some_and(|value| value.as_array().is_none_or(|items| !items.is_empty()));
            if says_much && key != part && (key != "use" || !has_name) {
                return Err(at
                    .key(key)
                    .error(format!("this does not belong to the action `{action}`; leave it empty")));
            }
        }
        Ok(match action {
            "run" => {
                let arguments = self.items("run", piece::argument)?;
                if arguments.is_empty() {
                    return Err(at.key("run").error("expected the program and its arguments"));
                }
                vec![format!("run = [{}]", arguments.join(", "))]
            }
            "script" => vec![self.script()?],
            _ => {
                let head = if has_name { format!("{action} {}", self.callee()?) } else { action.to_owned() };
                let fits =
                    |it: &Statement| if has_name { is_setting(it) } else { is_setting(it) || is_block(it) };
                let what = if has_name { "`name = value`" } else { "a setting or a block" };
                let items = self.items("block", |item, at| statement(what, fits, item, at))?;
                vec![format!("{head} {{\n{}\n}}", items.join("\n"))]
            }
        })
    }

    fn script(&self) -> Result<String, JsonError> {
        let tag = match self.filled("script_tag") {
            Some(_) => self.one_of("script_tag", words::TAGS)?,
            None => words::TAGS.first().copied().unwrap_or_default(),
        };
        let at = self.0.at.key("script_lines");
        let items = self.0.get("script_lines").map(|value| list(value, &at)).transpose()?.unwrap_or_default();
        let lines: Vec<&str> = items
            .iter()
            .enumerate()
            .map(|(index, line)| text(line, &at.item(index)))
            .collect::<Result<_, _>>()?;
        if lines.is_empty() {
            return Err(at.error("expected the lines of the script"));
        }
        let script = script(tag, &lines).map_err(|(index, message)| at.item(index).error(message))?;
        Ok(format!("script = {}", script.trim_end_matches('\n')))
    }

    /// Returns what `do` or `call` names.
    fn callee(&self) -> Result<&'a str, JsonError> {
        let at = self.0.at.key("use");
        let name = self.filled("use").map(|value| text(value, &at)).transpose()?.unwrap_or_default();
        if name.split('.').all(is_name) {
            Ok(name)
        } else {
            Err(at.error(format!("expected what is called, found {name:?}")))
        }
    }
}

fn block(word: &str, items: &[String]) -> Option<String> {
    match items {
        [] => None,
        [one] if !one.contains(['\n', '#']) => Some(format!("{word} {{ {one} }}")),
        items => Some(format!("{word} {{\n{}\n}}", items.join("\n"))),
    }
}

/// Takes a value as one statement of a kind.
fn statement(
    what: &str,
    fits: impl Fn(&Statement) -> bool,
    value: &Value,
    at: &At<'_>,
) -> Result<String, JsonError> {
    let (text, statement) = piece::statement(value, what, at)?;
    if fits(&statement) { Ok(text) } else { Err(at.expected(what, value)) }
}

fn is_setting(statement: &Statement) -> bool {
    matches!(statement, Statement::Setting(_))
}

fn is_block(statement: &Statement) -> bool {
    matches!(statement, Statement::Block(_))
}

/// An `undo` holds settings, blocks, and `do action { … }`, which has the look of a declaration.
fn is_undo(statement: &Statement) -> bool {
    is_setting(statement) || is_block(statement) || declares(statement, &["do"])
}

fn declares(statement: &Statement, known: &[&str]) -> bool {
    matches!(statement, Statement::Declaration(it) if known.contains(&&*it.word.text))
}

/// Takes a value as the name of a step or a target; the whole reference is taken as well.
fn reference(root: &str, value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    let written = text(value, at)?;
    let name = written.strip_prefix(root).and_then(|rest| rest.strip_prefix('.')).unwrap_or(written);
    if is_name(name) {
        return Ok(format!("{root}.{name}"));
    }
    let meant = suggestion(name).map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    Err(at.error(format!("expected the name of a {root}, found {written:?}{meant}")))
}

/// Returns whether a word is what a setting of a step is without it.
fn is_default(setting: &str, word: &str) -> bool {
    Place::Step.entry(setting).is_some_and(|entry| entry.default == line_text(word))
}
