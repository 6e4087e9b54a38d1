//! What may stand where: one table for the checker, suggestions, the reference, the JSON schemas and the editor.
//!
//! A [`Place`] is a body or a whole file. Its [`Entry`]s say which settings, blocks and declarations it takes. Nothing
//! else in the compiler lists the words of the language.

mod foreign;
mod table;
pub mod words;

pub use foreign::{Foreign, foreign};
pub use table::entries;

/// A body in which statements stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The file itself.
    File,
    /// `type T { … }`
    Type,
    /// `workflow w { … }`
    Workflow,
    /// `param p: T { … }`
    Param,
    /// `secret s { … }`
    Secret,
    /// `target t: local { … }`
    Local,
    /// `target t: docker { … }`
    Docker,
    /// `target t: ssh { … }`
    Ssh,
    /// `target t: gateway { … }`
    Gateway,
    /// `target t: mock { … }`
    MockTarget,
    /// `trigger t: manual { … }`
    Manual,
    /// `trigger t: schedule { … }`
    Schedule,
    /// `trigger t: webhook { … }`
    Webhook,
    /// `trigger t: event { … }`
    Event,
    /// `step s { … }`
    Step,
    /// `retry { … }`
    Retry,
    /// `repeat { … }`
    Repeat,
    /// `cache { … }`
    Cache,
    /// `undo { … }`
    Undo,
    /// `http { … }`
    Http,
    /// `agent { … }`
    Agent,
    /// `approve { … }`
    Approve,
    /// `wait { … }`
    Wait,
    /// `concurrency { … }` of a workflow or a step
    Concurrency,
    /// `policy { … }`
    Policy,
    /// `mock { … }` of a step
    Mock,
    /// `env { … }`: names of variables
    Env,
    /// `files { … }`: paths
    Files,
    /// `override { … }`: settings of the step's target
    Override,
    /// `headers { … }`
    Headers,
    /// `query { … }`
    Query,
    /// `meta { … }`
    Meta,
    /// `set { … }` of a trigger: params
    Set,
    /// `do action { … }`: params of the catalog action
    Do,
    /// `call workflow { … }`: params of the callee
    Call,
}

/// What one place takes under one word.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The word.
    pub word: &'static str,
    /// Which statement it begins, and what that takes.
    pub form: Form,
    /// Whether it must be there.
    pub required: bool,
    /// What holds when it is not there; empty if nothing does.
    pub default: &'static str,
    /// What it is for.
    pub doc: &'static str,
}

/// The statement a word begins.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// `word = value`
    Setting(Slot),
    /// `word { … }`
    Block(Place),
    /// `word name { … }`
    NamedBlock(Place),
    /// `word name: type = value { … }`
    Declaration(Declares),
}

/// The parts of a declaration.
#[derive(Clone, Copy, Debug)]
pub struct Declares {
    /// What stands behind the colon.
    pub ty: Part,
    /// What stands behind `=`.
    pub value: Part,
    /// The body; none takes no body.
    pub body: Option<Place>,
    /// Whether the body must be there.
    pub body_required: bool,
}

/// Whether a part of a declaration is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It must not be.
    None,
    /// It may be.
    Optional,
    /// It must be.
    Required,
}

/// What the value of a setting must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Text that interpolates nothing.
    Literal,
    /// Text.
    Text,
    /// `true` or `false`, written out.
    Flag,
    /// A whole number written out, of any sign.
    Number,
    /// A whole number of at least this.
    Count(i64),
    /// A number of at least 0.
    Quantity,
    /// A duration of at least so many milliseconds.
    Duration(i64),
    /// A size.
    Size,
    /// A point in time.
    Time,
    /// A condition.
    Condition,
    /// One of these words, written out.
    Word(&'static [&'static str]),
    /// A text that must come down to one of these words.
    OneOf(&'static [&'static str]),
    /// References to steps: `[step.a, step.b]`.
    Steps,
    /// A reference to a target.
    Target,
    /// A list of arguments, the first of which is the program.
    Command,
    /// A list of arguments.
    Arguments,
    /// A heredoc.
    Script,
    /// A list or a map to fan out over.
    Collection,
    /// A list of texts.
    Texts,
    /// A list of any values.
    Values,
    /// A text or a secret.
    Credential,
    /// Any value.
    Any,
}

impl Place {
    /// Every place, in the order of the reference.
    pub const ALL: &[Self] = &[
        Self::File,
        Self::Type,
        Self::Workflow,
        Self::Param,
        Self::Secret,
        Self::Local,
        Self::Docker,
        Self::Ssh,
        Self::Gateway,
        Self::MockTarget,
        Self::Manual,
        Self::Schedule,
        Self::Webhook,
        Self::Event,
        Self::Step,
        Self::Retry,
        Self::Repeat,
        Self::Cache,
        Self::Undo,
        Self::Http,
        Self::Agent,
        Self::Approve,
        Self::Wait,
        Self::Concurrency,
        Self::Policy,
        Self::Mock,
        Self::Env,
        Self::Files,
        Self::Override,
        Self::Headers,
        Self::Query,
        Self::Meta,
        Self::Set,
        Self::Do,
        Self::Call,
    ];

    /// Returns how messages and the reference call the place.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Type => "type",
            Self::Workflow => "workflow",
            Self::Param => "param",
            Self::Secret => "secret",
            Self::Local => "target …: local",
            Self::Docker => "target …: docker",
            Self::Ssh => "target …: ssh",
            Self::Gateway => "target …: gateway",
            Self::MockTarget => "target …: mock",
            Self::Manual => "trigger …: manual",
            Self::Schedule => "trigger …: schedule",
            Self::Webhook => "trigger …: webhook",
            Self::Event => "trigger …: event",
            Self::Step => "step",
            Self::Retry => "retry",
            Self::Repeat => "repeat",
            Self::Cache => "cache",
            Self::Undo => "undo",
            Self::Http => "http",
            Self::Agent => "agent",
            Self::Approve => "approve",
            Self::Wait => "wait",
            Self::Concurrency => "concurrency",
            Self::Policy => "policy",
            Self::Mock => "mock",
            Self::Env => "env",
            Self::Files => "files",
            Self::Override => "override",
            Self::Headers => "headers",
            Self::Query => "query",
            Self::Meta => "meta",
            Self::Set => "set",
            Self::Do => "do",
            Self::Call => "call",
        }
    }

    /// Returns whether the place takes any key, instead of the words of a list.
    #[must_use]
    pub fn is_free(self) -> bool {
        matches!(
            self,
            Self::Type
                | Self::Env
                | Self::Files
                | Self::Override
                | Self::Headers
                | Self::Query
                | Self::Meta
                | Self::Set
                | Self::Do
                | Self::Call
        )
    }

    /// Returns what the place takes under a word.
    #[must_use]
    pub fn entry(self, word: &str) -> Option<&'static Entry> {
        entries(self).iter().find(|entry| entry.word == word)
    }
}

/// Returns the body of a target of this kind.
#[must_use]
pub fn target(kind: &str) -> Option<Place> {
    match kind {
        "local" => Some(Place::Local),
        "docker" => Some(Place::Docker),
        "ssh" => Some(Place::Ssh),
        "gateway" => Some(Place::Gateway),
        "mock" => Some(Place::MockTarget),
        _ => None,
    }
}

/// Returns the body of a trigger of this kind.
#[must_use]
pub fn trigger(kind: &str) -> Option<Place> {
    match kind {
        "manual" => Some(Place::Manual),
        "schedule" => Some(Place::Schedule),
        "webhook" => Some(Place::Webhook),
        "event" => Some(Place::Event),
        _ => None,
    }
}
