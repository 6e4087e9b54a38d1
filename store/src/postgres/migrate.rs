//! The schema, brought forward to what this program knows.

use engine::port::LogError;
use sqlx::{
    PgConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};
use std::borrow::Cow;

use super::error::words;

/// Each migration: its number, its name, the way forward, the way back.
const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    (
        1,
        "log",
        include_str!("../../migrations/0001_log.up.sql"),
        include_str!("../../migrations/0001_log.down.sql"),
    ),
    (
        2,
        "projections",
        include_str!("../../migrations/0002_projections.up.sql"),
        include_str!("../../migrations/0002_projections.down.sql"),
    ),
];

fn migrator() -> Migrator {
    let migration = |number, name, kind, sql: &'static str| {
        Migration::new(number, Cow::Borrowed(name), kind, sqlx::SqlSafeStr::into_sql_str(sql), false)
    };
    let both = MIGRATIONS.iter().flat_map(|(number, name, forward, back)| {
        [
            migration(*number, name, MigrationType::ReversibleUp, forward),
            migration(*number, name, MigrationType::ReversibleDown, back),
        ]
    });
    let mut migrator = Migrator::with_migrations(both.collect());
    migrator.create_schema("skynet");
    migrator.dangerous_set_table_name("skynet.migrations");
    migrator
}

/// Brings the schema forward. Of processes that do so together one works and the others wait.
///
/// # Errors
/// If the database was brought further by a newer program, has been changed by hand, or refuses.
pub async fn forward(connection: &mut PgConnection) -> Result<(), LogError> {
    migrator().run_direct(None, connection, false).await.map_err(|error| told(&error))
}

/// Takes everything back, with all that was kept.
///
/// # Errors
/// As [`forward`].
pub async fn back(connection: &mut PgConnection) -> Result<(), LogError> {
    migrator().undo(connection, 0).await.map_err(|error| told(&error))
}

fn told(error: &MigrateError) -> LogError {
    LogError::Failed(match error {
        MigrateError::Execute(error) => return words(error),
        MigrateError::ExecuteMigration(error, number) => {
            format!("migration {number} of the database failed, and changed nothing: {}", words(error))
        }
        MigrateError::VersionMissing(number) => {
            let known = MIGRATIONS.last().map_or(0, |(number, ..)| *number);
            format!(
                "the schema of the database is version {number} and this program knows up to {known}: use a newer skynet"
            )
        }
        MigrateError::VersionMismatch(number) => {
            format!(
                "migration {number} of the database is not the one that this program knows: another build made it, use that one"
            )
        }
        other => format!("the schema of the database cannot be brought forward: {other}"),
    })
}
