//! Points in time as RRSIG writes them: YYYYMMDDHHmmSS in UTC (RFC 4034 section 3.2).
//!
//! The 32 bits count from 1970 and wrap in 2106 (serial number arithmetic, section 3.1.5). What is read may lie beyond that;
//! what is written is, without a clock, of the first turn.

use super::text::push_digits;

/// Seconds from 1970 as 14 digits, YYYYMMDDHHmmSS.
pub fn timestamp(seconds: u32) -> String {
    let mut text = String::with_capacity(14);
    push(seconds, &mut text);
    text
}

/// Appends them.
pub(super) fn push(seconds: u32, text: &mut String) {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years that begin in March put the leap day at their end; 0000-03-01 is 719468 days before 1970.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u32::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    push_digits(year, 4, text);
    for number in [month, day, hour, minute, second] {
        push_digits(number, 2, text);
    }
}

/// The day of a time in UTC as a number in the form YYYYMMDD; `None` after 2106.
pub fn date(seconds: u64) -> Option<u32> {
    timestamp(u32::try_from(seconds).ok()?).get(..8)?.parse().ok()
}

/// A time in seconds from 1970 for people: "2026-11-21 14:03 UTC"; to the minute, up to 2106.
pub fn in_words(seconds: u64) -> String {
    let stamp = timestamp(u32::try_from(seconds).unwrap_or(u32::MAX));
    let part = |from: usize, to: usize| stamp.get(from..to).unwrap_or_default();
    format!("{}-{}-{} {}:{} UTC", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12))
}

/// A time in seconds from 1970 as APIs write it (RFC 3339), in UTC: "2026-11-21T14:03:00+00:00"; up to 2106.
pub fn to_rfc3339(seconds: u64) -> String {
    let stamp = timestamp(u32::try_from(seconds).unwrap_or(u32::MAX));
    let part = |from: usize, to: usize| stamp.get(from..to).unwrap_or_default();
    let (date, time) = ([part(0, 4), part(4, 6), part(6, 8)], [part(8, 10), part(10, 12), part(12, 14)]);
    format!("{}T{}+00:00", date.join("-"), time.join(":"))
}

/// Reads such a time, with any offset (RFC 3339 section 5.6); `None` outside of 1970 to 2106 as well.
pub fn from_rfc3339(text: &str) -> Option<i64> {
    let octets = text.as_bytes();
    let at = |at: usize, wanted: &[u8]| octets.get(at).is_some_and(|octet| wanted.contains(octet));
    let marks = at(4, b"-") && at(7, b"-") && at(10, b"Tt ") && at(13, b":") && at(16, b":");
    let (local, rest) = text.split_at_checked(19).filter(|_| marks)?;
    let digits: Vec<u8> = local.bytes().filter(u8::is_ascii_digit).collect();
    // A leap second is taken for the one before it.
    let digits = digits.strip_suffix(b"60").map_or(digits.clone(), |start| [start, b"59"].concat());
    let local = i64::from(u32::try_from(moment(&digits).filter(|_| digits.len() == 14)?).ok()?);
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let offset = match rest.split_at_checked(1)? {
        ("Z" | "z", "") => 0,
        (sign @ ("+" | "-"), offset) => {
            let (hours, minutes) = match offset.split_once(':') {
                Some(parts) => parts,
                None => offset.split_at_checked(2)?,
            };
            let number = |text: &str, below: i64| -> Option<i64> {
                let plain = text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_digit());
                text.parse().ok().filter(|number| plain && *number < below)
            };
            let seconds = number(hours, 24)? * 3_600 + number(minutes, 60)? * 60;
            if sign == "+" { seconds } else { -seconds }
        }
        _ => return None,
    };
    Some(local - offset)
}

/// Reads YYYYMMDDHHmmSS, or plain seconds from 1970. Of another turn of the 32 bits the seconds in it, as servers do.
pub(super) fn parse(text: &[u8]) -> Option<u32> {
    if text.len() != 14 {
        return super::text::decimal(text);
    }
    moment(text).map(|seconds| seconds as u32)
}

/// Is this YYYYMMDDHHmmSS, from 1970 to 2106? A leap second may be in it.
pub fn is_moment(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"60").map_or(text.to_vec(), |start| [start, b"59"].concat());
    text.len() == 14 && moment(&text).is_some_and(|seconds| u32::try_from(seconds).is_ok())
}

/// The seconds from 1970 that YYYYMMDDHHmmSS stands for, in the Gregorian calendar throughout.
fn moment(text: &[u8]) -> Option<i64> {
    let part = |from: usize, length: usize| super::text::decimal(text.get(from..from + length)?);
    let (year, month, day) = (part(0, 4)?, part(4, 2)?, part(6, 2)?);
    let (hour, minute, second) = (part(8, 2)?, part(10, 2)?, part(12, 2)?);
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days_in_month = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let valid = (1..=12).contains(&month)
        && (1..=days_in_month).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    valid.then_some(())?;
    // One turn of the calendar more, that no year is below 0.
    let year = year + 400;
    let (shifted, from_march) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * from_march + 2) / 5 + day;
    let days = i64::from(days) - 719_469 - 146_097;
    Some(days * 86_400 + i64::from(hour * 3_600 + minute * 60 + second))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_of_apis() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2021-11-02T12:01:13+01:00", 1_635_850_873),
            ("2021-11-02T11:01:13+00:00", 1_635_850_873),
            ("2021-11-02t05:31:13.250-05:30", 1_635_850_873),
            ("2021-11-02 11:01:13+0000", 1_635_850_873),
            ("2016-12-31T23:59:60Z", 1_483_228_799),
        ] {
            assert_eq!(from_rfc3339(text), Some(seconds), "{text}");
        }
        for wrong in [
            "",
            "2021-11-02",
            "2021-11-02T12:01:13",
            "2021-13-02T12:01:13Z",
            "2021-11-02T24:01:13Z",
            "2021-11-02T12:01:13+1",
            "2021-11-02T12:01:13+25:00",
            "2021-11-02T12:01:13Zx",
            "20211102T120113Z",
            "2021-11-02T12:0a:13Z",
            "2021-11-02T12:01:1\u{e4}Z",
            "0000-00-00T00:00:00Z",
            "2021-11-02T12:01:13+-1:00",
        ] {
            assert_eq!(from_rfc3339(wrong), None, "{wrong}");
        }
    }

    /// What named-compilezone 9.18 makes of them.
    #[test]
    fn times_of_other_turns() {
        for (text, first) in [
            ("21060207062815", u32::MAX),
            ("21060207062816", 0),
            ("21221222132804", parse(b"19861115065948").unwrap()),
            ("30001222132804", parse(b"20480404161012").unwrap()),
            ("00010101000000", parse(b"20420714010400").unwrap()),
            ("19691231235959", u32::MAX),
        ] {
            assert_eq!(parse(text.as_bytes()), Some(first), "{text}");
        }
        assert_eq!(parse(b"21230229000000"), None);
        assert_eq!(from_rfc3339("2122-12-22T13:28:04Z"), None);
    }

    proptest! {
        #[test]
        fn times_come_back(seconds in any::<u32>(), text in ".{0,30}") {
            prop_assert_eq!(from_rfc3339(&to_rfc3339(seconds.into())), Some(seconds.into()));
            from_rfc3339(&text);
        }
    }
}
