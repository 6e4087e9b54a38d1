//! Programs that would break a promise of the language if they compiled, and their neighbours that keep it.

/// A workflow's body, and the codes it gives.
const CASES: &[(&str, &str, &[&str])] = &[
    (
        "a list that becomes JSON may hold values of several types",
        r#"param p: list(json) = [1, "a", { b = [true, null] }]
           step a { timeout = 1m http { url = "https://example.com" method = "POST" body = { xs = [param.p, 1, "a", [2, "b"]] } } }
           step b { cache { key = [1, "a"] } run = ["echo"] output x: json = [{ a = 1 }, { a = "b" }, 2.5] }"#,
        &[],
    ),
    (
        "a list that is looked into does not become JSON, and a duration is none",
        r#"step a { timeout = 1m http { url = "https://example.com" body = [len([1, "a"])] } }
           step b { run = ["echo"] output x: json = [1, 10m] }"#,
        &["E0308", "E0308"],
    ),
    (
        "nobody outside chooses who approves, or the model and its tools",
        r#"step a { agent { model = "small" prompt = "x" } timeout = 1m output w: string output ws: list(string) }
           step b { approve { approvers = [step.a.output.w] } }
           step c { timeout = 1m agent { model = step.a.output.w prompt = step.a.output.w tools = step.a.output.ws } }"#,
        &["E0507", "E0507", "E0507"],
    ),
    (
        "coming after an approval is not being approved",
        r#"policy { approve_at = "high" }
           step ask { approve { approvers = ["group:sre"] } }
           step go { after = [step.ask] risk = "high" irreversible = true run = ["deploy"] }"#,
        &["E0601"],
    ),
    (
        "running on refusal is not being approved",
        r#"policy { approve_at = "high" }
           step ask { approve { approvers = ["group:sre"] } }
           step go { when = step.ask.status == "failed" risk = "high" irreversible = true run = ["deploy"] }"#,
        &["E0601"],
    ),
    (
        "testing that it was approved is",
        r#"policy { approve_at = "high" }
           step ask { approve { approvers = ["group:sre"] } }
           step go { when = step.ask.status == "succeeded" risk = "high" irreversible = true run = ["deploy"] }"#,
        &[],
    ),
    (
        "an inner name does not inherit what is known of an outer one",
        r#"param ys: list(int?) = [null]
           step a { run = ["echo", ...[for x in [1] : "${len([for x in param.ys : x + 1])}" if x != null]] }"#,
        &["E0108"],
    ),
    (
        "a root is no name for an element",
        r#"param xs: list(int) = [1]
           step a { run = ["echo", ...[for param in param.xs : param]] }"#,
        &["E0108"],
    ),
    (
        "a condition on each element proves nothing before the fan-out",
        r#"param xs: list(int)?
           step a { for_each = param.xs when = param.xs != null && each.value > 1 run = ["echo", each.value] }"#,
        &["E0302"],
    ),
    (
        "that a fan-out succeeded does not bring back an instance that was skipped",
        r#"step a {
             for_each = [1, 2]
             when = each.value > 1
             run = ["echo", each.value]
             output n: int = int(trim(result.stdout))
           }
           step b { when = step.a.status == "succeeded" run = ["echo", "${sum(step.a.output.n)}"] }"#,
        &["E0305"],
    ),
    (
        "an instance that failed may have left no outputs to undo it with",
        r#"step a {
             run = ["make"]
             output n: string = trim(result.stdout)
             undo {
               partial = true
               run = ["unmake", self.output.n]
             }
           }"#,
        &["E0302"],
    ),
    (
        "a secret hides in no part of an argument",
        r#"secret k { from = "env:K" }
           step a { run = ["x", { a = secret.k, b = "1" }.b] }"#,
        &["E0504"],
    ),
    (
        "a check of something else cleans nothing",
        r#"param h: string = "a.example.com" { check = matches(param.h, "^x$") || true }
           trigger t: webhook { path = "/x" set { h = string(event.body.h) } }
           step a { timeout = 1m http { url = "https://${param.h}/x" } }"#,
        &["E0507"],
    ),
    (
        "a check that takes anything cleans nothing",
        r#"param h: string = "a.example.com" { check = matches(param.h, "^.*$") }
           trigger t: webhook { path = "/x" set { h = string(event.body.h) } }
           step a { timeout = 1m http { url = "https://${param.h}/x" } }"#,
        &["E0507"],
    ),
    (
        "a check of the whole text does",
        r#"param h: string = "a.example.com" { check = len(param.h) < 99 && matches(param.h, "^[a-z]+[.]example[.]com$") }
           trigger t: webhook { path = "/x" set { h = string(event.body.h) } }
           step a { timeout = 1m http { url = "https://${param.h}/x" } }"#,
        &[],
    ),
    (
        "an output and a let launder nothing",
        r#"param h: string = "a.example.com"
           trigger t: webhook { path = "/x" set { h = string(event.body.h) } }
           let again = "${param.h}."
           step a { run = ["true"] output h: string = let.again }
           step b { timeout = 1m http { url = "https://${step.a.output.h}/x" } }"#,
        &["E0507"],
    ),
];

#[test]
fn promises_are_kept() {
    for (what, body, expected) in CASES {
        let text = format!("skynet 1\nworkflow w {{\n{body}\n}}\n");
        assert_eq!(&codes(&text), expected, "{what}\n{text}");
    }
}

#[test]
fn a_call_launders_nothing() {
    let text = r#"skynet 1
        workflow outer {
          param h: string = "a.example.com"
          trigger t: webhook { path = "/x" set { h = string(event.body.h) } }
          step a { call inner { host = param.h } }
        }
        workflow inner {
          param host: string
          step get { timeout = 1m http { url = "https://${param.host}/x" } }
        }"#;
    assert_eq!(codes(text), ["E0507"]);
    assert_eq!(
        codes(
            &text
                .replace("{ host = param.h }", "{ host = \"b.example.com\" }")
                .replace("= string(event.body.h)", "= \"c\"")
        ),
        ["W0901"]
    );
}

fn codes(text: &str) -> Vec<String> {
    let compiled = dsl::compile("w.skynet", text, &dsl::NoImports);
    compiled.diagnostics.iter().map(|it| it.code.to_string()).collect()
}
