//! What the editor keeps of a zone from one visit to the next, apart from its draft and its text.

use std::collections::BTreeMap;

use crate::zone::{Name, RrKey};

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remembered {
    /// Values typed for templates, by the name of the template and of the value.
    pub values: BTreeMap<(String, String), String>,
    /// A primary that the SOA names, none of the zone's nameservers, of which the person said that it is meant so.
    pub hidden_primary: Option<Name>,
    /// TTLs that were lowered, to be raised again.
    pub lowered: Vec<Lowered>,
}

/// The TTL of one RRset, in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    pub key: RrKey,
    pub from: u32,
    pub to: u32,
}
