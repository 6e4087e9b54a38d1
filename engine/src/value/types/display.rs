//! How a type prints: as it is written in the language.

use super::{Record, Type};
use std::fmt;

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Text => f.write_str("string"),
            Self::Duration => f.write_str("duration"),
            Self::Size => f.write_str("size"),
            Self::Time => f.write_str("time"),
            Self::Json => f.write_str("json"),
            Self::Artifact => f.write_str("artifact"),
            Self::Secret => f.write_str("secret"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Enum(words) => {
                f.write_str("enum(")?;
                for (i, word) in words.iter().enumerate() {
                    write!(f, "{}{word:?}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Self::Record(record) => record.fmt(f),
            Self::Optional(inner) => write!(f, "{inner}?"),
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            return f.write_str(name);
        }
        f.write_str("{")?;
        for (i, (name, ty)) in self.fields.iter().enumerate() {
            write!(f, "{}{name}: {ty}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str("}")
    }
}
