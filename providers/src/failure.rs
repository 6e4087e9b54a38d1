//! Why an attempt could not be performed, on its way to an [`Outcome`].

use crate::scrub::Scrub;
use engine::{
    port::Secrets,
    request::{FailureClass, Outcome, Sealed},
};

/// A failure before there is anything to show.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) class: FailureClass,
    pub(crate) message: String,
}

impl Failure {
    /// The world failed.
    pub(crate) fn provider(message: impl Into<String>) -> Self {
        Self { class: FailureClass::Provider, message: message.into() }
    }

    /// This is not done here.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { class: FailureClass::Refused, message: message.into() }
    }

    /// What it left behind is not what was asked for.
    pub(crate) fn output(message: impl Into<String>) -> Self {
        Self { class: FailureClass::Output, message: message.into() }
    }

    /// Makes an outcome of it, without secrets.
    pub(crate) fn into_outcome(self, scrub: &Scrub) -> Outcome {
        Outcome::Failed { class: self.class, message: scrub.text(&self.message), done: None }
    }
}

/// Puts the values of secrets into a text.
pub(crate) fn open(sealed: &Sealed, secrets: &Secrets) -> Result<String, Failure> {
    let find = |name: &str| secrets.get(name).map(engine::port::Secret::expose);
    sealed.open(find).map_err(|name| {
        Failure::provider(format!(
            "the secret `{name}` is not here; declare where it comes from, or try again"
        ))
    })
}
