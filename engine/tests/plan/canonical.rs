//! The canonical form: written out by hand once, read back without loss, and blind to what is no part of a plan.

use super::sample;
use engine::{
    expression::{Expr, For, Function, Item, Operator, Part, Read},
    id::{Digest, Name},
    plan::{Action, Edge, EdgeKind, Plan, PlanError, Step, Wait, Why},
    value::{Type, Value},
};
use petgraph::stable_graph::NodeIndex;
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

/// The canonical JSON of [`sample::small`], broken into lines where a reader would.
const SMALL: &str = concat!(
    r#"{"description":"Says \"hi\"\n\u0001é.","#,
    r#""edges":[{"from":"b","kind":"needs","to":"a","why":["explicit",{"output":"line"}]}],"#,
    r#""fail_fast":true,"lets":[["half",{"value":0.5}]],"name":"hello","#,
    r#""params":[{"default":{"value":"world"},"name":"who","type":"string"}],"#,
    r#""policy":{"undo_on":"manual"},"priority":-3,"skynet-plan":1,"#,
    r#""steps":[{"action":{"wait":{"for":{"value":{"$":"duration","ms":1500}}}},"name":"a","on_failure":"stop","#,
    r#""risk":"low"},{"action":{"run":{"arguments":[{"one":{"text":["Hi ",{"read":"param.who"}]}}],"#,
    r#""program":"echo"}},"irreversible":true,"name":"b","on_failure":"continue","outputs":[{"name":"line","#,
    r#""type":{"optional":"string"},"value":{"read":"result.stdout"}}],"risk":"high"}]}"#,
);

#[test]
fn a_small_plan_is_written_as_the_reference_says() {
    assert_eq!(sample::small().canonical_json(), SMALL);
    assert_eq!(
        sample::small().digest().to_string(),
        "060ad0bae3c301b193f1b9fd4d72ebfc92c9f64ed1041b6823778576112b3e78"
    );
    assert_eq!(sample::small().digest(), Digest::of(SMALL.as_bytes()));
}

#[test]
fn a_plan_with_everything_in_it_comes_back() {
    let plan = sample::full();
    let text = plan.to_json();
    let back = Plan::from_json(&text).unwrap();
    assert_eq!(back.to_json(), text);
    assert_eq!(back.digest(), plan.digest());
    let steps = |plan: &Plan| plan.graph.node_weights().cloned().collect::<Vec<_>>();
    assert_eq!(steps(&back), steps(&plan));
    assert_eq!(back.callees.keys().collect::<Vec<_>>(), plan.callees.keys().collect::<Vec<_>>());
    // Nothing of the plan may be left out: each field of the reference is in the text.
    for key in "action approve_at artifacts attempts auth backoff body cache callees check concurrency delay \
                description edges env every expect fail_fast files for_each group headers help irreversible jitter key \
                kind lets limit max max_items max_parallel meta mock name on on_failure outputs override parallel \
                partial per plans policy priority query rate reason repeat retry risk secrets set settings steps stdin \
                targets timeout triggers ttl type undo undo_on until when when_busy workdir"
        .split_whitespace()
    {
        assert!(text.contains(&format!("\"{key}\":")), "{key}");
    }
}

/// Returns whether the keys of every object come in order.
fn is_sorted(text: &str) -> bool {
    struct Keys(bool);
    impl<'de> serde::de::Visitor<'de> for Keys {
        type Value = bool;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("JSON")
        }
        fn visit_unit<E>(self) -> Result<bool, E> {
            Ok(true)
        }
        fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
            Ok(true)
        }
        fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
            Ok(true)
        }
        fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
            Ok(true)
        }
        fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
            Ok(true)
        }
        fn visit_str<E>(self, _: &str) -> Result<bool, E> {
            Ok(true)
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
            let mut sorted = true;
            while let Some(item) = seq.next_element_seed(Keys(true))? {
                sorted &= item;
            }
            Ok(sorted)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(mut self, mut map: A) -> Result<bool, A::Error> {
            let mut last: Option<String> = None;
            while let Some(key) = map.next_key::<String>()? {
                self.0 &= map.next_value_seed(Keys(true))? && last.is_none_or(|last| last < key);
                last = Some(key);
            }
            Ok(self.0)
        }
    }
    impl<'de> serde::de::DeserializeSeed<'de> for Keys {
        type Value = bool;
        fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    serde::de::DeserializeSeed::deserialize(Keys(true), &mut reader).unwrap()
}

#[test]
fn keys_are_in_order_and_there_are_no_blanks() {
    let text = sample::full().to_json();
    assert!(is_sorted(&text));
    assert!(!is_sorted(r#"{"a":{"c":1,"b":2}}"#));
    let without_texts: String = text.split('"').step_by(2).collect();
    assert!(!without_texts.contains([' ', '\n']));
}

#[test]
fn numbers_have_one_form() {
    // The text of a number is part of every digest: a change here makes all stored plans strangers.
    for (number, text) in [
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (1e-5, "0.00001"),
        (1e-6, "1e-6"),
        (1.5e300, "1.5e+300"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (2.0_f64.powi(53) + 2.0, "9007199254740994.0"),
        (0.1 + 0.2, "0.30000000000000004"),
    ] {
        let mut plan = Plan::new("n".into());
        plan.lets.push(("x".into(), Expr::Literal(Value::Float(number))));
        let json = plan.canonical_json();
        assert!(json.contains(&format!("{{\"value\":{text}}}")), "{json}");
        assert_eq!(Plan::from_json(&json).unwrap().canonical_json(), json);
    }
}

#[test]
fn what_is_no_part_of_a_plan_does_not_change_its_digest() {
    let plan = sample::full();
    let mut other = plan.clone();
    // Settings in another order of insertion.
    for target in &mut other.targets {
        target.settings = target.settings.clone().into_iter().rev().collect();
    }
    other.callees = other.callees.into_iter().rev().collect();
    // Other numbers in the graph: a step that was added and removed again, edges added backwards.
    let mut graph = engine::plan::Graph::new();
    let gone = graph.add_node(sample::step("gone"));
    let nodes: Vec<_> = plan.graph.node_weights().map(|step| graph.add_node(step.clone())).collect();
    let also_gone = graph.add_node(sample::step("also_gone"));
    graph.add_edge(gone, also_gone, Edge { kind: EdgeKind::After, why: vec![Why::Status] });
    let edges: Vec<_> = plan.graph.edge_indices().collect();
    for edge in edges.into_iter().rev() {
        let (from, to) = plan.graph.edge_endpoints(edge).unwrap();
        graph.add_edge(nodes[from.index()], nodes[to.index()], plan.graph[edge].clone());
    }
    graph.remove_node(gone);
    graph.remove_node(also_gone);
    other.graph = graph;
    assert_eq!(other.digest(), plan.digest());
    // What is part of it does.
    other.graph[NodeIndex::new(1)].irreversible ^= true;
    assert_ne!(other.digest(), plan.digest());
}

#[test]
fn a_change_in_a_callee_changes_its_callers() {
    let mut leaf = Plan::new("leaf".into());
    let of = |leaf: &Plan| {
        let mut middle = Plan::new("middle".into());
        middle.callees.insert("leaf".into(), Arc::new(leaf.clone()));
        let mut top = Plan::new("top".into());
        top.callees.insert("middle".into(), Arc::new(middle));
        top.digest()
    };
    let before = of(&leaf);
    leaf.priority = 1;
    assert_ne!(of(&leaf), before);
}

#[test]
fn a_plan_that_many_call_is_carried_once() {
    // Each of 60 plans calls the next one under two names: 2^60 ways lead to the last.
    let mut plan = Arc::new(Plan::new("p".into()));
    for number in 0..60 {
        let mut caller = Plan::new(format!("p{number}").into());
        caller.callees = ["a", "b"].into_iter().map(|name| (name.into(), Arc::clone(&plan))).collect();
        plan = Arc::new(caller);
    }
    let text = plan.to_json();
    assert_eq!(text.matches("\"skynet-plan\"").count(), 61);
    assert_eq!(Plan::from_json(&text).unwrap().digest(), plan.digest());
    assert_eq!(
        Plan::from_json(&plan.canonical_json()).map(|plan| plan.digest()),
        Err(PlanError::Missing(plan.callees["a"].digest()))
    );
}

#[test]
fn a_plan_of_twenty_thousand_steps_comes_back() {
    let mut plan = Plan::new("long".into());
    let mut last = None;
    for number in 0..20_000 {
        let wait = Action::Wait(Wait::For(Expr::Literal(Value::Duration(number))));
        let node = plan.graph.add_node(Step::new(format!("s{number}").into(), wait));
        if let Some(last) = last {
            plan.graph.add_edge(last, node, Edge { kind: EdgeKind::Needs, why: vec![Why::Explicit] });
        }
        last = Some(node);
    }
    let back = Plan::from_json(&plan.canonical_json()).unwrap();
    assert_eq!(back.digest(), plan.digest());
    assert_eq!(back.graph.edge_count(), 19_999);
}

/// Values that a plan may hold, of any depth that a file could give them.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::Float),
        any::<String>().prop_map(|text| Value::Text(text.into())),
        any::<i64>().prop_map(Value::Duration),
        any::<u64>().prop_map(Value::Size),
        any::<i64>().prop_map(Value::Time),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| Value::List(items.into())),
            proptest::collection::btree_map("[$a-c]{0,2}", inner, 0..4)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
                .prop_map(|entries: BTreeMap<_, _>| Value::Map(entries.into())),
        ]
    })
}

/// Expressions of every form. They need not make sense.
fn any_expr() -> impl Strategy<Value = Expr> {
    let name = || "[a-z]{1,3}".prop_map(Name::from);
    let read = prop_oneof![
        name().prop_map(Read::Param),
        name().prop_map(Read::Let),
        name().prop_map(Read::Secret),
        (name(), name()).prop_map(|(step, output)| Read::Output { step, output }),
        (name(), name()).prop_map(|(step, artifact)| Read::Artifact { step, artifact }),
        name().prop_map(Read::Status),
        name().prop_map(Read::SelfOutput),
        name().prop_map(Read::SelfArtifact),
        name().prop_map(Read::Result),
        Just(Read::EachKey),
        Just(Read::EachValue),
        Just(Read::EachIndex),
        name().prop_map(Read::Job),
        name().prop_map(Read::Event),
        name().prop_map(Read::Local),
    ];
    let operator = proptest::sample::select(vec![
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
    ]);
    let leaf = prop_oneof![any_value().prop_map(Expr::Literal), read.prop_map(Expr::Read)];
    leaf.prop_recursive(5, 40, 3, move |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let several = || proptest::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            (boxed(), any::<String>()).prop_map(|(base, field)| Expr::Field(base, field.into())),
            (boxed(), boxed()).prop_map(|(base, index)| Expr::Index(base, index)),
            (proptest::sample::select(Function::ALL), several())
                .prop_map(|(call, args)| Expr::Call(call, args)),
            boxed().prop_map(Expr::Not),
            boxed().prop_map(Expr::Negate),
            (operator.clone(), boxed(), boxed())
                .prop_map(|(sign, left, right)| Expr::Binary(sign, left, right)),
            (boxed(), boxed(), boxed()).prop_map(|(condition, yes, no)| Expr::If(condition, yes, no)),
            (several(), several()).prop_map(|(one, spread)| {
                Expr::List(
                    one.into_iter().map(Item::One).chain(spread.into_iter().map(Item::Spread)).collect(),
                )
            }),
            several()
                .prop_map(|values| Expr::Map(values.into_iter().map(|value| ("k".into(), value)).collect())),
            (name(), inner.clone(), inner.clone(), proptest::option::of(inner.clone())).prop_map(
                |(name, list, body, condition)| Expr::For(Box::new(For { name, list, body, condition }))
            ),
            (any::<String>(), inner.clone())
                .prop_map(|(chars, value)| Expr::Text(vec![Part::Chars(chars.into()), Part::Value(value)])),
            boxed().prop_map(|inner| Expr::Convert(Box::new(Type::List(Type::Json.into())), inner)),
        ]
    })
}

proptest! {
    #[test]
    fn any_expression_comes_back(expr in any_expr()) {
        let mut plan = Plan::new("any".into());
        plan.lets.push(("x".into(), expr));
        let text = plan.canonical_json();
        prop_assert!(is_sorted(&text));
        let back = Plan::from_json(&text).unwrap();
        prop_assert_eq!(&back.lets, &plan.lets);
        prop_assert_eq!(back.canonical_json(), text);
    }

    #[test]
    fn any_values_and_edges_come_back(
        values in proptest::collection::vec(any_value(), 0..6),
        edges in proptest::collection::vec((0..8_usize, 0..8_usize, any::<bool>()), 0..16),
        removed in 0..8_usize,
    ) {
        let mut plan = Plan::new("any".into());
        plan.lets = values.into_iter().map(|value| ("x".into(), Expr::Literal(value))).collect();
        let nodes: Vec<_> = (0..8).map(|number| plan.graph.add_node(sample::step(&format!("s{number}")))).collect();
        for (a, b, needs) in edges {
            if a != b {
                let kind = if needs { EdgeKind::Needs } else { EdgeKind::After };
                let why = vec![if needs { Why::Output("o".into()) } else { Why::Status }];
                plan.graph.add_edge(nodes[a.min(b)], nodes[a.max(b)], Edge { kind, why });
            }
        }
        plan.graph.remove_node(nodes[removed]);
        let text = plan.canonical_json();
        let back = Plan::from_json(&text).unwrap();
        prop_assert_eq!(back.canonical_json(), text);
        prop_assert_eq!(back.digest(), plan.digest());
        prop_assert_eq!(&back.lets, &plan.lets);
    }
}
