//! What a failure of the database means: whether anything can have happened, whether to try again, and in what words
//! to say it.

use engine::port::LogError;
use sqlx::Error;
use std::io;

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The connection is of no use any more, and nobody knows whether the statement took effect.
    Broken,
    /// Nothing happened; it may the next time.
    Busy,
    /// Nothing happened, and nothing will.
    Final,
}

/// Says what follows from a failure.
pub(crate) fn failure(error: &Error) -> Failure {
    match error {
        Error::Database(_) => match state(error).as_str() {
            // A server that has become a standby: a new connection may find the one that took its place.
            "25006" | "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => Failure::Broken,
            "55P03" => Failure::Busy,
            other if other.starts_with("08") => Failure::Broken,
            other if ["40", "53", "57"].iter().any(|class| other.starts_with(class)) => Failure::Busy,
            _ => Failure::Final,
        },
        Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed => Failure::Broken,
        _ => Failure::Final,
    }
}

/// Says a failure in words.
pub(crate) fn words(error: &Error) -> LogError {
    let Error::Database(told) = error else {
        return LogError::Failed(match error {
            Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut => {
                format!(
                    "the database cannot be reached: {error}; see that it runs and that its address is right"
                )
            }
            _ => format!("the database cannot be used: {error}"),
        });
    };
    let message = told.message();
    LogError::Failed(match state(error).as_str() {
        "53100" => format!("the disk of the database is full: make room there ({message})"),
        "25006" => format!("the database can only be read: give the address of the primary ({message})"),
        "53300" => format!("the database takes no more connections: raise its `max_connections` ({message})"),
        "23514" if message.starts_with("no partition") => {
            "no segment of the log has the time that the id of the job says: ids must be UUIDs of version 7, and the \
             clock of whoever makes them right to a week"
                .to_owned()
        }
        other => format!("the database refuses: {message} (SQLSTATE {other})"),
    })
}

/// Returns whether something was there before.
pub(crate) fn is_double(error: &Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Makes the failure of a statement that nobody answered.
pub(crate) fn silent() -> Error {
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))
}

fn state(error: &Error) -> String {
    let code = error.as_database_error().and_then(|told| told.code());
    code.map(std::borrow::Cow::into_owned).unwrap_or_default()
}
