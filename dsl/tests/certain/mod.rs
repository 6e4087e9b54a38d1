//! What is certain before a job runs is told before it runs.

/// Returns the codes of all that is found in a workflow.
fn codes(body: &str) -> Vec<&'static str> {
    let text = format!("skynet 1\nworkflow w {{\n{body}\n}}\n");
    let found = dsl::compile("w.skynet", &text, &dsl::NoImports).diagnostics;
    found.iter().map(|it| it.code.as_str()).collect()
}

#[track_caller]
fn check(cases: &[&str], expected: &[&str]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|body| (body, codes(body)))
        .filter(|(_, found)| found != expected)
        .map(|(body, found)| format!("{body}\n  expected {expected:?}, found {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_an_action_is_known_to_do_needs_an_approval_as_a_written_risk_does() {
    let asks = r#"policy { approve_at = "high" }"#;
    let approve = r#"step ask { approve { approvers = ["user:ann"] } }"#;
    let actions = [
        r#"run = ["rm", "-rf", "/"]"#,
        r#"run = ["sudo", "-n", "rm", "-rf", "/srv"]"#,
        "script = <<SH\n  rm -rf /\nSH",
        r#"do git_push { }"#,
        "timeout = 1m\nhttp {\nmethod = \"DELETE\"\nurl = \"https://example.com/a\"\n}",
    ];
    for action in actions {
        for risk in ["", "risk = \"low\"\n"] {
            let step = |needs: &str| format!("step c {{\n{needs}\n{risk}irreversible = true\n{action}\n}}");
            check(&[&format!("{asks}\n{}", step(""))], &["E0601"]);
            check(&[&format!("{asks}\n{approve}\n{}", step("needs = [step.ask]"))], &[]);
            check(&[&step("")], &[]);
        }
        check(&[&format!("step c {{\n{action}\n}}")], &["W0907"]);
    }
    let medium = r#"policy { approve_at = "medium" }"#;
    check(&[&format!("{medium}\nstep c {{ run = [\"nobody-knows\"] }}")], &["E0601"]);
    check(&[&format!("{medium}\nstep c {{ run = [\"ls\"] }}")], &[]);
}

#[test]
fn a_retry_of_what_is_known_to_change_something_wants_a_reason() {
    let post =
        "timeout = 1m\nhttp {\nmethod = \"POST\"\nurl = \"https://example.com/a\"\n}\nretry { attempts = 2 }";
    check(&[&format!("step c {{\n{post}\n}}")], &["W0908"]);
    check(&[&format!("step c {{\nreason = \"posts once\"\n{post}\n}}")], &[]);
    check(&["step c {\nrun = [\"nobody-knows\"]\nretry { attempts = 2 }\n}"], &[]);
}

#[test]
fn a_length_of_time_is_never_negative() {
    for (form, zero) in [
        ("timeout = X\nstep c { run = [\"true\"] }", false),
        ("step c {\ntimeout = X\nrun = [\"true\"]\n}", false),
        ("step c {\nrun = [\"true\"]\nretry { delay = X }\n}", true),
        ("step c {\nrun = [\"true\"]\nretry { max = X }\n}", true),
        ("step c {\nrun = [\"true\"]\ncache { ttl = X }\n}", false),
        ("step c {\nrun = [\"true\"]\nundo {\ntimeout = X\nrun = [\"true\"]\n}\n}", false),
        (
            "step c {\nrun = [\"true\"]\nrepeat {\nuntil = result.stdout == \"\"\nmax = 2\nevery = X\n}\n}",
            true,
        ),
        ("step c {\nrun = [\"true\"]\nconcurrency {\ngroup = \"g\"\nrate = 1\nper = X\n}\n}", false),
        ("step c { approve {\napprovers = [\"user:ann\"]\nexpires = X\n} }", false),
        ("step c { wait {\nsignal = \"go\"\nexpires = X\n} }", false),
        ("step c { wait { for = X } }", true),
    ] {
        check(&[&form.replace('X', "1s")], &[]);
        check(&[&form.replace('X', "-5s"), &form.replace('X', "1s - 2s")], &["E0316"]);
        check(&[&form.replace('X', "0s")], if zero { &[] } else { &["E0316"] });
    }
}

#[test]
fn a_unit_is_not_put_behind_a_minus() {
    let text = |number: &str| {
        format!("skynet 1\nworkflow w {{\n  timeout = {number}\n  step a {{ run = [\"true\"] }}\n}}\n")
    };
    let fix = |number: &str| {
        let found = dsl::compile("w.skynet", &text(number), &dsl::NoImports).diagnostics;
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].fix.as_ref().map(|fix| fix.edits[0].text.clone())
    };
    assert_eq!(fix("5").as_deref(), Some("5s"));
    assert_eq!(fix("-5"), None);
    assert_eq!(fix("2 * 5"), None);
}
