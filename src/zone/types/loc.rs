//! Places on earth (RFC 1876): latitude, longitude, altitude, size and precision, in sixteen octets.

use std::fmt::Write;

use super::text;
use super::tokens::Tokens;

/// The equator and the prime meridian, in thousandths of a second of arc.
const ZERO: u32 = 1 << 31;
/// The altitude that is written as zero: 100,000 m above the lowest that can be written, in centimetres.
const SEA_LEVEL: i64 = 10_000_000;
const DEGREE: u32 = 3_600_000;
/// Size and precisions where text leaves them out: 1 m, 10,000 m, 10 m.
const DEFAULTS: [u8; 3] = [0x12, 0x16, 0x13];

/// Version 0, sizes with decimal digits, and a place that exists.
pub(super) fn is_valid(octets: &[u8]) -> bool {
    let Some((version, sizes, [latitude, longitude, _])) = parts(octets) else { return false };
    version == 0
        && sizes.iter().all(|size| size >> 4 <= 9 && size & 15 <= 9)
        // A mantissa of 0 has one written form only: exponent 0.
        && sizes.iter().all(|size| size >> 4 != 0 || *size == 0)
        && latitude.abs_diff(ZERO) <= 90 * DEGREE
        && longitude.abs_diff(ZERO) <= 180 * DEGREE
}

fn parts(octets: &[u8]) -> Option<(u8, [u8; 3], [u32; 3])> {
    let [version, size, horizontal, vertical, rest @ ..] = octets else { return None };
    let ([latitude, longitude, altitude], []) = rest.as_chunks::<4>() else { return None };
    let numbers = [latitude, longitude, altitude].map(|octets| u32::from_be_bytes(*octets));
    Some((*version, [*size, *horizontal, *vertical], numbers))
}

pub(super) fn write(octets: &[u8], out: &mut String) {
    let Some((_, sizes, [latitude, longitude, altitude])) = parts(octets) else { return };
    write_angle(latitude, ['S', 'N'], out);
    write_angle(longitude, ['W', 'E'], out);
    let altitude = i64::from(altitude) - SEA_LEVEL;
    let sign = if altitude < 0 { "-" } else { "" };
    let _ = write!(out, "{sign}{}", metres(altitude.unsigned_abs()));
    for size in sizes {
        let _ = write!(out, " {}", metres(u64::from(size >> 4) * 10u64.pow(u32::from(size & 15))));
    }
}

fn write_angle(angle: u32, [below, above]: [char; 2], out: &mut String) {
    let thousandths = angle.abs_diff(ZERO);
    let (degrees, minutes) = (thousandths / DEGREE, thousandths / 60_000 % 60);
    let (seconds, rest) = (thousandths / 1_000 % 60, thousandths % 1_000);
    let side = if angle < ZERO { below } else { above };
    let _ = write!(out, "{degrees} {minutes} {seconds}.{rest:03} {side} ");
}

fn metres(centimetres: u64) -> String {
    match (centimetres / 100, centimetres % 100) {
        (whole, 0) => format!("{whole}m"),
        (whole, part) => format!("{whole}.{part:02}m"),
    }
}

pub(super) fn read(tokens: &mut Tokens<'_, '_>, out: &mut Vec<u8>) -> Result<(), String> {
    let latitude = read_angle(tokens, 90, *b"SN")
        .ok_or("the latitude is degrees, minutes and seconds, then N or S, such as 52 22 23.000 N")?;
    let longitude = read_angle(tokens, 180, *b"WE")
        .ok_or("the longitude is degrees, minutes and seconds, then E or W, such as 4 53 32.000 E")?;
    let altitude = tokens
        .next()
        .and_then(|token| read_altitude(token.text))
        .ok_or("the altitude is metres from -100000.00 to 42849672.95, such as -2.00m")?;
    let mut sizes = DEFAULTS;
    for size in &mut sizes {
        let Some(token) = tokens.next() else { break };
        *size =
            read_size(token.text).ok_or("size and precision are metres up to 90000000.00, such as 10m")?;
    }
    out.push(0);
    out.extend_from_slice(&sizes);
    for number in [latitude, longitude, altitude] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    Ok(())
}

/// Decimal degrees as maps give them, `52.5200 13.4050` or `52.5200, 13.4050 34m`, in the form of zone files;
/// `None` for anything else.
pub(super) fn from_degrees(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    let (latitude, longitude, rest) = match parts.as_slice() {
        [latitude, longitude, rest @ ..] if latitude.contains('.') || longitude.contains('.') => {
            (latitude, longitude, rest)
        }
        _ => return None,
    };
    let altitude = if rest.is_empty() { "0m".to_owned() } else { rest.join(" ") };
    let mut out = String::new();
    for (degrees, most, sides) in [(latitude, 90, ['S', 'N']), (longitude, 180, ['W', 'E'])] {
        let (below, digits) = match degrees.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, degrees.strip_prefix('+').unwrap_or(degrees)),
        };
        // Seven places are a centimetre on the ground; further ones say nothing.
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let fraction = if fraction.bytes().all(|digit| digit.is_ascii_digit()) {
            fraction.get(..7.min(fraction.len()))?
        } else {
            return None;
        };
        let value = fixed(format!("{whole}.{fraction}").as_bytes(), 7)?;
        // Degrees in ten millionths, to thousandths of a second.
        let thousandths = value.checked_mul(u64::from(DEGREE))?.checked_add(5_000_000)? / 10_000_000;
        let angle = u32::try_from(thousandths).ok().filter(|angle| *angle <= most * DEGREE)?;
        write_angle(if below { ZERO - angle } else { ZERO + angle }, sides, &mut out);
    }
    Some(out + &altitude)
}

/// Degrees, then minutes and seconds if they are given, then the side.
fn read_angle(tokens: &mut Tokens<'_, '_>, most: u32, [below, above]: [u8; 2]) -> Option<u32> {
    let mut parts = [0u32; 3];
    let mut count = 0;
    loop {
        let token = tokens.next()?.text;
        let side = token.to_ascii_uppercase();
        if count > 0 && (side == [below] || side == [above]) {
            let [degrees, minutes, thousandths] = parts;
            let angle = degrees * DEGREE + minutes * 60_000 + thousandths;
            let valid = degrees <= most && minutes < 60 && thousandths < 60_000 && angle <= most * DEGREE;
            return valid.then(|| if side == [below] { ZERO - angle } else { ZERO + angle });
        }
        let limit = [most, 59, 59_999].get(count).copied()?;
        let value = if count == 2 { fixed(token, 3)? } else { u64::from(text::decimal(token)?) };
        *parts.get_mut(count)? = u32::try_from(value).ok().filter(|value| *value <= limit)?;
        count += 1;
    }
}

/// A decimal fraction, as an integer in units of its last place.
fn fixed(text: &[u8], places: usize) -> Option<u64> {
    let mut halves = text.splitn(2, |octet| *octet == b'.');
    let (whole, fraction) = (halves.next()?, halves.next().unwrap_or_default());
    if fraction.len() > places {
        return None;
    }
    let mut digits = fraction.to_vec();
    digits.resize(places, b'0');
    u64::from(text::decimal(whole)?)
        .checked_mul(10u64.pow(u32::try_from(places).ok()?))?
        .checked_add(u64::from(text::decimal(&digits)?))
}

fn read_metres(text: &[u8]) -> Option<u64> {
    fixed(text.strip_suffix(b"m").or_else(|| text.strip_suffix(b"M")).unwrap_or(text), 2)
}

fn read_altitude(text: &[u8]) -> Option<u32> {
    let centimetres = match text.strip_prefix(b"-") {
        Some(below) => -i64::try_from(read_metres(below)?).ok()?,
        None => i64::try_from(read_metres(text)?).ok()?,
    };
    u32::try_from(centimetres.checked_add(SEA_LEVEL)?).ok()
}

/// One digit and a power of ten; further digits are cut off, as the RFC's own program does.
fn read_size(text: &[u8]) -> Option<u8> {
    let mut mantissa = read_metres(text)?;
    let mut exponent = 0u8;
    while mantissa > 9 {
        mantissa /= 10;
        exponent += 1;
    }
    // Both are single digits.
    (exponent <= 9).then_some((mantissa as u8) << 4 | exponent)
}
