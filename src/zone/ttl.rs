//! Times in seconds with BIND's units: `1h30m`, `1W2D`. Used for TTLs, `$TTL` and the timers of an SOA.
//!
//! Units are a BIND extension that Knot, NSD and PowerDNS read as well; where programs read the result, plain seconds are written.

/// The largest TTL (RFC 2181 section 8). A larger one can stand in a zone; resolvers read it as 0.
pub const MAX_TTL: u32 = 0x7fff_ffff;

const WEEK: u32 = 604_800;
const DAY: u32 = 86_400;
const HOUR: u32 = 3_600;
const MINUTE: u32 = 60;

/// Reads plain seconds, or numbers with the units w, d, h, m and s in any case and order. `None` for anything
/// else and for more than 32 bits hold; whether it is above [`MAX_TTL`] is for the caller to say.
pub fn parse(text: &[u8]) -> Option<u32> {
    let mut total: u32 = 0;
    let mut number: Option<u32> = None;
    let mut units = false;
    for octet in text {
        let unit = match octet.to_ascii_lowercase() {
            digit @ b'0'..=b'9' => {
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(u32::from(digit - b'0'))?);
                continue;
            }
            b'w' => WEEK,
            b'd' => DAY,
            b'h' => HOUR,
            b'm' => MINUTE,
            b's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
        units = true;
    }
    match number {
        // BIND refuses "1h30": a number without a unit stands alone.
        Some(_) if units => None,
        Some(seconds) => Some(seconds),
        None if units => Some(total),
        None => None,
    }
}

/// The shortest exact form for a narrow column: `1h`, `5m`, `1d`, `1h30m`; `90s` where units would not make it
/// shorter. [`parse`] reads it back.
pub fn short(seconds: u32) -> String {
    if seconds != 0 && seconds.is_multiple_of(WEEK) {
        return format!("{}w", seconds / WEEK);
    }
    let parts = [
        (seconds / DAY, 'd'),
        (seconds % DAY / HOUR, 'h'),
        (seconds % HOUR / MINUTE, 'm'),
        (seconds % MINUTE, 's'),
    ];
    let used = parts.iter().filter(|(count, _)| *count > 0).count();
    if !seconds.is_multiple_of(MINUTE) || !(1..=2).contains(&used) {
        return format!("{seconds}s");
    }
    parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units() {
        for (text, seconds) in [
            ("0", Some(0)),
            ("3600", Some(3600)),
            ("1h30m", Some(5400)),
            ("1W2D", Some(777_600)),
            ("30M1h", Some(5400)),
            ("90s", Some(90)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("9999999w", None),
            ("1h30", None),
            ("h", None),
            ("1x", None),
            ("-1", None),
            ("+1", None),
            ("1 h", None),
            ("", None),
        ] {
            assert_eq!(parse(text.as_bytes()), seconds, "{text}");
        }
    }

    #[test]
    fn short_forms() {
        for (seconds, text) in [
            (0, "0s"),
            (90, "90s"),
            (300, "5m"),
            (3600, "1h"),
            (5400, "1h30m"),
            (86_400, "1d"),
            (604_800, "1w"),
            (2_592_000, "30d"),
            (90_060, "90060s"),
            (u32::MAX, "4294967295s"),
        ] {
            assert_eq!(short(seconds), text);
        }
    }

    proptest! {
        #[test]
        fn round_trip(seconds: u32) {
            prop_assert_eq!(parse(short(seconds).as_bytes()), Some(seconds));
            prop_assert_eq!(parse(seconds.to_string().as_bytes()), Some(seconds));
        }

        #[test]
        fn any_text_is_read_or_refused(text: Vec<u8>) {
            let _ = parse(&text);
        }
    }
}
