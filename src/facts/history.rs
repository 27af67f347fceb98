//! What is recorded of a push: who, when, what was to change, how each message was answered, what was read back.
//!
//! Files with it are `store`'s business; recording stands in `push`, which says when.

use std::collections::BTreeMap;
use std::fmt;

use super::past;
use crate::zone::draft::Step;
use crate::zone::{Change, ChangeMap, Name, RrKey, RrSet, Snapshot, types};

/// Names a push: when it was begun (UTC) and something by chance. Safe as a file name; the names of one zone sort by
/// time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PushId(String);

impl PushId {
    /// `time` in seconds since 1970, and a number by chance.
    pub fn new(time: u64, chance: u16) -> PushId {
        let seconds = u32::try_from(time).unwrap_or(u32::MAX);
        let stamp = types::timestamp(seconds);
        let (date, clock) = stamp.split_at_checked(8).unwrap_or((&stamp, ""));
        PushId(format!("{date}-{clock}-{chance:04x}"))
    }

    /// The same or, where that does not come after another one, one that does, of the same second where it goes.
    pub fn after(self, other: Option<&PushId>) -> PushId {
        match other {
            Some(other) if self <= *other => {
                let (second, chance) = other.0.split_at_checked(16).unwrap_or((&other.0, ""));
                match u16::from_str_radix(chance, 16).ok().and_then(|chance| chance.checked_add(1)) {
                    Some(chance) => PushId(format!("{second}{chance:04x}")),
                    None => self,
                }
            }
            _ => self,
        }
    }

    /// Reads one as it is shown: "20261122-080512-3f2a".
    pub fn parse(text: &str) -> Option<PushId> {
        let right = |(at, octet): (usize, u8)| match at {
            8 | 15 => octet == b'-',
            0..15 => octet.is_ascii_digit(),
            _ => matches!(octet, b'0'..=b'9' | b'a'..=b'f'),
        };
        (text.len() == 20 && text.bytes().enumerate().all(right)).then(|| PushId(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PushId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who pushes, as far as the system says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    pub user: String,
    /// Who became that user by sudo.
    pub sudo_user: Option<String>,
    pub host: String,
}

impl fmt::Display for Who {
    /// "anna on jump1", "anna as root on jump1".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sudo_user {
            Some(sudo) if *sudo != self.user => write!(f, "{sudo} as {} on {}", self.user, self.host),
            _ => write!(f, "{} on {}", self.user, self.host),
        }
    }
}

/// How much changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many records go.
    pub deleted: usize,
    /// How many records come. One with other data is one that goes and one that comes.
    pub added: usize,
    /// How many records stay, with another TTL.
    pub ttls: usize,
}

impl Tally {
    /// "1 record deleted, 2 added, TTL of 3 records changed".
    pub fn in_words(self) -> String {
        let records = |number: usize| match number {
            1 => "1 record".to_owned(),
            _ => format!("{number} records"),
        };
        let moved = format!("{} deleted, {} added", records(self.deleted), self.added);
        let ttls = format!("TTL of {} changed", records(self.ttls));
        match self {
            Tally { ttls: 0, .. } => moved,
            Tally { deleted: 0, added: 0, .. } => ttls,
            _ => format!("{moved}, {ttls}"),
        }
    }
}

impl fmt::Display for Tally {
    /// "+2 -1 ~3": records that come, that go, and that get another TTL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tally { deleted, added, ttls: 0 } => write!(f, "+{added} -{deleted}"),
            Tally { deleted: 0, added: 0, ttls } => write!(f, "~{ttls}"),
            Tally { deleted, added, ttls } => write!(f, "+{added} -{deleted} ~{ttls}"),
        }
    }
}

/// What is known of a push before its first message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// In the person's own words; may be empty.
    pub note: String,
    /// Of the zone that the push was planned on.
    pub serial: u32,
    /// How many messages it takes.
    pub messages: usize,
    pub tally: Tally,
    pub changes: ChangeMap,
}

/// One thing to write down, in the order in which they happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// Before the first message is sent.
    Begun(Box<Intent>),
    /// The zone moved on below the push: what it is about now.
    Rebased { serial: u32, changes: ChangeMap },
    /// A message is about to be sent: its number, from 1.
    Sent(usize),
    /// A message was answered: an rcode, or why none is known.
    Answered(usize, String),
    /// The push is over.
    Ended(Box<End>),
}

/// What became of one changed RRset, as read back from the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The server holds exactly what was wanted.
    Applied,
    /// The server still holds what was there before; a sentence on the likely reason.
    NotApplied(String),
    /// The server holds something else again: its contents now, and a sentence.
    ChangedByServer(Option<RrSet>, String),
    /// The server did what was wanted, and somebody has changed it since: its contents now, and a sentence.
    ChangedSince(Option<RrSet>, String),
    /// It could not be read back; a sentence on why and what to do.
    Unknown(String),
}

/// How a push ended, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every change is applied.
    Applied,
    /// Not every change is there.
    Partly,
    /// Refused by the server.
    Refused,
    /// Somebody else had changed the same RRsets; nothing was taken.
    Conflict,
    /// Nothing was taken, and not for a refusal.
    NotSent,
    /// The server held all of it already.
    NothingToDo,
    /// Not known.
    Unknown,
    /// The program ended in the middle; what was there of it was seen at a later start.
    Interrupted,
}

impl Ending {
    pub const ALL: [Ending; 8] = [
        Ending::Applied,
        Ending::Partly,
        Ending::Refused,
        Ending::Conflict,
        Ending::NotSent,
        Ending::NothingToDo,
        Ending::Unknown,
        Ending::Interrupted,
    ];

    /// For files, lists and scripts.
    pub fn word(self) -> &'static str {
        match self {
            Ending::Applied => "applied",
            Ending::Partly => "partly",
            Ending::Refused => "refused",
            Ending::Conflict => "conflict",
            Ending::NotSent => "not-sent",
            Ending::NothingToDo => "nothing-to-do",
            Ending::Unknown => "unknown",
            Ending::Interrupted => "interrupted",
        }
    }

    pub fn parse(word: &str) -> Option<Ending> {
        Ending::ALL.into_iter().find(|ending| ending.word() == word)
    }
}

/// The end of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub ending: Ending,
    /// A sentence; empty where there is no more to say.
    pub why: String,
    /// The zone's serial when it was last read.
    pub serial: Option<u32>,
    /// How many RRsets are as they were asked for.
    pub applied: usize,
    /// What became of the others, where that was looked at.
    pub others: BTreeMap<RrKey, Verdict>,
    /// Sentences on what was sent otherwise than reviewed.
    pub notes: Vec<String>,
}

/// The head of a push's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub id: PushId,
    pub zone: Name,
    /// As drafts are kept under it.
    pub server: String,
    pub who: Who,
    /// When it was begun, in seconds since 1970.
    pub time: u64,
    pub note: String,
    /// Of the zone before.
    pub serial: u32,
    pub messages: usize,
    /// How many RRsets it changes.
    pub sets: usize,
    pub tally: Tally,
}

/// Where a recorded push stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A program is at it right now.
    UnderWay,
    /// The program that was at it is gone.
    Interrupted,
    Ended {
        ending: Ending,
        serial: Option<u32>,
        applied: usize,
    },
}

impl Standing {
    /// "applied", "under way".
    pub fn word(self) -> &'static str {
        match self {
            Standing::UnderWay => "under way",
            Standing::Interrupted => "interrupted",
            Standing::Ended { ending, .. } => ending.word(),
        }
    }
}

/// A push in the list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    Push(Summary),
    /// A file that cannot be read: its name, and why.
    Unreadable {
        file: String,
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub head: Head,
    pub standing: Standing,
}

/// The pushes of a zone, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    pub pushes: Vec<Listed>,
    /// How many older ones there are beside these.
    pub older: usize,
}

/// Everything that is recorded of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushRecord {
    pub head: Head,
    pub standing: Standing,
    pub changes: ChangeMap,
    /// The number of the last message that was begun to be sent; 0 before.
    pub sent: usize,
    /// The number of each message that was answered, and the answer.
    pub answers: Vec<(usize, String)>,
    pub end: Option<End>,
}

impl PushRecord {
    /// What became of one of its changes; `None` where that is not known, or nothing of the push was taken.
    pub fn verdict(&self, key: &RrKey) -> Option<Verdict> {
        let end = self.end.as_ref()?;
        let applied = || (end.applied > 0).then_some(Verdict::Applied);
        end.others.get(key).cloned().or_else(applied)
    }

    /// The message that was begun to be sent last, where the record breaks off before its answer.
    pub fn unanswered(&self) -> Option<usize> {
        let is_answered = self.answers.iter().any(|(message, _)| *message == self.sent);
        (self.end.is_none() && self.sent > 0 && !is_answered).then_some(self.sent)
    }

    /// Did the server perhaps carry out what is not known to be in the zone?
    fn is_open(&self) -> bool {
        self.end.as_ref().is_none_or(|end| matches!(end.ending, Ending::Unknown | Ending::Interrupted))
    }

    /// What takes the push back: each RRset that it changed, or may have changed, from what it made of it to what was
    /// there before. Played over the zone as it is now, what others did since shows as a conflict.
    pub fn reverse(&self) -> ChangeMap {
        if self.end.as_ref().is_some_and(|end| end.ending == Ending::NothingToDo) {
            return ChangeMap::new();
        }
        let made = |key: &RrKey, change: &Change| {
            let wanted = change.after.clone();
            match self.verdict(key) {
                Some(Verdict::Applied) => Some(wanted),
                Some(Verdict::ChangedByServer(now, _)) => Some(now),
                // What others made of it since is not ours to take back.
                Some(Verdict::ChangedSince(..) | Verdict::Unknown(_)) => Some(wanted),
                Some(Verdict::NotApplied(_)) | None => self.is_open().then_some(wanted),
            }
        };
        let turned = |(key, change): (&RrKey, &Change)| {
            let back = Change { before: made(key, change)?, after: change.before.clone() };
            (!back.is_empty()).then(|| (key.clone(), back))
        };
        self.changes.iter().filter_map(turned).collect()
    }

    /// The same as a step of a draft, without what the server of this zone makes by itself.
    pub fn reverse_step(&self, zone: &Snapshot) -> Step {
        let label = format!("revert the push of {}", types::in_words(self.head.time));
        past::step_back(label, self.reverse(), zone)
    }

    /// What is missing of it in a zone, as a step of a draft.
    pub fn rest_step(&self, zone: &Snapshot) -> Step {
        let label = format!("the rest of the push of {}", types::in_words(self.head.time));
        past::step_back(label, self.changes.clone(), zone)
    }

    /// How many of its RRsets are in a zone as they were asked for. `now` gives what the zone holds.
    pub fn achieved(&self, now: impl Fn(&RrKey) -> Option<RrSet>) -> usize {
        let there = |(key, change): &(&RrKey, &Change)| change.is_achieved(key.rtype, now(key).as_ref());
        self.changes.iter().filter(there).count()
    }

    /// How a push that was interrupted ended, by a zone that was read later.
    pub fn end_by(&self, serial: u32, now: impl Fn(&RrKey) -> Option<RrSet>) -> End {
        let mut end = End {
            ending: Ending::Interrupted,
            why: format!(
                "The program ended after message {} of {}; this was seen at a later start.",
                self.answers.iter().map(|(number, _)| *number).max().unwrap_or(0),
                self.head.messages
            ),
            serial: Some(serial),
            applied: 0,
            others: BTreeMap::new(),
            notes: Vec::new(),
        };
        for (key, change) in &self.changes {
            let now = now(key);
            let verdict = if change.is_achieved(key.rtype, now.as_ref()) {
                end.applied += 1;
                continue;
            } else if change.is_untouched(key.rtype, now.as_ref()) {
                Verdict::NotApplied("It is as it was before the push.".into())
            } else {
                let why =
                    "It is neither what it was nor what was asked for: somebody else may have changed it.";
                Verdict::ChangedByServer(now, why.into())
            };
            end.others.insert(key.clone(), verdict);
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::RecordType;
    use crate::zone::testing::*;

    #[test]
    fn ids_are_file_names_and_sort_by_time() {
        let id = PushId::new(1_795_312_980, 0x3f2a);
        assert_eq!(id.as_str(), "20261122-020300-3f2a");
        assert_eq!(PushId::parse(id.as_str()), Some(id.clone()));
        assert!(id < PushId::new(1_795_312_981, 0));
        assert_eq!(PushId::new(1_795_312_980, 7).after(Some(&id)).as_str(), "20261122-020300-3f2b");
        assert_eq!(PushId::new(1_795_312_981, 7).after(Some(&id)), PushId::new(1_795_312_981, 7));
        assert!(PushId::parse(PushId::new(u64::MAX, u16::MAX).as_str()).is_some());
        for wrong in
            ["", "20261122-020300-3f2", "20261122-020300-3F2A", "../../../../etc/pas", "2026112é-020300-3f2a"]
        {
            assert_eq!(PushId::parse(wrong), None, "{wrong}");
        }
    }

    fn set(address: u8) -> Option<RrSet> {
        Some(RrSet::new(60, vec![[192, 0, 2, address].into()]))
    }

    fn push(end: Option<End>) -> PushRecord {
        let names = ["applied", "ignored", "altered", "since", "unknown"];
        let changes = names.map(|name| (key(name, RecordType::A), Change { before: set(1), after: set(2) }));
        PushRecord {
            head: Head {
                id: PushId::new(0, 0),
                zone: name("@"),
                server: "ns0".into(),
                who: Who::default(),
                time: 0,
                note: String::new(),
                serial: 1,
                messages: 1,
                sets: 4,
                tally: Tally { deleted: 4, added: 4, ttls: 0 },
            },
            standing: Standing::Interrupted,
            changes: changes.into(),
            sent: 1,
            answers: Vec::new(),
            end,
        }
    }

    fn end(ending: Ending, applied: usize) -> End {
        let others = [
            ("ignored", Verdict::NotApplied(String::new())),
            ("altered", Verdict::ChangedByServer(set(3), String::new())),
            ("since", Verdict::ChangedSince(set(3), String::new())),
            ("unknown", Verdict::Unknown(String::new())),
        ];
        let others = others.map(|(name, verdict)| (key(name, RecordType::A), verdict)).into();
        End { ending, why: String::new(), serial: None, applied, others, notes: Vec::new() }
    }

    #[test]
    fn a_record_that_breaks_off_before_the_first_message_tells_of_none() {
        let mut record = push(None);
        (record.sent, record.answers) = (0, Vec::new());
        assert_eq!(record.unanswered(), None);
        record.sent = 2;
        record.answers = vec![(1, "NOERROR".into())];
        assert_eq!(record.unanswered(), Some(2));
        record.answers.push((2, "NOERROR".into()));
        assert_eq!(record.unanswered(), None);
    }

    #[test]
    fn what_takes_a_push_back() {
        let made = |push: &PushRecord| -> Vec<(String, Option<RrSet>)> {
            let reverse = push.reverse();
            assert!(reverse.values().all(|change| change.after == set(1)));
            reverse
                .into_iter()
                .map(|(key, change)| (key.owner.relative_to(&name("@")).to_string(), change.before))
                .collect()
        };
        let all = |names: &[(&str, u8)]| -> Vec<(String, Option<RrSet>)> {
            names.iter().map(|(name, address)| (name.to_string(), set(*address))).collect()
        };
        let five = [("altered", 2), ("applied", 2), ("ignored", 2), ("since", 2), ("unknown", 2)];
        assert_eq!(made(&push(None)), all(&five), "interrupted: each may have been done");
        assert_eq!(
            made(&push(Some(end(Ending::Partly, 1)))),
            all(&[("altered", 3), ("applied", 2), ("since", 2), ("unknown", 2)])
        );
        assert_eq!(made(&push(Some(end(Ending::NothingToDo, 4)))), []);
        let none = End { others: BTreeMap::new(), ..end(Ending::Refused, 0) };
        assert_eq!(made(&push(Some(none))), []);
    }

    #[test]
    fn what_there_is_of_an_interrupted_push() {
        let push = push(None);
        let now = |key: &RrKey| match key.owner.relative_to(&name("@")).to_string().as_str() {
            "applied" => set(2),
            "ignored" => set(1),
            _ => None,
        };
        assert_eq!(push.achieved(now), 1);
        let end = push.end_by(9, now);
        assert_eq!((end.applied, end.others.len(), end.serial), (1, 4, Some(9)));
        let altered = end.others.get(&key("altered", RecordType::A));
        assert!(matches!(altered, Some(Verdict::ChangedByServer(None, _))));
    }
}
