//! Evaluation: total within a budget, and without a clock, chance or anything else from outside.
//!
//! What is still to be done waits in a list, not on the stack, so no expression nests too deep to be evaluated. (The
//! parser keeps brackets within 64 levels.)

mod meter;
mod operate;

pub(crate) use meter::Meter;
pub use meter::{MAX_STEPS, MAX_TOTAL_BYTES, MAX_VALUE_BYTES};
pub(crate) use operate::{add, as_float, contains, int_of, out_of_range};

use super::{Expr, Fault, FaultKind, For, Item, Operator, Part, Read};
use crate::{
    id::Name,
    value::{Value, convert},
};
use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

/// Evaluates an expression.
///
/// # Errors
/// If something it reads has no value, a partial operation has none for its operands, or the budget is used up.
pub fn evaluate(expr: &Expr, scope: &dyn Scope) -> Result<Value, Fault> {
    let (tasks, values, loops, locals) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Evaluation { scope, meter: Meter::new(), tasks, values, loops, locals }.run(expr)
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
    /// What is to be done, the next last.
    tasks: Vec<Task<'a>>,
    /// Values of operands, until the operation takes them.
    values: Vec<Value>,
    /// The `[for …]` gone through at the moment, the innermost last.
    loops: Vec<Loop<'a>>,
    /// The names they bind.
    locals: Vec<(&'a Name, Value)>,
}

/// One thing to do. Each that makes a value leaves it on the stack of values.
#[derive(Clone, Copy)]
enum Task<'a> {
    /// Make its value.
    Start(&'a Expr),
    /// Make its value of those of its operands.
    Finish(&'a Expr),
    /// Begin the next round of the innermost loop, or end it.
    Next(&'a Expr),
    /// Go on with the round if the condition holds.
    Filter(&'a Expr),
    /// End the round: take what the body gave.
    Keep(&'a Expr),
}

struct Loop<'a> {
    it: &'a For,
    items: Arc<Vec<Value>>,
    next: usize,
    kept: Vec<Value>,
}

impl<'a> Evaluation<'a> {
    fn run(mut self, root: &'a Expr) -> Result<Value, Fault> {
        self.tasks.push(Task::Start(root));
        while let Some(task) = self.tasks.pop() {
            self.perform(task).map_err(|fault| fault.within(root, task.expr()))?;
        }
        Ok(self.pop())
    }

    fn perform(&mut self, task: Task<'a>) -> Result<(), Fault> {
        match task {
            Task::Start(expr) => self.start(expr),
            Task::Finish(expr) => self.finish(expr),
            Task::Next(expr) => self.next(expr),
            Task::Filter(expr) => {
                let holds = self.pop();
                if truth(&holds).map_err(|fault| fault.under(2))? {
                    self.body(expr);
                } else {
                    self.locals.pop();
                }
                Ok(())
            }
            Task::Keep(_) => {
                let value = self.pop();
                self.locals.pop();
                if let Some(innermost) = self.loops.last_mut() {
                    innermost.kept.push(value);
                }
                Ok(())
            }
        }
    }

    /// Makes the value of an expression that has no operands; of any other, asks for the operands that it needs first.
    fn start(&mut self, expr: &'a Expr) -> Result<(), Fault> {
        self.meter.spend(1)?;
        match expr {
            Expr::Literal(value) => {
                self.values.push(value.clone());
                return Ok(());
            }
            Expr::Read(read) => {
                let value = self.read(read)?;
                self.values.push(value);
                return Ok(());
            }
            Expr::Field(..)
            | Expr::Index(..)
            | Expr::Call(..)
            | Expr::Not(_)
            | Expr::Negate(_)
            | Expr::Binary(..)
            | Expr::If(..)
            | Expr::List(_)
            | Expr::Map(_)
            | Expr::For(_)
            | Expr::Text(_)
            | Expr::Convert(..) => {}
        }
        self.tasks.push(Task::Finish(expr));
        let first = self.tasks.len();
        match expr {
            Expr::Binary(Operator::And | Operator::Or | Operator::Coalesce, operand, _)
            | Expr::If(operand, ..)
            | Expr::Field(operand, _)
            | Expr::Not(operand)
            | Expr::Negate(operand)
            | Expr::Convert(_, operand) => self.tasks.push(Task::Start(operand)),
            Expr::Index(left, right) | Expr::Binary(_, left, right) => {
                self.tasks.extend([Task::Start(left), Task::Start(right)]);
            }
            Expr::Call(_, args) => self.tasks.extend(args.iter().map(Task::Start)),
            Expr::List(items) => self.tasks.extend(items.iter().map(|item| Task::Start(item.expr()))),
            Expr::Map(entries) => self.tasks.extend(entries.iter().map(|(_, value)| Task::Start(value))),
            Expr::Text(parts) => self.tasks.extend(parts.iter().filter_map(Part::value).map(Task::Start)),
            Expr::For(it) => self.tasks.push(Task::Start(&it.list)),
            Expr::Literal(_) | Expr::Read(_) => {}
        }
        if let Some(operands) = self.tasks.get_mut(first..) {
            operands.reverse();
        }
        Ok(())
    }

    /// Makes the value of an expression whose operands have theirs, or chooses the operand whose value it is.
    fn finish(&mut self, expr: &'a Expr) -> Result<(), Fault> {
        let value = match expr {
            Expr::Field(_, name) => field(&self.pop(), name)?,
            Expr::Index(..) => {
                let index = self.pop();
                item(&self.pop(), &index)?
            }
            Expr::Call(function, args) => {
                let args = self.take(args.len());
                self.meter.take(&args)?;
                (function.spec().apply)(&mut self.meter, &args)?
            }
            Expr::Not(_) => Value::Bool(!truth(&self.pop())?),
            Expr::Negate(_) => operate::negate(&self.pop())?,
            Expr::Binary(operator, _, right) => match self.binary(*operator)? {
                Some(value) => value,
                None => return self.choose(right),
            },
            Expr::If(_, yes, no) => {
                let holds = truth(&self.pop()).map_err(|fault| fault.under(0))?;
                return self.choose(if holds { yes } else { no });
            }
            Expr::List(items) => self.list(items)?,
            Expr::Map(entries) => {
                let values = self.take(entries.len());
                let keys = entries.iter().map(|(key, _)| Arc::clone(key));
                self.meter.pay(Value::map(keys.zip(values).collect()))?
            }
            Expr::For(it) => return self.enter(expr, it),
            Expr::Text(parts) => self.text(parts)?,
            Expr::Convert(ty, _) => {
                let value = self.pop();
                self.meter.walk(&value, 1)?;
                let converted =
                    convert(&value, ty).map_err(|mismatch| Fault::convert(mismatch.to_string()))?;
                self.meter.pay(converted)?
            }
            Expr::Literal(_) | Expr::Read(_) => return Ok(()),
        };
        self.values.push(value);
        Ok(())
    }

    fn choose(&mut self, branch: &'a Expr) -> Result<(), Fault> {
        self.tasks.push(Task::Start(branch));
        Ok(())
    }

    /// Returns the value; none if it is that of the right side, which is still to be made.
    fn binary(&mut self, operator: Operator) -> Result<Option<Value>, Fault> {
        let last = self.pop();
        match operator {
            Operator::And => Ok((!truth(&last)?).then_some(last)),
            Operator::Or => Ok(truth(&last)?.then_some(last)),
            Operator::Coalesce => Ok((!matches!(last, Value::Null)).then_some(last)),
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
                let left = self.pop();
                operate::binary(&mut self.meter, operator, &left, &last).map(Some)
            }
        }
    }

    fn read(&self, read: &Read) -> Result<Value, Fault> {
        if let Read::Local(name) = read
            && let Some((_, value)) = self.locals.iter().rev().find(|(local, _)| *local == name)
        {
            return Ok(value.clone());
        }
        let value = self.scope.read(read);
        value.ok_or_else(|| Fault::new(FaultKind::Unknown, format!("`{read}` has no value here")))
    }

    fn list(&mut self, items: &[Item]) -> Result<Value, Fault> {
        let mut values = Vec::with_capacity(items.len());
        for (i, (item, value)) in items.iter().zip(self.take(items.len())).enumerate() {
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

    fn text(&mut self, parts: &[Part]) -> Result<Value, Fault> {
        let count = parts.iter().filter_map(Part::value).count();
        let mut values = self.take(count).into_iter().enumerate();
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Chars(chars) => text.push_str(chars),
                Part::Value(_) => {
                    if let Some((i, value)) = values.next() {
                        self.meter.walk(&value, 1).map_err(|fault| fault.under(i))?;
                        // Writing to a String cannot fail.
                        let _ = write!(text, "{value}");
                    }
                }
            }
            self.meter.foresee(text.len())?;
        }
        self.meter.text(&text)
    }

    fn enter(&mut self, expr: &'a Expr, it: &'a For) -> Result<(), Fault> {
        let list = self.pop();
        elements(&list).map_err(|fault| fault.under(0))?;
        if let Value::List(items) = list {
            self.loops.push(Loop { it, items, next: 0, kept: Vec::new() });
            self.tasks.push(Task::Next(expr));
        }
        Ok(())
    }

    fn next(&mut self, expr: &'a Expr) -> Result<(), Fault> {
        self.meter.spend(1)?;
        let Some(innermost) = self.loops.last_mut() else { return Ok(()) };
        let it = innermost.it;
        match innermost.items.get(innermost.next).cloned() {
            Some(item) => {
                innermost.next += 1;
                self.locals.push((&it.name, item));
                self.tasks.push(Task::Next(expr));
                match &it.condition {
                    Some(condition) => self.tasks.extend([Task::Filter(expr), Task::Start(condition)]),
                    None => self.body(expr),
                }
            }
            None => {
                let kept = std::mem::take(&mut innermost.kept);
                self.loops.pop();
                let list = self.meter.list(kept)?;
                self.values.push(list);
            }
        }
        Ok(())
    }

    fn body(&mut self, expr: &'a Expr) {
        if let Some(innermost) = self.loops.last() {
            self.tasks.extend([Task::Keep(expr), Task::Start(&innermost.it.body)]);
        }
    }

    /// Takes the last value. Each task leaves one for each that the task behind it takes.
    fn pop(&mut self) -> Value {
        self.values.pop().unwrap_or(Value::Null)
    }

    fn take(&mut self, count: usize) -> Vec<Value> {
        self.values.split_off(self.values.len().saturating_sub(count))
    }
}

impl<'a> Task<'a> {
    /// Returns the expression that is to blame if it fails.
    fn expr(self) -> &'a Expr {
        match self {
            Self::Start(expr)
            | Self::Finish(expr)
            | Self::Next(expr)
            | Self::Filter(expr)
            | Self::Keep(expr) => expr,
        }
    }
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
