//! What holds of every drawing: it ends, it is the same each time, and it names every node.

use super::random::any_drawing;
use dsl::draw::{Drawing, dot, json, mermaid, svg, text};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_format_names_every_node(drawing in any_drawing()) {
        let formats: [fn(&Drawing) -> String; 4] = [text, mermaid, dot, svg];
        for format in formats {
            let out = format(&drawing);
            prop_assert_eq!(&out, &format(&drawing));
            for node in &drawing.nodes {
                // What makes a name hostile is written differently in each format; its plain letters are not.
                let plain = node.name.split(|c: char| !c.is_alphanumeric()).max_by_key(|part| part.len());
                prop_assert!(out.contains(plain.unwrap_or_default()), "{:?} is not in:\n{out}", node.name);
            }
        }
    }

    #[test]
    fn nothing_hidden_is_written(drawing in any_drawing()) {
        for out in [text(&drawing), mermaid(&drawing), dot(&drawing), svg(&drawing)] {
            let hidden = out.chars().find(|&c| c != '\n' && (c.is_control() || c == '\u{202e}'));
            prop_assert_eq!(hidden, None);
        }
    }

    #[test]
    fn json_holds_the_model(drawing in any_drawing()) {
        let value: serde_json::Value = serde_json::from_str(&json(&drawing)).unwrap();
        let names: Vec<&str> = value["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect();
        prop_assert_eq!(names, drawing.nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>());
        let count = drawing.nodes.len();
        let leads = drawing.links.iter().filter(|link| link.from < count && link.to < count).count();
        prop_assert_eq!(value["links"].as_array().unwrap().len(), leads);
        let listed: usize = value["layers"].as_array().unwrap().iter().map(|layer| layer.as_array().unwrap().len()).sum();
        prop_assert_eq!(listed, count);
    }

    #[test]
    fn a_way_round_goes_along_links(drawing in any_drawing()) {
        let value: serde_json::Value = serde_json::from_str(&json(&drawing)).unwrap();
        for way in value["cycles"].as_array().unwrap() {
            let way: Vec<u64> = way.as_array().unwrap().iter().map(|node| node.as_u64().unwrap()).collect();
            prop_assert!(way.len() >= 2 && way.first() == way.last());
            for pair in way.windows(2) {
                let on = |link: &&serde_json::Value| link["from"] == pair[0] && link["to"] == pair[1];
                let link = value["links"].as_array().unwrap().iter().find(on);
                prop_assert!(link.is_some_and(|link| link["cyclic"] == true));
            }
        }
    }
}
