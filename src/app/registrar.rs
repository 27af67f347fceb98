//! What has to be told to the registrar, who keeps it in the zone above: nameservers, glue, DS. As text to copy.

use sha2::{Digest as _, Sha256};

use super::dialog::{Dialog, Then};
use super::nameserver_sets::nameservers;
use super::nameservers::addresses_of;
use super::open::Open;
use super::{App, Overlay};
use crate::facts::Parent;
use crate::zone::{RecordType, RrKey, types};

/// DNSKEY flags (RFC 4034 section 2.1.1): a key of the zone, and one that a DS is meant for.
const ZONE_KEY: u8 = 1;
const SECURE_ENTRY_POINT: u8 = 1;
/// SHA-256 as a DS names it (RFC 4509).
const DIGEST_SHA256: u8 = 2;

/// `:registrar`.
pub fn show(app: &mut App) {
    let Some(open) = app.open() else { return };
    let text = text(open);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.push(String::new());
    lines.extend(differences(open));
    let buttons = vec![("Copy", 'y', Then::Copy(text)), ("Close", 'c', Then::Close)];
    app.overlay = Some(Overlay::Dialog(Dialog::new("To tell the registrar", lines, buttons)));
}

/// The order, as the draft makes the zone.
fn text(open: &Open) -> String {
    let origin = open.draft.base().origin();
    let mut text = format!("Domain: {}\n", origin.to_string().trim_end_matches('.'));
    for name in nameservers(open) {
        let shown = name.to_string();
        text.push_str(&format!("Nameserver: {}", shown.trim_end_matches('.')));
        if name.is_at_or_below(origin) {
            let addresses = addresses_of(&open.draft, &name);
            addresses.iter().for_each(|address| text.push_str(&format!(" {address}")));
            if addresses.is_empty() {
                text.push_str(" (its address is missing in the zone)");
            }
        }
        text.push('\n');
    }
    match ds(open) {
        Ds::Unsigned => text.push_str("DS: none, the zone is not signed\n"),
        Ds::Remove => text.push_str("DS: remove all (the zone's CDS asks for it)\n"),
        Ds::Records(records) => records.iter().for_each(|record| text.push_str(&format!("DS: {record}\n"))),
    }
    text
}

/// What the zone above has otherwise now.
fn differences(open: &Open) -> Vec<String> {
    let differences = &open.nameservers.differences;
    match &open.nameservers.parent {
        None => vec!["What the zone above has now is not known yet.".into()],
        Some(Parent::NotKnown(why)) => vec![format!("What the zone above has now is not known: {why}.")],
        Some(Parent::DoesNotDelegate { parent }) => {
            vec![format!("{parent} does not delegate this zone now.")]
        }
        Some(Parent::Delegates(delegation)) if differences.is_empty() => {
            vec![format!("Nameservers and glue are so at {} already.", delegation.parent)]
        }
        Some(Parent::Delegates(_)) => {
            differences.iter().map(|difference| format!("Now {}", difference.text)).collect()
        }
    }
}

enum Ds {
    Unsigned,
    Remove,
    Records(Vec<String>),
}

/// The DS records that the zone wants: those of its CDS, else of its keys.
fn ds(open: &Open) -> Ds {
    let origin = open.draft.base().origin();
    let set = |rtype| open.draft.get(&RrKey::new(origin.clone(), rtype)).map_or(Vec::new(), |set| set.rdata);
    let shown = |rdata: &[u8]| types::format_rdata(RecordType::DS, rdata, None);
    let cds = set(RecordType::CDS);
    if cds.iter().any(|rdata| rdata.get(..4) == Some(&[0, 0, 0, 0])) {
        return Ds::Remove;
    }
    if !cds.is_empty() {
        return Ds::Records(cds.iter().map(|rdata| shown(rdata)).collect());
    }
    let keys = set(RecordType::DNSKEY);
    let flag = |rdata: &[u8], at: usize, bit: u8| rdata.get(at).is_some_and(|flags| flags & bit != 0);
    let of_zone: Vec<&[u8]> =
        keys.iter().map(|rdata| &**rdata).filter(|rdata| flag(rdata, 0, ZONE_KEY)).collect();
    let entries: Vec<&[u8]> =
        of_zone.iter().copied().filter(|rdata| flag(rdata, 1, SECURE_ENTRY_POINT)).collect();
    let keys = if entries.is_empty() { of_zone } else { entries };
    match keys.is_empty() {
        true => Ds::Unsigned,
        false => Ds::Records(keys.iter().map(|key| shown(&ds_of(origin.wire(), key))).collect()),
    }
}

/// The DS of a DNSKEY (RFC 4034 section 5.1).
fn ds_of(owner: &[u8], key: &[u8]) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(owner.to_ascii_lowercase());
    digest.update(key);
    let mut rdata = key_tag(key).to_be_bytes().to_vec();
    rdata.extend([key.get(3).copied().unwrap_or_default(), DIGEST_SHA256]);
    rdata.extend_from_slice(&digest.finalize());
    rdata
}

/// RFC 4034 appendix B.
fn key_tag(key: &[u8]) -> u16 {
    let octet = |(at, octet): (usize, &u8)| u32::from(*octet) << if at % 2 == 0 { 8 } else { 0 };
    let sum: u32 = key.iter().enumerate().map(octet).fold(0, u32::wrapping_add);
    (sum.wrapping_add(sum >> 16) & 0xffff) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;
    use crate::zone::types::Token;

    /// The example of RFC 4509 section 2.3.
    #[test]
    fn a_ds_of_a_key() {
        let origin = Name::parse(b"dskey.example.com.", None).unwrap();
        let words = "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
        let tokens: Vec<Token<'_>> =
            words.split(' ').map(|word| Token { text: word.as_bytes(), quoted: false }).collect();
        let key = types::parse_rdata(RecordType::DNSKEY, &tokens, origin.as_ref()).unwrap();
        let ds = types::format_rdata(RecordType::DS, &ds_of(origin.wire(), &key), None);
        assert_eq!(ds, "60485 5 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A");
    }
}
