//! Questions to the servers of several zones.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::configured::Configured;
use crate::app::{Msg, RequestId};
use crate::facts::{Failure, FailureKind};
use crate::zone::Name;

/// As many servers are asked at once.
const AT_ONCE: usize = 16;

/// Asks for the serials of zones, and tells each answer as it comes.
pub async fn ask_serials(
    configured: Arc<Configured>,
    request: RequestId,
    zones: Vec<Name>,
    sender: Sender<Msg>,
) {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut asked = JoinSet::new();
    for zone in zones {
        let (configured, sender, turns) = (Arc::clone(&configured), sender.clone(), Arc::clone(&turns));
        asked.spawn(async move {
            let Ok(_turn) = turns.acquire().await else { return };
            let result = serial(&configured, &zone).await;
            // Nobody listens any more where the list was left.
            let _ = sender.send(Msg::ZoneSerial { request, zone, result });
        });
    }
    while asked.join_next().await.is_some() {}
}

async fn serial(configured: &Configured, zone: &Name) -> Result<u32, Failure> {
    let local = |why: String, next: &str| Failure {
        kind: FailureKind::Local,
        what: "The serial cannot be asked for.".into(),
        why,
        next: next.into(),
    };
    if configured.asks_a_program(zone) {
        let why = "The key comes from a program, which may want the terminal.";
        return Err(local(why.into(), "Open a zone that has the same key: then it is known."));
    }
    let target = configured.target(zone).map_err(|stop| local(stop.message, "Mend the configuration."))?;
    Ok(target.world().soa().await?.serial)
}
