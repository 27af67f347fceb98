//! Sets of record types, small enough to be asked for every name of a zone.

use std::ops::BitOr;

use crate::zone::RecordType;

/// Some record types. Those that no rule asks for share one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Types(u64);

/// The types that have a place of their own, by number.
const OWN: [u16; 39] = [
    1, 2, 3, 4, 5, 6, 11, 12, 15, 16, 17, 24, 25, 28, 29, 33, 35, 38, 39, 43, 44, 46, 47, 48, 50, 51, 52, 53,
    59, 60, 63, 64, 65, 99, 255, 256, 257, 7, 8,
];

/// The place of each type of a low number. Filled by the compiler.
const PLACES: [u8; 258] = {
    let mut places = [63; 258];
    let mut at = 0;
    while at < OWN.len() {
        places[OWN[at] as usize] = at as u8;
        at += 1;
    }
    places
};

impl Types {
    pub const NONE: Types = Types(0);
    /// Every type: for rules about names and TTLs.
    pub const ALL: Types = Types(u64::MAX);

    pub const fn of(types: &[RecordType]) -> Types {
        let mut set = Types(0);
        let mut at = 0;
        while at < types.len() {
            set = Types(set.0 | Types::one(types[at]).0);
            at += 1;
        }
        set
    }

    pub const fn one(rtype: RecordType) -> Types {
        let number = rtype.0 as usize;
        let place = if number < PLACES.len() { PLACES[number] } else { 63 };
        Types(1 << place)
    }

    pub const fn has(self, rtype: RecordType) -> bool {
        self.0 & Types::one(rtype).0 != 0
    }

    pub const fn meets(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Is nothing in it that is not in the other one?
    pub const fn is_within(self, other: Types) -> bool {
        self.0 & !other.0 == 0
    }
}

impl BitOr for Types {
    type Output = Types;

    fn bitor(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }
}

impl FromIterator<RecordType> for Types {
    fn from_iter<I: IntoIterator<Item = RecordType>>(types: I) -> Types {
        types.into_iter().fold(Types::NONE, |set, rtype| set | Types::one(rtype))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_apart() {
        let set = Types::of(&[RecordType::A, RecordType::CAA]);
        assert!(set.has(RecordType::A) && set.has(RecordType::CAA) && !set.has(RecordType::AAAA));
        assert!(Types::one(RecordType(65280)).has(RecordType(104)), "these share a place");
        assert!(!set.meets(Types::one(RecordType(65280))) && set.is_within(Types::ALL));
        let all: std::collections::BTreeSet<u16> = OWN.into_iter().collect();
        assert_eq!(all.len(), OWN.len());
        assert!(OWN.len() < 63);
    }
}
