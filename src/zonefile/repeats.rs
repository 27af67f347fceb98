//! Records that stand in a text twice: a zone holds them once, so only the text shows them.

use std::collections::HashSet;

use super::include::Loader;
use super::problem::Problems;
use super::record::{ReadRecord, Sink};
use super::zone::read_into;
use crate::zone::{Name, RecordType, RrKey, SetId, Snapshot, types};

struct Repeats<'z> {
    zone: &'z Snapshot,
    /// RRsets of one record that were met, by number.
    met: Vec<bool>,
    /// Records of larger ones, in canonical form.
    records: HashSet<(SetId, Vec<u8>)>,
    problems: Problems,
}

/// Tells of each record that stands in the text once more. Reads the text again: for texts that have some.
pub fn report(
    text: &[u8],
    origin: Option<&Name>,
    loader: Option<&mut dyn Loader>,
    zone: &Snapshot,
) -> Problems {
    let met = vec![false; zone.set_count()];
    let mut repeats = Repeats { zone, met, records: HashSet::new(), problems: Problems::default() };
    read_into(&mut repeats, text, origin, loader);
    repeats.problems
}

impl Sink for Repeats<'_> {
    fn record(&mut self, record: ReadRecord<'_>, _: &mut Problems) {
        // A second SOA record is told of already.
        if record.rtype == RecordType::SOA {
            return;
        }
        let key = RrKey::of_record(record.owner, record.rtype, record.rdata);
        let Some(set) = self.zone.find(&key) else { return };
        let is_repeat = if self.zone.rows_of(set).len() > 1 {
            let canonical = types::canonical(record.rtype, record.rdata).into_owned();
            !self.records.insert((set, canonical))
        } else {
            self.met.get_mut(set.0 as usize).is_some_and(|met| std::mem::replace(met, true))
        };
        if is_repeat {
            let message = format!(
                "This {} record of {} stands here once more. Servers keep one.",
                key.rtype, key.owner
            );
            self.problems.warning(record.place_in_text(), ("L-19", message));
        }
    }
}
