//! Which records of an RRset were there before, in sets of any size: a file may have a record twice wherever it likes.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::zone::rtype::RecordType;
use crate::zone::types;

/// Up to so many records are compared with each other, which costs nothing for the sets that most zones have.
const FEW: usize = 64;

/// The records of one RRset so far. Used again for the next one, so that memory is asked for once.
#[derive(Debug, Default)]
pub struct Seen<'z> {
    few: Vec<&'z [u8]>,
    /// All of them in canonical form, once they are many.
    many: HashSet<Cow<'z, [u8]>>,
}

impl<'z> Seen<'z> {
    /// Begins with another RRset.
    pub fn clear(&mut self) {
        self.few.clear();
        if !self.many.is_empty() {
            self.many = HashSet::new();
        }
    }

    /// Takes the next record; was it there before, however its names are spelled?
    pub fn has(&mut self, rtype: RecordType, rdata: &'z [u8]) -> bool {
        // Canonical forms are only needed where nothing but case is different.
        let is_same = |other: &&[u8]| {
            other.eq_ignore_ascii_case(rdata)
                && types::canonical(rtype, other) == types::canonical(rtype, rdata)
        };
        if self.few.len() < FEW {
            let repeated = self.few.iter().any(is_same);
            if !repeated {
                self.few.push(rdata);
            }
            return repeated;
        }
        if self.many.is_empty() {
            self.many.extend(self.few.iter().map(|rdata| types::canonical(rtype, rdata)));
        }
        !self.many.insert(types::canonical(rtype, rdata))
    }
}
