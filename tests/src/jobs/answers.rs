//! What the world answers to each step of the examples. The same attempt always has the same answer.

use engine::{
    id::{Digest, Name},
    request::{Done, FailureClass, Outcome, Request, Resolved},
    value::{Artifact, Value, from_json},
};
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, sync::Arc};

/// Answers a request.
pub(crate) fn answer(request: &Request) -> Outcome {
    let mut done = match &request.action {
        Resolved::Mock { result, outputs, .. } => {
            Done { result: result.clone(), outputs: outputs.clone(), ..Done::default() }
        }
        _ if request.is_undo => program(0, "", &[]),
        _ => of_step(request),
    };
    for (name, path) in &request.artifacts {
        let content = format!("{}: {path}", request.key.step);
        let bytes = u64::try_from(content.len()).unwrap_or_default();
        let sha256 = Digest::of(content.as_bytes());
        let kept = Artifact { path: path.as_str().into(), sha256, bytes };
        done.artifacts.insert(Arc::clone(name), Value::Artifact(Arc::new(kept)));
    }
    Outcome::Done(done)
}

/// What a step that cannot be performed says.
pub(crate) fn failure() -> Outcome {
    Outcome::Failed { class: FailureClass::Provider, message: "the hand is broken".to_owned(), done: None }
}

fn of_step(request: &Request) -> Done {
    let (attempt, instance) = (request.key.attempt, request.key.instance);
    let env = |name: &str| variable(request, name);
    let said = |text: &str| program(0, text, &[]);
    let wrote = |name: &str, text: &str| program(0, "", &[(name, text)]);
    match &*request.key.step {
        "remark" => said(&format!("{}: {}\n", env("DAY"), env("NOTE"))),
        "counter" => said("/tmp/counter\n"),
        "flaky" if attempt < 3 => program(75, "", &[]),
        "flaky" => wrote("attempts", "3\n"),
        "source" => wrote("text", &format!("{}\n", arguments(request).join("\n"))),
        "sorted" => said("alpha\nbravo\ncharlie\ndelta\n"),
        "counted" => said("4\n"),
        "report" if request.env.iter().any(|(name, _)| &**name == "WORDS") => {
            said(&format!("{} words: {}\n", env("COUNT"), env("WORDS")))
        }
        "report" if request.env.iter().any(|(name, _)| &**name == "USED") => {
            said(&format!("{}: {}% of the disk is in use\n", env("DAY"), env("USED")))
        }
        "scratch" => said("/tmp/scratch\n"),
        "measure" if env("BROKEN") == "true" => program(3, "", &[]),
        "measure" if env("SHAPE").is_empty() => wrote("celsius", "21.5"),
        "measure" => {
            let side: f64 = env("SIDE").parse().unwrap_or_default();
            let area = if env("SHAPE") == "circle" { side * side * 0.785 } else { side * side };
            wrote("area", &area.to_string())
        }
        "kettle" => said("1000\n"),
        "poll" => said(&format!("{}\n", 999 + attempt.min(3))),
        "table" => wrote("lines", "1001\n"),
        "look" => said("bundle/\nbundle/README.txt\nbundle/about.json\nbundle/table.csv\n"),
        "list_chapters" => {
            let count: u32 = env("CHAPTERS").parse().unwrap_or_default();
            said(&(1..=count).map(|number| format!("chapter-{number}\n")).collect::<String>())
        }
        "count" if instance == 2 => program(1, "", &[]),
        "count" => wrote("words", &format!("{}\n", env("NUMBER"))),
        "compute" => said("4038471504 75\n"),
        "verify" if arguments(request).first().is_some_and(|it| it == "-tzf") => {
            said("site/\nsite/cksums.txt\nsite/pages.json\n")
        }
        "verify" if env("HEALTHY") == "false" => program(1, "", &[]),
        "verify" if !env("HEALTHY").is_empty() => said("release 1.1.0\n"),
        "verify" => said("size avail\n1000000000 340000000\n"),
        "sort" => said("0\n7\n37\n"),
        "listing" => said("[DIR] src/\nREADME.md 120\n"),
        "tests" => said("..\n2 passed in 0.01s\n"),
        "disk" => said("Filesystem 1024-blocks Used Available Capacity Mounted\n/dev/a 1000 450 550 45% /\n"),
        "publish" => said("4021 512 channel/beta/release-0.1.0.tgz\n"),
        "act" => said(&format!("{}: {}, within {} minutes\n", env("TICKET"), env("CHANGE"), env("MINUTES"))),
        "prepare" => wrote("root", "/tmp/demo"),
        "install" => wrote("folder", "/tmp/demo/1.1.0"),
        "switch" => program(0, "", &[("previous", "1.0.0"), ("link", "/tmp/demo/current")]),
        "list_shards" => {
            let shards = ["a.parquet", "b.parquet", "c.parquet", "_SUCCESS"].map(|key| json!({ "Key": key }));
            said(&json!({ "Contents": shards }).to_string())
        }
        // The second shard needs two attempts, the third is broken for good.
        "featurize" if instance == 1 && attempt == 1 => program(75, "", &[]),
        "featurize" if instance == 2 => program(1, "", &[]),
        "featurize" => wrote("rows", "1200"),
        "merge" => wrote("rows", "2400"),
        "train" => said(&json!({ "model": arguments(request).get(1), "auc": 0.91 }).to_string()),
        "inspect" => said("1000000000 40000000\n"),
        "slots" => said("old_replica\n"),
        "image" => wrote("digest", "registry.example.com/api@sha256:42"),
        "deploy" => wrote("previous", "registry.example.com/api@sha256:41"),
        "smoke" if attempt == 1 => page(503, &json!({})),
        "smoke" => page(200, &json!({ "version": "1.4.2" })),
        "post" => page(200, &json!({ "ok": true })),
        _ => said(&echoed(request)),
    }
}

/// What `echo` and `printf` say; nothing for all else.
fn echoed(request: &Request) -> String {
    let Resolved::Run { argv } = &request.action else { return String::new() };
    let words: Vec<_> = argv.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["echo", rest @ ..] => format!("{}\n", rest.join(" ")),
        ["printf", "%s\n", rest @ ..] => rest.iter().map(|word| format!("{word}\n")).collect(),
        _ => String::new(),
    }
}

fn arguments(request: &Request) -> Vec<String> {
    match &request.action {
        Resolved::Run { argv } => argv.iter().skip(1).cloned().collect(),
        Resolved::Script { arguments, .. } => arguments.clone(),
        Resolved::Do { .. } | Resolved::Http { .. } | Resolved::Agent { .. } | Resolved::Mock { .. } => {
            Vec::new()
        }
    }
}

fn variable(request: &Request, name: &str) -> String {
    let found = request.env.iter().find(|(known, _)| &**known == name);
    found.map(|(_, value)| value.to_string()).unwrap_or_default()
}

fn program(exit_code: i64, stdout: &str, outputs: &[(&str, &str)]) -> Done {
    let stderr = if exit_code == 0 { "" } else { "it does not work\n" };
    let result = [
        ("exit_code", Value::Int(exit_code)),
        ("stdout", Value::text(stdout)),
        ("stderr", Value::text(stderr)),
    ];
    let outputs = outputs.iter().map(|(name, text)| (Name::from(*name), Value::text(text)));
    Done { result: named(result), outputs: outputs.collect(), ..Done::default() }
}

fn page(status: i64, json: &Json) -> Done {
    let result = [
        ("status", Value::Int(status)),
        ("headers", Value::map(BTreeMap::new())),
        ("body", Value::text(&json.to_string())),
        ("json", from_json(json)),
    ];
    Done { result: named(result), ..Done::default() }
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> BTreeMap<Name, Value> {
    fields.map(|(name, value)| (Name::from(name), value)).into_iter().collect()
}
