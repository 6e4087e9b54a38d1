//! `skynet plan`: what a job would do, before anything is started.

use super::{Exit, input::Input};
use crate::{
    console::Console,
    failure::Failure,
    preview::{self, StepLine},
    report,
};
use clap::{Args, ValueEnum};

/// Show what would run, with which arguments, in which order
#[derive(Debug, Args)]
#[command(after_help = "Nothing is started. What only run time knows is shown as <step.build.output.image>.
Exit codes: 0 it can run, 1 a step is certain to fail before it starts, 2 it does not compile or the params are not valid.

Examples:
  skynet plan ship.skynet --param env=prod --param version=1.4.2
  skynet plan ship.skynet --params-file prod.json --format json")]
pub(super) struct Arguments {
    #[command(flatten)]
    input: Input,
    /// The form of the plan.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Human,
    /// One JSON object
    Json,
}

impl Arguments {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let Some((plan, given)) = self.input.read(console)? else { return Ok(Exit::Invalid) };
        let previewed = preview::preview(&plan, &given);
        match previewed {
            Ok(preview) => {
                match self.format {
                    Format::Human => console.print(&preview::draw(&preview))?,
                    Format::Json => console.print_raw(&report::to_text(&preview))?,
                }
                let fails: Vec<String> = preview.steps.iter().filter_map(StepLine::fails).collect();
                for why in &fails {
                    let help = "give params for which it does not, or mend the step";
                    console.complain(&Failure::new(why, help).to_string());
                }
                Ok(if fails.is_empty() { Exit::Success } else { Exit::No })
            }
            Err(failures) => {
                for failure in failures {
                    console.complain(&failure.to_string());
                }
                Ok(Exit::Invalid)
            }
        }
    }
}
