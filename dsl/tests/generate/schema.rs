//! The schema of the generation form: as little as the strict modes of models can do.

use super::workflow;
use dsl::json_schema::generation_schema;
use serde_json::{Value, json};

#[test]
fn data_is_at_most_four_levels_deep() {
    assert_eq!(depth(&generation_schema()), 4);
}

#[test]
fn there_are_no_unions_no_references_and_no_maps() {
    fn check(schema: &Value) {
        let keys: Vec<&str> = schema.as_object().unwrap().keys().map(String::as_str).collect();
        let known = ["type", "required", "properties", "items", "enum", "description"];
        assert!(keys.iter().all(|key| known.contains(key)), "{keys:?}");
        assert!(schema["type"].is_string(), "{schema}");
        // An object without a list of its keys would be a map.
        assert_eq!(schema["type"] == "object", schema.get("properties").is_some(), "{schema}");
        assert_eq!(schema["type"] == "array", schema.get("items").is_some(), "{schema}");
        let properties = schema["properties"].as_object();
        properties.into_iter().flatten().for_each(|(_, inner)| check(inner));
        schema.get("items").into_iter().for_each(check);
    }
    check(&generation_schema());
}

#[test]
fn a_model_thinks_before_it_judges() {
    let step = &generation_schema()["properties"]["steps"]["items"];
    assert_eq!(
        step["required"],
        json!(["name", "why", "action", "needs", "run", "script_lines", "block", "risk"])
    );
    let required = step["required"].as_array().unwrap();
    assert!(required.iter().all(|key| step["properties"].get(key.as_str().unwrap()).is_some()));
}

#[test]
fn what_the_schema_takes_is_known_to_the_reader() {
    let schema = generation_schema();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let properties = schema["properties"]["steps"]["items"]["properties"].as_object().unwrap();
    for (key, schema) in properties {
        // Every key is read, and an empty value says nothing.
        let empty = match (schema["type"].as_str().unwrap(), schema.get("enum")) {
            ("array", _) => json!([]),
            (_, Some(words)) => words[0].clone(),
            (_, None) => json!(""),
        };
        let mut step = json!({ "action": "wait" });
        if !["name", "action"].contains(&key.as_str()) {
            step[key] = empty;
        }
        let whole = workflow(step);
        assert!(validator.is_valid(&whole), "{key}");
        dsl::generate::from_generation(&whole.to_string()).unwrap_or_else(|error| panic!("{key}: {error}"));
    }
    assert!(!validator.is_valid(&workflow(json!({ "risk": "huge" }))));
    assert!(!validator.is_valid(&workflow(json!({ "run": "echo" }))));
}

/// Returns how many levels of lists and objects a value of a schema has.
fn depth(schema: &Value) -> usize {
    let properties = schema["properties"].as_object().into_iter().flatten().map(|(_, inner)| depth(inner));
    let inner = properties.chain(schema.get("items").map(depth)).max().unwrap_or(0);
    inner + usize::from(matches!(schema["type"].as_str(), Some("object" | "array")))
}
