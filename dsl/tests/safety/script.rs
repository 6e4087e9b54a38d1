//! What `${…}` in a script gives: nothing in a comment, and a fix only where a value cannot become code.

use dsl::{NoImports, compile};

/// The tag, a script, and what the fix makes of the script; none if there is no fix.
const CASES: &[(&str, &str, Option<&str>)] = &[
    ("SH", r#"./publish "${param.v}""#, Some(r#"./publish "$V""#)),
    ("SH", r#"./publish ${param.v}"#, Some(r#"./publish "$V""#)),
    ("SH", r#"./publish --name="${param.v}_x""#, Some(r#"./publish --name="${V}_x""#)),
    (
        "BASH",
        r#"if cp "${param.v}" b 2>&1; then echo done; fi"#,
        Some(r#"if cp "$V" b 2>&1; then echo done; fi"#),
    ),
    ("SH", r#"cp "${upper(param.v)}" b || true"#, Some(r#"cp "$V" b || true"#)),
    // Another name where that one means something else.
    ("SH", r#"ls "${param.path}""#, Some(r#"ls "$PATH_VALUE""#)),
    ("SH", "V=1\n      ls \"${param.v}\" \"$V\"", Some("V=1\n      ls \"$V_VALUE\" \"$V\"")),
    ("SH", "V=1 V_VALUE=2\n      ls \"${param.v}\"", None),
    // Text that another program reads, or may come to read.
    ("SH", r#"bash -c "echo ${param.v}""#, None),
    ("SH", r#"eval "${param.v}""#, None),
    ("SH", r#"python3 -c "print(${param.v})""#, None),
    ("SH", r#"awk "{print ${param.v}}""#, None),
    ("SH", r#"sudo ls "${param.v}""#, None),
    ("SH", r#"ls "$(bash -c "${param.v}")""#, None),
    ("SH", r#"echo `bash -c "${param.v}"`"#, None),
    ("SH", r#"echo "${param.v}" | sh"#, None),
    ("SH", "echo \"${param.v}\" |\n      tee run", None),
    ("SH", r#"echo "${param.v}" > run.txt"#, None),
    ("SH", "{\n        echo \"${param.v}\"\n      } | bash", None),
    ("SH", "f() { $1; }\n      f \"${param.v}\"", None),
    ("SH", r#"$RUN "${param.v}""#, None),
    ("SH", r#""${param.v}" x"#, None),
    ("SH", r#"X="${param.v}""#, None),
    ("BASH", r#"[ "${param.v}" -eq 1 ]"#, None),
    ("BASH", r#"[[ ${param.v} -eq 1 ]]"#, None),
    ("SH", r#"unset "${param.v}""#, None),
    ("SH", "cat <<X\n      ${param.v}\n      X", None),
    ("SH", "cat <<'X'\n      ${param.v}\n      X", None),
    ("SH", r#"echo '${param.v}'"#, None),
    ("PY", r#"print("${param.v}")"#, None),
];

/// Scripts in which `${…}` is text.
const TEXT: &[(&str, &str)] = &[
    ("SH", "# ${param.v}"),
    ("SH", "ls # ${param.v}"),
    ("SH", r#"echo "\${param.v}""#),
    ("SH", r#"echo \${param.v}"#),
    ("SH", "cat <<X\n      \\${param.v}\n      X"),
    ("SH", "echo '$''{param.v}'"),
    ("PY", "# ${param.v}"),
    ("PY", r#"print("$" "{param.v}")"#),
];

#[test]
fn a_fix_never_makes_code_of_a_value() {
    let mut wrong = String::new();
    for (tag, script, expected) in CASES {
        let text = workflow(tag, script);
        let compiled = compile("w.skynet", &text, &NoImports);
        let found: Vec<_> = compiled.diagnostics.iter().filter(|it| it.code.as_str() == "E0501").collect();
        let [hole] = found.as_slice() else {
            wrong += &format!("{script}: {} holes\n", found.len());
            continue;
        };
        let fixed = hole.fix.as_ref().map(|fix| {
            let mut edits: Vec<_> = fix.edits.iter().collect();
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
            let mut text = text.clone();
            edits.iter().for_each(|edit| text.replace_range(edit.span.range(), &edit.text));
            text
        });
        let is_right = match (&fixed, expected) {
            (Some(fixed), Some(expected)) => {
                let errors = compile("w.skynet", fixed, &NoImports).diagnostics;
                fixed.contains(&format!("      {expected}\n"))
                    && errors.iter().all(|it| it.code.as_str() != "E0501")
            }
            (None, None) => true,
            _ => false,
        };
        if !is_right {
            wrong += &format!("{script}\n  expected {expected:?}\n  found {fixed:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn text_that_looks_like_ours_can_be_written() {
    for (tag, script) in TEXT {
        let found = compile("w.skynet", &workflow(tag, script), &NoImports).diagnostics;
        assert!(found.iter().all(|it| it.code.as_str() != "E0501"), "{script}: {found:?}");
    }
}

#[test]
fn the_advice_fits_the_interpreter() {
    let helps = [
        ("SH", r#"ls "${param.v}""#),
        ("SH", r#"sh -c "ls ${param.v}""#),
        ("SH", "echo '${param.v}'"),
        ("PY", r#"print("${param.v}")"#),
    ]
    .map(|(tag, script)| {
        let found = compile("w.skynet", &workflow(tag, script), &NoImports).diagnostics;
        let hole = found.into_iter().find(|it| it.code.as_str() == "E0501").unwrap();
        format!("{script}\n  {}\n", hole.help.unwrap())
    });
    insta::assert_snapshot!(helps.concat());
}

fn workflow(tag: &str, script: &str) -> String {
    format!(
        "skynet 1\nworkflow w {{\n  param v: string = \"x\"\n  param path: string = \"x\"\n  step s {{\n    script = <<{tag}\n      {script}\n    {tag}\n  }}\n}}\n"
    )
}
