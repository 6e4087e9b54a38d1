//! What is refused in the argument list of a program, and what is left alone.

use dsl::{Compiled, NoImports, compile};

fn compiled(body: &str) -> Compiled {
    let text = format!(
        "skynet 1\nworkflow w {{\n  param p: string = \"x\"\n  param q: bool = true\n  param list: list(string) = [\"x\"]\n  step s {{\n{body}\n  }}\n}}\n"
    );
    compile("w.skynet", &text, &NoImports)
}

/// Compares the errors of each argument list with what is expected, all at once.
fn check(cases: &[&str], expected: &[&str]) {
    let mut wrong = Vec::new();
    for run in cases {
        let found = compiled(&format!("    run = [{run}]")).diagnostics;
        let codes: Vec<&str> =
            found.iter().map(|it| it.code.as_str()).filter(|code| code.starts_with('E')).collect();
        if codes != expected {
            wrong.push(format!("{run}: {codes:?}"));
        }
    }
    assert!(wrong.is_empty(), "expected {expected:?}:\n{}", wrong.join("\n"));
}

#[test]
fn a_value_never_becomes_code() {
    let refused = [
        r#""sh", "-c", param.p"#,
        r#""sh", "-c", "ls ${param.p}""#,
        r#""/bin/bash", "-e", "-c", param.p"#,
        r#""bash", "-c", "--", param.p"#,
        r#""bash", "-ce", param.p"#,
        r#""bash", "-euo", "pipefail", "-c", param.p"#,
        r#""bash", "-o", "pipefail", "-c", param.p"#,
        r#""bash", "-euoc", "pipefail", param.p"#,
        r#""bash", "-c", "-e", param.p"#,
        r#""sh", param.q ? "-c" : "-x", param.p"#,
        r#""sh", ...["-c", param.p]"#,
        r#""sh", ...["-c"], param.p"#,
        r#""sh", ...param.list"#,
        r#""sh", "-${param.p}", "ls""#,
        r#""python3.12", "-c", param.p"#,
        r#""python3", "-Bc", param.p"#,
        r#""node", "--eval=${param.p}""#,
        r#""node", "-pe", param.p"#,
        r#""perl", "-e${param.p}""#,
        r#""perl", "-e", "1", "-e", param.p"#,
        r#""perl", "-ne", param.p"#,
        r#""su", "app", "-c", param.p"#,
        r#""pwsh", "-NoProfile", "-Command", "Get-Item", param.p"#,
        r#""eval", "ls", param.p"#,
        r#""ssh", "host", param.p"#,
        r#""ssh", "host", "rm", "-rf", param.p"#,
        r#""ssh", "-i", "key", param.p, "ls", "${param.p}/x""#,
        r#""ssh", ...param.list, "ls""#,
        r#""sudo", "-u", "root", "sh", "-c", param.p"#,
        r#""sudo", "ssh", "host", "ls", param.p"#,
        r#""timeout", "10", "sh", "-c", param.p"#,
        r#""nice", "-n", "10", "bash", "-c", param.p"#,
        r#""xargs", "-n", "1", "sh", "-c", param.p"#,
        r#""busybox", "sh", "-c", param.p"#,
        r#""env", "A=b", "sh", "-c", param.p"#,
        r#""env", "-S", param.p"#,
        r#""env", "-S${param.p}""#,
        r#""sudo", "env", "-S", param.p"#,
        r#""kubectl", "exec", "pod", "--", "sh", "-c", param.p"#,
        r#""docker", "run", "alpine", "/bin/sh", "-c", param.p"#,
        r#""docker", "run", "--entrypoint", "sh", "alpine", "-c", param.p"#,
        r#""docker", "run", "--entrypoint=/bin/bash", "--rm", "alpine", "-ec", param.p"#,
        r#""docker", "run", "--entrypoint", param.p, "alpine""#,
        r#""sudo", "podman", "run", "--entrypoint=${param.p}", "alpine""#,
        r#""env", "-S", "sh -c", param.p"#,
        r#""env", "-Ssh -c", param.p"#,
        r#""env", "--split-string=A=b bash -c", param.p"#,
        r#""ssh", "-oProxyCommand=${param.p}", "host", "ls""#,
        r#""ssh", "-o", "ProxyCommand=nc ${param.p} 22", "host", "ls""#,
        r#""ssh", "-o", param.p, "host", "ls""#,
        r#""scp", "-o", "proxycommand ${param.p}", "a", "host:b""#,
        r#""awk", param.p, "file""#,
        r#""awk", "-F", ":", "-v", "x=1", "{ print $${param.p} }", "file""#,
        r#""gawk", "-e", param.p, "file""#,
        r#""sudo", "awk", "BEGIN { ${param.p} }""#,
        r#""sudo", param.p"#,
        r#""sudo", "-u", "root", param.p, "x""#,
        r#""env", "A=b", param.p"#,
        r#""timeout", "10", param.p"#,
        r#""timeout", "-k", "5", "10", param.p"#,
        r#""nice", "-n", "10", "${param.p}/bin/x""#,
        r#""sudo", "nohup", param.p"#,
        r#""xargs", "-n", "1", ...param.list"#,
        r#""kubectl", "exec", "pod", "--", param.p"#,
    ];
    check(&refused, &["E0502"]);
}

#[test]
fn a_value_may_be_an_operand() {
    let fine = [
        r#""bash", "-e", "script.sh", "-c", param.p"#,
        r#""bash", "-o", "pipefail", "script.sh", param.p"#,
        r#""sh", "-c", "ls \"\\$1\"", "sh", param.p"#,
        r#""sh", "-c", "ls", "sh", ...param.list"#,
        r#""python3", "-c", "print(1)", param.p"#,
        r#""python3", "script.py", param.p, ...param.list"#,
        r#""python3", "-m", "http.server", param.p"#,
        r#""python3", "-m", "pytest", "-c", param.p"#,
        r#""python3", "-Bm", "pytest", "-c", param.p"#,
        r#""docker", "run", "alpine", "python3", "-m", "pytest", "-c", param.p"#,
        r#""python3", "tools/${param.p}.py", "-c", param.p"#,
        r#""sh", "--", param.p, param.p"#,
        r#""perl", "-I", "lib", "script.pl", param.p"#,
        r#""perl", "-Ilib${param.p}", "script.pl""#,
        r#""node", "--title=${param.p}", "main.js""#,
        r#""ssh", "-i", param.p, "host", "ls""#,
        r#""ssh", "-p", "22", param.p, "ls", "-l""#,
        r#""ssh", "host", "-p", param.p, "ls""#,
        r#""sudo", "-u", param.p, "ls", param.p"#,
        r#""env", "A=${param.p}", "ls""#,
        r#""docker", "exec", "node", "ls", param.p"#,
        r#""docker", "run", "--entrypoint", "sh", "alpine", "script.sh", param.p"#,
        r#""docker", "run", "--name", param.p, "alpine", "ls""#,
        r#""docker", "run", "--rm", param.p, "ls""#,
        r#""env", "-S", "ls -l", param.p"#,
        r#""env", "-u", param.p, "ls""#,
        r#""ssh", "-o", "ConnectTimeout=${param.p}", "host", "ls""#,
        r#""ssh", "-o", "ProxyCommand=none", param.p, "ls""#,
        r#""scp", "-o", "User=${param.p}", "a", "host:b""#,
        r#""awk", "-v", "x=${param.p}", "{ print x }", param.p"#,
        r#""awk", "-f", "program.awk", param.p"#,
        r#""awk", "-F${param.p}", "{ print $1 }""#,
        r#""timeout", param.p, "ls""#,
        r#""timeout", "--signal=${param.p}", "10", "ls", param.p"#,
        r#""nice", "-n", param.p, "ls""#,
        r#""kubectl", "exec", param.p, "--", "ls", param.p"#,
        r#""echo", "-c", param.p"#,
        r#""ls", ...param.list"#,
    ];
    check(&fine, &[]);
}

#[test]
fn syntax_of_a_shell_is_refused_where_no_shell_is() {
    let refused = [
        r#""ls", "|", "wc""#,
        r#""echo", "a", ">", "b""#,
        r#""make", "&&", "make", "test""#,
        r#""cd", "x", ";", "ls""#,
        r#""ls", "$HOME""#,
        r#""find", "$HOME", "-name", "x""#,
        r#""make", "2>&1""#,
    ];
    check(&refused, &["E0511"]);
    let fine = [
        r#""find", ".", "-exec", "rm", "{}", ";""#,
        r#""find", ".", "-exec", "rm", "{}", ";", "-print""#,
        r#""sudo", "find", ".", "-exec", "rm", "{}", ";", "-print""#,
        r#""expr", "3", ">", "2""#,
        r#""tr", ";", ",""#,
        r#""test", "1", "<", "2""#,
        r#""[", "1", "<", "2", "]""#,
        r#""cut", "-d", ";", "-f", "1""#,
        r#""grep", "|", "file""#,
        r#""awk", "$0""#,
        r#""jq", "$x""#,
        r#""split-at", ";""#,
    ];
    check(&fine, &[]);
}

#[test]
fn a_script_is_offered_where_it_fits() {
    let cases = [
        ("    run = [\"ls\", \"|\", \"wc\"]", true),
        ("    run = [\n      \"ls\",\n      \"|\",\n      \"wc\",\n    ]", true),
        ("    timeout = 5m run = [\"ls\", \"|\", \"wc\"]", false),
        ("    run = [\"ls\", \"|\", \"wc\"] timeout = 5m", false),
        ("    run = [\"ls\", \"|\", \"wc\"] # count", false),
        ("    run = [\n      \"ls\", # all\n      \"|\",\n      \"wc\",\n    ]", false),
    ];
    for (body, expected) in cases {
        let found = compiled(body).diagnostics;
        let sign = found.iter().find(|it| it.code.as_str() == "E0511").unwrap();
        assert_eq!(sign.fix.is_some(), expected, "{body}");
    }
}

/// What a step replaces of its target is looked at as the target itself is.
#[test]
fn what_replaces_a_setting_is_looked_at() {
    let found = |kind: &str, target: &str, replaced: &str| {
        let text = format!(
            "skynet 1\nworkflow w {{\n  target t: {kind} {{ {target} }}\n  step s {{ on = target.t timeout = 1m override {{ {replaced} }} run = [\"ls\"] }}\n}}\n"
        );
        let found = compile("w.skynet", &text, &NoImports).diagnostics;
        found.iter().map(|it| it.code.to_string()).collect::<Vec<_>>()
    };
    let pinned = "image = \"a@sha256:1\"";
    assert_eq!(found("docker", pinned, "image = \"b:2\""), ["W0904"]);
    assert_eq!(found("docker", pinned, "image = \"b@sha256:2\""), [""; 0]);
    let host = "host = \"a\" user = \"u\" key = \"k\" host_key = \"h\"";
    assert_eq!(found("ssh", host, "host = \"b\""), ["W0916"]);
    assert_eq!(found("ssh", host, "host = \"b\" host_key = \"i\""), [""; 0]);
    assert_eq!(found("ssh", host, "user = \"v\""), [""; 0]);
    // The same host needs no other key, and what the target lacks is said of the target.
    assert_eq!(found("ssh", host, "host = \"a\""), [""; 0]);
    let no_key = "host = \"a\" user = \"u\" key = \"k\"";
    assert_eq!(found("ssh", no_key, "host = \"b\""), ["E0512"]);
    assert_eq!(found("ssh", no_key, "host = \"b\" host_key = \"i\""), ["E0512"]);
    let empty = "host = \"a\" user = \"u\" key = \"k\" host_key = \" \"";
    assert_eq!(found("ssh", empty, "host = \"b\""), ["E0512"]);
    assert_eq!(found("ssh", host, "host = \"b\" host_key = \"\""), ["E0512"]);
}
