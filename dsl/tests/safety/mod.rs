//! What is refused in the argument list of a program, and what is left alone.

mod script;

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

/// Each row of what is known about programs, in one of its uses.
#[test]
fn a_value_never_becomes_code_for_other_tools() {
    let refused = [
        r#""oc", "exec", "pod", "--", "sh", "-c", param.p"#,
        r#""k3s", "kubectl", "exec", "pod", "--", "bash", "-ec", param.p"#,
        r#""docker", "compose", "exec", "web", "sh", "-c", param.p"#,
        r#""sshpass", "-p", "x", "ssh", "host", param.p"#,
        r#""sshpass", "-p", "x", param.p"#,
        r#""systemd-run", "-u", "job", "sh", "-c", param.p"#,
        r#""systemd-run", "--scope", "--user", "sh", "-c", param.p"#,
        r#""systemd-run", "--unit", "job", param.p"#,
        r#""flock", "/tmp/x", "-c", param.p"#,
        r#""flock", "-w", "5", "/tmp/x", "--command", param.p"#,
        r#""flock", "/tmp/x", "sh", "-c", param.p"#,
        r#""flock", "/tmp/x", param.p"#,
        r#""rsync", "-a", "-e", param.p, "a", "host:b""#,
        r#""rsync", "-ae", "ssh -p ${param.p}", "a", "host:b""#,
        r#""rsync", "--rsh=ssh -i ${param.p}", "a", "host:b""#,
        r#""rsync", "a", "host:b", "--rsync-path", param.p"#,
        r#""deno", "eval", param.p"#,
        r#""deno", "eval", "--ext=ts", "run(${param.p})""#,
        r#""watch", "-n", "1", "ls ${param.p}""#,
        r#""watch", "ls", param.p"#,
        r#""watch", "-x", "sh", "-c", param.p"#,
        r#""watch", "-x", param.p"#,
        r#""script", "-q", "-c", param.p, "/dev/null""#,
        r#""script", "/dev/null", "--command=ls ${param.p}""#,
        r#""script", "-q", "/dev/null", "sh", "-c", param.p"#,
        r#""gcloud", "compute", "ssh", "vm", "--command=ls ${param.p}""#,
        r#""gcloud", "beta", "compute", "ssh", "vm", "--command", param.p"#,
        r#""gcloud", "compute", "ssh", "vm", "--", "ls", param.p"#,
        r#""git", "-c", "core.sshCommand=ssh -i ${param.p}", "fetch""#,
        r#""git", "-c", "core.pager=${param.p}", "log""#,
        r#""git", "-c", "alias.x=!ls ${param.p}", "x""#,
        r#""git", "-c", param.p, "status""#,
        r#""git", "--config-env=core.editor=${param.p}", "commit""#,
        r#""git", "-C", "dir", "-c", "core.${param.p}=x", "commit""#,
        r#""git", "rebase", "--exec", param.p, "main""#,
        r#""git", "submodule", "foreach", param.p"#,
        r#""git", "clone", "-c", "core.sshCommand=${param.p}", "host:x""#,
        r#""git", "clone", "--upload-pack=${param.p}", "host:x""#,
        r#""nsenter", "-t", "1", "-m", "sh", "-c", param.p"#,
        r#""nsenter", "-t", "1", "--mount", "--", param.p"#,
        r#""chroot", "/srv", "/bin/sh", "-c", param.p"#,
        r#""chroot", "/srv", param.p"#,
        r#""unshare", "-r", "sh", "-c", param.p"#,
        r#""unshare", "-n", param.p"#,
        r#""setpriv", "--reuid", "1000", "--clear-groups", "sh", "-c", param.p"#,
        r#""setpriv", "--reuid=1000", param.p"#,
        r#""runuser", "app", "-c", param.p"#,
        r#""runuser", "-u", "app", "--", "sh", "-c", param.p"#,
        r#""runuser", "-u", "app", "--", param.p"#,
        r#""su", "-c", param.p, "app""#,
        r#""doas", "-u", "app", "sh", "-c", param.p"#,
        r#""doas", param.p"#,
        r#""parallel", "-j", "4", "gzip ${param.p}", ":::", "a""#,
        r#""parallel", "gzip", param.p, ":::", "a""#,
        r#""entr", "-s", param.p"#,
        r#""entr", "-r", param.p"#,
        r#""entr", "sh", "-c", param.p"#,
        r#""tmux", "new-session", "-d", "-s", "x", "top ${param.p}""#,
        r#""tmux", "-L", "x", "send-keys", "-t", "0", param.p, "Enter""#,
        r#""tmux", "-c", param.p"#,
        r#""screen", "-S", "x", "-X", "stuff", "ls ${param.p}""#,
        r#""screen", "-dmS", "x", "sh", "-c", param.p"#,
        r#""screen", "-dmS", "x", param.p"#,
        r#""find", ".", "-exec", "sh", "-c", param.p, ";""#,
        r#""find", ".", "-exec", "ls", "{}", ";", "-execdir", "sudo", "bash", "-c", param.p, "{}", "+""#,
        r#""find", ".", "-ok", param.p, "{}", ";""#,
        r#""tar", "-xf", "a.tar", "--to-command=${param.p}""#,
        r#""tar", "-cf", "a.tar", "--checkpoint=1", "--checkpoint-action=exec=${param.p}", ".""#,
        r#""tar", "-c", "-I", "zstd -${param.p}", "-f", "a.tar", ".""#,
        r#""sed", "s/x/${param.p}/", "file""#,
        r#""sed", "-i", "-e", param.p, "file""#,
        r#""sed", "-n", "--expression=${param.p}p", "file""#,
        r#""sed", "-i.before", "s/x/${param.p}/", "file""#,
        r#""sed", "-Ei", "s/x/${param.p}/", "file""#,
        r#""mysql", "-psecret", "--execute", param.p"#,
        r#""tcsh", "-c", param.p"#,
        r#""docker-compose", "exec", "web", "sh", "-lc", param.p"#,
        r#""npx", "-c", param.p"#,
        r#""aws", "ecs", "execute-command", "--command", "ls ${param.p}", "--interactive""#,
        r#""ruby", "-e", param.p"#,
        r#""node", "-p", param.p"#,
        r#""php", "-r", param.p"#,
        r#""lua", "-e", param.p"#,
        r#""Rscript", "-e", param.p"#,
        r#""powershell", "-Command", param.p"#,
        r#""make", "--eval=${param.p}""#,
        r#""psql", "-XAtc", "select '${param.p}'""#,
        r#""psql", "app", "--command=${param.p}""#,
        r#""sqlite3", "app.db", "select '${param.p}'""#,
        r#""sqlite3", "-cmd", param.p, "app.db""#,
        r#""mysql", "-u", "app", "-e", param.p"#,
        r#""mariadb", "--execute=${param.p}""#,
        r#""mongosh", "--eval", param.p"#,
        r#""vagrant", "ssh", "-c", param.p"#,
        r#""ansible", "all", "-m", "shell", "-a", "ls ${param.p}""#,
        r#""find", ".", "-exec", "env", "-S", "sh -c", param.p, ";""#,
        r#""sudo", "A=b", "sh", "-c", param.p"#,
        r#""docker", "run", "--entrypoint", "env", "alpine", "sh", "-c", param.p"#,
    ];
    check(&refused, &["E0502"]);
}

#[test]
fn a_value_may_be_an_operand_of_other_tools() {
    let fine = [
        r#""oc", "exec", param.p, "--", "ls", param.p"#,
        r#""kubectl", "exec", "deploy/watch", "--", "ls", param.p"#,
        r#""sshpass", "-p", param.p, "ssh", "host", "ls""#,
        r#""systemd-run", "--unit", param.p, "--wait", "ls", param.p"#,
        r#""systemd-run", "-p", "User=${param.p}", "ls""#,
        r#""flock", "/tmp/x", "cp", param.p, "b""#,
        r#""flock", "/var/lock/watch", "cp", param.p, "b""#,
        r#""flock", "/tmp/x", "grep", "-c", param.p, "file""#,
        r#""flock", "-w", param.p, param.p, "ls""#,
        r#""rsync", "-a", param.p, "host:${param.p}""#,
        r#""rsync", "-a", "--exclude", param.p, "-e", "ssh -p 22", ...param.list, "host:b""#,
        r#""deno", "eval", "console.log(Deno.args)", param.p"#,
        r#""deno", "run", "main.ts", param.p"#,
        r#""watch", "-n", param.p, "ls""#,
        r#""watch", "-x", "ls", param.p"#,
        r#""script", "-q", "-c", "ls", param.p"#,
        r#""gcloud", "compute", "ssh", param.p, "--zone", param.p, "--command=uptime""#,
        r#""gcloud", "compute", "instances", "list", "--filter=${param.p}""#,
        r#""git", "-c", "user.name=${param.p}", "commit", "-m", param.p"#,
        r#""git", "-C", param.p, "log", "-c", param.p"#,
        r#""git", "-c", "diff.algorithm=${param.p}", "diff""#,
        r#""git", "clone", "--branch", param.p, param.p, "dir""#,
        r#""git", "push", "origin", "v${param.p}""#,
        r#""nsenter", "-t", param.p, "-m", "ls", param.p"#,
        r#""chroot", param.p, "ls", param.p"#,
        r#""unshare", "--root", param.p, "ls""#,
        r#""setpriv", "--reuid", param.p, "ls", param.p"#,
        r#""runuser", "-u", param.p, "--", "ls", param.p"#,
        r#""parallel", "gzip", ":::", param.p, ...param.list"#,
        r#""entr", "-s", "make""#,
        r#""entr", "-r", "ls", param.p"#,
        r#""tmux", "new-session", "-d", "-s", param.p, "top""#,
        r#""tmux", "kill-session", "-t", param.p"#,
        r#""screen", "-S", param.p, "-X", "quit""#,
        r#""screen", "-dmS", param.p, "ls", param.p"#,
        r#""find", param.p, "-name", "*.${param.p}", "-exec", "rm", "{}", ";""#,
        r#""find", "/srv/watch", "-name", param.p"#,
        r#""tar", "-czf", param.p, ...param.list"#,
        r#""tar", "-C", param.p, "-xf", param.p, "--checkpoint-action=dot""#,
        r#""sed", "-n", "1p", param.p"#,
        r#""sed", "-e", "1d", "-i", param.p"#,
        r#""sed", "-i.before", "s/x/y/", param.p"#,
        r#""npx", "eslint", "-c", param.p"#,
        r#""sed", "-f", "script.sed", param.p"#,
        r#""make", "dist", "VERSION=${param.p}""#,
        r#""psql", "-d", param.p, "-v", "name=${param.p}", "-c", "select 1""#,
        r#""sqlite3", param.p, "select 1""#,
        r#""mysql", "-u", param.p, "-h", param.p, "-e", "select 1", param.p"#,
        r#""mongosh", param.p, "--eval", "db.version()""#,
        r#""sudo", "A=${param.p}", "ls""#,
        r#""sudo", "-u", "watch", "ls", param.p"#,
    ];
    check(&fine, &[]);
}

/// Programs in each other, as no person writes them, take no time and no depth.
#[test]
fn wrappers_without_end() {
    for words in [
        r#""sudo""#,
        r#""docker""#,
        r#""env", "-Senv""#,
        r#""env", "-Sdocker""#,
        r#""find", "-exec""#,
        r#""su""#,
        r#""docker", "--entrypoint", "docker""#,
        r#""tar""#,
    ] {
        let many = vec![words; 10_000].join(", ");
        let found = compiled(&format!("    run = [{words}, {many}, param.p]")).diagnostics;
        let errors: Vec<&str> =
            found.iter().map(|it| it.code.as_str()).filter(|code| code.starts_with('E')).collect();
        assert!(matches!(errors.as_slice(), [] | ["E0502"]), "{words}: {errors:?}");
    }
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

/// A variable that is handed on in an argument is one that stands in `env { }`.
#[test]
fn an_outsider_sets_no_dangerous_variable() {
    let codes = |action: &str| {
        let text = format!(
            "skynet 1\nworkflow w {{\n  param x: string = \"x\"\n  trigger t: webhook {{ path = \"/x\" set {{ x = string(event.body.x) }} }}\n  step s {{ {action} }}\n}}\n"
        );
        let found = compile("w.skynet", &text, &NoImports).diagnostics;
        found.iter().map(|it| it.code.to_string()).filter(|code| code.starts_with('E')).collect::<Vec<_>>()
    };
    for refused in [
        r#"run = ["env", "LD_PRELOAD=${param.x}", "ls"]"#,
        r#"run = ["sudo", "PATH=${param.x}", "ls"]"#,
        r#"run = ["env", "BASH_ENV=${param.x}", "bash", "f.sh"]"#,
        r#"run = ["docker", "run", "--env=PATH=${param.x}", "a", "ls"]"#,
        r#"run = ["docker", "run", "-e", "PATH=${param.x}", "a", "ls"]"#,
        r#"run = ["make", "SHELL=${param.x}"]"#,
        r#"env { GIT_EXTERNAL_DIFF = param.x } run = ["git", "diff"]"#,
        r#"env { MAKEFLAGS = param.x } run = ["make"]"#,
        r#"env { RUSTC_WRAPPER = param.x } run = ["cargo", "build"]"#,
        r#"env { LESSOPEN = param.x } run = ["ls"]"#,
    ] {
        assert_eq!(codes(refused), ["E0508"], "{refused}");
    }
    for fine in [
        r#"run = ["env", "A=${param.x}", "ls"]"#,
        r#"run = ["make", "VERSION=${param.x}"]"#,
        r#"env { PLUGIN = param.x } run = ["ls"]"#,
    ] {
        assert_eq!(codes(fine), [""; 0], "{fine}");
    }
}
