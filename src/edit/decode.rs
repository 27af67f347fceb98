//! Octets as text: what is no UTF-8 is written as zone files write octets, `\DDD`, so that nothing is lost.

/// A text made from octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// How many octets are written as `\DDD` because they are no UTF-8.
    pub escaped: usize,
}

/// Reads octets as UTF-8. Others become `\DDD`, which means the same in a zone file; where a backslash stands before
/// one already, only the digits are added.
pub fn decode(octets: &[u8]) -> Decoded {
    let mut decoded = Decoded { text: String::with_capacity(octets.len()), escaped: 0 };
    for chunk in octets.utf8_chunks() {
        decoded.text.push_str(chunk.valid());
        for octet in chunk.invalid() {
            let head = decoded.text.trim_end_matches('\\');
            let protected = !(decoded.text.len() - head.len()).is_multiple_of(2);
            decoded.text.push_str(if protected { "" } else { "\\" });
            decoded.text.push_str(&format!("{octet:03}"));
            decoded.escaped += 1;
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_that_are_no_utf8() {
        for (octets, text, escaped) in [
            (&b"a TXT \"x\"\r\n"[..], "a TXT \"x\"\r\n", 0),
            (b"a TXT \"\xff\xe4\"", "a TXT \"\\255\\228\"", 2),
            (b"a\\\xff", "a\\255", 1),
            (b"a\\\\\xff", "a\\\\\\255", 1),
            ("ä\u{1}".as_bytes(), "ä\u{1}", 0),
            (b"\xe4\xbd", "\\228\\189", 2),
        ] {
            assert_eq!(decode(octets), Decoded { text: text.into(), escaped });
        }
    }
}
