//! Reading events that an older program wrote, and refusing those of a newer one.
//!
//! A stored event is an object with the version of its schema in `v`. One step leads from each version to the next; an
//! event goes through all that lie between its own and ours, as JSON, and only then becomes a typed event.

use super::{Recorded, SCHEMA_VERSION};
use serde_json::{Map, Value as Json};
use std::fmt;

/// Leads an event from one version to the next.
pub type Step = fn(&mut Map<String, Json>);

/// The steps there are: the first leads from version 1 to 2.
const STEPS: &[Step] = &[number_undo];

/// In version 1 a step was taken back once at most, by an attempt with the number 0.
fn number_undo(event: &mut Map<String, Json>) {
    if event.get("type").is_some_and(|it| it == "undo_step_started") {
        event.insert("attempt".to_owned(), 0.into());
    }
}

/// Why a stored event cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A program that knows more wrote it.
    Newer(u64),
    /// It is not an event.
    Malformed(String),
}

/// Writes an event as one line of JSON.
///
/// # Errors
/// If a value in it cannot be JSON, which no value that an engine made does.
pub fn write(event: &Recorded) -> Result<String, Unreadable> {
    let malformed = |error: serde_json::Error| Unreadable::Malformed(error.to_string());
    let mut json = Map::from_iter([("v".to_owned(), SCHEMA_VERSION.into())]);
    if let Json::Object(members) = serde_json::to_value(event).map_err(malformed)? {
        json.extend(members);
    }
    serde_json::to_string(&json).map_err(malformed)
}

/// Reads an event from one line of JSON.
///
/// # Errors
/// If it is not an event, or one of a newer program.
pub fn read(line: &str) -> Result<Recorded, Unreadable> {
    let malformed = |error: serde_json::Error| Unreadable::Malformed(error.to_string());
    let mut json: Map<String, Json> = serde_json::from_str(line).map_err(malformed)?;
    upcast(&mut json, STEPS)?;
    serde_json::from_value(Json::Object(json)).map_err(malformed)
}

/// Leads an event through the steps between its version and the latest, which is one more than there are steps.
///
/// # Errors
/// If its version is later, or missing.
pub fn upcast(event: &mut Map<String, Json>, steps: &[Step]) -> Result<(), Unreadable> {
    let version = event.remove("v").and_then(|version| version.as_u64());
    let version = version.ok_or_else(|| Unreadable::Malformed("`v`, the version, is missing".to_owned()))?;
    let done = version.checked_sub(1).and_then(|done| usize::try_from(done).ok());
    let rest = done.and_then(|done| steps.get(done..)).ok_or(Unreadable::Newer(version))?;
    rest.iter().for_each(|step| step(event));
    Ok(())
}

impl std::error::Error for Unreadable {}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer(version) => write!(
                f,
                "the event has version {version} and this program knows up to {SCHEMA_VERSION}: read it with a newer skynet"
            ),
            Self::Malformed(why) => write!(f, "this is not an event: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, Unreadable, read, upcast};
    use crate::event::{At, Event};
    use serde_json::{Map, Value as Json, json};

    const STEPS: &[Step] = &[
        |event| {
            let name = event.remove("name").unwrap_or(Json::Null);
            event.insert("step".to_owned(), name);
        },
        |event| {
            event.insert("instance".to_owned(), 0.into());
        },
    ];

    fn event(json: Json) -> Map<String, Json> {
        json.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn an_event_goes_through_the_steps_that_it_lacks() {
        for (old, new) in [
            (json!({"v": 1, "name": "a"}), json!({"step": "a", "instance": 0})),
            (json!({"v": 2, "step": "a"}), json!({"step": "a", "instance": 0})),
            (json!({"v": 3, "step": "a", "instance": 4}), json!({"step": "a", "instance": 4})),
        ] {
            let mut read = event(old);
            assert_eq!(upcast(&mut read, STEPS), Ok(()));
            assert_eq!(Json::Object(read), new);
        }
    }

    #[test]
    fn an_undo_of_version_1_has_the_attempt_0() {
        let line = r#"{"v":1,"seq":4,"at":0,"actor":"engine","type":"undo_step_started","step":"a"}"#;
        let event = Event::UndoStepStarted { at: At::new("a".into(), 0), attempt: 0 };
        assert_eq!(read(line).map(|it| it.event), Ok(event));
    }

    #[test]
    fn an_event_of_a_newer_program_is_refused() {
        for version in [0_u64, 4, u64::MAX] {
            let mut read = event(json!({"v": version}));
            assert_eq!(upcast(&mut read, STEPS), Err(Unreadable::Newer(version)));
        }
        let mut read = event(json!({"step": "a"}));
        assert!(matches!(upcast(&mut read, STEPS), Err(Unreadable::Malformed(_))));
    }
}
