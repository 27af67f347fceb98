//! Messages, TSIG and transfers, as octets. No sockets and no clock: the time of a signature is an argument.
//!
//! * [`reader`] takes messages apart, [`builder`] puts them together.
//! * [`answer`] holds what was asked and checks that an answer belongs to it.
//! * [`tsig`] signs and verifies, on both sides.
//! * [`transfer`] makes a snapshot of the messages of a zone transfer.
//! * [`ixfr`] makes a map of changes of the messages of an incremental one.
//! * [`peek`] looks at the beginning of a transfer only.
//! * [`update`] is the wire form of an update, both ways.
//! * [`key`] is what a TSIG key is made of.

pub mod answer;
pub mod builder;
pub mod ixfr;
pub mod key;
pub mod peek;
pub mod reader;
#[cfg(test)]
mod tests;
pub mod transfer;
pub mod tsig;
pub mod update;

/// The largest message: TCP's length prefix has 16 bits (RFC 1035 section 4.2.2).
pub const MAX_MESSAGE: usize = 65_535;

/// Classes (RFC 1035 section 3.2.4, RFC 2136 section 1.3).
pub mod class {
    pub const IN: u16 = 1;
    pub const CH: u16 = 3;
    pub const NONE: u16 = 254;
    pub const ANY: u16 = 255;
}

/// Header flags (RFC 1035 section 4.1.1).
pub mod flags {
    /// The message is a response.
    pub const QR: u16 = 0x8000;
    /// The answer comes from an authority for the name.
    pub const AA: u16 = 0x0400;
    /// The message was cut short.
    pub const TC: u16 = 0x0200;
    /// The asker wants recursion.
    pub const RD: u16 = 0x0100;
}

/// What a message is about (RFC 1035 section 4.1.1, RFC 1996 section 3.4, RFC 2136 section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opcode(pub u8);

impl Opcode {
    pub const QUERY: Opcode = Opcode(0);
    pub const NOTIFY: Opcode = Opcode(4);
    pub const UPDATE: Opcode = Opcode(5);

    /// Its place in the header's second word.
    pub fn bits(self) -> u16 {
        u16::from(self.0 & 0x0f) << 11
    }
}

/// Where a record stands in a message; an update's names for these are in RFC 2136 section 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// An update's prerequisites.
    Answer,
    /// An update's operations.
    Authority,
    Additional,
}
