//! Rules over a zone: what loads, and yet does not do what was meant.
//!
//! A [`Rule`] says what it is about and what it looks at; [`check`] holds a whole zone against all of them in one walk,
//! and a [`Checker`] keeps the findings of a draft up to date, looking again only at what an edit can touch. Findings
//! name RRsets, not places of a text: whoever has a text maps them. What the reader of zone files already finds
//! (syntax, and what only a text shows) is not found twice; those rules are listed here as [`Needs::Text`]. What would
//! put a finding right is made by [`fix()`], on demand.

mod checker;
mod fix;
mod fixes;
mod index;
pub mod network;
mod node;
mod rule;
mod rules;
mod selection;
#[cfg(test)]
mod tests;
mod types;
mod view;
mod walk;
pub mod zonemd;

use std::fmt;

use crate::zone::{Rdata, RrKey};

pub use checker::Checker;
pub use fix::{Fix, fix};
pub use rule::{LooksAt, Needs, Rule};
pub use rules::dnssec_keys::{digest, key_tag};
pub use rules::policy::rsa_bits;
pub use rules::{all, find, spf};
pub use selection::{Level, Selection, UnknownRule};
pub use walk::{Counted, check, check_counted};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It does not work, or servers refuse it.
    Error,
    /// It hardly does what was meant.
    Warning,
    /// Worth knowing.
    Hint,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        })
    }
}

/// What a rule says about one RRset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static Rule,
    /// The rule's own, or another one where a part of it weighs more or less.
    pub severity: Severity,
    /// Where something is missing this is the RRset that lacks it.
    pub key: RrKey,
    /// The one record that it is about, where it is not the whole RRset.
    pub record: Option<Rdata>,
    /// One or more sentences, without control characters.
    pub message: String,
}

/// A sentence whose last word is a name has its full stop already.
fn with_one_full_stop(mut message: String) -> String {
    if message.ends_with("..") && !message.ends_with("...") {
        message.pop();
    }
    message
}
