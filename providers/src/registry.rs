//! From kinds of places to those who serve them.

use engine::{
    id::AttemptKey,
    port::{Provider, Stop},
    request::{Request, Stopped},
};
use std::{collections::BTreeMap, sync::Arc};

/// The providers of a worker, one for each kind of place.
#[derive(Clone, Default)]
pub struct Registry {
    by_kind: BTreeMap<&'static str, Arc<dyn Provider>>,
}

impl Registry {
    /// Makes one of no provider.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a provider, in place of another of its kind.
    #[must_use]
    pub fn with(mut self, provider: Arc<dyn Provider>) -> Self {
        self.by_kind.insert(provider.kind(), provider);
        self
    }

    /// Finds who serves a kind of place.
    #[must_use]
    pub fn find(&self, kind: &str) -> Option<&Arc<dyn Provider>> {
        self.by_kind.get(kind)
    }

    /// Finds who performs a request and says whether they could.
    ///
    /// # Errors
    /// The reason why nobody here can, as a sentence, with how to go on.
    pub fn check(&self, request: &Request) -> Result<&Arc<dyn Provider>, String> {
        let kind = &request.place.kind;
        let provider = self.find(kind).ok_or_else(|| {
            let kinds: Vec<_> = self.kinds().collect();
            format!(
                "this worker serves no target of the kind `{kind}`, only {}; start one that does, or choose another \
                 target",
                kinds.join(", ")
            )
        })?;
        provider.check(request)?;
        Ok(provider)
    }

    /// Stops an attempt wherever it is, for those who know no more than its key.
    pub async fn cancel(&self, key: &AttemptKey, how: Stop) -> Stopped {
        let mut stopped = Stopped::Confirmed;
        for provider in self.by_kind.values() {
            if let unconfirmed @ Stopped::Unconfirmed { .. } = provider.cancel(key, how).await {
                stopped = unconfirmed;
            }
        }
        stopped
    }

    /// Goes through the kinds that are served, in order.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.by_kind.keys().copied()
    }
}
