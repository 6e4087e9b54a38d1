//! JSON as the two JSON forms are read: strictly, and with a name for every place.
//!
//! A key that an object has twice is refused, because two readers may take two different values for it. So is a key
//! that the form does not know, because what is not understood must not be passed over.

mod double;
pub(crate) mod print;

pub use print::print;

use serde_json::{Map, Value};
use std::fmt;

/// What keeps a JSON text from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// It is no JSON; says why and where.
    Syntax(String),
    /// It is JSON of another form.
    Form {
        /// The place, from the outermost key on: `file[2].body[0].value`; empty for the whole text.
        path: String,
        /// What is wrong there, and what is expected.
        message: String,
    },
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(message) => f.write_str(message),
            Self::Form { path, message } if path.is_empty() => f.write_str(message),
            Self::Form { path, message } => write!(f, "`{path}`: {message}"),
        }
    }
}

impl std::error::Error for JsonError {}

/// Reads a JSON text.
///
/// # Errors
///
/// The text is no JSON, nests deeper than 127 levels, or has an object with the same key twice.
pub(crate) fn read(text: &str) -> Result<Value, JsonError> {
    let value = serde_json::from_str(text).map_err(|error| JsonError::Syntax(error.to_string()))?;
    match double::find(text) {
        Some(double) => Err(JsonError::Syntax(double)),
        None => Ok(value),
    }
}

/// A place in a JSON text.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    outer: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Top,
    Key(&'a str),
    Item(usize),
}

impl<'a> At<'a> {
    /// The whole text.
    pub(crate) const TOP: Self = Self { outer: None, step: Step::Top };

    /// Returns the place of a key's value.
    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self { outer: Some(self), step: Step::Key(key) }
    }

    /// Returns the place of an item.
    pub(crate) fn item(&'a self, index: usize) -> Self {
        Self { outer: Some(self), step: Step::Item(index) }
    }

    /// Says that something else is expected here.
    pub(crate) fn expected(&self, expected: &str, found: &Value) -> JsonError {
        self.error(format!("expected {expected}, found {}", shown(found)))
    }

    /// Says what is wrong here.
    pub(crate) fn error(&self, message: impl Into<String>) -> JsonError {
        JsonError::Form { path: self.to_string(), message: message.into() }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            outer.fmt(f)?;
        }
        match self.step {
            Step::Top => Ok(()),
            Step::Item(index) => write!(f, "[{index}]"),
            Step::Key(key) if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
                write!(f, "[{key:?}]")
            }
            Step::Key(key) if self.outer.is_some_and(|outer| outer.outer.is_some()) => write!(f, ".{key}"),
            Step::Key(key) => f.write_str(key),
        }
    }
}

/// An object whose keys are known.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a> {
    map: &'a Map<String, Value>,
    /// Where it stands.
    pub(crate) at: &'a At<'a>,
}

impl<'a> Object<'a> {
    /// Takes a value as an object.
    pub(crate) fn of(value: &'a Value, at: &'a At<'a>, what: &str) -> Result<Self, JsonError> {
        match value {
            Value::Object(map) => Ok(Self { map, at }),
            other => Err(at.expected(what, other)),
        }
    }

    /// Returns the value of a key, if the object has it.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    /// Returns the value of a key that must be there.
    pub(crate) fn require(&self, key: &str) -> Result<&'a Value, JsonError> {
        self.get(key).ok_or_else(|| self.at.error(format!("the key `{key}` is missing")))
    }

    /// Returns the text of a key that must be there.
    pub(crate) fn text(&self, key: &str) -> Result<&'a str, JsonError> {
        text(self.require(key)?, &self.at.key(key))
    }

    /// Refuses keys other than these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), JsonError> {
        match self.map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => {
                let near = crate::suggest::nearest(key, known.iter().copied());
                let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                Err(self.at.error(format!("the key `{key}` is not known here{near}")))
            }
            None => Ok(()),
        }
    }

    /// Returns the key and the value, if there is only one.
    pub(crate) fn single(&self) -> Option<(&'a str, &'a Value)> {
        let mut entries = self.map.iter();
        let (key, value) = entries.next()?;
        entries.next().is_none().then_some((key.as_str(), value))
    }
}

/// Takes a value as text.
pub(crate) fn text<'a>(value: &'a Value, at: &At<'_>) -> Result<&'a str, JsonError> {
    value.as_str().ok_or_else(|| at.expected("text", value))
}

/// Takes a value as a list.
pub(crate) fn list<'a>(value: &'a Value, at: &At<'_>) -> Result<&'a [Value], JsonError> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| at.expected("a list", value))
}

/// Describes a value for a message; long ones by their kind.
pub(crate) fn shown(value: &Value) -> String {
    const MOST: usize = 40;
    let written = value.to_string();
    let kind = match value {
        Value::Null | Value::Bool(_) => return written,
        _ if written.len() <= MOST => return format!("`{written}`"),
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    kind.to_owned()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::{At, JsonError, Object, read};
    use serde_json::json;

    #[test]
    fn a_place_is_named_from_the_outside_in() {
        let file = At::TOP.key("file");
        let second = file.item(2);
        let end = second.key("#end");
        assert_eq!(At::TOP.to_string(), "");
        assert_eq!(second.key("body").to_string(), "file[2].body");
        assert_eq!(end.to_string(), "file[2][\"#end\"]");
    }

    #[test]
    fn unknown_keys_are_refused_with_the_one_that_is_meant() {
        let value = json!({ "valeu": 1 });
        let object = Object::of(&value, &At::TOP, "an object").unwrap();
        let error = object.only(&["setting", "value"]).unwrap_err();
        assert_eq!(error.to_string(), "the key `valeu` is not known here; did you mean `value`?");
    }

    #[test]
    fn nesting_has_an_end() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(read(&deep), Err(JsonError::Syntax(_))));
    }
}
