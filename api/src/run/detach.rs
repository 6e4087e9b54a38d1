//! A job that goes on without the program that began it.

use super::Options;
use crate::{
    app,
    away::Away,
    cli::Exit,
    config::Config,
    console::Console,
    failure::Failure,
    params::{self, Given},
    worker,
};
use engine::{
    command::Submit,
    event::{Actor, Door},
    plan::Plan,
};
use std::sync::Arc;

/// Begins a job and says what it is called.
///
/// # Errors
/// If it cannot be kept, or no worker can be started.
pub async fn detach(
    plan: Arc<Plan>,
    given: &Given,
    options: &Options,
    console: &Console,
) -> Result<Exit, Failure> {
    let config = Config::read();
    let away = Away::open(&config).await?;
    let person = Actor::Person { name: format!("user:{}", config.user).into(), door: Door::Shell };
    let job = worker::new_id(None);
    let workspace = std::env::current_dir().ok();
    let submit = Submit {
        params: params::values(given),
        door: Door::Shell,
        workspace: workspace.as_deref().and_then(|folder| folder.to_str()).map(Into::into),
        mock: options.mock,
        max_parallel: options.parallel,
        queue_timeout: options.queue_timeout,
        seed: params::seed(&job),
        parent: None,
        kinds: app::kinds(),
        fork: None,
        job,
    };
    let begun = away.begin(&config, plan, &person, options.key.clone(), submit).await?;
    let exit = match begun {
        Ok(job) => {
            console.print_raw(&format!("{job}\n"))?;
            Exit::Success
        }
        Err(rejection) => {
            console.complain(&Failure::new(rejection.to_string(), "mend it and run again").to_string());
            Exit::Invalid
        }
    };
    away.close().await?;
    Ok(exit)
}
