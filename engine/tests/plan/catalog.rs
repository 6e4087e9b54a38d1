//! The catalog holds together, and its params take what they say.

use engine::{
    catalog::{ACTIONS, ParamType, Presence, TargetKind, find, is_blocked, refused, refused_param},
    plan::Risk,
    value::{Type, Value},
};
use std::collections::BTreeSet;

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn every_name_means_one_thing() {
    let mut names = BTreeSet::new();
    for action in ACTIONS {
        for name in std::iter::once(&action.name).chain(action.aliases) {
            assert!(names.insert(name), "{name} is two actions");
            assert!(!is_blocked(name) && refused(name).is_none(), "{name} is refused");
            assert_eq!(find(name), Some(action));
        }
        let mut names = BTreeSet::new();
        for param in action.params {
            for name in std::iter::once(&param.name).chain(param.aliases) {
                assert!(names.insert(name), "{name} is two params of {}", action.name);
                assert!(refused_param(name).is_none(), "{name} is a refused param");
                assert_eq!(action.param(name), Some(param));
            }
        }
    }
}

#[test]
fn every_row_is_whole() {
    for action in ACTIONS {
        let name = action.name;
        assert!(action.doc.ends_with('.') && !action.capability.is_empty(), "{name}");
        assert!((10..=900).contains(&action.timeout_seconds), "{name}");
        assert!(
            action.targets.contains(&TargetKind::Mock) && action.targets.len() > 1,
            "{name}: no real target"
        );
        assert!(action.targets.is_sorted(), "{name}");
        assert!(action.risk < Risk::Critical, "{name}");
        assert!(action.params.is_sorted_by_key(|param| param.presence != Presence::Required), "{name}");
        for field in ["stdout", "stderr", "exit_code"] {
            assert!(action.result.iter().any(|known| known.name == field), "{name}: {field}");
        }
        for param in action.params {
            assert!(param.doc.ends_with('.'), "{name}.{}", param.name);
            if let Some(default) = param.presence.default() {
                assert_eq!(param.ty.check(&default), Ok(()), "{name}.{}", param.name);
            }
            if let ParamType::OneOf { words, gateway } = param.ty {
                assert!(gateway.iter().all(|word| words.contains(word)), "{name}.{}", param.name);
                assert!(words.iter().all(|word| !word.starts_with('-')), "{name}.{}", param.name);
            }
        }
    }
}

#[test]
fn no_param_takes_a_command() {
    for action in ACTIONS {
        for param in action.params {
            assert!(!param.name.contains("command"), "{}.{}", action.name, param.name);
        }
    }
    assert!(refused("execute_command").is_some_and(|hint| hint.contains("`run`")));
    assert!(refused_param("test_command").is_some_and(|hint| hint.contains("`runner`")));
    assert_eq!(refused("git_status"), None);
}

#[test]
fn what_the_predecessor_had_keeps_its_name_and_tier() {
    let tiers = [
        (
            Risk::Low,
            "file_read list_directory git_status ollama_chat run_tests lint_project start_dev_server",
        ),
        (Risk::Low, "git_diff git_log read_file check_disk_space check_memory"),
        (Risk::Medium, "file_write create_directory git_commit git_init git_add_all install_dependencies"),
        (Risk::Medium, "build_project docker_build zip_project open_in_vscode git_pull git_clone"),
        (Risk::High, "git_push gh_create_repo docker_compose_up close_app"),
    ];
    for (risk, names) in tiers {
        for name in names.split(' ') {
            assert_eq!(find(name).map(|action| action.risk), Some(risk), "{name}");
        }
    }
    assert_eq!(find("read_file").map(|action| action.name), Some("file_read"));
}

#[test]
fn a_blocked_name_is_a_whole_name() {
    for name in "shell_exec format_disk modify_registry manage_users firewall_change download_exec eval_code"
        .split(' ')
    {
        assert!(is_blocked(name) && find(name).is_none(), "{name}");
    }
    assert!(!is_blocked("my_shell_exec_test") && !is_blocked("shell"));
}

#[test]
fn a_value_that_could_be_read_as_an_option_is_not_taken() {
    let push = find("git_push").unwrap();
    let branch = push.param("branch").unwrap().ty;
    assert_eq!(branch.check(&text("release/1.2")), Ok(()));
    for hostile in ["", "-f", "--force", "a b", "a;b", "main\n", "$(id)", "a\0", "ma\u{e9}n"] {
        assert!(branch.check(&text(hostile)).is_err(), "{hostile:?}");
    }
    let file = find("read_file").unwrap().param("file_path").unwrap().ty;
    assert_eq!(file.check(&text("a folder/it's; $here.txt")), Ok(()));
    for hostile in ["", "-rf", "a\0b"] {
        assert!(file.check(&text(hostile)).is_err(), "{hostile:?}");
    }
    assert_eq!(find("file_write").unwrap().param("content").unwrap().ty.check(&text("--\n-x")), Ok(()));
}

#[test]
fn words_and_numbers_are_held_to_their_lists_and_bounds() {
    let runner = find("run_tests").unwrap().param("runner").unwrap().ty;
    assert_eq!(runner.check(&text("cargo")), Ok(()));
    assert_eq!(runner.check(&text("rm -rf /")), Err("one of pytest, npm, cargo, go".into()));
    assert_eq!(runner.ty(), Type::Enum(["pytest", "npm", "cargo", "go"].map(Into::into).into()));
    let limit = find("git_log").unwrap().param("limit").unwrap().ty;
    assert_eq!(limit.check(&Value::Int(1)), Ok(()));
    assert_eq!(limit.check(&Value::Int(0)), Err("a whole number from 1 to 10000".into()));
    assert!(limit.check(&text("1; rm")).is_err());
    let temperature = find("ollama_chat").unwrap().param("temperature").unwrap().ty;
    assert_eq!(temperature.check(&Value::Float(0.5)), Ok(()));
    assert!(temperature.check(&Value::Float(2.5)).is_err());
}

#[test]
fn a_target_is_asked_before_it_is_used() {
    let tests = find("run_tests").unwrap();
    let cargo = text("cargo");
    assert_eq!(tests.check_target(TargetKind::Docker, [("runner", &cargo)]), Ok(()));
    assert_eq!(
        tests.check_target(TargetKind::Gateway, [("runner", &cargo)]),
        Err("a gateway target knows no runner `cargo`, only pytest, npm".into())
    );
    let build = find("docker_build").unwrap();
    assert_eq!(
        build.check_target(TargetKind::Docker, []),
        Err("a docker target cannot do `docker_build`".into())
    );
    assert_eq!(build.check_target(TargetKind::Mock, []), Ok(()));
    for kind in TargetKind::ALL {
        assert_eq!(TargetKind::parse(kind.as_str()), Some(kind));
    }
    assert_eq!(TargetKind::parse("nomad"), None);
}

/// What an agent of the predecessor can do, as its `agent_hello` says.
#[test]
fn a_gateway_does_what_its_agent_was_taught() {
    let taught = "build_project close_app create_directory docker_build docker_compose_up file_read file_write \
                  gh_create_repo git_add_all git_commit git_init git_push git_status install_dependencies lint_project \
                  list_directory ollama_chat open_in_vscode run_tests start_dev_server zip_project";
    let mut known: Vec<_> = ACTIONS
        .iter()
        .filter(|action| action.targets.contains(&TargetKind::Gateway))
        .map(|action| action.name)
        .collect();
    known.sort_unstable();
    assert_eq!(known.join(" "), taught.split_whitespace().collect::<Vec<_>>().join(" "));
}
