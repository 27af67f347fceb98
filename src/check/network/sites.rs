//! CAA records beside the certificates that sites have now.

use std::collections::BTreeSet;

use super::Net;
use crate::facts::answers::{Answer, Issuer, Question};
use crate::zone::{Name, Rdata, RecordType, RrKey};

/// Authorities by how their certificates name them, and the domains by which CAA records know them, as each says in its
/// practice statement.
const AUTHORITIES: &[(&str, &[&str])] = &[
    ("let's encrypt", &["letsencrypt.org"]),
    ("internet security research group", &["letsencrypt.org"]),
    ("google trust services", &["pki.goog"]),
    (
        "digicert",
        &[
            "digicert.com",
            "www.digicert.com",
            "digicert.ne.jp",
            "cybertrust.ne.jp",
            "thawte.com",
            "geotrust.com",
            "rapidssl.com",
            "symantec.com",
            "volusion.digitalcertvalidation.com",
        ],
    ),
    ("geotrust", &["digicert.com", "geotrust.com"]),
    ("thawte", &["digicert.com", "thawte.com"]),
    ("rapidssl", &["digicert.com", "rapidssl.com"]),
    (
        "sectigo",
        &["sectigo.com", "usertrust.com", "trust-provider.com", "comodoca.com", "comodo.com", "entrust.net"],
    ),
    ("comodo", &["sectigo.com", "usertrust.com", "trust-provider.com", "comodoca.com", "comodo.com"]),
    ("the usertrust network", &["sectigo.com", "usertrust.com", "trust-provider.com", "comodoca.com"]),
    (
        "zerossl",
        &["sectigo.com", "zerossl.com", "trust-provider.com", "usertrust.com", "comodoca.com", "comodo.com"],
    ),
    ("globalsign", &["globalsign.com"]),
    ("amazon", &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com"]),
    ("godaddy", &["godaddy.com", "starfieldtech.com"]),
    ("starfield", &["godaddy.com", "starfieldtech.com"]),
    ("buypass", &["buypass.com", "buypass.no"]),
    ("actalis", &["actalis.it"]),
    ("ssl corporation", &["ssl.com"]),
    ("entrust", &["entrust.net", "affirmtrust.com"]),
    ("identrust", &["identrust.com"]),
    ("microsoft", &["microsoft.com", "digicert.com"]),
    ("apple", &["pki.apple.com"]),
    ("unizeto", &["certum.pl", "certum.eu"]),
    ("asseco", &["certum.pl", "certum.eu"]),
    ("swisssign", &["swisssign.com", "swisssign.net", "swissign.com"]),
    ("hellenic academic", &["harica.gr"]),
    ("greek universities", &["harica.gr"]),
    ("d-trust", &["d-trust.net", "dtrust.de", "d-trust.de", "dtrust.net"]),
    ("deutsche telekom", &["telesec.de", "pki.dfn.de", "dfn.de"]),
    ("telekom security", &["telesec.de", "pki.dfn.de", "dfn.de"]),
    ("quovadis", &["quovadisglobal.com", "digicert.com", "digicert.ne.jp"]),
    ("certsign", &["certsign.ro"]),
    ("trustwave", &["trustwave.com", "securetrust.com", "viking.cloud"]),
];

/// The domains of whoever issued a certificate; `None` where that is not known.
fn domains(issuer: &Issuer) -> Option<&'static [&'static str]> {
    let organisation = issuer.organisation.to_lowercase();
    let known = |(words, _): &&(&str, &[&str])| organisation.starts_with(words);
    AUTHORITIES.iter().find(known).map(|(_, domains)| *domains)
}

/// The sites of the zone: its own name, www, and what says how browsers reach it.
fn sites(net: &Net<'_>) -> BTreeSet<Name> {
    let www = Name::parse(b"www", Some(net.origin().as_ref())).ok();
    let usual = [Some(net.origin().clone()), www].into_iter().flatten();
    let others = net.records_of(RecordType::HTTPS).into_iter().map(|(owner, _)| owner.to_name());
    let is_site = |name: &Name| {
        let types = net.view.types_at(name.as_ref());
        let plain = |label: &[u8]| !label.starts_with(b"_") && label != b"*";
        name.as_ref().labels().all(plain)
            && [RecordType::A, RecordType::AAAA, RecordType::CNAME].into_iter().any(|rtype| types.has(rtype))
    };
    usual.chain(others).filter(is_site).collect()
}

/// The CAA records that count for a site (RFC 8659 section 3), and where they stand. Of records outside of the zone the
/// set is not ours to judge.
fn policy(net: &mut Net<'_>, site: &Name) -> Option<(Name, Vec<Rdata>)> {
    let mut name = site.clone();
    loop {
        let own = net.set(&name, RecordType::CAA);
        if !own.is_empty() {
            return Some((name, own));
        }
        // Where an alias leads counts before what is above.
        if net.zone_has(&name, RecordType::CNAME) {
            let target =
                net.set(&name, RecordType::CNAME).first().and_then(|rdata| Name::from_wire(rdata).ok())?;
            let theirs = if net.is_ours(&target) {
                !net.set(&target, RecordType::CAA).is_empty()
            } else {
                net.resolved(&target, RecordType::CAA)?.has(RecordType::CAA)
            };
            if theirs {
                return None;
            }
        }
        if name == *net.origin() {
            return None;
        }
        name = name.parent()?;
    }
}

/// The authorities that may issue; `None` where all may.
fn allowed(records: &[Rdata]) -> Option<BTreeSet<String>> {
    let properties = records.iter().filter_map(|record| {
        let (length, rest) = record.get(1..)?.split_first()?;
        rest.split_at_checked(usize::from(*length))
    });
    let domains = |wanted: &'static [u8]| {
        properties.clone().filter(move |(tag, _)| tag.eq_ignore_ascii_case(wanted)).map(|(_, value)| {
            let value = String::from_utf8_lossy(value);
            value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
        })
    };
    domains(b"issue").next()?;
    // By which of both a certificate came is not to be seen.
    Some(domains(b"issue").chain(domains(b"issuewild")).filter(|domain| !domain.is_empty()).collect())
}

pub fn authority(net: &mut Net<'_>) {
    for site in sites(net) {
        let Some((owner, records)) = policy(net, &site) else { continue };
        let Some(allowed) = allowed(&records) else { continue };
        if !net.takes() {
            continue;
        }
        let Some(host) = net.host(&site).filter(|host| !host.addresses.is_empty()) else { continue };
        let question = Question::Certificate { site: site.clone(), addresses: host.addresses };
        let Some(Answer::Certificate(issuer)) = net.ask(question) else { continue };
        let who = if issuer.organisation.is_empty() { &issuer.common_name } else { &issuer.organisation };
        let who = super::super::rules::quoted(who.as_bytes());
        let Some(domains) = domains(issuer) else {
            net.unasked(
                format!("the certificate of {site}"),
                format!("its issuer {who} has no domain known for CAA"),
            );
            continue;
        };
        if !domains.iter().any(|domain| allowed.contains(*domain)) {
            let first = domains.first().copied().unwrap_or_default();
            let message = format!(
                "The certificate of {site} was issued by {who}, which the CAA records of {owner} forbid: it will not be \
                 renewed. Its domain for CAA is {first}."
            );
            net.found(RrKey::new(owner, RecordType::CAA), None, message);
        }
    }
}
