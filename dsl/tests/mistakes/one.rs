//! Mistakes of one cause that once were told several times, each with the codes that it has now.

/// Returns the codes of what is found in a workflow.
fn codes(body: &str) -> Vec<&'static str> {
    let text = format!("skynet 1\nworkflow w {{\n{body}\n}}\n");
    let found = dsl::compile("w.skynet", &text, &dsl::NoImports).diagnostics;
    found.iter().map(|it| it.code.as_str()).filter(|code| code.starts_with('E')).collect()
}

#[track_caller]
fn check(cases: &[(&str, &[&str])]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(body, expected)| (body, expected, codes(body)))
        .filter(|(_, expected, found)| found != *expected)
        .map(|(body, expected, found)| format!("{body}\n  expected {expected:?}, found {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const STEPS: &str = "step a { run = [\"true\"] }\nstep b { run = [\"true\"] }\n";

#[test]
fn a_missing_quote_is_one_error() {
    check(&[
        ("param x: string = \"a\"\nstep c { run = [\"sh, \"-c\", \"x\"] }", &["E0001"]),
        ("param x: string = \"a\"\nstep c { run = [\"echo, \"x\"] }", &["E0001"]),
        ("step c { run = [\"a }", &["E0001"]),
        ("param p: string = \"a\"\nstep c { run = [\"make ${param.p\", \"x\"] }", &["E0012"]),
    ]);
}

#[test]
fn a_list_without_brackets_is_one_error() {
    check(&[
        (&format!("{STEPS}step c {{\n  needs = step.a, step.b\n  run = [\"true\"]\n}}"), &["E0004"]),
        ("step c { run = \"make\", \"x\" }", &["E0004"]),
        ("step c { timeout = 5m, run = [\"true\"] }", &["E0004"]),
    ]);
}

#[test]
fn what_joins_a_word_to_its_value_is_one_error() {
    check(&[
        ("param x: string \"a\"\nstep c { run = [\"echo\", param.x] }", &["E0105"]),
        ("step c { run [\"a\"] }", &["E0105"]),
        ("step c { sh \"make\" }", &["E0115"]),
        ("step c {\n  run = [\"a\", \"b\"\n  timeout 5m\n}", &["E0012", "E0105"]),
        ("let d = len(\"abc\"\nparam e string\nstep c { run = [\"echo\", param.e] }", &["E0012", "E0014"]),
        (&format!("{STEPS}step c {{\n  needs a\n  run = [\"true\"]\n}}"), &["E0104"]),
        ("secret t = \"env:T\"\nstep c { run = [\"a\"] }", &["E0111"]),
    ]);
}

#[test]
fn what_is_written_as_elsewhere_is_one_error() {
    check(&[
        ("params:\n  name: string\nsteps:\n  - name: a\n    run: make\n  - b", &["E0115", "E0115"]),
        ("step c {\n  run = [\"a\"]\n  env:\n    FOO: bar\n  timeout = 3m\n}", &["E0105"]),
        (&format!("{STEPS}step c {{\n  run = [\"a\"]\n  needs:\n    - a\n    - b\n}}"), &["E0104"]),
        ("step c {\n  uses: actions/checkout@v4\n}", &["E0115"]),
        ("variable \"region\" {\n  type = string\n}\nstep c { run = [\"a\"] }", &["E0115"]),
        ("step c\n  run = [\"a\"]\n}", &["E0106"]),
        (&format!("{STEPS}output x: int = if true then 1 else 2"), &["E0022"]),
        (&format!("{STEPS}output x: int = [1].map(x => x + 1)"), &["E0022"]),
        (&format!("{STEPS}output x: list(int) = [x for x in [1]]"), &["E0022"]),
        (&format!("{STEPS}output x: bool = step.a.status === \"failed\""), &["E0010"]),
        ("step c {\n  timeout = .5h\n  run = [\"a\"]\n}", &["E0009"]),
        ("description = Say hello\nstep c {\n  run = [\"a\"]\n}", &["E0005"]),
    ]);
}

#[test]
fn foreign_quotes_and_blanks_are_one_error() {
    check(&[
        ("step c { run = [“a”, “b c”] }", &["E0005", "E0005"]),
        ("step c { run = [“a”] }", &["E0005"]),
        ("step c {\u{a0}run = [\"a\"] }", &["E0016"]),
        ("step c { r\u{200b}un = [\"a\"] time\u{feff}out\u{200d} = 3m }", &["E0016", "E0016", "E0016"]),
        ("step a\u{200b}b { run = [\"a\"] }\nstep c { needs = [step.ab] run = [\"a\"] }", &["E0016"]),
        ("step c { run = [“a”, “say \"b\" in C:\\d”] }", &["E0005", "E0005"]),
        ("step c { run\u{3000}=\u{200b}[\"a\u{a0}b\", \"x\"] }", &["E0016", "E0016", "E0510"]),
    ]);
}

#[test]
fn what_is_unfinished_or_too_deep_is_one_error() {
    let types = format!(
        "param p: {}int{}\nstep c {{ run = [\"true\"] }}",
        "list(".repeat(10_000),
        ")".repeat(10_000)
    );
    let lists = format!("let x = {}1\n  step c {{ run = [\"true\"] }}", "[".repeat(100));
    check(&[
        ("step c {\n  when = param.\n  run = [\"true\"]\n}", &["E0020"]),
        (&types, &["E0017"]),
        (&lists, &["E0017"]),
    ]);
}

#[test]
fn a_step_in_a_step_is_a_missing_brace() {
    check(&[("step a { run = [\"true\"]\n    step b { run = [\"true\"] }", &["E0012"])]);
}

/// An independent mistake does not hide that a value becomes code.
#[test]
fn a_value_in_error_is_a_value() {
    check(&[
        ("param p = \"a\"\nstep c { run = [\"sh\", \"-c\", \"ls ${param.p}\"] }", &["E0112", "E0502"]),
        ("step c { run = [\"sh\", \"-c\", \"ls ${param.p}\"] }", &["E0502", "E0204"]),
        ("step c { run = [\"echo\", param.p] }", &["E0204"]),
    ]);
}

/// The fix of a name renames what refers to it.
#[test]
fn a_name_with_dashes_is_one_error() {
    let body = "step my-step { run = [\"true\"] }\nstep c {\n  needs = [step.my-step]\n  run = [\"true\"]\n}";
    check(&[(body, &["E0114"])]);
    let text = format!("skynet 1\nworkflow w {{\n{body}\n}}\n");
    let found = dsl::compile("w.skynet", &text, &dsl::NoImports).diagnostics;
    let edits = found.iter().filter_map(|it| it.fix.as_ref()).map(|fix| fix.edits.len()).collect::<Vec<_>>();
    assert_eq!(edits, [2]);
}
