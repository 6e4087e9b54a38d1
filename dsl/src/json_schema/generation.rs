//! The schema that a model is held to while it writes a workflow.
//!
//! The strict modes of models know little of JSON Schema, and count what is left: so there are no unions, no references,
//! no free keys, at most four levels of data, short names, and no lists of words but four short ones. Required keys come
//! in the order in which the model should think: why, then what, then how dangerous that is.

use crate::schema::words;
use serde_json::{Value, json};

/// Returns the JSON Schema of the generation form.
#[must_use]
pub fn generation_schema() -> Value {
    let text = || json!({ "type": "string" });
    let told = |description: &str| json!({ "type": "string", "description": description });
    let texts = |description: &str| json!({ "type": "array", "items": text(), "description": description });
    let one_of = |known: &[&str], description: &str| json!({ "type": "string", "enum": known, "description": description });
    let step = json!({
        "type": "object",
        "required": ["name", "why", "action", "needs", "run", "script_lines", "block", "risk"],
        "properties": {
            "name": told("letters, digits and _"),
            "why": told("what the step is for; not part of the file"),
            "action": one_of(words::ACTIONS, "what the step does"),
            "use": told("do: the action of the catalog; call: the workflow"),
            "on": told("name of a target; none lets the scheduler choose"),
            "needs": texts("names of steps that come first"),
            "when": told("a condition, .skynet syntax"),
            "for_each": told("a list or map to fan out over, .skynet syntax"),
            "run": texts("run: one argument per item, the program first; ${…} puts a value in, ...x a whole list"),
            "script_tag": one_of(words::TAGS, "script: who reads it"),
            "script_lines": texts("script: its lines; values come from env only"),
            "block": texts("do, http, agent, call, approve, wait: one setting or block per item, .skynet syntax"),
            "env": texts("one NAME = value per item, .skynet syntax"),
            "outputs": texts("one output or artifact per item, .skynet syntax"),
            "undo": texts("what takes the step back: one setting or block per item, .skynet syntax"),
            "timeout": told("a duration: 10m"),
            "risk": one_of(words::RISK, "how dangerous the command above is"),
            "reason": told("why the risk is taken"),
        },
    });
    json!({
        "type": "object",
        "required": ["name", "description", "decls", "steps"],
        "properties": {
            "name": told("letters, digits and _"),
            "description": told("what the workflow is for"),
            "decls": texts("one import, type, param, secret, let, target, trigger, policy or output per item, .skynet syntax"),
            "steps": { "type": "array", "items": step },
        },
    })
}
