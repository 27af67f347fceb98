//! The expression of a NAPTR record (RFC 3402 section 3.2): `!pattern!replacement!flags`, its pattern an extended regular
//! expression of POSIX. BIND compiles it and refuses the file where that fails; this only tells whether it would.

const PARTS: &str =
    "is a delimiter such as !, a pattern, the delimiter, a replacement, the delimiter, and i or nothing";
const GROUPS: &str = "refers to a group (\\1 to \\9) that the pattern has not";
const BRACKET: &str = "has a bracket in its pattern that is not closed, or a range in it that runs backwards";
const REPEATED: &str = "repeats nothing, or repeats a repetition, in its pattern";
const BOUND: &str = "repeats by {a,b}, where both are numbers to 255 and the first is not above the second";
const EMPTY: &str = "has nothing where its pattern must have something: at its ends, or beside |";
const OPEN: &str = "has a parenthesis in its pattern that is not closed";
const CLASSES: [&[u8]; 12] = [
    b"alpha", b"alnum", b"blank", b"cntrl", b"digit", b"graph", b"lower", b"print", b"punct", b"space",
    b"upper", b"xdigit",
];

/// Why BIND refuses the field; `None` where it does not. No expression at all is right.
pub fn fault(field: &[u8]) -> Option<&'static str> {
    let (delimiter, rest) = field.split_first()?;
    if matches!(delimiter, b'0'..=b'9' | b'\\' | b'i' | 0) {
        return Some("begins with a delimiter such as !, and not with a digit, a backslash or i");
    }
    if rest.contains(&0) {
        return Some("has an octet 0");
    }
    let parts = until(rest, *delimiter)
        .and_then(|(pattern, rest)| Some((pattern, until(rest, *delimiter)?)))
        .filter(|(_, (_, flags))| flags.iter().all(|flag| *flag == b'i'));
    let Some((pattern, (replacement, _))) = parts else { return Some(PARTS) };
    let groups = match groups(pattern) {
        Ok(groups) => groups,
        Err(why) => return Some(why),
    };
    let mut rest = replacement;
    while let Some((octet, after)) = rest.split_first() {
        rest = after;
        if *octet == b'\\' {
            let Some((escaped, after)) = after.split_first() else { return Some(PARTS) };
            rest = after;
            if escaped.is_ascii_digit() && !(1..=groups).contains(&usize::from(escaped - b'0')) {
                return Some(GROUPS);
            }
        }
    }
    None
}

/// What stands before and behind the first delimiter that no backslash protects.
fn until(text: &[u8], delimiter: u8) -> Option<(&[u8], &[u8])> {
    let mut escaped = false;
    let end = text.iter().position(|octet| {
        let is_it = !escaped && *octet == delimiter;
        escaped = !escaped && *octet == b'\\';
        is_it
    })?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// How many groups a pattern has, where it is one.
fn groups(pattern: &[u8]) -> Result<usize, &'static str> {
    let (mut groups, mut open) = (0, 0usize);
    // Is there something in this alternative; may what is before be repeated; is the group that is open right before?
    let (mut something, mut repeatable, mut opened) = (false, false, false);
    let mut rest = pattern;
    while let Some((octet, after)) = rest.split_first() {
        rest = after;
        let was_opened = std::mem::take(&mut opened);
        match octet {
            b'(' => {
                groups += 1;
                open += 1;
                (something, repeatable, opened) = (false, false, true);
                continue;
            }
            b')' if open > 0 => {
                if !something && !was_opened {
                    return Err(EMPTY);
                }
                open -= 1;
            }
            b'|' => {
                if !std::mem::take(&mut something) {
                    return Err(EMPTY);
                }
                repeatable = false;
                continue;
            }
            b'^' | b'$' => {
                (something, repeatable) = (true, false);
                continue;
            }
            b'*' | b'+' | b'?' => {
                if !std::mem::take(&mut repeatable) {
                    return Err(REPEATED);
                }
                continue;
            }
            b'{' if rest.first().is_some_and(u8::is_ascii_digit) => {
                if !std::mem::take(&mut repeatable) {
                    return Err(REPEATED);
                }
                rest = after_bound(rest).ok_or(BOUND)?;
                continue;
            }
            b'[' => rest = after_bracket(rest).ok_or(BRACKET)?,
            b'\\' => {
                let Some((escaped, after)) = rest.split_first() else { return Err(PARTS) };
                rest = after;
                if matches!(escaped, b'1'..=b'9') && usize::from(escaped - b'0') > groups {
                    return Err(GROUPS);
                }
            }
            _ => {}
        }
        (something, repeatable) = (true, true);
    }
    match (open, something) {
        (1.., _) => Err(OPEN),
        (0, false) => Err(EMPTY),
        (0, true) => Ok(groups),
    }
}

/// What stands behind `2}`, `2,}` or `2,3}`.
fn after_bound(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().position(|octet| *octet == b'}')?;
    let (bound, after) = (text.get(..end)?, text.get(end + 1..)?);
    let mut numbers = std::str::from_utf8(bound).ok()?.split(',');
    let low: u8 = numbers.next()?.parse().ok()?;
    let high: u8 = match numbers.next() {
        None => low,
        Some("") => u8::MAX,
        Some(high) => high.parse().ok()?,
    };
    (low <= high && numbers.next().is_none()).then_some(after)
}

/// What stands behind a bracket that has just been opened.
fn after_bracket(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.strip_prefix(b"^").unwrap_or(text);
    let mut first = true;
    loop {
        if let Some(after) = rest.strip_prefix(b"]").filter(|_| !first) {
            return Some(after);
        }
        let (low, after) = match element(rest)? {
            (_, after) if std::mem::take(&mut first) && rest.starts_with(b"]") => (Element::Unordered, after),
            element => element,
        };
        rest = after;
        if let Some((high, after)) = range(rest) {
            match (low, high?) {
                (Element::Several, _) | (_, Element::Class) => return None,
                (Element::Octet(low), Element::Octet(high)) if low > high => return None,
                _ => rest = after,
            }
            if range(rest).is_some() {
                return None;
            }
        }
    }
}

/// What may stand in a bracket.
enum Element {
    Octet(u8),
    /// A bracket, which BIND takes for either end of a range.
    Unordered,
    /// A class, or an equivalence class.
    Class,
    /// A collating element of several octets.
    Several,
}

/// The end of a range, where one goes on here, if it is an element; and what stands behind it.
fn range(text: &[u8]) -> Option<(Option<Element>, &[u8])> {
    let text = text.strip_prefix(b"-").filter(|after| !after.starts_with(b"]"))?;
    Some(element(text).map_or((None, text), |(element, after)| (Some(element), after)))
}

/// The first element of a bracket, and what stands behind it.
fn element(text: &[u8]) -> Option<(Element, &[u8])> {
    let kind = match text {
        [b'[', kind @ (b'.' | b'=' | b':'), ..] => *kind,
        [b'[', after @ ..] => return Some((Element::Unordered, after)),
        _ => return text.split_first().map(|(octet, after)| (Element::Octet(*octet), after)),
    };
    let inner = text.get(2..)?;
    let end = inner.windows(2).position(|pair| pair == [kind, b']'])?;
    let (inner, after) = (inner.get(..end)?, inner.get(end + 2..)?);
    let element = match (kind, inner) {
        (b':', class) if CLASSES.contains(&class) => Element::Class,
        (b':', _) | (_, []) => return None,
        (b'=', _) => Element::Class,
        (_, [octet]) => Element::Octet(*octet),
        _ => Element::Several,
    };
    Some((element, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured with named-checkzone 9.18.
    #[test]
    fn what_bind_compiles() {
        let right = [
            "",
            "!^.*$!sip:a@b!i",
            "/a/b/",
            "!a!b!ii",
            "!(a)!\\1!",
            "!((a))(b)!\\2!",
            "!a\\!b!c!",
            "!a!b\\!!",
            "!(a)\\1!b!",
            "!(a\\1)!b!",
            "!a{2}!b!",
            "!a{2,}!b!",
            "!a{,2}!b!",
            "!a{!b!",
            "!}!b!",
            "!)!b!",
            "!()!b!",
            "!()*!b!",
            "!)*!b!",
            "!a{1,255}!b!",
            "!^!b!",
            "!$$!b!",
            "!a|^!b!",
            "!(^)+!b!",
            "![]a]!b!",
            "![^]a]!b!",
            "![a-]!b!",
            "![--a]!b!",
            "![[:alpha:]-z]!b!",
            "![[.a.]-z]!b!",
            "![a-[.z.]]!b!",
            "![[.ab.]]!b!",
            "![[=a=]]!b!",
            "![\\]]!b!",
            "![[a]!b!",
            "!\\(!b!",
            "!\\0!b!",
        ];
        for field in right {
            assert_eq!(fault(field.as_bytes()), None, "{field}");
        }
        let wrong: [(&str, &[&str]); 8] = [
            (PARTS, &["!", "!a", "!a!b", "!a!b!x", "!a!b!!", "!a\\!b!", "!a!b\\", "!a!b!I"]),
            (GROUPS, &["!a!\\1!", "!(a)!\\0!", "!(a)!\\2!", "!\\1!b!", "!)!\\1!"]),
            (
                BRACKET,
                &["![a!b!", "![]!b!", "![^]!b!", "![z-a]!b!", "![a-b-c]!b!", "![[:foo:]]!b!", "![[..]]!b!"],
            ),
            (BRACKET, &["![a-[:alpha:]]!b!", "![[.ab.]-z]!b!", "![[.]!b!"]),
            (
                REPEATED,
                &["!*!b!", "!a**!b!", "!^*!b!", "!a$*!b!", "!a{1}{2}!b!", "!(*a)!b!", "!{1}!b!", "!a|+!b!"],
            ),
            (BOUND, &["!a{2,1}!b!", "!a{256}!b!", "!a{1!b!", "!a{1a}!b!", "!a{1,2,3}!b!"]),
            (EMPTY, &["!!!", "!a|!b!", "!|a!b!", "!(|a)!b!", "!(a|)!b!"]),
            (OPEN, &["!(!b!", "!(a!b!"]),
        ];
        for (why, fields) in wrong {
            for field in fields {
                assert_eq!(fault(field.as_bytes()), Some(why), "{field}");
            }
        }
        for field in ["iaibi", "1a1b1", "\\a\\b\\", "!\0!b!"] {
            assert!(fault(field.as_bytes()).is_some(), "{field:?}");
        }
    }
}
