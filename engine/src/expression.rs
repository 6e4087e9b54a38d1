//! Expressions: pure, typed, terminating.
//!
//! An [`Expr`] is resolved and type-checked; it holds no text positions. [`evaluate()`] gives it a value, within a
//! budget, from what a [`Scope`] knows.

mod canonical;
pub mod evaluate;
mod fault;
pub mod function;
pub mod operator;
mod pattern;
mod print;
pub(crate) mod stored;
mod walk;

pub use evaluate::{Scope, evaluate};
pub use fault::{Fault, FaultKind};
pub use function::{CallError, CallErrorKind, Function, FunctionSpec, check_call};
pub use operator::{OperatorError, check_binary, check_negate, check_not};
pub use pattern::check_pattern;

use crate::{
    id::Name,
    value::{Type, Value},
};

/// A resolved expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A value known when the plan was made.
    Literal(Value),
    /// A value that something else provides.
    Read(Read),
    /// A field of a record or an entry of a map or JSON object; a missing one of a map or JSON is a fault.
    Field(Box<Expr>, Name),
    /// An element of a list by position, of a map by key; a missing one is a fault.
    Index(Box<Expr>, Box<Expr>),
    /// A function of the language.
    Call(Function, Vec<Expr>),
    /// `!x`
    Not(Box<Expr>),
    /// `-x`
    Negate(Box<Expr>),
    /// An infix operator; `&&`, `||` and `??` evaluate their right side only if they need it.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `c ? a : b`; one branch is evaluated.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[a, ...b]`
    List(Vec<Item>),
    /// `{ a = 1 }`
    Map(Vec<(Name, Expr)>),
    /// `[for name in list : body if condition]`
    For(Box<For>),
    /// Text with interpolated values.
    Text(Vec<Part>),
    /// A dynamic value that must have a type from here on: JSON for a declared record, an output read from a file.
    Convert(Box<Type>, Box<Expr>),
}

/// What an expression may read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// `param.x`
    Param(Name),
    /// `let.x`
    Let(Name),
    /// `secret.x`: never a value in a plan, a log or an event.
    Secret(Name),
    /// `step.x.output.y`
    Output {
        /** The step. */
        step: Name,
        /** The output. */
        output: Name,
    },
    /// `step.x.artifact.y`
    Artifact {
        /** The step. */
        step: Name,
        /** The artifact. */
        artifact: Name,
    },
    /// `step.x.status`: `succeeded`, `failed`, `skipped`, `blocked` or `cancelled`.
    Status(Name),
    /// `self.output.x`
    SelfOutput(Name),
    /// `self.artifact.x`
    SelfArtifact(Name),
    /// `result.stdout`, `result.status`, …: what the action of this step gave.
    Result(Name),
    /// `each.key`
    EachKey,
    /// `each.value`
    EachValue,
    /// `each.index`
    EachIndex,
    /// `job.id`, `job.name`, `job.started_at`
    Job(Name),
    /// `event.body`, `event.headers`, …: what set a trigger off; untrusted.
    Event(Name),
    /// A name bound by an enclosing `[for name in …]`.
    Local(Name),
}

/// An infix operator of a checked expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `??`
    Coalesce,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// One element.
    One(Expr),
    /// All elements of a list.
    Spread(Expr),
}

/// `[for name in list : body if condition]`
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The name bound to each element.
    pub name: Name,
    /// The list gone through.
    pub list: Expr,
    /// What each element becomes.
    pub body: Expr,
    /// Which elements are taken; all if none.
    pub condition: Option<Expr>,
}

/// One part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Characters that mean themselves.
    Chars(Name),
    /// A value, printed as [`Value`] says.
    Value(Expr),
}

impl Expr {
    /// Makes the expression, of type `from`, give a value of type `into`, which `from` fits: wraps it in a conversion
    /// where the value must be rewritten.
    #[must_use]
    pub fn fitted(self, from: &Type, into: &Type) -> Self {
        if from.needs_conversion(into) { Self::Convert(Box::new(into.clone()), Box::new(self)) } else { self }
    }

    /// Takes a field of the expression, which is of type `of`. A record need not hold a field that may be missing, so
    /// that is looked up with `get`, which gives `null` then.
    #[must_use]
    pub fn field(self, of: &Type, name: &str) -> Self {
        if of.field(name).is_some_and(Type::is_optional) {
            Self::Call(Function::Get, vec![self, Self::Literal(Value::text(name))])
        } else {
            Self::Field(Box::new(self), name.into())
        }
    }
}
