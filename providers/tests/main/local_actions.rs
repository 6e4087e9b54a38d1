//! Actions of the catalog on this machine, with the programs that it really has.

use crate::support::{Machine, place};
use engine::{
    id::Name,
    port::{Provider, Secrets},
    request::{Done, FailureClass, Outcome, Resolved},
    value::Value,
};
use providers::conformance::{Fixture, Kept, request};

async fn act(machine: &Machine, job: &str, action: &str, params: &[(&str, Value)]) -> Outcome {
    let params = params.iter().map(|(name, value)| (Name::from(*name), value.clone())).collect();
    let mut request = request(place("local"), Resolved::Do { action: action.into(), params });
    // Another step of the same job.
    request.key.step = request.key.job.clone();
    request.key.job = job.into();
    machine.local.perform(&request, &Secrets::new(), &Kept::default()).await
}

async fn done(machine: &Machine, job: &str, action: &str, params: &[(&str, Value)]) -> Done {
    match act(machine, job, action, params).await {
        Outcome::Done(done) => done,
        other => panic!("{action}: {other:?}"),
    }
}

fn stdout(done: &Done) -> &str {
    let Some(Value::Text(text)) = done.result.get("stdout") else { panic!("{done:?}") };
    text
}

fn is_well(done: &Done) -> bool {
    done.result.get("exit_code") == Some(&Value::Int(0))
}

#[tokio::test]
async fn files_are_written_read_and_listed_in_the_workspace_only() {
    let machine = Machine::new();
    let hostile = "a\0'$(id)'\n";
    for (file, content) in [("b/c/d.txt", "deep"), ("a 'quoted'.txt", "hello\n")] {
        let params = [("file", Value::text(file)), ("content", Value::text(content))];
        assert!(is_well(&done(&machine, "j", "file_write", &params).await));
    }
    assert!(is_well(&done(&machine, "j", "create_directory", &[("directory", Value::text("e"))]).await));
    let read = done(&machine, "j", "file_read", &[("file", Value::text("a 'quoted'.txt"))]).await;
    assert_eq!(stdout(&read), "hello\n");
    let flat = done(&machine, "j", "list_directory", &[]).await;
    assert_eq!(stdout(&flat), "a 'quoted'.txt 6\n[DIR] b/\n[DIR] e/\n");
    let deep = done(&machine, "j", "list_directory", &[("recursive", Value::Bool(true))]).await;
    assert_eq!(stdout(&deep), "a 'quoted'.txt 6\n[DIR] b/\n[DIR] b/c/\nb/c/d.txt 4\n[DIR] e/\n");
    let missing = done(&machine, "j", "file_read", &[("file", Value::text("none"))]).await;
    assert_eq!(missing.result.get("exit_code"), Some(&Value::Int(1)));

    std::os::unix::fs::symlink("/etc", machine.workspace("j").join("door")).unwrap();
    for (action, params) in [
        ("file_read", vec![("file", Value::text("door/passwd"))]),
        ("file_read", vec![("file", Value::text("../x"))]),
        ("list_directory", vec![("directory", Value::text("door"))]),
        ("create_directory", vec![("directory", Value::text("door/x"))]),
        ("file_write", vec![("file", Value::text("door/x")), ("content", Value::text(""))]),
        ("file_write", vec![("file", Value::text("x")), ("content", Value::text(hostile))]),
        ("git_clone", vec![("url", Value::text("https://x/y")), ("directory", Value::text("../y"))]),
        ("start_dev_server", vec![]),
    ] {
        let outcome = act(&machine, "j", action, &params).await;
        assert!(
            matches!(outcome, Outcome::Failed { class: FailureClass::Refused, .. }),
            "{action} {params:?}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn git_does_what_its_actions_say() {
    let machine = Machine::with(|config| {
        for (name, value) in [
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@b"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@b"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ] {
            config.variables.push((name.into(), value.into()));
        }
    });
    let text = |name: &'static str, text: &str| (name, Value::text(text));
    let well = async |action, params: &[(&str, Value)]| {
        let done = done(&machine, "j", action, params).await;
        assert!(is_well(&done), "{action}: {done:?}");
        stdout(&done).to_owned()
    };
    well("git_init", &[]).await;
    well("file_write", &[text("file", "x"), text("content", "1\n")]).await;
    well("git_add_all", &[]).await;
    well("git_commit", &[text("message", "--amend \"$(id)\"\n\nbody")]).await;
    assert!(well("git_log", &[("limit", Value::Int(1))]).await.ends_with(" --amend \"$(id)\"\n"));
    well("file_write", &[text("file", "x"), text("content", "2\n")]).await;
    assert!(well("git_diff", &[]).await.contains("+2"));
    assert!(well("git_status", &[]).await.contains("modified:"));
    let origin = machine.folder.path().join("origin");
    let made =
        std::process::Command::new("git").args(["init", "-q", "--bare"]).arg(&origin).status().unwrap();
    assert!(made.success());
    let path = origin.to_str().unwrap();
    let added = std::process::Command::new("git")
        .args(["remote", "add", "origin", path])
        .current_dir(machine.workspace("j"))
        .status();
    assert!(added.unwrap().success());
    well("git_push", &[]).await;
    well("git_pull", &[]).await;
    let params = [text("url", path), text("directory", "copy"), text("branch", "main")];
    well("git_clone", &params).await;
    assert!(machine.workspace("j").join("copy/x").exists());
}

#[tokio::test]
async fn the_workspace_is_packed_without_what_can_be_made_again() {
    let machine = Machine::new();
    for file in ["src/a.txt", "node_modules/x.js", "dist/y"] {
        let params = [("file", Value::text(file)), ("content", Value::text("content"))];
        done(&machine, "j", "file_write", &params).await;
    }
    let zipped = done(&machine, "j", "zip_project", &[]).await;
    assert!(is_well(&zipped), "{zipped:?}");
    let mut unpack = request(
        machine.place(),
        Resolved::Script {
            interpreter: engine::plan::Interpreter::Python,
            body: "import base64, io, sys, zipfile\n\
                   print(zipfile.ZipFile(io.BytesIO(base64.b64decode(sys.stdin.read()))).namelist())\n"
                .into(),
            arguments: Vec::new(),
        },
    );
    unpack.stdin = Some(engine::request::Sealed::text(stdout(&zipped)));
    let outcome = machine.local.perform(&unpack, &Secrets::new(), &Kept::default()).await;
    let Outcome::Done(list) = outcome else { panic!("{outcome:?}") };
    assert_eq!(stdout(&list), "['src/a.txt']\n");
}

#[tokio::test]
async fn the_machine_tells_about_itself() {
    let machine = Machine::new();
    assert!(stdout(&done(&machine, "j", "check_disk_space", &[]).await).contains('%'));
}
