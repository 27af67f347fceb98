//! Rows in the order of a column. Sorted are the zone's own rows, beside the loop; a row that was edited keeps its place
//! until it is sorted again, and one that was added gets its own. Rows that are alike stay in the order of the zone.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::bulk::network::address_of;
use crate::zone::{NameRef, Rdata, RecordType, Snapshot, types};

/// A column of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Name,
    Ttl,
    Type,
    Data,
}

impl Column {
    pub fn word(self) -> &'static str {
        match self {
            Column::Name => "name",
            Column::Ttl => "TTL",
            Column::Type => "type",
            Column::Data => "data",
        }
    }
}

/// How rows are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortBy {
    pub column: Column,
    pub reverse: bool,
}

/// Sorting to be done.
#[derive(Debug, Clone)]
pub struct Sorting {
    pub(super) zone: Arc<Snapshot>,
    pub by: SortBy,
    /// Rows of the zone that are edited: number, TTL and data as they are now; ascending.
    pub(super) edited: Vec<(u32, u32, Rdata)>,
}

/// What came of it: every row of the zone.
#[derive(Debug, Clone)]
pub struct Order {
    pub by: SortBy,
    pub(super) zone: Arc<Snapshot>,
    pub(super) rows: Arc<[u32]>,
}

impl Sorting {
    pub fn records(&self) -> usize {
        self.zone.record_count()
    }

    pub fn run(self) -> Order {
        let mut rows: Vec<u32> = (0..self.zone.record_count() as u32).collect();
        let reverse = self.by.reverse;
        let turn = |order: Ordering| if reverse { order.reverse() } else { order };
        match self.by.column {
            Column::Data => {
                let texts = self.texts();
                // Most are told apart by their first octets, which stand beside the number.
                let mut keyed: Vec<(u64, u32)> = rows.iter().map(|row| (texts.head(*row), *row)).collect();
                keyed.sort_by(|a, b| turn(a.0.cmp(&b.0).then_with(|| texts.get(a.1).cmp(texts.get(b.1)))));
                rows = keyed.into_iter().map(|(_, row)| row).collect();
            }
            _ => {
                let ranks = self.ranks();
                let rank = |row: &u32| ranks.get(*row as usize).copied().unwrap_or_default();
                rows.sort_by(|a, b| turn(rank(a).cmp(&rank(b))));
            }
        }
        Order { by: self.by, zone: self.zone, rows: rows.into() }
    }

    fn texts(&self) -> Texts {
        let mut texts = Texts { octets: Vec::new(), ends: Vec::with_capacity(self.zone.record_count()) };
        let origin = self.zone.origin().as_ref();
        let mut edited = self.edited.iter().peekable();
        let mut buffer = String::new();
        for (row, record) in self.zone.records().enumerate() {
            let now = edited.next_if(|(edited, ..)| *edited as usize == row);
            let rdata = now.map_or(record.rdata, |(_, _, rdata)| rdata);
            push_sortable(record.rtype, rdata, origin, &mut buffer, &mut texts.octets);
            texts.ends.push(texts.octets.len());
        }
        texts
    }

    fn ranks(&self) -> Vec<u64> {
        let zone = &self.zone;
        let rows = 0..zone.record_count();
        let mut ranks: Vec<u64> = match self.by.column {
            Column::Ttl => rows.map(|row| u64::from(zone.ttl(row).unwrap_or_default())).collect(),
            Column::Type => rows.map(|row| type_rank(zone.rtype(row).unwrap_or_default())).collect(),
            // Zone order is the order of names; those of one name stay together.
            _ => {
                let mut rank = 0;
                let mut before = None;
                zone.set_ids()
                    .flat_map(|set| {
                        rank += u64::from(before.is_some_and(|before| !zone.is_same_owner(before, set)));
                        before = Some(set);
                        std::iter::repeat_n(rank, zone.rows_of(set).len())
                    })
                    .collect()
            }
        };
        if self.by.column == Column::Ttl {
            for (row, ttl, _) in &self.edited {
                if let Some(rank) = ranks.get_mut(*row as usize) {
                    *rank = u64::from(*ttl);
                }
            }
        }
        ranks
    }
}

impl Order {
    /// Is it of this zone?
    pub fn is_of(&self, zone: &Arc<Snapshot>) -> bool {
        Arc::ptr_eq(&self.zone, zone)
    }

    /// How many of the sorted rows stand before a record that is not among them.
    pub fn place(&self, owner: NameRef<'_>, rtype: RecordType, ttl: u32, rdata: &[u8]) -> usize {
        let origin = self.zone.origin().as_ref();
        let sortable = |rtype, rdata: &[u8]| {
            let mut octets = Vec::new();
            push_sortable(rtype, rdata, origin, &mut String::new(), &mut octets);
            octets
        };
        self.rows.partition_point(|row| {
            let Some(other) = self.zone.record(*row as usize) else { return true };
            let order = match self.by.column {
                Column::Name => other.owner.cmp(&owner),
                Column::Ttl => other.ttl.cmp(&ttl),
                Column::Type => type_rank(other.rtype).cmp(&type_rank(rtype)),
                Column::Data => sortable(other.rtype, other.rdata).cmp(&sortable(rtype, rdata)),
            };
            let order = if self.by.reverse { order.reverse() } else { order };
            order.is_le()
        })
    }
}

/// Texts of rows, one after the other.
struct Texts {
    octets: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    fn get(&self, row: u32) -> &[u8] {
        let row = row as usize;
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(row).copied().unwrap_or(start);
        self.octets.get(start..end).unwrap_or_default()
    }

    fn head(&self, row: u32) -> u64 {
        let text = self.get(row);
        let mut head = [0; 8];
        for (to, from) in head.iter_mut().zip(text) {
            *to = *from;
        }
        u64::from_be_bytes(head)
    }
}

/// Types in the order of their mnemonics: the first eight letters, without case.
fn type_rank(rtype: RecordType) -> u64 {
    let mut text = String::new();
    types::push_type(rtype, &mut text);
    let mut head = [0; 8];
    for (to, from) in head.iter_mut().zip(text.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    u64::from_be_bytes(head)
}

/// Data as it is sorted: addresses first, by number; then texts without case, numbers in them by their size.
fn push_sortable(
    rtype: RecordType,
    rdata: &[u8],
    origin: NameRef<'_>,
    buffer: &mut String,
    out: &mut Vec<u8>,
) {
    if address_of(rtype, rdata).is_some() {
        out.push(if rtype == RecordType::A { 1 } else { 2 });
        return out.extend_from_slice(rdata);
    }
    out.push(3);
    buffer.clear();
    types::push_rdata(rtype, rdata, Some(origin), buffer);
    let mut rest = buffer.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if !first.is_ascii_digit() {
            out.push(first.to_ascii_lowercase());
            rest = after;
            continue;
        }
        let end = rest.iter().position(|octet| !octet.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count().min(digits.len() - 1);
        let number = digits.get(zeros..).unwrap_or_default();
        // A digit, so that numbers stand where digits stand; then how many follow.
        out.push(b'0');
        out.push(u8::try_from(number.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(number);
        rest = after;
    }
}
