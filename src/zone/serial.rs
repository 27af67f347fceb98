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
}
