//! The types of operators. What they do to values is in [`mod@super::evaluate`], case for case the same.
//!
//! Decided here: `/` on numbers always gives a `float` (`floor(a / b)` gives an `int`), so no result depends on
//! whether a whole number was written `2` or `2.0`. `%` keeps `int`.

use super::Operator;
use crate::value::Type;
use std::fmt;

/// Returns the type an infix operator gives, or why the operands do not do.
///
/// # Errors
/// If an operand is of a type the operator does not take, or the two do not go together.
pub fn check_binary(operator: Operator, left: &Type, right: &Type) -> Result<Type, OperatorError> {
    let result = match operator {
        Operator::Or | Operator::And => {
            (left.fits(&Type::Bool) && right.fits(&Type::Bool)).then_some(Type::Bool)
        }
        Operator::Coalesce => coalesce(left, right),
        Operator::Equal | Operator::NotEqual => comparable(left, right).then_some(Type::Bool),
        Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => {
            ordered(left, right).then_some(Type::Bool)
        }
        Operator::In => contained(left, right).then_some(Type::Bool),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
            arithmetic(operator, left, right)
        }
    };
    result.ok_or_else(|| OperatorError {
        symbol: operator.symbol(),
        operands: vec![left.clone(), right.clone()],
        expected: expectation(operator),
    })
}

/// Returns the type of `!x`.
///
/// # Errors
/// If the operand is no `bool`.
pub fn check_not(operand: &Type) -> Result<Type, OperatorError> {
    operand.fits(&Type::Bool).then_some(Type::Bool).ok_or_else(|| OperatorError {
        symbol: "!",
        operands: vec![operand.clone()],
        expected: "a bool",
    })
}

/// Returns the type of `-x`.
///
/// # Errors
/// If the operand is neither a number nor a duration.
pub fn check_negate(operand: &Type) -> Result<Type, OperatorError> {
    matches!(operand, Type::Never | Type::Int | Type::Float | Type::Duration)
        .then(|| operand.clone())
        .ok_or_else(|| OperatorError {
            symbol: "-",
            operands: vec![operand.clone()],
            expected: "a number or a duration",
        })
}

/// Why an operator refuses its operands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorError {
    /// The operator as it is written.
    pub symbol: &'static str,
    /// The types of its operands, one or two.
    pub operands: Vec<Type>,
    /// What it takes, in words.
    pub expected: &'static str,
}

impl fmt::Display for OperatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` takes {}, found ", self.symbol, self.expected)?;
        for (i, operand) in self.operands.iter().enumerate() {
            write!(f, "{}`{operand}`", if i == 0 { "" } else { " and " })?;
        }
        Ok(())
    }
}

impl std::error::Error for OperatorError {}

impl Operator {
    /// Returns the operator as it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Coalesce => "??",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

fn expectation(operator: Operator) -> &'static str {
    match operator {
        Operator::Or | Operator::And => "two bools",
        Operator::Coalesce => "a value that may be missing and one of a type that goes with it",
        Operator::Equal | Operator::NotEqual => "two values of one type",
        Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual => {
            "two numbers, texts, durations, sizes or times"
        }
        Operator::In => "an item and a list of such, a key and a map, or two texts",
        Operator::Add => "two numbers, two durations, two sizes, or a time and a duration",
        Operator::Subtract => "two numbers, two durations, two sizes, two times, or a time and a duration",
        Operator::Multiply => "two numbers, or a number and a duration or size",
        Operator::Divide => "two numbers, two durations, two sizes, or a duration or size and a number",
        Operator::Remainder => "two numbers, two durations or two sizes",
    }
}

/// What is left of the left side without `?`, joined with the right. JSON counts as what may be missing.
fn coalesce(left: &Type, right: &Type) -> Option<Type> {
    (!left.contains_secret() && !right.contains_secret()).then(|| left.required().join(right)).flatten()
}

fn comparable(left: &Type, right: &Type) -> bool {
    if left.contains_secret() || right.contains_secret() {
        return false;
    }
    left.required().join(right.required()).is_some()
}

fn ordered(left: &Type, right: &Type) -> bool {
    let rank = |ty: &Type| match ty {
        Type::Int | Type::Float => Some(0),
        Type::Text | Type::Enum(_) => Some(1),
        Type::Duration => Some(2),
        Type::Size => Some(3),
        Type::Time => Some(4),
        Type::Never
        | Type::Null
        | Type::Bool
        | Type::Json
        | Type::Artifact
        | Type::Secret
        | Type::List(_)
        | Type::Map(_)
        | Type::Record(_)
        | Type::Optional(_) => None,
    };
    match (left, right) {
        (Type::Never, other) | (other, Type::Never) => *other == Type::Never || rank(other).is_some(),
        _ => rank(left).is_some() && rank(left) == rank(right),
    }
}

fn contained(item: &Type, whole: &Type) -> bool {
    match whole {
        Type::Never => !item.contains_secret(),
        Type::List(element) => comparable(item, element),
        Type::Map(_) | Type::Record(_) | Type::Text | Type::Enum(_) => item.fits(&Type::Text),
        Type::Null
        | Type::Bool
        | Type::Int
        | Type::Float
        | Type::Duration
        | Type::Size
        | Type::Time
        | Type::Json
        | Type::Artifact
        | Type::Secret
        | Type::Optional(_) => false,
    }
}

fn arithmetic(operator: Operator, left: &Type, right: &Type) -> Option<Type> {
    use Operator::{Add, Divide, Multiply, Remainder, Subtract};
    use Type::{Duration, Float, Int, Never, Size, Time};
    let takes = |ty: &Type| matches!(ty, Never | Int | Float | Duration | Size | Time);
    Some(match (operator, left, right) {
        // Evaluating the operand without a value fails before the operator is reached.
        (_, Never, other) | (_, other, Never) if takes(other) => Never,
        (Divide, Int | Float, Int | Float) => Float,
        (Add | Subtract | Multiply | Remainder, Int, Int) => Int,
        (Add | Subtract | Multiply | Remainder, Int | Float, Int | Float) => Float,
        (Add | Subtract | Remainder, Duration, Duration) => Duration,
        (Add | Subtract | Remainder, Size, Size) => Size,
        (Add, Time, Duration) | (Add, Duration, Time) | (Subtract, Time, Duration) => Time,
        (Subtract, Time, Time) => Duration,
        (Multiply | Divide, Duration, Int | Float) | (Multiply, Int | Float, Duration) => Duration,
        (Multiply | Divide, Size, Int | Float) | (Multiply, Int | Float, Size) => Size,
        (Divide, Duration, Duration) | (Divide, Size, Size) => Float,
        _ => return None,
    })
}
