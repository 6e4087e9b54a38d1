//! One job: what it is, how each of its steps stands, what it gave, and how to go on.

use super::{
    Look,
    explain::{Why, state},
    jobs,
    words::{self, time, took},
};
use crate::{failure::Failure, visible::clean};
use engine::{event::Values, id::JobId, job::Job, value::to_json};
use serde_json::{Map, Value as Json, json};
use std::{collections::BTreeMap, fmt::Write as _};
use store::view::{JobRow, StepRow};

/// How many instances of a fan-out are shown one by one; those that went well are only counted.
const SHOWN: usize = 20;

/// All that is shown of a job.
pub struct Shown {
    why: Why,
    row: Option<JobRow>,
    /// By step and position.
    steps: BTreeMap<(String, i32), StepRow>,
    now: i64,
}

impl Shown {
    /// Finds it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(look: &Look, id: &JobId, now: i64) -> Result<Self, Failure> {
        let why = Why::of(look, id).await?;
        let steps = look.views.steps(id).await?;
        let steps = steps.into_iter().map(|row| ((row.step.clone(), row.instance), row)).collect();
        Ok(Self { why, row: look.views.job(id).await?, steps, now })
    }

    /// Says it to people.
    #[must_use]
    pub fn human(&self) -> String {
        let job = &self.why.job;
        let mut text = format!("{}: job {} {}\n", clean(&job.shape.plan.name), job.id(), state(job));
        let mut said = |what: &str, how: &str| {
            let _infallible = writeln!(text, "  {what:<9} {}", clean(how));
        };
        if let Some(row) = &self.row {
            said("begun", &format!("{} by {}, through {}", time(row.created_at), row.submitter, row.door));
            if let Some(ended) = row.ended_at {
                said("ended", &format!("{}, after {}", time(ended), took(ended - row.created_at)));
            }
            if let Some((parent, step)) = &row.parent {
                said("called by", &format!("job {parent}, step {step}"));
            }
            if let Some((from, seq)) = &row.forked_from {
                said("goes on", &format!("from event {seq} of the job {from}"));
            }
            if let Some(by) = &row.paused_by {
                said("held by", by);
            }
            if let Some(undo) = &row.undo {
                said("undo", undo);
            }
        }
        if job.is_mock() {
            said("pretends", "nothing was performed");
        }
        if let Some(created) = &job.created {
            words::values(&created.params).for_each(|line| said("given", &line));
        }
        text.push_str(&self.steps_of(job));
        for line in words::values(&job.outputs) {
            let _infallible = writeln!(text, "  gave      {}", clean(&line));
        }
        let waits = self.why.waits.iter().filter(|(at, _)| at.is_none());
        for (_, wait) in waits {
            let _infallible = writeln!(text, "  waits     {}", clean(&wait.to_string()));
        }
        text.push_str(&format!("next: {}\n", self.why.next()));
        text
    }

    fn steps_of(&self, job: &Job) -> String {
        let names: Vec<_> = (0..job.steps.len()).map(|ix| job.place(ix, 0).step).collect();
        let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
        let mut text = String::new();
        for (step, name) in job.steps.iter().zip(&names) {
            let mut line = |what: &str, how: &str| {
                let line = format!("    {what:<longest$}  {}", clean(how));
                text.push_str(&format!("{}\n", line.trim_end()));
            };
            let status = step.status.as_str();
            let Some(items) = &step.fan_out else {
                let more = match self.steps.get(&(name.to_string(), 0)) {
                    Some(row) => self.instance(row),
                    None => self.waiting(name, 0).or_else(|| step.why.clone()).unwrap_or_default(),
                };
                line(name, &format!("{status:<9}  {more}"));
                let row = self.steps.get(&(name.to_string(), 0));
                row.into_iter().flat_map(asked).for_each(|asked| line("", &asked));
                continue;
            };
            line(name, &format!("{status:<9}  {}", super::words::count(items.len() as u64, "instance")));
            let rows = self.steps.range((name.to_string(), 0)..=(name.to_string(), i32::MAX));
            let notable: Vec<_> = rows.filter(|(_, row)| row.status != "succeeded").collect();
            for (_, row) in notable.iter().take(SHOWN) {
                let what = format!("  [{}]", row.key.as_deref().unwrap_or_default());
                line(&what, &format!("{:<9}  {}", row.status, self.instance(row)));
                asked(row).for_each(|asked| line("", &asked));
            }
            if let Some(rest) = notable.len().checked_sub(SHOWN).filter(|rest| *rest > 0) {
                line("", &format!("and {rest} more; `--json` has all of them"));
            }
        }
        text
    }

    /// Says of an instance what there is to say.
    fn instance(&self, row: &StepRow) -> String {
        let mut said = Vec::new();
        if let Some(started) = row.started_at {
            let length = took(row.ended_at.unwrap_or(self.now) - started);
            said.push(if row.ended_at.is_some() { length } else { format!("for {length}") });
        }
        if row.attempts > 1 {
            said.push(format!("attempt {}", row.attempts));
        }
        if let Some(child) = &row.child {
            said.push(format!("job {child}"));
        }
        if let Some(from) = &row.reused_from {
            said.push(format!("reused from job {from}"));
        }
        let waits = self.waiting(&row.step, row.instance);
        if let Some(undo) = &row.undo {
            said.push(format!("undo {undo}"));
        }
        // What a retry waits after is in the wait.
        match (&waits, &row.error) {
            (Some(waits), _) => said.push(waits.clone()),
            (None, Some(error)) => said.push(error.clone()),
            (None, None) => {}
        }
        said.join(", ")
    }

    fn waiting(&self, step: &str, instance: i32) -> Option<String> {
        self.why.waits.iter().find_map(|(at, wait)| {
            let at = at.as_ref().filter(|at| &*at.step == step)?;
            (i32::try_from(at.instance) == Ok(instance)).then(|| wait.to_string())
        })
    }

    /// Says it to programs.
    #[must_use]
    pub fn json(&self) -> Json {
        let job = &self.why.job;
        let mut shown = self.row.as_ref().map_or_else(|| json!({ "job": &*job.id() }), jobs::json);
        let order = job.steps.iter().enumerate().map(|(ix, step)| {
            let name = job.place(ix, 0).step;
            let rows = self.steps.range((name.to_string(), 0)..=(name.to_string(), i32::MAX));
            let instances: Vec<Json> = rows.map(|(_, row)| instance(row)).collect();
            json!({ "step": &*name, "status": step.status.as_str(), "why": step.why, "instances": instances })
        });
        let order = Json::Array(order.collect());
        if let Json::Object(members) = &mut shown {
            members.insert("steps".to_owned(), order);
            members.insert("why".to_owned(), self.why.json());
        }
        shown
    }
}

/// Says what people are asked, and what they agree to.
fn asked(row: &StepRow) -> impl Iterator<Item = String> {
    row.asked.iter().flat_map(|asked| {
        let phrase = asked.phrase.as_ref().map(|phrase| format!("phrase:  {phrase}"));
        [format!("asks:    {}", asked.message), format!("subject: {}", asked.subject)]
            .into_iter()
            .chain(phrase)
    })
}

fn instance(row: &StepRow) -> Json {
    json!({
        "instance": row.instance,
        "key": row.key,
        "status": row.status,
        "waits_for": row.waits_for,
        "until": row.until.map(time),
        "attempts": row.attempts,
        "provider": row.provider,
        "risk": row.risk,
        "error_class": row.error_class,
        "error": row.error,
        "exit_code": row.exit_code,
        "child": row.child.as_deref(),
        "reused_from": row.reused_from.as_deref(),
        "undo": row.undo,
        "asked": row.asked,
        "agreed": row.agreed,
        "subject": row.subject.map(|subject| subject.to_string()),
        "outputs": row.outputs.as_ref().map(values),
        "started_at": row.started_at.map(time),
        "ended_at": row.ended_at.map(time),
        "events": row.seq,
    })
}

/// Returns values as programs read them.
pub(super) fn values(values: &Values) -> Json {
    Json::Object(values.iter().map(|(name, value)| (name.to_string(), to_json(value))).collect::<Map<_, _>>())
}
