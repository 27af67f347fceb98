//! Choosing the type of a new record, and what becomes of a form that is filled in.

use super::ask::Ask;
use super::describe;
use super::form::material::Assist;
use super::form::{self, Accepted, Form, Outcome};
use super::open::Pane;
use super::{App, Effect, Overlay, Screen};
use crate::edit::Field;
use crate::key::{Code, Key};
use crate::zone::types::{self, Standing, TypeInfo};
use crate::zone::{Contents, Name, RecordType};

/// TTL of new records where the zone has no commonest one, in seconds.
const DEFAULT_TTL: u32 = 86_400;
/// How many records are looked at for the commonest TTL.
const SAMPLE: usize = 10_000;

/// Choosing a type.
#[derive(Debug)]
pub struct Chooser {
    pub search: Field,
    pub selected: usize,
    pub offset: usize,
    /// Where the record will stand, if that is known already.
    owner: Option<Name>,
    /// In a signed zone the server makes some types by itself.
    signed: bool,
}

impl Chooser {
    /// The types that fit what is typed: mnemonics that begin with it first, then those whose purpose has it.
    pub fn types(&self) -> Vec<&'static TypeInfo> {
        let wanted = self.search.text().to_lowercase();
        let offered = types::table().iter().filter(|info| self.offers(info));
        let begins = |info: &TypeInfo| info.mnemonic.to_lowercase().starts_with(&wanted);
        let mut fitting: Vec<_> =
            offered.filter(|info| begins(info) || info.purpose.to_lowercase().contains(&wanted)).collect();
        fitting.sort_by_key(|info| !begins(info));
        fitting
    }

    fn offers(&self, info: &TypeInfo) -> bool {
        !(describe::is_never_edited(info.rtype) || self.signed && info.standing == Standing::Managed)
    }

    /// The type to take: the marked one, or one whose whole name is typed, which may have no entry in the table
    /// (TYPE65400) or not be on offer.
    pub(super) fn chosen(&self) -> Option<RecordType> {
        let typed = types::parse_type(self.search.text().trim().as_bytes());
        let marked = self.types().get(self.selected).map(|info| info.rtype);
        if self.selected == 0 { typed.or(marked) } else { marked }
    }

    pub fn type_key(&mut self, key: Key) {
        self.search.on_key(key);
        self.selected = 0;
    }
}

/// Adds a record: in the upper pane a nameserver, in the lower one a record of a type yet to be chosen.
pub fn add(app: &mut App) {
    match app.open().map(|open| open.pane) {
        Some(Pane::Nameservers) => start(app, RecordType::NS, None),
        Some(Pane::Records) => choose_type(app, None),
        None => {}
    }
}

/// Adds a record beside the selected one.
pub fn add_here(app: &mut App) {
    let owner = app.open().and_then(|open| open.selected()).map(|row| row.key.owner);
    choose_type(app, owner);
}

fn choose_type(app: &mut App, owner: Option<Name>) {
    let signed = app.open().is_some_and(|open| open.signed());
    let chooser = Chooser { search: Field::default(), selected: 0, offset: 0, owner, signed };
    app.overlay = Some(Overlay::Chooser(chooser));
}

/// The type is chosen.
pub fn choose(app: &mut App) {
    let Some(Overlay::Chooser(chooser)) = &app.overlay else { return };
    let Some(rtype) = chooser.chosen() else {
        return app.say("no such type; a type without a name is written TYPE and its number");
    };
    if rtype.is_meta() || types::info(rtype).is_some_and(|info| !chooser.offers(info)) {
        return app.say(format!("{rtype} records cannot be added by hand"));
    }
    if rtype == RecordType::SOA {
        app.overlay = None;
        edit_soa(app);
        return app.say("a zone has one SOA record: this is it");
    }
    let owner = chooser.owner.clone();
    app.overlay = None;
    start(app, rtype, owner);
}

fn start(app: &mut App, rtype: RecordType, owner: Option<Name>) {
    let Some(open) = app.open() else { return };
    let zone = open.draft.contents();
    let ttl = common_ttl(open.draft.base());
    let form = match open.pane {
        Pane::Nameservers => Form::add(rtype, Some(open.draft.base().origin()), zone, ttl).without_name(zone),
        Pane::Records => Form::add(rtype, owner.as_ref(), zone, ttl),
    };
    show(app, form);
}

/// A zone has one SOA: instead of adding one, the one there is edited.
pub fn edit_soa(app: &mut App) {
    let Some(open) = app.open() else { return };
    let key = crate::zone::RrKey::new(open.draft.base().origin().clone(), RecordType::SOA);
    if let Some(form) = Form::edit(&key, 0, open.draft.contents()) {
        show(app, form);
    }
}

pub fn edit(app: &mut App) {
    edit_selected(app, false);
}

pub fn duplicate(app: &mut App) {
    edit_selected(app, true);
}

fn edit_selected(app: &mut App, copy: bool) {
    let Some(open) = app.open() else { return };
    let Some(row) = open.selected() else { return };
    if copy && row.key.rtype == RecordType::SOA {
        return app.say("a zone has one SOA record; Enter edits it");
    }
    let zone = open.draft.contents();
    let index = zone.get(&row.key).and_then(|set| set.position(row.key.rtype, &row.rdata));
    let Some(mut form) = index.and_then(|index| Form::edit(&row.key, index, zone)) else {
        return app.say("this record is deleted; - brings it back");
    };
    if open.pane == Pane::Nameservers {
        form = form.without_name(zone);
    }
    if copy {
        form = form.as_copy(zone);
    }
    show(app, form);
}

fn show(app: &mut App, mut form: Form) {
    form.set_clock(app.now);
    app.form_base = app.open().map(|open| open.draft.base().clone());
    app.screen = Screen::Form(Box::new(form));
}

impl App {
    /// Keeps what is typed into a form on disk, until the form is left.
    pub(super) fn keep_form(&mut self) {
        let screen = match &self.screen {
            // Still there behind the list.
            Screen::Zones(zones) => &*zones.behind,
            screen => screen,
        };
        let now = match screen {
            Screen::Form(form) if form.is_changed() => Some(form.kept()),
            Screen::Ask(ask) if ask.is_changed() => Some(ask.kept()),
            // What was typed for it is there again where it is left.
            Screen::Proposal(proposal) => proposal.typed().map(Ask::kept),
            _ => None,
        };
        if now == self.kept_form {
            return;
        }
        self.effect(match &now {
            Some(form) => Effect::SaveForm { form: form.clone() },
            None => Effect::DropForm,
        });
        self.kept_form = now;
    }

    /// Opens the form that an earlier run has left, once nothing else is to be decided.
    pub(super) fn reopen_form(&mut self) {
        let decided = self.overlay.is_none() && self.found.is_none() && self.text.found.is_none();
        if !decided || !matches!(self.screen, Screen::Main) || self.editable().is_err() {
            return;
        }
        let Some(open) = self.open() else { return };
        let Some(kept) = &self.found_form else { return };
        if kept.values_of.is_some() {
            let Some(kept) = self.found_form.take() else { return };
            self.kept_form = Some(kept.clone());
            return super::ask::reopen(self, &kept);
        }
        let zone = open.draft.contents();
        let form = Form::reopened(kept, zone, common_ttl(open.draft.base()));
        let gone = kept.replaced.is_some() && !form.is_edit();
        self.kept_form = self.found_form.take();
        if form.is_done() {
            return;
        }
        show(self, form);
        match gone {
            true => self.complain(
                "the form that you were filling in is here again; the record that it edited is gone: it adds one",
            ),
            false => self.say("the form that you were filling in is here again"),
        }
    }
}

/// Can this form be made from something?
pub fn has_assist(app: &App) -> Result<(), String> {
    match &app.screen {
        Screen::Form(form) if form.assist().is_some() => Ok(()),
        _ => Err("nothing makes this type: fill in the fields".into()),
    }
}

/// Makes the record from what there is, or asks for the file to make it from.
pub fn assist(app: &mut App) {
    let (Screen::Form(form), super::Zone::Open(open)) = (&mut app.screen, &app.zone) else { return };
    let zone = open.draft.contents();
    match form.assist() {
        Some(Assist::NullMx) => form.make_null_mx(zone),
        Some(Assist::File(_)) if form.take_own_key(zone) => {}
        Some(Assist::File(_)) => super::palette::ask_material(app),
        None => {}
    }
}

/// `:from FILE` in a form.
pub fn read_material(app: &mut App, file: &str) {
    let request = app.next_request();
    app.material = Some(request);
    app.say(format!("reading {file}"));
    app.effect(Effect::ReadMaterial { request, file: file.into() });
}

impl App {
    pub(super) fn on_material(&mut self, request: super::RequestId, result: Result<Vec<u8>, String>) {
        if self.material.take_if(|wanted| *wanted == request).is_none() {
            return;
        }
        self.message = None;
        match (result, &mut self.screen, &self.zone) {
            (Err(why), ..) => self.refuse(why),
            (Ok(octets), Screen::Form(form), super::Zone::Open(open)) => {
                form.take_file(&octets, open.draft.contents());
            }
            _ => {}
        }
    }
}

/// Gives the key to the form.
pub fn key(app: &mut App) {
    let (Screen::Form(form), super::Zone::Open(open)) = (&mut app.screen, &app.zone) else { return };
    match form.on_key(app.key, open.draft.contents()) {
        Outcome::Stay => {}
        Outcome::Cancel => {
            app.screen = Screen::Main;
            if app.key.code == Code::Enter {
                app.say("nothing is different");
            }
        }
        Outcome::Accept(accepted) => {
            let edits = form::edits(open.draft.contents(), &accepted);
            let file = open.file.as_ref();
            let why = edits.iter().find_map(|(key, _)| file?.why_read_only(key));
            if let Some(why) = why {
                let name = describe::set(&accepted.key(), open.draft.base().origin());
                return app.say(format!("{name}: {why}"));
            }
            // What was typed stays on the screen.
            if app.is_refused() {
                return;
            }
            app.screen = Screen::Main;
            accept(app, accepted);
        }
    }
}

/// Makes the edit that an accepted form stands for, and goes to the record.
fn accept(app: &mut App, accepted: Accepted) {
    let base = app.form_base.take();
    let Some(open) = app.open() else { return };
    // As it was when the form was opened: what others did since must not be overwritten unseen.
    let base = base.unwrap_or_else(|| open.draft.base().clone());
    let zone = Contents { base: &base, changes: open.draft.changes() };
    let origin = open.draft.base().origin();
    let key = accepted.key();
    let there = zone.get(&key);
    let ttl_before = there.as_ref().map(|set| (set.ttl, set.rdata.len()));
    let added_twice = accepted.replaced.is_none()
        && there.as_ref().is_some_and(|set| set.contains(key.rtype, &accepted.rdata));
    let label = accepted.label(origin);
    let name = describe::set(&key, origin);
    let edits = form::edits(zone, &accepted);
    if added_twice {
        app.say(format!("{name} has this record already"));
    } else if app.edit_over(&base, label.clone(), edits) {
        let others = ttl_before.filter(|(ttl, records)| *ttl != accepted.ttl && *records > 0);
        let records = app.open().and_then(|open| open.draft.get(&key)).map_or(0, |set| set.rdata.len());
        match others {
            _ if app.open().is_some_and(|open| open.draft.conflicts().contains(&key)) => {
                app.complain(format!(
                    "{label}: done; others changed this record set while the form was open: M shows both sides"
                ))
            }
            Some(_) if records > 1 => app.say(format!(
                "{label}: done; the TTL belongs to the whole set: {records} records have {} now",
                describe::ttl(accepted.ttl)
            )),
            _ => app.say(format!("{label}: done; u undoes it")),
        }
    } else {
        app.say("nothing is different");
    }
    if let Some(open) = app.open_mut() {
        open.select_record(&key, &accepted.rdata);
    }
}

/// The commonest TTL of a zone, or of the first records of a large one.
pub fn common_ttl(zone: &crate::zone::Snapshot) -> u32 {
    let mut counts = std::collections::BTreeMap::<u32, usize>::new();
    for record in zone.records().take(SAMPLE) {
        *counts.entry(record.ttl).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map_or(DEFAULT_TTL, |(ttl, _)| ttl)
}
