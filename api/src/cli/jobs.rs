//! `skynet jobs`: the jobs that the database keeps.

use super::Exit;
use crate::{
    app::SystemClock,
    console::Console,
    failure::Failure,
    look::{self, jobs, words::moment},
};
use clap::{Args, builder::PossibleValuesParser};
use engine::port::Clock as _;
use serde_json::Value as Json;
use store::view::Filter;

/// List jobs, the latest first
#[derive(Debug, Args)]
#[command(
    after_help = "A line is a job: its id, how it stands, its workflow, when it was begun, how long it took.

Examples:
  skynet jobs --state failed --since 7d
  skynet jobs --waiting
  skynet jobs --workflow ship --json"
)]
pub(super) struct Arguments {
    /// Only those that stand so: planned, queued, running, succeeded, failed, cancelled or timeout; may be given often.
    #[arg(long = "state", value_name = "STATE", hide_possible_values = true, value_parser = PossibleValuesParser::new(jobs::STATES))]
    states: Vec<String>,
    /// Only those of this workflow.
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
    /// Only those begun since then: 2026-05-01, 2026-05-01T12:30:00Z, or how long ago, as 2h or 7d.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only those that wait for people.
    #[arg(long)]
    waiting: bool,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// Print a list in JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let now = SystemClock.now();
        let filter = Filter {
            states: self.states,
            workflow: self.workflow,
            since: self.since.as_deref().map(|word| moment(word, now)).transpose()?,
            wait_for_people: self.waiting,
            ..Filter::default()
        };
        let listed = look::with(console, async |look| Ok(look.views.jobs(&filter, self.limit).await?))?;
        if self.json {
            let all = Json::Array(listed.jobs.iter().map(jobs::json).collect());
            console.print_raw(&format!("{all:#}\n"))?;
            return Ok(Exit::Success);
        }
        console.print(&jobs::table(&listed.jobs, now))?;
        if listed.jobs.is_empty() {
            console.remark("There is no such job.\n");
        } else if listed.next.is_some() {
            console.remark("There may be more; --limit shows them.\n");
        }
        Ok(Exit::Success)
    }
}
