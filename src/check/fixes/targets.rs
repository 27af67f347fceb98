//! Records that lead to names: NS, MX, SRV and others.

use super::super::fix::{Case, Fix};
use super::super::rules::target_at;
use super::alias::past_alias;
use super::{delete_one_of_several, delete_record};
use crate::zone::{NameRef, RecordType};

/// The name to which the record leads.
pub fn target<'a>(case: &'a Case<'_>) -> Option<NameRef<'a>> {
    target_of(case.rtype(), case.record()?)
}

/// The name to which RDATA leads.
pub fn target_of(rtype: RecordType, rdata: &[u8]) -> Option<NameRef<'_>> {
    NameRef::split_from(rdata.get(target_at(rtype)?..)?).map(|(name, _)| name)
}

/// The record with another name in place of its target.
pub fn lead_to(case: &Case<'_>, name: NameRef<'_>) -> Vec<Fix> {
    let Some(record) = case.record() else { return Vec::new() };
    let Some(rdata) = with_target(case.rtype(), record, name) else { return Vec::new() };
    case.record_becomes(format!("Let {} {} lead to {name}", case.owner(), case.rtype()), &rdata)
}

/// RDATA with another name in place of its target.
pub fn with_target(rtype: RecordType, rdata: &[u8], name: NameRef<'_>) -> Option<Vec<u8>> {
    let (head, rest) = rdata.split_at_checked(target_at(rtype)?)?;
    let (_, tail) = NameRef::split_from(rest)?;
    Some([head, name.wire(), tail].concat())
}

/// An SRV record that leads to no host.
pub fn srv(case: &Case<'_>) -> Vec<Fix> {
    match target(case) {
        Some(name) if name.is_root() => delete_record(case),
        Some(_) => past_alias(case).into_iter().chain(delete_one_of_several(case)).collect(),
        None => Vec::new(),
    }
}

/// An RP record without a text.
pub fn rp(case: &Case<'_>) -> Vec<Fix> {
    let mailbox = case.record().and_then(|record| NameRef::split_from(record));
    let Some((mailbox, _)) = mailbox else { return Vec::new() };
    let title = format!("Let {} RP name no text", case.owner());
    case.record_becomes(title, &[mailbox.wire(), &[0]].concat())
}

/// A NAPTR record with both: one of them goes.
pub fn naptr(case: &Case<'_>) -> Vec<Fix> {
    let Some(record) = case.record() else { return Vec::new() };
    let Some(parts) = naptr_parts(record) else { return Vec::new() };
    let (head, expression, replacement) = parts;
    if expression.len() < 2 || replacement == [0] {
        return Vec::new();
    }
    let kept = |what: &str, rdata: &[u8]| {
        case.record_becomes(format!("Keep the {what} of {} NAPTR alone", case.owner()), rdata)
    };
    let first = kept("regular expression", &[head, expression, &[0]].concat());
    first.into_iter().chain(kept("replacement", &[head, &[0], replacement].concat())).collect()
}

/// What stands before the regular expression, that with its length, and the replacement.
fn naptr_parts(rdata: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let string = |at: usize| Some(at + 1 + usize::from(*rdata.get(at)?));
    let expression = string(string(4)?)?;
    let replacement = string(expression)?;
    Some((rdata.get(..expression)?, rdata.get(expression..replacement)?, rdata.get(replacement..)?))
}
