//! Whatever goes wrong, and whenever: nothing is added or removed twice, nothing of ours stays in the zone, nothing of
//! others is lost, and what is said in the end is true.

use proptest::prelude::*;

use super::world::{Ended, OURS, Trouble, World, job};
use crate::registering::{Goal, Outcome, Registering};

fn any_trouble() -> impl Strategy<Value = Option<Trouble>> {
    let trouble = prop::sample::select(vec![
        Trouble::NotSent,
        Trouble::Lost,
        Trouble::Dropped,
        Trouble::Late,
        Trouble::Refused,
        Trouble::Cancel,
        Trouble::OtherAnswer,
        Trouble::KilledBefore,
        Trouble::KilledAfter,
        Trouble::Foreign,
        Trouble::Elsewhere,
    ]);
    prop_oneof![5 => Just(None), 2 => trouble.prop_map(Some)]
}

fn is_true(world: &World, goal: Goal, outcome: &Outcome) -> bool {
    let registered = world.registered.is_some();
    match outcome {
        Outcome::Registered(_) | Outcome::AlreadyRegistered(_) | Outcome::PrimaryChanged(_) => registered,
        Outcome::OtherPrimary(_) => registered,
        Outcome::Removed | Outcome::NotRegistered => !registered,
        Outcome::Refused(_) | Outcome::Cancelled if !world.has_called => true,
        Outcome::Cancelled | Outcome::Refused(_) | Outcome::NotProved(_) | Outcome::NotKept(_) => {
            match goal {
                Goal::Add => !registered,
                Goal::Remove => registered,
                Goal::ChangePrimary => true,
            }
        }
        Outcome::Resting(_) | Outcome::Unknown(_) | Outcome::CleanedUp => true,
    }
}

fn check(mut world: World, goal: Goal, troubles: Vec<Option<Trouble>>) -> Result<(), TestCaseError> {
    let job = job(goal, Some("192.0.2.2"));
    let mut troubles = troubles.into_iter();
    let (report, _) = world.run_through(&job, &mut troubles);
    let saved = world.saved.clone();
    prop_assert!(is_true(&world, goal, &report.outcome), "{:?}", report.outcome);
    prop_assert!(report.resumable || saved.is_none() || !report.notes.is_empty(), "{:?}", saved);
    if !report.resumable {
        prop_assert!(!world.texts().iter().any(|text| text.starts_with(OURS)), "{:?}", report.outcome);
    }
    // At the next start all goes well.
    if let Some(saved) = saved {
        let start = match report.left.is_some() {
            true => Registering::clean_up(saved, world.terms()),
            false => Registering::resume(job, saved, world.terms()),
        };
        let Ended::Finished(last, _) = world.run(start, &mut troubles.by_ref().take(0)) else {
            return Err(TestCaseError::fail("nobody killed it"));
        };
        prop_assert!(!last.resumable && last.left.is_none(), "{:?}", last.outcome);
        prop_assert!(is_true(&world, goal, &last.outcome), "{:?}", last.outcome);
    }
    prop_assert!(world.saved.is_none());
    prop_assert!(!world.texts().iter().any(|text| text.starts_with(OURS)), "{:?}", world.texts());
    let mut foreign = world.foreign.clone();
    let mut texts = world.texts();
    foreign.sort();
    texts.sort();
    prop_assert_eq!(texts, foreign);
    let most = match goal {
        Goal::Add => (1, 0),
        Goal::Remove => (0, 1),
        Goal::ChangePrimary => (1, 1),
    };
    prop_assert!(world.adds <= most.0 && world.removes <= most.1, "{} {}", world.adds, world.removes);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn adding(
        troubles in prop::collection::vec(any_trouble(), 0..120),
        blind in 0..4usize,
        other_proofs in 0..2usize,
        beforehand: bool,
        proof: bool,
        theirs: bool,
    ) {
        let mut world = World::new();
        (world.blind, world.other_proofs, world.wants_proof) = (blind, other_proofs, proof);
        world.abilities.challenge_beforehand = beforehand;
        if theirs {
            world.add_text("theirs");
        }
        check(world, Goal::Add, troubles)?;
    }

    #[test]
    fn removing(troubles in prop::collection::vec(any_trouble(), 0..60)) {
        check(World::with_registration("192.0.2.2"), Goal::Remove, troubles)?;
    }

    #[test]
    fn changing(troubles in prop::collection::vec(any_trouble(), 0..120), blind in 0..3usize, in_one_call: bool, cannot_change: bool) {
        let mut world = World::with_registration("192.0.2.1");
        world.blind = blind;
        world.abilities.change_primary = in_one_call;
        world.cannot_change = cannot_change;
        check(world, Goal::ChangePrimary, troubles)?;
    }
}
