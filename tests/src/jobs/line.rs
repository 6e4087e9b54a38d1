//! Events as lines that a person can read.
//!
//! ```text
//!   seq  seconds since the start  job, if not the first  what happened  where  the fields that matter
//! ```

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use engine::{event::Recorded, id::JobId};
use serde_json::{Map, Value as Json};
use std::{fmt::Write as _, sync::Arc};

/// Fields that say nothing to a reader, or are digests of what they know.
const LEFT_OUT: &[&str] =
    &["seq", "at", "actor", "type", "step", "instance", "subject", "plan", "seed", "key", "cache_key", "log"];
/// Fields that are times.
const TIMES: &[&str] = &["deadline", "until", "expires", "retry_at", "next_at"];
/// How long the values of a field may be.
const LONGEST: usize = 120;

/// Writes events as lines.
pub(crate) fn lines(events: &[(JobId, Arc<Recorded>)]) -> String {
    let start = events.first().map_or(0, |(_, event)| event.at);
    let mut jobs: Vec<&JobId> = Vec::new();
    let mut text = String::new();
    for (job, recorded) in events {
        if !jobs.contains(&job) {
            jobs.push(job);
        }
        let number = jobs.iter().position(|it| *it == job).unwrap();
        let job = if number == 0 { String::new() } else { format!("call{number} ") };
        let line = line(recorded, start);
        writeln!(text, "{:>3} {:>6} {job}{line}", recorded.seq, seconds(recorded.at - start)).unwrap();
    }
    for (number, job) in jobs.iter().enumerate().skip(1) {
        text = text.replace(&***job, &format!("call{number}"));
    }
    text
}

fn line(recorded: &Recorded, start: i64) -> String {
    let Json::Object(fields) = serde_json::to_value(recorded).unwrap() else { return String::new() };
    let word = |name: &str| fields.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut line = word("type");
    if let Some(Json::String(step)) = fields.get("step") {
        let instance = fields.get("instance").map_or(String::new(), |it| format!("[{it}]"));
        write!(line, " {step}{instance}").unwrap();
    }
    for (name, value) in &fields {
        if LEFT_OUT.contains(&name.as_str()) || value.as_object().is_some_and(Map::is_empty) {
            continue;
        }
        let shown = match value {
            Json::Number(time) if TIMES.contains(&name.as_str()) => {
                seconds(time.as_i64().unwrap_or_default() - start)
            }
            other => shortened(&other.to_string()),
        };
        write!(line, " {name}={shown}").unwrap();
    }
    if let Some(person) = recorded.actor.to_string().strip_prefix("user:") {
        write!(line, " <- {person}").unwrap();
    }
    line
}

fn seconds(millis: i64) -> String {
    format!("{}.{:03}", millis / 1000, millis % 1000)
}

/// Shortens digests to their first letters, and long values to their beginning.
fn shortened(text: &str) -> String {
    let is_digest = |word: &&str| word.len() == 64 && word.bytes().all(|it| it.is_ascii_hexdigit());
    let mut short = text.to_owned();
    for digest in text.split(|it: char| !it.is_ascii_alphanumeric()).filter(is_digest) {
        short = short.replace(digest, &digest[..6]);
    }
    match short.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &short[..end]),
        None => short,
    }
}
