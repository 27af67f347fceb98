//! DMARC, DKIM, MTA-STS and TLS reporting: TXT records made of tags.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::Severity::{Error, Hint, Warning};
use super::super::fixes;
use super::super::node::Record;
use super::super::rule::{Found, Here, Rule};
use super::structure::first_label;
use super::{quoted, text_of};
use crate::zone::der::{SEQUENCE, tagged};
use crate::zone::{Name, RecordType};

const TXT: &[RecordType] = &[RecordType::TXT];
pub const DMARC_TAGS: [&str; 14] =
    ["v", "p", "sp", "np", "rua", "ruf", "adkim", "aspf", "fo", "rf", "ri", "pct", "psd", "t"];

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-67", "dmarc"),
        Error,
        "RFC 7489 sections 6.3 and 6.6.3",
        "One DMARC record at _dmarc, with v=DMARC1 first and a policy: of several, or with mistakes, receivers take none.",
        TXT,
        dmarc,
    )
    .mended("Mend the policy, move it to _dmarc, or keep one", fixes::policy::dmarc),
    Rule::zone(
        ("L-69", "dkim"),
        Warning,
        "RFC 6376 section 3.6.1, RFC 8301 section 3.2",
        "A DKIM key that cannot be read, or is too short: receivers take the signature for none.",
        TXT,
        dkim,
    )
    .mended("Put v=DKIM1 first", fixes::policy::dkim),
    Rule::zone(
        ("L-70", "mta-sts"),
        Warning,
        "RFC 8461 section 3.1, RFC 8460 section 3",
        "One record with v=STSv1 and an id at _mta-sts; one with v=TLSRPTv1 and an address for reports at _smtp._tls.",
        TXT,
        transport,
    )
    .mended("Add an id, mend addresses, or keep one", fixes::policy::transport),
];

/// Tags and values of a text such as `v=DMARC1; p=none`, blanks taken off.
pub fn tags(text: &str) -> Vec<(&str, &str)> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').map_or((part, ""), |(tag, value)| (tag.trim(), value.trim())))
        .collect()
}

fn value<'t>(tags: &[(&'t str, &'t str)], wanted: &str) -> Option<&'t str> {
    tags.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted)).map(|(_, value)| *value)
}

fn in_text(record: &Record<'_>) -> String {
    String::from_utf8_lossy(&text_of(record.rdata)).into_owned()
}

/// Does the text of the record begin so? Asked for every text of a zone.
fn begins(record: &Record<'_>, start: &[u8]) -> bool {
    record.rdata.get(1..start.len() + 1).is_some_and(|own| own.eq_ignore_ascii_case(start))
}

/// Is this text a DMARC policy, or the agreement to take reports?
pub fn is_dmarc(rdata: &[u8]) -> bool {
    text_of(rdata).get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"v=DMARC1"))
}

/// The domain that a DMARC policy at this name is for.
pub fn dmarc_domain(owner: &Name) -> Option<Name> {
    owner.parent().filter(|_| first_label(owner.as_ref()).eq_ignore_ascii_case(b"_dmarc"))
}

/// The domains to which a DMARC policy sends reports.
pub fn report_domains(text: &str) -> Vec<Name> {
    let tags = tags(text);
    let lists = ["rua", "ruf"].into_iter().filter_map(|tag| value(&tags, tag));
    let domain = |address: &str| {
        let (scheme, address) = address.trim().split_once(':')?;
        // A limit of size may follow a !.
        let (_, domain) = address.split('!').next()?.rsplit_once('@')?;
        let is_one = scheme.eq_ignore_ascii_case("mailto") && !domain.is_empty();
        Name::parse(format!("{}.", domain.trim_end_matches('.')).as_bytes(), None).ok().filter(|_| is_one)
    };
    lists.flat_map(|list| list.split(',')).filter_map(domain).collect()
}

fn dmarc(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let at_place = first_label(here.owner()).eq_ignore_ascii_case(b"_dmarc");
    let records: Vec<&Record<'_>> =
        here.set(RecordType::TXT).iter().filter(|record| begins(record, b"v=DMARC1")).collect();
    if !at_place {
        // `_report._dmarc` says who takes reports for others.
        let is_consent = here.owner().labels().any(|label| label.eq_ignore_ascii_case(b"_dmarc"));
        if let Some(record) = records.first().filter(|_| !is_consent) {
            let message =
                format_args!("{} has a DMARC policy: receivers look for it at _dmarc only.", here.owner());
            found.record(RecordType::TXT, record, message);
        }
        return;
    }
    if let Some(second) = records.get(1) {
        let message = format_args!(
            "{} has {} DMARC policies. Receivers take none of them.",
            here.owner(),
            records.len()
        );
        found.record(RecordType::TXT, second, message);
        return;
    }
    let Some(record) = records.first() else {
        if let Some(record) = here.set(RecordType::TXT).first() {
            let message = format_args!("{} has no DMARC policy: that begins with v=DMARC1.", here.owner());
            found.record(RecordType::TXT, record, message);
        }
        return;
    };
    let text = in_text(record);
    let tags = tags(&text);
    let is_policy = |policy: &str| {
        ["none", "quarantine", "reject"].iter().any(|known| known.eq_ignore_ascii_case(policy))
    };
    let mut say = |why: String| {
        found.record(RecordType::TXT, record, format_args!("The DMARC policy of {} {why}.", here.owner()));
    };
    match value(&tags, "p") {
        None => say("has no p=: none, quarantine or reject".into()),
        Some(policy) if !is_policy(policy) => {
            say(format!("has p={}: none, quarantine or reject are known", quoted(policy.as_bytes())));
        }
        Some(_) => {}
    }
    if let Some(policy) = value(&tags, "sp").filter(|policy| !is_policy(policy)) {
        say(format!("has sp={}: none, quarantine or reject are known", quoted(policy.as_bytes())));
    }
    for tag in ["rua", "ruf"] {
        let addresses = value(&tags, tag).into_iter().flat_map(|list| list.split(','));
        if let Some(address) = addresses.map(str::trim).find(|address| !address.contains(':')) {
            say(format!("has {tag}={}: an address begins with mailto:", quoted(address.as_bytes())));
        }
    }
    let is_known = |tag: &str| DMARC_TAGS.iter().any(|known| known.eq_ignore_ascii_case(tag));
    if let Some((tag, _)) = tags.iter().find(|(tag, _)| !is_known(tag)) {
        let message = format_args!(
            "The DMARC policy of {} has the tag {}, which receivers do not know.",
            here.owner(),
            quoted(tag.as_bytes())
        );
        found.with(Warning, RecordType::TXT, record, message);
    }
}

fn dkim(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let mut labels = here.owner().labels();
    if !labels.nth(1).is_some_and(|label| label.eq_ignore_ascii_case(b"_domainkey")) {
        return;
    }
    for record in here.set(RecordType::TXT) {
        let text = in_text(record);
        let tags = tags(&text);
        let mut say = |severity, why: &str| {
            found.with(
                severity,
                RecordType::TXT,
                record,
                format_args!("The DKIM key of {} {why}.", here.owner()),
            );
        };
        if value(&tags, "v").is_some_and(|version| version != "DKIM1")
            || value(&tags, "v").is_some()
                && tags.first().is_none_or(|(tag, _)| !tag.eq_ignore_ascii_case("v"))
        {
            say(Warning, "has a v= that is not the first tag, or not DKIM1");
        }
        let kind = value(&tags, "k").unwrap_or("rsa").to_ascii_lowercase();
        let Some(key) = value(&tags, "p") else {
            say(Warning, "has no p=, which holds the key");
            continue;
        };
        let key: String = key.chars().filter(|character| !character.is_whitespace()).collect();
        if key.is_empty() {
            say(Hint, "is empty: it has been revoked");
            continue;
        }
        let Ok(octets) = STANDARD.decode(&key) else {
            say(Warning, "is not base 64, so nobody can read it");
            continue;
        };
        match kind.as_str() {
            "rsa" => match rsa_bits(&octets) {
                None => {}
                Some(bits @ ..1024) => {
                    say(Error, &format!("has {bits} bits; below 1024 it counts for nothing"))
                }
                Some(bits @ 1024..2048) => say(Warning, &format!("has {bits} bits; 2048 are usual")),
                Some(_) => {}
            },
            "ed25519" if octets.len() != 32 => say(Warning, "is no Ed25519 key: that has 32 octets"),
            "ed25519" => {}
            _ => say(Warning, "is of a kind that receivers do not know: k= is rsa or ed25519"),
        }
    }
}

/// The length of an RSA key: a SubjectPublicKeyInfo, or the bare key. `None` where it is neither.
pub fn rsa_bits(octets: &[u8]) -> Option<usize> {
    const INTEGER: u8 = 0x02;
    const BITS: u8 = 0x03;
    let outer = tagged(octets, SEQUENCE)?.content;
    let inner = match tagged(outer, SEQUENCE) {
        Some(algorithm) => tagged(tagged(algorithm.rest, BITS)?.content.get(1..)?, SEQUENCE)?.content,
        None => outer,
    };
    let modulus = tagged(inner, INTEGER)?.content;
    let first = modulus.iter().position(|octet| *octet != 0)?;
    let significant = modulus.get(first..)?;
    Some(significant.len() * 8 - significant.first()?.leading_zeros() as usize)
}

fn transport(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let mut labels = here.owner().labels();
    let (first, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let is = |label: &[u8], wanted: &[u8]| label.eq_ignore_ascii_case(wanted);
    let (version, needed, what) = if is(first, b"_mta-sts") {
        ("STSv1", "id", "MTA-STS")
    } else if is(first, b"_smtp") && is(second, b"_tls") {
        ("TLSRPTv1", "rua", "TLS reporting")
    } else {
        return;
    };
    let records = here.set(RecordType::TXT);
    let matching = |record: &&Record<'_>| begins(record, format!("v={version}").as_bytes());
    let mut own = records.iter().filter(matching);
    let (Some(record), more) = (own.next(), own.count()) else {
        if let Some(record) = records.first() {
            let message =
                format_args!("{} has no record for {what}: that begins with v={version}.", here.owner());
            found.record(RecordType::TXT, record, message);
        }
        return;
    };
    if more > 0 {
        let message = format_args!("{} has {} records for {what}. One is right.", here.owner(), more + 1);
        return found.record(RecordType::TXT, record, message);
    }
    let text = in_text(record);
    let wrong = match value(&tags(&text), needed) {
        None => Some(format!("has no {needed}=")),
        Some(id)
            if needed == "id"
                && (id.is_empty() || id.len() > 32 || !id.bytes().all(|c| c.is_ascii_alphanumeric())) =>
        {
            Some("has an id= that is not 1 to 32 letters and digits".into())
        }
        Some(rua)
            if needed == "rua"
                && !rua
                    .split(',')
                    .all(|uri| ["mailto:", "https:"].iter().any(|scheme| uri.trim().starts_with(scheme))) =>
        {
            Some("has a rua= that begins with neither mailto: nor https:".into())
        }
        Some(_) => None,
    };
    if let Some(why) = wrong {
        found.record(
            RecordType::TXT,
            record,
            format_args!("The record for {what} of {} {why}.", here.owner()),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_keys() {
        let length = |octets: usize| [0x82, (octets >> 8) as u8, octets as u8];
        for bits in [512, 1024, 2048, 4096] {
            let mut modulus = vec![0];
            modulus.extend(vec![0xff; bits / 8]);
            let mut key = [&[0x02][..], &length(modulus.len()), &modulus, &[2, 3, 1, 0, 1]].concat();
            key = [&[0x30][..], &length(key.len()), &key].concat();
            assert_eq!(rsa_bits(&key), Some(bits), "the bare key");
            let string = [&[0x03][..], &length(key.len() + 1), &[0], &key].concat();
            let algorithm = [0x30, 2, 5, 0];
            let whole = [&algorithm[..], &string].concat();
            let whole = [&[0x30][..], &length(whole.len()), &whole].concat();
            assert_eq!(rsa_bits(&whole), Some(bits));
            for cut in 0..whole.len() {
                rsa_bits(&whole[..cut]);
            }
        }
    }
}
