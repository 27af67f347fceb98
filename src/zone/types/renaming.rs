//! Names in RDATA replaced by others.

use super::{Rdata, info, walk};
use crate::zone::{Name, NameRef, RecordType};

/// RDATA with some of its names replaced; `None` where none was, where it does not fit its type, or where it would get
/// too long.
pub fn with_names(
    rtype: RecordType,
    rdata: &[u8],
    mut rename: impl FnMut(NameRef<'_>) -> Option<Name>,
) -> Option<Rdata> {
    let mut octets = Vec::with_capacity(rdata.len());
    let mut renamed = false;
    let fits = walk(info(rtype)?.fields, rdata, |part| {
        let mut rest = part.octets;
        while let Some((name, after)) = NameRef::split_from(rest).filter(|_| part.kind.is_name()) {
            match rename(name) {
                Some(other) => {
                    renamed = true;
                    octets.extend_from_slice(other.wire());
                }
                None => octets.extend_from_slice(name.wire()),
            }
            rest = after;
        }
        octets.extend_from_slice(rest);
    });
    (fits && renamed && octets.len() <= usize::from(u16::MAX)).then(|| octets.into_boxed_slice())
}
