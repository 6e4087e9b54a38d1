//! The table itself.

use super::words::{
    BACKOFF, NETWORK, ON_EXPIRE, ON_FAILURE, OVERLAP, PULL, RISK, RISK_OR_NEVER, UNDO_ON, WHEN_BUSY,
    WORKSPACE, WORKSPACE_DOCKER,
};
use super::{Declares, Entry, Form, Part, Place, Slot};

/// Returns what a place takes; empty for places that take any key.
#[must_use]
pub fn entries(place: Place) -> &'static [Entry] {
    match place {
        Place::File => FILE,
        Place::Workflow => WORKFLOW,
        Place::Param => PARAM,
        Place::Secret => SECRET,
        Place::Local => LOCAL,
        Place::Docker => DOCKER,
        Place::Ssh => SSH,
        Place::Gateway => GATEWAY,
        Place::MockTarget => MOCK_TARGET,
        Place::Manual => MANUAL,
        Place::Schedule => SCHEDULE,
        Place::Webhook => WEBHOOK,
        Place::Event => EVENT,
        Place::Step => STEP,
        Place::Retry => RETRY,
        Place::Repeat => REPEAT,
        Place::Cache => CACHE,
        Place::Undo => UNDO,
        Place::Http => HTTP,
        Place::Agent => AGENT,
        Place::Approve => APPROVE,
        Place::Wait => WAIT,
        Place::Concurrency => CONCURRENCY,
        Place::Policy => POLICY,
        Place::Mock => MOCK,
        Place::Type
        | Place::Env
        | Place::Files
        | Place::Override
        | Place::Headers
        | Place::Query
        | Place::Meta
        | Place::Set
        | Place::Do
        | Place::Call => &[],
    }
}

const fn setting(word: &'static str, slot: Slot, default: &'static str, doc: &'static str) -> Entry {
    Entry { word, form: Form::Setting(slot), required: false, default, doc }
}

const fn required(word: &'static str, slot: Slot, doc: &'static str) -> Entry {
    Entry { word, form: Form::Setting(slot), required: true, default: "", doc }
}

const fn block(word: &'static str, place: Place, doc: &'static str) -> Entry {
    Entry { word, form: Form::Block(place), required: false, default: "", doc }
}

const fn named(word: &'static str, place: Place, doc: &'static str) -> Entry {
    Entry { word, form: Form::NamedBlock(place), required: false, default: "", doc }
}

const fn declaration(
    word: &'static str,
    ty: Part,
    value: Part,
    body: Option<Place>,
    doc: &'static str,
) -> Entry {
    let declares = Declares { ty, value, body, body_required: false };
    Entry { word, form: Form::Declaration(declares), required: false, default: "", doc }
}

const fn with_body(word: &'static str, ty: Part, body: Place, doc: &'static str) -> Entry {
    let declares = Declares { ty, value: Part::None, body: Some(body), body_required: true };
    Entry { word, form: Form::Declaration(declares), required: false, default: "", doc }
}

const LABELS: Entry =
    setting("labels", Slot::Texts, "[]", "Words the scheduler and policies know the target by.");
const TARGET_ENV: Entry = block("env", Place::Env, "Variables every step on this target gets.");
const SET: Entry = block("set", Place::Set, "The params the trigger sets.");

const FILE: &[Entry] = &[
    with_body("type", Part::None, Place::Type, "Declares a record type."),
    with_body(
        "workflow",
        Part::None,
        Place::Workflow,
        "Declares a workflow; the first of a file is its main one.",
    ),
];

const WORKFLOW: &[Entry] = &[
    setting("description", Slot::Literal, "", "What the workflow is for."),
    setting("timeout", Slot::Duration(1), "", "How long the whole job may take."),
    setting(
        "fail_fast",
        Slot::Flag,
        "true",
        "Whether, after a failure, only steps with an `after` edge still start.",
    ),
    setting("priority", Slot::Number, "0", "Which of two queued jobs goes first; higher is earlier."),
    declaration("param", Part::Required, Part::Optional, Some(Place::Param), "A value the job is given."),
    with_body("secret", Part::None, Place::Secret, "A value that is never shown, by the name it goes by."),
    declaration("let", Part::Optional, Part::Required, None, "A name for an expression."),
    declaration("target", Part::Required, Part::None, Some(Place::Local), "A place steps run in."),
    declaration("trigger", Part::Required, Part::None, Some(Place::Manual), "What starts a job."),
    with_body("step", Part::None, Place::Step, "One thing to do."),
    declaration("output", Part::Required, Part::Required, None, "What the job gives back."),
    block("env", Place::Env, "Variables every step gets."),
    block("concurrency", Place::Concurrency, "How many jobs of a group run at once."),
    block("policy", Place::Policy, "What needs approval, and when undo runs."),
    block("meta", Place::Meta, "Free words about the workflow."),
];

const PARAM: &[Entry] = &[
    setting("help", Slot::Literal, "", "What the param is for."),
    setting("check", Slot::Condition, "", "What must hold of its value."),
];

const SECRET: &[Entry] =
    &[required("from", Slot::Literal, "Where it is found: `vault:PATH#FIELD`, `env:NAME` or `file:PATH`.")];

const LOCAL: &[Entry] = &[LABELS, TARGET_ENV];

const DOCKER: &[Entry] = &[
    required("image", Slot::Text, "The image, best pinned by its digest."),
    setting("pull", Slot::Word(PULL), "\"missing\"", "When the image is fetched."),
    setting("cpus", Slot::Quantity, "1", "How many processors a container may use."),
    setting("memory", Slot::Size, "512MiB", "How much memory a container may use."),
    setting("network", Slot::Word(NETWORK), "\"none\"", "What a container can reach."),
    setting(
        "workspace",
        Slot::Word(WORKSPACE_DOCKER),
        "\"none\"",
        "How the job's folder gets into the container.",
    ),
    LABELS,
    TARGET_ENV,
];

const SSH: &[Entry] = &[
    required("host", Slot::Text, "The name or address of the host."),
    setting("port", Slot::Count(1), "22", "The port of its SSH server."),
    required("user", Slot::Text, "Who logs in."),
    setting("key", Slot::Credential, "", "The private key; the user's SSH agent where none is given."),
    setting("host_key", Slot::Text, "", "The host's public key; without it the file does not compile."),
    setting("workspace", Slot::Word(WORKSPACE), "\"none\"", "How the job's folder gets to the host."),
    LABELS,
    TARGET_ENV,
];

const GATEWAY: &[Entry] = &[
    required("url", Slot::Text, "The gateway's address."),
    setting("token", Slot::Credential, "", "The credential the gateway wants."),
    setting("agent", Slot::Text, "", "Which of its agents; any where none is named."),
    LABELS,
    TARGET_ENV,
];

const MOCK_TARGET: &[Entry] = &[LABELS, TARGET_ENV];

const MANUAL: &[Entry] = &[SET];

const SCHEDULE: &[Entry] = &[
    required("cron", Slot::Literal, "Minute, hour, day, month and weekday."),
    setting("timezone", Slot::Literal, "\"UTC\"", "The time zone the fields are read in."),
    setting("overlap", Slot::Word(OVERLAP), "\"skip\"", "What happens when the last job still runs."),
    setting("catch_up", Slot::Duration(0), "0s", "How old a missed time may be and still start a job."),
    SET,
];

const WEBHOOK: &[Entry] = &[
    required("path", Slot::Literal, "The path that is called."),
    setting("secret", Slot::Credential, "", "The key the caller signs with."),
    SET,
];

const EVENT: &[Entry] = &[
    required("source", Slot::Literal, "Where the event comes from."),
    setting("match", Slot::Condition, "", "Which events start a job."),
    SET,
];

const STEP: &[Entry] = &[
    setting("on", Slot::Target, "", "The target it runs on; the scheduler picks where none is named."),
    setting("needs", Slot::Steps, "[]", "Steps that must have succeeded or been skipped."),
    setting("after", Slot::Steps, "[]", "Steps that must have come to an end, whatever it was."),
    setting("when", Slot::Condition, "true", "Whether it runs at all."),
    setting("for_each", Slot::Collection, "", "The list or map it fans out over."),
    setting("key", Slot::Text, "", "The name of an instance; its position or key where none is given."),
    setting("parallel", Slot::Count(1), "", "How many instances may run at once."),
    setting("max_items", Slot::Count(1), "100000", "How many instances there may be."),
    setting("timeout", Slot::Duration(1), "", "How long one attempt may take."),
    setting("on_failure", Slot::Word(ON_FAILURE), "\"stop\"", "Whether the job goes on when it fails."),
    setting("expect", Slot::Condition, "", "What must hold of its result."),
    setting("risk", Slot::Word(RISK), "\"low\"", "How dangerous it is; the engine may know better."),
    setting("reason", Slot::Literal, "", "Why the risk is taken."),
    setting("irreversible", Slot::Flag, "false", "Whether it cannot be undone."),
    setting("workdir", Slot::Text, "\".\"", "The folder it runs in, under the workspace."),
    setting("stdin", Slot::Credential, "", "Text given on standard input."),
    setting("args", Slot::Arguments, "[]", "Arguments of a script: `\"$@\"`."),
    setting("run", Slot::Command, "", "Action: starts a program; each element is one argument."),
    setting("script", Slot::Script, "", "Action: runs a script; the tag says by what."),
    named("do", Place::Do, "Action: runs an action of the catalog."),
    block("http", Place::Http, "Action: sends an HTTP request."),
    block("agent", Place::Agent, "Action: asks a model."),
    named("call", Place::Call, "Action: runs another workflow."),
    block("approve", Place::Approve, "Action: asks people."),
    block("wait", Place::Wait, "Action: waits."),
    declaration("output", Part::Required, Part::Optional, None, "A value the step gives."),
    declaration("artifact", Part::None, Part::Required, None, "A file the step leaves, by its path."),
    block("env", Place::Env, "Variables."),
    block("files", Place::Files, "Files laid into the working directory before it runs."),
    block("override", Place::Override, "Settings of the target replaced for this step."),
    block("retry", Place::Retry, "How it is tried again."),
    block("repeat", Place::Repeat, "How it is repeated until a condition holds."),
    block("cache", Place::Cache, "When an earlier result serves instead."),
    block("undo", Place::Undo, "What takes it back."),
    block("concurrency", Place::Concurrency, "How many of a group run at once."),
    block("mock", Place::Mock, "What a mock run gives."),
];

const RETRY: &[Entry] = &[
    setting("attempts", Slot::Count(1), "3", "How many attempts there are in all."),
    setting("backoff", Slot::Word(BACKOFF), "\"exponential\"", "How the delay grows."),
    setting("delay", Slot::Duration(0), "1s", "The first delay."),
    setting("max", Slot::Duration(0), "5m", "The longest delay."),
    setting("jitter", Slot::Flag, "false", "Whether delays are spread by chance."),
    setting("on", Slot::Texts, "[\"any\"]", "Which failures: `timeout`, `exit:N`, `http:5xx`, `any`."),
];

const REPEAT: &[Entry] = &[
    required("until", Slot::Condition, "What must hold for it to be done."),
    setting("every", Slot::Duration(0), "0s", "The time between rounds."),
    required("max", Slot::Count(1), "How many rounds there may be; reaching it is a failure."),
];

const CACHE: &[Entry] = &[
    setting("key", Slot::Values, "[]", "Values that join the key beside the command, image and inputs."),
    setting("ttl", Slot::Duration(1), "", "How old the result may be."),
];

const UNDO: &[Entry] = &[
    setting("timeout", Slot::Duration(1), "", "How long it may take."),
    setting("partial", Slot::Flag, "false", "Whether it also runs for instances that failed."),
    setting("run", Slot::Command, "", "Action: starts a program."),
    setting("script", Slot::Script, "", "Action: runs a script."),
    setting("args", Slot::Arguments, "[]", "Arguments of a script: `\"$@\"`."),
    named("do", Place::Do, "Action: runs an action of the catalog."),
    block("http", Place::Http, "Action: sends an HTTP request."),
    block("env", Place::Env, "Variables."),
];

const HTTP: &[Entry] = &[
    setting("method", Slot::Word(super::words::METHOD), "\"GET\"", "The method."),
    required("url", Slot::Text, "Where the request goes."),
    setting("body", Slot::Any, "", "Text is sent as it is, any other value as JSON."),
    setting("auth", Slot::Credential, "", "Sent as a bearer token."),
    block("headers", Place::Headers, "Headers by name."),
    block("query", Place::Query, "The query; values are encoded."),
];

const AGENT: &[Entry] = &[
    setting("model", Slot::Text, "", "Which model."),
    required("prompt", Slot::Text, "What it is asked; interpolated values are fenced as data."),
    setting("tools", Slot::Texts, "[]", "Which tools it may use."),
];

const APPROVE: &[Entry] = &[
    setting("message", Slot::Text, "", "What is asked."),
    setting("approvers", Slot::Texts, "", "Who may answer: `group:sre`, `user:ann`."),
    setting("quorum", Slot::Count(1), "1", "How many must agree."),
    setting("expires", Slot::Duration(1), "", "How long the question stands."),
    setting("on_expire", Slot::Word(ON_EXPIRE), "\"reject\"", "What silence means."),
];

const WAIT: &[Entry] = &[
    setting("for", Slot::Duration(0), "", "A length of time."),
    setting("until", Slot::Time, "", "A point in time."),
    setting("signal", Slot::Text, "", "The name of a signal."),
    setting("expires", Slot::Duration(1), "", "How long a signal is waited for."),
];

const CONCURRENCY: &[Entry] = &[
    required("group", Slot::Text, "The name of the group."),
    setting("limit", Slot::Count(1), "1", "How many may run at once."),
    setting("when_busy", Slot::Word(WHEN_BUSY), "\"queue\"", "What happens to one too many."),
    setting("rate", Slot::Count(1), "", "How many may start in each `per`."),
    setting("per", Slot::Duration(1), "", "The length of time `rate` counts in."),
];

const POLICY: &[Entry] = &[
    setting(
        "approve_at",
        Slot::OneOf(RISK_OR_NEVER),
        "",
        "From which risk on a step needs an approval above it.",
    ),
    setting("undo_on", Slot::Word(UNDO_ON), "\"manual\"", "When undo runs."),
    setting("max_parallel", Slot::Count(1), "", "How many steps may run at once."),
];

const MOCK: &[Entry] = &[
    setting("stdout", Slot::Text, "\"\"", "What it prints."),
    setting("stderr", Slot::Text, "\"\"", "What it prints as errors."),
    setting("exit_code", Slot::Number, "0", "How it ends."),
    setting("status", Slot::Number, "200", "The status of an HTTP answer."),
    setting("body", Slot::Any, "", "The body of an HTTP answer or a signal."),
    setting("output", Slot::Any, "", "The declared outputs, by name."),
    setting("delay", Slot::Duration(0), "0s", "How long it takes."),
];
