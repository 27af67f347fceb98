//! What a server made of a change, told from what it holds afterwards: for what nobody could foresee, since it hangs
//! on settings that no answer shows.

use super::brake;
use crate::facts::ServerKind;
use crate::zone::{Change, RrKey, RrSet};

/// The server said yes and still holds what was there before.
pub(super) fn ignored(kind: ServerKind) -> String {
    let causes = match kind {
        ServerKind::Bind => {
            "BIND does this with records over a maximum in update-policy, with records that it makes itself, and where \
             somebody changed it back. Its log (category update) may tell."
        }
        ServerKind::Knot => {
            "Knot does this with what its own checks drop, and with a change of nothing but TTLs or case. Its log may \
             tell."
        }
        ServerKind::PowerDns => {
            "PowerDNS does this with records that it makes itself, and with deletions whose text differs from that in its \
             database. Its log (loglevel 5 or more) may tell."
        }
        ServerKind::Embedded | ServerKind::Unknown => "Its log may tell why it ignored it.",
    };
    format!("The server said yes, but does not show it. {causes}")
}

/// The server holds something else than before and than was wanted.
pub(super) fn altered(kind: ServerKind, key: &RrKey, change: &Change, now: Option<&RrSet>) -> String {
    let (Some(wanted), Some(now)) = (&change.after, now) else {
        return match now {
            Some(_) => "Records are there that should be gone: the server kept them, or somebody else added them. Look \
                        at the reloaded zone."
                .into(),
            None => "The records are gone: the server dropped them, or somebody else deleted them. Look at the reloaded \
                     zone."
                .into(),
        };
    };
    let (missing, extra) = (brake::lacking(key, wanted, Some(now)), brake::lacking(key, now, Some(wanted)));
    match (missing, extra) {
        (0, 0) if now.ttl < wanted.ttl => {
            let setting = match kind {
                ServerKind::Bind => " (max-zone-ttl)",
                _ => "",
            };
            format!(
                "The records are there with a TTL of {}, not {}: the server has a limit on TTLs{setting}, or somebody \
                 else changed it.",
                now.ttl, wanted.ttl
            )
        }
        (0, 0) => format!(
            "The records are there with a TTL of {}, not {}: the server kept or raised it, or somebody else changed it.",
            now.ttl, wanted.ttl
        ),
        (missing, 0) => {
            let setting = match kind {
                ServerKind::Bind => " (a maximum behind the type in update-policy)",
                _ => "",
            };
            format!(
                "{missing} of {} records are not there: the server has a limit on them{setting}, or somebody else deleted \
                 them.",
                wanted.rdata.len()
            )
        }
        (0, extra) => format!(
            "All of it is there, and {extra} more: the server kept them, or somebody else added them. Look at the \
             reloaded zone."
        ),
        _ => "The server made something else of it, or somebody else changed it since. Look at it in the reloaded zone."
            .into(),
    }
}
