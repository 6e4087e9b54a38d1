//! What is said about mistakes whose sentence was once wrong, word for word.

use std::fmt::Write as _;

const CASES: [&str; 17] = [
    "step s { wait { for = 3s signal = \"go\" } }",
    "step s { wait { } }",
    "step: x\n  step s { run = [\"true\"] }",
    "step s { run = [\"true\"] timeout: x }",
    "step s { run = [\"true\"] retry: x }",
    "step s { run = [\"true\"] timeout = \"10 m\" }",
    "step s { run = [\"true\"] timeout = \"10 minutes\" }",
    "param d: size = \"5 mb\"\n  step s { run = [\"echo\", \"${param.d}\"] }",
    "step s { if = true when = true run = [\"true\"] }",
    "step s { if = true condition = false run = [\"true\"] }",
    "step s { timout = 3m timeout = 4m run = [\"true\"] }",
    "let m = step.a.status\n  param p2: string = let.m\n  step a { run = [\"echo\", param.p2] }",
    "timeout = step.a.status == \"succeeded\" ? 1m : 2m\n  step a { run = [\"true\"] }",
    "step a { run = [\"true\"] }\n  step b { needs = [step.a] run = [\"true\"] on_failure = step.a.status }",
    "target t: docker { image = step.a.status }\n  step a { run = [\"true\"] }",
    "skynet 1\n  step a { run = [\"true\"] }",
    "import \"a.skynet\" as a\n  step a { run = [\"true\"] }",
];

#[test]
fn what_is_said() {
    let mut said = String::new();
    for case in CASES {
        let text = format!("skynet 1\n\nworkflow w {{\n  {case}\n}}\n");
        let compiled = dsl::compile("w.skynet", &text, &dsl::NoImports);
        for found in &compiled.diagnostics {
            let style = grammar::render::Style::Plain;
            let drawn = grammar::render::render(found, &|file| compiled.file(file), style);
            writeln!(said, "{drawn}\n").unwrap();
        }
    }
    insta::assert_snapshot!(said);
}
