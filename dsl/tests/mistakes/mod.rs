//! A file with many mistakes: each is told once, in order, and none is a consequence of another.

mod one;
mod quote;
mod said;

#[test]
fn eleven_mistakes_are_eleven_errors() {
    let text = include_str!("ten.skynet");
    let compiled = dsl::compile("release.skynet", text, &dsl::NoImports);
    let shown: Vec<String> = compiled
        .diagnostics
        .iter()
        .map(|it| grammar::render::render(it, &|file| compiled.file(file), grammar::render::Style::Plain))
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
    assert_eq!(compiled.diagnostics.len(), 11);
    assert!(compiled.plan().is_none());
}

#[test]
fn one_cause_is_one_error() {
    let step = |body: &str| format!("  step s {{ run = [\"true\"] {body} }}\n");
    let script = |above: &str, inside: &str| {
        format!("  step s {{\n    {above}\n    script = <<SH\n      true\n      {inside}\n    SH\n  }}\n")
    };
    let cases: [(String, &[&str]); 17] = [
        (script("#@ allow W0915: a page", "sed 's/{{ params.x }}/y/' page"), &[]),
        (script("", "sed 's/{{ params.x }}/y/' page"), &["W0915"]),
        ("  param t: duration = \"10m\"\n".to_owned() + &step("timeout = param.t"), &["E0306"]),
        (
            "  #@ allow W0915: the page is a template\n  step s { run = [\"echo\", \"{{ ds }}\"] }\n".into(),
            &[],
        ),
        (step("runs-on = \"ubuntu-latest\""), &["E0115"]),
        (step("timeout = 1 minutes"), &["E0009"]),
        (step("timeout = \"10m\""), &["E0301"]),
        (step("irreversible = \"true\""), &["E0301"]),
        (step("retry { attempts = \"3\" }"), &["E0301"]),
        ("  param x = \"a\"\n  step s { run = [\"echo\", param.x] }\n".into(), &["E0112"]),
        ("  variable x: string\n  step s { run = [\"echo\", param.x] }\n".into(), &["E0115"]),
        ("  parm x: string\n  step s { run = [\"echo\", param.x] }\n".into(), &["E0102"]),
        ("  task a { run = [\"true\"] }\n".to_owned() + &step("needs = [step.a]"), &["E0115"]),
        ("  step s { run = [\"echo\", \"${{ github.ref }}\"] }\n".into(), &["E0115"]),
        ("  step s { run = [\"echo\", \"{{ ds }}\"] }\n".into(), &["W0915"]),
        ("  step s { script = <<SH\n  echo '${{ github.ref }}'\nSH\n}\n".into(), &["W0915"]),
        (
            "  step s { script = <<SH\n  docker inspect --format '{{index .RepoDigests 0}}'\nSH\n}\n".into(),
            &[],
        ),
    ];
    for (body, expected) in cases {
        let found = dsl::compile("w.skynet", &workflow(&body), &dsl::NoImports).diagnostics;
        let codes: Vec<&str> = found.iter().map(|it| it.code.as_str()).collect();
        assert_eq!(codes, expected, "{body}");
        // What stands in quotes or apart is mended by a machine.
        let mended = ["E0009", "E0301", "E0306", "E0112"].contains(expected.first().unwrap_or(&""));
        assert!(!mended || found.iter().all(|it| it.fix.is_some()), "{body}");
    }
}

/// Files that would outgrow the stack, the memory or any patience if a stage went through them naively.
#[test]
fn long_chains_are_compiled_or_refused() {
    let step = "  step s { run = [\"true\"] }\n";
    let cases: [(&str, String, &[&str]); 7] = [
        ("lets, each of the next one", chain(5_000, "  ", "let a# = let.a", "let a# = 1", step), &["W0901"]),
        ("lets in a ring", chain(5_000, "  ", "let a# = let.a", "let a# = let.a0", step), &["E0406"]),
        ("lets that double what they read of a step", doubling(60), &[]),
        ("steps in a ring", ring(5_000), &["E0401"]),
        ("fan-outs, each over the next one", fans(2_000), &[]),
        ("types, each of the next one", types(200, 1), &["E0017"]),
        ("types, each of two of the next one", types(40, 2), &["E0017"]),
    ];
    for (what, text, expected) in cases {
        let compiled = dsl::compile("chain.skynet", &text, &dsl::NoImports);
        let mut codes: Vec<&str> = compiled.diagnostics.iter().map(|it| it.code.as_str()).collect();
        codes.dedup();
        assert_eq!(codes, expected, "{what}");
    }
}

/// Files in which everything is wrong that can be: each search for what is meant would take as long as the file.
#[test]
fn very_many_mistakes_take_no_longer_than_as_many_lines() {
    const COUNT: usize = 2_000;
    let each = |part: &dyn Fn(usize) -> String| (0..COUNT).map(part).collect::<String>();
    let step = "  step s { run = [\"true\"] }\n";
    let script = |env: &str, body: &str| format!("  step s {{ {env}\n script = <<SH\n{body}\nSH\n}}\n");
    let params = each(&|it| format!("  param name{it}: string = \"a\"\n"));
    let unknown = each(&|it| format!("  let l{it} = param.nome{it}x\n"));
    let variables = each(&|it| format!("  NAME{it} = \"a\"\n"));
    let words = each(&|it| format!("\"name{it}\", "));
    let compared = each(&|it| format!("  let l{it} = param.p == \"nome{it}x\"\n"));
    let calls = each(&|it| format!("  nome{it}x = \"a\"\n"));
    let long = "a".repeat(50_000);
    let cases: [(&str, String, &[&str]); 10] = [
        ("params", params.clone() + &unknown + step, &["E0204"]),
        ("words", format!("  param p: enum({words})\n{compared}{step}"), &["E0307"]),
        (
            "arguments",
            format!("  step s {{ call v {{\n{calls}}} }}\n}}\nworkflow v {{\n{params}{step}"),
            &["E0704"],
        ),
        (
            "variables",
            script(&format!("env {{\n{variables}}}"), &each(&|it| format!("echo $NOME{it}X\n"))),
            &["E0503"],
        ),
        (
            "variables that are set",
            script("", &each(&|it| format!("V{it}=1; echo \"$V{it} $U{it}\"\n"))),
            &["E0503"],
        ),
        ("values in a script", script("", &each(&|_| "echo ${param.p}\n".into())), &["E0501"]),
        ("substitutions in each other", script("", &"echo \"$(echo ${A:-".repeat(4 * COUNT)), &["W0907"]),
        ("words that assign nothing", script("", &"a$HOME=c B+=1 ".repeat(10 * COUNT)), &[]),
        ("braces that are never closed", script("", &"{{ a".repeat(10 * COUNT)), &[]),
        ("a long name", format!("  param {long}: int = 1\n  let x = param.{long}b\n{step}"), &["E0204"]),
    ];
    for (what, body, expected) in cases {
        let found = dsl::compile("w.skynet", &workflow(&body), &dsl::NoImports).diagnostics;
        let mut codes: Vec<&str> = found.iter().map(|it| it.code.as_str()).collect();
        codes.dedup();
        assert_eq!(codes, expected, "{what}");
    }
}

fn workflow(body: &str) -> String {
    format!("skynet 1\nworkflow chain {{\n{body}}}\n")
}

/// Writes `count` lines in which `#` counts up and the next number follows, a last one, and a tail.
fn chain(count: usize, indent: &str, line: &str, last: &str, tail: &str) -> String {
    let mut body = String::new();
    for at in 0..count {
        body += &format!("{indent}{}{}\n", line.replace('#', &at.to_string()), at + 1);
    }
    workflow(&(body + indent + &last.replace('#', &count.to_string()) + "\n" + tail))
}

fn doubling(count: usize) -> String {
    let mut body = String::from(
        "  step a { run = [\"true\"] output x: string = result.stdout }\n  let x0 = step.a.output.x\n",
    );
    for at in 1..count {
        body += &format!("  let x{at} = \"${{let.x{}}}${{let.x{}}}\"\n", at - 1, at - 1);
    }
    workflow(&(body + &format!("  step b {{ run = [\"echo\", let.x{}] }}\n", count - 1)))
}

fn ring(count: usize) -> String {
    let steps = (0..count)
        .map(|at| format!("  step s{at} {{ needs = [step.s{}] run = [\"true\"] }}\n", (at + 1) % count));
    workflow(&steps.collect::<String>())
}

fn fans(count: usize) -> String {
    let steps = (0..count).map(|at| {
        let over = if at + 1 < count { format!("step.s{}.output.x", at + 1) } else { "[\"a\"]".to_owned() };
        format!("  step s{at} {{ for_each = {over} run = [\"echo\", each.value] output x: string = result.stdout }}\n")
    });
    workflow(&steps.collect::<String>())
}

fn types(count: usize, width: usize) -> String {
    let mut text = String::from("skynet 1\n");
    for at in 0..count {
        let fields: String = (0..width).map(|field| format!(" f{field}: T{}", at + 1)).collect();
        text += &format!("type T{at} {{{fields} }}\n");
    }
    text += &format!("type T{count} {{ x: int }}\n");
    text + "workflow w {\n  step s { run = [\"true\"] }\n}\n"
}
