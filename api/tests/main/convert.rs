//! `convert` and `schema`: the JSON form of a file.

use crate::program::{Folder, HELLO};
use insta::assert_snapshot;

#[test]
fn there_and_back() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    let there = folder.run("convert a.skynet -o a.json");
    assert_eq!((there.exit(), there.stdout().as_str()), (0, ""), "{there}");
    assert_eq!(folder.run("convert a.json").stdout(), HELLO);
    assert_eq!(folder.run("convert a.json -o b.skynet").exit(), 0);
    assert_eq!(folder.read("b.skynet"), HELLO);
}

#[test]
fn through_pipes() {
    let folder = Folder::with(&[]);
    let there = folder.run_with("convert -", &[], HELLO.as_bytes());
    assert!(there.json().is_object(), "{there}");
    for typed in ["convert -", "convert - --to skynet"] {
        let back = folder.run_with(typed, &[], there.stdout().as_bytes());
        assert_eq!(back.stdout(), HELLO, "{typed}");
    }
}

#[test]
fn names_that_say_something_else() {
    let folder = Folder::with(&[("a.skynet", HELLO)]);
    assert_eq!(folder.run("convert a.skynet -o a.json").exit(), 0);
    assert_snapshot!("convert_against_name", folder.run("convert a.skynet --to json -o b.skynet"));
    assert_snapshot!("convert_to_itself", folder.run("convert a.json -o b.json"));
    assert_eq!(folder.run("convert a.skynet -o b.skynet").exit(), 2);
    assert!(!folder.path("b.json").exists() && !folder.path("b.skynet").exists());
}

/// The small form is told from the other by itself.
#[test]
fn what_a_model_wrote() {
    let form = r#"{
        "name": "hello", "description": "Greets.", "decls": ["param name: string = \"world\""],
        "steps": [{
            "name": "greet", "why": "to be polite", "action": "run", "on": "", "needs": [], "when": "", "for_each": "",
            "run": ["echo", "${param.name}"], "script_tag": "SH", "script_lines": [], "block": [], "env": [],
            "outputs": [], "undo": [], "timeout": "", "risk": "low", "reason": ""
        }]
    }"#;
    let folder = Folder::with(&[
        ("model.json", form),
        ("wrong.json", &form.replace("\"run\": [\"echo\"", "\"run\": [7")),
    ]);
    assert_snapshot!("convert_generation", folder.run("convert model.json"));
    assert_snapshot!("convert_generation_wrong", folder.run("convert wrong.json"));
}

#[test]
fn what_cannot_be_converted() {
    let folder =
        Folder::with(&[("a.skynet", &HELLO.replace("\"world\"", "'world'")), ("a.json", "{ \"a\": ")]);
    folder.write("b.json", "[]");
    assert_snapshot!("convert_text", folder.run("convert a.skynet"));
    assert_snapshot!("convert_no_json", folder.run("convert a.json"));
    assert_snapshot!("convert_other_json", folder.run("convert b.json"));
    // The name decides, and not the first character.
    folder.write("c.skynet", "{\n");
    assert_snapshot!("convert_brace", folder.run("convert c.skynet"));
    folder.write("d.txt", "{\n");
    assert!(folder.run("convert d.txt").stderr().contains("is not the JSON form"));
}

#[test]
fn schemas_are_json() {
    let folder = Folder::with(&[]);
    for form in ["", "twin", "generation"] {
        let schema = folder.run(&format!("schema {form}")).json();
        assert_eq!(schema["type"], "object", "{form}");
    }
    assert_eq!(folder.run("schema").stdout(), folder.run("schema twin").stdout());
}
