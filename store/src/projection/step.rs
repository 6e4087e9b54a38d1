//! Steps: a row for each instance that has begun. What steps leave behind and how providers do follow from the same
//! rows, and so are kept along with them.

mod fold;
mod row;

use super::{Projection, Table, Trouble, page::Told};
use fold::Fold;
use futures_core::future::BoxFuture;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

pub(super) use row::Attempted;

/// The projection of steps, artifacts and providers.
#[derive(Debug)]
pub(super) struct Steps;

const NAME: &str = "step";

impl Projection for Steps {
    fn name(&self) -> &'static str {
        NAME
    }

    fn tables(&self) -> &'static [Table] {
        const OF_JOBS: &str = "job_id >= $1 AND job_id < $2";
        &[
            Table { name: "step_rows", key: "job_id, step, instance", of_jobs: OF_JOBS },
            Table { name: "artifact_rows", key: "job_id, step, instance, attempt, name", of_jobs: OF_JOBS },
            Table {
                name: "provider_rows",
                key: "day, provider, outcome",
                of_jobs: "day >= skynet.day_of($1) AND day < skynet.day_of($2)",
            },
        ]
    }

    fn reads(&self, kind: &str) -> bool {
        !matches!(kind, "job_created" | "job_queued" | "job_started" | "job_paused" | "job_resumed")
            && !matches!(kind, "job_cancel_requested" | "job_expired" | "signal_received" | "slot_lost")
            && !matches!(kind, "undo_started" | "child_expired")
    }

    fn apply<'a>(
        &'a self,
        db: &'a mut PgConnection,
        generation: i32,
        told: &'a [Told],
    ) -> BoxFuture<'a, Result<(), Trouble>> {
        Box::pin(async move {
            let mut fold = Fold { rows: row::load(db, generation, told).await?, ..Fold::default() };
            for it in told {
                if let Ok(recorded) = &it.event {
                    fold.take(it.job, it.seq, recorded)
                        .map_err(|why| Trouble::unreadable(NAME, it.job, it.seq, why))?;
                }
            }
            row::save(db, generation, &fold.rows).await?;
            super::artifact::save(db, generation, &fold.artifacts).await?;
            super::provider::save(db, generation, &fold.providers).await?;
            Ok(())
        })
    }
}

/// Returns the jobs that these events are about, save those that begin here: nothing is known of these yet.
pub(super) fn begun_before(told: &[Told]) -> Vec<Uuid> {
    let begun: BTreeSet<_> = told.iter().filter(|it| it.seq == 1).map(|it| it.job).collect();
    let jobs: BTreeSet<_> = told.iter().map(|it| it.job).collect();
    jobs.difference(&begun).copied().collect()
}
