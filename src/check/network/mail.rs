//! Mail policies that go on in other zones: what SPF includes, and where DMARC reports go.

use std::collections::BTreeSet;

use super::super::rules::spf::{self, Counted, MOST_LOOKUPS, Policies, Texts};
use super::super::rules::{policy, text_of};
use super::Net;
use crate::zone::{Name, RecordType, RrKey};

/// Every text of the zone that a test lets through.
fn texts<'a>(net: &Net<'a>, is_one: impl Fn(&[u8]) -> bool) -> Vec<(RrKey, &'a [u8])> {
    let texts = net.records_of(RecordType::TXT).into_iter().filter(|(_, rdata)| is_one(rdata));
    texts.map(|(owner, rdata)| (RrKey::new(owner.to_name(), RecordType::TXT), rdata)).collect()
}

/// The world, for a count of lookups.
impl Policies for Net<'_> {
    fn find(&mut self, name: &Name, rtype: RecordType) -> Texts {
        if self.is_ours(name) && !self.zone_has(name, RecordType::CNAME) {
            return Texts::Are(self.set(name, rtype));
        }
        match self.resolved(name, rtype) {
            Some(records) => Texts::Are(records.of(rtype).cloned().collect()),
            None => Texts::NotKnown,
        }
    }
}

/// SPF policies that take too many lookups, those of included ones counted.
pub fn spf(net: &mut Net<'_>) {
    for (key, rdata) in texts(net, |rdata| spf::policy(rdata).is_some()) {
        let Some(policy) = spf::policy(rdata).filter(|_| net.takes()) else { continue };
        // What is too much by the zone alone is said without asking.
        let alone = spf::count(&mut spf::OwnZone(net.view), &key.owner, &policy);
        if spf::terms(&policy).any(|(_, term)| spf::mistake(&term).is_some()) || alone.is_too_much() {
            continue;
        }
        let Counted { lookups, void, broken, .. } = spf::count(net, &key.owner, &policy);
        let why = if let Some(broken) = broken {
            broken
        } else if lookups > MOST_LOOKUPS {
            format!("takes {lookups} lookups with what it includes, and {MOST_LOOKUPS} are allowed")
        } else if void > spf::MOST_VOID {
            format!("asks for {void} names that have nothing, and {} are allowed", spf::MOST_VOID)
        } else {
            continue;
        };
        let message =
            format!("The SPF policy of {} {why}. Receivers take the whole policy for broken.", key.owner);
        net.found(key, Some(rdata), message);
    }
}

/// DMARC reports to domains that do not say that they take them.
pub fn reports(net: &mut Net<'_>) {
    for (key, rdata) in texts(net, policy::is_dmarc) {
        let Some(domain) = policy::dmarc_domain(&key.owner) else { continue };
        let text = String::from_utf8_lossy(&text_of(rdata)).into_owned();
        let mut hosts: BTreeSet<Name> = BTreeSet::new();
        for host in policy::report_domains(&text) {
            // Of one's own domain no agreement is needed; where an organisation ends nobody can tell by names alone.
            let own = host.is_at_or_below(&domain) || domain.is_at_or_below(&host);
            if own || !hosts.insert(host.clone()) || !net.takes() {
                continue;
            }
            let agreement = format!("{domain}_report._dmarc.{host}");
            let Ok(name) = Name::parse(agreement.as_bytes(), None) else { continue };
            let Some(answer) = net.resolved(&name, RecordType::TXT) else { continue };
            if !answer.of(RecordType::TXT).any(|text| policy::is_dmarc(text)) {
                let message = format!(
                    "The DMARC policy of {domain} sends reports to {host}, which does not say that it takes them: {name} \
                     has no TXT record with v=DMARC1."
                );
                net.found(key.clone(), Some(rdata), message);
            }
        }
    }
}
