//! What a rule is, and how it says what it finds.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;

use super::fix::Mend;
use super::node::{Node, Record};
use super::types::Types;
use super::view::{Above, Target, View};
use super::{Finding, Severity};
use crate::zone::{NameRef, RecordType, RrKey};

/// What a rule needs beside the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Zone,
    /// The text of a zone file: the reader of zone files looks for it.
    Text,
    /// Answers of other servers.
    Network,
}

/// What a rule looks at beside the records of one name: where that changes, it must look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LooksAt(pub(super) u8);

impl LooksAt {
    /// The records of one name, and whether a delegation or DNAME above hides it.
    pub const OWNER: LooksAt = LooksAt(1);
    /// Other names and wildcards above the name.
    pub const ABOVE: LooksAt = LooksAt(2);
    /// What the names that its records refer to have.
    pub const TARGETS: LooksAt = LooksAt(4);
    /// Whether the zone has addresses or signatures anywhere.
    pub const ZONE: LooksAt = LooksAt(8);
    pub(super) const EVERYTHING: LooksAt = LooksAt(15);

    pub const fn and(self, other: LooksAt) -> LooksAt {
        LooksAt(self.0 | other.0)
    }

    pub(super) const fn meets(self, other: LooksAt) -> bool {
        self.0 & other.0 != 0
    }
}

/// Looks at one name, which has a type that the rule is for.
pub(super) type Look = fn(&Here<'_, '_>, &mut Found<'_>);

/// One rule.
pub struct Rule {
    /// Stable, such as "L-29".
    pub id: &'static str,
    number: u32,
    /// Stable as well, and easier to remember: "cname-and-other".
    pub name: &'static str,
    pub severity: Severity,
    /// "RFC 1034 section 3.6.2".
    pub source: &'static str,
    /// What it looks for, and why that matters: a sentence or two.
    pub about: &'static str,
    pub needs: Needs,
    pub looks_at: LooksAt,
    /// The types of which a name must have one.
    pub(super) at: Types,
    /// Does it also look at names that a delegation or a DNAME hides?
    pub(super) hidden: bool,
    /// Of an ordinary name, which is hidden by nothing and has only letters and digits, it needs one of these.
    pub(super) ordinary: Types,
    pub(super) look: Option<Look>,
    /// What its fixes do, in general.
    pub(super) fix_title: Option<&'static str>,
    pub(super) mend: Option<Mend>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl Rule {
    const fn new(
        (id, name): (&'static str, &'static str),
        severity: Severity,
        source: &'static str,
        about: &'static str,
        needs: Needs,
    ) -> Rule {
        Rule {
            id,
            number: number_in(id),
            name,
            severity,
            source,
            about,
            needs,
            looks_at: LooksAt::OWNER,
            at: Types::NONE,
            hidden: false,
            ordinary: Types::ALL,
            look: None,
            fix_title: None,
            mend: None,
        }
    }

    /// A rule over the zone, for names that have one of the types.
    pub(super) const fn zone(
        id: (&'static str, &'static str),
        severity: Severity,
        source: &'static str,
        about: &'static str,
        at: &[RecordType],
        look: Look,
    ) -> Rule {
        let at = if at.is_empty() { Types::ALL } else { Types::of(at) };
        Rule { at, look: Some(look), ..Rule::new(id, severity, source, about, Needs::Zone) }
    }

    pub(super) const fn text(
        id: (&'static str, &'static str),
        severity: Severity,
        source: &'static str,
        about: &'static str,
    ) -> Rule {
        Rule::new(id, severity, source, about, Needs::Text)
    }

    pub(super) const fn network(
        id: (&'static str, &'static str),
        severity: Severity,
        source: &'static str,
        about: &'static str,
    ) -> Rule {
        Rule::new(id, severity, source, about, Needs::Network)
    }

    pub(super) const fn looking_at(self, more: LooksAt) -> Rule {
        Rule { looks_at: self.looks_at.and(more), ..self }
    }

    /// Looks at hidden names as well.
    pub(super) const fn hidden_too(self) -> Rule {
        Rule { hidden: true, ..self }
    }

    /// Offers fixes. The title says what they do in general.
    pub(super) const fn mended(self, title: &'static str, mend: Mend) -> Rule {
        Rule { fix_title: Some(title), mend: Some(mend), ..self }
    }

    /// What its quick fixes do, in general: "Delete the CNAME, or what stands beside it". `None` for rules without any.
    /// [`super::fix()`] makes those of one finding.
    pub const fn fix_title(&self) -> Option<&'static str> {
        self.fix_title
    }

    /// The number in its id: what rules are ordered by.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Finds nothing at an ordinary name without one of these types: hidden by nothing, of letters and digits only.
    /// That is nearly every name, and it is not asked.
    pub(super) const fn at_ordinary(self, types: &[RecordType]) -> Rule {
        Rule { ordinary: Types::of(types), ..self }
    }

    /// Is it for a name like this?
    pub(super) fn is_for(&self, types: Types, hidden: bool, usual: bool) -> bool {
        self.at.meets(types) && (self.hidden || !hidden) && (hidden || !usual || self.ordinary.meets(types))
    }
}

/// 29 of "L-29".
const fn number_in(id: &str) -> u32 {
    let (octets, mut number, mut at) = (id.as_bytes(), 0, 2);
    while at < octets.len() {
        number = number * 10 + (octets[at] - b'0') as u32;
        at += 1;
    }
    number
}

/// The name that is looked at, and what is around it.
#[derive(Clone, Copy)]
pub(super) struct Here<'a, 'z> {
    pub node: &'a Node<'z>,
    pub view: &'a View<'z>,
    pub above: Above<'z>,
    /// Its number in the index of the zone, where there is one.
    pub number: Option<usize>,
    /// Has its name only letters and digits below the zone's?
    pub usual: bool,
    pub recent: &'a Recent<'z>,
}

impl<'a, 'z> Here<'a, 'z> {
    pub fn owner(&self) -> NameRef<'z> {
        self.node.owner
    }

    pub fn set(&self, rtype: RecordType) -> &'a [Record<'z>] {
        self.node.set(rtype)
    }

    pub fn types(&self) -> Types {
        self.node.types
    }

    pub fn is_apex(&self) -> bool {
        self.view.is_apex(self.node.owner)
    }

    /// Is it one of the nameservers of a delegation at or above it?
    pub fn serves(&self, cut: NameRef<'z>) -> bool {
        let mut known = self.recent.nameservers.borrow_mut();
        if known.as_ref().is_none_or(|(other, _)| *other != cut) {
            let mut names = Vec::new();
            self.view.each_below(self.above.number.or(self.number), cut, |rtype, rdata| {
                let name = NameRef::split_from(rdata).filter(|_| rtype == RecordType::NS);
                names.extend(name.map(|(name, _)| name));
            });
            names.sort_unstable();
            *known = Some((cut, names));
        }
        known.as_ref().is_some_and(|(_, names)| names.binary_search(&self.owner()).is_ok())
    }

    /// What stands at a name that a record of the zone leads to.
    pub fn target(&self, name: NameRef<'z>) -> Target {
        if let Some(target) = self.recent.get(name) {
            return target;
        }
        // What a delegation leads to stands mostly right behind it.
        let own = (self.number.zip(self.view.index))
            .filter(|_| self.is_cut() && !self.above.hides() && name.is_at_or_below(self.owner()));
        let target = match own {
            Some((number, index)) => {
                let glue = index.find_below(number, name);
                Target::Delegated(glue.map_or(Types::NONE, |number| index.types(number)))
            }
            None => self.view.target(name),
        };
        self.recent.set(name, target);
        target
    }

    /// Is the name delegated?
    pub fn is_cut(&self) -> bool {
        self.types().has(RecordType::NS) && !self.is_apex()
    }

    /// The labels of the owner below the zone's name.
    pub fn own_labels(&self) -> impl Iterator<Item = &'z [u8]> + use<'z> {
        labels_below(self.owner(), self.view.origin())
    }
}

/// What was asked for in the last names: several rules ask the same of a record, and many records lead to one host.
#[derive(Default)]
pub(super) struct Recent<'z> {
    targets: [Cell<Option<(NameRef<'z>, Target)>>; 16],
    /// A delegation and its nameservers, in order: there may be very many, and as many names below it.
    nameservers: RefCell<Option<(NameRef<'z>, Vec<NameRef<'z>>)>>,
}

impl<'z> Recent<'z> {
    fn cell(&self, name: NameRef<'_>) -> Option<&Cell<Option<(NameRef<'z>, Target)>>> {
        let wire = name.wire();
        let octet = |at: usize| usize::from(wire.get(at).copied().unwrap_or_default() & 0x1f);
        self.targets.get((wire.len() + octet(1) + 3 * octet(4)) % self.targets.len())
    }

    fn get(&self, name: NameRef<'_>) -> Option<Target> {
        let (_, target) = self.cell(name)?.get().filter(|(other, _)| *other == name)?;
        Some(target)
    }

    fn set(&self, name: NameRef<'z>, target: Target) {
        if let Some(cell) = self.cell(name) {
            cell.set(Some((name, target)));
        }
    }
}

/// Has a name only letters and digits below the zone's?
pub(super) fn is_usual(name: NameRef<'_>, origin: NameRef<'_>) -> bool {
    labels_below(name, origin).all(|label| label.iter().all(u8::is_ascii_alphanumeric))
}

/// The labels of a name that the other one, above it, does not have.
pub(super) fn labels_below<'n>(
    name: NameRef<'n>,
    origin: NameRef<'_>,
) -> impl Iterator<Item = &'n [u8]> + use<'n> {
    let mut left = name.wire().len().saturating_sub(origin.wire().len());
    name.labels().take_while(move |label| {
        let own = left > 0;
        left = left.saturating_sub(label.len() + 1);
        own
    })
}

/// Takes what rules find: keeps it, or only counts it. A sentence is made only of what is kept.
#[derive(Default)]
pub(super) struct Gathered {
    pub findings: Vec<Finding>,
    pub counted: Uncollected,
}

/// Findings that were counted and not kept: how many, by rule and severity.
pub(super) type Uncollected = BTreeMap<(u32, Severity), (&'static Rule, usize)>;

/// Takes what a rule finds at a name.
pub(super) struct Found<'f> {
    pub rule: &'static Rule,
    pub owner: NameRef<'f>,
    pub gathered: &'f mut Gathered,
    /// May more of this rule be kept?
    pub has_room: bool,
}

impl Found<'_> {
    /// About a whole RRset of the name.
    pub fn set(&mut self, rtype: RecordType, message: impl fmt::Display) {
        self.push(self.rule.severity, rtype, None, message);
    }

    /// About one record of it.
    pub fn record(&mut self, rtype: RecordType, record: &Record<'_>, message: impl fmt::Display) {
        self.push(self.rule.severity, rtype, Some(record.rdata), message);
    }

    /// With another severity than the rule's.
    pub fn with(
        &mut self,
        severity: Severity,
        rtype: RecordType,
        record: &Record<'_>,
        message: impl fmt::Display,
    ) {
        self.push(severity, rtype, Some(record.rdata), message);
    }

    fn push(
        &mut self,
        severity: Severity,
        rtype: RecordType,
        record: Option<&[u8]>,
        message: impl fmt::Display,
    ) {
        if !self.has_room {
            let rule = (self.rule.number(), severity);
            self.gathered.counted.entry(rule).or_insert((self.rule, 0)).1 += 1;
            return;
        }
        let key = match record {
            Some(rdata) => RrKey::of_record(self.owner, rtype, rdata),
            None => RrKey::new(self.owner.to_name(), rtype),
        };
        let (record, message) = (record.map(Into::into), super::with_one_full_stop(message.to_string()));
        self.gathered.findings.push(Finding { rule: self.rule, severity, key, record, message });
    }
}
