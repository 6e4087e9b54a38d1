//! From JSON to text: expressions.

use super::{
    comment::lone,
    literal::{self, Part, Spelled, is_spelled, line_text, script},
    name::{is_root, is_tag, is_word},
    to_types::{check, name},
};
use crate::json::{At, JsonError, Object, list, text};
use grammar::tree::BinaryOp;
use serde_json::Value;

/// The text of an expression, and how tightly it holds together.
pub(super) struct Code {
    pub(super) text: String,
    level: u8,
}

/// The levels; those of operators lie between the first two.
const CONDITIONAL: u8 = 0;
const PREFIX: u8 = 8;
const POSTFIX: u8 = 9;

/// Every infix operator, loosest first.
pub(crate) const OPERATORS: [BinaryOp; 15] = [
    BinaryOp::Or,
    BinaryOp::And,
    BinaryOp::Equal,
    BinaryOp::NotEqual,
    BinaryOp::Less,
    BinaryOp::LessEqual,
    BinaryOp::Greater,
    BinaryOp::GreaterEqual,
    BinaryOp::In,
    BinaryOp::Coalesce,
    BinaryOp::Add,
    BinaryOp::Subtract,
    BinaryOp::Multiply,
    BinaryOp::Divide,
    BinaryOp::Remainder,
];

impl Code {
    fn primary(text: impl Into<String>) -> Self {
        Self { text: text.into(), level: POSTFIX }
    }

    /// Returns the text for a place that asks for this much; in parentheses, if it holds less.
    fn at_least(self, level: u8) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text }
    }
}

/// Returns the text of an expression.
pub(super) fn expression(value: &Value, at: &At<'_>) -> Result<Code, JsonError> {
    match value {
        Value::Null | Value::Bool(_) => Ok(Code::primary(value.to_string())),
        Value::Number(number) => match number.as_i64() {
            Some(i64::MIN) => Err(at.error("this number is too small")),
            Some(negative) if negative < 0 => Ok(Code { text: negative.to_string(), level: PREFIX }),
            Some(number) => Ok(Code::primary(number.to_string())),
            None if number.is_u64() => Err(at.error("this number is too large")),
            None => Err(at.error(format!(
                "write {{\"float\": \"{number}\"}}; JSON does not keep how a number is spelled"
            ))),
        },
        Value::String(chars) => Ok(Code::primary(line_text(chars))),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let entries: Result<Vec<_>, _> =
                items.map(|(index, item)| list_item(item, &at.item(index))).collect();
            Ok(Code::primary(bracketed("[", "", &entries?, "]")))
        }
        Value::Object(_) => form(value, at),
    }
}

/// Returns the text of an expression that is an object with one key.
fn form(value: &Value, at: &At<'_>) -> Result<Code, JsonError> {
    const WHAT: &str = "an expression: an object with one key, such as `{\"ref\": \"param.env\"}`";
    let object = Object::of(value, at, WHAT)?;
    let Some((key, inner)) = object.single() else { return Err(at.expected(WHAT, value)) };
    let at = &at.key(key);
    Ok(match key {
        "int" => spelled(inner, Spelled::Int, "a whole number, such as `1_000`", at)?,
        "float" => spelled(inner, Spelled::Float, "a number with a fraction, such as `0.5`", at)?,
        "duration" => spelled(inner, Spelled::Duration, "a duration, such as `10m`", at)?,
        "size" => spelled(inner, Spelled::Size, "a size, such as `4GiB`", at)?,
        "text" => Code::primary(literal::line(&pieces(inner, at)?)),
        "block_text" => Code::primary(literal::block(&match inner {
            Value::String(chars) => vec![Part::Chars(chars.clone())],
            pieces_of_it => pieces(pieces_of_it, at)?,
        })),
        "heredoc" => heredoc(inner, at)?,
        "object" => pairs(inner, at)?,
        "ref" => reference(inner, at)?,
        "member" => {
            let [base, member] = parts(inner, at, "a value and the name of its field")?;
            let base = expression(base, &at.item(0))?.at_least(POSTFIX);
            Code::primary(format!("{base}.{}", name(member, &at.item(1))?))
        }
        "index" => {
            let [base, index] = parts(inner, at, "a value and its index")?;
            let base = expression(base, &at.item(0))?.at_least(POSTFIX);
            Code::primary(format!("{base}[{}]", expression(index, &at.item(1))?.text))
        }
        "call" => call(inner, at)?,
        "op" => operation(inner, at)?,
        "not" => Code { text: format!("!{}", expression(inner, at)?.at_least(PREFIX)), level: PREFIX },
        "negate" => Code { text: format!("-{}", expression(inner, at)?.at_least(PREFIX)), level: PREFIX },
        "group" => Code::primary(format!("({})", expression(inner, at)?.text)),
        "if" => {
            let [condition, yes, no] = parts(inner, at, "a condition and two values")?;
            let condition = expression(condition, &at.item(0))?.at_least(CONDITIONAL + 1);
            let (yes, no) = (expression(yes, &at.item(1))?.text, expression(no, &at.item(2))?.text);
            Code { text: format!("{condition} ? {yes} : {no}"), level: CONDITIONAL }
        }
        "for" => comprehension(inner, at)?,
        "spread" => return Err(at.error("a list can be put into another list only")),
        "#" => return Err(at.error("comments alone can stand in lists, objects and calls only")),
        _ => return Err(at.error(format!("no form of an expression is called `{key}`"))),
    })
}

fn spelled(value: &Value, kind: Spelled, what: &str, at: &At<'_>) -> Result<Code, JsonError> {
    let written = text(value, at)?;
    if is_spelled(written, kind) { Ok(Code::primary(written)) } else { Err(at.expected(what, value)) }
}

/// Returns the pieces of a text: texts that stand for themselves, and expressions.
fn pieces(value: &Value, at: &At<'_>) -> Result<Vec<Part>, JsonError> {
    let pieces = list(value, at)?.iter().enumerate();
    let part = |(index, piece): (usize, &Value)| match piece {
        Value::String(chars) => Ok(Part::Chars(chars.clone())),
        other => Ok(Part::Value(expression(other, &at.item(index))?.text)),
    };
    pieces.map(part).collect()
}

fn heredoc(value: &Value, at: &At<'_>) -> Result<Code, JsonError> {
    let object = Object::of(value, at, "an object with `tag` and `lines`")?;
    object.only(&["tag", "lines"])?;
    let tag = object.text("tag")?;
    if !is_tag(tag) {
        return Err(at.key("tag").error(format!("expected a tag in capitals, such as `SH`, found {tag:?}")));
    }
    let at = at.key("lines");
    let items = list(object.require("lines")?, &at)?.iter().enumerate();
    let lines: Vec<&str> =
        items.map(|(index, line)| text(line, &at.item(index))).collect::<Result<_, _>>()?;
    let script = script(tag, &lines).map_err(|(index, message)| at.item(index).error(message))?;
    Ok(Code::primary(script))
}

/// A line of what stands between brackets.
enum Entry {
    Item(String),
    Comments(Vec<String>),
}

fn list_item(value: &Value, at: &At<'_>) -> Result<Entry, JsonError> {
    let spread = value.as_object().filter(|map| map.len() == 1).and_then(|map| map.get("spread"));
    match (lone(value, at), spread) {
        (Some(comments), _) => Ok(Entry::Comments(comments?)),
        (None, Some(inner)) => Ok(Entry::Item(format!("...{}", expression(inner, &at.key("spread"))?.text))),
        (None, None) => Ok(Entry::Item(expression(value, at)?.text)),
    }
}

/// Puts items between brackets: on one line, unless there are comments.
fn bracketed(open: &str, space: &str, entries: &[Entry], close: &str) -> String {
    let mut items = Vec::new();
    let mut out = format!("{open}\n");
    for entry in entries {
        match entry {
            Entry::Item(item) => {
                items.push(item.as_str());
                out.push_str(&format!("{item},\n"));
            }
            Entry::Comments(comments) => out.push_str(&format!("{}\n", comments.join("\n"))),
        }
    }
    if items.len() < entries.len() {
        return out + close;
    }
    let space = if items.is_empty() { "" } else { space };
    format!("{open}{space}{}{space}{close}", items.join(", "))
}

fn pairs(value: &Value, at: &At<'_>) -> Result<Code, JsonError> {
    let pair = |(index, value): (usize, &Value)| {
        let at = &at.item(index);
        if let Some(comments) = lone(value, at) {
            return Ok(Entry::Comments(comments?));
        }
        let [key, value] = parts(value, at, "a key and its value")?;
        Ok(Entry::Item(format!(
            "{} = {}",
            self::key(key, &at.item(0))?,
            expression(value, &at.item(1))?.text
        )))
    };
    let entries: Result<Vec<_>, _> = list(value, at)?.iter().enumerate().map(pair).collect();
    Ok(Code::primary(bracketed("{", " ", &entries?, "}")))
}

/// Returns the key of a pair or a setting, in quotes if it needs them or is said to have them.
pub(super) fn key(value: &Value, at: &At<'_>) -> Result<String, JsonError> {
    match value {
        Value::String(key) if is_word(key) => Ok(key.clone()),
        Value::String(key) => Ok(line_text(key)),
        _ => match Object::of(value, at, "a key: a text, or `{\"quoted\": text}`")?.single() {
            Some(("quoted", inner)) => Ok(line_text(text(inner, &at.key("quoted"))?)),
            _ => Err(at.expected("a key: a text, or `{\"quoted\": text}`", value)),
        },
    }
}

fn reference(value: &Value, at: &At<'_>) -> Result<Code, JsonError> {
    let path = super::to_types::dotted(value, at)?;
    let root = path.split('.').next().unwrap_or_default();
    check(root, is_root(root), "a reference, such as `param.env`", at)?;
    Ok(Code::primary(path))
}

fn call(value: &Value, at: &At<'_>) -> Result<Code, JsonError> {
    let Some((function, args)) = list(value, at)?.split_first() else {
        return Err(at.error("expected the name of a function, and its arguments"));
    };
    let name = text(function, &at.item(0))?;
    check(name, is_root(name), "the name of a function", &at.item(0))?;
    let arg = |(index, value): (usize, &Value)| {
        let at = &at.item(index + 1);
        Ok(match lone(value, at) {
            Some(comments) => Entry::Comments(comments?),
            None => Entry::Item(expression(value, at)?.text),
        })
    };
    let entries: Result<Vec<_>, _> = args.iter().enumerate().map(arg).collect();
    Ok(Code::primary(bracketed(&format!("{name}("), "", &entries?, ")")))
}

fn operation(value: &Value, at: &At<'_>) -> Result<Code, JsonError> {
    let Some((symbol, operands)) = list(value, at)?.split_first() else {
        return Err(at.error("expected an operator and its operands"));
    };
    let known = |symbol: &str| OPERATORS.into_iter().find(|op| op.symbol() == symbol);
    let Some(op) = symbol.as_str().and_then(known) else {
        return Err(at.item(0).expected("an operator, such as `+`", symbol));
    };
    let level = op.precedence();
    let compares = matches!(level, 3 | 4);
    if operands.len() < 2 || (compares && operands.len() > 2) {
        let count = if compares { "two" } else { "two operands or more" };
        return Err(at.error(format!("`{}` takes {count}, found {}", op.symbol(), operands.len())));
    }
    // The end of the row that groups with its neighbour may hold as little as the row itself.
    let loose = match (compares, op == BinaryOp::Coalesce) {
        (true, _) => None,
        (false, true) => Some(operands.len() - 1),
        (false, false) => Some(0),
    };
    let mut written = Vec::new();
    for (index, operand) in operands.iter().enumerate() {
        let least = if loose == Some(index) { level } else { level + 1 };
        written.push(expression(operand, &at.item(index + 1))?.at_least(least));
    }
    Ok(Code { text: written.join(&format!(" {} ", op.symbol())), level })
}

fn comprehension(value: &Value, at: &At<'_>) -> Result<Code, JsonError> {
    let object = Object::of(value, at, "an object with `name`, `in`, `value` and perhaps `if`")?;
    object.only(&["name", "in", "value", "if"])?;
    let name = object.text("name")?;
    check(name, is_root(name), "a name", &at.key("name"))?;
    let list = expression(object.require("in")?, &at.key("in"))?.text;
    let body = expression(object.require("value")?, &at.key("value"))?.text;
    let condition = match object.get("if") {
        Some(condition) => format!(" if {}", expression(condition, &at.key("if"))?.text),
        None => String::new(),
    };
    Ok(Code::primary(format!("[for {name} in {list} : {body}{condition}]")))
}

/// Takes a value as a list of exactly so many.
fn parts<'a, const N: usize>(value: &'a Value, at: &At<'_>, what: &str) -> Result<[&'a Value; N], JsonError> {
    let items: Vec<&Value> = list(value, at)?.iter().collect();
    items.try_into().map_err(|_| at.expected(what, value))
}
