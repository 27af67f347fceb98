//! The zone: names, record types, RRsets, the snapshot, the draft over it, and updates. Pure values; no I/O.

pub mod beside;
pub mod changes;
pub mod der;
pub mod draft;
pub mod lanes;
pub mod mailbox;
pub mod managed;
pub mod merge;
pub mod name;
pub mod patch;
pub mod reverse;
pub mod rrset;
pub mod rtype;
pub mod serial;
pub mod shared_map;
pub mod snapshot;
pub mod soa;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod ttl;
pub mod types;
pub mod update;

pub use changes::{Change, ChangeMap, Contents};
pub use draft::Draft;
pub use name::{Name, NameRef};
pub use patch::{TextEdit, TextPatch};
pub use rrset::{Rdata, RrKey, RrSet};
pub use rtype::RecordType;
pub use shared_map::SharedMap;
pub use snapshot::{RecordRef, SetId, Snapshot, SnapshotBuilder};
pub use soa::Soa;
