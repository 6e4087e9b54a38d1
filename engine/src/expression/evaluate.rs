//! Evaluation: total within a budget, and without a clock, chance or anything else from outside.
//!
//! Long chains (`a + b + …`, `a.b.c`, `x ?? y ?? …`, `c ? a : d ? …`) are gone through in a loop, so that only real
//! nesting uses the stack, and that is limited.

mod meter;
mod operate;

pub(crate) use meter::Meter;
pub use meter::{MAX_STEPS, MAX_TOTAL_BYTES, MAX_VALUE_BYTES};
pub(crate) use operate::{add, as_float, contains, int_of, out_of_range};

use super::{Expr, Fault, FaultKind, For, Function, Item, Operator, Part, Read};
use crate::{
    id::Name,
    value::{Type, Value, convert},
};
use std::{collections::BTreeMap, fmt::Write as _};

/// How deep expressions may nest in one another, chains not counted. Between two brackets of a file there are at most
/// ten, one for each precedence, and a file nests at most 64 brackets.
pub const MAX_DEPTH: usize = 640;

/// Evaluates an expression.
///
/// # Errors
/// If something it reads has no value, a partial operation has none for its operands, or the budget is used up.
pub fn evaluate(expr: &Expr, scope: &dyn Scope) -> Result<Value, Fault> {
    Evaluation { scope, meter: Meter::new(), locals: Vec::new(), depth: 0 }.value(expr)
}

/// What an expression may read.
pub trait Scope {
    /// Returns the value read; none if there is none yet, which is a fault of the kind [`FaultKind::Unknown`].
    fn read(&self, read: &Read) -> Option<Value>;
}

impl<F: Fn(&Read) -> Option<Value>> Scope for F {
    fn read(&self, read: &Read) -> Option<Value> {
        self(read)
    }
}

impl Scope for BTreeMap<Read, Value> {
    fn read(&self, read: &Read) -> Option<Value> {
        self.get(read).cloned()
    }
}

struct Evaluation<'a> {
    scope: &'a dyn Scope,
    meter: Meter,
    /// The names that `[for …]` binds, the innermost last.
    locals: Vec<(&'a Name, Value)>,
    depth: usize,
}

/// What is left to do after one link of a chain.
enum Link<'a> {
    /// Nothing: this is its value.
    Value(Value),
    /// Its value is that of one of its children.
    Child(&'a Expr, usize),
}

impl<'a> Evaluation<'a> {
    fn value(&mut self, expr: &'a Expr) -> Result<Value, Fault> {
        if self.depth >= MAX_DEPTH {
            return Err(Fault::budget(format!("this nests deeper than {MAX_DEPTH} levels")));
        }
        self.depth += 1;
        let mut trail = Vec::new();
        let result = self.chain(expr, &mut trail);
        self.depth -= 1;
        result.map_err(|fault| trail.iter().rev().fold(fault, |fault, &child| fault.under(child)))
    }

    /// Goes down to the first operand, then applies one operation after the other. Where the last is a choice, goes
    /// on with what it chose; the trail says which children were chosen.
    fn chain(&mut self, expr: &'a Expr, trail: &mut Vec<usize>) -> Result<Value, Fault> {
        let mut whole = expr;
        loop {
            let mut links = Vec::new();
            let mut first = whole;
            while let Some(operand) = first_operand(first) {
                links.push(first);
                first = operand;
            }
            self.meter.spend(links.len() + 1)?;
            let mut value = self.leaf(first).map_err(|fault| below(fault, links.len()))?;
            let mut chosen = None;
            for (above, link) in links.iter().enumerate().rev() {
                match self.link(link, value).map_err(|fault| below(fault, above))? {
                    Link::Value(next) => value = next,
                    Link::Child(branch, child) if above == 0 => {
                        chosen = Some((branch, child));
                        value = Value::Null;
                    }
                    Link::Child(branch, child) => {
                        value = self.value(branch).map_err(|fault| below(fault.under(child), above))?;
                    }
                }
            }
            match chosen {
                None => return Ok(value),
                Some((branch, child)) => {
                    trail.push(child);
                    whole = branch;
                }
            }
        }
    }

    /// Applies one operation to the value of its first operand.
    fn link(&mut self, expr: &'a Expr, value: Value) -> Result<Link<'a>, Fault> {
        match expr {
            Expr::Field(_, name) => field(&value, name).map(Link::Value),
            Expr::Index(_, index) => {
                let index = self.value(index).map_err(|fault| fault.under(1))?;
                item(&value, &index).map(Link::Value)
            }
            Expr::Not(_) => Ok(Link::Value(Value::Bool(!truth(&value)?))),
            Expr::Negate(_) => operate::negate(&value).map(Link::Value),
            Expr::If(_, yes, no) => Ok(if truth(&value)? { Link::Child(yes, 1) } else { Link::Child(no, 2) }),
            Expr::Convert(ty, _) => self.convert(&value, ty).map(Link::Value),
            Expr::Binary(operator, _, right) => self.binary(*operator, value, right),
            Expr::Literal(_)
            | Expr::Read(_)
            | Expr::Call(..)
            | Expr::List(_)
            | Expr::Map(_)
            | Expr::For(_)
            | Expr::Text(_) => Ok(Link::Value(value)),
        }
    }

    fn binary(&mut self, operator: Operator, left: Value, right: &'a Expr) -> Result<Link<'a>, Fault> {
        match operator {
            Operator::And | Operator::Or => Ok(if truth(&left)? == (operator == Operator::And) {
                Link::Child(right, 1)
            } else {
                Link::Value(left)
            }),
            Operator::Coalesce => {
                Ok(if left == Value::Null { Link::Child(right, 1) } else { Link::Value(left) })
            }
            Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::LessEqual
            | Operator::Greater
            | Operator::GreaterEqual
            | Operator::In
            | Operator::Add
            | Operator::Subtract
            | Operator::Multiply
            | Operator::Divide
            | Operator::Remainder => {
                let right = self.value(right).map_err(|fault| fault.under(1))?;
                operate::binary(&mut self.meter, operator, &left, &right).map(Link::Value)
            }
        }
    }

    /// Evaluates what has no first operand.
    fn leaf(&mut self, expr: &'a Expr) -> Result<Value, Fault> {
        match expr {
            Expr::Literal(value) => Ok(value.clone()),
            Expr::Read(read) => self.read(read),
            Expr::Call(function, args) => self.call(*function, args),
            Expr::List(items) => self.list(items),
            Expr::Map(entries) => self.map(entries),
            Expr::For(it) => self.each(it),
            Expr::Text(parts) => self.text(parts),
            Expr::Field(..)
            | Expr::Index(..)
            | Expr::Not(_)
            | Expr::Negate(_)
            | Expr::Binary(..)
            | Expr::If(..)
            | Expr::Convert(..) => Err(Fault::new(FaultKind::Type, "an operation without its first operand")),
        }
    }

    fn read(&self, read: &Read) -> Result<Value, Fault> {
        if let Read::Local(name) = read
            && let Some((_, value)) = self.locals.iter().rev().find(|(local, _)| *local == name)
        {
            return Ok(value.clone());
        }
        self.scope
            .read(read)
            .ok_or_else(|| Fault::new(FaultKind::Unknown, format!("`{read}` has no value here")))
    }

    fn call(&mut self, function: Function, args: &'a [Expr]) -> Result<Value, Fault> {
        let mut values = Vec::with_capacity(args.len());
        for (i, arg) in args.iter().enumerate() {
            values.push(self.value(arg).map_err(|fault| fault.under(i))?);
        }
        self.meter.take(&values)?;
        (function.spec().apply)(&mut self.meter, &values)
    }

    fn list(&mut self, items: &'a [Item]) -> Result<Value, Fault> {
        let mut values = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            let value = self.value(item.expr()).map_err(|fault| fault.under(i))?;
            match item {
                Item::One(_) => values.push(value),
                Item::Spread(_) => {
                    let more = elements(&value).map_err(|fault| fault.under(i))?;
                    self.meter.foresee((values.len() + more.len()).saturating_mul(size_of::<Value>() / 2))?;
                    values.extend(more.iter().cloned());
                }
            }
        }
        self.meter.list(values)
    }

    fn map(&mut self, entries: &'a [(Name, Expr)]) -> Result<Value, Fault> {
        let mut values = BTreeMap::new();
        for (i, (key, value)) in entries.iter().enumerate() {
            values.insert(key.clone(), self.value(value).map_err(|fault| fault.under(i))?);
        }
        self.meter.pay(Value::map(values))
    }

    fn each(&mut self, it: &'a For) -> Result<Value, Fault> {
        let list = self.value(&it.list).map_err(|fault| fault.under(0))?;
        let items = elements(&list).map_err(|fault| fault.under(0))?;
        let mut values = Vec::new();
        for item in items {
            self.meter.spend(1)?;
            self.locals.push((&it.name, item.clone()));
            let value = self.round(it);
            self.locals.pop();
            values.extend(value?);
        }
        self.meter.list(values)
    }

    fn round(&mut self, it: &'a For) -> Result<Option<Value>, Fault> {
        if let Some(condition) = &it.condition {
            let holds = self.value(condition).and_then(|value| truth(&value));
            if !holds.map_err(|fault| fault.under(2))? {
                return Ok(None);
            }
        }
        self.value(&it.body).map(Some).map_err(|fault| fault.under(1))
    }

    fn text(&mut self, parts: &'a [Part]) -> Result<Value, Fault> {
        let mut text = String::new();
        let mut child = 0;
        for part in parts {
            match part {
                Part::Chars(chars) => text.push_str(chars),
                Part::Value(expr) => {
                    let value = self.value(expr).map_err(|fault| fault.under(child))?;
                    self.meter.walk(&value, 1).map_err(|fault| fault.under(child))?;
                    // Writing to a String cannot fail.
                    let _ = write!(text, "{value}");
                    child += 1;
                }
            }
            self.meter.foresee(text.len())?;
        }
        self.meter.text(&text)
    }

    fn convert(&mut self, value: &Value, ty: &Type) -> Result<Value, Fault> {
        self.meter.walk(value, 1)?;
        let converted = convert(value, ty).map_err(|mismatch| Fault::convert(mismatch.to_string()))?;
        self.meter.pay(converted)
    }
}

/// The operand that a chain evaluates first.
fn first_operand(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Field(first, _)
        | Expr::Index(first, _)
        | Expr::Not(first)
        | Expr::Negate(first)
        | Expr::Binary(_, first, _)
        | Expr::If(first, ..)
        | Expr::Convert(_, first) => Some(first),
        Expr::Literal(_)
        | Expr::Read(_)
        | Expr::Call(..)
        | Expr::List(_)
        | Expr::Map(_)
        | Expr::For(_)
        | Expr::Text(_) => None,
    }
}

/// Says that the part to blame lies so many first operands down.
fn below(mut fault: Fault, links: usize) -> Fault {
    fault.at.splice(0..0, std::iter::repeat_n(0, links));
    fault
}

fn truth(value: &Value) -> Result<bool, Fault> {
    match value {
        Value::Bool(value) => Ok(*value),
        _ => Err(Fault::new(FaultKind::Type, format!("expected a bool, found a {}", value.kind()))),
    }
}

/// The types let a list through, or JSON that may be one.
fn elements(value: &Value) -> Result<&[Value], Fault> {
    match value {
        Value::List(items) => Ok(items),
        _ => Err(Fault::convert(format!("expected a list, found {}", value.kind()))),
    }
}

fn field(value: &Value, name: &str) -> Result<Value, Fault> {
    match value {
        Value::Map(entries) => {
            entries.get(name).cloned().ok_or_else(|| Fault::missing(format!("there is no `{name}`")))
        }
        _ => Err(Fault::missing(format!("there is no `{name}` in {}", value.kind()))),
    }
}

fn item(value: &Value, index: &Value) -> Result<Value, Fault> {
    match (value, index) {
        (Value::List(items), Value::Int(i)) => {
            let item = usize::try_from(*i).ok().and_then(|i| items.get(i));
            item.cloned()
                .ok_or_else(|| Fault::missing(format!("there is no item {i} in a list of {}", items.len())))
        }
        (_, Value::Text(key)) => field(value, key),
        (_, _) => Err(Fault::missing(format!("there is no item {index} in {}", value.kind()))),
    }
}
