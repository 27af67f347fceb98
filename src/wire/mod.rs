//! Messages, TSIG and transfers, as octets. No sockets.

pub mod key;
