//! Asking a server what it has against an update, by updates that cannot change anything: prerequisites without
//! operations (RFC 2136 section 3.1.1: an update may be empty).

use crate::zone::Name;
use crate::zone::update::{Prerequisite, Update};

/// An update without prerequisites and operations. A server that refuses it refuses every one.
pub(super) fn empty(zone: &Name) -> Update {
    Update { zone: zone.clone(), prerequisites: Vec::new(), operations: Vec::new() }
}

/// The search for a prerequisite that does not hold, among some of which at least one does not: each question halves
/// them.
#[derive(Debug)]
pub(super) struct Search {
    suspects: Vec<Prerequisite>,
    /// Is it still to be found out whether all of them hold?
    asks_all: bool,
}

impl Search {
    pub fn new(suspects: Vec<Prerequisite>) -> Search {
        Search { suspects, asks_all: false }
    }

    /// The same where all of them may hold.
    pub fn in_doubt(suspects: Vec<Prerequisite>) -> Search {
        Search { suspects, asks_all: true }
    }

    /// The next question: the first half of the suspects. `None` when it is known.
    pub fn question(&self, zone: &Name) -> Option<Update> {
        let count = if self.asks_all { self.suspects.len() } else { self.suspects.len() / 2 };
        let asked = self.suspects.get(..count).filter(|asked| !asked.is_empty())?;
        Some(Update { prerequisites: asked.to_vec(), ..empty(zone) })
    }

    /// Takes the answer to the last question: did all of it hold?
    pub fn answered(&mut self, held: bool) {
        if std::mem::take(&mut self.asks_all) {
            if held {
                self.suspects.clear();
            }
            return;
        }
        let half = self.suspects.len() / 2;
        match held {
            true => drop(self.suspects.drain(..half)),
            false => self.suspects.truncate(half),
        }
    }

    /// The one that does not hold, when it is known.
    pub fn culprit(&self) -> Option<&Prerequisite> {
        match self.suspects.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::testing::name;

    #[test]
    fn the_culprit_is_found_with_few_questions() {
        for count in [1, 2, 3, 7, 100, 1000] {
            let guards: Vec<_> =
                (0..count).map(|at| Prerequisite::NameInUse(name(&format!("host{at}")))).collect();
            for bad in [0, count / 3, count - 1] {
                let mut search = Search::new(guards.clone());
                let mut questions = 0;
                while let Some(question) = search.question(&name("@")) {
                    assert!(question.operations.is_empty());
                    search.answered(!question.prerequisites.contains(&guards[bad]));
                    questions += 1;
                }
                assert_eq!(search.culprit(), Some(&guards[bad]));
                assert!(questions <= 10, "{questions} for {count}");
            }
        }
        assert!(Search::new(Vec::new()).question(&name("@")).is_none());
    }

    #[test]
    fn nobody_is_the_culprit_where_all_hold() {
        let guards = vec![Prerequisite::NameInUse(name("a")), Prerequisite::NameInUse(name("b"))];
        let mut search = Search::in_doubt(guards.clone());
        assert_eq!(search.question(&name("@")).unwrap().prerequisites, guards);
        search.answered(true);
        assert_eq!((search.question(&name("@")), search.culprit()), (None, None));
        let mut search = Search::in_doubt(guards.clone());
        for held in [false, true] {
            search.answered(held);
        }
        assert_eq!((search.question(&name("@")), search.culprit()), (None, Some(&guards[1])));
    }
}
