//! `skynet fork`: begin a job that goes on from what another one did.

use super::{Exit, input::compile, runtime};
use crate::{app, away::Away, config::Config, console::Console, failure::Failure, params, worker};
use clap::Args;
use engine::{
    command::{Command, Submit},
    decide::decide,
    event::{Actor, Door},
    fork::Reuse,
    id::Name,
    job::{Job, Shape},
    plan::Plan,
    port::{Clock as _, HousePolicy},
    value::{Value, from_json, to_json},
};
use serde_json::{Map, Value as Json};
use std::{ffi::OsString, sync::Arc};

/// Begin a job that goes on from what another one did
#[derive(Debug, Args)]
#[command(
    after_help = "Steps that are written as before, and read what they read before, are not run again: what they gave is taken
over. For each of the others it is said why it runs. The new job is driven in the background; its id is printed.

Examples:
  skynet fork 3f9a2c1e --param replicas=2
  skynet fork 3f9a2c1e --at 12 --onto ship.skynet --dry-run"
)]
pub(super) struct Arguments {
    /// The job, or a part of its id that no other job has.
    #[arg(value_name = "JOB")]
    job: String,
    /// Go on from what was there after this event; from its end if none is named.
    #[arg(long, value_name = "N")]
    at: Option<u64>,
    /// Run this file instead of the plan of the job.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    onto: Option<OsString>,
    /// Which workflow of that file; the first if none is named.
    #[arg(long, value_name = "NAME", requires = "onto")]
    workflow: Option<String>,
    /// Give a param another value.
    #[arg(long = "param", short, value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Change what a step gave, as JSON or text; whatever reads it runs again.
    #[arg(long = "output", value_name = "STEP.NAME=VALUE")]
    outputs: Vec<String>,
    /// Say what would be taken over, and what would run and why; begin nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        runtime()?.block_on(self.fork(console))
    }

    async fn fork(self, console: &Console) -> Result<Exit, Failure> {
        let config = Config::read();
        let onto = match &self.onto {
            Some(file) => match compile(file, self.workflow.as_deref(), console)? {
                Some(plan) => Some(plan),
                None => return Ok(Exit::Invalid),
            },
            None => None,
        };
        let away = Away::open(&config).await?;
        let id = away.find(&self.job).await?;
        let before = away.fold_to(&id, self.at).await?;
        let plan = onto.unwrap_or_else(|| Arc::clone(&before.shape.plan));
        let edits = self.outputs.iter().map(|word| edit(word)).collect::<Result<_, _>>()?;
        let reuse = Reuse::of(&before, &edits)
            .map_err(|why| Failure::new(why, "see what it gave with `skynet show`"))?;
        let given = match params::read(&plan, Some(&given(&before, &plan)), &self.params) {
            Ok(given) => given,
            Err(failures) => {
                failures.iter().for_each(|failure| console.complain(&failure.to_string()));
                return Ok(Exit::Invalid);
            }
        };
        let actor = Actor::Person { name: format!("user:{}", config.user).into(), door: Door::Shell };
        let created = before.created.as_deref();
        let job = worker::new_id(None);
        let submit = Submit {
            params: params::values(&given),
            door: Door::Shell,
            workspace: created.and_then(|created| created.workspace.clone()),
            mock: before.is_mock(),
            max_parallel: created.map_or(1, |created| created.max_parallel),
            queue_timeout: created.and_then(|created| created.queue_timeout),
            seed: params::seed(&job),
            parent: None,
            kinds: app::kinds(),
            fork: Some(Box::new(reuse.clone())),
            job,
        };
        let mut made = Job::new(Shape::new(Arc::clone(&plan)));
        let command = Command::Submit(Box::new(submit.clone()));
        if let Err(rejection) = decide(&mut made, &actor, &command, app::SystemClock.now(), &HousePolicy) {
            console.complain(&Failure::new(rejection.to_string(), "mend it and fork again").to_string());
            return Ok(Exit::Invalid);
        }
        for (step, verdict) in reuse.plan(&made) {
            console.remark(&match verdict {
                Ok(()) => format!("{step}: taken over\n"),
                Err(why) => format!("{step}: runs, as {why}\n"),
            });
        }
        if !self.dry_run {
            match away.begin(&config, plan, &actor, None, submit).await? {
                Ok(job) => console.print_raw(&format!("{job}\n"))?,
                Err(rejection) => {
                    console
                        .complain(&Failure::new(rejection.to_string(), "mend it and fork again").to_string());
                    return Ok(Exit::Invalid);
                }
            }
        }
        away.close().await?;
        Ok(Exit::Success)
    }
}

/// Returns the params of a job that another plan has too, as JSON.
fn given(before: &Job, plan: &Plan) -> Json {
    let had = before.created.as_ref().map(|created| Arc::clone(&created.params)).unwrap_or_default();
    let known = had.iter().filter(|(name, _)| plan.params.iter().any(|param| param.name == **name));
    Json::Object(known.map(|(name, value)| (name.to_string(), to_json(value))).collect::<Map<_, _>>())
}

/// Reads `STEP.NAME=VALUE`.
fn edit(word: &str) -> Result<((Name, Name), Value), Failure> {
    let wrong = || Failure::new(format!("`{word}` names no output"), "write --output STEP.NAME=VALUE");
    let (place, value) = word.split_once('=').ok_or_else(wrong)?;
    let (step, output) = place.split_once('.').ok_or_else(wrong)?;
    let json = serde_json::from_str(value).unwrap_or_else(|_| Json::String(value.to_owned()));
    Ok(((step.into(), output.into()), from_json(&json)))
}
