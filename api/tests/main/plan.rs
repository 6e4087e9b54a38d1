//! `plan`: what would run, as far as it is known before anything is started.

use crate::program::Folder;
use insta::assert_snapshot;

/// Has one of everything that a plan shows.
const SHIP: &str = r#"skynet 1

import "./notify.skynet" as notify

workflow ship {
  description = "Build an image and roll it out."

  param env: enum("staging", "prod") = "staging"
  param version: string {
    help  = "Three numbers, for example 1.4.2."
    check = matches(param.version, "^[0-9]+[.][0-9]+[.][0-9]+$")
  }
  param hosts: list(string) = ["app-1", "app-2"]
  param flags: list(string) = []
  param grace: duration = 30s
  param limit: int?

  secret deploy_key { from = "vault:ci/deploy#key" }
  secret token      { from = "env:REGISTRY_TOKEN" }

  let image = "registry.example/api:${param.version}"

  target app: ssh {
    host     = param.hosts[0]
    user     = "deploy"
    key      = secret.deploy_key
    host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample"
  }

  policy {
    approve_at = param.env == "prod" ? "high" : "never"
    undo_on    = "failure"
  }

  step build {
    env {
      IMAGE = let.image
      TOKEN = secret.token
    }
    script = <<SH
      docker build -t "$IMAGE" .
      printf 'sha256:1' > "$SKYNET_OUT/digest"
    SH
    output digest: string
  }

  step tests {
    run     = ["cargo", "test", ...param.flags, "--message=all of it"]
    timeout = 20m
    retry {
      attempts = 3
    }
  }

  step ask {
    when  = param.env == "prod"
    needs = [step.tests]
    approve {
      message   = "Roll out ${step.build.output.digest} to ${len(param.hosts)} hosts?"
      approvers = ["group:sre"]
      expires   = 4h
    }
  }

  step deploy {
    for_each = param.hosts
    parallel = 1
    on       = target.app
    #@ allow W0916: the hosts stand behind one address
    override { host = each.value }
    needs    = [step.ask]
    risk     = "high"
    reason   = "Replaces the running binary."
    timeout  = 5m
    run      = ["install", "--host=${each.value}", step.build.output.digest]
    undo { run = ["install", "--host=${each.value}", "previous"] }
  }

  step rest {
    needs = [step.deploy]
    wait { for = param.grace }
  }

  step probe {
    when  = step.ask.status == "skipped" || step.rest.status == "succeeded"
    needs = [step.rest]
    http {
      method = "GET"
      url    = "https://${param.env}.example.com/healthz"
      query { version = param.version }
    }
    timeout = 30s
  }

  step announce {
    after = [step.probe]
    call notify.post {
      channel = "releases"
      text    = "${param.version}: ${step.probe.status}"
    }
  }

  output digest: string = step.build.output.digest
}

workflow other {
  step a { run = ["true"] }
}
"#;

const NOTIFY: &str = r#"skynet 1

workflow post {
  param channel: string
  param text: string

  step send { run = ["notify", "--to=${param.channel}", "--", param.text] }
}
"#;

fn folder() -> Folder {
    Folder::with(&[("ship.skynet", SHIP), ("notify.skynet", NOTIFY)])
}

#[test]
fn what_would_run_in_staging() {
    assert_snapshot!("plan_staging", folder().run("plan ship.skynet --param version=1.4.2"));
}

#[test]
fn what_would_run_in_production() {
    let typed =
        "plan ship.skynet -p version=1.4.2 -p env=prod -p hosts=[\"a\",\"b\",\"c\"] -p flags=[\"--locked\"]";
    assert_snapshot!("plan_prod", folder().run(typed));
}

#[test]
fn json_says_what_is_known_and_what_is_not() {
    let folder = folder();
    let plan = folder.run("plan ship.skynet -p version=1.4.2 --format json").json();
    let step = |name: &str| {
        let steps = plan["steps"].as_array().unwrap();
        steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}")).clone()
    };
    assert_eq!(step("ask")["runs"]["decided"], "no");
    assert_eq!(step("probe")["runs"]["decided"], "yes");
    let argv = &step("deploy")["action"]["run"]["argv"];
    assert_eq!(argv[2], serde_json::json!({ "text": "<step.build.output.digest>", "known": false }));
    let first = &step("deploy")["instances"]["first"][0];
    assert_eq!(
        first["action"]["run"]["argv"][1],
        serde_json::json!({ "text": "--host=app-1", "known": true })
    );
    assert_eq!(plan["undo"], serde_json::json!(["deploy"]));
    assert_eq!(plan["digest"].as_str().map(str::len), Some(64));
}

#[test]
fn the_digest_is_of_the_plan_and_not_of_the_params() {
    let folder = folder();
    let digest =
        |typed: &str| folder.run(&format!("plan ship.skynet --format json {typed}")).json()["digest"].clone();
    assert_eq!(digest("-p version=1.4.2"), digest("-p version=2.0.0 -p env=prod"));
    assert_ne!(digest("-p version=1.4.2"), digest("--workflow other"));
}

#[test]
fn params_come_from_a_file_and_from_words_that_win() {
    let folder = folder();
    folder.write("prod.json", r#"{ "version": "1.4.2", "env": "prod", "hosts": ["a"], "grace": "1m" }"#);
    let plan =
        folder.run("plan ship.skynet --params-file prod.json --param env=staging --format json").json();
    let values: Vec<_> =
        plan["params"].as_array().unwrap().iter().map(|it| it["value"]["text"].clone()).collect();
    assert_eq!(values, ["\"staging\"", "\"1.4.2\"", "[\"a\"]", "[]", "1m", "null"]);
}

#[test]
fn params_that_are_wrong() {
    let folder = folder();
    assert_snapshot!("plan_missing", folder.run("plan ship.skynet"));
    let typed = "plan ship.skynet -p vers=1 -p env=prd -p hosts=a,b -p grace=30 -p limit=many -p version";
    assert_snapshot!("plan_wrong", folder.run(typed));
    assert_snapshot!("plan_check", folder.run("plan ship.skynet --param version=1.4"));
    assert_snapshot!("plan_twice", folder.run("plan ship.skynet -p version=1.4.2 -p version=1.4.3"));
    folder.write("ship.skynet", SHIP.replace("  let image", "  let first = param.hosts[0]\n  let image"));
    assert_snapshot!("plan_fault", folder.run("plan ship.skynet -p version=1.4.2 -p hosts=[]"));
}

#[test]
fn nothing_to_fan_out_over() {
    let plan = folder().run("plan ship.skynet -p version=1.4.2 -p hosts=[]").stdout();
    assert!(plan.contains("     for each of 0 items, 1 at once\n     ssh"), "{plan}");
}

#[test]
fn a_fan_out_that_will_fail() {
    let text = "skynet 1\nworkflow a {\n  param hosts: list(string) = []\n  param run: bool = true\n  step a {\n    for_each = param.hosts\n    key = lower(each.value)\n    max_items = 2\n    when = param.run\n    run = [\"echo\", each.key]\n  }\n}\n";
    let folder = Folder::with(&[("a.skynet", text)]);
    for (params, why) in [
        ("hosts=[\"A\",\"b\"]", None),
        ("hosts=[\"a\",\"A\"]", Some("items 1 and 2 both have the key \"a\"")),
        ("hosts=[\"a\",\"b\",\"c\"]", Some("`max_items` is 2, and there are 3 items")),
        ("hosts=[\"a\",\"A\"] -p run=false", None),
    ] {
        let run = folder.run(&format!("plan a.skynet -p {params}"));
        assert_eq!(run.exit(), i32::from(why.is_some()), "{run}");
        assert_eq!(
            run.stderr().starts_with("error: step `a` fails before it starts: "),
            why.is_some(),
            "{run}"
        );
        assert_eq!(run.stdout().contains("fails before any of them starts"), why.is_some(), "{run}");
        assert!(why.is_none_or(|why| run.stdout().contains(why)), "{run}");
        let json = folder.run(&format!("plan a.skynet --format json -p {params}")).json();
        assert_eq!(json["steps"][0]["instances"]["fails"].as_str(), why);
    }
}

#[test]
fn a_setting_of_a_fan_out_that_has_no_value() {
    let text = |body: &str| {
        format!(
            "skynet 1\nworkflow a {{\n  param n: int = 0\n  param list: list(int) = [1, 2]\n  step s {{ {body} run = [\"true\"] }}\n}}\nworkflow b {{\n  step c {{ call a {{}} }}\n}}\n"
        )
    };
    let folder = Folder::with(&[
        ("key.skynet", &text("for_each = param.list key = \"${each.value / param.n}\"")),
        ("most.skynet", &text("for_each = param.list max_items = int(7 / param.n)")),
        ("parallel.skynet", &text("for_each = param.list parallel = int(7 / param.n)")),
        ("over.skynet", &text("for_each = [int(1 / param.n)]")),
        ("may.skynet", &text("for_each = [int(1 / param.n)] on_failure = \"continue\"")),
    ]);
    assert_snapshot!("plan_fan_out_fails", folder.run("plan key.skynet"));
    for (name, word) in
        [("most", "max_items"), ("parallel", "parallel"), ("over", "for_each"), ("key", "key")]
    {
        for typed in [format!("plan {name}.skynet"), format!("plan {name}.skynet --workflow b")] {
            let run = folder.run(&typed);
            assert_eq!(run.exit(), 1, "{run}");
            assert!(run.stderr().contains(&format!("`{word}`: division by zero in `")), "{run}");
        }
        assert_eq!(folder.run(&format!("plan {name}.skynet -p n=1")).exit(), 0);
    }
    assert_eq!(folder.run("plan may.skynet").exit(), 0);
}

/// What a plan shows is what a person approves: a text in it must not move the cursor over another.
#[test]
fn texts_cannot_play_with_the_terminal() {
    let text = "skynet 1\nworkflow a {\n  description = \"x\\u{1b}[2Jy\"\n  step a { run = [\"rm\", \"\\u{202e}\\r\\u{1b}[1A\"] }\n}\n";
    let run = Folder::with(&[("a.skynet", text)]).run("--color always plan a.skynet");
    assert_eq!(run.exit(), 0, "{run}");
    for bad in ["\u{1b}[2J", "\u{1b}[1A", "\u{202e}", "\r"] {
        assert!(!run.stdout().contains(bad), "{bad:?}");
    }
}

#[test]
fn params_files_that_are_wrong() {
    let folder = folder();
    for (name, content) in
        [("list.json", "[]"), ("text.json", "nope"), ("types.json", "{\"hosts\": [\"a\", 3]}")]
    {
        folder.write(name, content);
        assert_snapshot!(
            format!("plan_params_{name}"),
            folder.run(&format!("plan ship.skynet --params-file {name}"))
        );
    }
    std::fs::File::create(folder.path("big.json")).unwrap().set_len(100 << 20).unwrap();
    assert_snapshot!("plan_params_big", folder.run("plan ship.skynet --params-file big.json"));
    assert_snapshot!("plan_params_missing", folder.run("plan ship.skynet --params-file nope.json"));
}

#[test]
fn a_file_that_does_not_compile_has_no_plan() {
    let folder = folder();
    folder.write("ship.skynet", SHIP.replace("param.grace", "param.grase"));
    assert_snapshot!("plan_no_plan", folder.run("plan ship.skynet"));
}

#[test]
fn a_workflow_can_be_chosen() {
    let folder = folder();
    assert_snapshot!("plan_other", folder.run("plan ship.skynet --workflow other"));
    assert_snapshot!("plan_unknown_workflow", folder.run("plan ship.skynet --workflow shap"));
}

/// Expressions as tall as the language allows are gone through without running out of stack.
#[test]
fn a_tall_expression() {
    let tall = format!("step.a.output.n{}", " + 1".repeat(500));
    let text = format!(
        "skynet 1\nworkflow w {{\n  step a {{\n    run = [\"true\"]\n    output n: int\n  }}\n  step b {{ run = [\"echo\", \"${{{tall}}}\"] }}\n}}\n"
    );
    let run = Folder::with(&[("tall.skynet", &text)]).run("plan tall.skynet");
    assert!(run.exit() == 0 && run.stdout().contains("step.a.output.n + 1 + 1"), "{run}");
}

/// Calls of calls multiply; a plan of a million steps is of no use to anybody.
#[test]
fn calls_are_shown_as_far_as_is_sensible() {
    let mut text = "skynet 1\n".to_owned();
    for level in 0..18 {
        let call = |name: &str| format!("  step {name} {{\n    call w{} {{ }}\n  }}\n", level + 1);
        text.push_str(&format!("workflow w{level} {{\n{}{}}}\n", call("a"), call("b")));
    }
    text.push_str("workflow w18 {\n  step a { run = [\"true\"] }\n}\n");
    let folder = Folder::with(&[("deep.skynet", &text)]);
    let run = folder.run("plan deep.skynet");
    assert_eq!(run.exit(), 0, "{}", run.stderr());
    assert!(run.stdout().contains("its steps are not shown here"));
}

/// Lets that each read the one before twice.
#[test]
fn lets_that_double_are_neither_evaluated_nor_written_without_end() {
    for (first, twice, last) in [
        ("\"aaaaaaaaaa\"", "\"${P}${P}\"", 60),
        ("[\"a\"]", "[...P, ...P]", 60),
        ("param.unset", "\"${P}${P}\"", 60),
        ("step.a.output.word", "\"${P}${P}\"", 14),
    ] {
        let lets: String = (1..=last)
            .map(|n| format!("  let x{n} = {}\n", twice.replace('P', &format!("let.x{}", n - 1))))
            .collect();
        let text = format!(
            "skynet 1\nworkflow w {{\n  param unset: string = \"u\"\n  let x0 = {first}\n{lets}  step a {{\n    run = [\"true\"]\n    \
             output word: string = result.stdout\n  }}\n  step b {{ run = [\"echo\", \"${{json(let.x{last})}}\"] }}\n}}\n"
        );
        let folder = Folder::with(&[("a.skynet", &text)]);
        let run = folder.run("plan a.skynet");
        assert!(run.exit() != 101 && run.to_string().len() < 10_000, "{}", run.exit());
    }
}

const PROMISES: &str = r#"skynet 1

workflow promises {
  trigger nightly: schedule {
    cron     = "0 3 * * *"
    timezone = "Europe/Berlin"
  }

  step build {
    for_each = ["3.10", "3.11"]
    workdir  = "t/${each.value}"
    files { "conf/a.txt" = "for ${each.value}" }
    env {
      MODE    = "all"
      VERSION = each.value
    }
    script = <<SH
      echo "$MODE $VERSION" > log.txt
    SH
    artifact log = "log.txt"
    output size: int
  }

  step clear {
    needs        = [step.build]
    irreversible = true
    run          = ["rm", "-rf", "/"]
  }
}
"#;

#[test]
fn a_plan_says_who_will_be_asked_and_what_each_step_finds_and_leaves() {
    let folder = Folder::with(&[("promises.skynet", PROMISES)]);
    assert_snapshot!("plan_promises", folder.run("plan promises.skynet"));
    let plan = folder.run("plan promises.skynet --format json").json();
    assert_eq!(plan["steps"][1]["approval"]["at_start"][0], "group:operators");
    assert_eq!(plan["steps"][0]["instances"]["first"][1]["env"][0][0], "VERSION");
    assert_eq!(plan["triggers"][0]["kind"], "schedule");
    // An approval in the file covers what the step is known to do; nobody is asked twice.
    folder.write(
        "promises.skynet",
        PROMISES
            .replace("needs        = [step.build]", "needs = [step.ask]")
            .replace("  step clear", "  step ask { approve { approvers = [\"user:ann\"] } }\n\n  step clear"),
    );
    let plan = folder.run("plan promises.skynet --format json").json();
    let clear = plan["steps"].as_array().unwrap().iter().find(|step| step["name"] == "clear").unwrap();
    assert_eq!(clear["approval"]["by"], "ask");
}
