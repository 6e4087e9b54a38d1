//! What the database may answer instead of an append.

use super::{
    batching::events,
    harness::{Place, execute},
};
use engine::port::{EventLog as _, LogError};
use std::time::Duration;
use store::{
    conformance::job,
    postgres::{Database, Settings},
};

/// Lets the first appends fail with a code.
async fn fail(place: &Place, code: &str, times: u32) {
    let trigger = format!(
        "CREATE SEQUENCE public.tries; GRANT USAGE ON SEQUENCE public.tries TO PUBLIC; \
         CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('public.tries') <= {times} THEN RAISE EXCEPTION 'no luck' USING ERRCODE = '{code}'; END IF; \
         RETURN NULL; END $$; \
         CREATE TRIGGER fail BEFORE INSERT ON skynet.heads FOR EACH STATEMENT EXECUTE FUNCTION public.fail()"
    );
    execute(&mut place.connect().await, trigger).await;
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for code in ["40001", "40P01", "53200", "53400", "55P03", "57014", "57P03", "08006"] {
        let place = Place::new().await;
        let it = place.log(Settings::default()).await;
        fail(&place, code, 2).await;
        assert_eq!(it.log.append(&job("a"), 0, events(1..=2)).await, Ok(()), "{code}");
        assert_eq!(it.log.read(&job("a"), 0, 9).await.unwrap(), events(1..=2), "{code}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_said_in_words() {
    for (code, words) in [
        ("53100", "the disk of the database is full: make room there (no luck)"),
        ("53300", "the database takes no more connections: raise its `max_connections` (no luck)"),
        ("25006", "the database can only be read: give the address of the primary (no luck)"),
        ("40001", "the database refuses: no luck (SQLSTATE 40001)"),
        ("22012", "the database refuses: no luck (SQLSTATE 22012)"),
    ] {
        let place = Place::new().await;
        let patience = Duration::from_millis(100);
        let it = place.log(Settings { patience, ..Settings::default() }).await;
        fail(&place, code, 1_000_000).await;
        let refused = it.log.append(&job("a"), 0, events(1..=1)).await.unwrap_err();
        assert_eq!(refused.to_string(), words);
        assert_eq!(it.log.read(&job("a"), 0, 9).await.unwrap(), [], "{code}");
    }
}

#[tokio::test]
async fn a_database_that_can_only_be_read_is_refused() {
    let place = Place::new().await;
    let name = place.name();
    let change = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    execute(&mut place.connect().await, change).await;
    let Err(LogError::Failed(refused)) = Database::connect(&place.url(), Settings::default()).await else {
        panic!("it can only be read");
    };
    assert!(
        refused.starts_with("the database can only be read: give the address of the primary"),
        "{refused}"
    );
}
