//! What the actions of the catalog are made of: a program and its arguments, a script, or a file operation.
//!
//! The same table serves every place. A provider that sees the files itself does a [`FileOp`] on its own; one that does
//! not runs [`FileOp::command`] there. No param is ever read as shell text or as an option: the catalog keeps words and
//! paths from beginning with `-`, and free text stands behind a `=`.

use engine::{catalog, id::Name, plan::Interpreter, value::Value};
use std::{collections::BTreeMap, sync::Arc};

/// How an action is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// By a program.
    Run(Command),
    /// By a file operation.
    File(FileOp),
    /// By a question to the model that Ollama runs on the machine.
    Ollama(serde_json::Value),
}

/// A program to run for an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments; for a script only its arguments.
    pub argv: Vec<String>,
    /// The script, where it is one.
    pub script: Option<(Interpreter, &'static str)>,
    /// What it reads.
    pub stdin: Option<Arc<str>>,
    /// Those of the arguments that are paths, so that a provider can hold them against what is allowed.
    pub paths: Vec<String>,
    /// How much it may print, in bytes, where that is more than usual.
    pub most_output: Option<usize>,
}

/// An operation on files, with paths relative to the working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileOp {
    /// Print a file.
    Read {
        /// The file.
        file: String,
    },
    /// List a folder.
    List {
        /// The folder.
        directory: String,
        /// Whether to look into folders of it too.
        is_recursive: bool,
    },
    /// Write a file, in place of what is there; folders above it are made.
    Write {
        /// The file.
        file: String,
        /// All it will hold.
        content: Arc<str>,
    },
    /// Make a folder, and those above it.
    MakeDirectory {
        /// The folder.
        directory: String,
    },
}

/// The largest file that `file_write` writes, in bytes.
pub const MOST_WRITTEN: usize = 1 << 20;

/// The archive of `zip_project`, 10 MiB, as text in base64.
const MOST_ZIPPED: usize = (10 << 20) / 3 * 4 + 8;

const ZIP: &str = include_str!("action/zip.py");

/// Returns how an action is done with these params.
///
/// # Errors
/// If there is no such action outside an agent's reach, or a param is missing or none that it takes. The text says so,
/// and how to go on.
pub fn form(action: &str, given: &BTreeMap<Name, Value>) -> Result<Form, String> {
    let spec = catalog::find(action).ok_or_else(|| {
        format!("there is no action `{action}`; use `run` or `script`, or one of the catalog")
    })?;
    for (name, value) in given {
        let param =
            spec.param(name).ok_or_else(|| format!("`{action}` has no param `{name}`; leave it out"))?;
        param.ty.check(value).map_err(|expected| {
            format!("the param `{name}` of `{action}` is {}; expected {expected}", shown(value))
        })?;
    }
    let params = Params { spec, given };
    form_of(&params).ok_or_else(|| match params.missing() {
        Some(missing) => format!("`{action}` needs the param `{missing}`"),
        None => format!("`{action}` is done by an agent only; give the step a target of the kind `gateway`"),
    })
}

fn form_of(params: &Params<'_>) -> Option<Form> {
    let run = |words: &[&str]| Some(Form::Run(command(words, &[])));
    match params.spec.name {
        "git_status" => run(&["git", "status"]),
        "git_diff" if params.flag("staged") => run(&["git", "diff", "--staged"]),
        "git_diff" => run(&["git", "diff"]),
        "git_log" => run(&["git", "log", "--oneline", "-n", &params.int("limit")?.to_string()]),
        "git_init" => run(&["git", "init", "--initial-branch=main"]),
        "git_add_all" => run(&["git", "add", "--all"]),
        "git_commit" => run(&["git", "commit", "--all", &format!("--message={}", params.text("message")?)]),
        "git_clone" => {
            let branch = params.text("branch").map(|branch| format!("--branch={branch}"));
            let mut words = vec!["git", "clone"];
            words.extend(branch.as_deref());
            words.extend(["--", params.text("url")?]);
            words.extend(params.text("directory"));
            let paths: Vec<_> = params.text("directory").into_iter().collect();
            Some(Form::Run(command(&words, &paths)))
        }
        "git_pull" => run(&["git", "pull"]),
        "git_push" => {
            run(&["git", "push", "--set-upstream", "--", params.text("remote")?, params.text("branch")?])
        }
        "gh_create_repo" => {
            let seen = if params.flag("private") { "--private" } else { "--public" };
            let description = params.text("description").map(|text| format!("--description={text}"));
            let mut words = vec!["gh", "repo", "create", params.text("repo_name")?, seen];
            words.extend(["--source=.", "--push"]);
            words.extend(description.as_deref());
            run(&words)
        }
        "list_directory" => Some(Form::File(FileOp::List {
            directory: params.text("directory")?.to_owned(),
            is_recursive: params.flag("recursive"),
        })),
        "file_read" => Some(Form::File(FileOp::Read { file: params.text("file")?.to_owned() })),
        "file_write" => Some(Form::File(FileOp::Write {
            file: params.text("file")?.to_owned(),
            content: params.text("content")?.into(),
        })),
        "create_directory" => {
            Some(Form::File(FileOp::MakeDirectory { directory: params.text("directory")?.to_owned() }))
        }
        "zip_project" => Some(Form::Run(Command {
            script: Some((Interpreter::Python, ZIP)),
            most_output: Some(MOST_ZIPPED),
            ..Command::default()
        })),
        "run_tests" => run(words_of(RUN_TESTS, params.text("runner")?)?),
        "lint_project" => run(words_of(LINT, params.text("linter")?)?),
        "build_project" => run(words_of(BUILD, params.text("build_tool")?)?),
        "install_dependencies" => run(words_of(INSTALL, params.text("manager")?)?),
        "docker_build" => run(&["docker", "build", &format!("--tag={}", params.text("tag")?), "."]),
        "docker_compose_up" => run(&["docker", "compose", "up", "-d"]),
        "check_disk_space" => run(&["df", "-h"]),
        "check_memory" => run(&["free", "-h"]),
        "open_in_vscode" => {
            let path = params.text("path")?;
            Some(Form::Run(command(&["code", path], &[path])))
        }
        "ollama_chat" => Some(Form::Ollama(ollama(params)?)),
        // What leaves a process behind, or ends one that no step started.
        _ => None,
    }
}

/// A word of a param, and the program it stands for.
type Words = (&'static str, &'static [&'static str]);

const RUN_TESTS: &[Words] = &[
    ("pytest", &["pytest", "-q", "--tb=short"]),
    ("npm", &["npm", "test"]),
    ("cargo", &["cargo", "test"]),
    ("go", &["go", "test", "./..."]),
];
const LINT: &[Words] = &[
    ("ruff", &["ruff", "check", "."]),
    ("eslint", &["npx", "eslint", "."]),
    ("clippy", &["cargo", "clippy"]),
];
const BUILD: &[Words] = &[
    ("npm", &["npm", "run", "build"]),
    ("python", &["python3", "-m", "build"]),
    ("cargo", &["cargo", "build"]),
    ("go", &["go", "build", "./..."]),
    ("make", &["make"]),
];
const INSTALL: &[Words] = &[
    ("pip", &["pip", "install", "-r", "requirements.txt"]),
    ("npm", &["npm", "install"]),
    ("cargo", &["cargo", "fetch"]),
];

fn words_of(table: &'static [Words], word: &str) -> Option<&'static [&'static str]> {
    table.iter().find(|(name, _)| *name == word).map(|(_, words)| *words)
}

fn command(words: &[&str], paths: &[&str]) -> Command {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    Command { argv: owned(words), paths: owned(paths), ..Command::default() }
}

/// Returns what Ollama's `/api/chat` is sent; the model is left out where none is named.
fn ollama(params: &Params<'_>) -> Option<serde_json::Value> {
    let json = |name: &str| params.get(name).as_ref().map(engine::value::to_json);
    let mut messages = match json("messages")? {
        serde_json::Value::Array(messages) => messages,
        other => vec![other],
    };
    if let Some(system) = params.text("system") {
        messages.insert(0, serde_json::json!({ "role": "system", "content": system }));
    }
    let mut body = serde_json::json!({
        "messages": messages,
        "stream": false,
        "options": { "num_predict": json("max_tokens")?, "temperature": json("temperature")? },
    });
    let members = body.as_object_mut()?;
    members.extend(json("model").map(|model| ("model".into(), model)));
    members.extend(json("tools").map(|tools| ("tools".into(), tools)));
    Some(body)
}

/// What an action is given, with what is taken where nothing is.
struct Params<'a> {
    spec: &'static catalog::ActionSpec,
    given: &'a BTreeMap<Name, Value>,
}

impl Params<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        let given =
            self.given.iter().find(|(given, _)| self.spec.param(given).is_some_and(|it| it.name == name));
        given.map(|(_, value)| value.clone()).or_else(|| self.spec.param(name)?.presence.default())
    }

    fn text(&self, name: &str) -> Option<&str> {
        let given =
            self.given.iter().find(|(given, _)| self.spec.param(given).is_some_and(|it| it.name == name));
        match given {
            Some((_, Value::Text(text))) => Some(text),
            _ => match self.spec.param(name)?.presence {
                catalog::Presence::Text(text) => Some(text),
                catalog::Presence::Required
                | catalog::Presence::Optional
                | catalog::Presence::Int(_)
                | catalog::Presence::Float(_)
                | catalog::Presence::Bool(_) => None,
            },
        }
    }

    fn int(&self, name: &str) -> Option<i64> {
        if let Some(Value::Int(number)) = self.get(name) { Some(number) } else { None }
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name) == Some(Value::Bool(true))
    }

    fn missing(&self) -> Option<&'static str> {
        let required = self.spec.params.iter().filter(|param| param.presence == catalog::Presence::Required);
        required.map(|param| param.name).find(|name| self.get(name).is_none())
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{:?}", text.chars().take(60).collect::<String>()),
        other => format!("a value of the type {}", other.kind()),
    }
}

impl FileOp {
    /// Returns a program that does it, for places whose files the provider does not see.
    #[must_use]
    pub fn command(&self) -> Command {
        match self {
            Self::Read { file } => command(&["cat", "--", file], &[file]),
            Self::List { directory, is_recursive: false } => {
                command(&["ls", "-la", "--", directory], &[directory])
            }
            Self::List { directory, is_recursive: true } => {
                command(&["ls", "-laR", "--", directory], &[directory])
            }
            Self::Write { file, content } => Command {
                script: Some((Interpreter::Sh, "mkdir -p -- \"$(dirname -- \"$1\")\"\ncat > \"$1\"\n")),
                stdin: Some(Arc::clone(content)),
                ..command(&[file], &[file])
            },
            Self::MakeDirectory { directory } => command(&["mkdir", "-p", "--", directory], &[directory]),
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use engine::catalog::{ACTIONS, TargetKind};

    fn params(given: &[(&str, Value)]) -> BTreeMap<Name, Value> {
        given.iter().map(|(name, value)| ((*name).into(), value.clone())).collect()
    }

    fn argv(action: &str, given: &[(&str, Value)]) -> Vec<String> {
        let Form::Run(command) = form(action, &params(given)).unwrap() else { panic!("{action}") };
        command.argv
    }

    #[test]
    fn every_action_of_this_machine_has_a_form_with_the_least_it_needs() {
        for spec in ACTIONS {
            let required = spec.params.iter().filter(|param| param.presence == catalog::Presence::Required);
            let given = required.map(|param| {
                let value = match param.ty {
                    catalog::ParamType::OneOf { words, .. } => Value::text(words[0]),
                    catalog::ParamType::Json => Value::list(Vec::new()),
                    _ => Value::text("x"),
                };
                (param.name.into(), value)
            });
            let form = form(spec.name, &given.collect());
            let is_ours = spec
                .targets
                .iter()
                .any(|target| matches!(target, TargetKind::Local | TargetKind::Docker | TargetKind::Ssh));
            assert_eq!(form.is_ok(), is_ours, "{}: {form:?}", spec.name);
        }
    }

    #[test]
    fn a_param_stays_one_argument_and_never_becomes_an_option() {
        let hostile = "--amend\n$(id)";
        assert_eq!(
            argv("git_commit", &[("message", Value::text(hostile))]),
            ["git", "commit", "--all", "--message=--amend\n$(id)"]
        );
        assert_eq!(
            argv("git_clone", &[("url", Value::text("https://x/y")), ("branch", Value::text("b"))]),
            ["git", "clone", "--branch=b", "--", "https://x/y"]
        );
        assert_eq!(argv("git_log", &[("limit", Value::Int(3))]), ["git", "log", "--oneline", "-n", "3"]);
        let private = argv("gh_create_repo", &[("repo_name", Value::text("r"))]);
        assert_eq!(private, ["gh", "repo", "create", "r", "--private", "--source=.", "--push"]);
        for (action, name, value) in [
            ("git_push", "branch", "--force"),
            ("file_read", "file", "-n"),
            ("run_tests", "runner", "sh"),
            ("git_status", "command", "id"),
        ] {
            let why = form(action, &params(&[(name, Value::text(value))])).unwrap_err();
            assert!(why.contains(name), "{why}");
        }
        assert!(form("shell_exec", &params(&[])).is_err());
        assert!(form("file_read", &params(&[])).unwrap_err().contains("needs the param `file`"));
    }

    #[test]
    fn aliases_of_params_are_understood() {
        let read = form("read_file", &params(&[("file_path", Value::text("a"))])).unwrap();
        assert_eq!(read, Form::File(FileOp::Read { file: "a".into() }));
    }
}
