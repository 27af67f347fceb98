//! The zone above against the zone as the draft makes it: what is still different is what will be after the push.

use std::net::IpAddr;

use super::nameservers::{Nameservers, addresses_of, target};
use super::rows::{Mark, Row};
use crate::facts::Delegation;
use crate::health::delegation::{self, Child};
pub use crate::health::delegation::{AtParent, Difference, zone};
use crate::zone::{Draft, Name};

/// How the zone above has this nameserver.
pub fn at_parent(delegation: &Delegation, name: &Name, draft: &Draft) -> AtParent {
    let addresses = |name: &Name| -> Vec<IpAddr> { addresses_of(draft, name) };
    let child = Child { zone: draft.base().origin(), named: &[], deleted: &[], addresses: &addresses };
    delegation::at_parent(delegation, name, &child)
}

/// Where the zone above and the draft do not agree; what matters most first.
pub fn differences(nameservers: &Nameservers, draft: &Draft) -> Vec<Difference> {
    let rows = &nameservers.rows;
    let here: Vec<Name> = rows.iter().filter(|row| row.mark != Mark::Deleted).filter_map(target).collect();
    let gone = |row: &Row| match (&row.was, row.mark) {
        (Some((_, rdata)), _) => Name::from_wire(rdata).ok(),
        (None, Mark::Deleted) => target(row),
        (None, _) => None,
    };
    let deleted: Vec<Name> = rows.iter().filter_map(gone).collect();
    let addresses = |name: &Name| -> Vec<IpAddr> { addresses_of(draft, name) };
    let child = Child { zone: draft.base().origin(), named: &here, deleted: &deleted, addresses: &addresses };
    delegation::differences(nameservers.parent.as_ref(), &child)
}
