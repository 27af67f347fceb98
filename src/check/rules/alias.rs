//! CNAME and DNAME.

use super::super::Severity::{Error, Hint, Warning};
use super::super::fixes;
use super::super::rule::{Found, Here, LooksAt, Rule};
use super::super::types::Types;
use super::super::view::{self, Target, View};
use super::names::{has_twice, is_without_dot};
use super::target;
use crate::zone::{Name, NameRef, RecordType};

/// What may stand beside a CNAME (RFC 2181 section 10.1, RFC 4035 section 2.5).
pub const BESIDE: Types =
    Types::of(&[RecordType::CNAME, RecordType::KEY, RecordType::SIG, RecordType::NSEC, RecordType::RRSIG]);
/// Aliases that are followed.
const LONGEST: usize = 16;

pub const RULES: &[Rule] = &[
    Rule::zone(
        ("L-29", "cname-and-other"),
        Error,
        "RFC 1034 section 3.6.2, RFC 2181 section 10.1",
        "Where a CNAME stands, nothing else may: servers refuse the zone.",
        &[RecordType::CNAME],
        and_other,
    )
    .mended("Delete the CNAME, or what stands beside it", fixes::alias::and_other),
    Rule::zone(
        ("L-30", "several-cnames"),
        Error,
        "RFC 2181 section 10.1",
        "A name has one CNAME at most: servers refuse the zone.",
        &[RecordType::CNAME],
        several_cnames,
    )
    .mended("Keep one of them", fixes::keep_one),
    Rule::zone(
        ("L-31", "cname-at-apex"),
        Error,
        "RFC 1912 section 2.4",
        "The top of a zone has SOA and NS records, so it cannot have a CNAME. HTTPS records with priority 0 can do \
         what is meant.",
        &[RecordType::CNAME],
        at_apex,
    )
    .mended("Put an HTTPS alias or addresses in its place, or delete it", fixes::alias::at_apex),
    Rule::zone(
        ("L-32", "alias-loop"),
        Error,
        "RFC 1034 section 3.6.2",
        "Aliases that lead back to where they began: nobody gets an answer.",
        &[RecordType::CNAME],
        alias_loop,
    )
    .mended("Delete the CNAME", fixes::alias::delete)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-33", "cname-to-itself"),
        Error,
        "RFC 1034 section 3.6.2",
        "An alias of itself: nobody gets an answer.",
        &[RecordType::CNAME],
        to_itself,
    )
    .mended("Delete the CNAME", fixes::alias::delete),
    Rule::zone(
        ("L-34", "alias-chain"),
        Hint,
        "RFC 1034 section 3.6.2",
        "An alias that leads to another alias costs resolvers a question more, and some follow only a few.",
        &[RecordType::CNAME],
        chain,
    )
    .mended("Lead to the end of the chain at once", fixes::alias::chain)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-35", "alias-to-nothing"),
        Warning,
        "RFC 1912 section 2.4",
        "An alias of a name of this zone that is not there.",
        &[RecordType::CNAME],
        to_nothing,
    )
    .mended("Delete the CNAME", fixes::alias::delete)
    .looking_at(LooksAt::TARGETS),
    Rule::zone(
        ("L-37", "below-dname"),
        Error,
        "RFC 6672 section 2.4",
        "What stands below a DNAME is never found; Knot and NSD refuse the zone.",
        &[],
        below_dname,
    )
    .at_ordinary(&[])
    .mended("Delete what is below the DNAME, or the DNAME", fixes::alias::below_dname)
    .hidden_too(),
    Rule::zone(
        ("L-38", "dname-and-other"),
        Error,
        "RFC 6672 sections 2.3 and 2.4",
        "A name has one DNAME, and no CNAME beside it, nor NS records below the top of the zone.",
        &[RecordType::DNAME],
        dname_and_other,
    )
    .mended("Keep one of them", fixes::alias::dname_and_other),
];

fn and_other(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.types().is_within(BESIDE) {
        return;
    }
    let others: Vec<String> = here
        .node
        .sets()
        .filter(|(rtype, _)| !BESIDE.has(*rtype))
        .map(|(rtype, _)| rtype.to_string())
        .collect();
    let message = format_args!(
        "{} has a CNAME and {}. Where a CNAME stands, nothing else may.",
        here.owner(),
        others.join(", ")
    );
    found.set(RecordType::CNAME, message);
}

fn several_cnames(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let count = here.set(RecordType::CNAME).len();
    if count > 1 {
        found.set(
            RecordType::CNAME,
            format_args!("{} has {count} CNAME records. There may be one.", here.owner()),
        );
    }
}

fn at_apex(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if here.is_apex() {
        let message = format_args!(
            "{} is the top of the zone and cannot have a CNAME. For a website, an HTTPS record with priority 0 can.",
            here.owner()
        );
        found.set(RecordType::CNAME, message);
    }
}

/// Where an alias leads.
enum Step {
    Alias(Name),
    End,
}

/// The next name after `name`, where that is an alias of this zone: by a CNAME of its own or of a wildcard, or by a
/// DNAME above it.
fn next(view: &View<'_>, name: NameRef<'_>) -> Step {
    if !view.contains(name) {
        return Step::End;
    }
    if view.target(name) == Target::BelowDname {
        return substituted(view, name).map_or(Step::End, Step::Alias);
    }
    let source = match view.source(name) {
        Some(view::Found::Exact(types)) if types.has(RecordType::CNAME) => name.to_name(),
        Some(view::Found::Wildcard(wildcard, types)) if types.has(RecordType::CNAME) => wildcard,
        _ => return Step::End,
    };
    if matches!(view.target(source.as_ref()), Target::Delegated(_)) {
        return Step::End;
    }
    first_target(view, &source, RecordType::CNAME).map_or(Step::End, Step::Alias)
}

fn first_target(view: &View<'_>, owner: &Name, rtype: RecordType) -> Option<Name> {
    let set = view.zone.get(&crate::zone::RrKey::new(owner.clone(), rtype))?;
    NameRef::split_from(set.rdata.first()?).map(|(name, _)| name.to_name())
}

/// The name with what a DNAME above it makes of it (RFC 6672 section 2.2).
fn substituted(view: &View<'_>, name: NameRef<'_>) -> Option<Name> {
    let above =
        std::iter::successors(name.parent(), |name| name.parent()).take_while(|name| view.contains(*name));
    let highest = above.filter(|name| view.types_at(*name).has(RecordType::DNAME)).last()?;
    let to = first_target(view, &highest.to_name(), RecordType::DNAME)?;
    let kept = name.wire().get(..name.wire().len() - highest.wire().len())?;
    Name::from_wire(&[kept, to.wire()].concat()).ok()
}

/// How many aliases follow from a name, and whether they lead back to one of themselves.
fn follow(here: &Here<'_, '_>) -> (Vec<Name>, bool) {
    let first = here.set(RecordType::CNAME).first().and_then(|record| target(RecordType::CNAME, record));
    let ends = match first.map(|first| here.target(first)) {
        None | Some(Target::Outside | Target::Delegated(_) | Target::Missing) => true,
        Some(Target::Here(types)) => !types.has(RecordType::CNAME),
        Some(Target::BelowDname) => false,
    };
    // Nearly all: nothing is put together.
    if ends {
        return (Vec::new(), false);
    }
    let mut seen = vec![here.owner().to_name()];
    let Some(first) =
        here.set(RecordType::CNAME).first().and_then(|record| target(RecordType::CNAME, record))
    else {
        return (seen, false);
    };
    // A target in another zone ends it: nearly always, at once.
    let mut at = first.to_name();
    while seen.len() < LONGEST {
        if seen.contains(&at) {
            return (seen, true);
        }
        seen.push(at.clone());
        match next(here.view, at.as_ref()) {
            Step::Alias(to) => at = to,
            Step::End => return (seen, false),
        }
    }
    (seen, false)
}

/// Where the aliases of this zone that begin at a name end; `None` for a name that is none, and for a circle.
pub fn end_of(view: &View<'_>, name: NameRef<'_>) -> Option<Name> {
    let mut seen = vec![name.to_name()];
    while let Some(last) = seen.last().filter(|_| seen.len() < LONGEST) {
        match next(view, last.as_ref()) {
            Step::Alias(to) if seen.contains(&to) => return None,
            Step::Alias(to) => seen.push(to),
            Step::End => return seen.pop().filter(|_| !seen.is_empty()),
        }
    }
    None
}

fn leads_to_itself(here: &Here<'_, '_>) -> bool {
    here.set(RecordType::CNAME).iter().any(|record| target(RecordType::CNAME, record) == Some(here.owner()))
}

fn alias_loop(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if leads_to_itself(here) {
        return;
    }
    if let (seen, true) = follow(here) {
        let names: Vec<String> = seen.iter().map(Name::to_string).collect();
        found.set(
            RecordType::CNAME,
            format_args!("Aliases lead in a circle: {}, and back.", names.join(", ")),
        );
    }
}

fn to_itself(here: &Here<'_, '_>, found: &mut Found<'_>) {
    if leads_to_itself(here) {
        found.set(RecordType::CNAME, format_args!("{} is an alias of itself.", here.owner()));
    }
}

fn chain(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let (seen, circle) = follow(here);
    // The name itself and what it leads to are two.
    if !circle && seen.len() > 2 {
        let names: Vec<String> = seen.iter().skip(1).map(Name::to_string).collect();
        let message = format_args!("{} leads to an alias: {}.", here.owner(), names.join(", then "));
        found.set(RecordType::CNAME, message);
    }
}

fn to_nothing(here: &Here<'_, '_>, found: &mut Found<'_>) {
    for record in here.set(RecordType::CNAME) {
        let Some(name) = target(RecordType::CNAME, record) else { continue };
        // A mistyped one is another rule's.
        let mistyped = is_without_dot(here.view, name) || has_twice(name, here.view.origin());
        if !mistyped && here.target(name) == Target::Missing {
            let message = format_args!("{} is an alias of {name}, which is not there.", here.owner());
            found.record(RecordType::CNAME, record, message);
        }
    }
}

fn below_dname(here: &Here<'_, '_>, found: &mut Found<'_>) {
    const MADE: Types = Types::of(&[RecordType::NSEC3, RecordType::RRSIG]);
    let Some(dname) = here.above.dname.filter(|_| here.above.cut.is_none()) else { return };
    // In a signed zone with a DNAME at its top the NSEC3 records stand below it.
    if let Some((rtype, _)) = here.node.sets().next().filter(|_| !here.types().is_within(MADE)) {
        let message = format_args!("{} is below the DNAME of {dname}, so nobody finds it.", here.owner());
        found.set(rtype, message);
    }
}

fn dname_and_other(here: &Here<'_, '_>, found: &mut Found<'_>) {
    let count = here.set(RecordType::DNAME).len();
    if count > 1 {
        found.set(
            RecordType::DNAME,
            format_args!("{} has {count} DNAME records. There may be one.", here.owner()),
        );
    }
    if here.types().has(RecordType::CNAME) {
        found.set(
            RecordType::DNAME,
            format_args!("{} has a DNAME and a CNAME. It may have one of them.", here.owner()),
        );
    }
    if here.is_cut() {
        let message = format_args!(
            "{} has a DNAME and is delegated by NS records: a name can be one or the other.",
            here.owner()
        );
        found.set(RecordType::DNAME, message);
    }
}
