//! The database: that of `DATABASE_URL`, or the private one.

use crate::{app, config::Config, failure::Failure};
use engine::{
    id::{Digest, JobId},
    job::Shape,
    port::LogError,
};
use std::sync::Arc;
use store::{
    Plans,
    embedded::Embedded,
    postgres::{Database, Settings},
};

/// An open database. The private one runs at least until this is closed.
#[derive(Debug)]
pub struct Open {
    /// The database.
    pub database: Database,
    private: Option<Embedded>,
}

impl Open {
    /// Opens it, and brings its schema forward.
    ///
    /// # Errors
    /// If there is none, or one that this program must not use.
    pub async fn new(config: &Config, settings: Settings) -> Result<Self, Failure> {
        let private = match &config.database_url {
            Some(_) => None,
            None => Some(Embedded::open(&app::private_database(config)?).await?),
        };
        let url = private.as_ref().map(Embedded::url).or_else(|| config.database_url.clone());
        let database = Database::connect(&url.unwrap_or_default(), settings).await?;
        Ok(Self { database, private })
    }

    /// Leaves it.
    ///
    /// # Errors
    /// If the private one cannot be left in good order.
    pub async fn close(self) -> Result<(), Failure> {
        drop(self.database);
        match self.private {
            Some(private) => Ok(private.close().await?),
            None => Ok(()),
        }
    }
}

/// Finds the plan of a job.
///
/// # Errors
/// If it is not to be had.
pub async fn shape(plans: &Plans, job: &JobId, plan: Digest) -> Result<Arc<Shape>, Failure> {
    plans.load_shape(plan).await.map_err(|error| {
        Failure::new(
            format!("the plan of the job {job} is not to be had: {error}"),
            "restore the database from a copy that has it",
        )
    })
}

/// What is wrong with the log.
impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        let help = match error {
            LogError::Failed(_) => "see `skynet doctor`; what was kept is kept",
            LogError::Corrupt(_) => "touch nothing, and see what `skynet audit verify` says",
        };
        Self::new(error.to_string(), help)
    }
}
