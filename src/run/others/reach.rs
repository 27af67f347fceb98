//! How far back a server's journal reaches, found by asking: it tells the changes since a version that it knows, and a
//! version is known by its serial alone.

use std::collections::BTreeSet;

/// Most questions.
const MOST: usize = 48;
/// As far back from what is known, in serials, it is looked for more where nothing was found yet: numbers may jump.
const FAR: u32 = 1024;
/// So many questions in vain show that it is over, where something was found.
const IN_VAIN: u32 = 3;
/// Serials that are further apart than this cannot be compared.
const HALF: u32 = 1 << 31;

/// The questions so far. Versions are meant by how far they lie back.
#[derive(Debug)]
pub struct Reach {
    now: u32,
    /// Versions that the zone is known to have had, the oldest first.
    known: Vec<u32>,
    asked: BTreeSet<u32>,
    order: Vec<u32>,
    /// The oldest that was told; 0 for none.
    best: u32,
    /// From where on, and by how much, it is gone back.
    from: Option<(u32, u32)>,
    /// Questions in vain since something was told.
    in_vain: u32,
}

impl Reach {
    /// From a zone's serial, with older ones that it is known to have had.
    pub fn new(now: u32, known: impl IntoIterator<Item = u32>) -> Reach {
        let back = known.into_iter().map(|serial| now.wrapping_sub(serial));
        let back: BTreeSet<u32> = back.filter(|back| (1..HALF).contains(back)).collect();
        Reach {
            now,
            known: back.into_iter().rev().collect(),
            asked: BTreeSet::new(),
            order: Vec::new(),
            best: 0,
            from: None,
            in_vain: 0,
        }
    }

    /// The serial to ask for next.
    pub fn ask_next(&mut self) -> Option<u32> {
        let back = self.next_back().filter(|_| self.asked.len() < MOST)?;
        self.asked.insert(back);
        let serial = self.now.wrapping_sub(back);
        self.order.push(serial);
        Some(serial)
    }

    fn next_back(&mut self) -> Option<u32> {
        let known = self.known.iter().find(|back| **back > self.best && !self.asked.contains(back));
        if let Some(known) = known {
            return Some(*known);
        }
        let (start, mut step) = *self.from.get_or_insert((self.best, 1));
        loop {
            let over = if self.best > start { self.in_vain >= IN_VAIN } else { step > FAR };
            let Some(back) = start.checked_add(step).filter(|back| *back < HALF && !over) else { break };
            step = step.saturating_mul(2);
            self.from = Some((start, step));
            if !self.asked.contains(&back) {
                return Some(back);
            }
        }
        // Between the oldest that is known and the first that is not.
        let end = self.asked.range(self.best.checked_add(1)?..).next().copied()?;
        (end - self.best > 1).then(|| self.best + (end - self.best) / 2)
    }

    /// Were the changes since that serial told?
    pub fn heard(&mut self, serial: u32, told: bool) {
        if told {
            self.best = self.best.max(self.now.wrapping_sub(serial));
            self.in_vain = 0;
        } else {
            self.in_vain += 1;
        }
    }

    /// What was asked for, in order.
    pub fn asked(self) -> Vec<u32> {
        self.order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The oldest version that is found, and how many questions that took.
    fn found(now: u32, known: &[u32], has: impl Fn(u32) -> bool) -> (Option<u32>, usize) {
        let mut reach = Reach::new(now, known.iter().copied());
        let mut oldest = None;
        while let Some(serial) = reach.ask_next() {
            assert!(!reach.order[..reach.order.len() - 1].contains(&serial), "{serial} is asked for twice");
            let told = has(now.wrapping_sub(serial));
            if told && oldest.is_none_or(|oldest| now.wrapping_sub(serial) > now.wrapping_sub(oldest)) {
                oldest = Some(serial);
            }
            reach.heard(serial, told);
        }
        (oldest, reach.asked().len())
    }

    #[test]
    fn every_journal_of_small_steps_is_found_whole() {
        for length in (0..300).chain([1000, 4095, 4096, 100_000]) {
            let (oldest, questions) = found(7, &[], |back| back <= length);
            assert_eq!(oldest, (length > 0).then(|| 7u32.wrapping_sub(length)), "{length}");
            assert!(questions < MOST, "{length}: {questions}");
        }
    }

    #[test]
    fn known_serials_lead_over_jumps_and_what_is_older_is_found_from_there() {
        // Before 2026112101 there was 2026110503, and some before that.
        let now = 2_026_112_103;
        let has = |back: u32| {
            let serial = now - back;
            (2_026_112_101..now).contains(&serial) || (2_026_110_498..=2_026_110_503).contains(&serial)
        };
        assert_eq!(found(now, &[], has).0, Some(2_026_112_101));
        assert_eq!(found(now, &[2_026_110_503, 5, now, now + 9], has).0, Some(2_026_110_498));
    }

    #[test]
    fn a_server_without_a_journal_is_not_asked_for_ever() {
        let (oldest, questions) = found(9, &[3, 4, 5, 6, 7, 8, 1, 2], |_| false);
        assert_eq!(oldest, None);
        assert!(questions < 20, "{questions}");
    }
}
