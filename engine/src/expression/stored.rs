//! Reads expressions back from the JSON inside a plan: what [`super::canonical`] writes, and no other form.
//!
//! An expression may be hundreds of forms tall, so it is read without recursion: serde hands over its text, checked to
//! be JSON, and what is open is kept in a list.

use super::{Expr, For, Function, Item, Operator, Part, Read};
use crate::{
    id::Name,
    value::{Type, measure},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

/// How tall an expression may be: what the grammar lets one grow, and room for conversions between its forms.
const MAX_HEIGHT: usize = 640;
/// How deep brackets may nest in a value: a map with a key `$` has two.
const MAX_IN_VALUE: usize = 2 * measure::MAX_DEPTH + 2;
/// How deep brackets may nest in a type: a record has four, and types are at most 64 deep.
const MAX_IN_TYPE: usize = 4 * 64 + 2;

impl<'de> Deserialize<'de> for Expr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        read(text.get()).map_err(D::Error::custom)
    }
}

/// Reads a type as deep as one may be.
pub(crate) fn read_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Type, D::Error> {
    let text = Box::<RawValue>::deserialize(deserializer)?;
    parse_deep(text.get(), MAX_IN_TYPE).map_err(D::Error::custom)
}

/// What may stand in the list of a form.
enum Word {
    /// A function, a field, an operator, characters, a bound name.
    Text(Name),
    Expr(Expr),
    /// `{"spread":…}`, among the items of a list only.
    Spread(Expr),
    /// The type of a conversion.
    Type(Type),
    /// An entry of a map.
    List(Vec<Self>),
    /// No condition.
    Null,
}

/// What has been begun and not ended.
enum Open {
    /// `{"form":`
    Form(Name),
    /// `[`, and the words so far.
    List(Vec<Word>),
}

/// Reads a text that is known to be JSON.
fn read(text: &str) -> Result<Expr, String> {
    let mut rest = text;
    let mut open: Vec<Open> = Vec::new();
    let mut height = 0;
    loop {
        let (token, after) = next_token(rest);
        rest = after;
        let mut word = match token {
            "{" => {
                let (key, after) = next_token(rest);
                height += 1;
                if height > MAX_HEIGHT || key == "}" {
                    return Err("an expression is empty, or too tall".into());
                }
                let form: Name = parse(key)?;
                rest = next_token(after).1;
                if &*form == "value" {
                    let (value, after) = next_value(rest);
                    rest = after_sign(after, "}")?;
                    height -= 1;
                    Word::Expr(Expr::Literal(parse_deep(value, MAX_IN_VALUE)?))
                } else {
                    open.push(Open::Form(form));
                    continue;
                }
            }
            "[" => {
                let mut words = Vec::new();
                if matches!(open.last(), Some(Open::Form(form)) if &**form == "convert") {
                    let (ty, after) = next_value(rest);
                    words.push(Word::Type(parse_deep(ty, MAX_IN_TYPE)?));
                    rest = after_sign(after, ",")?;
                }
                open.push(Open::List(words));
                continue;
            }
            "]" => match open.pop() {
                Some(Open::List(words)) => Word::List(words),
                Some(Open::Form(_)) | None => return Err("a list ends where none began".into()),
            },
            "null" => Word::Null,
            text if text.starts_with('"') => Word::Text(parse(text)?),
            other => return Err(format!("`{other}` is no part of an expression")),
        };
        // A word may be the last that a form waited for, and that form the last of another.
        loop {
            match open.pop() {
                Some(Open::List(mut words)) => {
                    words.push(word);
                    open.push(Open::List(words));
                    if rest.trim_start().starts_with(',') {
                        rest = next_token(rest).1;
                    }
                    break;
                }
                Some(Open::Form(form)) => {
                    word = build(&form, word).ok_or_else(|| format!("`{form}` is not well formed"))?;
                    rest = after_sign(rest, "}")?;
                    height -= 1;
                }
                None => return word.expr().ok_or_else(|| "expected an expression".into()),
            }
        }
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Reads a part whose brackets nest at most so deep, which is deeper than serde_json would allow.
fn parse_deep<'a, T: Deserialize<'a>>(text: &'a str, max: usize) -> Result<T, String> {
    let mut depth = 0_usize;
    let mut rest = text;
    while !rest.is_empty() {
        let (token, after) = next_token(rest);
        rest = after;
        match token {
            "[" | "{" => depth += 1,
            "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > max {
            return Err("a value or a type is too deep".into());
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    T::deserialize(&mut reader).map_err(|error| error.to_string())
}

/// Returns the next sign, text or other word, and what follows it.
fn next_token(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = match text.as_bytes().first() {
        Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => 1,
        Some(b'"') => {
            let mut escaped = false;
            let end = text.bytes().skip(1).position(|byte| {
                let ends = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                ends
            });
            end.map_or(text.len(), |end| end + 2)
        }
        _ => text.find(|c: char| "{}[],:\"".contains(c) || c.is_whitespace()).unwrap_or(text.len()),
    };
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Returns what follows a sign that must be next.
fn after_sign<'a>(text: &'a str, sign: &str) -> Result<&'a str, String> {
    let (token, after) = next_token(text);
    if token == sign { Ok(after) } else { Err(format!("expected `{sign}`, found `{token}`")) }
}

/// Returns the next whole value, and what follows it.
fn next_value(text: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    let mut rest = text;
    loop {
        let (token, after) = next_token(rest);
        match token {
            "[" | "{" => depth += 1,
            "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        rest = after;
        if depth == 0 || rest.is_empty() {
            return text.split_at_checked(text.len() - rest.len()).unwrap_or((text, ""));
        }
    }
}

/// Builds a form from what it was written with.
fn build(form: &str, inner: Word) -> Option<Word> {
    Some(Word::Expr(match (form, inner) {
        ("spread", Word::Expr(inner)) => return Some(Word::Spread(inner)),
        ("read", Word::Text(text)) => Expr::Read(Read::parse(&text)?),
        ("not", Word::Expr(inner)) => Expr::Not(Box::new(inner)),
        ("negate", Word::Expr(inner)) => Expr::Negate(Box::new(inner)),
        ("map", Word::List(entries)) => {
            Expr::Map(entries.into_iter().map(Word::entry).collect::<Option<_>>()?)
        }
        (_, Word::List(words)) => from_list(form, words)?,
        _ => return None,
    }))
}

/// Builds a form from its list; chains were written flat.
fn from_list(form: &str, words: Vec<Word>) -> Option<Expr> {
    let count = words.len();
    let mut words = words.into_iter();
    match form {
        "list" => Some(Expr::List(words.map(Word::item).collect::<Option<_>>()?)),
        "text" => Some(Expr::Text(words.map(Word::part).collect::<Option<_>>()?)),
        "convert" if count == 2 => match (words.next()?, words.next()?) {
            (Word::Type(ty), Word::Expr(inner)) => Some(Expr::Convert(Box::new(ty), Box::new(inner))),
            _ => None,
        },
        "for" if count == 4 => {
            let (name, list, body) = (words.next()?.text()?, words.next()?.expr()?, words.next()?.expr()?);
            let condition = match words.next()? {
                Word::Null => None,
                condition => Some(condition.expr()?),
            };
            Some(Expr::For(Box::new(For { name, list, body, condition })))
        }
        "path" if count > 1 => {
            let base = words.next()?.expr()?;
            words.try_fold(base, |base, step| match step {
                Word::Text(name) => Some(Expr::Field(Box::new(base), name)),
                Word::Expr(index) => Some(Expr::Index(Box::new(base), Box::new(index))),
                Word::Spread(_) | Word::Type(_) | Word::List(_) | Word::Null => None,
            })
        }
        "call" => {
            let function = Function::by_name(&words.next()?.text()?)?;
            Some(Expr::Call(function, words.map(Word::expr).collect::<Option<_>>()?))
        }
        "binary" if count > 2 => {
            let mut left = words.next()?.expr()?;
            while let Some(symbol) = words.next() {
                let operator =
                    Operator::parse(&symbol.text()?).filter(|found| *found != Operator::Coalesce)?;
                left = Expr::Binary(operator, Box::new(left), Box::new(words.next()?.expr()?));
            }
            Some(left)
        }
        "coalesce" if count > 1 => {
            let mut words = words.rev();
            let last = words.next()?.expr()?;
            words.try_fold(last, |right, left| {
                Some(Expr::Binary(Operator::Coalesce, Box::new(left.expr()?), Box::new(right)))
            })
        }
        "if" if count > 2 => {
            let mut words = words.rev();
            let mut no = words.next()?.expr()?;
            while let Some(yes) = words.next() {
                no = Expr::If(Box::new(words.next()?.expr()?), Box::new(yes.expr()?), Box::new(no));
            }
            Some(no)
        }
        _ => None,
    }
}

impl Word {
    fn expr(self) -> Option<Expr> {
        match self {
            Self::Expr(expr) => Some(expr),
            Self::Text(_) | Self::Spread(_) | Self::Type(_) | Self::List(_) | Self::Null => None,
        }
    }

    fn text(self) -> Option<Name> {
        match self {
            Self::Text(text) => Some(text),
            Self::Expr(_) | Self::Spread(_) | Self::Type(_) | Self::List(_) | Self::Null => None,
        }
    }

    fn item(self) -> Option<Item> {
        match self {
            Self::Expr(expr) => Some(Item::One(expr)),
            Self::Spread(list) => Some(Item::Spread(list)),
            Self::Text(_) | Self::Type(_) | Self::List(_) | Self::Null => None,
        }
    }

    fn part(self) -> Option<Part> {
        match self {
            Self::Text(chars) => Some(Part::Chars(chars)),
            Self::Expr(expr) => Some(Part::Value(expr)),
            Self::Spread(_) | Self::Type(_) | Self::List(_) | Self::Null => None,
        }
    }

    fn entry(self) -> Option<(Name, Expr)> {
        match self {
            Self::List(words) => {
                let [key, value] = <[Self; 2]>::try_from(words).ok()?;
                Some((key.text()?, value.expr()?))
            }
            Self::Text(_) | Self::Expr(_) | Self::Spread(_) | Self::Type(_) | Self::Null => None,
        }
    }
}

impl Operator {
    /// Finds an operator by its symbol.
    fn parse(symbol: &str) -> Option<Self> {
        const ALL: [Operator; 15] = [
            Operator::Or,
            Operator::And,
            Operator::Coalesce,
            Operator::Equal,
            Operator::NotEqual,
            Operator::Less,
            Operator::LessEqual,
            Operator::Greater,
            Operator::GreaterEqual,
            Operator::In,
            Operator::Add,
            Operator::Subtract,
            Operator::Multiply,
            Operator::Divide,
            Operator::Remainder,
        ];
        ALL.into_iter().find(|operator| operator.symbol() == symbol)
    }
}

impl Read {
    /// Finds what is read by how it is written.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split('.');
        let root = words.next()?;
        let rest: Vec<_> = words.collect();
        Some(match (root, rest.as_slice()) {
            ("param", [name]) => Self::Param((*name).into()),
            ("let", [name]) => Self::Let((*name).into()),
            ("secret", [name]) => Self::Secret((*name).into()),
            ("step", [step, "output", output]) => {
                Self::Output { step: (*step).into(), output: (*output).into() }
            }
            ("step", [step, "artifact", artifact]) => {
                Self::Artifact { step: (*step).into(), artifact: (*artifact).into() }
            }
            ("step", [step, "status"]) => Self::Status((*step).into()),
            ("self", ["output", name]) => Self::SelfOutput((*name).into()),
            ("self", ["artifact", name]) => Self::SelfArtifact((*name).into()),
            ("result", [name]) => Self::Result((*name).into()),
            ("each", ["key"]) => Self::EachKey,
            ("each", ["value"]) => Self::EachValue,
            ("each", ["index"]) => Self::EachIndex,
            ("job", [name]) => Self::Job((*name).into()),
            ("event", [name]) => Self::Event((*name).into()),
            (name, []) if !name.is_empty() => Self::Local(name.into()),
            _ => return None,
        })
    }
}
