//! The functions of the language: one table that the checker, the evaluator, completion and the reference read.
//!
//! Each family has a file that holds, for each of its functions, the signatures, the words about it, an example that
//! a test runs, and the code.

mod check;
mod convert;
mod list;
mod map;
mod number;
mod path_time;
mod shape;
mod text;

pub use check::{CallError, CallErrorKind, check_call};
pub use shape::{Class, Shape};

use super::{Fault, FaultKind, evaluate::Meter};
use crate::value::Value;
use serde::{Serialize, Serializer};
use std::fmt;

/// What is known of one function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionSpec {
    /// The function.
    pub function: Function,
    /// Its name in the language.
    pub name: &'static str,
    /// The ways to call it; the first that takes the arguments counts.
    pub signatures: &'static [Signature],
    /// What it does, in a sentence or two.
    pub doc: &'static str,
    /// A call of it: `trim(" a ")`.
    pub example: &'static str,
    /// What the example gives: `"a"`.
    pub gives: &'static str,
    /// The code.
    pub(crate) apply: Apply,
}

/// The code of a function: takes arguments that the checker let through, and pays for what it does.
pub(crate) type Apply = fn(&mut Meter, &[Value]) -> Result<Value, Fault>;

/// One way to call a function.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// What it takes; optional ones come last.
    pub params: &'static [ParamSpec],
    /// What it gives.
    pub result: Shape,
}

/// One parameter of a function.
#[derive(Clone, Copy, Debug)]
pub struct ParamSpec {
    /// Its name, for the reader; arguments are told apart by position.
    pub name: &'static str,
    /// The types it takes.
    pub shape: Shape,
    /// Whether it may be left out.
    pub optional: bool,
}

macro_rules! functions {
    ($($variant:ident = $family:ident::$spec:ident,)*) => {
        /// A function of the language.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Function {
            $(
                #[doc = concat!("Described by `", stringify!($family), "::", stringify!($spec), "`.")]
                $variant,
            )*
        }

        impl Function {
            /// All functions, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns what is known of it.
            #[must_use]
            pub fn spec(self) -> &'static FunctionSpec {
                match self {
                    $(Self::$variant => &$family::$spec,)*
                }
            }
        }
    };
}

functions! {
    Len = text::LEN,
    Lower = text::LOWER,
    Upper = text::UPPER,
    Trim = text::TRIM,
    Split = text::SPLIT,
    Join = text::JOIN,
    Lines = text::LINES,
    Words = text::WORDS,
    Replace = text::REPLACE,
    StartsWith = text::STARTS_WITH,
    EndsWith = text::ENDS_WITH,
    Contains = text::CONTAINS,
    Matches = text::MATCHES,
    Capture = text::CAPTURE,
    Substr = text::SUBSTR,
    First = list::FIRST,
    Last = list::LAST,
    Get = map::GET,
    Keys = map::KEYS,
    Values = map::VALUES,
    Merge = map::MERGE,
    ToMap = map::TO_MAP,
    Zip = map::ZIP,
    Product = map::PRODUCT,
    Range = list::RANGE,
    Chunk = list::CHUNK,
    Flatten = list::FLATTEN,
    Compact = list::COMPACT,
    Distinct = list::DISTINCT,
    Sort = list::SORT,
    Reverse = list::REVERSE,
    Sum = number::SUM,
    Min = number::MIN,
    Max = number::MAX,
    Any = list::ANY,
    All = list::ALL,
    Abs = number::ABS,
    Floor = number::FLOOR,
    Ceil = number::CEIL,
    Round = number::ROUND,
    Int = convert::INT,
    Float = convert::FLOAT,
    Bool = convert::BOOL,
    String = convert::STRING,
    Duration = convert::DURATION,
    Size = convert::SIZE,
    Json = convert::JSON,
    ParseJson = convert::PARSE_JSON,
    Base64 = convert::BASE64,
    ParseBase64 = convert::PARSE_BASE64,
    UrlEncode = convert::URL_ENCODE,
    Sha256 = convert::SHA256,
    Basename = path_time::BASENAME,
    Dirname = path_time::DIRNAME,
    Extension = path_time::EXTENSION,
    PathJoin = path_time::PATH_JOIN,
    FormatTime = path_time::FORMAT_TIME,
    ParseTime = path_time::PARSE_TIME,
    Seconds = path_time::SECONDS,
}

impl Function {
    /// Finds a function by its name in the language.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|function| function.name() == name)
    }

    /// Returns its name in the language.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spec().name
    }
}

impl FunctionSpec {
    /// Returns the ways to call it as text: `first(list: list(T)) -> T?`.
    #[must_use]
    pub fn usage(&self) -> Vec<String> {
        self.signatures.iter().map(|signature| format!("{}{signature}", self.name)).collect()
    }
}

impl Signature {
    /// Returns the fewest and the most arguments it takes.
    #[must_use]
    pub fn arity(&self) -> (usize, usize) {
        (self.params.iter().filter(|param| !param.optional).count(), self.params.len())
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Function {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (i, param) in self.params.iter().enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            let optional = if param.optional { "?" } else { "" };
            write!(f, "{comma}{}{optional}: {}", param.name, param.shape)?;
        }
        write!(f, ") -> {}", self.result)?;
        let shapes = self.params.iter().map(|param| &param.shape);
        match shapes.filter_map(Shape::class).find_map(Class::words) {
            Some(words) => write!(f, ", T: {words}"),
            None => Ok(()),
        }
    }
}

/// A parameter that must be given.
const fn param(name: &'static str, shape: Shape) -> ParamSpec {
    ParamSpec { name, shape, optional: false }
}

/// A parameter that may be left out.
const fn option(name: &'static str, shape: Shape) -> ParamSpec {
    ParamSpec { name, shape, optional: true }
}

const fn signature(params: &'static [ParamSpec], result: Shape) -> Signature {
    Signature { params, result }
}

/// The fault of arguments that the checker does not let through.
fn mistyped(function: Function, args: &[Value]) -> Fault {
    let kinds: Vec<&str> = args.iter().map(Value::kind).collect();
    Fault::new(FaultKind::Type, format!("`{function}` does not take ({})", kinds.join(", ")))
}
