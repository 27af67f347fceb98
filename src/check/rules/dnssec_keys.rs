//! DNSSEC keys, and what a zone asks of its parent with them.

use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384};

use super::super::Severity::Error;
use super::super::fixes;
use super::super::rule::{Found, Here, Rule};
use super::number;
use crate::zone::{NameRef, RecordType};

/// Who asks the parent to delete its DS (RFC 8078 section 4).
const DELETE_CDS: &[u8] = &[0, 0, 0, 0, 0];
const DELETE_CDNSKEY: &[u8] = &[0, 0, 3, 0, 0];
const BOTH: [RecordType; 2] = [RecordType::CDS, RecordType::CDNSKEY];

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-102", "cds"),
        Error,
        "RFC 7344 section 4.1, RFC 8078 section 4",
        "CDS and CDNSKEY stand at the top, match keys of the zone and each other; the one that asks for deletion \
         stands alone. Parents act on them.",
        &[RecordType::CDS, RecordType::CDNSKEY],
        signals,
    )
    .mended("Delete what stands in the wrong place or fits no key", fixes::dnssec::signal),
    Rule::zone(
        ("L-112", "key-place"),
        Error,
        "RFC 4035 section 2.1",
        "The keys of a zone stand at its top. Elsewhere no resolver looks for them.",
        &[RecordType::DNSKEY],
        place,
    )
    .mended("Delete the keys", fixes::delete_set),
];

fn place(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if !here.is_apex() {
        let message = format_args!("{} has a DNSKEY record and is not the top of the zone.", here.owner());
        found.set(RecordType::DNSKEY, message);
    }
}

/// The key tag of a DNSKEY (RFC 4034 appendix B).
pub fn key_tag(rdata: &[u8]) -> u16 {
    let sum = rdata.chunks(2).fold(0u32, |sum, pair| {
        let low = pair.get(1).copied().unwrap_or_default();
        sum.wrapping_add(u32::from(pair.first().copied().unwrap_or_default()) << 8 | u32::from(low))
    });
    // The lower half is the tag.
    (sum.wrapping_add(sum >> 16 & 0xffff) & 0xffff) as u16
}

/// The digest of a key (RFC 4034 section 5.1.4); `None` for a digest that is not known.
pub fn digest(owner: NameRef<'_>, key: &[u8], kind: u8) -> Option<Vec<u8>> {
    let text = [owner.wire().to_ascii_lowercase().as_slice(), key].concat();
    Some(match kind {
        1 => Sha1::digest(&text).to_vec(),
        2 => Sha256::digest(&text).to_vec(),
        4 => Sha384::digest(&text).to_vec(),
        _ => return None,
    })
}

/// Does a DS or CDS fit this key? One with an unknown digest may.
pub fn fits(owner: NameRef<'_>, ds: &[u8], key: &[u8]) -> bool {
    let Some(([tag @ .., algorithm, kind], data)) = ds.split_first_chunk::<4>() else { return false };
    number(tag) == u32::from(key_tag(key))
        && key.get(3) == Some(algorithm)
        && digest(owner, key, *kind).is_none_or(|digest| digest == data)
}

fn signals(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for rtype in BOTH.into_iter().filter(|rtype| here.types().has(*rtype)) {
        let records = here.set(rtype);
        if !here.is_apex() {
            found.set(
                rtype,
                format_args!("{} has a {rtype} record and is not the top of the zone.", here.owner()),
            );
            continue;
        }
        let deletion = if rtype == RecordType::CDS { DELETE_CDS } else { DELETE_CDNSKEY };
        let deletes = records.iter().any(|record| record.rdata == deletion);
        if deletes && records.len() > 1 {
            let message = format_args!(
                "The {rtype} record of {} that asks for deletion stands beside others.",
                here.owner()
            );
            found.set(rtype, message);
            continue;
        }
        let keys = here.set(RecordType::DNSKEY);
        for record in records.iter().filter(|record| record.rdata != deletion) {
            let matches = match rtype {
                RecordType::CDS => keys.iter().any(|key| fits(here.owner(), record.rdata, key.rdata)),
                _ => keys.iter().any(|key| key.rdata == record.rdata),
            };
            if !matches {
                let message =
                    format_args!("A {rtype} record of {} fits no DNSKEY of the zone.", here.owner());
                found.record(rtype, record, message);
            }
        }
    }
    let (cds, keys) = (here.set(RecordType::CDS), here.set(RecordType::CDNSKEY));
    if !here.is_apex() || cds.is_empty() || keys.is_empty() {
        return;
    }
    let deletes = (
        cds.iter().any(|record| record.rdata == DELETE_CDS),
        keys.iter().any(|record| record.rdata == DELETE_CDNSKEY),
    );
    let both = cds.iter().all(|record| keys.iter().any(|key| fits(here.owner(), record.rdata, key.rdata)));
    if deletes.0 != deletes.1 || !deletes.0 && !both {
        let message = format_args!("CDS and CDNSKEY of {} ask the parent for different keys.", here.owner());
        found.set(RecordType::CDS, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    #[test]
    fn the_example_of_rfc_4034() {
        use base64::Engine as _;
        let key = "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
        let key = base64::engine::general_purpose::STANDARD.decode(key).unwrap();
        let key = [&[1, 0, 3, 5][..], &key].concat();
        assert_eq!(key_tag(&key), 60485);
        let owner = Name::parse(b"dskey.example.com.", None).unwrap();
        let hex: String =
            digest(owner.as_ref(), &key, 1).unwrap().iter().map(|octet| format!("{octet:02X}")).collect();
        assert_eq!(hex, "2BB183AF5F22588179A53B0A98631FAD1A292118");
    }
}
