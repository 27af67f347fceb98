//! DNSSEC records that stand in the wrong place, or beside better ones.

use super::super::fix::{Case, Fix};
use super::{delete_record, delete_set};

/// A digest that nobody trusts goes where one that is trusted stays.
pub fn ds(case: &Case<'_>) -> Vec<Fix> {
    let (Some(set), Some(record)) = (case.own_set(), case.record()) else { return Vec::new() };
    let is_better =
        |other: &crate::zone::Rdata| other.get(..3) == record.get(..3) && matches!(other.get(3), Some(2 | 4));
    match record.get(3) {
        Some(1 | 3) if set.rdata.iter().any(is_better) => delete_record(case),
        _ => Vec::new(),
    }
}

/// At the wrong name all of them go, at the right one what fits no key.
pub fn signal(case: &Case<'_>) -> Vec<Fix> {
    if case.is_apex() { delete_record(case) } else { delete_set(case) }
}
