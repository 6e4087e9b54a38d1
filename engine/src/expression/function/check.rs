//! The types of a call.

use super::{
    Function, Signature,
    shape::{Binding, Shape},
};
use crate::value::{Record, Type};
use std::{fmt, sync::Arc};

/// Returns the type that a call gives, or why its arguments do not do.
///
/// # Errors
/// If there are too few or too many arguments, or one is of a type that no signature takes there.
pub fn check_call(function: Function, args: &[Type]) -> Result<Type, CallError> {
    if let Some(result) = special(function, args) {
        return result;
    }
    let mut failed: Option<(usize, Vec<Shape>)> = None;
    for signature in function.spec().signatures {
        match check_signature(signature, args) {
            Ok(ty) => return Ok(ty),
            Err(Misfit::Count) => {}
            Err(Misfit::Argument(index, shape)) => match &mut failed {
                Some((furthest, shapes)) if *furthest == index => shapes.push(shape),
                Some((furthest, _)) if *furthest > index => {}
                Some(_) | None => failed = Some((index, vec![shape])),
            },
        }
    }
    let kind = match failed {
        None => CallErrorKind::Count { found: args.len() },
        Some((index, shapes)) => CallErrorKind::Argument {
            index,
            expected: alternatives(&shapes),
            found: args.get(index).cloned().unwrap_or(Type::Never),
        },
    };
    Err(CallError { function, kind })
}

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// The function.
    pub function: Function,
    /// What is wrong.
    pub kind: CallErrorKind,
}

/// What is wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallErrorKind {
    /// No signature takes so many arguments.
    Count {
        /// How many there are.
        found: usize,
    },
    /// An argument is of a type that is not taken there.
    Argument {
        /// Which, counted from 0.
        index: usize,
        /// What is taken there, as a signature says it: `list(T) or map(T)`.
        expected: String,
        /// The type of the argument.
        found: Type,
    },
}

impl CallError {
    /// Returns the ways to call the function: `join(list: list(string), separator: string) -> string`.
    #[must_use]
    pub fn usage(&self) -> Vec<String> {
        self.function.spec().usage()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            CallErrorKind::Count { found } => {
                write!(f, "`{}` does not take {found} arguments", self.function)
            }
            CallErrorKind::Argument { index, expected, found } => {
                write!(f, "argument {} of `{}` is `{found}`, expected `{expected}`", index + 1, self.function)
            }
        }
    }
}

impl std::error::Error for CallError {}

enum Misfit {
    Count,
    Argument(usize, Shape),
}

fn check_signature(signature: &Signature, args: &[Type]) -> Result<Type, Misfit> {
    let (least, most) = signature.arity();
    if args.len() < least || args.len() > most {
        return Err(Misfit::Count);
    }
    let mut binding = Binding::default();
    for (index, (param, ty)) in signature.params.iter().zip(args).enumerate() {
        if !param.shape.takes(ty, &mut binding) {
            return Err(Misfit::Argument(index, param.shape));
        }
    }
    signature.result.resolve(&binding).ok_or(Misfit::Count)
}

/// The calls whose result depends on the fields of a record; none where the signatures say it all.
fn special(function: Function, args: &[Type]) -> Option<Result<Type, CallError>> {
    match (function, args) {
        (Function::Zip | Function::Product, [found]) => Some(rows(found).ok_or_else(|| CallError {
            function,
            kind: CallErrorKind::Argument {
                index: 0,
                expected: "an object of lists".to_owned(),
                found: found.clone(),
            },
        })),
        (Function::Merge, [Type::Record(under), Type::Record(over)]) => {
            Some(merge(under, over).ok_or_else(|| CallError {
                function,
                kind: CallErrorKind::Argument {
                    index: 1,
                    expected: Type::Record(Arc::clone(under)).to_string(),
                    found: Type::Record(Arc::clone(over)),
                },
            }))
        }
        _ => None,
    }
}

/// `{a: list(A), b: list(B)}` gives `list({a: A, b: B})`.
fn rows(found: &Type) -> Option<Type> {
    let record = match found {
        Type::Record(record) if !record.fields.is_empty() => record,
        _ => return None,
    };
    let fields = record.fields.iter().map(|(name, ty)| match ty {
        Type::List(element) if !element.contains_secret() => Some((Arc::clone(name), Type::clone(element))),
        _ => None,
    });
    Some(Type::list(Type::object(fields.collect::<Option<_>>()?)))
}

/// The fields of both; where both have one, the second decides unless it may be missing.
fn merge(under: &Arc<Record>, over: &Arc<Record>) -> Option<Type> {
    if under == over {
        return Some(Type::Record(Arc::clone(under)));
    }
    let mut fields = Vec::new();
    for (name, ty) in &under.fields {
        let ty = match over.field(name) {
            Some(over) if over.is_optional() => ty.join(over)?,
            Some(over) => over.clone(),
            None => ty.clone(),
        };
        fields.push((Arc::clone(name), ty));
    }
    fields.extend(over.fields.iter().filter(|(name, _)| under.field(name).is_none()).cloned());
    let merged = Type::object(fields);
    (!merged.contains_secret()).then_some(merged)
}

fn alternatives(shapes: &[Shape]) -> String {
    let mut words: Vec<String> = Vec::new();
    for shape in shapes {
        let word = match shape.class().and_then(super::Class::words) {
            Some(condition) => format!("{shape}, T: {condition}"),
            None => shape.to_string(),
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" or ")
}
