//! The zone above against the zone: which nameservers it delegates to, and its glue (RFC 9499).

use std::net::IpAddr;

use crate::facts::{Delegation, Parent};
use crate::zone::Name;

/// Most differences told; a zone has a handful.
const MAX_DIFFERENCES: usize = 16;

/// The zone's own side.
#[derive(Clone, Copy)]
pub struct Child<'a> {
    pub zone: &'a Name,
    /// Its nameservers.
    pub named: &'a [Name],
    /// Those that a draft takes away.
    pub deleted: &'a [Name],
    /// The addresses that the zone itself has for a name.
    pub addresses: &'a dyn Fn(&Name) -> Vec<IpAddr>,
}

/// How a nameserver stands in the delegation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtParent {
    NotDelegated,
    /// Its addresses are no business of the parent's.
    Delegated,
    SameGlue,
    GlueDiffers,
}

/// Where the zone above and the zone do not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The nameserver that it is about.
    pub about: Name,
    pub kind: DifferenceKind,
    /// "com. delegates to ns9.example.net., which is not here"
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The zone above delegates to it, and the zone does not name it.
    OnlyParent,
    /// The other way round.
    OnlyZone,
    NoGlue,
    /// Addresses that the zone has and the glue has not.
    GlueLacks(Vec<IpAddr>),
    /// The other way round.
    GlueHasMore(Vec<IpAddr>),
}

impl DifferenceKind {
    /// For scripts.
    pub fn word(&self) -> &'static str {
        match self {
            DifferenceKind::OnlyParent => "only-parent",
            DifferenceKind::OnlyZone => "only-zone",
            DifferenceKind::NoGlue => "no-glue",
            DifferenceKind::GlueLacks(_) => "glue-lacks",
            DifferenceKind::GlueHasMore(_) => "glue-has-more",
        }
    }
}

/// The zone above, as sentences call it.
pub fn zone(parent: &Name) -> String {
    match parent.as_ref().is_root() {
        true => "the root".into(),
        false => parent.to_string(),
    }
}

/// How the zone above has this nameserver.
pub fn at_parent(delegation: &Delegation, name: &Name, child: &Child<'_>) -> AtParent {
    match delegation.nameservers.iter().find(|delegated| delegated.name == *name) {
        None => AtParent::NotDelegated,
        Some(_) if !needs_glue(name, child) => AtParent::Delegated,
        Some(delegated) => {
            let ours = (child.addresses)(name);
            let same =
                without(&delegated.glue, &ours).is_empty() && without(&ours, &delegated.glue).is_empty();
            if same { AtParent::SameGlue } else { AtParent::GlueDiffers }
        }
    }
}

/// Is the name inside the zone, so that nobody finds it without the parent's help?
fn needs_glue(name: &Name, child: &Child<'_>) -> bool {
    name.is_at_or_below(child.zone)
}

/// Where the zone above and the zone do not agree; what matters most first.
pub fn differences(parent: Option<&Parent>, child: &Child<'_>) -> Vec<Difference> {
    let Some(Parent::Delegates(delegation)) = parent else { return Vec::new() };
    let parent = zone(&delegation.parent);
    let here = child.named;
    let mut differences = Vec::new();
    let mut tell = |about: &Name, kind, text| {
        differences.push(Difference { about: about.clone(), kind, text });
    };
    for name in delegation.nameservers.iter().map(|delegated| &delegated.name) {
        let text = if here.contains(name) {
            continue;
        } else if child.deleted.contains(name) {
            format!("{parent} still delegates to {name}, which you delete")
        } else {
            format!("{parent} delegates to {name}, which is not here")
        };
        tell(name, DifferenceKind::OnlyParent, text);
    }
    for name in here.iter().take(MAX_DIFFERENCES) {
        if at_parent(delegation, name, child) == AtParent::NotDelegated {
            tell(name, DifferenceKind::OnlyZone, format!("{parent} does not delegate to {name}"));
        }
    }
    for delegated in delegation.nameservers.iter().filter(|delegated| here.contains(&delegated.name)) {
        let (name, theirs) = (&delegated.name, &delegated.glue);
        if !needs_glue(name, child) {
            continue;
        }
        let ours = (child.addresses)(name);
        let (only_ours, only_theirs) = (without(&ours, theirs), without(theirs, &ours));
        if theirs.is_empty() {
            tell(name, DifferenceKind::NoGlue, format!("{parent} has no glue for {name}"));
        } else if !only_ours.is_empty() {
            let text = format!("{parent} lacks glue for {name}: {}", list(&only_ours));
            tell(name, DifferenceKind::GlueLacks(only_ours), text);
        }
        if !only_theirs.is_empty() {
            let addresses = list(&only_theirs);
            let text = format!("{parent} has glue for {name} that is not in the zone: {addresses}");
            tell(name, DifferenceKind::GlueHasMore(only_theirs), text);
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
