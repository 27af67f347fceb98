//! What rules may ask of the zone around a name: what stands at another name, above it, below it.

use super::index::{Index, Standing};
use super::node::Node;
use super::types::Types;
use crate::zone::{Contents, Name, NameRef, RecordType};

/// Counts over the whole zone, kept so that no rule has to walk it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Census {
    /// Names with an A record.
    pub ipv4: usize,
    pub ipv6: usize,
    /// Names with RRSIG, NSEC or NSEC3 records.
    pub signed: usize,
    /// Delegated names.
    pub cuts: usize,
    pub dnames: usize,
    pub wildcards: usize,
}

const SIGNED: Types = Types::of(&[RecordType::RRSIG, RecordType::NSEC, RecordType::NSEC3]);

impl Census {
    /// For looks at single names of a zone that nobody counted: there may be any.
    pub const UNKNOWN: Census = Census { ipv4: 1, ipv6: 1, signed: 1, cuts: 1, dnames: 1, wildcards: 1 };

    /// Counts a name in, or out.
    pub fn count(&mut self, owner: NameRef<'_>, types: Types, is_apex: bool, goes: bool) {
        let change = |count: &mut usize, counts: bool| {
            if counts {
                *count = if goes { count.saturating_sub(1) } else { *count + 1 };
            }
        };
        change(&mut self.ipv4, types.has(RecordType::A));
        change(&mut self.ipv6, types.has(RecordType::AAAA));
        change(&mut self.signed, types.meets(SIGNED));
        change(&mut self.cuts, types.has(RecordType::NS) && !is_apex);
        change(&mut self.dnames, types.has(RecordType::DNAME));
        change(&mut self.wildcards, !types.is_empty() && owner.is_wildcard());
    }

    /// The counts over both of two parts.
    pub fn and(self, other: Census) -> Census {
        Census {
            ipv4: self.ipv4 + other.ipv4,
            ipv6: self.ipv6 + other.ipv6,
            signed: self.signed + other.signed,
            cuts: self.cuts + other.cuts,
            dnames: self.dnames + other.dnames,
            wildcards: self.wildcards + other.wildcards,
        }
    }

    /// What of it rules ask for: whether there are any.
    pub fn answers(&self) -> [bool; 3] {
        [self.ipv4 > 0, self.ipv6 > 0, self.signed > 0]
    }
}

/// What an address or alias that leads to a name finds there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// In another zone.
    Outside,
    /// In a zone that this one delegates; with the types of the glue that stands here.
    Delegated(Types),
    BelowDname,
    /// No such name, and no wildcard that covers it.
    Missing,
    /// The types at the name, or at the wildcard that covers it; none at an empty non-terminal.
    Here(Types),
}

/// The zone, its changes and the counts over both.
#[derive(Debug, Clone, Copy)]
pub struct View<'z> {
    pub zone: Contents<'z>,
    /// Finds names without searching; only for a zone without changes.
    pub index: Option<&'z Index<'z>>,
    pub census: &'z Census,
    /// Seconds since 1970, where rules may look at the clock.
    pub now: Option<u64>,
    /// Is it a zone as it is served, without edits?
    pub as_served: bool,
}

impl<'z> View<'z> {
    pub fn origin(&self) -> NameRef<'z> {
        self.zone.base.origin().as_ref()
    }

    pub fn is_apex(&self, name: NameRef<'_>) -> bool {
        name.wire().len() == self.origin().wire().len()
    }

    pub fn contains(&self, name: NameRef<'_>) -> bool {
        name.is_at_or_below(self.origin())
    }

    /// The types at exactly this name.
    pub fn types_at(&self, name: NameRef<'_>) -> Types {
        if let Some(index) = self.index {
            return index
                .find(name)
                .and_then(Standing::number)
                .map_or(Types::NONE, |number| index.types(number));
        }
        if self.zone.changes.is_empty() {
            let sets = self.zone.base.sets_at(name).map(crate::zone::SetId);
            return sets.filter_map(|set| self.zone.base.rtype(self.zone.base.rows_of(set).start)).collect();
        }
        self.zone.keys_at(&name.to_name()).into_iter().map(|key| key.rtype).collect()
    }

    /// The records at a name.
    pub fn node(&self, name: NameRef<'z>) -> Node<'z> {
        match self.index {
            Some(index) => {
                let mut node = Node::new(name);
                if let Some(Standing::Name(number)) = index.find(name) {
                    node.fill(self.zone.base, index.sets(number));
                }
                node
            }
            None => Node::read(self.zone, name),
        }
    }

    /// The types at a name, none where there are only names below it; `None` where there is no such name.
    fn standing(&self, name: NameRef<'_>) -> Option<Types> {
        if let Some(index) = self.index {
            return index
                .find(name)
                .map(|standing| standing.number().map_or(Types::NONE, |number| index.types(number)));
        }
        let types = self.types_at(name);
        (!types.is_empty() || self.zone.has_at_or_below(&name.to_name())).then_some(types)
    }

    /// Is there a record at the name or below it?
    pub fn exists(&self, name: NameRef<'_>) -> bool {
        self.standing(name).is_some()
    }

    /// What somebody who is sent to this name finds.
    pub fn target(&self, name: NameRef<'_>) -> Target {
        if !self.contains(name) {
            return Target::Outside;
        }
        if self.census.cuts > 0 || self.census.dnames > 0 {
            let mut cut = false;
            // From the bottom up, the last one found is the highest: that one decides.
            let mut above = None;
            for ancestor in std::iter::successors(Some(name), |name| name.parent()) {
                let types = self.types_at(ancestor);
                if types.has(RecordType::NS) && !self.is_apex(ancestor) {
                    (above, cut) = (Some(ancestor), true);
                } else if types.has(RecordType::DNAME) && ancestor.wire().len() < name.wire().len() {
                    (above, cut) = (Some(ancestor), false);
                }
                if self.is_apex(ancestor) {
                    break;
                }
            }
            if above.is_some() {
                return if cut { Target::Delegated(self.types_at(name)) } else { Target::BelowDname };
            }
        }
        match self.source(name) {
            Some(Found::Exact(types) | Found::Wildcard(_, types)) => Target::Here(types),
            None => Target::Missing,
        }
    }

    /// The name whose records answer for `name`: itself, or the wildcard that covers it (RFC 4592 section 3.3.1).
    pub fn source(&self, name: NameRef<'_>) -> Option<Found> {
        if let Some(types) = self.standing(name) {
            return Some(Found::Exact(types));
        }
        if self.census.wildcards == 0 {
            return None;
        }
        let above = std::iter::successors(name.parent(), |name| name.parent());
        let closest = above.take_while(|name| self.contains(*name)).find(|name| self.exists(*name))?;
        let wildcard = wildcard_of(closest)?;
        let types = self.standing(wildcard.as_ref())?;
        Some(Found::Wildcard(wildcard, types))
    }

    /// Type and data of each record at a name that is at or below another one, whose number in the index may be known.
    pub fn each_below(
        &self,
        from: Option<usize>,
        name: NameRef<'z>,
        mut visit: impl FnMut(RecordType, &'z [u8]),
    ) {
        match from.zip(self.index) {
            Some((number, index)) => {
                let zone = self.zone.base;
                let sets = index.find_below(number, name).into_iter().flat_map(|number| index.sets(number));
                for row in sets.flat_map(|set| zone.rows_of(set)) {
                    visit(zone.rtype(row).unwrap_or_default(), zone.rdata(row));
                }
            }
            None => {
                let node = self.node(name);
                node.records(Types::ALL).for_each(|(rtype, record)| visit(rtype, record.rdata));
            }
        }
    }

    /// The addresses at a name, as octets.
    pub fn addresses(&self, name: NameRef<'z>) -> Vec<&'z [u8]> {
        const ADDRESSES: Types = Types::of(&[RecordType::A, RecordType::AAAA]);
        self.node(name).records(ADDRESSES).map(|(_, record)| record.rdata).collect()
    }
}

/// What answers for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Exact(Types),
    Wildcard(Name, Types),
}

/// `*` below a name; `None` where that is too long for a name.
pub fn wildcard_of(name: NameRef<'_>) -> Option<Name> {
    below(b"*", name)
}

/// The name with one more label.
pub fn below(label: &[u8], name: NameRef<'_>) -> Option<Name> {
    let length = u8::try_from(label.len()).ok()?;
    Name::from_wire(&[&[length], label, name.wire()].concat()).ok()
}

/// What stands above a name and hides it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Above<'z> {
    /// The delegation that the name is below.
    pub cut: Option<NameRef<'z>>,
    /// Its number in the index of the zone, where that is known.
    pub number: Option<usize>,
    pub dname: Option<NameRef<'z>>,
}

impl<'z> Above<'z> {
    /// Looks for it.
    pub fn find(view: &View<'_>, owner: NameRef<'z>) -> Above<'z> {
        let mut above = Above::default();
        if view.is_apex(owner) || !view.contains(owner) {
            return above;
        }
        for ancestor in std::iter::successors(owner.parent(), |name| name.parent()) {
            let types = view.types_at(ancestor);
            above.enter(ancestor, types, view.is_apex(ancestor), true);
            if view.is_apex(ancestor) {
                break;
            }
        }
        above
    }

    /// Takes a name into account: the highest one hides what is below it. `up`: names come from below.
    fn enter(&mut self, name: NameRef<'z>, types: Types, is_apex: bool, up: bool) {
        if types.has(RecordType::NS) && !is_apex && (up || self.cut.is_none()) {
            self.cut = Some(name);
        }
        if types.has(RecordType::DNAME) && (up || self.dname.is_none()) {
            self.dname = Some(name);
        }
    }

    /// Goes on, in canonical order, from a name with these types.
    pub fn pass(&mut self, name: NameRef<'z>, number: usize, types: Types, is_apex: bool) {
        let had_cut = self.cut.is_some();
        self.enter(name, types, is_apex, false);
        if !had_cut {
            self.number = Some(number);
        }
    }

    /// Arrives at the next name.
    pub fn arrive(&mut self, owner: NameRef<'_>) {
        self.cut = self.cut.filter(|cut| owner.is_at_or_below(*cut));
        self.dname = self.dname.filter(|dname| owner.is_at_or_below(*dname));
    }

    pub fn hides(&self) -> bool {
        self.cut.is_some() || self.dname.is_some()
    }
}
