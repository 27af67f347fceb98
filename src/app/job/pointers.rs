//! Proposals for the reverse zones: what the changed addresses of the job mean for their PTR records, each chosen by hand.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Job, Part, State};
use crate::app::describe::count;
use crate::app::layout::scroll;
use crate::app::zones::short;
use crate::app::{App, Effect, forms};
use crate::zone::Name;
use crate::zone::reverse::{Choice, Proposal, Proposals, addresses, edits, places, propose};

/// The proposals on the screen.
#[derive(Debug)]
pub struct Pointers {
    /// `None` while zones that decide them are being loaded.
    pub found: Option<Vec<Proposal>>,
    pub selected: usize,
    /// The first line on the screen.
    pub offset: usize,
}

impl Pointers {
    pub(super) fn keep_in_view(&mut self, height: usize) {
        let total = self.found.as_ref().map_or(0, Vec::len);
        // The heads take a line.
        let height = height.saturating_sub(1).max(1);
        self.selected = self.selected.min(total.saturating_sub(1));
        self.offset = scroll(self.offset, self.selected, height, total);
    }

    pub fn total(&self) -> usize {
        self.found.as_ref().map_or(0, Vec::len)
    }
}

impl Job {
    /// What is proposed, and the addresses whose reverse zone could not be loaded.
    fn propose(&self) -> (Proposals, BTreeSet<IpAddr>) {
        let mut changed = BTreeSet::new();
        let included = self.parts.iter().filter(|part| !part.left_out).filter_map(Part::ready);
        included.for_each(|ready| changed.extend(addresses(ready.draft.changes())));
        let is_closed =
            |zone: &Name| matches!(self.part(zone).map(|part| &part.state), Some(State::Trouble(_)));
        let own = self.parts.iter().map(|part| &part.zone);
        let mut zones: BTreeSet<Name> = self.start.reverse.iter().chain(own).cloned().collect();
        let is_shut = |address: IpAddr| {
            let (place, above) = places(address, &zones);
            place.into_iter().chain(above).any(|place| is_closed(&place.zone))
        };
        let shut = changed.iter().map(|(address, ..)| *address).filter(|address| is_shut(*address)).collect();
        changed.retain(|(address, ..)| !BTreeSet::contains(&shut, address));
        zones.retain(|zone| !is_closed(zone));
        (propose(&changed, &zones, |zone| Some(self.part(zone)?.ready()?.draft.contents())), shut)
    }
}

/// Shows what the changed addresses mean for the reverse zones, once these are loaded.
pub fn open(app: &mut App) {
    if let Some(job) = app.job_mut() {
        job.pointers = Some(Pointers { found: None, selected: 0, offset: 0 });
        app.look_for_pointers();
    }
}

impl App {
    /// Goes on with the proposals: with the next zones to load, or with what is found.
    pub(super) fn look_for_pointers(&mut self) {
        let Some(job) = self.job_mut() else { return };
        if job.is_opening() || job.pointers.as_ref().is_none_or(|pointers| pointers.found.is_some()) {
            return;
        }
        let (Proposals { list, missing, homeless }, shut) = job.propose();
        let request = job.request;
        if !missing.is_empty() {
            job.parts.extend(missing.iter().map(|zone| Part::new(zone.clone(), true)));
            for zone in missing {
                self.effect(Effect::OpenPart { request, zone });
            }
            return self.refresh_job();
        }
        let without = [
            (homeless.len(), "have no reverse zone in the configuration"),
            (shut.len(), "have a reverse zone that could not be loaded"),
        ];
        let outside: String = (without.into_iter())
            .filter(|(addresses, _)| *addresses > 0)
            .map(|(addresses, why)| format!("; {addresses} of the addresses {why}"))
            .collect();
        if list.is_empty() {
            close(self);
            return self.say(format!("no PTR record is to be proposed{outside}"));
        }
        if let Some(pointers) = self.job_mut().and_then(|job| job.pointers.as_mut()) {
            let total = list.len();
            pointers.found = Some(list);
            self.say(format!(
                "{}: Space chooses, * all that overwrite nothing, Enter takes them{outside}",
                count(total, "proposal")
            ));
        }
    }
}

fn found(app: &mut App) -> Option<(&mut Pointers, usize)> {
    let pointers = app.job_mut()?.pointers.as_mut()?;
    let selected = pointers.selected;
    Some((pointers, selected))
}

/// The next choice for the proposal under the marker.
pub fn choose(app: &mut App) {
    if let Some((pointers, selected)) = found(app)
        && let Some(proposal) = pointers.found.as_mut().and_then(|list| list.get_mut(selected))
    {
        proposal.choose_next();
    }
}

/// All that overwrite nothing; where they are chosen already, none.
pub fn choose_all(app: &mut App) {
    let Some((pointers, _)) = found(app) else { return };
    let Some(list) = &mut pointers.found else { return };
    let all = list.iter().all(|proposal| proposal.best == Choice::Leave || proposal.choice != Choice::Leave);
    for proposal in list {
        if all {
            proposal.choice = Choice::Leave;
        } else if proposal.choice == Choice::Leave {
            proposal.choice = proposal.best;
        }
    }
}

pub fn has_list(app: &App) -> Result<(), String> {
    match app.job_on_screen().and_then(|job| job.pointers.as_ref()) {
        Some(pointers) if pointers.found.is_some() => Ok(()),
        _ => Err("the reverse zones are being loaded".into()),
    }
}

/// Puts what is chosen into the drafts of the reverse zones.
pub fn take(app: &mut App) {
    let Some(job) = app.job_mut() else { return };
    let Some(list) = job.pointers.as_mut().and_then(|pointers| pointers.found.take()) else { return };
    let mut changed = Vec::new();
    for (number, part) in job.parts.iter_mut().enumerate() {
        let zone = part.zone.clone();
        let Some(ready) = part.ready_mut() else { continue };
        let ttl = forms::common_ttl(ready.draft.base());
        let wanted = edits(&list, &zone, ready.draft.contents(), ttl);
        if ready.draft.edit("PTR records", wanted).is_some() {
            ready.look();
            changed.push(number);
        }
    }
    let zones = count(changed.len(), "zone");
    let total = list.iter().filter(|proposal| proposal.choice != Choice::Leave).count();
    app.keep_step(changed);
    close(app);
    match total {
        0 => app.say("nothing was chosen, so nothing is changed"),
        _ => app.say(format!("{} in the drafts of {zones}; w pushes the job", count(total, "PTR change"))),
    }
}

/// Back to the review. Zones that came only to be looked into go.
pub fn close(app: &mut App) {
    let Some(job) = app.job_mut() else { return };
    job.pointers = None;
    let idle = |part: &Part| {
        let unchanged = part.ready().is_none_or(|ready| ready.draft.changes().is_empty());
        part.on_trial && unchanged && !matches!(part.state, State::Trouble(_))
    };
    let gone: Vec<Name> = job.parts.iter().filter(|part| idle(part)).map(|part| part.zone.clone()).collect();
    job.parts.retain(|part| !idle(part));
    gone.into_iter().for_each(|zone| app.effect(Effect::ClosePart { zone }));
    app.refresh_job();
}

/// What stands on a line: the choice, the address, the name, what is there now.
pub fn words(proposal: &Proposal) -> [String; 4] {
    let choice = match proposal.choice {
        Choice::Leave => "[ ]",
        Choice::Add => "add",
        Choice::Replace => "replace",
        Choice::Delete => "delete",
    };
    let there: Vec<String> = proposal.there.iter().map(short).collect();
    let there = match there.is_empty() {
        true => "nothing".into(),
        false => there.join(" "),
    };
    [choice.into(), proposal.address.to_string(), short(&proposal.host), there]
}
