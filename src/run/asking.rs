//! The rules that ask others: questions are asked until the judgement wants no more of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::clock;
use super::world::World;
use crate::app::findings::network::Asked;
use crate::app::{Msg, RequestId};
use crate::check::Selection;
use crate::check::network::{Inquiry, Outcome};
use crate::dns::questions::{self, Asker, Network};
use crate::facts::Failure;
use crate::facts::answers::{Answer, Answers, Question};
use crate::zone::{ChangeMap, Name, Snapshot};

/// How often new questions may come up with the answers to others.
const MOST_ROUNDS: usize = 16;
/// How many questions are asked about a zone.
const MOST_QUESTIONS: usize = 3000;
/// How long a question may take where nobody says it.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Who is asked about a zone that is a file.
pub fn for_file(zone: Name, patience: Duration) -> Asker {
    let network = Network {
        resolvers: questions::system_resolvers(),
        routes: HashMap::new(),
        enclosed: false,
        patience,
    };
    Asker { zone, network, primary: None, sites: HashMap::new() }
}

impl World {
    /// Who is asked about the zone.
    ///
    /// # Errors
    /// A [`Failure`] where the primary's address cannot be found.
    pub async fn asker(&self) -> Result<Asker, Failure> {
        // Its address is known from then on.
        let primary = self.primary().await?.update_to.clone();
        Ok(Asker {
            zone: self.zone.clone(),
            network: self.network(),
            primary: Some(primary),
            sites: HashMap::new(),
        })
    }
}

/// Asks what the rules want to know and judges. `tell` hears how many questions are answered, and how many there are so
/// far.
pub async fn ask(asker: &Asker, inquiry: Inquiry, mut tell: impl FnMut(usize, usize)) -> (Outcome, Answers) {
    let mut answers = Answers::default();
    let mut inquiry = inquiry;
    for round in 0.. {
        // A look at a large zone takes a while.
        let looked = tokio::task::spawn_blocking(move || {
            let outcome = inquiry.look(&answers);
            (inquiry, answers, outcome)
        });
        let outcome;
        // It fails only where the program ends.
        match looked.await {
            Ok(done) => (inquiry, answers, outcome) = done,
            Err(_) => break,
        }
        if outcome.wanted.is_empty() {
            return (outcome, answers);
        }
        let (mut asked, mut known) = (Vec::new(), answers.len());
        for question in outcome.wanted {
            if round < MOST_ROUNDS && known + asked.len() < MOST_QUESTIONS {
                asked.push(question);
            } else {
                answers.insert(question, Answer::Unknown("too much is asked for already".into()));
            }
        }
        let of = known + asked.len();
        tell(known, of);
        let take = |question: Question, answer: Answer| {
            answers.insert(question, answer);
            known += 1;
            tell(known, of);
            true
        };
        questions::answer_all(asker, asked, take).await;
    }
    (Outcome::default(), Answers::default())
}

/// How often the screen is told how far it is, at most.
const TOLD_EVERY: Duration = Duration::from_millis(300);

/// The same for the editor: about a zone with its draft.
pub async fn in_editor(
    asker: &Asker,
    request: RequestId,
    base: Arc<Snapshot>,
    changes: ChangeMap,
    rules: &Arc<Selection>,
    sender: &Sender<Msg>,
) -> Asked {
    let (zone, draft, chosen) = (Arc::clone(&base), changes.clone(), Arc::clone(rules));
    let inquiry = tokio::task::spawn_blocking(move || {
        // A draft always fits its zone.
        let zone = if draft.is_empty() { zone } else { zone.with_changes(&draft).map_or(zone, Arc::new) };
        Inquiry::new(zone, |rule| chosen.has(rule))
    });
    let mut told: Option<Instant> = None;
    let tell = |answered, of| {
        if told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
            told = Some(Instant::now());
            // Nobody listens any more only when the program is about to end.
            let _ = sender.send(Msg::NetworkAsking { request, answered, of });
        }
    };
    let outcome = match inquiry.await {
        Ok(inquiry) => ask(asker, inquiry, tell).await.0,
        Err(_) => Outcome::default(),
    };
    let Outcome { findings, unasked, passed_over, .. } = outcome;
    Asked { base, changes, findings, unasked, passed_over, time: Some(clock::now()) }
}
