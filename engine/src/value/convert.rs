//! Takes values from outside and makes them be of a declared type, or says where they are not.

use super::{
    Record, Type, Value, from_json,
    parse::{parse_duration, parse_float, parse_int, parse_size, parse_time},
};
use crate::id::Name;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// Converts a value to a type.
///
/// JSON stands for what it can: text for an enum, a duration (`"10m"`), a size (`"4GiB"`, or a number of bytes) or a
/// time (RFC 3339); a whole number for a float, and a float without a fraction for an int. A record gets `null` for each
/// optional field that is missing and loses the fields it does not declare. Nothing becomes a secret.
///
/// # Errors
/// If the value is not of the type, with the place where it is not.
pub fn convert(value: &Value, ty: &Type) -> Result<Value, Mismatch> {
    let converted = match (ty, value) {
        (Type::Optional(_), Value::Null) => Some(Value::Null),
        (Type::Optional(inner), _) => return convert(value, inner),
        (Type::List(element), Value::List(items)) => {
            let items = items.iter().enumerate();
            let items = items.map(|(i, item)| convert(item, element).map_err(|it| it.under(Step::Item(i))));
            Some(Value::list(items.collect::<Result<_, _>>()?))
        }
        (Type::Map(element), Value::Map(entries)) => {
            let entries = entries.iter().map(|(key, value)| {
                let value = convert(value, element).map_err(|it| it.under(Step::Key(key)))?;
                Ok((Arc::clone(key), value))
            });
            Some(Value::map(entries.collect::<Result<_, _>>()?))
        }
        (Type::Record(record), Value::Map(entries)) => Some(Value::map(convert_record(entries, record)?)),
        (Type::Json, _) => holds_json(value).then(|| value.clone()),
        (Type::Duration, Value::Text(text)) => parse_duration(text).map(Value::Duration),
        (Type::Size, Value::Text(text)) => parse_size(text).map(Value::Size),
        (Type::Size, Value::Int(bytes)) => u64::try_from(*bytes).ok().map(Value::Size),
        (Type::Time, Value::Text(text)) => parse_time(text).map(Value::Time),
        (Type::Enum(words), Value::Text(text)) => words.contains(text).then(|| value.clone()),
        (Type::Int, Value::Float(float)) => whole(*float).map(Value::Int),
        #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
        (Type::Float, Value::Int(int)) => Some(Value::Float(*int as f64)),
        (Type::Null, Value::Null)
        | (Type::Bool, Value::Bool(_))
        | (Type::Int, Value::Int(_))
        | (Type::Float, Value::Float(_))
        | (Type::Text, Value::Text(_))
        | (Type::Duration, Value::Duration(_))
        | (Type::Size, Value::Size(_))
        | (Type::Time, Value::Time(_))
        | (Type::Artifact, Value::Artifact(_)) => Some(value.clone()),
        (
            Type::Never
            | Type::Null
            | Type::Bool
            | Type::Int
            | Type::Float
            | Type::Text
            | Type::Duration
            | Type::Size
            | Type::Time
            | Type::Artifact
            | Type::Secret
            | Type::List(_)
            | Type::Map(_)
            | Type::Enum(_)
            | Type::Record(_),
            _,
        ) => None,
    };
    converted.ok_or_else(|| Mismatch::new(ty, value))
}

/// Reads text that was given for a declared type, on a command line: `--param limit=10m`.
///
/// Text is taken as it is, also where it may be missing; lists, maps, records and `json` are read as JSON; what is
/// optional and no text may be `null`.
///
/// # Errors
/// If the text does not stand for a value of the type.
pub fn parse_text(ty: &Type, text: &str) -> Result<Value, Mismatch> {
    let given = || Mismatch { path: String::new(), expected: ty.to_string(), found: quoted(text) };
    match ty {
        Type::Optional(inner) => match (inner.as_ref(), text) {
            (Type::Text, _) => Ok(Value::text(text)),
            (_, "null") => Ok(Value::Null),
            _ => parse_text(inner, text),
        },
        Type::Int => parse_int(text).map(Value::Int).ok_or_else(given),
        Type::Float => parse_float(text).map(Value::Float).ok_or_else(given),
        Type::Bool => text.parse().map(Value::Bool).map_err(|_| given()),
        Type::Null => (text == "null").then_some(Value::Null).ok_or_else(given),
        Type::Size => match parse_int(text) {
            Some(bytes) => convert(&Value::Int(bytes), ty).map_err(|_| given()),
            None => parse_size(text).map(Value::Size).ok_or_else(given),
        },
        Type::Text | Type::Enum(_) | Type::Duration | Type::Time => convert(&Value::text(text), ty),
        Type::Json | Type::List(_) | Type::Map(_) | Type::Record(_) => {
            let json = serde_json::from_str(text)
                .map_err(|_| Mismatch { expected: format!("{ty} as JSON"), ..given() })?;
            convert(&from_json(&json), ty)
        }
        Type::Never | Type::Artifact | Type::Secret => Err(given()),
    }
}

/// A value that is not of the type it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Where in the value: `.items[3].auc`; empty for the value itself.
    pub path: String,
    /// What was expected there: a type, as it is written.
    pub expected: String,
    /// What was found: the kind of value, or the text that cannot be read.
    pub found: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "at {}: ", self.path)?;
        }
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for Mismatch {}

enum Step<'a> {
    Item(usize),
    Key(&'a str),
}

impl Mismatch {
    fn new(ty: &Type, value: &Value) -> Self {
        let found = match (ty, value) {
            (Type::Duration | Type::Size | Type::Time | Type::Enum(_), Value::Text(text)) => quoted(text),
            (Type::Int, Value::Float(_)) | (Type::Size, Value::Int(_)) => value.to_string(),
            (Type::Json, Value::List(_) | Value::Map(_)) => {
                format!("{} with what JSON cannot hold", value.kind())
            }
            _ => value.kind().to_owned(),
        };
        Self { path: String::new(), expected: ty.to_string(), found }
    }

    /// Puts one step before the path: the error is of a part of the value.
    fn under(mut self, step: Step<'_>) -> Self {
        let step = match step {
            Step::Item(i) => format!("[{i}]"),
            Step::Key(key) if is_name(key) => format!(".{key}"),
            Step::Key(key) => format!("[{}]", quoted(key)),
        };
        self.path.insert_str(0, &step);
        self
    }
}

fn convert_record(
    entries: &BTreeMap<Name, Value>,
    record: &Record,
) -> Result<BTreeMap<Name, Value>, Mismatch> {
    let fields = record.fields.iter().map(|(name, ty)| {
        let value = match entries.get(name) {
            Some(value) => convert(value, ty),
            None if ty.is_optional() => Ok(Value::Null),
            None => Err(Mismatch { found: "nothing".to_owned(), ..Mismatch::new(ty, &Value::Null) }),
        };
        Ok((Arc::clone(name), value.map_err(|it| it.under(Step::Key(name)))?))
    });
    fields.collect()
}

fn holds_json(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => true,
        Value::Duration(_) | Value::Size(_) | Value::Time(_) | Value::Artifact(_) => false,
        Value::List(items) => items.iter().all(holds_json),
        Value::Map(entries) => entries.values().all(holds_json),
    }
}

/// The int that a float without a fraction is, up to where floats hold every whole number.
pub(crate) fn whole(float: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the exact range")]
    (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
}

fn is_name(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Text in quotes, cut where it would fill a screen.
pub(crate) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{:?}…", text.get(..end).unwrap_or_default()),
        None => format!("{text:?}"),
    }
}
