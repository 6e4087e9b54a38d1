//! What is not a plan is refused with a reason, and never ends the program.

use super::sample;
use engine::{
    id::Digest,
    plan::{Plan, PlanError},
};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};

#[test]
fn what_is_not_a_plan_is_refused_with_a_reason() {
    let full = sample::full().to_json();
    let small = sample::small().canonical_json();
    let callee = sample::full().callees["lib.notify"].digest();
    let cases = [
        (full.replace("\"skynet-plan\":1", "\"skynet-plan\":2"), PlanError::Edition(2)),
        (r#"{"skynet-plan":7,"anything":[]}"#.into(), PlanError::Edition(7)),
        (small.replace("\"from\":\"b\"", "\"from\":\"c\""), PlanError::NoStep("c".into())),
        (small.replace("\"from\":\"b\"", "\"from\":\"a\""), PlanError::Cycle(vec!["a".into()])),
        (small.replace("\"name\":\"b\"", "\"name\":\"a\""), PlanError::SameName("a".into())),
        (
            full.replace("\"workflow\":\"lib.notify\"", "\"workflow\":\"x.y\""),
            PlanError::NoCallee("x.y".into()),
        ),
        (full.replace("\"Tells people.\"", "\"Tells nobody.\""), PlanError::WrongDigest(callee)),
        (
            full.replace(&format!("\"{callee}\":{{"), &format!("\"{}\":{{", Digest([7; 32]))),
            PlanError::WrongDigest(Digest([7; 32])),
        ),
    ];
    for (text, expected) in cases {
        assert!(text != full && text != small, "the case changes nothing: {expected}");
        assert_eq!(Plan::from_json(&text).map(|plan| plan.name), Err(expected));
    }
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "{\"skynet-plan\":1}",
        &format!("{small}x"),
        &small.replace("{\"", "{\"odd\":1,\""),
    ] {
        let error = Plan::from_json(text).map(|plan| plan.name).unwrap_err();
        assert!(matches!(error, PlanError::Malformed(_)), "{text}: {error}");
        assert!(error.to_string().starts_with("this is not a plan: "));
    }
}

#[test]
fn calls_in_a_circle_or_too_deep_are_refused() {
    let names = |from: &Digest, to: &Digest| {
        format!(
            r#""{from}":{{"callees":{{"x":"{to}"}},"fail_fast":true,"name":"p","policy":{{"undo_on":"manual"}},"priority":0,"skynet-plan":1}}"#
        )
    };
    let (one, two) = (Digest([1; 32]), Digest([2; 32]));
    let circle = format!(
        r#"{{"callees":{{"x":"{one}"}},"fail_fast":true,"name":"p","plans":{{{},{}}},"policy":{{"undo_on":"manual"}},"priority":0,"skynet-plan":1}}"#,
        names(&one, &two),
        names(&two, &one),
    );
    assert_eq!(Plan::from_json(&circle).map(|plan| plan.name), Err(PlanError::CallsTooDeep));
    let deep = |depth: usize| {
        let mut plan = Plan::new("p".into());
        for _ in 0..depth {
            let callees = BTreeMap::from([("x".into(), Arc::new(plan))]);
            plan = Plan::new("p".into());
            plan.callees = callees;
        }
        Plan::from_json(&plan.to_json()).map(|plan| plan.name)
    };
    assert!(deep(64).is_ok());
    assert_eq!(deep(65), Err(PlanError::CallsTooDeep));
}

/// A plan whose only let is this JSON.
fn with_let(json: &str) -> String {
    format!(
        r#"{{"fail_fast":true,"lets":[["x",{json}]],"name":"p","policy":{{"undo_on":"manual"}},"priority":0,"skynet-plan":1}}"#
    )
}

#[test]
fn tall_expressions_are_read_and_written_and_taller_ones_refused() {
    const TALLEST: usize = 640;
    let forms = [
        (r#"{"not":"#, "}"),
        (r#"{"negate":"#, "}"),
        (r#"{"list":["#, "]}"),
        (r#"{"map":[["k","#, "]]}"),
        (r#"{"text":["a","#, "]}"),
        (r#"{"call":["len","#, "]}"),
        (r#"{"path":[{"read":"each.value"},"#, r#"]}"#),
        (r#"{"binary":[{"value":1},"+","#, "]}"),
        (r#"{"coalesce":["#, r#",{"value":1}]}"#),
        (r#"{"if":[{"value":true},"#, r#",{"value":1}]}"#),
        (r#"{"for":["k","#, r#",{"read":"k"},null]}"#),
        (r#"{"convert":["int","#, "]}"),
    ];
    for (open, close) in forms {
        let tall = |height: usize| {
            let inner = format!("{}{{\"value\":null}}{}", open.repeat(height - 1), close.repeat(height - 1));
            with_let(&inner)
        };
        let text = tall(TALLEST);
        let plan = Plan::from_json(&text).unwrap();
        assert_eq!(plan.canonical_json(), text);
        assert_eq!(plan.clone().lets, plan.lets);
        assert!(Plan::from_json(&tall(TALLEST + 1)).is_err());
        assert!(Plan::from_json(&tall(100_000)).is_err());
    }
}

#[test]
fn deep_values_and_types_are_read_and_deeper_ones_refused() {
    let value = |depth: usize| with_let(&format!("{{\"value\":{}{}}}", "[".repeat(depth), "]".repeat(depth)));
    let wrapped = |depth: usize| {
        let open = r#"{"$":"map","entries":{"$":"#.repeat(depth);
        with_let(&format!("{{\"value\":{open}1{}}}", "}}".repeat(depth)))
    };
    let ty = |depth: usize| {
        let open = r#"{"record":{"fields":[["a","#.repeat(depth);
        with_let(&format!("{{\"convert\":[{open}\"int\"{},{{\"value\":1}}]}}", "]]}}".repeat(depth)))
    };
    for text in [value(128), wrapped(128), ty(64)] {
        assert_eq!(Plan::from_json(&text).unwrap().canonical_json(), text);
    }
    for text in [value(300), wrapped(200), ty(100), value(100_000), wrapped(100_000), ty(100_000)] {
        assert!(Plan::from_json(&text).is_err());
    }
}

#[test]
fn expressions_that_are_not_well_formed_are_refused() {
    for json in [
        "1",
        "null",
        "[]",
        "{}",
        r#""text""#,
        r#"{"value":1,"value":2}"#,
        r#"{"value":1,"not":{"value":1}}"#,
        r#"{"not":{"value":true},"x":1}"#,
        r#"{"not":["value"]}"#,
        r#"{"odd":{"value":1}}"#,
        r#"{"read":"params.x"}"#,
        r#"{"read":"step.x"}"#,
        r#"{"read":""}"#,
        r#"{"path":[{"read":"each.value"}]}"#,
        r#"{"path":["x",{"read":"each.value"}]}"#,
        r#"{"call":["no_such_function"]}"#,
        r#"{"call":[]}"#,
        r#"{"binary":[{"value":1},"+"]}"#,
        r#"{"binary":[{"value":1},"??",{"value":1}]}"#,
        r#"{"binary":[{"value":1}]}"#,
        r#"{"coalesce":[{"value":1}]}"#,
        r#"{"if":[{"value":true},{"value":1}]}"#,
        r#"{"list":["x"]}"#,
        r#"{"text":[{"spread":{"list":[]}}]}"#,
        r#"{"map":[["k"]]}"#,
        r#"{"map":[[{"value":1},{"value":1}]]}"#,
        r#"{"for":["k",{"list":[]},{"read":"k"}]}"#,
        r#"{"convert":["int"]}"#,
        r#"{"convert":["no_such_type",{"value":1}]}"#,
        r#"{"spread":{"list":[]}}"#,
        r#"{"value":{"$":"odd"}}"#,
        r#"{"value":18446744073709551615}"#,
    ] {
        let error = Plan::from_json(&with_let(json)).map(|plan| plan.lets).unwrap_err();
        assert!(matches!(error, PlanError::Malformed(_)), "{json}: {error}");
    }
    // Blanks and the order of keys mean nothing.
    let loose = with_let("{ \"binary\" : [ {\"value\" : 1 } ,\n\"+\", { \"value\":\t2 }] }");
    let tight = with_let(r#"{"binary":[{"value":1},"+",{"value":2}]}"#);
    assert_eq!(Plan::from_json(&loose).unwrap().canonical_json(), tight);
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[\\[\\]{}\",:a-z0-9 \\\\-]{0,80}", cut in 0..2000_usize) {
        prop_assert!(Plan::from_json(&text).is_err());
        let full = sample::full().to_json();
        if let Some(start) = full.get(..cut.min(full.len() - 1)) {
            prop_assert!(Plan::from_json(start).is_err());
        }
    }
}
