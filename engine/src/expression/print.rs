//! Prints expressions the way they are written in the language, for a reader of a plan.
//!
//! What has no written form prints as nearly as can be: a conversion as what it converts, a time as the call that
//! gives it, an artifact as its path.

use super::{Expr, For, Item, Operator, Part, Read};
use crate::value::Value;
use std::fmt::{self, Display, Formatter, Write as _};

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(value) => literal(value, f),
            Self::Read(read) => read.fmt(f),
            Self::Field(base, name) if is_name(name) => write!(f, "{}.{name}", At(POSTFIX, base)),
            Self::Field(base, name) => {
                write!(f, "{}[", At(POSTFIX, base))?;
                quoted(name, f)?;
                f.write_char(']')
            }
            Self::Index(base, index) => write!(f, "{}[{index}]", At(POSTFIX, base)),
            Self::Call(function, arguments) => {
                write!(f, "{}(", function.name())?;
                joined(arguments, f, Display::fmt)?;
                f.write_char(')')
            }
            Self::Not(inner) => write!(f, "!{}", At(PREFIX, inner)),
            Self::Negate(inner) => write!(f, "-{}", At(PREFIX, inner)),
            Self::Binary(operator, left, right) => {
                let (on_left, on_right) = sides(*operator);
                write!(f, "{} {} {}", At(on_left, left), operator.symbol(), At(on_right, right))
            }
            Self::If(condition, yes, no) => {
                write!(f, "{} ? {yes} : {no}", At(CONDITIONAL + 1, condition))
            }
            Self::List(items) => {
                f.write_char('[')?;
                joined(items, f, |item, f| match item {
                    Item::One(value) => value.fmt(f),
                    Item::Spread(list) => write!(f, "...{list}"),
                })?;
                f.write_char(']')
            }
            Self::Map(pairs) => object(pairs.iter().map(|(key, value)| (&**key, value)), f, Display::fmt),
            Self::For(it) => {
                let For { name, list, body, condition } = &**it;
                write!(f, "[for {name} in {list} : {body}")?;
                if let Some(condition) = condition {
                    write!(f, " if {condition}")?;
                }
                f.write_char(']')
            }
            Self::Text(parts) => {
                f.write_char('"')?;
                for part in parts {
                    match part {
                        Part::Chars(chars) => escaped(chars, f)?,
                        Part::Value(value) => write!(f, "${{{value}}}")?,
                    }
                }
                f.write_char('"')
            }
            Self::Convert(_, inner) => inner.fmt(f),
        }
    }
}

impl Display for Read {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Param(name) => write!(f, "param.{name}"),
            Self::Let(name) => write!(f, "let.{name}"),
            Self::Secret(name) => write!(f, "secret.{name}"),
            Self::Output { step, output } => write!(f, "step.{step}.output.{output}"),
            Self::Artifact { step, artifact } => write!(f, "step.{step}.artifact.{artifact}"),
            Self::Status(step) => write!(f, "step.{step}.status"),
            Self::SelfOutput(name) => write!(f, "self.output.{name}"),
            Self::SelfArtifact(name) => write!(f, "self.artifact.{name}"),
            Self::Result(name) => write!(f, "result.{name}"),
            Self::EachKey => f.write_str("each.key"),
            Self::EachValue => f.write_str("each.value"),
            Self::EachIndex => f.write_str("each.index"),
            Self::Job(name) => write!(f, "job.{name}"),
            Self::Event(name) => write!(f, "event.{name}"),
            Self::Local(name) => f.write_str(name),
        }
    }
}

/// How tightly a form binds; what binds less than its place asks for stands in parentheses.
const CONDITIONAL: u8 = 0;
const PREFIX: u8 = 8;
const POSTFIX: u8 = 9;

/// An expression in a place that asks for a binding at least this tight.
struct At<'a>(u8, &'a Expr);

impl Display for At<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if binding(self.1) < self.0 { write!(f, "({})", self.1) } else { self.1.fmt(f) }
    }
}

fn binding(expr: &Expr) -> u8 {
    match expr {
        Expr::If(..) => CONDITIONAL,
        Expr::Binary(operator, ..) => tightness(*operator),
        Expr::Not(_) | Expr::Negate(_) => PREFIX,
        Expr::Literal(Value::Int(n) | Value::Duration(n)) if *n < 0 => PREFIX,
        Expr::Literal(Value::Float(n)) if n.is_sign_negative() => PREFIX,
        Expr::Convert(_, inner) => binding(inner),
        Expr::Literal(_)
        | Expr::Read(_)
        | Expr::Field(..)
        | Expr::Index(..)
        | Expr::Call(..)
        | Expr::List(_)
        | Expr::Map(_)
        | Expr::For(_)
        | Expr::Text(_) => POSTFIX,
    }
}

fn tightness(operator: Operator) -> u8 {
    match operator {
        Operator::Or => 1,
        Operator::And => 2,
        Operator::Equal | Operator::NotEqual => 3,
        Operator::Less | Operator::LessEqual | Operator::Greater | Operator::GreaterEqual | Operator::In => 4,
        Operator::Coalesce => 5,
        Operator::Add | Operator::Subtract => 6,
        Operator::Multiply | Operator::Divide | Operator::Remainder => 7,
    }
}

/// Returns how tightly each side must bind to go without parentheses.
fn sides(operator: Operator) -> (u8, u8) {
    let own = tightness(operator);
    match operator {
        Operator::Coalesce => (own + 1, own),
        // Comparisons do not chain.
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessEqual
        | Operator::Greater
        | Operator::GreaterEqual
        | Operator::In => (own + 1, own + 1),
        Operator::Or
        | Operator::And
        | Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::Remainder => (own, own + 1),
    }
}

fn literal(value: &Value, f: &mut Formatter<'_>) -> fmt::Result {
    match value {
        Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Duration(_)
        | Value::Size(_) => value.fmt(f),
        Value::Text(it) => quoted(it, f),
        Value::Time(_) => write!(f, "parse_time(\"{value}\")"),
        Value::Artifact(it) => quoted(&it.path, f),
        Value::List(items) => {
            f.write_char('[')?;
            joined(items, f, literal)?;
            f.write_char(']')
        }
        Value::Map(entries) => object(entries.iter().map(|(key, value)| (&**key, value)), f, literal),
    }
}

fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    escaped(text, f)?;
    f.write_char('"')
}

fn escaped(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '$' if chars.peek() == Some(&'{') => f.write_str("\\$")?,
            c if c.is_control() || is_direction(c) => write!(f, "\\u{{{:x}}}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    Ok(())
}

/// Returns whether a character changes the direction of the text around it, and so what a reader sees.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn object<'a, T: 'a>(
    pairs: impl ExactSizeIterator<Item = (&'a str, &'a T)>,
    f: &mut Formatter<'_>,
    print: impl Fn(&T, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    if pairs.len() == 0 {
        return f.write_str("{}");
    }
    f.write_str("{ ")?;
    for (i, (key, value)) in pairs.enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        if is_name(key) {
            f.write_str(key)?
        } else {
            quoted(key, f)?
        }
        f.write_str(" = ")?;
        print(value, f)?;
    }
    f.write_str(" }")
}

fn joined<T>(
    items: &[T],
    f: &mut Formatter<'_>,
    print: impl Fn(&T, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        print(item, f)?;
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(text, "true" | "false" | "null")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Function;
    use std::{collections::BTreeMap, sync::Arc};

    fn int(n: i64) -> Expr {
        Expr::Literal(Value::Int(n))
    }

    fn text(chars: &str) -> Expr {
        Expr::Literal(Value::Text(chars.into()))
    }

    fn param(name: &str) -> Expr {
        Expr::Read(Read::Param(name.into()))
    }

    fn binary(operator: Operator, left: Expr, right: Expr) -> Expr {
        Expr::Binary(operator, Box::new(left), Box::new(right))
    }

    fn check(expr: &Expr, expected: &str) {
        assert_eq!(expr.to_string(), expected);
    }

    #[test]
    fn parentheses_stand_only_where_they_change_the_meaning() {
        use Operator::{Add, And, Coalesce, Equal, Less, Multiply, Or, Subtract};
        check(&binary(Multiply, binary(Add, int(1), int(2)), int(3)), "(1 + 2) * 3");
        check(&binary(Add, int(1), binary(Multiply, int(2), int(3))), "1 + 2 * 3");
        check(&binary(Subtract, binary(Subtract, int(1), int(2)), int(3)), "1 - 2 - 3");
        check(&binary(Subtract, int(1), binary(Subtract, int(2), int(3))), "1 - (2 - 3)");
        check(
            &binary(Coalesce, param("a"), binary(Coalesce, param("b"), param("c"))),
            "param.a ?? param.b ?? param.c",
        );
        check(
            &binary(Coalesce, binary(Coalesce, param("a"), param("b")), param("c")),
            "(param.a ?? param.b) ?? param.c",
        );
        check(
            &binary(Equal, binary(Equal, int(1), int(2)), binary(Less, int(1), int(2))),
            "(1 == 2) == 1 < 2",
        );
        check(
            &binary(And, binary(Or, param("a"), param("b")), param("c")),
            "(param.a || param.b) && param.c",
        );
        check(&Expr::Not(Box::new(binary(Equal, param("a"), int(1)))), "!(param.a == 1)");
        let choice = Expr::If(Box::new(param("a")), Box::new(int(1)), Box::new(int(2)));
        check(&binary(Add, choice.clone(), int(1)), "(param.a ? 1 : 2) + 1");
        check(
            &Expr::If(Box::new(choice.clone()), Box::new(choice.clone()), Box::new(choice)),
            "(param.a ? 1 : 2) ? param.a ? 1 : 2 : param.a ? 1 : 2",
        );
        check(&Expr::Index(Box::new(int(-1)), Box::new(int(-2))), "(-1)[-2]");
    }

    #[test]
    fn text_is_escaped() {
        check(&text("a\"b\\c\n\t$ ${x}"), r#""a\"b\\c\n\t$ \${x}""#);
        check(&text("\u{202e}\u{7}"), r#""\u{202e}\u{7}""#);
        let parts = vec![Part::Chars("v".into()), Part::Value(param("version"))];
        check(&Expr::Text(parts), r#""v${param.version}""#);
    }

    #[test]
    fn literals_print_as_they_are_written() {
        let cases = [
            (Value::Duration(5_400_000), "1h30m"),
            (Value::Duration(-1_001), "-1s1ms"),
            (Value::Duration(0), "0s"),
            (Value::Size(4 << 30), "4GiB"),
            (Value::Size(1_000_000), "1000000B"),
            (Value::Size(0), "0B"),
            (Value::Float(1.0), "1.0"),
            (Value::Float(1e21), "1.0e21"),
            (Value::Time(0), "parse_time(\"1970-01-01T00:00:00Z\")"),
            (Value::List(Arc::new(vec![Value::Null, Value::Bool(true)])), "[null, true]"),
            (Value::Map(Arc::new(BTreeMap::new())), "{}"),
            (Value::Map(Arc::new(BTreeMap::from([("a b".into(), Value::Int(1))]))), "{ \"a b\" = 1 }"),
        ];
        for (value, expected) in cases {
            check(&Expr::Literal(value), expected);
        }
    }

    #[test]
    fn references_and_calls_read_like_the_source() {
        let output = Expr::Read(Read::Output { step: "build".into(), output: "rows".into() });
        check(&Expr::Field(Box::new(output.clone()), "a".into()), "step.build.output.rows.a");
        check(&Expr::Field(Box::new(output.clone()), "a-b".into()), "step.build.output.rows[\"a-b\"]");
        check(&Expr::Call(Function::Len, vec![output.clone()]), "len(step.build.output.rows)");
        let each = For {
            name: "r".into(),
            list: output,
            body: Expr::Read(Read::Local("r".into())),
            condition: Some(Expr::Not(Box::new(param("all")))),
        };
        check(&Expr::For(Box::new(each)), "[for r in step.build.output.rows : r if !param.all]");
        let list = vec![Item::One(text("x")), Item::Spread(param("xs"))];
        check(&Expr::List(list), "[\"x\", ...param.xs]");
        check(&Expr::Map(vec![("a".into(), int(1)), ("null".into(), int(2))]), "{ a = 1, \"null\" = 2 }");
    }
}
