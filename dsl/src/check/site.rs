//! Where an expression stands: what it may read there, and whether a secret may flow to it.

/// Where an expression stands, and so what it may read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// The step it belongs to.
    pub step: Option<usize>,
    /// Whether `result` is known.
    pub result: bool,
    /// Whether `self` is known.
    pub own: bool,
    /// Whether `self` may be an instance that failed, and so have no outputs.
    pub partial: bool,
    /// Whether `event` is known.
    pub event: bool,
    /// Whether other steps are known.
    pub steps: Steps,
    /// Whether a list may hold values of several types, as JSON does.
    pub mixed: bool,
    /// Whether a secret may flow here; if not, where it would be seen.
    pub secret: Secrecy,
}

/// Whether other steps are known at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Steps {
    /// They are.
    Known,
    /// Not in an undo, which may run long after.
    Undo,
    /// Not before the job has begun.
    Before(&'static str),
}

/// Whether a secret may flow to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// It may.
    Kept,
    /// It would stand in the list of processes.
    Argument,
    /// It would be seen here.
    Seen(&'static str),
}

impl Site {
    /// An expression of the workflow itself, before any step.
    pub(crate) fn before(what: &'static str) -> Self {
        Self {
            step: None,
            result: false,
            own: false,
            partial: false,
            event: false,
            steps: Steps::Before(what),
            mixed: false,
            secret: Secrecy::Seen(what),
        }
    }

    /// An expression of a step.
    pub(crate) fn step(step: usize, secret: Secrecy) -> Self {
        Self {
            step: Some(step),
            result: false,
            own: false,
            partial: false,
            event: false,
            steps: Steps::Known,
            mixed: false,
            secret,
        }
    }

    /// The same place after the step's action ran.
    pub(crate) fn after_action(self) -> Self {
        Self { result: true, own: true, ..self }
    }

    /// The same place, for a value that becomes JSON.
    pub(crate) fn json(self) -> Self {
        Self { mixed: true, ..self }
    }

    /// The same place as the setting of a name, which is what the author sees there.
    pub(crate) fn named(self, setting: &'static str) -> Self {
        let steps = match self.steps {
            Steps::Before(_) => Steps::Before(setting),
            Steps::Known | Steps::Undo => self.steps,
        };
        let secret = match self.secret {
            Secrecy::Seen(_) => Secrecy::Seen(setting),
            Secrecy::Kept | Secrecy::Argument => self.secret,
        };
        Self { steps, secret, ..self }
    }

    /// The same place with another word on secrets.
    pub(crate) fn with(self, secret: Secrecy) -> Self {
        Self { secret, ..self }
    }
}
