//! The JSON Schema of the twin: it takes every file that compiles, and tells what is wrong with others.

use super::{files::examples, is_readable, round_trip};
use dsl::json_schema::twin_schema;
use jsonschema::Validator;
use serde_json::{Value, json};

#[test]
fn every_example_is_valid() {
    let validator = validator();
    for (name, text) in examples() {
        assert_eq!(errors(&validator, &round_trip(&text)), [""; 0], "{name}");
    }
}

/// Each page about a code has a mended example, and together they use most of the language.
#[test]
fn what_compiles_is_valid() {
    let validator = validator();
    let mut count = 0;
    for text in super::files::blocks().iter().filter(|text| is_readable(text)) {
        let compiled = dsl::compile("main.skynet", text, &dsl::NoImports);
        if !compiled.has_errors() {
            assert_eq!(errors(&validator, &round_trip(text)), [""; 0], "{text}");
            count += 1;
        }
    }
    assert!(count > 80, "only {count} blocks compile");
}

#[test]
fn the_sample_of_the_language_reference_is_valid() {
    let samples = super::files::samples();
    assert_eq!(samples.len(), 1);
    for sample in samples {
        let twin: Value = serde_json::from_str(&sample).unwrap();
        assert_eq!(errors(&validator(), &twin), [""; 0]);
        let text = dsl::twin::to_text(&sample).unwrap();
        assert_eq!(round_trip(&text), twin);
        assert!(!dsl::compile("hello.skynet", &text, &dsl::NoImports).has_errors(), "{text}");
    }
}

#[test]
fn odd_ways_to_say_it_are_valid() {
    let validator = validator();
    let text = r#"skynet 1
workflow w {
  "timeout" = 10m # quoted
  priority = -1
  fail_fast = (!false)
  param n: int = 1_000 { check = param.n in [1, 2] || param.n > 3 }
  target here: local { }
  target there: local
  step a {
    for_each = [for x in range(1, 3) : x]
    parallel = param.n
    on = target.here
    needs = [ # nothing yet
    ]
    risk = param.n > 1 ? "low" : "medium"
    reason = """
      Why
      not.
      """
    run = ["sleep", 5, ...["a"], "${param.n}"]
    timeout = 1m * 2
  }
}
"#;
    assert_eq!(errors(&validator, &round_trip(text)), [""; 0]);
}

#[test]
fn what_does_not_belong_is_refused() {
    let validator = validator();
    let refused = |statement: Value| {
        let file =
            json!({ "file": [{ "skynet": 1 }, { "declare": "workflow", "name": "w", "body": [statement] }] });
        assert_ne!(errors(&validator, &file), [""; 0], "{statement}");
    };
    let step = |statement: Value| refused(json!({ "declare": "step", "name": "s", "body": [statement] }));
    step(json!({ "setting": "timout", "value": { "duration": "1m" } }));
    step(json!({ "setting": "timeout", "value": 30 }));
    step(json!({ "setting": "timeout", "value": { "duration": "30" } }));
    step(json!({ "setting": "timeout", "value": { "duration": "1m", "size": "1B" } }));
    step(json!({ "setting": "timeout" }));
    step(json!({ "setting": "risk", "value": "huge" }));
    step(json!({ "setting": "run", "value": "cargo test" }));
    step(json!({ "setting": "run", "value": [] }));
    step(json!({ "setting": "run", "value": ["a", 1.5] }));
    step(json!({ "setting": "script", "value": "echo" }));
    step(json!({ "setting": "script", "value": { "heredoc": { "tag": "RUBY", "lines": [] } } }));
    step(json!({ "setting": "needs", "value": ["a"] }));
    step(json!({ "setting": "on", "value": { "ref": "param.x" } }));
    step(json!({ "setting": "cron", "value": "0 3 * * *" }));
    step(json!({ "setting": "when", "value": "true" }));
    step(json!({ "setting": "parallel", "value": 0 }));
    step(json!({ "block": "timeout", "body": [] }));
    step(json!({ "block": "retry", "name": "x", "body": [] }));
    step(json!({ "block": "retry" }));
    step(json!({ "block": "repeat", "body": [{ "setting": "max", "value": 3 }] }));
    step(json!({ "block": "do", "name": "anything", "body": [] }));
    step(json!({ "declare": "artifact", "name": "a", "type": "string", "value": "x" }));
    step(json!({ "declare": "output", "name": "a" }));
    step(json!({ "declare": "step", "name": "a", "body": [] }));
    step(json!({ "setting": "when", "value": { "call": ["length", []] } }));
    step(json!({ "setting": "when", "value": { "op": ["=", 1, 2] } }));
    step(json!({ "setting": "when", "value": true, "comment": "x" }));
    refused(json!({ "declare": "trigger", "name": "t", "type": "schedule", "body": [] }));
    refused(json!({ "declare": "trigger", "name": "t", "type": "schedule" }));
    refused(json!({ "declare": "target", "name": "t", "type": "kubernetes" }));
    refused(
        json!({ "declare": "target", "name": "t", "type": "local", "body": [{ "setting": "image", "value": "x" }] }),
    );
    refused(json!({ "declare": "param", "name": "p", "type": { "list": "string" } }));
    refused(json!({ "field": "a", "type": "int" }));
    refused(json!({}));
    for file in [
        json!([]),
        json!({ "file": [] }),
        json!({ "file": [{ "skynet": 2 }] }),
        json!({ "file": [{ "skynet": 1 }, { "skynet": 1 }] }),
    ] {
        assert_ne!(errors(&validator, &file), [""; 0], "{file}");
    }
}

fn validator() -> Validator {
    let schema = twin_schema();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn errors(validator: &Validator, file: &Value) -> Vec<String> {
    validator.iter_errors(file).map(|error| format!("{}: {error}", error.instance_path())).collect()
}
