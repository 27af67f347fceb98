//! What everybody changed in a zone, from the server's own journal: for `zonewright log --others`, and for the History
//! screen.

pub mod reach;

use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use self::reach::Reach;
use super::access::{self, Target};
use super::results::{print_json, results};
use super::verbs::{say, zone_name};
use super::world::World;
use super::{Exit, Stop};
use crate::cli::ServerArgs;
use crate::facts::history::{Ending, Listed, PushId, Standing, Summary};
use crate::facts::past::{Told, Turn};
use crate::facts::{Failure, FailureKind};
use crate::push::tally;
use crate::store::history::History;
use crate::wire::ixfr::past::{self, Difference};
use crate::zone::{Snapshot, serial};
use crate::zonefile::diff::{diff_json, print_diff};

/// Most steps that are listed, and most records that are gone through for them: each step costs a copy of the zone.
const MAX_STEPS: usize = 1_000;
const MAX_WORK: usize = 10_000_000;
/// Most pushes of the history that are looked at, and most of their serials that are asked for.
const MAX_PUSHES: usize = 1_000;
const MAX_ASKED: usize = 8;
/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A push of ours that was carried out, or may have been: from which serial to which.
struct Ours {
    id: PushId,
    from: u32,
    to: u32,
}

/// Lists the changes, the newest first, or shows the one that led to a serial.
///
/// # Errors
/// [`Stop`].
pub fn log(zone: &str, serial: Option<&str>, json: bool, server: &ServerArgs) -> Result<Exit, Stop> {
    let wanted = serial.map(|text| {
        text.parse::<u32>().map_err(|_| Stop::usage("With --others, name the serial after a change.".into()))
    });
    let wanted = wanted.transpose()?;
    let name = zone_name(zone)?;
    let target = Target::find(&name, server)?;
    let history = target.history()?;
    let (world, runtime) = (target.world(), access::runtime()?);
    let now = runtime.block_on(world.transfer(|_| {}))?;
    let Told { steps, back_to: reaches_back, asked } = runtime.block_on(told(&world, &history, &now))?;
    let is_wanted = |step: &Turn| wanted.is_none_or(|wanted| step.to == wanted);
    let steps: Vec<Turn> = steps.into_iter().filter(is_wanted).collect();
    let mut out = BufWriter::new(results());
    if json {
        let steps: Vec<Value> = steps.iter().map(step_json).collect();
        let serial = now.serial();
        print_json(
            &mut out,
            &json!({ "serial": serial, "reaches_back_to": reaches_back, "changes": steps }),
        )?;
    } else {
        for step in &steps {
            let whose = step.ours.as_ref().map_or(String::new(), |id| format!("  yours: {id}"));
            let what = match step.changes.is_empty() {
                true => "only its serial, or what the server makes by itself".into(),
                false => tally(&step.changes).to_string(),
            };
            writeln!(out, "{} -> {}  {what}{whose}", step.from, step.to)?;
            if wanted.is_some() {
                print_diff(&step.changes, &mut out)?;
            }
        }
    }
    out.flush()?;
    match (reaches_back, wanted) {
        (None, _) => say(&format!(
            "The server keeps no journal that reaches back, or sends none of it: asked for the changes since \
             {}, it offers only the whole zone (serial {}).",
            in_words(&asked),
            now.serial()
        )),
        (Some(from), Some(wanted)) if steps.is_empty() => {
            return Err(Stop::usage(format!(
                "No change from serial {from} to {} ended at serial {wanted}.",
                now.serial()
            )));
        }
        (Some(from), None) => say(&format!(
            "The list goes back to serial {from}. What is older is not listed, is in no journal, or is more than the server \
             sends in one transfer (BIND: max-ixfr-ratio)."
        )),
        (Some(_), Some(_)) => {}
    }
    Ok(Exit::Done)
}

/// The pushes that may have moved the zone, the newest first.
fn ours(history: &History) -> Result<Vec<Ours>, Failure> {
    let moved = |push: Listed| match push {
        Listed::Push(Summary {
            head,
            standing:
                Standing::Ended {
                    ending: Ending::Applied | Ending::Partly | Ending::Unknown | Ending::Interrupted,
                    serial: Some(to),
                    ..
                },
        }) => Some(Ours { id: head.id, from: head.serial, to }),
        _ => None,
    };
    Ok(history.list(MAX_PUSHES)?.pushes.into_iter().filter_map(moved).collect())
}

/// What the server's journal tells of how the zone became what it is now, with the pushes that are ours named.
///
/// # Errors
/// A [`Failure`] where the server cannot be asked, or the history not be read.
pub async fn told(world: &World, history: &History, now: &Arc<Snapshot>) -> Result<Told, Failure> {
    let ours = ours(history)?;
    let known = ours.iter().rev().map(|push| push.from).step_by((ours.len() / MAX_ASKED).max(1));
    let mut reach = Reach::new(now.serial(), known);
    let differences = tokio::time::timeout(PATIENCE, world.differences(&mut reach)).await;
    let differences = differences.map_err(|_| Failure {
        kind: FailureKind::TimedOut,
        what: "The server's journal could not be read in time.".into(),
        why: format!("After {} seconds it was not at its end.", PATIENCE.as_secs()),
        next: "Try again later.".into(),
    })??;
    let asked = reach.asked();
    if differences.is_empty() {
        return Ok(Told { asked, ..Told::default() });
    }
    let (history, now) = (history.clone(), Arc::clone(now));
    // That computes for a while.
    let steps = tokio::task::spawn_blocking(move || steps(&history, &ours, &now, &differences)).await;
    let steps = steps.unwrap_or_else(|error| Err(misfit(format!("{error}."))))?;
    Ok(Told { back_to: steps.last().map(|step| step.from), steps, asked })
}

fn misfit(why: String) -> Failure {
    Failure {
        kind: FailureKind::Incomplete,
        what: "The server's journal does not fit its zone.".into(),
        why,
        next: "Try again; if it stays so, the journal is damaged.".into(),
    }
}

fn steps(
    history: &History,
    ours: &[Ours],
    now: &Arc<Snapshot>,
    differences: &[Difference],
) -> Result<Vec<Turn>, Failure> {
    let most = (MAX_WORK / now.record_count().max(1)).clamp(1, MAX_STEPS);
    let steps = match past::steps(now, differences, most) {
        Ok(Some(steps)) => steps,
        Ok(None) => return Err(misfit("Perhaps the zone changed while it was asked.".into())),
        Err(error) => return Err(misfit(format!("{error}."))),
    };
    let turn = |step: past::Step| {
        let past::Step { from, to, changes } = step;
        let mut turn = Turn { from, to, changes, ours: None };
        turn.ours = whose(&turn, history, ours);
        turn
    };
    Ok(steps.into_iter().map(turn).collect())
}

/// The push that a step belongs to: it lies between its serials, and the push changed all that the step changes.
fn whose(step: &Turn, history: &History, ours: &[Ours]) -> Option<PushId> {
    let covers =
        |push: &&Ours| !serial::is_after(push.from, step.from) && !serial::is_after(step.to, push.to);
    let made_it = |push: &&Ours| {
        let record = history.read(&push.id);
        record.is_ok_and(|record| step.changes.keys().all(|key| record.changes.contains_key(key)))
    };
    ours.iter().filter(covers).find(made_it).map(|push| push.id.clone())
}

fn step_json(step: &Turn) -> Value {
    let tally = tally(&step.changes);
    json!({
        "serial_before": step.from,
        "serial_after": step.to,
        "yours": step.ours.as_ref().map(ToString::to_string),
        "records_deleted": tally.deleted,
        "records_added": tally.added,
        "ttls_changed": tally.ttls,
        "changes": diff_json(&step.changes),
    })
}

fn in_words(serials: &[u32]) -> String {
    let shown: Vec<String> = serials.iter().take(MAX_ASKED).map(u32::to_string).collect();
    format!("{}{}", shown.join(", "), if serials.len() > MAX_ASKED { ", ..." } else { "" })
}
