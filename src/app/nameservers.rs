//! The upper pane: the zone's own NS records, and what is known of each nameserver.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::layout::scroll;
use super::rows::{Row, changed_rows, unchanged_rows};
use crate::facts::{AddressState, AddressStatus, NameserverStatus};
use crate::zone::{Draft, Name, RecordType, RrKey, types};

/// The nameservers and where the person stands among them.
#[derive(Debug, Default)]
pub struct Nameservers {
    pub rows: Vec<Row>,
    /// The selected row; one row may take several lines.
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
    status: BTreeMap<Name, NameserverStatus>,
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

    /// Whom to ask: every nameserver of the zone as it is served and as the draft makes it, with the addresses
    /// that the zone itself has for it.
    pub fn to_ask(&self, draft: &Draft) -> Vec<(Name, Vec<IpAddr>)> {
        let mut servers: Vec<(Name, Vec<IpAddr>)> = Vec::new();
        for name in self.rows.iter().filter_map(target) {
            if !servers.iter().any(|(known, _)| *known == name) {
                let addresses = addresses_of(draft, &name);
                servers.push((name, addresses));
            }
        }
        servers
    }

    /// Takes over what is known. What was known before stays on the screen until there is an answer.
    pub fn set_status(&mut self, mut status: NameserverStatus) {
        if let Some(before) = self.status.get(&status.name) {
            if status.addresses.is_empty() && status.problem.is_none() {
                return;
            }
            let asking = status.addresses.iter_mut().filter(|now| now.state == AddressState::Asking);
            for now in asking {
                if let Some(known) = before.addresses.iter().find(|known| known.address == now.address) {
                    now.state = known.state.clone();
                }
            }
        }
        self.status.insert(status.name.clone(), status);
    }

    /// The lines of the pane.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().enumerate().flat_map(|(index, row)| {
            let status = target(row).and_then(|name| self.status.get(&name));
            let addresses = status.map_or(&[][..], |status| &status.addresses);
            let problem = status.and_then(|status| status.problem.as_deref());
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

/// The nameserver that an NS row names.
pub fn target(row: &Row) -> Option<Name> {
    Name::from_wire(&row.rdata).ok()
}

fn addresses_of(draft: &Draft, name: &Name) -> Vec<IpAddr> {
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
