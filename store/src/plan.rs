//! Plans by their digests, so that a job can go on from what is kept alone.
//!
//! The digest of a plan is that of its canonical JSON, and its callees are in there by their digests only. So a plan
//! and each plan that it calls is content of its own, and one that many call is there once.

use engine::{
    id::{Digest, Name},
    job::Shape,
    plan::{Plan, PlanError},
    port::{BlobError, Blobs},
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fmt,
    sync::Arc,
};

/// Plans in a store of content.
#[derive(Clone)]
pub struct Plans {
    blobs: Arc<dyn Blobs>,
}

/// Why a plan cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// Its content, or that of a plan it calls, cannot be read.
    Blob(BlobError),
    /// What is kept under its digest is no plan.
    Plan(Digest, PlanError),
}

impl Plans {
    /// Keeps plans in this store.
    #[must_use]
    pub fn new(blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs }
    }

    /// Keeps a plan and all that it calls; keeping it twice is keeping it once. Returns its digest.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep(&self, plan: &Plan) -> Result<Digest, BlobError> {
        let mut kept = BTreeSet::new();
        let mut open: Vec<&Plan> = plan.callees.values().map(|callee| &**callee).collect();
        while let Some(callee) = open.pop() {
            if kept.insert(self.keep_one(callee).await?) {
                open.extend(callee.callees.values().map(|callee| &**callee));
            }
        }
        // The caller last: if it is there, so is all that it calls.
        self.keep_one(plan).await
    }

    async fn keep_one(&self, plan: &Plan) -> Result<Digest, BlobError> {
        let content = stream::iter([Ok(plan.canonical_json().into_bytes())]).boxed();
        Ok(self.blobs.put(content).await?.0)
    }

    /// Finds a plan, with all that it calls.
    ///
    /// # Errors
    /// If it, or a plan it calls, is not there or is damaged.
    pub async fn find(&self, digest: Digest) -> Result<Plan, LoadError> {
        let root = self.text(digest).await?;
        let mut open = callees(digest, &root)?;
        let mut texts = BTreeMap::new();
        while let Some(callee) = open.pop() {
            if let Entry::Vacant(place) = texts.entry(callee) {
                let text = self.text(callee).await?;
                open.extend(callees(callee, &text)?);
                place.insert(text);
            }
        }
        let whole = with_callees(&root, &texts);
        Plan::from_json(&whole).map_err(|error| LoadError::Plan(digest, error))
    }

    /// Finds a plan and looks at it, as a job needs it to go on.
    ///
    /// # Errors
    /// If it, or a plan it calls, is not there or is damaged.
    pub async fn load_shape(&self, digest: Digest) -> Result<Arc<Shape>, LoadError> {
        Ok(Shape::new(Arc::new(self.find(digest).await?)))
    }

    async fn text(&self, digest: Digest) -> Result<String, LoadError> {
        let pieces = self.blobs.get(digest).await.map_err(LoadError::Blob)?;
        let content = pieces.try_concat().await.map_err(LoadError::Blob)?;
        String::from_utf8(content).map_err(|error| malformed(digest, &error))
    }
}

/// The member of a plan's object that says what it calls.
#[derive(Deserialize)]
struct Calls {
    #[serde(default)]
    callees: BTreeMap<Name, Digest>,
}

fn callees(digest: Digest, text: &str) -> Result<Vec<Digest>, LoadError> {
    let calls: Calls = serde_json::from_str(text).map_err(|error| malformed(digest, &error))?;
    Ok(calls.callees.into_values().collect())
}

/// Puts plans together as [`Plan::to_json`] does: the plans that are called are one member more.
fn with_callees(root: &str, texts: &BTreeMap<Digest, String>) -> String {
    match root.strip_suffix('}') {
        Some(members) if !texts.is_empty() => {
            let plans: Vec<_> = texts.iter().map(|(digest, text)| format!("\"{digest}\":{text}")).collect();
            format!("{members},\"plans\":{{{}}}}}", plans.join(","))
        }
        _ => root.to_owned(),
    }
}

fn malformed(digest: Digest, why: &dyn fmt::Display) -> LoadError {
    LoadError::Plan(digest, PlanError::Malformed(why.to_string()))
}

impl fmt::Debug for Plans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plans").finish_non_exhaustive()
    }
}

impl std::error::Error for LoadError {}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blob(error) => write!(f, "the plan cannot be read: {error}"),
            Self::Plan(digest, error) => write!(f, "the plan of the digest {digest} cannot be used: {error}"),
        }
    }
}
