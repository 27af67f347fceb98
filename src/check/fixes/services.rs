//! SVCB and HTTPS.

use super::super::fix::{Case, Fix};
use super::super::rules::services::{ALPN, IPV4_HINT, IPV6_HINT, MANDATORY, NO_DEFAULT_ALPN, pairs};
use crate::zone::{NameRef, RecordType, RrKey};

/// Key and value of each.
type Parameters = Vec<(u16, Vec<u8>)>;

/// What stands before the parameters, and those.
fn parts<'a>(case: &'a Case<'_>) -> Option<(&'a [u8], NameRef<'a>, Parameters)> {
    let record = case.record()?;
    let (target, parameters) = NameRef::split_from(record.get(2..)?)?;
    let head = record.get(..2 + target.wire().len())?;
    Some((head, target, pairs(parameters).map(|(key, value)| (key, value.to_vec())).collect()))
}

fn becomes(case: &Case<'_>, title: String, head: &[u8], parameters: &Parameters) -> Vec<Fix> {
    let mut rdata = head.to_vec();
    for (key, value) in parameters {
        let Ok(length) = u16::try_from(value.len()) else { return Vec::new() };
        rdata.extend_from_slice(&key.to_be_bytes());
        rdata.extend_from_slice(&length.to_be_bytes());
        rdata.extend_from_slice(value);
    }
    case.record_becomes(title, &rdata)
}

/// An alias without parameters.
pub fn without_parameters(case: &Case<'_>) -> Vec<Fix> {
    let Some((head, target, _)) = parts(case) else { return Vec::new() };
    let title = format!("Delete the parameters of {} {} 0 {target}", case.owner(), case.rtype());
    becomes(case, title, head, &Vec::new())
}

/// The list of mandatory parameters without those that are not given, and no-default-alpn only beside alpn.
pub fn parameters(case: &Case<'_>) -> Vec<Fix> {
    let Some((head, _, mut parameters)) = parts(case) else { return Vec::new() };
    let given: Vec<u16> = parameters.iter().map(|(key, _)| *key).collect();
    for (_, value) in parameters.iter_mut().filter(|(key, _)| *key == MANDATORY) {
        let (listed, _) = value.as_chunks::<2>();
        let is_given = |pair: &&[u8; 2]| {
            let key = u16::from_be_bytes(**pair);
            key != MANDATORY && given.contains(&key)
        };
        *value = listed.iter().filter(is_given).flatten().copied().collect();
    }
    parameters.retain(|(key, value)| match *key {
        MANDATORY => !value.is_empty(),
        NO_DEFAULT_ALPN => given.contains(&ALPN),
        _ => true,
    });
    let title =
        format!("Take out of {} {} what asks for parameters that are missing", case.owner(), case.rtype());
    becomes(case, title, head, &parameters)
}

/// The addresses that the host has, as hints; none of a family that it has not.
pub fn hints(case: &Case<'_>) -> Vec<Fix> {
    let Some((head, target, mut parameters)) = parts(case) else { return Vec::new() };
    let host = if target.is_root() { case.owner().clone() } else { target.to_name() };
    for (hint, rtype) in [(IPV4_HINT, RecordType::A), (IPV6_HINT, RecordType::AAAA)] {
        let addresses = case.view.zone.get(&RrKey::new(host.clone(), rtype)).map(|set| set.rdata.concat());
        for (_, value) in parameters.iter_mut().filter(|(key, _)| *key == hint) {
            *value = addresses.clone().unwrap_or_default();
        }
        parameters.retain(|(key, value)| *key != hint || !value.is_empty());
    }
    let title = format!("Let the hints of {} {} be the addresses of {host}", case.owner(), case.rtype());
    becomes(case, title, head, &parameters)
}
