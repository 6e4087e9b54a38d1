//! The form in which a model writes a workflow: what it becomes, and that no piece of it gets out of its place.

mod property;
mod schema;

use dsl::generate::from_generation;
use grammar::{FileId, tree::Statement};
use serde_json::{Value, json};

/// A workflow of one step, with these keys besides those that must be there.
fn workflow(step: Value) -> Value {
    let mut whole = json!({
        "name": "image", "why": "because", "action": "wait", "needs": [], "run": [], "script_lines": [], "block": [], "risk": "low",
    });
    for (key, value) in step.as_object().unwrap() {
        whole[key] = value.clone();
    }
    json!({ "name": "w", "description": "A test.", "decls": [], "steps": [whole] })
}

#[test]
fn a_script() {
    check(
        json!({
            "name": "image", "why": "publish the tested build", "action": "script", "needs": ["test"], "run": [],
            "script_lines": ["docker build -t \"$IMAGE\" .", "docker push \"$IMAGE\""], "block": [], "risk": "low",
            "script_tag": "SH", "env": ["IMAGE = let.image"], "outputs": ["artifact sbom = \"out/sbom.spdx.json\""]
        }),
        r#"
  step image {
    needs = [step.test]
    env { IMAGE = let.image }
    script = <<SH
      docker build -t "$IMAGE" .
      docker push "$IMAGE"
    SH
    artifact sbom = "out/sbom.spdx.json"
  }
"#,
    );
}

#[test]
fn a_program_with_everything_around_it() {
    check(
        json!({
            "action": "run", "run": ["deploy", "--to=${each.value}", "a \"b\" \\ $x", "...param.flags"],
            "for_each": "param.hosts", "when": "param.env == \"prod\"", "on": "app", "needs": ["step.go_live"], "timeout": "5m",
            "risk": "high", "reason": "It replaces the \"live\" binary: ${x}", "outputs": ["output old: string = trim(result.stdout)"],
            "undo": ["run = [\"deploy\", self.output.old]", "env { A = 1 }"],
        }),
        r#"
  step image {
    for_each = param.hosts
    when     = param.env == "prod"
    needs    = [step.go_live]
    on       = target.app
    timeout  = 5m
    risk     = "high"
    reason   = "It replaces the \"live\" binary: \${x}"
    run      = ["deploy", "--to=${each.value}", "a \"b\" \\ $x", ...param.flags]
    output old: string = trim(result.stdout)
    undo {
      run = ["deploy", self.output.old]
      env { A = 1 }
    }
  }
"#,
    );
}

#[test]
fn blocks() {
    check(
        json!({ "action": "call", "use": "notify.slack", "block": ["channel = \"#x\"", "text = \"a\""] }),
        "
  step image {
    call notify.slack {
      channel = \"#x\"
      text    = \"a\"
    }
  }
",
    );
    check(
        json!({ "action": "http", "block": ["url = \"https://a.b\"", "headers { A = \"b\" }"], "on": "", "when": "", "script_tag": "" }),
        "
  step image {
    http {
      url = \"https://a.b\"
      headers { A = \"b\" }
    }
  }
",
    );
}

#[test]
fn declarations_go_where_they_belong() {
    let decls = [
        "output done: string = \"x\"",
        "param n: int = 1 { check = param.n > 0 }",
        "import \"./a.skynet\" as a",
        "type T { x: int }",
        "policy { approve_at = \"high\" }",
        "let x = param.n # twice",
    ];
    let workflow = json!({ "name": "w", "description": "Say \"${it}\".", "decls": decls, "steps": [] });
    let expected = r#"skynet 1

import "./a.skynet" as a
type T { x: int }

workflow w {
  description = "Say \"\${it}\"."

  param n: int = 1 { check = param.n > 0 }
  policy { approve_at = "high" }
  let x = param.n   # twice

  output done: string = "x"
}
"#;
    assert_eq!(from_generation(&workflow.to_string()).unwrap(), expected);
}

#[test]
fn what_is_generated_compiles() {
    let generated = json!({
        "name": "report",
        "description": "Count the lines of a file, and tell.",
        "decls": [
            "param path: string = \"notes.txt\"",
            "output lines: int = step.count.output.lines",
        ],
        "steps": [
            {
                "name": "count", "why": "the number is asked for", "action": "script", "needs": [], "run": [],
                "script_lines": ["wc -l < \"$FILE\" > \"$SKYNET_OUT/lines\""], "block": [], "risk": "low", "script_tag": "SH",
                "env": ["FILE = param.path"], "outputs": ["output lines: int"],
            },
            {
                "name": "tell", "why": "somebody waits for it", "action": "run", "needs": ["count"],
                "run": ["echo", "${step.count.output.lines} lines in ${param.path}"], "script_lines": [], "block": [], "risk": "low",
            },
            {
                "name": "state", "why": "to see what changed", "action": "do", "use": "git_status", "needs": [], "run": [],
                "script_lines": [], "block": [], "risk": "low", "outputs": ["output text: string = result.stdout"],
            },
        ],
    });
    let text = from_generation(&generated.to_string()).unwrap();
    let compiled = dsl::compile("report.skynet", &text, &dsl::NoImports);
    let found: Vec<_> = compiled.diagnostics.iter().filter(|it| it.is_error()).collect();
    assert!(found.is_empty(), "{text}\n{found:?}");
    assert_eq!(compiled.plan().unwrap().graph.node_count(), 3);
}

#[test]
fn errors_name_the_place() {
    let refused = |key: &str, value: Value| {
        let action = match key {
            "run" => "run",
            "script_lines" => "script",
            _ => "wait",
        };
        let mut step = json!({ "action": action, "script_lines": if key == "script_lines" { value.clone() } else { json!([]) } });
        step[key] = value;
        from_generation(&workflow(step).to_string()).unwrap_err().to_string()
    };
    assert_eq!(
        refused("name", json!("my-step")),
        "`steps[0].name`: expected a name of letters, digits and _, found \"my-step\"; did you mean `my_step`?"
    );
    assert_eq!(
        refused("needs", json!(["a", "b c"])),
        "`steps[0].needs[1]`: expected the name of a step, found \"b c\"; did you mean `b_c`?"
    );
    assert_eq!(
        refused("risk", json!("hihg")),
        "`steps[0].risk`: expected `low`, `medium`, `high` or `critical`, found \"hihg\"; did you mean `high`?"
    );
    assert_eq!(refused("run", json!([])), "`steps[0].run`: expected the program and its arguments");
    assert_eq!(refused("run", json!(["a", "${x"])), "`steps[0].run[1]`: a `${` is never closed");
    assert_eq!(
        refused("script_lines", json!(["a", " SH "])),
        "`steps[0].script_lines[1]`: a line that is nothing but `SH` would end the script"
    );
    assert!(
        refused("env", json!(["A 1"]))
            .starts_with("`steps[0].env[0]`: expected `NAME = value`: a `=` is missing behind `A`; ")
    );
    assert_eq!(
        refused("env", json!(["A = 1", "B = 2 C = 3"])),
        "`steps[0].env[1]`: expected `NAME = value` alone; write each statement as an item of its own"
    );
    assert_eq!(
        refused("outputs", json!(["step x { }"])),
        "`steps[0].outputs[0]`: expected an `output` or an `artifact`, found `\"step x { }\"`"
    );
    assert!(
        refused("timeout", json!("5m } step x {"))
            .starts_with("`steps[0].timeout`: expected a value: `}` closes nothing")
    );
}

/// Text that tries to end what is around it and to begin something of its own, or to hide what follows.
const HOSTILE: &[&str] = &[
    "A = 1 } step evil { run = [\"x\"]",
    "A = 1 } } workflow evil { step s { run = [\"x\"] }",
    "A = 1\nB = 2",
    "A = 1 run = [\"x\"]",
    "A = 1 }",
    "A = { ",
    "A = [1",
    "A = \"x",
    "A = \"\"\"",
    "A = <<SH",
    "A = <<SH\nx",
    "A = 1 /*",
    "A = 1 // x",
    "skynet 1",
    "# only a comment",
    "",
    "}",
    "A = \"${\"",
    "A = 1 \u{202e}",
    "A = 1 \u{0}",
    "1] run = [2",
    "1, 2",
    "1 # x",
    "x\" , \"y",
    "...x, \"y\"",
    "...x] env { A = [1",
    "...x #",
    "${x",
    "${x}\", \"${y}",
    "${\"}\"",
    "${x} ${",
];

#[test]
fn no_piece_gets_out_of_its_place() {
    let keys = [
        "env",
        "outputs",
        "undo",
        "block",
        "decls",
        "for_each",
        "when",
        "timeout",
        "name",
        "on",
        "needs",
        "use",
        "run",
        "reason",
        "script_lines",
    ];
    for key in keys {
        for text in HOSTILE {
            let item = if matches!(key, "for_each" | "when" | "timeout" | "name" | "on" | "use" | "reason") {
                json!(text)
            } else {
                json!([text])
            };
            let mut step = json!({ "action": "wait" });
            match key {
                "run" => step["action"] = json!("run"),
                "script_lines" => step["action"] = json!("script"),
                "use" => step["action"] = json!("call"),
                _ => {}
            }
            step[key] = item.clone();
            let mut whole = workflow(step);
            if key == "decls" {
                whole["steps"][0].as_object_mut().unwrap().remove("decls");
                whole["decls"] = item;
            }
            if let Ok(written) = from_generation(&whole.to_string()) {
                assert_eq!(steps(&written), ["image"], "{key}: {text}\n{written}");
                // Prose, arguments and lines of a script may hold anything. A comment may stand behind a statement or a value.
                let free = matches!(key, "reason" | "run" | "script_lines");
                let harmless = ["", "1 # x"].contains(text) || !text.contains(['\n', '}']);
                assert!(free || harmless, "{key} takes {text:?}:\n{written}");
            }
        }
    }
}

/// Returns the names of the steps of a text that can be read, wherever they stand.
fn steps(text: &str) -> Vec<String> {
    fn collect(statements: &[Statement], names: &mut Vec<String>) {
        for statement in statements {
            match statement {
                Statement::Declaration(it) => {
                    if &*it.word.text == "step" {
                        names.push(it.name.text.to_string());
                    }
                    collect(it.body.as_ref().map_or(&[], |body| &body.statements), names);
                }
                Statement::Block(it) => collect(&it.body.statements, names),
                Statement::Edition(_)
                | Statement::Import(_)
                | Statement::Setting(_)
                | Statement::Field(_)
                | Statement::Broken(_) => {}
            }
        }
    }
    let parsed = grammar::parse(FileId(0), text);
    assert!(!parsed.diagnostics.iter().any(grammar::Diagnostic::is_error), "{text}");
    let mut names = Vec::new();
    collect(&parsed.tree.statements, &mut names);
    names
}

/// Checks what a step becomes.
#[track_caller]
fn check(step: Value, expected: &str) {
    let text = from_generation(&workflow(step).to_string()).unwrap();
    let expected = format!("skynet 1\n\nworkflow w {{\n  description = \"A test.\"\n{expected}}}\n");
    assert_eq!(text, expected);
}
