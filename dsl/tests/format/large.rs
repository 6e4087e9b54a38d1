//! Files far larger than anyone writes are formatted, in a time that is waited.

use dsl::format::format;

const COUNT: usize = 20_000;

#[track_caller]
fn check(text: &str) {
    let out = format(text).unwrap();
    assert!(out.contains("n19999"));
    assert_eq!(format(&out).as_ref(), Ok(&out));
}

fn each(part: impl Fn(usize) -> String) -> String {
    (0..COUNT).map(part).collect()
}

#[test]
fn many_steps() {
    let step = |number: usize| {
        format!(
            "step n{number} {{ needs = [step.n{number}] # c\n on=target.x env {{ A=1 }}\nscript = <<SH\n a\n SH\n}}\n"
        )
    };
    check(&format!("skynet 1\nworkflow w {{\n{}}}\n", each(step)));
}

#[test]
fn many_steps_on_one_line() {
    let step =
        |number: usize| format!("step n{number} {{ run = [\"a\", \"b\"] timeout = 1m env {{ A = 1 }} }} ");
    check(&format!("skynet 1 workflow w {{ {}}}", each(step)));
}

#[test]
fn many_items() {
    check(&format!(
        "skynet 1\nworkflow w {{ let x = f([{}], {{ a = 1 }})[0] }}",
        each(|number| format!("n{number}.a, "))
    ));
    check(&format!(
        "skynet 1\nworkflow w {{ let x = [\n{}] }}",
        each(|number| format!("{{ a = n{number} }},# c\n"))
    ));
}

#[test]
fn many_settings() {
    check(&format!(
        "skynet 1\nworkflow w {{ env {{ {} }} }}",
        each(|number| format!("n{number} = 1    # c\n"))
    ));
}

#[test]
fn long_texts() {
    let lines = each(|number| format!("   n{number} ${{x}}\n"));
    check(&format!("skynet 1\nworkflow w {{ let x = \"\"\"\n{lines}\"\"\" }}"));
    check(&format!(
        "skynet 1\nworkflow w {{ let x = \"{}\" }}",
        each(|number| format!("n{number} ${{ f(x) }}"))
    ));
    check(&format!("skynet 1\nworkflow w {{ script = <<SH\n{lines}SH\n}}"));
}

#[test]
fn deep_brackets() {
    let nested = |open: &str, close: &str| {
        format!("skynet 1\nworkflow w {{ let n19999 = {}1{} }}", open.repeat(60), close.repeat(60))
    };
    check(&nested("[", "]"));
    check(&nested("{ a = ", "}"));
    check(&nested("f(1, ", ")"));
    check(&format!("skynet 1\nworkflow n19999 {{ {}{} }}", "env { ".repeat(60), "}".repeat(60)));
    let values =
        format!("skynet 1\nworkflow w {{ let n19999 = {}1{} }}", "\"${".repeat(30), "}\"".repeat(30));
    check(&values);
}
