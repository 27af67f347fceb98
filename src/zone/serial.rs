//! Serial number arithmetic (RFC 1982) for SOA serials.

use std::cmp::Ordering;

/// The largest step by which a serial may be raised at once (RFC 1982 section 3.1).
pub const MAX_STEP: u32 = 0x7fff_ffff;

/// Compares two serials. `None` where RFC 1982 leaves the order undefined: they are exactly 2^31 apart.
pub fn compare(a: u32, b: u32) -> Option<Ordering> {
    match a.wrapping_sub(b) {
        0 => Some(Ordering::Equal),
        1..=MAX_STEP => Some(Ordering::Greater),
        0x8000_0000 => None,
        _ => Some(Ordering::Less),
    }
}

/// Is `a` after `b`?
pub fn is_after(a: u32, b: u32) -> bool {
    compare(a, b) == Some(Ordering::Greater)
}

/// The next serial after `serial`; zero is left out (RFC 2136 section 7.11).
pub fn next(serial: u32) -> u32 {
    match serial.wrapping_add(1) {
        0 => 1,
        next => next,
    }
}

/// The serial of the next version of a zone that is kept in a file: where the last one is a date in the form YYYYMMDDnn,
/// and not one of the future, it goes on with today's; else it is one more. `now` is in seconds since 1970.
pub fn next_in_file(serial: u32, now: Option<u64>) -> u32 {
    let today = now.and_then(super::types::date).and_then(|today| today.checked_mul(100));
    match today {
        Some(today) if is_date(serial / 100) && serial < today => today + 1,
        _ => next(serial),
    }
}

/// Could this be a date since 1970, in the form YYYYMMDD?
pub fn is_date(number: u32) -> bool {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    (1970..=2105).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order() {
        assert_eq!(compare(1, 1), Some(Ordering::Equal));
        assert!(is_after(1, 0));
        assert!(is_after(0, u32::MAX));
        assert!(is_after(0x8000_0000, 1));
        assert!(!is_after(1, 0x8000_0000));
        assert_eq!(compare(0x8000_0000, 0), None);
        assert_eq!(compare(0, 0x8000_0000), None);
        assert_eq!(next(u32::MAX), 1);
        assert_eq!(next(7), 8);
    }

    #[test]
    fn serials_of_files() {
        // 2026-11-22 02:03 UTC.
        let now = Some(1_795_312_980);
        for (serial, now, expected) in [
            (7, now, 8),
            (2026112109, now, 2026112201),
            (1999123199, now, 2026112201),
            (2026112200, now, 2026112201),
            (2026112299, now, 2026112300),
            (2026112300, now, 2026112301),
            (2026112101, None, 2026112102),
            // No date: there is no 99th month.
            (2026992101, now, 2026992102),
            (u32::MAX, now, 1),
        ] {
            assert_eq!(next_in_file(serial, now), expected, "{serial}");
            assert!(is_after(expected, serial), "{serial}");
        }
    }
}
