//! `zonewright log --others`: what everybody changed in a zone, from the server's own journal.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use super::access::{self, Target};
use super::log::print_json;
use super::verbs::{say, zone_name};
use super::{Exit, Stop};
use crate::cli::ServerArgs;
use crate::facts::history::{Ending, Listed, PushId, Standing, Summary};
use crate::push::tally;
use crate::store::history::History;
use crate::wire::ixfr::past::Step;
use crate::zone::{Snapshot, serial};
use crate::zonefile::diff::{diff_json, print_diff};

/// Most steps that are listed, and most records that are gone through for them: each step costs a copy of the zone.
const MAX_STEPS: usize = 1_000;
const MAX_WORK: usize = 10_000_000;
/// Most pushes of the history that are looked at, and most of their serials that are asked for.
const MAX_PUSHES: usize = 1_000;
const MAX_ASKED: usize = 8;
/// How far back is asked as well: servers know a serial only where a version had exactly that one.
const BACK: [u32; 7] = [1000, 300, 100, 30, 10, 3, 1];

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
    let ours = ours(&history)?;
    let asked = to_ask(&now, &ours);
    let most = (MAX_WORK / now.record_count().max(1)).clamp(1, MAX_STEPS);
    let found = runtime.block_on(world.steps(&now, &asked, most))?;
    let reaches_back = found.as_ref().and_then(|steps| steps.last()).map(|step| step.from);
    let is_wanted = |step: &Step| wanted.is_none_or(|wanted| step.to == wanted);
    let steps: Vec<Step> = found.into_iter().flatten().filter(is_wanted).collect();
    let mut out = BufWriter::new(io::stdout().lock());
    if json {
        let steps: Vec<Value> = steps.iter().map(|step| step_json(step, &history, &ours)).collect();
        let serial = now.serial();
        print_json(
            &mut out,
            &json!({ "serial": serial, "reaches-back-to": reaches_back, "changes": steps }),
        )?;
    } else {
        for step in &steps {
            let whose = whose(step, &history, &ours).map_or(String::new(), |id| format!("  yours: {id}"));
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
            return Err(Stop::no(format!(
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
fn ours(history: &History) -> Result<Vec<Ours>, Stop> {
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

/// The serials to ask for, the oldest first: some that the zone is known to have had, and guesses.
fn to_ask(now: &Arc<Snapshot>, ours: &[Ours]) -> Vec<u32> {
    let known = ours.iter().rev().map(|push| push.from).step_by((ours.len() / MAX_ASKED).max(1));
    let mut serials: Vec<u32> = known.chain(BACK.map(|back| now.serial().wrapping_sub(back))).collect();
    serials.retain(|older| serial::is_after(now.serial(), *older));
    serials.sort_by_key(|older| std::cmp::Reverse(now.serial().wrapping_sub(*older)));
    serials.dedup();
    serials
}

/// The push that a step belongs to: it lies between its serials, and the push changed all that the step changes.
fn whose(step: &Step, history: &History, ours: &[Ours]) -> Option<PushId> {
    let covers =
        |push: &&Ours| !serial::is_after(push.from, step.from) && !serial::is_after(step.to, push.to);
    let made_it = |push: &&Ours| {
        let record = history.read(&push.id);
        record.is_ok_and(|record| step.changes.keys().all(|key| record.changes.contains_key(key)))
    };
    ours.iter().filter(covers).find(made_it).map(|push| push.id.clone())
}

fn step_json(step: &Step, history: &History, ours: &[Ours]) -> Value {
    let tally = tally(&step.changes);
    json!({
        "serial-before": step.from,
        "serial-after": step.to,
        "yours": whose(step, history, ours).map(|id| id.to_string()),
        "records-deleted": tally.deleted,
        "records-added": tally.added,
        "ttls-changed": tally.ttls,
        "changes": diff_json(&step.changes),
    })
}

fn in_words(serials: &[u32]) -> String {
    serials.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}
