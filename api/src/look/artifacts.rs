//! Files that the steps of a job left behind: which, and what is in one.

use super::{Look, words::time};
use crate::{failure::Failure, nearby, visible::clean};
use engine::{
    id::JobId,
    port::{BlobReader, Blobs as _},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use store::{postgres::PgBlobs, view::ArtifactRow};

/// Draws the list.
#[must_use]
pub fn table(artifacts: &[ArtifactRow], is_fan_out: impl Fn(&ArtifactRow) -> bool) -> String {
    let places: Vec<String> = artifacts.iter().map(|it| place(it, is_fan_out(it))).collect();
    let longest = places.iter().map(|place| place.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (it, place) in artifacts.iter().zip(&places) {
        let size = Value::Size(u64::try_from(it.size).unwrap_or_default()).to_string();
        let place = clean(place);
        let _infallible = writeln!(text, "{place:<longest$}  {size:>9}  {}", clean(&it.media_type));
    }
    text
}

/// Returns what a file is asked for by: `step/name`, or `step[2]/name`.
fn place(it: &ArtifactRow, is_fan_out: bool) -> String {
    let instance = if is_fan_out { format!("[{}]", it.instance) } else { String::new() };
    format!("{}{instance}/{}", it.step, it.name)
}

/// Returns a file as programs read of it.
#[must_use]
pub fn json(it: &ArtifactRow) -> Json {
    json!({
        "step": it.step,
        "instance": it.instance,
        "attempt": it.attempt,
        "name": it.name,
        "path": it.path,
        "sha256": it.digest.map(|digest| digest.to_string()),
        "bytes": it.size,
        "media_type": it.media_type,
        "at": time(it.at),
    })
}

/// Finds a file by its name, with its step before it if others have the same.
///
/// # Errors
/// If there is none, or more than one.
pub fn choose<'a>(
    artifacts: &'a [ArtifactRow],
    job: &JobId,
    wanted: &str,
) -> Result<&'a ArtifactRow, Failure> {
    let is_wanted =
        |it: &&ArtifactRow| it.name == wanted || place(it, false) == wanted || place(it, true) == wanted;
    let mut found: Vec<_> = artifacts.iter().filter(is_wanted).collect();
    // Of an instance, what it left last.
    if let Some(last) = found.pop() {
        let is_same = |it: &&ArtifactRow| (&it.step, it.instance) == (&last.step, last.instance);
        if found.iter().all(is_same) {
            return Ok(last);
        }
        found.push(last);
        let names: Vec<String> = found.iter().map(|it| place(it, true)).collect();
        return Err(Failure::new(
            format!("`{wanted}` may be any of {}", nearby::list(&names)),
            "name the step before it, as here",
        ));
    }
    let mut names: Vec<String> = artifacts.iter().map(|it| place(it, false)).collect();
    names.dedup();
    let help = match names.as_slice() {
        [] => "the job has left no file behind".to_owned(),
        names => format!("it has {}", nearby::list(names)),
    };
    Err(Failure::new(format!("the job {job} has no artifact `{wanted}`"), help))
}

/// Opens the content of a file.
///
/// # Errors
/// If it is not kept any more.
pub async fn open(look: &Look, it: &ArtifactRow) -> Result<BlobReader, Failure> {
    let lost =
        |why: String| Failure::new(why, "what is lost cannot be made again but by another run of its step");
    let digest = it.digest.ok_or_else(|| lost(format!("the digest of `{}` is damaged", it.name)))?;
    PgBlobs::new(look.database().clone()).get(digest).await.map_err(|error| lost(error.to_string()))
}
