//! What the twin looks like.

use super::round_trip;
use serde_json::{Value, json};

#[test]
fn a_whole_file() {
    let text = r##"# A file.
skynet 1
import "./a.skynet" as a sha256 "00ff"
type Score { auc: float # between 0 and 1
}

# The main one.
workflow w {
  param hosts: list(string)? = ["a", ...param.more] { help = "Where." }
  param kind: enum("x", "y") = "x"
  step s { # runs
    run = ["echo", "Hello, ${param.name}!"]
    script = <<SH
      echo "$A"

        exit
    SH
    timeout = 1h30m # long
    call a.b { "k v" = 1.50 "k" = 1_000 }
    # nothing more
  }
}
# The end.
"##;
    let expected = r##"{
  "file": [
    {"#": ["A file."], "skynet": 1},
    {"import": "./a.skynet", "as": "a", "sha256": "00ff"},
    {
      "declare": "type",
      "name": "Score",
      "body": [{"field": "auc", "type": "float", "#end": "between 0 and 1"}]
    },
    {
      "#": ["The main one."],
      "declare": "workflow",
      "name": "w",
      "body": [
        {
          "declare": "param",
          "name": "hosts",
          "type": {"optional": {"apply": ["list", "string"]}},
          "value": ["a", {"spread": {"ref": "param.more"}}],
          "body": [{"setting": "help", "value": "Where."}]
        },
        {
          "declare": "param",
          "name": "kind",
          "type": {"apply": ["enum", {"text": "x"}, {"text": "y"}]},
          "value": "x"
        },
        {
          "declare": "step",
          "name": "s",
          "body": [
            {
              "#": ["runs"],
              "setting": "run",
              "value": ["echo", {"text": ["Hello, ", {"ref": "param.name"}, "!"]}]
            },
            {
              "setting": "script",
              "value": {"heredoc": {"lines": ["echo \"$A\"", "", "  exit"], "tag": "SH"}}
            },
            {"setting": "timeout", "value": {"duration": "1h30m"}, "#end": "long"},
            {
              "block": "call",
              "name": "a.b",
              "body": [
                {"setting": "k v", "value": {"float": "1.50"}},
                {"setting": {"quoted": "k"}, "value": {"int": "1_000"}}
              ]
            },
            {"#": ["nothing more"]}
          ]
        }
      ]
    },
    {"#": ["The end."]}
  ]
}
"##;
    assert_eq!(dsl::json::print(&round_trip(text)), expected);
}

#[test]
fn a_named_block_is_a_block_however_long_its_name() {
    let twin = round_trip(
        "skynet 1\nworkflow w { step a { call flow { } } step b { do lint { x = 1 } } step c { call a.b { } } }",
    );
    assert_eq!(twin["file"][1]["body"][0]["body"][0], json!({ "block": "call", "name": "flow", "body": [] }));
    assert_eq!(twin["file"][1]["body"][1]["body"][0]["block"], "do");
    assert_eq!(twin["file"][1]["body"][2]["body"][0]["name"], "a.b");
}

#[test]
fn operators() {
    check("a + b + c", json!({ "op": ["+", { "ref": "a" }, { "ref": "b" }, { "ref": "c" }] }));
    check("a ?? b ?? c", json!({ "op": ["??", { "ref": "a" }, { "ref": "b" }, { "ref": "c" }] }));
    check("1 - 2 + 3", json!({ "op": ["+", { "op": ["-", 1, 2] }, 3] }));
    check("1 - (2 + 3)", json!({ "op": ["-", 1, { "group": { "op": ["+", 2, 3] } }] }));
    check("-1 < !x", json!({ "op": ["<", { "negate": 1 }, { "not": { "ref": "x" } }] }));
    check(
        "a ? b : c ? d : e",
        json!({ "if": [{ "ref": "a" }, { "ref": "b" }, { "if": [{ "ref": "c" }, { "ref": "d" }, { "ref": "e" }] }] }),
    );
    check("a ? b ? 1 : 2 : 3", json!({ "if": [{ "ref": "a" }, { "if": [{ "ref": "b" }, 1, 2] }, 3] }));
}

#[test]
fn references() {
    check("step.a.output.b", json!({ "ref": "step.a.output.b" }));
    check("f(x)[0].name", json!({ "member": [{ "index": [{ "call": ["f", { "ref": "x" }] }, 0] }, "name"] }));
    check("param.a[0].b", json!({ "member": [{ "index": [{ "ref": "param.a" }, 0] }, "b"] }));
    check("1 .x", json!({ "member": [1, "x"] }));
    check(
        "[for x in xs : x.a if x != null]",
        json!({ "for": { "name": "x", "in": { "ref": "xs" }, "value": { "ref": "x.a" }, "if": { "op": ["!=", { "ref": "x" }, null] } } }),
    );
}

#[test]
fn texts() {
    check(r#""a\t\"${"b"}${x}""#, json!({ "text": ["a\t\"", { "text": ["b"] }, { "ref": "x" }] }));
    check(r#""${""}""#, json!({ "text": [{ "text": [] }] }));
    check(r#""\${x} \u{202e}""#, json!("${x} \u{202e}"));
    check(
        "\"\"\"\n  a\n    ${x}\n\n  \\\"\"\"b\n  \"\"\"",
        json!({ "block_text": ["a\n  ", { "ref": "x" }, "\n\n\"\"\"b"] }),
    );
    check("\"\"\"\n\"\"\"", json!({ "block_text": "" }));
    check(
        "{ a = 1, \"b\" = 2, \"c d\" = 3 }",
        json!({ "object": [["a", 1], [{ "quoted": "b" }, 2], ["c d", 3]] }),
    );
}

#[test]
fn comments_in_an_expression_stay_between_items() {
    check(
        "[ # one\n 1, # two\n f(2, # three\n { # four\n a = 3 }) ]",
        json!([
            { "#": ["one"] },
            1,
            { "#": ["two"] },
            { "call": ["f", 2, { "#": ["three"] }, { "object": [{ "#": ["four"] }, ["a", 3]] }] },
        ]),
    );
}

#[test]
fn comments_elsewhere_in_an_expression_go_above_it_with_all_others() {
    let twin = round_trip("skynet 1\nworkflow w { a = [ # one\n 1 ] + # two\n [2] }");
    let statement = json!({ "#": ["one", "two"], "setting": "a", "value": { "op": ["+", [1], [2]] } });
    assert_eq!(twin["file"][1]["body"][0], statement);
}

#[test]
fn comments_of_a_head_go_above_and_those_behind_a_value_into_the_body() {
    let twin = round_trip(
        "skynet 1\nworkflow # a\n w # b\n { # c\n param # d\n p: int = [ # e\n ] # f\n { # g\n } # h\n }",
    );
    assert_eq!(twin["file"][1]["#"], json!(["a", "b"]));
    let param = json!({
        "#": ["c", "d"], "declare": "param", "name": "p", "type": "int", "value": [{ "#": ["e"] }], "body": [{ "#": ["f", "g"] }], "#end": "h",
    });
    assert_eq!(twin["file"][1]["body"][0], param);
}

#[test]
fn rows_of_one_operator_are_flat_however_long_they_are() {
    let row = (0..500).map(|number| number.to_string()).collect::<Vec<_>>();
    for operator in ["+", "&&", "??"] {
        round_trip(&format!("skynet 1\na = {}", row.join(&format!(" {operator} "))));
    }
}

#[test]
fn what_could_not_be_read_back_is_refused() {
    let nested = |depth: usize| format!("skynet 1\na = {}1{}", "(".repeat(depth), ")".repeat(depth));
    round_trip(&nested(64));
    for most in 1..400 {
        let signs = format!("skynet 1\na = {}1", "-".repeat(most));
        match dsl::twin::to_json(&super::tree(&signs)) {
            Ok(twin) => assert!(dsl::twin::to_text(&twin.to_string()).is_ok(), "{most} signs"),
            Err(refused) => {
                assert_eq!((most, refused.reason), (125, "this nests too deep for JSON"));
                return;
            }
        }
    }
    panic!("nothing was refused");
}

#[test]
fn broken_files_have_no_twin() {
    for text in ["a = ", "step x {", "a = 'b'", "// c\n", "a = 1x"] {
        let parsed = grammar::parse(grammar::FileId(0), &format!("skynet 1\n{text}\n"));
        let twin = dsl::twin::to_json(&parsed.tree);
        // What is only unclosed says all the same what it says.
        assert_eq!(twin.is_ok(), text == "step x {", "{text}");
    }
}

/// Checks the JSON of an expression.
#[track_caller]
fn check(text: &str, expected: Value) {
    let twin = round_trip(&format!("skynet 1\nworkflow w {{ a = {text} }}"));
    assert_eq!(twin["file"][1]["body"][0]["value"], expected);
}
