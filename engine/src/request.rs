//! What a provider is asked to do: an action in which every value is known, but for the secrets.
//!
//! A request is data. Nothing in it is shell text, and secrets stand in it as names ([`Sealed`]); whoever performs it
//! puts their values in at the last moment. [`Request::subject`] is the digest of all that decides what happens, the
//! content that an approval is bound to.

use crate::{
    id::{AttemptKey, Digest, Name},
    plan::{Interpreter, Risk, Step},
    value::Value,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// One attempt, ready to be performed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// What the attempt is called. A provider that is asked twice for one key has one effect.
    pub key: AttemptKey,
    /// Whether it takes back what an attempt did.
    pub is_undo: bool,
    /// What is done.
    pub action: Resolved,
    /// Where.
    pub place: Place,
    /// The workspace of the job, if it came with one; else the provider gives it one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Arc<str>>,
    /// The folder it runs in, relative to the workspace.
    pub workdir: Option<String>,
    /// Its variables; no others reach it but those that the provider allows.
    pub env: Vec<(Name, Sealed)>,
    /// What it reads on standard input.
    pub stdin: Option<Sealed>,
    /// Files laid into the working directory first, by relative path.
    pub files: Vec<(String, Content)>,
    /// Outputs read from `$SKYNET_OUT` when it is over.
    pub outputs: Vec<Name>,
    /// Files kept when it is over: the artifact's name and its path under the working directory.
    pub artifacts: Vec<(Name, String)>,
    /// How long it may take, in milliseconds.
    pub timeout: Option<i64>,
    /// How dangerous it is, now that all is known.
    pub risk: Risk,
}

/// The place a step runs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The target's name; none where the file names none.
    pub target: Option<Name>,
    /// `local`, `docker`, `ssh`, `gateway` or `mock`; for a request by HTTP `http`, for a question to a model `agent`.
    pub kind: Name,
    /// The target's settings.
    pub settings: BTreeMap<Name, Sealed>,
}

/// An action in which every value is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolved {
    /// Start a program with exactly these arguments; the first is the program.
    Run {
        /// The program and its arguments.
        argv: Vec<String>,
    },
    /// Run a script, which travels as a file.
    Script {
        /// Who reads it.
        interpreter: Interpreter,
        /// The script.
        body: Arc<str>,
        /// `"$@"`.
        arguments: Vec<String>,
    },
    /// Do an action of the catalog.
    Do {
        /// Its name.
        action: Name,
        /// Its params.
        params: BTreeMap<Name, Value>,
    },
    /// Send a request.
    Http {
        /// The method, in capitals.
        method: Arc<str>,
        /// Where to.
        url: String,
        /// Headers.
        headers: Vec<(Name, Sealed)>,
        /// The query, not yet encoded.
        query: Vec<(Name, String)>,
        /// The body.
        body: Option<Body>,
        /// What is sent as `Authorization`.
        auth: Option<Sealed>,
    },
    /// Ask a model.
    Agent {
        /// Which one.
        model: Option<String>,
        /// What it is asked.
        prompt: String,
        /// Which tools it may use.
        tools: Vec<String>,
    },
    /// Give these results and do nothing.
    Mock {
        /// The fields of `result`.
        result: BTreeMap<Name, Value>,
        /// Outputs that are given as such, by name.
        outputs: BTreeMap<Name, Value>,
        /// How long it takes, in milliseconds.
        delay: i64,
    },
}

/// The body of a request by HTTP.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Text, sent as it is.
    Text(String),
    /// Any other value, sent as JSON.
    Json(Value),
}

/// What a file is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Text.
    Text(Arc<str>),
    /// A copy of an artifact.
    Artifact {
        /// The digest of its content.
        sha256: Digest,
        /// Its size in bytes.
        bytes: u64,
    },
}

/// Text in which secrets stand as names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed {
    /// The pieces, in order.
    pub pieces: Vec<Piece>,
}

/// A piece of a sealed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Characters.
    Text(Arc<str>),
    /// The value of the secret of this name.
    Secret(Name),
}

impl Sealed {
    /// Makes a text that holds no secret.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { pieces: vec![Piece::Text(text.into())] }
    }

    /// Returns the text, with a value for each secret.
    ///
    /// # Errors
    /// The name of the first secret that has none.
    pub fn open<'a>(&'a self, secret: impl Fn(&str) -> Option<&'a str>) -> Result<String, Name> {
        self.pieces.iter().try_fold(String::new(), |text, piece| match piece {
            Piece::Text(chars) => Ok(text + chars),
            Piece::Secret(name) => secret(name).map(|value| text + value).ok_or_else(|| Arc::clone(name)),
        })
    }

    /// Goes through the names of the secrets in it.
    pub fn secrets(&self) -> impl Iterator<Item = &Name> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Secret(name) => Some(name),
        })
    }

    /// Returns the text if there is no secret in it.
    #[must_use]
    pub fn plain(&self) -> Option<String> {
        self.open(|_| None).ok()
    }
}

/// Shows a secret as its name: `Bearer ${secret.token}`.
impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(chars) => f.write_str(chars),
            Piece::Secret(name) => write!(f, "${{secret.{name}}}"),
        })
    }
}

impl Request {
    /// Returns the digest of all that decides what happens: everything but the number of the attempt. Two attempts
    /// that would do the same have the same subject.
    #[must_use]
    pub fn subject(&self, plan: Digest) -> Digest {
        let (key, action, place) = (&self.key, &self.action, (&self.place, &self.workspace));
        let rest = (&self.workdir, &self.env, &self.stdin, &self.files, self.timeout, self.risk);
        digest(&(plan, &key.job, &key.step, key.instance, action, place, rest, &self.artifacts))
    }

    /// Returns the digest under which a result may serve again: the subject without the job, the timeout and the risk,
    /// with how the step makes its outputs of what it did and whether it takes that for good, and what it reads for
    /// that.
    #[must_use]
    pub fn cache_key(&self, step: &Step, read: &[Value], more: &Value) -> Digest {
        let whole = (&self.action, &self.place, &self.workdir, &self.env, &self.stdin, &self.files);
        let until = step.repeat.as_ref().map(|repeat| &repeat.until);
        let given = (&self.artifacts, &self.outputs, &step.outputs, &step.expect, until);
        digest(&(whole, given, read, more))
    }

    /// Goes through the names of all secrets that it needs.
    pub fn secrets(&self) -> impl Iterator<Item = &Name> {
        let (headers, auth) = match &self.action {
            Resolved::Http { headers, auth, .. } => (headers.as_slice(), auth.as_ref()),
            Resolved::Run { .. }
            | Resolved::Script { .. }
            | Resolved::Do { .. }
            | Resolved::Agent { .. }
            | Resolved::Mock { .. } => (&[][..], None),
        };
        let named = self.env.iter().chain(headers).map(|(_, value)| value);
        named.chain(self.place.settings.values()).chain(&self.stdin).chain(auth).flat_map(Sealed::secrets)
    }
}

/// Digests a value by its JSON. Writing that fails for no value made here, as every key in them is text; if it did, the
/// digest would be that of the reason, and no approval would fit it.
fn digest(value: &impl Serialize) -> Digest {
    match serde_json::to_vec(value) {
        Ok(json) => Digest::of(&json),
        Err(error) => Digest::of(error.to_string().as_bytes()),
    }
}

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was performed to its end, well or not: an exit code of 3 and a status of 500 are such ends.
    Done(Done),
    /// It could not be performed, or was cut off, and surely runs no longer.
    Failed {
        /// What kind of failure it is.
        class: FailureClass,
        /// What went wrong, and how to go on.
        message: String,
        /// What it had given until then.
        done: Option<Box<Done>>,
    },
    /// Nobody knows whether it took effect, or whether it still runs.
    Unknown {
        /// Why.
        why: String,
    },
    /// It was stopped because somebody asked for it.
    Cancelled(Stopped),
}

/// What an attempt gave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The fields of `result`: `stdout`, `exit_code`, `status`, …
    pub result: BTreeMap<Name, Value>,
    /// What lay in `$SKYNET_OUT`, or what the mock gave, by the output's name.
    pub outputs: BTreeMap<Name, Value>,
    /// The files that were kept, each a [`Value::Artifact`].
    pub artifacts: BTreeMap<Name, Value>,
    /// The digest and the size of all it printed.
    pub log: Option<LogSeal>,
}

/// The digest and the size of a log: the proof that the log read later is the one that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSeal {
    /// The digest of all bytes, in the order in which they arrived.
    pub sha256: Digest,
    /// How many there were.
    pub bytes: u64,
}

/// The kinds of failures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// It took longer than it may.
    Timeout,
    /// The program ended with this code.
    Exit(i64),
    /// The answer had this status.
    Http(u16),
    /// `expect` was false.
    Expect,
    /// An output or artifact is missing or not of its type.
    Output,
    /// An expression has no value.
    Expression,
    /// The program could not be started, the server not be reached.
    Provider,
    /// The engine does not do this: a policy forbids it, or nothing here can.
    Refused,
    /// People said no, or nobody said yes in time.
    Approval,
    /// A signal did not come in time.
    Signal,
    /// The job of a callee did not succeed.
    Call,
    /// Its group was busy, and the file says to give up then.
    Busy,
    /// After `max` rounds the condition did not hold.
    Rounds,
    /// Whoever performed it is gone, and it is not safe to try again.
    Lost,
}

impl fmt::Display for FailureClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("timeout"),
            Self::Exit(code) => write!(f, "exit:{code}"),
            Self::Http(status) => write!(f, "http:{status}"),
            Self::Expect => f.write_str("expect"),
            Self::Output => f.write_str("output"),
            Self::Expression => f.write_str("expression"),
            Self::Provider => f.write_str("provider"),
            Self::Refused => f.write_str("refused"),
            Self::Approval => f.write_str("approval"),
            Self::Signal => f.write_str("signal"),
            Self::Call => f.write_str("call"),
            Self::Busy => f.write_str("busy"),
            Self::Rounds => f.write_str("rounds"),
            Self::Lost => f.write_str("lost"),
        }
    }
}

/// Whether what was to be stopped is proved to be gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// It is.
    Confirmed,
    /// It may still run.
    Unconfirmed {
        /// Why nobody knows.
        why: String,
    },
}
