//! Many jobs, a line each.

use super::words::{time, took};
use crate::visible::clean;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use store::view::JobRow;

/// The words for how a job stands.
pub const STATES: [&str; 7] = ["planned", "queued", "running", "succeeded", "failed", "cancelled", "timeout"];

/// Draws jobs as lines; `now` ends what still runs.
#[must_use]
pub fn table(jobs: &[JobRow], now: i64) -> String {
    let longest = jobs.iter().map(|job| job.workflow.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for job in jobs {
        let length = took(job.ended_at.unwrap_or(now) - job.created_at);
        let _infallible = writeln!(
            text,
            "{}  {:<9}  {:<longest$}  {}  {length:<9}  {}",
            job.job,
            job.state,
            clean(&job.workflow),
            time(job.created_at),
            clean(&remarks(job))
        );
    }
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Says what else is to be known of a job.
fn remarks(job: &JobRow) -> String {
    let mut remarks: Vec<String> = Vec::new();
    if job.waits_for_people {
        remarks.push("waits for people".to_owned());
    }
    if let Some(by) = &job.paused_by {
        remarks.push(format!("held by {by}"));
    }
    if let Some(why) = &job.stopping {
        remarks.push(format!("is to end: {why}"));
    }
    if let Some(undo) = &job.undo {
        remarks.push(format!("undo {undo}"));
    }
    if job.mock {
        remarks.push("pretends".to_owned());
    }
    let counts: Vec<_> = job.steps.iter().map(|(status, n)| format!("{n} {status}")).collect();
    if !counts.is_empty() {
        remarks.push(counts.join(", "));
    }
    remarks.join("; ")
}

/// Returns a job as programs read it.
#[must_use]
pub fn json(job: &JobRow) -> Json {
    json!({
        "job": &*job.job,
        "workflow": job.workflow,
        "plan": job.plan.map(|plan| plan.to_string()),
        "state": job.state,
        "stopping": job.stopping,
        "paused_by": job.paused_by,
        "cause": job.cause,
        "submitter": job.submitter,
        "door": job.door,
        "mock": job.mock,
        "parent": job.parent.as_ref().map(|(job, step)| json!({ "job": &**job, "step": step })),
        "forked_from": job.forked_from.as_ref().map(|(job, seq)| json!({ "job": &**job, "seq": seq })),
        "undo": job.undo,
        "params": super::show::values(&job.params),
        "outputs": job.outputs.as_ref().map(super::show::values),
        "created_at": time(job.created_at),
        "started_at": job.started_at.map(time),
        "ended_at": job.ended_at.map(time),
        "events": job.events,
        "steps": job.steps,
        "waits_for_people": job.waits_for_people,
    })
}
