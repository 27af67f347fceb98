//! What the form knows of an SOA beyond its fields' types: a mail address in place of a name, words for serials, what the
//! timers mean, and how a serial gets lower.

use super::{Form, Note, idn};
use crate::edit::Field;
use crate::zone::serial::{self, MAX_STEP};
use crate::zone::types::date;
use crate::zone::{Contents, Name, RecordType, RrKey, mailbox, ttl};

const HOUR: u32 = 3600;
const DAY: u32 = 86_400;

/// The fields of an SOA, as they stand in its RDATA.
const MNAME: usize = 0;
const RNAME: usize = 1;
const SERIAL: usize = 2;

/// What to enter, for each field.
pub(super) const HINTS: [&str; 7] = [
    "the primary nameserver; Ctrl-N takes the next of the zone's nameservers",
    "who is responsible: a mail address, hostmaster@example.net",
    "version of the zone: a number, or date, unix, +1; left as it is, it goes up with each push or save",
    "how often secondaries look for a new serial; usual are 1h to 1d",
    "how soon they try again after a failure; usual are 15m to 2h, less than refresh",
    "how long they answer without hearing from the primary; usual are 2w to 4w",
    "how long resolvers remember that a name is not there; usual are 5m to 1d",
];

/// What is wrong with a text that has an @ and is no mail address.
const NO_ADDRESS: &str = "not a mail address such as hostmaster@example.net";

/// Usual values of the fields from refresh on.
const USUAL: [(u32, u32); 4] = [(HOUR, DAY), (HOUR / 4, 2 * HOUR), (14 * DAY, 28 * DAY), (HOUR / 12, DAY)];

/// The text to begin with: the mail address where there is one.
pub(super) fn shown(index: usize, text: String, origin: &Name) -> String {
    let name = (index == RNAME).then(|| Name::parse(text.as_bytes(), Some(origin.as_ref())).ok());
    name.flatten().and_then(|name| mailbox::from_name(&name)).unwrap_or(text)
}

/// The texts as the parser wants them. `now`: seconds since 1970.
fn read(typed: &mut [String], serial: u32, now: Option<u64>) {
    if let Some(text) = typed.get_mut(RNAME)
        && let Some(name) = mailbox_of(text.trim())
    {
        *text = name.to_string();
    }
    if let Some(text) = typed.get_mut(SERIAL)
        && let Some(meant) = serial_of(text, serial, now)
    {
        *text = meant.to_string();
    }
}

/// The name for a mail address, whose domain may have characters outside ASCII.
fn mailbox_of(text: &str) -> Option<Name> {
    let (local, domain) = text.rsplit_once('@')?;
    mailbox::to_name(&format!("{local}@{}", idn::to_a_labels(domain).ok()?))
}

/// Is that meant as a mail address, and none? `@` alone is the zone's own name.
fn is_broken_address(text: &str) -> bool {
    let text = text.trim();
    text != "@" && text.contains('@') && !text.contains("\\@") && mailbox_of(text).is_none()
}

/// What a word in place of a serial means.
fn serial_of(text: &str, serial: u32, now: Option<u64>) -> Option<u32> {
    match text.trim() {
        "server" => Some(serial),
        "+1" => Some(serial::next(serial)),
        "unix" => u32::try_from(now?).ok(),
        "date" => {
            let today = date(now?)?.checked_mul(100)?;
            Some(if (today..today + 99).contains(&serial) { serial + 1 } else { today + 1 })
        }
        _ => None,
    }
}

/// What is said beside a field whose text is right. `texts` are those for the parser.
fn note(index: usize, typed: &str, texts: &[String], serial: u32, zone: Contents<'_>) -> Option<Note> {
    let text = texts.get(index)?.trim();
    match index {
        MNAME => {
            let origin = zone.base.origin();
            let name = Name::parse(text.as_bytes(), Some(origin.as_ref())).ok()?;
            let is_one = nameservers(zone).contains(&name);
            (!is_one).then(|| Note::Means(format!("{name}, no nameserver of the zone: hidden")))
        }
        RNAME => {
            let origin = zone.base.origin();
            let name = Name::parse(text.as_bytes(), Some(origin.as_ref())).ok()?;
            Some(Note::Means(match (typed.contains('@'), mailbox::from_name(&name)) {
                (true, _) | (_, None) => name.to_string(),
                (false, Some(address)) => address,
            }))
        }
        SERIAL => serial_note(text.parse().ok()?, serial),
        _ => {
            let (least, most) = *USUAL.get(index.checked_sub(SERIAL + 1)?)?;
            let seconds = ttl::parse(text.as_bytes())?;
            let usual = match (least..=most).contains(&seconds) {
                true => "",
                false => ", unusual",
            };
            let meaning =
                if text == seconds.to_string() { ttl::short(seconds) } else { format!("{seconds} s") };
            Some(Note::Means(format!("{meaning}{usual}")))
        }
    }
}

fn serial_note(wanted: u32, now: u32) -> Option<Note> {
    if wanted == now {
        return Some(Note::Means("goes up by itself".into()));
    }
    if serial::is_after(wanted, now) {
        let words = match serial::is_date(wanted / 100) {
            true => "a date".to_owned(),
            false => format!("{} more", wanted.wrapping_sub(now)),
        };
        return Some(Note::Means(format!("{wanted}: {words}")));
    }
    Some(Note::Doubt("older than now: takes steps".into()))
}

/// How to get from one serial to another that is not after it (RFC 1982): a sentence; `None` where nothing is to be said.
fn steps_note(texts: &[String], now: u32) -> Option<String> {
    let wanted: u32 = texts.get(SERIAL)?.trim().parse().ok()?;
    if wanted == now || serial::is_after(wanted, now) {
        return None;
    }
    let steps = steps(now, wanted);
    let (last, before) = steps.split_last()?;
    let before: Vec<String> = before.iter().map(u32::to_string).collect();
    Some(format!(
        "Servers take {wanted} for older than {now} (RFC 1982). To get there: push {}, wait until every nameserver \
         has it, then push {last}.",
        before.join(", wait likewise, push ")
    ))
}

/// The serials to publish one after the other to get from one to another; each is after the one before.
fn steps(now: u32, wanted: u32) -> Vec<u32> {
    let mut steps = Vec::new();
    let mut at = now;
    while !serial::is_after(wanted, at) && at != wanted {
        at = at.wrapping_add(MAX_STEP);
        // Some servers take 0 for no serial.
        if at == 0 {
            at = u32::MAX;
        }
        steps.push(at);
    }
    steps.push(wanted);
    steps
}

/// The nameservers of the zone as the draft makes it.
fn nameservers(zone: Contents<'_>) -> Vec<Name> {
    let set = zone.get(&RrKey::new(zone.base.origin().clone(), RecordType::NS));
    let names = set.map_or(Vec::new(), |set| set.rdata);
    names.iter().filter_map(|rdata| Name::from_wire(rdata).ok()).collect()
}

/// The nameserver after the one that is typed.
fn next_nameserver(typed: &str, zone: Contents<'_>) -> Option<String> {
    let origin = zone.base.origin();
    let names = nameservers(zone);
    let now = Name::parse(typed.trim().as_bytes(), Some(origin.as_ref())).ok();
    let at = names.iter().position(|name| Some(name) == now.as_ref());
    let next = names.get(at.map_or(0, |at| at + 1)).or(names.first())?;
    Some(next.relative_to(origin))
}

impl Form {
    /// Turns the words of an SOA's fields into what the parser wants.
    pub(super) fn read_soa(&self, texts: &mut [String]) {
        if self.rtype == RecordType::SOA && texts.len() == HINTS.len() {
            read(texts, self.serial, self.now);
        }
    }

    /// Says what the fields of an SOA mean, once they are right.
    pub(super) fn note_soa(&mut self, zone: Contents<'_>) {
        if self.rtype != RecordType::SOA {
            return;
        }
        let first = self.first_rdata();
        let typed: Vec<String> = self.inputs.iter().skip(first).map(|input| input.field.text()).collect();
        let mut texts = typed.clone();
        self.read_soa(&mut texts);
        for (index, (input, typed)) in self.inputs.iter_mut().skip(first).zip(&typed).enumerate() {
            if index == RNAME && is_broken_address(typed) {
                input.problem = Some(NO_ADDRESS.into());
            }
            // A forgotten dot is no address yet.
            let is_doubt =
                index == RNAME && matches!(input.note, Some(Note::Doubt(_))) && !typed.contains('@');
            if input.problem.is_none() && !is_doubt {
                input.note = note(index, typed, &texts, self.serial, zone).or(input.note.take());
            }
        }
        self.set_note = steps_note(&texts, self.serial);
    }

    /// Takes the next of the zone's nameservers for the primary.
    pub(super) fn next_primary(&mut self, zone: Contents<'_>) {
        let first = self.first_rdata();
        if let Some(input) = self.inputs.get_mut(first)
            && let Some(next) = next_nameserver(&input.field.text(), zone)
        {
            input.field = Field::new(&next);
            self.current = first;
            self.check(zone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2026-11-22 02:03 UTC.
    const NOW: u64 = 1_795_312_980;

    #[test]
    fn words_for_serials() {
        for (text, serial, expected) in [
            ("date", 7, Some(2_026_112_201)),
            ("date", 2_026_112_204, Some(2_026_112_205)),
            ("unix", 7, Some(1_795_312_980)),
            ("+1", u32::MAX, Some(1)),
            ("server", 7, Some(7)),
            ("", 7, None),
            ("8", 7, None),
            ("tomorrow", 7, None),
        ] {
            assert_eq!(serial_of(text, serial, Some(NOW)), expected, "{text} {serial}");
        }
        assert_eq!(serial_of("date", 7, None), None);
    }

    #[test]
    fn a_serial_gets_lower_in_steps() {
        assert_eq!(steps(2_026_112_201, 1), [4_173_595_848, 1]);
        assert_eq!(steps(5, 3), [0x8000_0004, 3]);
        assert_eq!(steps(1, 0x8000_0001), [0x8000_0000, 0x8000_0001]);
        assert_eq!(steps(1, 2), [2]);
    }

    proptest! {
        #[test]
        fn each_step_is_one(now in any::<u32>(), wanted in any::<u32>()) {
            let mut at = now;
            let steps = steps(now, wanted);
            prop_assert!(steps.len() <= 3, "{steps:?}");
            for step in steps {
                prop_assert!(serial::is_after(step, at) || step == at && step == wanted, "{step} after {at}");
                at = step;
            }
            prop_assert_eq!(at, wanted);
        }
    }
}
