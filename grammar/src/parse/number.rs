//! Numbers as they are written, and what they amount to.

/// Why a number has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NumberError {
    /// It does not fit 64 bits.
    TooLarge,
    /// It is finer than the smallest unit: a millisecond, a byte.
    NotWhole,
}

pub(super) fn int(written: &str) -> Result<i64, NumberError> {
    written.replace('_', "").parse().map_err(|_| NumberError::TooLarge)
}

pub(super) fn float(written: &str) -> Result<f64, NumberError> {
    let value: f64 = written.replace('_', "").parse().map_err(|_| NumberError::TooLarge)?;
    if value.is_finite() { Ok(value) } else { Err(NumberError::TooLarge) }
}

/// Returns a duration in milliseconds.
pub(super) fn duration(written: &str) -> Result<i64, NumberError> {
    let mut total: u128 = 0;
    let mut rest = written;
    while !rest.is_empty() {
        let unit_at = rest.find(|next: char| next.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (amount, tail) = rest.split_at(unit_at);
        let unit_end = tail.find(|next: char| next.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, next) = tail.split_at(unit_end);
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 604_800_000,
        };
        total = total.checked_add(times(amount, millis)?).ok_or(NumberError::TooLarge)?;
        rest = next;
    }
    i64::try_from(total).map_err(|_| NumberError::TooLarge)
}

/// Returns a size in bytes.
pub(super) fn size(written: &str) -> Result<u64, NumberError> {
    let unit_at = written.find(|next: char| next.is_ascii_alphabetic()).unwrap_or(written.len());
    let (amount, unit) = written.split_at(unit_at);
    let bytes = match unit {
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => 1,
    };
    u64::try_from(times(amount, bytes)?).map_err(|_| NumberError::TooLarge)
}

/// Returns what was probably meant by something that starts as a number and is none.
pub(super) fn meant(written: &str) -> Option<String> {
    let digits = written.find(|next: char| !next.is_ascii_digit() && next != '.').unwrap_or(written.len());
    let (amount, unit) = written.split_at_checked(digits)?;
    if amount.matches('.').count() > 1 {
        return unit.is_empty().then(|| format!("\"{written}\""));
    }
    let unit = match unit.to_ascii_lowercase().as_str() {
        "milliseconds" | "millisecond" | "millis" | "msec" | "msecs" => "ms",
        "seconds" | "second" | "secs" | "sec" => "s",
        "minutes" | "minute" | "mins" | "min" => "m",
        "hours" | "hour" | "hrs" | "hr" => "h",
        "days" | "day" => "d",
        "weeks" | "week" => "w",
        "bytes" | "byte" | "b" => "B",
        "kb" => "KB",
        "mb" => "MB",
        "gb" => "GB",
        "tb" => "TB",
        "ki" | "kib" => "KiB",
        "mi" | "mib" => "MiB",
        "gi" | "gib" => "GiB",
        "ti" | "tib" => "TiB",
        exponent if !amount.contains('.') => {
            let power = exponent.strip_prefix('e')?;
            let whole = !power.is_empty() && power.bytes().all(|digit| digit.is_ascii_digit());
            return whole.then(|| format!("{amount}.0e{power}"));
        }
        _ => return None,
    };
    Some(format!("{amount}{unit}"))
}

/// Returns what was probably meant by a number and a word behind it: `10 minutes`.
pub(super) fn with_unit(amount: &str, word: &str) -> Option<String> {
    const UNITS: &[&str] =
        &["ms", "s", "m", "h", "d", "w", "B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"];
    let joined = format!("{amount}{word}");
    if UNITS.contains(&word) { Some(joined) } else { meant(&joined) }
}

/// Returns the duration or the size that a text was probably meant to be: `10 minutes`, `5 mb`.
#[must_use]
pub fn quantity(text: &str) -> Option<String> {
    match text.split_once(' ') {
        Some((amount, unit)) => with_unit(amount, unit.trim_start()),
        None => meant(text),
    }
}

/// Multiplies a written amount, perhaps with a fraction, by the size of its unit, exactly.
fn times(amount: &str, unit: u128) -> Result<u128, NumberError> {
    let amount = amount.replace('_', "");
    let (whole, fraction) = amount.split_once('.').unwrap_or((&amount, ""));
    let fraction = fraction.trim_end_matches('0');
    let whole: u128 = whole.parse().map_err(|_| NumberError::TooLarge)?;
    let whole = whole.checked_mul(unit).ok_or(NumberError::TooLarge)?;
    if fraction.is_empty() {
        return Ok(whole);
    }
    // Eighteen digits keep the product in range; a longer fraction is taken to be finer than the unit.
    let digits =
        u32::try_from(fraction.len()).ok().filter(|digits| *digits <= 18).ok_or(NumberError::NotWhole)?;
    let parts: u128 = fraction.parse().map_err(|_| NumberError::NotWhole)?;
    let (product, scale) = (parts * unit, 10_u128.pow(digits));
    if product.is_multiple_of(scale) {
        whole.checked_add(product / scale).ok_or(NumberError::TooLarge)
    } else {
        Err(NumberError::NotWhole)
    }
}
