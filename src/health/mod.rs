//! How the servers of a zone stand, judged by facts: each address, the zone against its delegation and against the
//! services where it is registered, the way of a change out to all of them, and the clocks of caches.
//!
//! Nothing here asks anybody: `dns::questions` does, and `run` and `app` decide when.

mod address;
pub mod caches;
pub mod delegation;
pub mod follow;
mod goal;
mod zone;

pub use self::address::{AddressHealth, Class, Standing, Version, class, lag, standing, version};
pub use self::goal::{Expected, Goal, to_ask};
pub use self::zone::{AtService, Health, Known, ServerHealth, Trouble, judge};
