//! What a server made of a change, told from what it holds afterwards: for what nobody could foresee, since it hangs
//! on settings that no answer shows.

use super::brake;
use crate::facts::{Failure, FailureKind, ServerKind};
use crate::zone::{Change, RrKey, RrSet};

/// The server said yes, changed something, and still holds what was there before.
pub(super) fn ignored(kind: ServerKind) -> String {
    format!("The server said yes, but does not show it. {}", causes(kind))
}

/// The server's journal shows the change, and that it was changed again with this serial.
pub(super) fn changed_since(serial: u32) -> String {
    format!(
        "The server's journal shows it carried out, then changed by somebody else (serial {serial}). Look at the reloaded \
         zone before you push it again."
    )
}

/// The server said yes, and nothing of the zone is different.
pub(super) fn not_shown(kind: ServerKind) -> String {
    format!(
        "The server said yes, but its zone is as it was. Either it ignored this: {} Or it passes updates on to its primary, \
         which has it, and shows it later: reload the zone before you push again.",
        causes(kind)
    )
}

/// The same for the whole push.
pub(super) fn undecided(kind: ServerKind) -> Failure {
    Failure {
        kind: FailureKind::Incomplete,
        what: "The server said yes, but its zone is as it was.".into(),
        why: format!(
            "Either it ignored the update: {} Or it passes updates on to its primary, and shows it later.",
            causes(kind)
        ),
        next: "Reload the zone before you push again.".into(),
    }
}

fn causes(kind: ServerKind) -> &'static str {
    match kind {
        ServerKind::Bind => {
            "BIND does so with records over a maximum in update-policy and with records that it makes itself; its log \
             (category update) may tell."
        }
        ServerKind::Knot => {
            "Knot does so with what its own checks drop, and with a change of nothing but TTLs or case; its log may tell."
        }
        ServerKind::PowerDns => {
            "PowerDNS does so with records that it makes itself, and with deletions whose text differs from that in its \
             database; its log (loglevel 5 or more) may tell."
        }
        ServerKind::Embedded | ServerKind::Unknown => "Its log may tell why.",
    }
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
