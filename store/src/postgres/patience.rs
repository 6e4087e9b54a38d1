//! Trying again, with pauses that grow, for a time that is bounded.

use super::error::{Failure, failure};
use sqlx::Error;
use std::{future::Future, time::Duration};
use tokio::time::{Instant, sleep};

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What is left of it.
#[derive(Debug)]
pub(crate) struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    /// Begins to be patient.
    pub(crate) fn new(length: Duration) -> Self {
        Self { until: Instant::now() + length, pause: FIRST_PAUSE }
    }

    /// Pauses before another try; false if there is to be none.
    pub(crate) async fn again(&mut self) -> bool {
        if Instant::now() + self.pause > self.until {
            return false;
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}

/// Asks something that changes nothing, again if the database was away.
pub(crate) async fn ask<T, F: Future<Output = Result<T, Error>>>(
    length: Duration,
    mut asked: impl FnMut() -> F,
) -> Result<T, Error> {
    let mut patience = Patience::new(length);
    loop {
        match asked().await {
            Err(error) if failure(&error) != Failure::Final && patience.again().await => {}
            answer => return answer,
        }
    }
}
