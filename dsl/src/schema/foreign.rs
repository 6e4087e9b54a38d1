//! The words of other tools that people and models bring along, and what stands for them here.

use super::Place;

/// A word of another tool, whose it is, and the word here.
pub struct Foreign {
    /// The word, as it is written with `_`.
    pub word: &'static str,
    /// Whose word it is.
    pub tool: &'static str,
    /// The word here; none where nothing replaces it one to one.
    pub here: Option<&'static str>,
    /// How to go on, where the word alone does not say it.
    pub help: &'static str,
    /// The only places where it is meant like this; none for all.
    pub within: &'static [Place],
}

/// Finds a word of another tool, however it joins its parts: `depends_on`, `dependsOn`.
#[must_use]
pub fn foreign(place: Place, word: &str) -> Option<&'static Foreign> {
    let plain = |word: &str| word.replace('_', "").to_lowercase();
    let word = plain(word);
    FOREIGN.iter().find(|foreign| {
        plain(foreign.word) == word && (foreign.within.is_empty() || foreign.within.contains(&place))
    })
}

const fn same(word: &'static str, tool: &'static str, here: &'static str) -> Foreign {
    Foreign { word, tool, here: Some(here), help: "", within: &[] }
}

const fn other(word: &'static str, tool: &'static str, help: &'static str) -> Foreign {
    Foreign { word, tool, here: None, help, within: &[] }
}

const FOREIGN: &[Foreign] = &[
    // What a step waits for, and when it runs.
    same("if", "GitHub Actions", "when"),
    same("condition", "other tools", "when"),
    other("unless", "other tools", "here it is `when = !…`"),
    other("rules", "GitLab", "here it is `when`"),
    other("only", "GitLab", "here it is `when`"),
    other("except", "GitLab", "here it is `when`"),
    same("depends_on", "Terraform", "needs"),
    same("depends", "Argo", "needs"),
    same("dependencies", "Argo", "needs"),
    same("requires", "other tools", "needs"),
    same("upstream", "Airflow", "needs"),
    same("wait_for", "other tools", "needs"),
    other("stage", "GitLab", "here steps wait for each other: `needs = [step.NAME]`"),
    other("stages", "GitLab", "here steps wait for each other: `needs = [step.NAME]`"),
    other(
        "trigger_rule",
        "Airflow",
        "here it is `after` instead of `needs`, with `when` on `step.NAME.status`",
    ),
    other("on_exit", "Argo", "here it is a step of its own, with `after = [step.NAME]`"),
    other("post", "Jenkins", "here it is a step of its own, with `after = [step.NAME]`"),
    other("finally", "other tools", "here it is a step of its own, with `after = [step.NAME]`"),
    other("always", "other tools", "here it is a step of its own, with `after = [step.NAME]`"),
    other("after_script", "GitLab", "here it is a step of its own, with `after = [step.NAME]`"),
    other("on_success", "other tools", "here it is a step of its own, with `after = [step.NAME]`"),
    other("on_error", "other tools", "here it is a step of its own, with `after = [step.NAME]`"),
    other("on_failure_callback", "Airflow", "here it is a step of its own, with `after = [step.NAME]`"),
    other(
        "before_script",
        "GitLab",
        "write it at the top of the script, or as a step that is waited for: `needs = [step.NAME]`",
    ),
    other("continue_on_error", "GitHub Actions", "here it is `on_failure = \"continue\"`"),
    other("allow_failure", "GitLab", "here it is `on_failure = \"continue\"`"),
    other("ignore_errors", "Ansible", "here it is `on_failure = \"continue\"`"),
    // How often.
    other("matrix", "GitHub Actions", "here it is `for_each = product({ … })`"),
    other("strategy", "GitHub Actions", "here it is `for_each` with `parallel`"),
    same("foreach", "other tools", "for_each"),
    same("with_items", "Argo", "for_each"),
    same("with_param", "Argo", "for_each"),
    same("loop", "Ansible", "for_each"),
    Foreign { word: "for", tool: "other tools", here: Some("for_each"), help: "", within: &[Place::Step] },
    Foreign {
        word: "count",
        tool: "Terraform",
        here: None,
        help: "here it is `for_each = range(…)`",
        within: &[Place::Step],
    },
    Foreign {
        word: "max_parallel",
        tool: "GitHub Actions",
        here: Some("parallel"),
        help: "",
        within: &[Place::Step],
    },
    Foreign { word: "parallelism", tool: "Argo", here: Some("parallel"), help: "", within: &[Place::Step] },
    other("retries", "Airflow", "here it is `retry { attempts = … }`"),
    other("max_retries", "other tools", "here it is `retry { attempts = … }`"),
    other("retry_strategy", "Argo", "here it is `retry { attempts = … }`"),
    other("retry_count", "other tools", "here it is `retry { attempts = … }`"),
    other("retry_delay", "Airflow", "here it is `retry { delay = … }`"),
    other("timeout_minutes", "GitHub Actions", "here it is `timeout = 10m`"),
    other("timeout_seconds", "other tools", "here it is `timeout = 10m`"),
    other("execution_timeout", "Airflow", "here it is `timeout = 10m`"),
    other("active_deadline_seconds", "Argo", "here it is `timeout = 10m`"),
    other("resource_group", "GitLab", "here it is `concurrency { group = … }`"),
    other("synchronization", "Argo", "here it is `concurrency { group = … }`"),
    other("pool", "Airflow", "here it is `concurrency { group = … }`"),
    other("max_active_runs", "Airflow", "here it is `concurrency { group = … }`"),
    other("mutex", "other tools", "here it is `concurrency { group = … }`"),
    other(
        "cancel_in_progress",
        "GitHub Actions",
        "here it is `concurrency { when_busy = \"cancel_running\" }`",
    ),
    other("memoize", "Argo", "here it is `cache { … }`"),
    // What a step does.
    Foreign {
        here: Some("run"),
        ..other("command", "other tools", "here it is `run = [\"program\", \"argument\"]`")
    },
    Foreign {
        here: Some("run"),
        ..other("cmd", "other tools", "here it is `run = [\"program\", \"argument\"]`")
    },
    Foreign {
        here: Some("run"),
        ..other("exec", "other tools", "here it is `run = [\"program\", \"argument\"]`")
    },
    other("commands", "other tools", "here it is `script = <<SH`"),
    other("shell", "other tools", "here it is `script = <<SH`"),
    other("sh", "other tools", "here it is `script = <<SH`"),
    other("bash", "other tools", "here it is `script = <<SH`"),
    other("bash_command", "Airflow", "here it is `script = <<SH`"),
    other("python_callable", "Airflow", "here it is `script = <<PY`"),
    other("uses", "GitHub Actions", "here a workflow is reused with `call`"),
    other("with", "GitHub Actions", "here params stand inside `call NAME { … }`"),
    other("extends", "GitLab", "here it is a workflow of its own, reused with `import` and `call`"),
    other("include", "GitLab", "here it is a workflow of its own, reused with `import` and `call`"),
    other("module", "Terraform", "here it is a workflow of its own, reused with `import` and `call`"),
    other("template", "Argo", "here it is a workflow of its own, reused with `import` and `call`"),
    other("templates", "Argo", "here it is a workflow of its own, reused with `import` and `call`"),
    other("approval", "other tools", "here it is a step with `approve { … }`"),
    other("approvals", "other tools", "here it is a step with `approve { … }`"),
    other("gate", "other tools", "here it is a step with `approve { … }`"),
    other("suspend", "Argo", "here it is a step with `approve { … }`"),
    other("confirm", "other tools", "here it is a step with `approve { … }`"),
    other("sleep", "other tools", "here it is a step with `wait { for = … }`"),
    other("request", "other tools", "here it is `http { … }`"),
    other("http_request", "other tools", "here it is `http { … }`"),
    same("rollback", "other tools", "undo"),
    same("compensate", "other tools", "undo"),
    other("register", "Ansible", "here a step declares what it gives: `output NAME: TYPE = result.stdout`"),
    // Where.
    Foreign { here: Some("on"), ..other("runs_on", "GitHub Actions", "here it is `on = target.NAME`") },
    other(
        "container",
        "GitHub Actions",
        "here it is `target NAME: docker { image = … }`, and `on = target.NAME`",
    ),
    other("docker", "other tools", "here it is `target NAME: docker { image = … }`, and `on = target.NAME`"),
    other("hosts", "Ansible", "here it is `target NAME: KIND { … }`, and `on = target.NAME`"),
    other("tags", "GitLab", "here it is `target NAME: KIND { … }`, and `on = target.NAME`"),
    other("provider", "Terraform", "here it is `target NAME: KIND { … }`, and `on = target.NAME`"),
    other("connection", "other tools", "here it is `target NAME: KIND { … }`, and `on = target.NAME`"),
    other("runner", "other tools", "here it is `target NAME: KIND { … }`, and `on = target.NAME`"),
    same("cwd", "other tools", "workdir"),
    same("working_directory", "GitHub Actions", "workdir"),
    same("working_dir", "other tools", "workdir"),
    same("dir", "other tools", "workdir"),
    same("chdir", "Ansible", "workdir"),
    same("environment", "Compose", "env"),
    same("env_vars", "other tools", "env"),
    same("environment_variables", "other tools", "env"),
    other(
        "volumes",
        "Argo",
        "here `files { … }` lays files, `artifact` keeps them, and a target says which `workspace` it sees",
    ),
    other(
        "volume_mounts",
        "Argo",
        "here `files { … }` lays files, `artifact` keeps them, and a target says which `workspace` it sees",
    ),
    // What is declared.
    Foreign {
        word: "name",
        tool: "GitHub Actions",
        here: None,
        help: "here the name stands behind the word: `step NAME { … }`",
        within: &[Place::Step],
    },
    Foreign {
        word: "name",
        tool: "GitHub Actions",
        here: None,
        help: "here the name stands behind the word: `workflow NAME { … }`; a longer text is its `description`",
        within: &[Place::File, Place::Workflow],
    },
    Foreign {
        word: "id",
        tool: "GitHub Actions",
        here: None,
        help: "here the name stands behind the word: `step NAME { … }`",
        within: &[Place::Step],
    },
    other("steps", "GitHub Actions", "here each one is declared: `step NAME { … }`"),
    other("jobs", "GitHub Actions", "here each one is declared: `step NAME { … }`"),
    other("tasks", "Kestra", "here each one is declared: `step NAME { … }`"),
    other("dag", "Argo", "here each one is declared: `step NAME { … }`"),
    other("resource", "Terraform", "here each one is declared: `step NAME { … }`"),
    other("operator", "Airflow", "here each one is declared: `step NAME { … }`"),
    same("task", "other tools", "step"),
    same("job", "GitHub Actions", "step"),
    same("variable", "Terraform", "param"),
    same("parameter", "other tools", "param"),
    other("inputs", "GitHub Actions", "here each one is declared: `param NAME: TYPE`"),
    other("params", "other tools", "here each one is declared: `param NAME: TYPE`"),
    other("parameters", "Argo", "here each one is declared: `param NAME: TYPE`"),
    other("arguments", "Argo", "here each one is declared: `param NAME: TYPE`"),
    other("variables", "GitLab", "here each one is declared: `param NAME: TYPE`"),
    other("op_kwargs", "Airflow", "here each one is declared: `param NAME: TYPE`"),
    Foreign {
        word: "default",
        tool: "Terraform",
        here: None,
        help: "here the default stands behind the type: `param NAME: TYPE = VALUE`",
        within: &[Place::Param],
    },
    Foreign {
        word: "type",
        tool: "Terraform",
        here: None,
        help: "here the type stands behind the name: `param NAME: TYPE`",
        within: &[Place::Param],
    },
    Foreign {
        word: "required",
        tool: "other tools",
        here: None,
        help: "a param without a default is required; one that may be missing has the type `TYPE?`",
        within: &[Place::Param],
    },
    Foreign { word: "description", tool: "Terraform", here: Some("help"), help: "", within: &[Place::Param] },
    Foreign {
        word: "validation",
        tool: "Terraform",
        here: None,
        help: "here it is `check = …`",
        within: &[Place::Param],
    },
    Foreign {
        word: "sensitive",
        tool: "Terraform",
        here: None,
        help: "here it is `secret NAME { from = … }` instead of a param",
        within: &[Place::Param],
    },
    other("locals", "Terraform", "here each one is declared: `let NAME = …`"),
    other("vars", "Ansible", "here each one is declared: `let NAME = …`"),
    same("const", "other tools", "let"),
    same("local", "Terraform", "let"),
    same("var", "other tools", "let"),
    other("secrets", "GitHub Actions", "here each one is declared: `secret NAME { from = \"env:NAME\" }`"),
    other("outputs", "GitHub Actions", "here each one is declared: `output NAME: TYPE`"),
    other("artifacts", "GitLab", "here each one is declared: `artifact NAME = \"path\"`"),
    // What starts a job, and what stands around it.
    Foreign {
        word: "on",
        tool: "GitHub Actions",
        here: None,
        help: "here it is `trigger NAME: KIND { … }`",
        within: &[Place::Workflow, Place::File],
    },
    other("triggers", "other tools", "here it is `trigger NAME: KIND { … }`"),
    other("push", "GitHub Actions", "here it is `trigger NAME: KIND { … }`"),
    other("pull_request", "GitHub Actions", "here it is `trigger NAME: KIND { … }`"),
    other("workflow_dispatch", "GitHub Actions", "here it is `trigger NAME: KIND { … }`"),
    other("workflow_call", "GitHub Actions", "here it is `trigger NAME: KIND { … }`"),
    other("schedule", "other tools", "here it is `trigger NAME: schedule { cron = … }`"),
    other("schedule_interval", "Airflow", "here it is `trigger NAME: schedule { cron = … }`"),
    other("catchup", "Airflow", "here it is `catch_up`, in `trigger NAME: schedule { … }`"),
    other("entrypoint", "Argo", "here the first workflow of the file is the main one"),
    other("pipeline", "other tools", "here it is `workflow NAME { … }`"),
    other(
        "permissions",
        "GitHub Actions",
        "nothing stands for it here: what a step can do is a matter of its target and its secrets",
    ),
    other("defaults", "GitHub Actions", "nothing stands for it here: each step says what it needs"),
    other(
        "api_version",
        "Kubernetes",
        "a file begins with `skynet 1` and holds `workflow NAME { … }`; leave it out",
    ),
    other(
        "metadata",
        "Kubernetes",
        "a file begins with `skynet 1` and holds `workflow NAME { … }`; leave it out",
    ),
    other(
        "spec",
        "Kubernetes",
        "a file begins with `skynet 1` and holds `workflow NAME { … }`; leave it out",
    ),
];

#[cfg(test)]
mod tests {
    use super::{FOREIGN, foreign};
    use crate::schema::Place;

    #[test]
    fn no_word_of_ours_is_taken_for_another_tool_s() {
        for it in FOREIGN {
            let all = if it.within.is_empty() { Place::ALL } else { it.within };
            for place in all {
                assert!(place.entry(it.word).is_none(), "{} in {place:?}", it.word);
                assert!(
                    place.is_free() || foreign(*place, it.word).is_some_and(|found| found.word == it.word)
                );
            }
        }
    }

    #[test]
    fn each_says_how_to_go_on() {
        for it in FOREIGN {
            assert!(!it.help.is_empty() || it.here.is_some(), "{}", it.word);
            let known = |here: &str| Place::ALL.iter().any(|place| place.entry(here).is_some());
            assert!(it.here.is_none_or(known), "{}", it.word);
        }
    }

    #[test]
    fn parts_are_joined_in_any_way() {
        for word in ["depends_on", "dependsOn", "DependsOn"] {
            assert_eq!(foreign(Place::Step, word).and_then(|it| it.here), Some("needs"), "{word}");
        }
        assert!(foreign(Place::Step, "default").is_none());
    }
}
