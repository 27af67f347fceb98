//! The generic form of RDATA: `\# length hexadecimal` (RFC 3597 section 5).

use super::{Rdata, Token, text};

/// Does this RDATA stand in the generic form?
pub(super) fn is_generic(tokens: &[Token<'_>]) -> bool {
    let marked = tokens.first().is_some_and(|first| first.text == b"\\#" && !first.quoted);
    // As BIND has it, text that begins so is text all the same when no length follows.
    marked && tokens.get(1).is_none_or(|length| text::decimal(length.text).is_some())
}

pub(super) fn write(rdata: &[u8]) -> String {
    let mut out = format!("\\# {}", rdata.len());
    if !rdata.is_empty() {
        out.push(' ');
        text::hex(rdata, &mut out);
    }
    out
}

pub(super) fn read(tokens: &[Token<'_>]) -> Result<Rdata, String> {
    const EXPECTED: &str = "the data of this type is written \\# length hexadecimal, such as \\# 4 C0000201";
    let (true, [_, length, digits @ ..]) = (is_generic(tokens), tokens) else {
        return Err(EXPECTED.into());
    };
    let length = text::decimal(length.text).ok_or(EXPECTED)?;
    let digits: Vec<u8> = digits.iter().flat_map(|token| token.text).copied().collect();
    let octets = text::from_hex(&digits).ok_or(EXPECTED)?;
    if octets.len() != length as usize {
        return Err(format!("the length says {length} octets, and {} follow", octets.len()));
    }
    super::checked_length(octets)
}
