//! Records that lead to names: NS, MX, SRV and others.

use super::super::fix::{Case, Fix};
use super::super::rules::{alias, target_at};
use crate::zone::NameRef;

/// The name to which the record leads.
pub fn target<'a>(case: &'a Case<'_>) -> Option<NameRef<'a>> {
    let (name, _) = NameRef::split_from(case.record()?.get(target_at(case.rtype())?..)?)?;
    Some(name)
}

/// The record with another name in place of its target.
pub fn lead_to(case: &Case<'_>, name: NameRef<'_>) -> Vec<Fix> {
    let Some((at, record)) = target_at(case.rtype()).zip(case.record()) else { return Vec::new() };
    let parts = record.split_at_checked(at).and_then(|(head, rest)| Some((head, NameRef::split_from(rest)?)));
    let Some((head, (_, tail))) = parts else { return Vec::new() };
    let title = format!("Let {} {} lead to {name}", case.owner(), case.rtype());
    case.record_becomes(title, &[head, name.wire(), tail].concat())
}

/// Past an alias, to where that leads.
pub fn past_alias(case: &Case<'_>) -> Vec<Fix> {
    let end = target(case).and_then(|name| alias::end_of(&case.view, name));
    end.map(|end| lead_to(case, end.as_ref())).unwrap_or_default()
}
