//! Puts a message together, entry by entry, and refuses what does not fit: nothing is ever cut off silently.

use std::collections::HashMap;

use super::reader::HEADER;
use super::{MAX_MESSAGE, Opcode, Section};
use crate::zone::update::Rcode;
use crate::zone::{NameRef, RecordType};

/// Why an entry was not added. The message is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    #[error("the message would be larger than its limit")]
    Full,
    #[error("an entry was added to a section that is already closed")]
    Order,
}

/// A message in the making. Sections are filled in the order of the wire.
#[derive(Debug)]
pub struct Builder {
    octets: Vec<u8>,
    flags: u16,
    counts: [u16; 4],
    limit: usize,
    /// Names already in the message, by their octets; `None` where nothing is compressed.
    suffixes: Option<HashMap<Box<[u8]>, u16>>,
}

/// Pointers have 14 bits (RFC 1035 section 4.1.4).
const POINTER_LIMIT: usize = 0x4000;

impl Builder {
    /// `flags` are those of [`super::flags`]; `limit` is in octets and includes the header.
    pub fn new(id: u16, opcode: Opcode, flags: u16, limit: usize) -> Builder {
        let mut octets = Vec::with_capacity(512);
        octets.extend_from_slice(&id.to_be_bytes());
        octets.resize(HEADER, 0);
        let limit = limit.min(MAX_MESSAGE);
        Builder { octets, flags: flags | opcode.bits(), counts: [0; 4], limit, suffixes: None }
    }

    /// Compresses owner names from here on. RDATA is never compressed.
    pub fn compressing(mut self) -> Builder {
        self.suffixes = Some(HashMap::new());
        self
    }

    /// Octets so far.
    pub fn len(&self) -> usize {
        self.octets.len()
    }

    /// Is there nothing but the header?
    pub fn is_empty(&self) -> bool {
        self.counts == [0; 4]
    }

    /// Allows this many octets more: room that was held back until now.
    pub fn raise_limit(&mut self, octets: usize) {
        self.limit = self.limit.saturating_add(octets).min(MAX_MESSAGE);
    }

    /// Sets a flag that [`Builder::new`] did not know yet.
    pub fn set_flag(&mut self, flag: u16) {
        self.flags |= flag;
    }

    /// Sets the response code; only the four bits that the header has room for.
    pub fn set_rcode(&mut self, rcode: Rcode) {
        self.flags = self.flags & !0x0f | rcode.0 & 0x0f;
    }

    /// # Errors
    /// [`BuildError`]; the message stays as it is.
    pub fn question(&mut self, name: NameRef<'_>, rtype: RecordType, class: u16) -> Result<(), BuildError> {
        self.begin(0, name, 4)?;
        self.name(name);
        self.word(rtype.0);
        self.word(class);
        Ok(())
    }

    /// Adds a record. The TTL is in seconds, `rdata` is written as it is.
    ///
    /// # Errors
    /// [`BuildError`]; the message stays as it is.
    pub fn record(
        &mut self,
        section: Section,
        owner: NameRef<'_>,
        rtype: RecordType,
        class: u16,
        ttl: u32,
        rdata: &[u8],
    ) -> Result<(), BuildError> {
        let length = u16::try_from(rdata.len()).map_err(|_| BuildError::Full)?;
        self.begin(section as usize + 1, owner, 10 + rdata.len())?;
        self.name(owner);
        self.word(rtype.0);
        self.word(class);
        self.octets.extend_from_slice(&ttl.to_be_bytes());
        self.word(length);
        self.octets.extend_from_slice(rdata);
        Ok(())
    }

    /// The message.
    pub fn finish(mut self) -> Vec<u8> {
        let words = std::iter::once(self.flags).chain(self.counts);
        let octets = words.flat_map(u16::to_be_bytes);
        for (place, octet) in self.octets.iter_mut().skip(2).zip(octets) {
            *place = octet;
        }
        self.octets
    }

    /// Checks that an entry fits behind what is there, and counts it.
    fn begin(&mut self, section: usize, name: NameRef<'_>, rest: usize) -> Result<(), BuildError> {
        if self.counts.iter().skip(section + 1).any(|later| *later > 0) {
            return Err(BuildError::Order);
        }
        let (written, pointer) = self.known_suffix(name);
        let name_length = written + if pointer.is_some() { 2 } else { 0 };
        if self.octets.len() + name_length + rest > self.limit {
            return Err(BuildError::Full);
        }
        let count = self.counts.get_mut(section).ok_or(BuildError::Order)?;
        *count = count.checked_add(1).ok_or(BuildError::Full)?;
        Ok(())
    }

    /// How many octets of the name must be written out, and where the message has the rest of it.
    fn known_suffix(&self, name: NameRef<'_>) -> (usize, Option<u16>) {
        let all = name.wire().len();
        let Some(suffixes) = &self.suffixes else {
            return (all, None);
        };
        let mut suffix = Some(name);
        while let Some(known) = suffix.filter(|suffix| !suffix.is_root()) {
            if let Some(at) = suffixes.get(known.wire()) {
                return (all - known.wire().len(), Some(*at));
            }
            suffix = known.parent();
        }
        (all, None)
    }

    fn name(&mut self, name: NameRef<'_>) {
        let (written, pointer) = self.known_suffix(name);
        let start = self.octets.len();
        self.octets.extend(name.wire().iter().take(written));
        if let Some(suffixes) = &mut self.suffixes {
            let mut suffix = Some(name);
            while let Some(new) = suffix.filter(|suffix| !suffix.is_root()) {
                // Pieces of the name that were written here, as far as a pointer reaches.
                let before = name.wire().len() - new.wire().len();
                let at = start + before;
                if before >= written || at >= POINTER_LIMIT {
                    break;
                }
                suffixes.insert(new.wire().into(), at as u16);
                suffix = new.parent();
            }
        }
        if let Some(at) = pointer {
            self.word(0xc000 | at);
        }
    }

    fn word(&mut self, word: u16) {
        self.octets.extend_from_slice(&word.to_be_bytes());
    }
}
