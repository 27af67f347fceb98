//! CNAME and DNAME.

use super::super::fix::{Case, Fix};
use super::super::rules::alias::BESIDE;
use crate::zone::RecordType;

/// One or the other. What makes the top of a zone stays in any case.
pub fn and_other(case: &Case<'_>) -> Vec<Fix> {
    let alias = || case.delete(|rtype| rtype == RecordType::CNAME);
    if case.is_apex() {
        return alias().into_iter().collect();
    }
    let others = || case.delete(|rtype| !BESIDE.has(rtype));
    others().into_iter().chain(alias()).collect()
}

/// Deletes the alias.
pub fn delete(case: &Case<'_>) -> Vec<Fix> {
    case.delete(|rtype| rtype == RecordType::CNAME).into_iter().collect()
}
