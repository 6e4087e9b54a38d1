//! Reads numbers, durations, sizes and times from text, in the form a file writes them.

use jiff::Timestamp;

/// Reads a whole number: digits, perhaps with a sign.
#[must_use]
pub fn parse_int(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Reads a number: digits, perhaps with a sign, a point and an exponent. Not `nan`, and nothing infinite.
#[must_use]
pub fn parse_float(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse().ok().filter(|value: &f64| plain && value.is_finite())
}

/// Reads a duration in milliseconds: `1h30m`, `1.5s`, `-10m`. A fraction of a millisecond is refused.
#[must_use]
pub fn parse_duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let (amount, unit, after) = measure(rest)?;
        let unit: i128 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return None,
        };
        total = total.checked_add(amount.times(unit)?)?;
        rest = after;
    }
    i64::try_from(sign * total).ok()
}

/// Reads a size in bytes: `4GiB`, `1.5KB`, `123B`. A fraction of a byte is refused.
#[must_use]
pub fn parse_size(text: &str) -> Option<u64> {
    let (amount, unit, rest) = measure(text)?;
    let unit: i128 = match unit {
        "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        _ => return None,
    };
    u64::try_from(amount.times(unit)?).ok().filter(|_| rest.is_empty())
}

/// Reads a time by RFC 3339, in milliseconds since 1970-01-01 UTC; what is finer is cut off.
#[must_use]
pub fn parse_time(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// A decimal number: `digits` divided by ten to the power of `scale`.
struct Decimal {
    digits: i128,
    scale: u32,
}

impl Decimal {
    /// Multiplies with a unit, if that leaves no fraction.
    fn times(&self, unit: i128) -> Option<i128> {
        let product = self.digits.checked_mul(unit)?;
        let divisor = 10_i128.checked_pow(self.scale)?;
        (product % divisor == 0).then_some(product / divisor)
    }
}

/// Takes one number and its unit from the front: `1.5`, `h` and what follows. Underscores may part digits.
fn measure(text: &str) -> Option<(Decimal, &str, &str)> {
    let (number, rest) = text.split_at_checked(text.find(|c: char| c.is_ascii_alphabetic())?)?;
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits: String = [whole, fraction].iter().map(|part| digits(part)).collect::<Option<_>>()?;
    let scale = u32::try_from(fraction.bytes().filter(u8::is_ascii_digit).count()).ok()?;
    Some((Decimal { digits: digits.parse().ok()?, scale }, unit, rest))
}

/// Digits without the underscores between them.
fn digits(text: &str) -> Option<String> {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
        && edge(text.chars().next())
        && edge(text.chars().last())
        && !text.contains("__");
    plain.then(|| text.replace('_', ""))
}
