//! The suite that every log passes.

use super::harness::Place;
use store::{conformance, postgres::Settings};

macro_rules! keeps {
    ($($promise:ident),* $(,)?) => {
        $(#[tokio::test]
        async fn $promise() {
            let place = Place::new().await;
            conformance::$promise(&place.log(Settings::default()).await.log).await;
        })*
    };
}

keeps!(
    reads_what_was_appended,
    refuses_another_version,
    refuses_gaps,
    starts_a_key_once,
    lets_one_start_win,
    lets_one_of_many_win,
    feeds_all_jobs_in_one_order,
    wakes_who_waits,
);
