//! Events that nobody changes: the role may not, and the triggers stop an owner's accident.

use super::{
    harness::{Place, execute, text},
    raw::{Append, id, two_workers},
};
use sqlx::AssertSqlSafe;

#[tokio::test]
async fn the_engines_role_cannot_change_what_is_kept() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    execute(&mut connection, "SET ROLE skynet_engine").await;
    assert_eq!(Append::one(1, 1, (1, 1)).send(&mut connection).await, [1], "though it can append");
    let other = id(9);
    for attempt in [
        "UPDATE skynet.events SET kind = 9".to_owned(),
        "DELETE FROM skynet.events".to_owned(),
        "TRUNCATE skynet.events_t".to_owned(),
        "UPDATE skynet.events_t SET kind = 9".to_owned(),
        "ALTER TABLE skynet.events DISABLE TRIGGER USER".to_owned(),
        format!("UPDATE skynet.heads SET job_id = '{other}'"),
        "DELETE FROM skynet.heads".to_owned(),
        "DROP TABLE skynet.events_t".to_owned(),
        "SET session_replication_role = replica".to_owned(),
        "SELECT skynet.drop_segment('t')".to_owned(),
    ] {
        let refused = sqlx::raw_sql(AssertSqlSafe(attempt.clone())).execute(&mut connection).await;
        let refused = refused.expect_err(&attempt).to_string();
        assert!(
            refused.contains("permission denied") || refused.contains("must be owner"),
            "{attempt}: {refused}"
        );
    }
    assert_eq!(text(&mut connection, "SELECT kind FROM skynet.events").await, "3");
}

#[tokio::test]
async fn a_superuser_cannot_change_events_by_accident() {
    let place = Place::new().await;
    let mut connection = place.connect().await;
    two_workers(&mut connection).await;
    Append::one(1, 1, (1, 1)).send(&mut connection).await;
    for attempt in [
        "UPDATE skynet.events SET kind = 9",
        "DELETE FROM skynet.events_t",
        "TRUNCATE skynet.events",
        "TRUNCATE skynet.events_t",
    ] {
        let refused = sqlx::raw_sql(attempt).execute(&mut connection).await.expect_err(attempt).to_string();
        assert!(refused.contains("append-only"), "{attempt}: {refused}");
    }
}
