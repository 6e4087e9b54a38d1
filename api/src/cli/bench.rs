//! `skynet bench`: how fast jobs go through the database that is configured.

use super::{Exit, runtime};
use crate::{
    bench::{self, Sizes},
    console::Console,
    failure::Failure,
};
use clap::Args;

/// Measure how fast jobs go through the database, with steps that do nothing
#[derive(Debug, Args)]
#[command(
    after_help = "Its jobs stay in the log; measure with a database of its own: SKYNET_HOME=$(mktemp -d) skynet bench"
)]
pub(super) struct Arguments {
    /// How many jobs of five steps are run.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..))]
    jobs: u32,
    /// How many of them at a time.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    at_once: u32,
    /// Over how many items one job fans out.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    instances: u32,
    /// How many jobs of one step are run one after another.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    singles: u32,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let Self { jobs, at_once, instances, singles, json } = self;
        let sizes = Sizes { jobs, at_once, instances, singles };
        let figures =
            runtime()?.block_on(bench::bench(sizes, |line| console.remark(&format!("{line} …\n"))))?;
        if json {
            let text = serde_json::to_string(&figures)
                .map_err(|error| Failure::new(error.to_string(), "report it: it is a defect"))?;
            console.print_raw(&format!("{text}\n"))?;
            return Ok(Exit::Success);
        }
        console.print(&format!(
            "W1  {:>9.0} steps/s  {:>7.0} jobs/s  {:>8.0} events/s\nW2  {:>9.2} s for {} instances\nW3  {:>9.2} ms median  {:>6.2} ms p99  {:>6.2} ms longest\n",
            figures.w1_steps_per_second,
            figures.w1_jobs_per_second,
            figures.w1_events_per_second,
            figures.w2_seconds,
            figures.w2_instances,
            figures.w3_p50_ms,
            figures.w3_p99_ms,
            figures.w3_max_ms,
        ))?;
        Ok(Exit::Success)
    }
}
