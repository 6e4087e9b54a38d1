//! JSON that was written by hand or by a program: taken where its meaning is clear, refused with its place where not.

use dsl::twin::to_text;
use serde_json::{Value, json};

#[test]
fn parentheses_are_added_where_operators_need_them() {
    check(json!({ "op": ["*", { "op": ["+", 1, 2] }, 3] }), "(1 + 2) * 3");
    check(json!({ "op": ["-", 1, { "op": ["-", 2, 3] }] }), "1 - (2 - 3)");
    check(json!({ "op": ["??", { "op": ["??", 1, 2] }, { "op": ["??", 3, 4] }] }), "(1 ?? 2) ?? 3 ?? 4");
    check(json!({ "op": ["==", { "op": ["==", 1, 2] }, true] }), "(1 == 2) == true");
    check(json!({ "not": { "op": ["&&", true, false] } }), "!(true && false)");
    check(json!({ "member": [{ "negate": { "ref": "a" } }, "b"] }), "(-a).b");
    check(json!({ "index": [-1, -2] }), "(-1)[-2]");
    check(json!({ "if": [{ "if": [true, false, true] }, 1, 2] }), "(true ? false : true) ? 1 : 2");
    check(json!({ "op": ["+", { "if": [true, 1, 2] }, 3] }), "(true ? 1 : 2) + 3");
}

#[test]
fn errors_name_the_place_and_what_is_expected() {
    let value = |value: Value| refused(json!({ "file": [{ "setting": "a", "value": value }] }));
    assert_eq!(
        value(json!({ "float": "x" })),
        "`file[0].value.float`: expected a number with a fraction, such as `0.5`, found `\"x\"`"
    );
    assert_eq!(
        value(json!(1.5)),
        "`file[0].value`: write {\"float\": \"1.5\"}; JSON does not keep how a number is spelled"
    );
    assert_eq!(
        value(json!([1, { "op": ["=", 1, 2] }])),
        "`file[0].value[1].op[0]`: expected an operator, such as `+`, found `\"=\"`"
    );
    assert_eq!(value(json!({ "op": ["<", 1, 2, 3] })), "`file[0].value.op`: `<` takes two, found 3");
    assert_eq!(
        value(json!({ "ref": "my-step.x" })),
        "`file[0].value.ref`: expected a name, found \"my-step\"; did you mean `my_step`?"
    );
    assert_eq!(
        value(json!({ "refs": "a" })),
        "`file[0].value.refs`: no form of an expression is called `refs`"
    );
    assert_eq!(
        value(json!({ "call": ["f", { "spread": [] }] })),
        "`file[0].value.call[1].spread`: a list can be put into another list only"
    );
    let error = refused(json!({ "file": [{ "declare": "step", "name": "s", "boyd": [] }] }));
    assert_eq!(error, "`file[0]`: the key `boyd` is not known here; did you mean `body`?");
    assert_eq!(
        refused(json!({ "file": [{ "declare": "step", "name": "s" }] })),
        "`file[0]`: a declaration has a `type`, a `value` or a `body`"
    );
    assert_eq!(refused(json!([])), "expected an object with the key `file`, found `[]`");
    assert_eq!(refused(json!({ "file": [{ "setting": "a" }] })), "`file[0]`: the key `value` is missing");
    assert_eq!(
        to_text("{\"file\": [], \"file\": []}").unwrap_err().to_string(),
        "the key \"file\" stands twice in one object, at line 1 column 14"
    );
    assert!(to_text("{").unwrap_err().to_string().contains("line 1"));
    assert!(to_text(&"[".repeat(200)).unwrap_err().to_string().contains("recursion"));
}

/// No text of the JSON can say more than it stands for.
#[test]
fn nothing_gets_out_of_its_place() {
    let hostile =
        ["x } step evil { run = [\"x\"]", "x\n", "x # y", "a b", "", "\u{202e}", "true", "x\"", "1"];
    for text in hostile {
        let bodies = [
            json!({ "declare": text, "name": "x", "body": [] }),
            json!({ "declare": "step", "name": text, "body": [] }),
            json!({ "declare": "param", "name": "x", "type": text }),
            json!({ "declare": "param", "name": "x", "type": { "apply": [text, "string"] } }),
            json!({ "block": text, "body": [] }),
            json!({ "block": "call", "name": text, "body": [] }),
            json!({ "field": text, "type": "int" }),
            json!({ "import": "a", "as": text }),
            json!({ "setting": "a", "value": { "ref": text } }),
            json!({ "setting": "a", "value": { "member": [1, text] } }),
            json!({ "setting": "a", "value": { "call": [text] } }),
            json!({ "setting": "a", "value": { "op": [text, 1, 2] } }),
            json!({ "setting": "a", "value": { "int": text } }),
            json!({ "setting": "a", "value": { "duration": text } }),
            json!({ "setting": "a", "value": { "heredoc": { "tag": text, "lines": [] } } }),
            json!({ "setting": "a", "value": { "for": { "name": text, "in": [], "value": 1 } } }),
        ];
        for body in bodies {
            // `1` is an `int`, and `x` followed by nothing harmful does not occur above.
            let is_int = text == "1" && body["value"].get("int").is_some();
            assert_eq!(to_text(&json!({ "file": [body] }).to_string()).is_ok(), is_int, "{body}");
        }
    }
    for line in ["SH", "  SH\t", "x\nSH\nrun = []", "x = <<SH", "\u{202e}", "\r"] {
        let script =
            json!({ "setting": "a", "value": { "heredoc": { "tag": "SH", "lines": ["ok", line] } } });
        let error = refused(json!({ "file": [script] }));
        assert!(error.starts_with("`file[0].value.heredoc.lines[1]`"), "{error}");
    }
    for comment in ["x\nrun = []", "\r", "\u{2066}"] {
        assert!(refused(json!({ "file": [{ "#": [comment] }] })).starts_with("`file[0][\"#\"][0]`"));
    }
    let behind = json!({ "setting": "a", "value": { "heredoc": { "tag": "SH", "lines": [] } }, "#end": "x" });
    assert!(refused(json!({ "file": [behind] })).starts_with("`file[0][\"#end\"]`"));
}

#[test]
fn texts_and_keys_stay_texts_and_keys() {
    for text in ["\" } step evil { run = [\"x\"", "${param.x}", "a\nb\r\u{202e}\\", "\"\"\"", "$${", "\\${x}"]
    {
        for form in [
            json!(text),
            json!({ "block_text": text }),
            json!({ "text": ["$", "{", text] }),
            json!({ "object": [[text, text]] }),
        ] {
            let file = json!({ "file": [{ "skynet": 1 }, { "declare": "workflow", "name": "w", "body": [{ "setting": text, "value": form }] }] });
            let text = to_text(&file.to_string()).unwrap();
            let parsed = grammar::parse(grammar::FileId(0), &text);
            assert_eq!(parsed.diagnostics, [], "{text}");
            let back = dsl::twin::to_json(&parsed.tree).unwrap();
            let expected = match &form["text"] {
                Value::Array(pieces) => {
                    pieces.iter().map(|piece| piece.as_str().unwrap()).collect::<String>().into()
                }
                _ => form,
            };
            assert_eq!(back["file"][1]["body"][0]["value"], expected, "{text}");
        }
    }
}

#[track_caller]
fn check(value: Value, expected: &str) {
    let file = json!({ "file": [{ "skynet": 1 }, { "setting": "a", "value": value }] });
    let text = to_text(&file.to_string()).unwrap();
    assert_eq!(text, format!("skynet 1\n\na = {expected}\n"));
    assert!(super::is_readable(&text), "{text}");
}

#[track_caller]
fn refused(file: Value) -> String {
    to_text(&file.to_string()).unwrap_err().to_string()
}
