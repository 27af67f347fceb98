//! Points in time as RRSIG writes them: YYYYMMDDHHmmSS in UTC (RFC 4034 section 3.2).
//!
//! The 32 bits count from 1970 and wrap in 2106; without a clock the first turn is meant.

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

/// Reads YYYYMMDDHHmmSS, or plain seconds from 1970.
pub(super) fn parse(text: &[u8]) -> Option<u32> {
    if text.len() != 14 {
        return super::text::decimal(text);
    }
    let part = |from: usize, length: usize| super::text::decimal(text.get(from..from + length)?);
    let (year, month, day) = (part(0, 4)?, part(4, 2)?, part(6, 2)?);
    let (hour, minute, second) = (part(8, 2)?, part(10, 2)?, part(12, 2)?);
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days_in_month = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let valid = (1970..=2106).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    valid.then_some(())?;
    let (shifted, from_march) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * from_march + 2) / 5 + day;
    let seconds = u64::from(days - 719_469) * 86_400 + u64::from(hour * 3_600 + minute * 60 + second);
    u32::try_from(seconds).ok()
}
