//! The clock, for whoever needs a time.

use std::time::{SystemTime, UNIX_EPOCH};

pub use crate::zone::types::in_words;

/// Seconds since 1970 (UTC).
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// The day of a time (seconds since 1970), where this machine is: "2026-11-22".
pub fn local_day(seconds: i64) -> Option<String> {
    let time = jiff::Timestamp::from_second(seconds).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::system()).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::{in_words, local_day};

    #[test]
    fn a_day_is_a_day_somewhere() {
        let day = local_day(1_795_348_800).unwrap();
        assert!(["2026-11-22", "2026-11-23"].contains(&day.as_str()), "{day}");
        assert_eq!(local_day(i64::MAX), None);
    }

    #[test]
    fn dates() {
        for (seconds, words) in [
            (0, "1970-01-01 00:00 UTC"),
            (951_782_400, "2000-02-29 00:00 UTC"),
            (1_709_164_799, "2024-02-28 23:59 UTC"),
            (1_795_312_980, "2026-11-22 02:03 UTC"),
            (4_107_542_400, "2100-03-01 00:00 UTC"),
        ] {
            assert_eq!(in_words(seconds), words);
        }
    }
}
