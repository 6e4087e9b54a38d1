//! Whether the log is what was written: every event against its hash, its head and what can have happened, and seals.

use super::{Look, words::count};
use crate::failure::Failure;
use engine::id::Digest;
use engine::job::Shape;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, path::Path, sync::Arc};
use store::{
    audit::{Checks, Scope, Seal, Verified, verify, verify_seals},
    postgres::PgBlobs,
};

/// What was found.
pub struct Found {
    /// How much was looked at.
    pub verified: Verified,
    /// What proves that something was done to the log.
    pub proofs: Vec<String>,
    /// What could not be checked.
    pub doubts: Vec<String>,
    /// How many seals were looked at.
    pub seals: u64,
}

impl Found {
    /// Returns whether nothing is proved to be wrong.
    #[must_use]
    pub fn is_well(&self) -> bool {
        self.proofs.is_empty()
    }

    /// Says how much was looked at, and that it holds, if it does.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { verified, proofs, doubts, seals } = self;
        let found = match (proofs.len(), doubts.len()) {
            (0, 0) => "nothing is wrong".to_owned(),
            (0, n) => format!("nothing is wrong, and {} could not be checked", count(n as u64, "thing")),
            (n, _) => format!("{} found", count(n as u64, "proof")),
        };
        let seals = if *seals == 0 { String::new() } else { format!(", {}", count(*seals, "seal")) };
        let (jobs, events) = (count(verified.jobs, "job"), count(verified.events, "event"));
        format!("{jobs}, {events}{seals}: {found}\n")
    }

    /// Says it to programs.
    #[must_use]
    pub fn json(&self) -> Json {
        let Self { verified, proofs, doubts, seals } = self;
        json!({
            "jobs": verified.jobs,
            "events": verified.events,
            "seals": seals,
            "proofs": proofs,
            "doubts": doubts,
        })
    }
}

/// Looks at jobs, and at all seals if all jobs are meant; `outside` are seals that were kept elsewhere.
///
/// # Errors
/// If the log cannot be looked at.
pub async fn look(look: &Look, scope: &Scope, outside: &[Seal]) -> Result<Found, Failure> {
    let mut plans: BTreeMap<Digest, Arc<Shape>> = BTreeMap::new();
    let wanted = match scope {
        Scope::Job(job) => look.views.job(job).await?.and_then(|row| row.plan).into_iter().collect(),
        Scope::All | Scope::Segment(_) => look.views.plans().await?,
    };
    for digest in wanted {
        // One that is not to be had is told of by each job that names it.
        if let Ok(shape) = look.away.plans.load_shape(digest).await {
            plans.insert(digest, shape);
        }
    }
    let find = |digest: Digest| plans.get(&digest).map(Arc::clone);
    let blobs = PgBlobs::new(look.database().clone());
    let checks = Checks { plan: &find, blobs: Some(&blobs) };
    let (mut proofs, mut doubts) = (Vec::new(), Vec::new());
    let verified = verify(look.database(), scope, &checks, |problem| {
        let list = if problem.wrong.is_proof() { &mut proofs } else { &mut doubts };
        list.push(problem.to_string());
    });
    let verified = verified.await?;
    let seals = match scope {
        Scope::All => {
            verify_seals(look.database(), outside, |problem| proofs.push(problem.to_string())).await?
        }
        Scope::Job(_) | Scope::Segment(_) => 0,
    };
    Ok(Found { verified, proofs, doubts, seals })
}

/// Reads seals that were kept outside, a line of JSON each.
///
/// # Errors
/// If they cannot be read.
pub fn seals(path: &Path) -> Result<Vec<Seal>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let what = format!("cannot read `{}`: {}", path.display(), crate::file::reason(&error));
        Failure::new(what, "give the file that `skynet audit seal` was added to")
    })?;
    let lines = (1_usize..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| {
                let what = format!("line {number} of `{}` is no seal: {error}", path.display());
                Failure::new(what, "give the lines that `skynet audit seal` printed, as it printed them")
            })
        })
        .collect()
}
