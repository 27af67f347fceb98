//! The order of owners. Records of one owner mostly come together, so runs of them are put in order, not records; and
//! by the first octets of their names, where these differ.

use std::cmp::Ordering;

use super::Row;
use crate::zone::name::NameRef;

/// Some rows of one owner that stand together.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub(super) key: Key,
    pub first: u32,
    pub count: u16,
    /// Its rows are in order, and none is there twice.
    pub settled: bool,
}

/// A run has at most so many rows; an owner with more of them has several.
const MOST: usize = u16::MAX as usize;

impl Run {
    /// Where its rows stand.
    pub fn rows(&self) -> std::ops::Range<usize> {
        self.first as usize..self.first as usize + usize::from(self.count)
    }
}

/// What puts names below an origin in canonical order as far as it goes: where it differs for two names, they stand in
/// the same order. It has codes of six bits for the octets of the labels, the last label first, each label with an end
/// (0). The lowest bit is set where there is more to the name than the codes say. (Two halves: one whole would be
/// aligned so that a run takes more room.)
pub(super) type Key = [u64; 2];

/// How many codes there is room for.
const CODES: usize = 21;

/// Stands beside the code of an octet that shares it.
const SHARED: u8 = 1 << 7;

/// The code of each octet, in canonical order, and whether others [share](SHARED) it: all but those of usual names do.
const CODE: [u8; 256] = {
    let mut table = [0; 256];
    let (mut octet, mut code, mut shared) = (0, 1, false);
    while octet < table.len() {
        let usual = matches!(octet as u8, b'*' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z');
        if usual || !shared {
            code += 1;
        }
        shared = !usual;
        table[octet] = if shared { code | SHARED } else { code };
        octet += 1;
        // Upper case counts as lower case.
        if octet == b'A' as usize {
            octet = b'Z' as usize + 1;
        }
    }
    let mut letter = b'A';
    while letter <= b'Z' {
        table[letter as usize] = table[letter.to_ascii_lowercase() as usize];
        letter += 1;
    }
    table
};

/// What puts runs in order.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    pub origin: NameRef<'a>,
    pub names: &'a [u8],
}

impl<'a> Names<'a> {
    pub fn owner(self, row: &Row) -> NameRef<'a> {
        let name = self.names.get(row.owner as usize..).and_then(NameRef::split_from);
        name.map_or(self.origin, |(name, _)| name)
    }

    /// Makes `row`, whose owner is that of `first`, share its octets; true where it spells it another way.
    pub fn respells(self, first: &Row, row: &mut Row) -> bool {
        if !self.owner(first).same_octets(self.owner(row)) {
            return true;
        }
        row.owner = first.owner;
        false
    }

    /// The runs of some rows as they stand, their places counted from the first of all rows.
    pub fn runs(self, rows: &[Row], first: usize) -> impl Iterator<Item = Run> {
        let mut at = first;
        let owners = rows.get(first..).unwrap_or_default().chunk_by(|a, b| a.owner == b.owner);
        owners.flat_map(|rows| rows.chunks(MOST)).map(move |run| {
            let key = run.first().map_or([0; 2], |row| key(self.owner(row), self.origin));
            // Row numbers fit into 32 bits: the builder sees to that.
            let run = Run { key, first: at as u32, count: run.len() as u16, settled: false };
            at += usize::from(run.count);
            run
        })
    }

    /// Cuts rows in order into so many parts at most, each with all rows of its owners.
    pub fn by_owner(self, rows: &mut [Row], parts: usize) -> Vec<&mut [Row]> {
        let (mut cut, mut rest) = (Vec::new(), rows);
        for left in (2..=parts).rev() {
            let middle = rest.len() / left;
            let before = middle.checked_sub(1).and_then(|before| rest.get(before)).copied();
            let is_same = |row: &Row| before.is_some_and(|before| self.owner(&before) == self.owner(row));
            let more = rest.iter().skip(middle).take_while(|row| is_same(row)).count();
            let (part, others) = rest.split_at_mut_checked(middle + more).unwrap_or_default();
            cut.push(part);
            rest = others;
        }
        cut.push(rest);
        cut
    }

    /// The order of the owners of two runs.
    pub fn compare(self, rows: &[Row], a: &Run, b: &Run) -> Ordering {
        if a.key != b.key {
            return a.key.cmp(&b.key);
        }
        let [_, low] = a.key;
        if low & 1 == 0 {
            return Ordering::Equal;
        }
        match (rows.get(a.first as usize), rows.get(b.first as usize)) {
            (Some(a), Some(b)) if a.owner != b.owner => self.owner(a).cmp(&self.owner(b)),
            _ => Ordering::Equal,
        }
    }

    /// Puts runs in order; those of one owner stay as they came. False where they were in order.
    pub fn sort(self, rows: &[Row], runs: &mut [Run]) -> bool {
        let is_sorted = runs.is_sorted_by(|a, b| self.compare(rows, a, b).is_le());
        if !is_sorted {
            runs.sort_by(|a, b| self.compare(rows, a, b));
        }
        !is_sorted
    }
}

fn key(name: NameRef<'_>, origin: NameRef<'_>) -> Key {
    let wire = name.wire();
    let below = wire.len() - origin.wire().len().min(wire.len());
    let mut starts = [0u8; 128];
    let (mut count, mut at) = (0, 0);
    while at < below {
        if let Some(start) = starts.get_mut(count) {
            // A name has at most 255 octets and 127 labels.
            *start = at as u8;
            count += 1;
        }
        at += 1 + wire.get(at).map_or(0, |length| usize::from(*length));
    }
    let labels = starts.get(..count).unwrap_or_default().iter().rev().map(|start| {
        let start = usize::from(*start);
        let length = wire.get(start).map_or(0, |length| usize::from(*length));
        wire.get(start + 1..start + 1 + length).unwrap_or_default()
    });
    let mut codes = Codes { all: 0, room: CODES };
    let whole = labels.into_iter().all(|label| codes.push(label));
    let key = codes.all << (6 * codes.room) << 2 | u128::from(!whole);
    // The upper and the lower half.
    [(key >> 64) as u64, key as u64]
}

struct Codes {
    all: u128,
    room: usize,
}

impl Codes {
    /// Adds those of a label and its end; false where they do not say all of it.
    fn push(&mut self, label: &[u8]) -> bool {
        let code = |octet: &u8| CODE.get(usize::from(*octet)).copied().unwrap_or_default();
        let octets = label.get(..self.room).unwrap_or(label);
        let (mut all, mut shared) = (self.all, 0);
        for octet in octets {
            let code = code(octet);
            all = all << 6 | u128::from(code & !SHARED);
            shared |= code;
        }
        if shared & SHARED != 0 {
            // What is behind a code that others share would say too much.
            let until = octets.iter().position(|octet| code(octet) & SHARED != 0).map_or(0, |at| at + 1);
            self.all = all >> (6 * (octets.len() - until));
            self.room -= until;
            return false;
        }
        self.all = all;
        self.room -= octets.len();
        let Some(room) = self.room.checked_sub(1).filter(|_| octets.len() == label.len()) else {
            return false;
        };
        (self.all, self.room) = (all << 6, room);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_never_contradict_the_order_of_names(labels in prop::collection::vec(
            prop::collection::vec(prop::collection::vec(prop_oneof![0u8..4, Just(b'A'), Just(b'a'), Just(b'z'), Just(b'.'), Just(b'/'), any::<u8>()], 1..8), 0..6),
            2,
        )) {
            let origin = Name::parse(b"example.com.", None).unwrap();
            let names: Vec<Name> = labels.iter().map(|labels| {
                let mut wire: Vec<u8> = labels.iter().flat_map(|label| [vec![label.len() as u8], label.clone()].concat()).collect();
                wire.extend_from_slice(origin.wire());
                Name::from_wire(&wire).unwrap()
            }).collect();
            let key = |name: &Name| key(name.as_ref(), origin.as_ref());
            let (a, b) = (&names[0], &names[1]);
            match key(a).cmp(&key(b)) {
                Ordering::Equal if key(a)[1] & 1 == 0 => prop_assert_eq!(a, b),
                Ordering::Equal => {}
                unequal => prop_assert_eq!(unequal, a.cmp(b)),
            }
        }
    }
}
