//! The upper pane: the zone's own NS records, what is known of each nameserver, and when it is asked.
//!
//! Every nameserver is asked by itself, so that none waits for another. A poll leaves alone those that have not
//! finished with the last one. UDP is asked each time; TCP at first, where it did not work, and every tenth time.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::delegation::{self, Difference};
use super::layout::scroll;
use super::rows::{Row, changed_rows, unchanged_rows};
use super::standing::{Standing, standing};
use super::{App, Effect, RequestId};
use crate::facts::{AddressStatus, NameserverStatus, Parent, Reply};
use crate::zone::{Draft, Name, RecordType, RrKey, Snapshot, serial, types};

/// How often the nameservers are asked.
const POLL: Duration = Duration::from_secs(30);
/// While one is behind they are asked sooner: after this time first, then after twice that, and so on.
const FIRST_POLL: Duration = Duration::from_secs(2);
/// TCP is asked each time that so many polls are over.
const TCP_EVERY: u32 = 10;
/// A nameserver that has not finished is left alone for so many polls.
const MOST_SKIPPED: u32 = 4;
/// Most nameservers asked; a zone has a handful.
const MAX_ASKED: usize = 32;

/// A question to one nameserver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToAsk {
    pub name: Name,
    /// Its addresses in the zone itself; without any they are looked up.
    pub in_zone: Vec<IpAddr>,
    /// Over TCP as well, also where UDP works?
    pub tcp: bool,
}

/// The nameservers and where the person stands among them.
#[derive(Debug, Clone, Default)]
pub struct Nameservers {
    pub rows: Vec<Row>,
    /// The selected row; one row may take several lines.
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
    looks: BTreeMap<Name, Look>,
    /// What the zone above says; `None` until it is known whether it says anything.
    pub parent: Option<Parent>,
    /// Where the zone above and the draft do not agree.
    pub differences: Vec<Difference>,
    /// Polls since the zone was loaded or pushed.
    polls: u32,
    /// The time until the next poll, where that is sooner than usual.
    hurry: Option<Duration>,
}

/// The latest question to a nameserver, and what is known of it.
#[derive(Debug, Clone)]
struct Look {
    request: RequestId,
    in_zone: Vec<IpAddr>,
    running: bool,
    /// Polls that left it alone.
    skipped: u32,
    status: Option<NameserverStatus>,
}

/// Why nameservers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The zone is new: everything is asked.
    Zone,
    /// The draft is new: those that were not there before.
    Edit,
    Poll,
}

/// One line of the pane: a nameserver's first line has its name, each line one of its addresses.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// The row that it belongs to.
    pub row: usize,
    pub first: bool,
    pub address: Option<&'a AddressStatus>,
    /// In place of addresses: why there are none.
    pub problem: Option<&'a str>,
}

impl Nameservers {
    pub fn new(draft: &Draft, apex: &RrKey) -> Nameservers {
        let mut nameservers = Nameservers::default();
        nameservers.refresh(draft, apex);
        nameservers
    }

    /// Takes the draft's NS set over; the selection stays with its record.
    pub fn refresh(&mut self, draft: &Draft, apex: &RrKey) {
        let anchor = self.selected_row().map(|row| row.rdata.clone());
        self.rows = match (draft.changes().get(apex), draft.base().get(apex)) {
            (Some(change), now) => {
                let conflict = !change.is_untouched(apex.rtype, now.as_ref());
                changed_rows(apex, change, conflict)
            }
            (None, Some(set)) => unchanged_rows(apex, &set),
            (None, None) => Vec::new(),
        };
        if !anchor.is_some_and(|rdata| self.select_record(apex, &rdata)) {
            self.select(self.selected);
        }
        self.differences = delegation::differences(self, draft);
    }

    pub fn selected_row(&self) -> Option<&Row> {
        self.rows.get(self.selected)
    }

    pub fn select(&mut self, index: usize) {
        self.selected = index.min(self.rows.len().saturating_sub(1));
    }

    /// False if the record is not there.
    pub fn select_record(&mut self, key: &RrKey, rdata: &[u8]) -> bool {
        let wanted = types::canonical(key.rtype, rdata);
        let found = self.rows.iter().position(|row| types::canonical(key.rtype, &row.rdata) == wanted);
        if let Some(index) = found {
            self.selected = index;
        }
        found.is_some()
    }

    /// Every nameserver of the zone as it is served and as the draft makes it.
    fn names(&self) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        for name in self.rows.iter().filter_map(target) {
            if names.len() < MAX_ASKED && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The nameservers that this version of the zone names, of those that are asked.
    pub fn served(&self, zone: &Snapshot) -> Vec<Name> {
        let apex = zone.get(&RrKey::new(zone.origin().clone(), RecordType::NS));
        let targets = apex.iter().flat_map(|set| &set.rdata).filter_map(|rdata| Name::from_wire(rdata).ok());
        let targets: Vec<Name> = targets.collect();
        self.names().into_iter().filter(|name| targets.contains(name)).collect()
    }

    /// The questions that are due, and the end of those that are of no use any more.
    fn ask(&mut self, draft: &Draft, why: Why, mut next: impl FnMut() -> RequestId) -> Vec<Effect> {
        let names = self.names();
        let mut effects = Vec::new();
        self.looks.retain(|name, look| {
            let stays = names.contains(name);
            if !stays && look.running {
                effects.push(Effect::Cancel { request: look.request });
            }
            stays
        });
        for name in names {
            let in_zone = addresses_of(draft, &name);
            let before = self.looks.get_mut(&name).filter(|look| look.in_zone == in_zone);
            let still_running = match (before, why) {
                (Some(_), Why::Edit) => continue,
                (Some(look), Why::Poll) if look.running && look.skipped < MOST_SKIPPED => {
                    look.skipped += 1;
                    continue;
                }
                (Some(look), _) => look.running.then_some(look.request),
                (None, _) => self.looks.get(&name).filter(|look| look.running).map(|look| look.request),
            };
            effects.extend(still_running.map(|request| Effect::Cancel { request }));
            let request = next();
            let status = self.looks.remove(&name).and_then(|look| look.status);
            let tcp = self.polls.is_multiple_of(TCP_EVERY) || !status.as_ref().is_some_and(works_over_tcp);
            let look = Look { request, in_zone: in_zone.clone(), running: true, skipped: 0, status };
            self.looks.insert(name.clone(), look);
            effects.push(Effect::AskNameserver { request, server: ToAsk { name, in_zone, tcp } });
        }
        effects
    }

    /// Takes the addresses that the zone itself has, and asks nobody: the zone is a file.
    fn take_addresses(&mut self, draft: &Draft) {
        self.looks.clear();
        for name in self.rows.iter().filter_map(target) {
            let in_zone = addresses_of(draft, &name);
            let not_asked =
                |address| AddressStatus { address, udp: Reply::NotAsked, tcp: Reply::NotAsked, expire: None };
            let problem = match name.as_ref().is_at_or_below(draft.base().origin().as_ref()) {
                true => "no address in this file",
                false => "its address is not in this zone",
            };
            let status = NameserverStatus {
                name: name.clone(),
                addresses: in_zone.iter().copied().map(not_asked).collect(),
                problem: in_zone.is_empty().then(|| problem.into()),
                unasked: 0,
                complete: true,
            };
            let look =
                Look { request: RequestId(0), in_zone, running: false, skipped: 0, status: Some(status) };
            self.looks.insert(name, look);
        }
    }

    /// Takes over what is known, unless it answers an old question. What was known before stays on the screen until
    /// there is an answer.
    fn set_status(&mut self, request: RequestId, mut status: NameserverStatus) {
        let look = self.looks.get_mut(&status.name);
        let Some(look) = look.filter(|look| look.request == request) else { return };
        look.running = !status.complete;
        if let Some(before) = &look.status {
            for now in &mut status.addresses {
                if let Some(known) = before.addresses.iter().find(|known| known.address == now.address) {
                    now.udp = news(known.udp, now.udp);
                    now.tcp = news(known.tcp, now.tcp);
                    now.expire = now.expire.or(known.expire.filter(|_| now.udp.fault().is_none()));
                }
            }
        }
        look.status = Some(status);
    }

    /// Has an address of some nameserver an older zone?
    fn is_one_behind(&self, primary: u32) -> bool {
        let addresses = self.looks.values().filter_map(|look| look.status.as_ref());
        addresses.flat_map(|status| &status.addresses).any(
            |address| matches!(standing(address), Standing::Serves { serial: theirs, .. } if serial::is_after(primary, theirs)),
        )
    }

    /// Has an address of some nameserver a newer zone?
    fn is_one_ahead(&self, known: u32) -> bool {
        let addresses = self.looks.values().filter_map(|look| look.status.as_ref());
        addresses.flat_map(|status| &status.addresses).any(
            |address| matches!(standing(address), Standing::Serves { serial: theirs, .. } if serial::is_after(theirs, known)),
        )
    }

    /// What is known of a nameserver.
    pub fn status(&self, name: &Name) -> Option<&NameserverStatus> {
        self.looks.get(name)?.status.as_ref()
    }

    /// The lines of the pane.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().enumerate().flat_map(|(index, row)| {
            let look = target(row).map(|name| self.looks.get(&name));
            let status = look.flatten().and_then(|look| look.status.as_ref());
            let addresses = status.map_or(&[][..], |status| &status.addresses);
            let problem = match look {
                None => Some("not a name"),
                Some(None) => Some("not asked: too many"),
                Some(Some(_)) => status.and_then(|status| status.problem.as_deref()),
            };
            let alone =
                addresses.is_empty().then_some(Line { row: index, first: true, address: None, problem });
            let each = addresses.iter().enumerate().map(move |(number, address)| Line {
                row: index,
                first: number == 0,
                address: Some(address),
                problem: None,
            });
            alone.into_iter().chain(each)
        })
    }

    pub fn line_count(&self) -> usize {
        self.lines().count()
    }

    pub fn keep_in_view(&mut self, height: usize) {
        let lines = self.line_count();
        // The last line of the selected row first, so that its first line wins where it is tall.
        for line in [self.lines().filter(|line| line.row == self.selected).count().saturating_sub(1), 0] {
            let first = self.lines().position(|line| line.row == self.selected).unwrap_or(0);
            self.offset = scroll(self.offset, first + line, height, lines);
        }
    }
}

impl App {
    /// Asks every nameserver, now and after a while again: the zone was loaded or pushed.
    pub(super) fn watch_nameservers(&mut self) {
        let Some(open) = self.open_mut() else { return };
        if open.file.is_some() {
            return open.nameservers.take_addresses(&open.draft);
        }
        open.nameservers.polls = 0;
        open.nameservers.hurry = None;
        self.ask(Why::Zone);
        self.effect(Effect::WakeIn(POLL));
    }

    /// Asks the nameservers that the draft has added, or moved.
    pub(super) fn ask_nameservers(&mut self) {
        self.ask(Why::Edit);
    }

    pub(super) fn poll_nameservers(&mut self) {
        if self.file().is_some() {
            return self.wake_at_midnight();
        }
        let Some(open) = self.open_mut() else { return };
        let nameservers = &mut open.nameservers;
        nameservers.polls = nameservers.polls.wrapping_add(1);
        nameservers.hurry = match nameservers.is_one_behind(open.draft.base().serial()) {
            true => Some(nameservers.hurry.map_or(FIRST_POLL, |pause| pause.saturating_mul(2).min(POLL))),
            false => None,
        };
        let pause = nameservers.hurry.unwrap_or(POLL);
        self.ask(Why::Poll);
        self.effect(Effect::WakeIn(pause));
        self.follow();
    }

    /// The zone is another version: nameservers that still have the last one are behind, and asked sooner.
    pub(super) fn watch_followed(&mut self) {
        self.ask(Why::Edit);
        let Some(open) = self.open_mut() else { return };
        let nameservers = &mut open.nameservers;
        if nameservers.hurry.is_none() && nameservers.is_one_behind(open.draft.base().serial()) {
            nameservers.hurry = Some(FIRST_POLL);
            self.effect(Effect::WakeIn(FIRST_POLL));
        }
    }

    fn ask(&mut self, why: Why) {
        let mut last = self.last_request;
        let Some(open) = self.open_mut() else { return };
        if open.file.is_some() {
            return open.nameservers.take_addresses(&open.draft);
        }
        let effects = open.nameservers.ask(&open.draft, why, || {
            last = last.saturating_add(1);
            RequestId(last)
        });
        self.last_request = last;
        self.effects.extend(effects);
    }

    pub(super) fn on_nameserver(&mut self, request: RequestId, status: NameserverStatus) {
        let Some(open) = self.open_mut() else { return };
        let nameservers = &mut open.nameservers;
        let name = status.name.clone();
        nameservers.set_status(request, status);
        if let Some(status) = nameservers.status(&name).cloned() {
            self.heard_of(&status);
        }
        let Some(open) = self.open_mut() else { return };
        let nameservers = &mut open.nameservers;
        let serial = open.draft.base().serial();
        if nameservers.is_one_ahead(serial) {
            return self.follow();
        }
        let nameservers = &mut open.nameservers;
        if nameservers.hurry.is_none() && nameservers.is_one_behind(open.draft.base().serial()) {
            nameservers.hurry = Some(FIRST_POLL);
            self.effect(Effect::WakeIn(FIRST_POLL));
        }
    }

    /// Asks the zone above.
    pub(super) fn ask_parent(&mut self) {
        if self.open().is_some_and(|open| open.file.is_none()) {
            let before = self.asked_parent;
            self.asked_parent = self.next_request();
            if before != RequestId(0) {
                self.effect(Effect::Cancel { request: before });
            }
            self.effect(Effect::AskParent { request: self.asked_parent });
        }
    }

    pub(super) fn on_parent(&mut self, request: RequestId, parent: Parent) {
        let asked = self.asked_parent;
        let Some(open) = self.open_mut().filter(|_| request == asked) else { return };
        open.nameservers.parent = Some(parent);
        open.nameservers.differences = delegation::differences(&open.nameservers, &open.draft);
    }
}

/// What to show after an answer: what was known, where there is none yet. The round-trip time as it was, unless it
/// differs much: no two are the same, and each would be written to the screen.
fn news(known: Reply, now: Reply) -> Reply {
    match (known, now) {
        (_, Reply::NotAsked | Reply::Asking) if known != Reply::NotAsked => known,
        (Reply::Serial { round_trip: before, .. }, Reply::Serial { serial, round_trip })
            if before.abs_diff(round_trip) <= Duration::from_millis(5).max(before / 4) =>
        {
            Reply::Serial { serial, round_trip: before }
        }
        _ => now,
    }
}

fn works_over_tcp(status: &NameserverStatus) -> bool {
    let works = |address: &AddressStatus| matches!(address.tcp, Reply::Serial { .. });
    !status.addresses.is_empty() && status.addresses.iter().all(works)
}

/// The nameserver that an NS row names.
pub fn target(row: &Row) -> Option<Name> {
    Name::from_wire(&row.rdata).ok()
}

/// The addresses that the zone itself has for a name.
pub fn addresses_of(draft: &Draft, name: &Name) -> Vec<IpAddr> {
    let contents = |rtype| draft.get(&RrKey::new(name.clone(), rtype)).map_or(Vec::new(), |set| set.rdata);
    let v4 = contents(RecordType::A).into_iter().filter_map(|rdata| {
        let octets: [u8; 4] = rdata.as_ref().try_into().ok()?;
        Some(IpAddr::V4(Ipv4Addr::from(octets)))
    });
    let v6 = contents(RecordType::AAAA).into_iter().filter_map(|rdata| {
        let octets: [u8; 16] = rdata.as_ref().try_into().ok()?;
        Some(IpAddr::V6(Ipv6Addr::from(octets)))
    });
    v4.chain(v6).collect()
}
