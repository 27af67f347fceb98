//! The zone above against the zone: which nameservers it delegates to, and its glue (RFC 9499).
//!
//! Compared is the zone as the draft makes it: what is still different is what will be after the push.

use std::net::IpAddr;

use super::nameservers::{Nameservers, addresses_of, target};
use super::rows::Mark;
use crate::facts::{Delegation, Parent};
use crate::zone::{Draft, Name};

/// Most differences told; a zone has a handful.
const MAX_DIFFERENCES: usize = 16;

/// How a nameserver stands in the delegation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtParent {
    NotDelegated,
    /// Its addresses are no business of the parent's.
    Delegated,
    SameGlue,
    GlueDiffers,
}

/// Where the zone above and the draft do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The nameserver that it is about.
    pub about: Name,
    /// "com. delegates to ns9.example.net., which is not here"
    pub text: String,
}

/// The zone above, as sentences call it.
pub fn zone(parent: &Name) -> String {
    match parent.as_ref().is_root() {
        true => "the root".into(),
        false => parent.to_string(),
    }
}

/// How the zone above has this nameserver.
pub fn at_parent(delegation: &Delegation, name: &Name, draft: &Draft) -> AtParent {
    match delegation.nameservers.iter().find(|delegated| delegated.name == *name) {
        None => AtParent::NotDelegated,
        Some(_) if !needs_glue(name, draft) => AtParent::Delegated,
        Some(delegated) => {
            let ours = addresses_of(draft, name);
            let same =
                without(&delegated.glue, &ours).is_empty() && without(&ours, &delegated.glue).is_empty();
            if same { AtParent::SameGlue } else { AtParent::GlueDiffers }
        }
    }
}

/// Is the name inside the zone, so that nobody finds it without the parent's help?
fn needs_glue(name: &Name, draft: &Draft) -> bool {
    name.is_at_or_below(draft.base().origin())
}

/// Where the zone above and the draft do not agree; what matters most first.
pub fn differences(nameservers: &Nameservers, draft: &Draft) -> Vec<Difference> {
    let Some(Parent::Delegates(delegation)) = &nameservers.parent else { return Vec::new() };
    let parent = zone(&delegation.parent);
    let rows = &nameservers.rows;
    let here: Vec<Name> = rows.iter().filter(|row| row.mark != Mark::Deleted).filter_map(target).collect();
    let gone = rows.iter().filter_map(|row| match (&row.was, row.mark) {
        (Some((_, rdata)), _) => Name::from_wire(rdata).ok(),
        (None, Mark::Deleted) => target(row),
        (None, _) => None,
    });
    let deleted: Vec<Name> = gone.collect();
    let mut differences = Vec::new();
    let mut tell = |about: &Name, text| differences.push(Difference { about: about.clone(), text });
    for name in delegation.nameservers.iter().map(|delegated| &delegated.name) {
        if deleted.contains(name) && !here.contains(name) {
            tell(name, format!("{parent} still delegates to {name}, which you delete"));
        } else if !here.contains(name) {
            tell(name, format!("{parent} delegates to {name}, which is not here"));
        }
    }
    for name in here.iter().take(MAX_DIFFERENCES) {
        if at_parent(delegation, name, draft) == AtParent::NotDelegated {
            tell(name, format!("{parent} does not delegate to {name}"));
        }
    }
    for delegated in delegation.nameservers.iter().filter(|delegated| here.contains(&delegated.name)) {
        let (name, theirs) = (&delegated.name, &delegated.glue);
        if !needs_glue(name, draft) {
            continue;
        }
        let ours = addresses_of(draft, name);
        let (only_ours, only_theirs) = (without(&ours, theirs), without(theirs, &ours));
        if theirs.is_empty() {
            tell(name, format!("{parent} has no glue for {name}"));
        } else if !only_ours.is_empty() {
            tell(name, format!("{parent} lacks glue for {name}: {}", list(&only_ours)));
        }
        if !only_theirs.is_empty() {
            let addresses = list(&only_theirs);
            tell(name, format!("{parent} has glue for {name} that is not in the zone: {addresses}"));
        }
    }
    differences.truncate(MAX_DIFFERENCES);
    differences
}

fn without(addresses: &[IpAddr], others: &[IpAddr]) -> Vec<IpAddr> {
    addresses.iter().filter(|address| !others.contains(address)).copied().collect()
}

fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(", ")
}
