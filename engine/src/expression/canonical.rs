//! Expressions as JSON inside a plan: one key says what it is, equal expressions give equal text.
//!
//! Chains are flat (`a + b + c` is `{"binary":[a,"+",b,"+",c]}`), so their length never becomes depth.

use super::{Expr, Item, Operator, Part};
use crate::value::Type;
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

impl Serialize for Expr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Literal(value) => one(serializer, "value", value),
            Self::Read(read) => one(serializer, "read", &read.to_string()),
            Self::Field(..) | Self::Index(..) => one(serializer, "path", &Path(self)),
            Self::Call(function, args) => one(serializer, "call", &Call(function.name(), args)),
            Self::Not(inner) => one(serializer, "not", inner),
            Self::Negate(inner) => one(serializer, "negate", inner),
            Self::Binary(Operator::Coalesce, ..) => one(serializer, "coalesce", &Coalesce(self)),
            Self::Binary(..) => one(serializer, "binary", &Binary(self)),
            Self::If(..) => one(serializer, "if", &If(self)),
            Self::List(items) => one(serializer, "list", items),
            Self::Map(entries) => one(serializer, "map", entries),
            Self::For(it) => {
                let entry: (&str, &Self, &Self, Option<&Self>) =
                    (&it.name, &it.list, &it.body, it.condition.as_ref());
                one(serializer, "for", &entry)
            }
            Self::Text(parts) => one(serializer, "text", parts),
            Self::Convert(ty, inner) => one::<S, (&Type, &Self)>(serializer, "convert", &(ty, inner)),
        }
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(expr) => expr.serialize(serializer),
            Self::Spread(expr) => one(serializer, "spread", expr),
        }
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Chars(chars) => serializer.serialize_str(chars),
            Self::Value(expr) => expr.serialize(serializer),
        }
    }
}

fn one<S: Serializer, T: Serialize + ?Sized>(serializer: S, key: &str, value: &T) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

/// `[base, "field", index]`: a field is a text, an index an expression.
struct Path<'a>(&'a Expr);

impl Serialize for Path<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut steps = Vec::new();
        let mut base = self.0;
        while let Expr::Field(inner, _) | Expr::Index(inner, _) = base {
            steps.push(base);
            base = inner;
        }
        let mut list = serializer.serialize_seq(Some(steps.len() + 1))?;
        list.serialize_element(base)?;
        for step in steps.into_iter().rev() {
            if let Expr::Field(_, name) = step {
                list.serialize_element(name)?;
            } else if let Expr::Index(_, index) = step {
                list.serialize_element(index)?;
            }
        }
        list.end()
    }
}

/// `["trim", arguments…]`
struct Call<'a>(&'static str, &'a [Expr]);

impl Serialize for Call<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.1.len() + 1))?;
        list.serialize_element(self.0)?;
        self.1.iter().try_for_each(|arg| list.serialize_element(arg))?;
        list.end()
    }
}

/// `[a, "+", b, "-", c]`, which is `(a + b) - c`.
struct Binary<'a>(&'a Expr);

impl Serialize for Binary<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut steps = Vec::new();
        let mut first = self.0;
        while let Expr::Binary(operator, left, right) = first {
            if *operator == Operator::Coalesce {
                break;
            }
            steps.push((operator.symbol(), right));
            first = left;
        }
        let mut list = serializer.serialize_seq(Some(steps.len() * 2 + 1))?;
        list.serialize_element(first)?;
        for (symbol, right) in steps.into_iter().rev() {
            list.serialize_element(symbol)?;
            list.serialize_element(right)?;
        }
        list.end()
    }
}

/// `[a, b, c]`, which is `a ?? (b ?? c)`.
struct Coalesce<'a>(&'a Expr);

impl Serialize for Coalesce<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut rest = self.0;
        while let Expr::Binary(Operator::Coalesce, left, right) = rest {
            list.serialize_element(left)?;
            rest = right;
        }
        list.serialize_element(rest)?;
        list.end()
    }
}

/// `[condition, value, condition, value, value]`
struct If<'a>(&'a Expr);

impl Serialize for If<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut rest = self.0;
        while let Expr::If(condition, yes, no) = rest {
            list.serialize_element(condition)?;
            list.serialize_element(yes)?;
            rest = no;
        }
        list.serialize_element(rest)?;
        list.end()
    }
}
