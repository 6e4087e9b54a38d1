//! What is known before a job runs, and how an expression reads in its light.
//!
//! The engine's own evaluator decides: what it can evaluate is shown as a value, the rest as it is written, with the
//! parts that are known filled in.

use engine::{
    expression::{Expr, Fault, FaultKind, For, Item, Operator, Part, Read, Scope, evaluate},
    value::Value,
};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};
use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    sync::Arc,
};

/// How long an expression may be, as it is written, to stand where its name is read.
const MAX_OPEN_BYTES: usize = 1 << 10;

/// What is known before a job runs. Cloning is cheap.
#[derive(Clone, Debug, Default)]
pub struct Known {
    values: Arc<BTreeMap<Read, Value>>,
    open: Arc<BTreeMap<Read, Expr>>,
    each: Option<Each>,
}

/// The element that an instance of a step is for.
#[derive(Clone, Debug)]
struct Each {
    key: Value,
    value: Value,
    index: Value,
}

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is known.
    Value(Value),
    /// Only run time tells.
    Open,
    /// It will fail, for this reason.
    Fault(String),
}

/// A text for the reader: what is known in it, and what only run time fills in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The pieces in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Characters that are there.
    Known(String),
    /// An expression in the midst of text, that only run time evaluates.
    Open(String),
    /// An expression by itself, that only run time evaluates.
    Written(String),
}

impl Known {
    /// Learns the value of something.
    pub fn learn(&mut self, read: Read, value: Value) {
        Arc::make_mut(&mut self.values).insert(read, value);
    }

    /// Learns what something will be made from, though not its value.
    ///
    /// What is long to write stays a name to the reader. Else a row of lets that each read the one before twice would
    /// double with each.
    pub fn learn_open(&mut self, read: Read, expr: Expr) {
        if write!(Room(MAX_OPEN_BYTES), "{expr}").is_ok() {
            Arc::make_mut(&mut self.open).insert(read, expr);
        }
    }

    /// Returns the same knowledge, for the instance of one element.
    #[must_use]
    pub fn at(&self, index: usize, key: &Value, value: &Value) -> Self {
        let index = Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
        Self { each: Some(Each { key: key.clone(), value: value.clone(), index }), ..self.clone() }
    }

    /// Evaluates an expression as far as that goes.
    #[must_use]
    pub fn outcome(&self, expr: &Expr) -> Outcome {
        match evaluate(expr, self) {
            Ok(value) => Outcome::Value(value),
            Err(Fault { kind: FaultKind::Unknown, .. }) => Outcome::Open,
            Err(fault) => Outcome::Fault(fault.message),
        }
    }

    /// Shows an expression that becomes text: an argument, a message, an address.
    #[must_use]
    pub fn show(&self, expr: &Expr) -> Shown {
        if let Outcome::Fault(reason) = self.outcome(expr) {
            return Shown::open(format!("{expr} fails: {reason}"));
        }
        match self.reduce(expr) {
            Expr::Literal(value) => Shown::known(value.to_string()),
            Expr::Text(parts) => {
                let pieces = parts.iter().map(|part| match part {
                    Part::Chars(chars) => Piece::Known(chars.to_string()),
                    Part::Value(expr) => Piece::Open(expr.to_string()),
                });
                Shown { pieces: pieces.collect() }
            }
            open => Shown::open(open.to_string()),
        }
    }

    /// Shows an expression as it is written, with what is known filled in: a condition, a value with its quotes.
    #[must_use]
    pub fn write(&self, expr: &Expr) -> Shown {
        match self.outcome(expr) {
            Outcome::Fault(reason) => Shown::written(format!("{expr} fails: {reason}")),
            Outcome::Value(value) => Shown::known(Expr::Literal(value).to_string()),
            Outcome::Open => Shown::written(self.reduce(expr).to_string()),
        }
    }

    /// Puts values in the place of all that is known.
    #[must_use]
    pub fn reduce(&self, expr: &Expr) -> Expr {
        if let Ok(value) = evaluate(expr, self) {
            return Expr::Literal(value);
        }
        let boxed = |inner: &Expr| Box::new(self.reduce(inner));
        match expr {
            Expr::Literal(_) => expr.clone(),
            Expr::Read(read) => self.open.get(read).unwrap_or(expr).clone(),
            Expr::Field(base, name) => Expr::Field(boxed(base), name.clone()),
            Expr::Index(base, index) => Expr::Index(boxed(base), boxed(index)),
            Expr::Call(function, arguments) => {
                Expr::Call(*function, arguments.iter().map(|it| self.reduce(it)).collect())
            }
            Expr::Not(inner) => Expr::Not(boxed(inner)),
            Expr::Negate(inner) => Expr::Negate(boxed(inner)),
            Expr::Binary(operator, left, right) => match (operator, self.outcome(left)) {
                (Operator::And, Outcome::Value(Value::Bool(true)))
                | (Operator::Or, Outcome::Value(Value::Bool(false)))
                | (Operator::Coalesce, Outcome::Value(Value::Null)) => self.reduce(right),
                _ => Expr::Binary(*operator, boxed(left), boxed(right)),
            },
            Expr::If(condition, yes, no) => match self.outcome(condition) {
                Outcome::Value(Value::Bool(true)) => self.reduce(yes),
                Outcome::Value(Value::Bool(false)) => self.reduce(no),
                Outcome::Value(_) | Outcome::Open | Outcome::Fault(_) => {
                    Expr::If(boxed(condition), boxed(yes), boxed(no))
                }
            },
            Expr::List(items) => Expr::List(
                items
                    .iter()
                    .map(|item| match item {
                        Item::One(value) => Item::One(self.reduce(value)),
                        Item::Spread(list) => Item::Spread(self.reduce(list)),
                    })
                    .collect(),
            ),
            Expr::Map(pairs) => {
                Expr::Map(pairs.iter().map(|(key, it)| (key.clone(), self.reduce(it))).collect())
            }
            Expr::For(it) => Expr::For(Box::new(For {
                name: it.name.clone(),
                list: self.reduce(&it.list),
                body: self.reduce(&it.body),
                condition: it.condition.as_ref().map(|condition| self.reduce(condition)),
            })),
            Expr::Text(parts) => Expr::Text(
                parts
                    .iter()
                    .map(|part| match part {
                        Part::Chars(chars) => Part::Chars(chars.clone()),
                        Part::Value(value) => match self.reduce(value) {
                            Expr::Literal(value) => Part::Chars(value.to_string().into()),
                            open => Part::Value(open),
                        },
                    })
                    .collect(),
            ),
            Expr::Convert(ty, inner) => Expr::Convert(ty.clone(), boxed(inner)),
        }
    }
}

/// Takes so many bytes of text, and fails at the first too many.
struct Room(usize);

impl Write for Room {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.checked_sub(text.len()).ok_or(fmt::Error)?;
        Ok(())
    }
}

impl Scope for Known {
    fn read(&self, read: &Read) -> Option<Value> {
        match (read, &self.each) {
            (Read::EachKey, Some(each)) => Some(each.key.clone()),
            (Read::EachValue, Some(each)) => Some(each.value.clone()),
            (Read::EachIndex, Some(each)) => Some(each.index.clone()),
            (read, _) => self.values.get(read).cloned(),
        }
    }
}

impl Shown {
    /// Makes a text that is known.
    #[must_use]
    pub fn known(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Known(text.into())] }
    }

    /// Makes a text that only run time knows.
    #[must_use]
    pub fn open(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Open(text.into())] }
    }

    fn written(text: impl Into<String>) -> Self {
        Self { pieces: vec![Piece::Written(text.into())] }
    }

    /// Returns whether all of it is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.pieces.iter().all(|piece| matches!(piece, Piece::Known(_)))
    }

    /// Returns the text, with `<…>` around what only run time fills in; an expression by itself stands as it is.
    #[must_use]
    pub fn text(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| match piece {
                Piece::Known(text) | Piece::Written(text) => text.clone(),
                Piece::Open(text) => format!("<{text}>"),
            })
            .collect()
    }
}

impl Serialize for Shown {
    /// `{ "text": "api:<step.build.output.tag>", "known": false }`
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Shown", 2)?;
        object.serialize_field("text", &self.text())?;
        object.serialize_field("known", &self.is_known())?;
        object.end()
    }
}
