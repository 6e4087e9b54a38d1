//! Connecting: the schema brought forward and back, servers that must not be used.

use super::harness::{Place, connect, execute, text};
use store::postgres::{Database, Guard, Settings, migrate};

/// What there is in the schema beside the ledger of migrations.
const THINGS: &str = "SELECT string_agg(name, ' ' ORDER BY name) FROM ( \
    SELECT relname AS name FROM pg_class WHERE relnamespace = 'skynet'::regnamespace AND relname !~ '^migrations' \
    UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'skynet'::regnamespace) things";

#[tokio::test]
async fn the_schema_goes_forward_and_back_and_forward() {
    let place = Place::empty().await;
    let mut connection = place.connect().await;
    migrate::forward(&mut connection).await.unwrap();
    let whole = text(&mut connection, THINGS).await;
    assert!(whole.contains("events") && whole.contains("add_segment"), "{whole}");
    migrate::forward(&mut connection).await.unwrap();
    assert_eq!(text(&mut connection, THINGS).await, whole, "again changes nothing");
    migrate::back(&mut connection).await.unwrap();
    assert_eq!(text(&mut connection, THINGS).await, "");
    migrate::forward(&mut connection).await.unwrap();
    assert_eq!(text(&mut connection, THINGS).await, whole);
}

#[tokio::test]
async fn processes_that_connect_together_do_not_stand_in_each_others_way() {
    let place = Place::empty().await;
    let url = place.url();
    let connecting = (0..8).map(|_| Database::connect(&url, Settings::default()));
    for connected in futures_util::future::join_all(connecting).await {
        assert_eq!(connected.unwrap().guard(), Guard::Roles);
    }
    let segments = "SELECT count(*) FROM skynet.segments";
    assert_eq!(text(&mut place.connect().await, segments).await, "4", "last week, this one, two ahead");
}

#[tokio::test]
async fn segments_are_made_once() {
    let place = Place::new().await;
    let database = place.database(Settings { weeks_ahead: 2, ..Settings::default() }).await;
    assert_eq!(database.ensure_segments().await.unwrap(), Vec::<String>::new());
    let further = place.database(Settings { weeks_ahead: 3, ..Settings::default() }).await;
    assert_eq!(further.ensure_segments().await.unwrap(), Vec::<String>::new());
    assert_eq!(text(&mut place.connect().await, "SELECT count(*) FROM skynet.segments").await, "6");
}

#[tokio::test]
async fn what_must_not_be_used_is_refused() {
    let cases = [
        (
            "INSERT INTO skynet.migrations VALUES (99, 'later', now(), true, '', 0)",
            "the schema of the database is version 99 and this program knows up to 2: use a newer skynet",
        ),
        (
            "UPDATE skynet.migrations SET checksum = 'x'",
            "migration 1 of the database is not the one that this program knows: another build made it, use that one",
        ),
        (
            "INSERT INTO skynet.events (job_id, seq, shard, kind, xid, worker, hash, body) \
             VALUES ('019a0000-0000-7000-8000-000000000001', 1, 1, 1, '1000000000000', 1, '', '')",
            "the database counts its transactions from an earlier point than its log has reached",
        ),
    ];
    for (change, refusal) in cases {
        let place = Place::new().await;
        execute(&mut place.connect().await, change).await;
        let refused = Database::connect(&place.url(), Settings::default()).await.unwrap_err().to_string();
        assert!(refused.starts_with(refusal), "{refused}");
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_in_words() {
    let place = Place::empty().await;
    let missing = place.url().replace(place.name(), "skynet_test_missing");
    for (url, told) in [
        (
            missing.as_str(),
            "the database refuses: database \"skynet_test_missing\" does not exist (SQLSTATE 3D000)",
        ),
        ("postgres://localhost:1/x", "the database cannot be reached: "),
        ("postgres://[", "the database cannot be used: "),
    ] {
        let refused = Database::connect(url, Settings::default()).await.unwrap_err().to_string();
        assert!(refused.starts_with(told), "{refused}");
    }
}

#[tokio::test]
async fn where_roles_cannot_be_taken_the_triggers_guard_the_log() {
    let place = Place::empty().await;
    let mut admin = place.connect().await;
    let weak = format!("{}_weak", place.name());
    let name = place.name();
    execute(&mut admin, format!("CREATE ROLE {weak} LOGIN; ALTER DATABASE {name} OWNER TO {weak}")).await;
    let url = place.url().replacen("skynet@", &format!("{weak}@"), 1);
    let database = Database::connect(&url, Settings::default()).await.unwrap();
    assert_eq!(database.guard(), Guard::Triggers);
    insta::assert_snapshot!(
        database.guard(),
        @"this login cannot take the role `skynet_engine`, so only triggers keep events from being changed: have an administrator create the roles `skynet_owner`, `skynet_engine` and `skynet_reader`, and grant the first two to the login"
    );
    let owner = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'skynet'";
    assert_eq!(text(&mut admin, owner).await, weak);
    // With the triggers alone, an accident is still refused.
    let mut session = connect(&url).await;
    let refused =
        sqlx::raw_sql("TRUNCATE skynet.events").execute(&mut session).await.unwrap_err().to_string();
    assert!(refused.contains("skynet.events is append-only: TRUNCATE is refused"), "{refused}");
    drop((database, session));
    let clean = format!("ALTER DATABASE {name} OWNER TO skynet; DROP OWNED BY {weak}; DROP ROLE {weak}");
    execute(&mut admin, clean).await;
}
