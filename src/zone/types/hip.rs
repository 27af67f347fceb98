//! Host identities (RFC 8005 section 5): three fields, and before them on the wire their lengths.
//!
//! In text the algorithm comes first. So its field is the whole head, length of the tag, algorithm and length of
//! the key, and the other two enter their lengths there when they are read.

/// Octets of the head.
pub(super) const HEAD: usize = 4;

/// How long the head says the tag is; at least one octet.
pub(super) fn tag_length(before: &[u8]) -> Option<usize> {
    before.first().map(|length| usize::from(*length)).filter(|length| *length > 0)
}

/// How long the head says the key is; at least one octet.
pub(super) fn key_length(before: &[u8]) -> Option<usize> {
    let [_, _, high, low, ..] = before else { return None };
    Some(usize::from(u16::from_be_bytes([*high, *low]))).filter(|length| *length > 0)
}

/// Appends the tag to the head. `None` where it is too long.
pub(super) fn push_tag(tag: &[u8], rdata: &mut Vec<u8>) -> Option<()> {
    *rdata.first_mut()? = u8::try_from(tag.len()).ok()?;
    rdata.extend_from_slice(tag);
    Some(())
}

/// Appends the key to head and tag. `None` where it is too long.
pub(super) fn push_key(key: &[u8], rdata: &mut Vec<u8>) -> Option<()> {
    let length = u16::try_from(key.len()).ok()?;
    rdata.get_mut(2..HEAD)?.copy_from_slice(&length.to_be_bytes());
    rdata.extend_from_slice(key);
    Some(())
}
