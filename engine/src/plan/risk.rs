//! The least risk of an action, as far as it can be known before it runs.
//!
//! An author, or a model, can only raise the risk of a step; this is what it is raised from. The rules are tables of
//! programs, arguments, statements and methods, each row with its reason. Two things hold throughout. What is not
//! known is not low: a program that no table names is medium. And a rule never follows data: where an argument comes
//! from an expression, only its literal parts count, and whoever starts the step looks again at what it became.
//!
//! This is a guard against accidents, not a sandbox. Who sets out to hide a command from it can; what stops him is
//! where the step runs and who has to approve it.

mod args;
mod command;
mod finding;
mod python;
mod shell;
mod sql;
mod table;

use super::{Action, Argument, Interpreter, Risk};
use crate::{
    catalog,
    expression::{Expr, Item, Part},
    value::Value,
};
pub use finding::UNKNOWN;
use finding::{Finding, HOLE, Look};

/// Returns the least risk of an action, and why it is more than low.
#[must_use]
pub fn floor(action: &Action) -> (Risk, Option<&'static str>) {
    let finding = match action {
        Action::Run { program, arguments } => {
            let mut words = vec![program.to_string()];
            words.extend(arguments.iter().flat_map(words_of));
            let is_quoting = words.iter().any(|word| word.contains("$'"));
            look(is_quoting, |look| {
                command::judge(look, &words, false);
            })
        }
        Action::Script { interpreter, body, .. } => {
            let body = body.as_str();
            match interpreter {
                Interpreter::Sh => look(body.contains("$'"), |look| {
                    look.is_bash = look.sh_is_bash;
                    shell::read(look, body);
                }),
                Interpreter::Bash => look(body.contains("$'"), |look| {
                    look.is_bash = true;
                    shell::read(look, body);
                }),
                Interpreter::Python => python::read(body),
            }
        }
        Action::Do { action, .. } => named(action),
        Action::Http(http) => method(&http.method),
        Action::Agent { tools: Some(_), .. } => {
            Finding::new(Risk::Medium, "a model decides which tools it uses")
        }
        // The steps of a callee have their own risk; a question, an approval or a pause changes nothing.
        Action::Agent { tools: None, .. } | Action::Call { .. } | Action::Approve(_) | Action::Wait(_) => {
            Finding::LOW
        }
    };
    (finding.risk, finding.why)
}

/// Looks once, and where `sh` reads the same quotes differently on different systems, a second time.
fn look(is_quoting: bool, read: impl Fn(&mut Look)) -> Finding {
    [false, true].into_iter().take(1 + usize::from(is_quoting)).fold(Finding::LOW, |finding, sh_is_bash| {
        let mut look = Look::default();
        look.sh_is_bash = sh_is_bash;
        read(&mut look);
        finding.max(look.finish())
    })
}

fn named(action: &str) -> Finding {
    if catalog::is_blocked(action) {
        return Finding::new(Risk::Critical, "nobody may do this");
    }
    match catalog::find(action).map(|spec| spec.risk) {
        Some(Risk::Low) => Finding::LOW,
        Some(risk) => Finding::new(risk, "the catalog says so of this action"),
        None => Finding::new(Risk::High, "the catalog does not know this action"),
    }
}

fn method(method: &str) -> Finding {
    match method.to_ascii_uppercase().as_str() {
        "GET" | "HEAD" | "OPTIONS" => Finding::LOW,
        "DELETE" => Finding::new(Risk::High, "the request asks a server to delete"),
        _ => Finding::new(Risk::Medium, "the request may change something on a server"),
    }
}

/// Returns the words that an argument becomes, with a hole for what is not known.
fn words_of(argument: &Argument) -> Vec<String> {
    match argument {
        Argument::One(text) => vec![known(text)],
        Argument::Spread(Expr::List(items)) => items
            .iter()
            .map(|item| match item {
                Item::One(text) => known(text),
                Item::Spread(_) => HOLE.to_string(),
            })
            .collect(),
        Argument::Spread(Expr::Literal(Value::List(values))) => {
            values.iter().map(|value| known(&Expr::Literal(value.clone()))).collect()
        }
        Argument::Spread(_) => vec![HOLE.to_string()],
    }
}

/// Returns what is literal in a text, and a hole for every other part.
fn known(text: &Expr) -> String {
    let Expr::Text(parts) = text else {
        return match text {
            Expr::Literal(Value::Text(literal)) => literal.to_string(),
            _ => HOLE.to_string(),
        };
    };
    parts
        .iter()
        .map(|part| match part {
            Part::Chars(chars) => chars.to_string(),
            Part::Value(value) => match value {
                Expr::Literal(Value::Text(literal)) => literal.to_string(),
                _ => HOLE.to_string(),
            },
        })
        .collect()
}
