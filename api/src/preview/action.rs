//! What a step does, with what is known filled in.

use super::{Known, Outcome, Shown, StepLine, step};
use crate::params;
use engine::{
    expression::Expr,
    id::Name,
    plan::{Action, Approve, Argument, Plan, Wait},
    value::Value,
};
use serde::Serialize;

/// What a step does, ready to be shown.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionLine {
    /// Starts a program.
    Run {
        /// The program and its arguments.
        argv: Vec<Shown>,
    },
    /// Runs a script.
    Script {
        /// How the interpreter is started.
        interpreter: String,
        /// The script, as it stands in the file.
        body: String,
        /// Its arguments.
        arguments: Vec<Shown>,
    },
    /// Runs an action of the catalog.
    Do {
        /// The action.
        action: String,
        /// Its params.
        params: Vec<(String, Shown)>,
    },
    /// Sends a request.
    Http {
        /// The method.
        method: String,
        /// Where to.
        url: Shown,
        /// The query.
        query: Vec<(String, Shown)>,
        /// The headers.
        headers: Vec<(String, Shown)>,
        /// The body.
        body: Option<Shown>,
        /// The credential.
        auth: Option<Shown>,
    },
    /// Asks a model.
    Agent {
        /// Which model.
        model: Option<Shown>,
        /// What it is asked.
        prompt: Shown,
        /// Which tools it may use.
        tools: Option<Shown>,
    },
    /// Runs another workflow.
    Call(CallLine),
    /// Asks people.
    Approve {
        /// What is asked.
        message: Option<Shown>,
        /// Who may answer.
        approvers: Vec<Shown>,
        /// How many must agree.
        quorum: Option<Shown>,
        /// How long the question stands.
        expires: Option<Shown>,
    },
    /// Waits.
    Wait {
        /// A length of time.
        #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
        length: Option<Shown>,
        /// A point in time.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Shown>,
        /// A signal.
        #[serde(skip_serializing_if = "Option::is_none")]
        signal: Option<Shown>,
        /// How long it waits for the signal.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<Shown>,
    },
}

/// A call of another workflow.
#[derive(Debug, PartialEq, Serialize)]
pub struct CallLine {
    /// The workflow, by the name the call uses.
    pub workflow: String,
    /// What it is given.
    pub params: Vec<(String, Shown)>,
    /// Its steps; none where showing them would be too much.
    pub steps: Option<Vec<StepLine>>,
}

/// Shows an action. The steps of a workflow it calls are shown too, as long as the budget of steps lasts.
pub(super) fn line(action: &Action, plan: &Plan, known: &Known, budget: &mut usize) -> ActionLine {
    let show = |expr: &Expr| known.show(expr);
    let write = |expr: &Option<Expr>| expr.as_ref().map(|expr| known.write(expr));
    match action {
        Action::Run { program, arguments } => {
            let mut argv = vec![Shown::known(&**program)];
            argv.extend(arguments.iter().flat_map(|argument| argument_lines(argument, known)));
            ActionLine::Run { argv }
        }
        Action::Script { interpreter, body, arguments } => ActionLine::Script {
            interpreter: interpreter.argv().join(" "),
            body: body.as_str().to_owned(),
            arguments: arguments.iter().flat_map(|argument| argument_lines(argument, known)).collect(),
        },
        Action::Do { action, params } => {
            ActionLine::Do { action: action.to_string(), params: written(params, known) }
        }
        Action::Http(http) => ActionLine::Http {
            method: http.method.to_string(),
            url: show(&http.url),
            query: written(&http.query, known),
            headers: shown(&http.headers, known),
            body: http.body.as_ref().map(show),
            auth: http.auth.as_ref().map(show),
        },
        Action::Agent { model, prompt, tools } => {
            ActionLine::Agent { model: model.as_ref().map(show), prompt: show(prompt), tools: write(tools) }
        }
        Action::Call { workflow, params } => ActionLine::Call(CallLine {
            workflow: workflow.to_string(),
            params: written(params, known),
            steps: plan.callees.get(workflow).and_then(|callee| called(callee, params, known, budget)),
        }),
        Action::Approve(Approve { message, approvers, quorum, expires }) => ActionLine::Approve {
            message: message.as_ref().map(show),
            approvers: elements(approvers, known).unwrap_or_else(|| vec![known.write(approvers)]),
            quorum: write(quorum),
            expires: write(expires),
        },
        Action::Wait(wait) => {
            let (mut length, mut until, mut signal, mut expiry) = (None, None, None, None);
            match wait {
                Wait::For(it) => length = Some(show(it)),
                Wait::Until(it) => until = Some(show(it)),
                Wait::Signal { name, expires } => {
                    signal = Some(show(name));
                    expiry = write(expires);
                }
            }
            ActionLine::Wait { length, until, signal, expires: expiry }
        }
    }
}

/// Shows named values as texts: variables, headers.
pub(super) fn shown(pairs: &[(Name, Expr)], known: &Known) -> Vec<(String, Shown)> {
    pairs.iter().map(|(name, value)| (name.to_string(), known.show(value))).collect()
}

/// Shows named values as they are written: params.
fn written(pairs: &[(Name, Expr)], known: &Known) -> Vec<(String, Shown)> {
    pairs.iter().map(|(name, value)| (name.to_string(), known.write(value))).collect()
}

fn argument_lines(argument: &Argument, known: &Known) -> Vec<Shown> {
    match argument {
        Argument::One(value) => vec![known.show(value)],
        Argument::Spread(list) => {
            elements(list, known).unwrap_or_else(|| vec![Shown::open(format!("...{}", known.reduce(list)))])
        }
    }
}

/// Shows the elements of a list, if they are known.
fn elements(list: &Expr, known: &Known) -> Option<Vec<Shown>> {
    match known.outcome(list) {
        Outcome::Value(Value::List(items)) => {
            Some(items.iter().map(|it| Shown::known(it.to_string())).collect())
        }
        Outcome::Value(_) | Outcome::Open | Outcome::Fault(_) => None,
    }
}

/// Shows the steps of a called workflow, with those params that are known here.
fn called(
    callee: &Plan,
    params: &[(Name, Expr)],
    known: &Known,
    budget: &mut usize,
) -> Option<Vec<StepLine>> {
    if callee.graph.node_count() > *budget {
        return None;
    }
    let given = params
        .iter()
        .map(|(name, value)| match known.outcome(value) {
            Outcome::Value(value) => (name.clone(), Some(value)),
            Outcome::Open | Outcome::Fault(_) => (name.clone(), None),
        })
        .collect();
    // A default that fails is the callee's to report, when it is called.
    let mut inner = params::settle(callee, &given).ok()?;
    Some(step::lines(callee, &mut inner, budget))
}
