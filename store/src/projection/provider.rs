//! How providers do: sums by the kind of place and how attempts ended. They are added up, so they hold what no row of a
//! step remembers: attempts before the last.

use super::{moment, plain, step::Attempted};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How long an attempt may have taken, in milliseconds, for clocks that jump: a hundred years.
const LONGEST: i64 = 3_155_760_000_000;

/// What is to be added: by day, provider and outcome.
#[derive(Debug, Default)]
pub(super) struct Providers(BTreeMap<(i32, String, String), Sum>);

#[derive(Debug)]
struct Sum {
    n: i64,
    ms_sum: i64,
    ms_max: i64,
    last_at: i64,
}

impl Providers {
    /// An attempt began.
    pub(super) fn began(&mut self, job: Uuid, now: i64, provider: &str) {
        self.add(job, now, provider, "started", 0);
    }

    /// An attempt ended.
    pub(super) fn ended(&mut self, job: Uuid, now: i64, attempted: &Attempted, outcome: &str) {
        self.add(
            job,
            now,
            &attempted.provider,
            outcome,
            now.saturating_sub(attempted.since).clamp(0, LONGEST),
        );
    }

    fn add(&mut self, job: Uuid, now: i64, provider: &str, outcome: &str, ms: i64) {
        let sum = self.0.entry((day(job), plain(provider), outcome.to_owned()));
        let sum = sum.or_insert(Sum { n: 0, ms_sum: 0, ms_max: 0, last_at: now });
        sum.n += 1;
        sum.ms_sum = sum.ms_sum.saturating_add(ms);
        (sum.ms_max, sum.last_at) = (sum.ms_max.max(ms), sum.last_at.max(now));
    }
}

/// Returns the day on which a job began, by its id.
fn day(job: Uuid) -> i32 {
    let ms = job.as_u128() >> 80;
    i32::try_from(ms / 86_400_000).unwrap_or(i32::MAX)
}

const SAVE: &str = include_str!("sql/save_providers.sql");

pub(super) async fn save(
    db: &mut PgConnection,
    generation: i32,
    providers: &Providers,
) -> Result<(), sqlx::Error> {
    let sums = &providers.0;
    if sums.is_empty() {
        return Ok(());
    }
    sqlx::query(SAVE)
        .bind(generation)
        .bind(sums.keys().map(|key| key.0).collect::<Vec<_>>())
        .bind(sums.keys().map(|key| key.1.as_str()).collect::<Vec<_>>())
        .bind(sums.keys().map(|key| key.2.as_str()).collect::<Vec<_>>())
        .bind(sums.values().map(|sum| sum.n).collect::<Vec<_>>())
        .bind(sums.values().map(|sum| sum.ms_sum).collect::<Vec<_>>())
        .bind(sums.values().map(|sum| sum.ms_max).collect::<Vec<_>>())
        .bind(sums.values().map(|sum| moment(sum.last_at)).collect::<Vec<_>>())
        .execute(db)
        .await?;
    Ok(())
}
