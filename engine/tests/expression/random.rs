//! Random expressions. One that the rules call well typed never fails for a reason of types and gives a value of its
//! type; any other fails in an orderly way.

use super::language::{inhabits, type_of};
use engine::{
    expression::{
        Expr, FaultKind, For, Function, Item, Operator, Part, Read, check_binary, check_call, check_negate,
        check_not, evaluate,
    },
    id::Digest,
    value::{Artifact, Type, Value, from_json},
};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

/// The choices that make an expression. When they run out each choice is the first, which is the simplest.
struct Tape<'a>(&'a [u8]);

impl Tape<'_> {
    fn below(&mut self, count: usize) -> usize {
        match self.0.split_first() {
            Some((choice, rest)) => {
                self.0 = rest;
                usize::from(*choice) % count.max(1)
            }
            None => 0,
        }
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
}

/// The types that random expressions are made of.
static TYPES: LazyLock<Vec<Type>> = LazyLock::new(|| {
    let object = |fields: &[(&str, Type)]| {
        Type::object(fields.iter().map(|(name, ty)| ((*name).into(), ty.clone())).collect())
    };
    let simple = [
        Type::Int,
        Type::Bool,
        Type::Float,
        Type::Text,
        Type::Duration,
        Type::Size,
        Type::Time,
        Type::Json,
        Type::Artifact,
        Type::words(&["a", "b"]),
    ];
    let mut types = simple.to_vec();
    types.push(Type::Null);
    types.extend(simple.iter().map(|ty| Type::list(ty.clone())));
    types.extend([Type::Int, Type::Text, Type::Json, Type::list(Type::Int)].iter().map(Type::optional));
    types.extend([Type::Int, Type::Text, Type::Json].map(Type::map));
    types.push(Type::list(Type::list(Type::Int)));
    types.push(Type::list(Type::Int.optional()));
    types.push(object(&[("a", Type::Int), ("b", Type::Text)]));
    types.push(object(&[("b", Type::Float), ("c", Type::Int.optional())]));
    types.push(object(&[("a", Type::list(Type::Int)), ("b", Type::list(Type::Text))]));
    types.push(Type::list(object(&[("key", Type::Text), ("value", Type::Int)])));
    types
});

/// One way to make a value of some type from values of other types.
enum Way {
    Call(Function, Vec<Type>),
    Binary(Operator, Type, Type),
    Not(Type),
    Negate(Type),
}

/// Every way that the rules let through, with the type of what it gives.
static WAYS: LazyLock<Vec<(Way, Type)>> = LazyLock::new(|| {
    let mut ways = Vec::new();
    for function in Function::ALL {
        let arities = function.spec().signatures.iter().flat_map(|signature| {
            let (least, most) = signature.arity();
            least..=most
        });
        let arities: BTreeSet<usize> = arities.collect();
        for arity in arities {
            for args in rows(arity) {
                if let Ok(ty) = check_call(*function, &args) {
                    ways.push((Way::Call(*function, args), ty));
                }
            }
        }
    }
    for left in TYPES.iter() {
        ways.extend(check_not(left).map(|ty| (Way::Not(left.clone()), ty)));
        ways.extend(check_negate(left).map(|ty| (Way::Negate(left.clone()), ty)));
        for right in TYPES.iter() {
            for operator in OPERATORS {
                let ty = check_binary(operator, left, right);
                ways.extend(ty.map(|ty| (Way::Binary(operator, left.clone(), right.clone()), ty)));
            }
        }
    }
    ways
});

const OPERATORS: [Operator; 15] = [
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

/// All rows of so many types; of three or more, only those that begin with a text.
fn rows(arity: usize) -> Vec<Vec<Type>> {
    (0..arity).fold(vec![Vec::new()], |rows, _| {
        let rows = rows.into_iter().filter(|row: &Vec<Type>| row.len() < 2 || row[0] == Type::Text);
        rows.flat_map(|row| TYPES.iter().map(move |ty| [row.clone(), vec![ty.clone()]].concat())).collect()
    })
}

/// Makes a random expression of a type. Names in scope come with their types, the innermost last.
///
/// Where `json`, a map or a record is asked for it is never of a type that merely fits: not all that takes the one takes
/// the other.
fn typed(goal: &Type, depth: usize, names: &mut Vec<(String, Type)>, tape: &mut Tape<'_>) -> Expr {
    let made = fitting(goal, depth, names, tape);
    if has_wider(goal) { Expr::Convert(Box::new(goal.clone()), Box::new(made)) } else { made }
}

fn has_wider(goal: &Type) -> bool {
    match goal {
        Type::Json | Type::Map(_) | Type::Record(_) => true,
        Type::List(inner) | Type::Optional(inner) => has_wider(inner),
        _ => false,
    }
}

fn fitting(goal: &Type, depth: usize, names: &mut Vec<(String, Type)>, tape: &mut Tape<'_>) -> Expr {
    if depth == 0 {
        return literal(goal, tape);
    }
    match tape.below(10) {
        0 => literal(goal, tape),
        1 | 2 => {
            let known: Vec<_> = names.iter().filter(|(_, ty)| ty.fits(goal)).cloned().collect();
            match known.len() {
                0 => literal(goal, tape),
                _ => {
                    let (name, ty) = tape.pick(&known).clone();
                    Expr::Read(read(&name)).fitted(&ty, goal)
                }
            }
        }
        3 => {
            let condition = typed(&Type::Bool, depth - 1, names, tape);
            let yes = typed(goal, depth - 1, names, tape);
            Expr::If(Box::new(condition), Box::new(yes), Box::new(typed(goal, depth - 1, names, tape)))
        }
        4 => {
            let list = typed(&Type::list(goal.clone()), depth - 1, names, tape);
            Expr::Index(Box::new(list), Box::new(typed(&Type::Int, depth - 1, names, tape)))
        }
        5 => Expr::Convert(Box::new(goal.clone()), Box::new(typed(&Type::Json, depth - 1, names, tape))),
        6 if *goal == Type::Text => {
            let chars = Part::Chars("é ".into());
            let part = tape.pick(&[Type::Int, Type::Float, Type::Time, Type::Text]).clone();
            Expr::Text(vec![chars, Part::Value(typed(&part, depth - 1, names, tape))])
        }
        6 if *goal == Type::Json => {
            Expr::Field(Box::new(typed(&Type::Json, depth - 1, names, tape)), "a".into())
        }
        6 | 7 if matches!(goal, Type::List(_)) => of_list(goal, depth, names, tape),
        _ => by_way(goal, depth, names, tape),
    }
}

fn of_list(goal: &Type, depth: usize, names: &mut Vec<(String, Type)>, tape: &mut Tape<'_>) -> Expr {
    let Type::List(element) = goal else { panic!("{goal} is no list") };
    if tape.below(2) == 0 {
        let spread = Item::Spread(typed(goal, depth - 1, names, tape));
        return Expr::List(vec![Item::One(typed(element, depth - 1, names, tape)), spread]);
    }
    let from = tape.pick(&TYPES).clone();
    let list = typed(&Type::list(from.clone()), depth - 1, names, tape);
    let name = format!("x{}", names.len());
    names.push((name.clone(), from));
    let body = typed(element, depth - 1, names, tape);
    let condition = (tape.below(2) == 1).then(|| typed(&Type::Bool, depth - 1, names, tape));
    names.pop();
    Expr::For(Box::new(For { name: name.as_str().into(), list, body, condition }))
}

fn by_way(goal: &Type, depth: usize, names: &mut Vec<(String, Type)>, tape: &mut Tape<'_>) -> Expr {
    let count = WAYS.iter().filter(|(_, ty)| ty.fits(goal)).count();
    if count == 0 {
        return literal(goal, tape);
    }
    let choice = (tape.below(256) * 256 + tape.below(256)) % count;
    let (way, ty) = WAYS.iter().filter(|(_, ty)| ty.fits(goal)).nth(choice).unwrap();
    let mut of = |ty: &Type| Box::new(typed(ty, depth - 1, names, tape));
    let made = match way {
        Way::Call(function, args) => Expr::Call(*function, args.iter().map(|ty| *of(ty)).collect()),
        Way::Binary(operator, left, right) => {
            let left = of(left);
            Expr::Binary(*operator, left, of(right))
        }
        Way::Not(inner) => Expr::Not(of(inner)),
        Way::Negate(inner) => Expr::Negate(of(inner)),
    };
    made.fitted(ty, goal)
}

fn literal(goal: &Type, tape: &mut Tape<'_>) -> Expr {
    match goal {
        Type::List(element) => {
            Expr::List((0..tape.below(3)).map(|_| Item::One(literal(element, tape))).collect())
        }
        Type::Map(element) => Expr::Map(vec![(KEYS[tape.below(3)].into(), literal(element, tape))]),
        Type::Record(record) => {
            Expr::Map(record.fields.iter().map(|(name, ty)| (name.clone(), literal(ty, tape))).collect())
        }
        Type::Optional(inner) if tape.below(2) == 1 => literal(inner, tape),
        Type::Optional(_) => Expr::Literal(Value::Null),
        Type::Json => {
            let text = JSON[tape.below(JSON.len())];
            Expr::Call(Function::ParseJson, vec![Expr::Literal(Value::text(text))])
        }
        _ => Expr::Literal(constant(goal, tape)),
    }
}

const KEYS: [&str; 3] = ["a", "b", "$"];

const JSON: [&str; 8] = ["null", "1", "0.5", "\"1h\"", "[]", "[1,[2]]", "{\"a\":{\"a\":1}}", "true"];

/// A value of a type; the ends of each range are among them.
fn constant(goal: &Type, tape: &mut Tape<'_>) -> Value {
    let ints = [0, 1, 2, -1, 3, 10_000, i64::MAX, i64::MIN];
    match goal {
        Type::Null => Value::Null,
        Type::Bool => Value::Bool(tape.below(2) == 1),
        Type::Int => Value::Int(*tape.pick(&ints)),
        Type::Float => {
            let floats = [0.0, 1.0, -0.0, 0.1, -2.5, 1e308, -1e308, 5e-324, 9e18];
            // An int may stand wherever a float may.
            tape.pick(&floats.map(Value::Float).into_iter().chain([Value::Int(2)]).collect::<Vec<_>>())
                .clone()
        }
        Type::Text => {
            let texts = [
                "",
                "a",
                "b",
                "é",
                "1",
                "1.5",
                "1h",
                "4KiB",
                "true",
                "null",
                "[1]",
                "{\"a\":1}",
                "%Y",
                "(a+)+",
                "[",
                "a/b.c",
                "YQ==",
                "2026-01-02T03:04:05Z",
                "\u{0}\n",
                "10000",
            ];
            Value::text(texts[tape.below(texts.len())])
        }
        Type::Duration => Value::Duration(*tape.pick(&ints)),
        Type::Size => Value::Size(*tape.pick(&[0, 1, 1024, u64::MAX])),
        Type::Time => Value::Time(*tape.pick(&[0, 1, -377_705_023_201_000, 253_402_207_200_000])),
        Type::Json => from_json(&serde_json::from_str(JSON[tape.below(JSON.len())]).unwrap()),
        Type::Artifact => {
            Value::Artifact(Arc::new(Artifact { path: "a".into(), sha256: Digest::of(b""), bytes: 0 }))
        }
        Type::Enum(words) => Value::Text(tape.pick(words).clone()),
        Type::Optional(inner) => match tape.below(2) {
            0 => Value::Null,
            _ => constant(inner, tape),
        },
        Type::Map(element) => {
            let entries = (0..tape.below(3)).map(|_| (KEYS[tape.below(3)], constant(element, tape)));
            Value::map(
                entries.collect::<Vec<_>>().into_iter().map(|(key, value)| (key.into(), value)).collect(),
            )
        }
        Type::List(element) => Value::list((0..tape.below(3)).map(|_| constant(element, tape)).collect()),
        Type::Record(record) => {
            Value::map(record.fields.iter().map(|(name, ty)| (name.clone(), constant(ty, tape))).collect())
        }
        Type::Never | Type::Secret => panic!("no value of {goal}"),
    }
}

fn read(name: &str) -> Read {
    match name.strip_prefix("param.") {
        Some(param) => Read::Param(param.into()),
        None => Read::Local(name.into()),
    }
}

/// An expression without regard to types.
fn untyped(depth: usize, tape: &mut Tape<'_>) -> Expr {
    if depth == 0 {
        let ty = tape.pick(&TYPES).clone();
        return literal(&ty, tape);
    }
    let (one, two) = (Box::new(untyped(depth - 1, tape)), Box::new(untyped(depth - 1, tape)));
    match tape.below(15) {
        0 => *one,
        1 => Expr::Field(one, "a".into()),
        2 => Expr::Index(one, two),
        3 => {
            let args = [*one, *two, untyped(depth - 1, tape)];
            let count = tape.below(4);
            let function = Function::ALL[tape.below(Function::ALL.len())];
            Expr::Call(function, args.into_iter().take(count).collect())
        }
        4 => Expr::Not(one),
        5 => Expr::Negate(one),
        6..=8 => Expr::Binary(*tape.pick(&OPERATORS), one, two),
        9 => Expr::If(one, two, Box::new(untyped(depth - 1, tape))),
        10 => Expr::List(vec![Item::One(*one), Item::Spread(*two)]),
        11 => Expr::Map(vec![("a".into(), *one), ("b".into(), *two)]),
        12 => Expr::For(Box::new(For { name: "x".into(), list: *one, body: *two, condition: None })),
        13 => Expr::Text(vec![Part::Value(*one), Part::Chars("-".into()), Part::Value(*two)]),
        _ => Expr::Convert(Box::new(tape.pick(&TYPES).clone()), one),
    }
}

fn tape() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_well_typed_expression_has_a_value_of_its_type_or_an_honest_fault(choices in tape(), goal in 0..TYPES.len()) {
        let goal = &TYPES[goal];
        let mut tape = Tape(&choices);
        let mut scope = BTreeMap::new();
        let mut names = Vec::new();
        for (i, ty) in TYPES.iter().enumerate() {
            let name = format!("p{i}");
            scope.insert(Read::Param(name.as_str().into()), constant(ty, &mut tape));
            names.push((format!("param.{name}"), ty.clone()));
        }
        let expr = typed(goal, 5, &mut names, &mut tape);
        let ty = type_of(&expr, &mut names).map_err(|error| TestCaseError::fail(format!("{expr}: {error}")))?;
        prop_assert!(ty.fits(goal), "{expr} is of type {ty}, not {goal}");
        match evaluate(&expr, &scope) {
            Ok(value) => prop_assert!(inhabits(&value, goal), "{expr} gives {value:?}, which is no {goal}"),
            Err(fault) => prop_assert!(
                !matches!(fault.kind, FaultKind::Type | FaultKind::Unknown),
                "{expr} of type {ty}: {fault} in {}",
                expr.part(&fault.at),
            ),
        }
    }

    #[test]
    fn any_expression_has_a_value_or_a_fault_that_lies_in_it(choices in tape()) {
        let expr = untyped(5, &mut Tape(&choices));
        if let Err(fault) = evaluate(&expr, &|_: &Read| None) {
            let mut part = &expr;
            for child in &fault.at {
                let children = part.children();
                prop_assert!((*child as usize) < children.len(), "{fault:?} in {expr}");
                part = children[*child as usize];
            }
        }
        let json = serde_json::to_string(&expr).unwrap();
        prop_assert_eq!(&json, &serde_json::to_string(&expr.clone()).unwrap());
        prop_assert_eq!(expr.is_constant(), expr.reads().count() == 0);
    }
}
