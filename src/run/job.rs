//! The zones of a job: opened with their drafts, which nobody else can open meanwhile, asked and written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use super::configured::Configured;
use super::world::World;
use crate::app::RequestId;
use crate::app::job::Opened;
use crate::facts::{Failure, FailureKind};
use crate::store::drafts::{Journal, Opened as Claimed};
use crate::zone::Name;
use crate::zone::draft::Entry;

/// As many zones are loaded at once.
const AT_ONCE: usize = 8;

/// The zones that are open.
pub struct Parts {
    open: Mutex<HashMap<Name, Arc<Part>>>,
    turns: Semaphore,
}

/// One of them. Its draft is ours as long as this is there.
pub struct Part {
    pub world: World,
    /// And the number of the last writing.
    journal: Mutex<(Journal, RequestId)>,
}

impl Default for Parts {
    fn default() -> Parts {
        Parts { open: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }
}

fn failure(what: &str, why: String, next: &str) -> Failure {
    Failure { kind: FailureKind::Local, what: what.into(), why, next: next.into() }
}

impl Parts {
    fn open(&self) -> MutexGuard<'_, HashMap<Name, Arc<Part>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, zone: &Name) -> Option<Arc<Part>> {
        self.open().get(zone).cloned()
    }

    /// Lets a zone go.
    pub fn close(&self, zone: &Name) {
        self.open().remove(zone);
    }

    /// Takes a zone's draft and loads the zone.
    pub async fn load(&self, configured: Arc<Configured>, zone: Name) -> Result<Box<Opened>, Failure> {
        const WHAT: &str = "This zone cannot be part of the job.";
        let Ok(_turn) = self.turns.acquire().await else {
            return Err(failure(WHAT, "The program is about to end.".into(), ""));
        };
        if configured.file_of(&zone).is_some() {
            let next = "Open it to save it; Space leaves it out.";
            return Err(failure(WHAT, "It is a file and not at a server.".into(), next));
        }
        let claim = {
            let zone = zone.clone();
            tokio::task::spawn_blocking(move || {
                let target = configured
                    .target(&zone)
                    .map_err(|stop| failure(WHAT, stop.message, "Mend the configuration."))?;
                let label = &target.server.name;
                let unfinished = configured.on_disk(label, &zone).unfinished;
                let claimed = configured.claim(label, &zone)?;
                let world = target.recorded_world().map_err(|stop| failure(WHAT, stop.message, ""))?;
                Ok((target.settings(), unfinished, claimed, world))
            })
        };
        let claimed = claim.await.map_err(|error| failure(WHAT, format!("{error}."), "Try again (R)."))?;
        let (settings, unfinished, claimed, world) = claimed?;
        let (journal, found) = match claimed {
            Claimed::Ours(journal, found) => (journal, found.unwrap_or_default()),
            Claimed::HeldBy(holder) => {
                let why = format!("{holder} has it open in another editor.");
                return Err(failure(WHAT, why, "Leave it there, then R; or Space leaves it out."));
            }
        };
        let loaded = world.load(|_| {}).await?;
        self.open().insert(zone, Arc::new(Part { world, journal: Mutex::new((journal, RequestId(0))) }));
        Ok(Box::new(Opened { loaded, entries: found.entries, settings, unfinished }))
    }

    /// Puts these entries in the place of a zone's draft; without any there is none. One that was overtaken by a later one
    /// is not written.
    pub fn write(
        &self,
        number: RequestId,
        zone: &Name,
        entries: &[Entry],
        base_serial: u32,
    ) -> Result<(), Failure> {
        let Some(part) = self.get(zone) else {
            let why = "The zone is not part of the job any more.".into();
            return Err(failure("The draft could not be saved.", why, "Try again (R)."));
        };
        let (journal, last) = &mut *part.journal.lock().unwrap_or_else(PoisonError::into_inner);
        if number < *last {
            return Ok(());
        }
        *last = number;
        journal.set_base_serial(base_serial);
        journal.rewrite(entries)
    }
}
