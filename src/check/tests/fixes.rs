//! Every fix puts its finding right and brings no new error, in the bad zone of its rule.

use std::collections::BTreeSet;

use super::super::{Finding, Fix, Severity, all, check, fix};
use super::pairs::pairs;
use super::{BASE, NOW, zone};
use crate::zone::{ChangeMap, Contents, Snapshot};

/// The fixes of each finding of a rule in a zone, each with the zone that it makes.
fn fixed(id: &str, base: &Snapshot) -> Vec<(Finding, Fix, Snapshot)> {
    let changes = ChangeMap::new();
    let contents = Contents { base, changes: &changes };
    let findings = check(base, Some(NOW)).into_iter().filter(|finding| finding.rule.id == id);
    let fixes = findings
        .flat_map(|finding| fix(&finding, contents).into_iter().map(move |fix| (finding.clone(), fix)));
    fixes
        .map(|(finding, fix)| {
            let after = base.with_changes(&fix.applied(contents)).unwrap();
            (finding, fix, after)
        })
        .collect()
}

/// Does it do nothing but take records away?
fn only_deletes(fix: &Fix, base: &Snapshot) -> bool {
    fix.changes.iter().all(|(key, after)| {
        let rdata = after.iter().flat_map(|set| &set.rdata);
        base.get(key).is_some_and(|set| {
            rdata.into_iter().all(|rdata| set.rdata.contains(rdata))
                && after.as_ref().is_none_or(|after| after.rdata.len() < set.rdata.len())
        })
    })
}

/// Other zones in which a rule has something to offer, as lines after [`BASE`].
const MORE: [(&str, &str); 37] = [
    ("L-07", "www.example.com A 192.0.2.9\nwww.example.com TXT x\nwww A 192.0.2.10"),
    ("L-11", "a_b A 192.0.2.9\na_b TXT x\nc CNAME a_b\n@ MX 30 a_b"),
    ("L-12", "-ab- A 192.0.2.9\n_sip._tcp SRV 0 0 1 -ab-"),
    ("L-18", "*.w DNAME a.example.net."),
    ("L-22", "sub 0 NS a.example.net.\nsub 0 NS b.example.net."),
    ("L-23", "sub 60 NS a.example.net.\nsub 60 NS b.example.net."),
    ("L-23", "x 2000000 TXT x"),
    ("L-29", "@ CNAME a.example.net."),
    ("L-31", "@ CNAME mail"),
    ("L-37", "d DNAME a.example.net.\nx.d CNAME a\ny.d TXT x"),
    ("L-38", "d DNAME a.example.net.\nd CNAME b.example.net."),
    ("L-38", "d DNAME a.example.net.\nd NS b.example.net.\nd NS c.example.net."),
    ("L-41", "@ NS 192.0.2.77"),
    ("L-41", "sub NS 192.0.2.78.\nsub NS a.example.net."),
    ("L-50", "@ MX 20 192.0.2.88."),
    ("L-51", "x MX 5 ."),
    ("L-54", "_sip._tcp SRV 0 0 5060 alias\nalias CNAME mail"),
    ("L-54", "_sip._tcp SRV 0 0 5060 .\n_sip._tcp SRV 0 0 5060 mail"),
    ("L-54", "_sip._tcp SRV 0 0 5060 nowhere\n_sip._tcp SRV 0 0 5060 mail"),
    ("L-62", "x TXT \"v=spf1 a ~all\"\nx TXT \"v=spf1 mx redirect=a.example.net\"\nx TXT y"),
    (
        "L-63",
        "x TXT \"v=spf1 ip4=192.0.2.1 ip4:2001:db8::1 inlcude: a.example.net 192.0.2.2 redirect:b.example.net\"",
    ),
    ("L-65", "x TXT \"v=spf1 -all mx\""),
    ("L-65", "x TXT \"v=spf1 mx\""),
    ("L-65", "x TXT \"v=spf1 ptr mx -all\""),
    ("L-67", "@ TXT \"v=DMARC1; p=none\""),
    ("L-67", "_dmarc TXT \"v=DMARC1; p=none\"\n_dmarc TXT \"v=DMARC1; p=reject\""),
    ("L-67", "_dmarc TXT \"v=DMARC1; p=rejects; rua=a@example.com,mailto:b@example.com; ruaa=x; sp=non\""),
    ("L-67", "_dmarc TXT \"p=reject\""),
    ("L-69", "k._domainkey TXT \"k=rsa; v=DKIM1; p=\""),
    ("L-70", "_smtp._tls TXT \"v=TLSRPTv1; rua=a@example.com\""),
    ("L-70", "_mta-sts TXT \"v=STSv1; id=2026-11\""),
    ("L-70", "_mta-sts TXT \"v=STSv1; id=1\"\n_mta-sts TXT \"v=STSv1; id=2\""),
    ("L-76", "@ CAA 0 issuewild \"ca.example.net\""),
    ("L-83", "x HTTPS 0 mail\nx HTTPS 0 ns1"),
    ("L-84", "x HTTPS \\# 7 00010000020000"),
    ("L-88", "x NAPTR 1 1 \"u\" \"\" \"!^.*$!sip:a@example.com!\" _sip._tcp"),
    (
        "L-98",
        "sub NS a.example.net.\nsub NS b.example.net.\nsub DS 1 13 1 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4\n\
         sub DS 1 13 2 D4B7D520E7BB5F0F67674A0CCEB1E3E0614B93C4F9E99B8383F6A1E4469DA50A",
    ),
];

/// Of other parts of the zone than its end.
fn swapped() -> Vec<(&'static str, String)> {
    let change = |id, from: &str, to: &str| (id, BASE.replace(from, to));
    vec![
        change("L-91", "hostmaster", "joe.bloggs\\@example.com"),
        change("L-94", "2h 30m 2w", "60 60 1d"),
        change("L-95", "2w 1h", "2w 5"),
        change("L-96", "2026010101", "0"),
    ]
}

/// Every bad zone that there is, with its rule.
fn bad_zones() -> Vec<(&'static str, String)> {
    let of_pairs = pairs().into_iter().map(|pair| (pair.id, pair.bad));
    let more = MORE.into_iter().map(|(id, lines)| (id, format!("{BASE}{lines}\n")));
    of_pairs.chain(more).chain(swapped()).collect()
}

#[test]
fn a_fix_puts_its_finding_right_and_makes_no_new_error() {
    let (mut offered, mut wrong) = (BTreeSet::new(), Vec::new());
    for (at, (id, bad)) in bad_zones().into_iter().enumerate() {
        let base = zone(&bad);
        let before = check(&base, Some(NOW));
        let fixes = fixed(id, &base);
        assert!(!fixes.is_empty() || at < pairs().len(), "{id}: {bad}");
        for (finding, fix, after) in fixes {
            offered.insert(id);
            let found = check(&after, Some(NOW));
            let is_same = |other: &&Finding| other.key == finding.key && other.message == finding.message;
            let new = |other: &&Finding| other.severity == Severity::Error && !before.contains(other);
            for other in found.iter().filter(|other| is_same(other) || new(other)) {
                wrong.push(format!("{id}: {fix:#?}\n{other:#?}"));
            }
            let says_so = ["Delete", "Keep", "Merge"].iter().any(|word| fix.title.starts_with(word));
            let is_title = !fix.title.ends_with(['?', '!']) && fix.title.len() < 200;
            if fix.title.chars().any(char::is_control) || !is_title || only_deletes(&fix, &base) && !says_so {
                wrong.push(format!("{id}: {:?}", fix.title));
            }
            println!("{id} {}", fix.title);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let with_fix: BTreeSet<&str> = all().filter(|rule| rule.mend.is_some()).map(|rule| rule.id).collect();
    assert_eq!(offered, with_fix, "rules that offer a fix in their bad zone, and those that say so");
    assert!(with_fix.len() > 50, "{with_fix:?}");
}
