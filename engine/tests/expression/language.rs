//! Expressions of the tests, written as in the language. The engine knows no text, so this small reader is for tests
//! alone: literals, lists, objects, calls, operators, `[for …]`, `${…}`-less text, and `x` or `x.y` for what is read.

use engine::{
    expression::{
        Expr, For, Function, Item, Operator, Read, check_binary, check_call, check_negate, check_not,
        evaluate,
    },
    value::{
        Record, Type, Value,
        parse::{parse_duration, parse_size},
    },
};

/// Reads an expression; panics if the test is not written well.
pub(crate) fn expr(text: &str) -> Expr {
    let mut reader = Reader { rest: text, locals: Vec::new() };
    let expr = reader.expr(0);
    assert_eq!(reader.rest.trim(), "", "in {text:?}");
    expr
}

/// Evaluates an expression that reads nothing, and checks that its type is one that the value has.
pub(crate) fn value(text: &str) -> Value {
    let expr = expr(text);
    let ty = type_of(&expr, &mut Vec::new()).unwrap_or_else(|error| panic!("{text}: {error}"));
    let value = evaluate(&expr, &|_: &Read| None).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    assert!(inhabits(&value, &ty), "{text} gives {value:?}, which is no {ty}");
    value
}

/// The type of an expression by the rules of the engine, or what refuses it; names in scope are the innermost last.
pub(crate) fn type_of(expr: &Expr, names: &mut Vec<(String, Type)>) -> Result<Type, String> {
    Ok(match expr {
        Expr::Literal(value) => literal_type(value),
        Expr::Read(read) => {
            let name = read.to_string();
            let found = names.iter().rev().find(|(known, _)| *known == name);
            found.map(|(_, ty)| ty.clone()).ok_or_else(|| format!("{name} is unknown"))?
        }
        Expr::Call(function, args) => {
            let args: Result<Vec<Type>, String> = args.iter().map(|arg| type_of(arg, names)).collect();
            check_call(*function, &args?).map_err(|error| error.to_string())?
        }
        Expr::Not(inner) => check_not(&type_of(inner, names)?).map_err(|error| error.to_string())?,
        Expr::Negate(inner) => check_negate(&type_of(inner, names)?).map_err(|error| error.to_string())?,
        Expr::Binary(operator, left, right) => {
            check_binary(*operator, &type_of(left, names)?, &type_of(right, names)?)
                .map_err(|error| error.to_string())?
        }
        Expr::If(condition, yes, no) => {
            if !type_of(condition, names)?.fits(&Type::Bool) {
                return Err("a condition is a bool".to_owned());
            }
            join(&type_of(yes, names)?, &type_of(no, names)?)?
        }
        Expr::List(items) => {
            let mut element = Type::Never;
            for item in items {
                let ty = match item {
                    Item::One(expr) => type_of(expr, names)?,
                    Item::Spread(expr) => element_of(&type_of(expr, names)?)?,
                };
                element = join(&element, &ty)?;
            }
            Type::list(element)
        }
        Expr::Map(entries) => {
            let fields = entries.iter().map(|(name, value)| Ok((name.clone(), type_of(value, names)?)));
            Type::object(fields.collect::<Result<_, String>>()?)
        }
        Expr::For(it) => {
            let element = element_of(&type_of(&it.list, names)?)?;
            names.push((it.name.to_string(), element));
            let body = type_of(&it.body, names);
            let condition = it.condition.as_ref().map(|condition| type_of(condition, names));
            names.pop();
            if condition.transpose()?.is_some_and(|ty| !ty.fits(&Type::Bool)) {
                return Err("a condition is a bool".to_owned());
            }
            Type::list(body?)
        }
        Expr::Text(_) => Type::Text,
        Expr::Convert(ty, inner) => {
            type_of(inner, names)?;
            (**ty).clone()
        }
        Expr::Field(base, name) => match type_of(base, names)? {
            other @ (Type::Json | Type::Never) => other,
            Type::Record(record) => record.field(name).cloned().ok_or("no such field")?,
            other => return Err(format!("{other} has no fields")),
        },
        Expr::Index(base, index) => match (type_of(base, names)?, type_of(index, names)?) {
            (base @ (Type::Json | Type::Never), index)
                if index.fits(&Type::Int) || index.fits(&Type::Text) =>
            {
                base
            }
            (Type::List(element), index) if index.fits(&Type::Int) => (*element).clone(),
            (Type::Map(element), index) if index.fits(&Type::Text) => (*element).clone(),
            (base, index) => return Err(format!("{base} has no items by {index}")),
        },
    })
}

/// Whether a value is one of a type; an int counts as a float.
pub(crate) fn inhabits(value: &Value, ty: &Type) -> bool {
    match (ty, value) {
        (Type::Null | Type::Optional(_), Value::Null)
        | (Type::Bool, Value::Bool(_))
        | (Type::Int, Value::Int(_))
        | (Type::Float, Value::Int(_) | Value::Float(_))
        | (Type::Text, Value::Text(_))
        | (Type::Duration, Value::Duration(_))
        | (Type::Size, Value::Size(_))
        | (Type::Time, Value::Time(_))
        | (Type::Artifact, Value::Artifact(_)) => true,
        (Type::Json, Value::List(items)) => items.iter().all(|item| inhabits(item, ty)),
        (Type::Json, Value::Map(entries)) => entries.values().all(|entry| inhabits(entry, ty)),
        (Type::Json, Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_)) => true,
        (Type::Optional(inner), _) => inhabits(value, inner),
        (Type::Enum(words), Value::Text(text)) => words.contains(text),
        (Type::List(element), Value::List(items)) => items.iter().all(|item| inhabits(item, element)),
        (Type::Map(element), Value::Map(entries)) => entries.values().all(|entry| inhabits(entry, element)),
        (Type::Record(record), Value::Map(entries)) => {
            record.fields.iter().all(|(name, ty)| match entries.get(name) {
                Some(value) => inhabits(value, ty),
                None => ty.is_optional(),
            })
        }
        _ => false,
    }
}

fn join(left: &Type, right: &Type) -> Result<Type, String> {
    left.join(right).ok_or_else(|| format!("{left} and {right} do not go together"))
}

fn element_of(list: &Type) -> Result<Type, String> {
    match list {
        Type::List(element) => Ok((**element).clone()),
        Type::Json | Type::Never => Ok(list.clone()),
        other => Err(format!("{other} is no list")),
    }
}

fn literal_type(value: &Value) -> Type {
    match value {
        Value::Null => Type::Null,
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Int,
        Value::Float(_) => Type::Float,
        Value::Text(text) => Type::words(&[text]),
        Value::Duration(_) => Type::Duration,
        Value::Size(_) => Type::Size,
        Value::Time(_) => Type::Time,
        Value::Artifact(_) => Type::Artifact,
        Value::List(items) => {
            Type::list(items.iter().fold(Type::Never, |ty, item| ty.join(&literal_type(item)).unwrap()))
        }
        Value::Map(entries) => Type::Record(
            Record {
                name: None,
                fields: entries.iter().map(|(k, v)| (k.clone(), literal_type(v))).collect(),
            }
            .into(),
        ),
    }
}

struct Reader<'a> {
    rest: &'a str,
    locals: Vec<String>,
}

/// Operators by how tightly they bind; the longer of two that begin alike comes first.
const OPERATORS: [(&str, Operator, u8); 15] = [
    ("||", Operator::Or, 1),
    ("&&", Operator::And, 2),
    ("==", Operator::Equal, 3),
    ("!=", Operator::NotEqual, 3),
    ("<=", Operator::LessEqual, 4),
    (">=", Operator::GreaterEqual, 4),
    ("<", Operator::Less, 4),
    (">", Operator::Greater, 4),
    ("in ", Operator::In, 4),
    ("??", Operator::Coalesce, 5),
    ("+", Operator::Add, 6),
    ("-", Operator::Subtract, 6),
    ("*", Operator::Multiply, 7),
    ("/", Operator::Divide, 7),
    ("%", Operator::Remainder, 7),
];

impl<'a> Reader<'a> {
    fn expr(&mut self, least: u8) -> Expr {
        let mut left = self.prefix();
        loop {
            self.rest = self.rest.trim_start();
            let operator = OPERATORS.iter().find(|(sign, ..)| self.rest.starts_with(sign));
            match operator {
                Some((sign, operator, binding)) if *binding > least || least == 0 => {
                    self.eat(sign);
                    // `??` takes all to its right.
                    let right =
                        self.expr(if *operator == Operator::Coalesce { binding - 1 } else { *binding });
                    left = Expr::Binary(*operator, Box::new(left), Box::new(right));
                }
                _ if least == 0 && self.eat("?") => {
                    let yes = self.expr(0);
                    assert!(self.eat(":"));
                    left = Expr::If(Box::new(left), Box::new(yes), Box::new(self.expr(0)));
                }
                _ => return left,
            }
        }
    }

    fn prefix(&mut self) -> Expr {
        if self.eat("!") {
            return Expr::Not(Box::new(self.prefix()));
        }
        if self.eat("-") {
            return Expr::Negate(Box::new(self.prefix()));
        }
        let mut base = self.primary();
        loop {
            if self.eat("[") {
                base = Expr::Index(Box::new(base), Box::new(self.expr(0)));
                assert!(self.eat("]"));
            } else if self.eat(".") {
                base = Expr::Field(Box::new(base), self.word().into());
            } else {
                return base;
            }
        }
    }

    fn primary(&mut self) -> Expr {
        if self.eat("(") {
            let inner = self.expr(0);
            assert!(self.eat(")"));
            return inner;
        }
        if self.eat("[") {
            return self.list();
        }
        if self.eat("{") {
            let mut entries = Vec::new();
            while !self.eat("}") {
                let name = if self.rest.trim_start().starts_with('"') {
                    self.text()
                } else {
                    self.word().to_owned()
                };
                assert!(self.eat("="));
                entries.push((name.as_str().into(), self.expr(0)));
                self.eat(",");
            }
            return Expr::Map(entries);
        }
        match self.rest.trim_start().chars().next() {
            Some('"') => Expr::Literal(Value::text(&self.text())),
            Some(c) if c.is_ascii_digit() => self.number(),
            _ => self.name(),
        }
    }

    fn list(&mut self) -> Expr {
        if self.eat("for ") {
            let name = self.word();
            assert!(self.eat("in "));
            let list = self.expr(0);
            assert!(self.eat(":"));
            self.locals.push(name.to_owned());
            let body = self.expr(0);
            let condition = self.eat("if ").then(|| self.expr(0));
            self.locals.pop();
            assert!(self.eat("]"));
            return Expr::For(Box::new(For { name: name.into(), list, body, condition }));
        }
        let mut items = Vec::new();
        while !self.eat("]") {
            let spread = self.eat("...");
            let item = self.expr(0);
            items.push(if spread { Item::Spread(item) } else { Item::One(item) });
            self.eat(",");
        }
        Expr::List(items)
    }

    fn name(&mut self) -> Expr {
        let word = self.word();
        match word {
            "null" => Expr::Literal(Value::Null),
            "true" | "false" => Expr::Literal(Value::Bool(word == "true")),
            _ if self.eat("(") => {
                let mut args = Vec::new();
                while !self.eat(")") {
                    args.push(self.expr(0));
                    self.eat(",");
                }
                Expr::Call(Function::by_name(word).unwrap_or_else(|| panic!("no function {word}")), args)
            }
            _ if self.locals.iter().any(|local| local == word) => Expr::Read(Read::Local(word.into())),
            _ => Expr::Read(Read::Param(word.into())),
        }
    }

    fn text(&mut self) -> String {
        assert!(self.eat("\""));
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[i + 1..];
                    return text;
                }
                '\\' => text.push(match chars.next().unwrap().1 {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                }),
                other => text.push(other),
            }
        }
        panic!("a text without end")
    }

    fn number(&mut self) -> Expr {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        let value = match number.parse() {
            Ok(int) => Value::Int(int),
            Err(_) => match (parse_duration(number), parse_size(number)) {
                (Some(ms), _) => Value::Duration(ms),
                (_, Some(bytes)) => Value::Size(bytes),
                _ => Value::Float(number.parse().unwrap()),
            },
        };
        Expr::Literal(value)
    }

    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        assert!(!word.is_empty(), "expected a word at {:?}", self.rest);
        self.rest = rest;
        word
    }

    fn eat(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}
