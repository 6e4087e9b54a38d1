//! Artifacts: a row for each file that an attempt left behind.

use super::{moment, plain};
use engine::{event::Values, value::Value};
use sqlx::PgConnection;
use std::{path::Path, sync::Arc};
use uuid::Uuid;

/// What was left behind.
#[derive(Debug, Default)]
pub(super) struct Artifacts(Vec<Row>);

#[derive(Debug)]
struct Row {
    job: Uuid,
    step: String,
    instance: i32,
    attempt: i32,
    name: String,
    seq: i32,
    sha256: Vec<u8>,
    size: i64,
    path: String,
    at: i64,
}

impl Artifacts {
    /// Takes note of what an attempt left behind; attempt 0 is a result that serves again.
    pub(super) fn add(
        &mut self,
        (job, step, instance): &(Uuid, Arc<str>, i32),
        attempt: i32,
        seq: i32,
        at: i64,
        artifacts: &Values,
    ) {
        for (name, value) in artifacts.iter() {
            let Value::Artifact(artifact) = value else { continue };
            self.0.push(Row {
                job: *job,
                step: plain(step),
                instance: *instance,
                attempt,
                name: plain(name),
                seq,
                sha256: artifact.sha256.0.to_vec(),
                size: i64::try_from(artifact.bytes).unwrap_or(i64::MAX),
                path: plain(&artifact.path),
                at,
            });
        }
    }
}

/// What a file is, by the end of its name: the log does not say more.
const MEDIA: &[(&str, &str)] = &[
    ("csv", "text/csv"),
    ("gz", "application/gzip"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("log", "text/plain"),
    ("md", "text/markdown"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("tgz", "application/gzip"),
    ("txt", "text/plain"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

fn media_type(path: &str) -> &'static str {
    let end = Path::new(path).extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase);
    let known = end.and_then(|end| MEDIA.iter().find(|(known, _)| *known == end));
    known.map_or("application/octet-stream", |(_, media)| media)
}

const SAVE: &str = include_str!("sql/save_artifacts.sql");

pub(super) async fn save(
    db: &mut PgConnection,
    generation: i32,
    artifacts: &Artifacts,
) -> Result<(), sqlx::Error> {
    fn all<'a, T>(rows: &'a [Row], of: impl Fn(&'a Row) -> T) -> Vec<T> {
        rows.iter().map(of).collect()
    }
    let rows = artifacts.0.as_slice();
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(SAVE)
        .bind(generation)
        .bind(all(rows, |it| it.job))
        .bind(all(rows, |it| it.step.as_str()))
        .bind(all(rows, |it| it.instance))
        .bind(all(rows, |it| it.attempt))
        .bind(all(rows, |it| it.name.as_str()))
        .bind(all(rows, |it| it.seq))
        .bind(all(rows, |it| it.sha256.as_slice()))
        .bind(all(rows, |it| it.size))
        .bind(all(rows, |it| media_type(&it.path)))
        .bind(all(rows, |it| it.path.as_str()))
        .bind(all(rows, |it| moment(it.at)))
        .execute(db)
        .await?;
    Ok(())
}
