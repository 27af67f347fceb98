//! The form for one record: its fields, the keys in them, and what they make.
//!
//! The form changes nothing itself: accepted, it gives an [`Accepted`] record, which [`edits`] turns into edits of
//! the draft. What is wrong with the fields is found in `check` after each key. Drawing is `ui::form`'s business.

mod check;
mod choices;
mod edits;
pub(super) mod idn;
mod kept;
pub mod material;
mod pieces;
mod soa;
#[cfg(test)]
pub(crate) mod tests;
mod text;

use self::choices::Choices;
use self::pieces::Apart;
use crate::edit::Field;
use crate::edit::field::MAX_LENGTH;
use crate::key::{Code, Key};
use crate::zone::types::{self, Kind, TypeInfo};
use crate::zone::{Contents, Name, Rdata, RecordType, RrKey, ttl};
use crate::zonefile::print_record;

pub use edits::edits;

/// A form being filled in.
#[derive(Debug, Clone)]
pub struct Form {
    rtype: RecordType,
    origin: Name,
    /// Where the record stands when the form has no field for it.
    fixed_owner: Name,
    /// The record being edited; `None` when one is being added.
    replaced: Option<(RrKey, Rdata)>,
    inputs: Vec<Input>,
    current: usize,
    /// The TTL for a new RRset, while the person has not typed one.
    default_ttl: Option<u32>,
    record: Option<Accepted>,
    set_note: Option<String>,
    /// The text that some of the fields are pieces of.
    apart: Option<Apart>,
    /// What is said of a text as a whole.
    summary: Option<String>,
    /// Does the zone have this very record already, with this TTL?
    is_there: bool,
    accept_tried: bool,
    message: Option<String>,
    /// The serial of the zone as the server has it, for an SOA.
    serial: u32,
    /// Seconds since 1970, where that is known.
    now: Option<u64>,
}

/// Which part of the record a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Owner,
    Ttl,
    /// The field of the type's RDATA with this index.
    Rdata(usize),
    /// A piece of the text of another field, with this index.
    Piece(usize),
}

/// One field of a form, and what is known of its text.
#[derive(Debug, Clone)]
pub struct Input {
    pub part: Part,
    pub label: &'static str,
    /// What to enter, in a few words.
    pub hint: &'static str,
    pub example: &'static str,
    /// What it is in the type's RDATA; `None` for the owner, the TTL and the generic form.
    kind: Option<Kind>,
    /// What it can hold, where that is a short list.
    pub choices: Choices,
    pub field: Field,
    initial: String,
    problem: Option<String>,
    /// Is the problem that of a piece of it?
    blames_piece: bool,
    pub note: Option<Note>,
    accept_tried: bool,
}

/// What is said beside a field that is not wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// What the text means: a relative name in full, a TTL in seconds.
    Means(String),
    /// Valid, but probably not what was meant.
    Doubt(String),
}

/// A record that a form made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    pub owner: Name,
    pub rtype: RecordType,
    /// Seconds; becomes the TTL of the whole RRset.
    pub ttl: u32,
    pub rdata: Rdata,
    /// The record whose place it takes.
    pub replaced: Option<(RrKey, Rdata)>,
}

/// What a key did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The form stays open.
    Stay,
    /// Close it; nothing is to be done (Esc, or Enter without a change).
    Cancel,
    /// Close it and do this.
    Accept(Accepted),
}

impl Form {
    /// A form for a new record, at `owner` where that is known. `default_ttl` (seconds) is offered where the
    /// record starts a new RRset; elsewhere the TTL of the set it joins.
    pub fn add(rtype: RecordType, owner: Option<&Name>, zone: Contents<'_>, default_ttl: u32) -> Form {
        let fields = fields(rtype);
        let values = vec![String::new(); fields.len().max(1)];
        let mut form = Form::new(rtype, owner, zone, default_ttl, fields, values);
        form.default_ttl = Some(default_ttl);
        form.current = if owner.is_some() { form.first_rdata() } else { 0 };
        form.check(zone);
        form
    }

    /// A form for the record at `index` of an RRset; `None` if it is not there.
    pub fn edit(key: &RrKey, index: usize, zone: Contents<'_>) -> Option<Form> {
        let set = zone.get(key)?;
        let rdata = set.rdata.get(index)?;
        let origin = zone.base.origin().as_ref();
        let values = types::format_fields(key.rtype, rdata, Some(origin));
        let values = text::joined(key, rdata, origin).map(|joined| vec![joined]).or(values);
        let (fields, values) = match values.filter(|values| values.len() == fields(key.rtype).len()) {
            Some(values) => (fields(key.rtype), values),
            None => (&[][..], vec![types::format_rdata(key.rtype, rdata, Some(origin))]),
        };
        let mut form = Form::new(key.rtype, Some(&key.owner), zone, set.ttl_of(index), fields, values);
        form.replaced = Some((key.clone(), rdata.clone()));
        form.current = form.first_rdata();
        form.check(zone);
        Some(form)
    }

    /// The same without a field for the owner: for the nameserver pane, where every record stands at the apex.
    pub fn without_name(mut self, zone: Contents<'_>) -> Form {
        self.inputs.retain(|input| input.part != Part::Owner);
        self.current = self.first_rdata();
        self.check(zone);
        self
    }

    /// The same for a new record that starts as a copy: it has to find a place of its own.
    pub fn as_copy(mut self, zone: Contents<'_>) -> Form {
        self.replaced = None;
        // What will differ: an address or an alias gets another name, of the others a name has several.
        let owner = self.inputs.iter().position(|input| input.part == Part::Owner);
        if matches!(self.rtype, RecordType::A | RecordType::AAAA | RecordType::CNAME) {
            self.current = owner.unwrap_or(self.current);
        }
        self.check(zone);
        self
    }

    /// Values without fields are RDATA in the generic form.
    fn new(
        rtype: RecordType,
        owner: Option<&Name>,
        zone: Contents<'_>,
        ttl: u32,
        fields: &[types::Field],
        values: Vec<String>,
    ) -> Form {
        let origin = zone.base.origin();
        let mut inputs = Vec::new();
        // An SOA stands at the apex and nowhere else.
        if rtype != RecordType::SOA {
            let text = owner.map(|owner| owner.relative_to(origin)).unwrap_or_default();
            inputs.push(Input::new(
                Part::Owner,
                "Name",
                "@ is the zone itself, * a wildcard; without a final dot it is below the zone",
                "www",
                &text,
            ));
        }
        let hint = "how long resolvers may keep it, in seconds or with units (s m h d w)";
        inputs.push(Input::new(Part::Ttl, "TTL", hint, "1h30m", &ttl::short(ttl)));
        for (index, value) in values.iter().enumerate() {
            let (label, hint, example) = match fields.get(index) {
                Some(field) => (field.name, field.hint, field.example),
                None => ("rdata", "the generic form of RFC 3597: \\# octets hexadecimal", "\\# 4 C0000201"),
            };
            let is_soa = rtype == RecordType::SOA && fields.len() == soa::HINTS.len();
            let (value, hint) = match soa::HINTS.get(index).filter(|_| is_soa) {
                Some(hint) => (soa::shown(index, value.clone(), origin), *hint),
                None => (value.clone(), hint),
            };
            let mut input = Input::new(Part::Rdata(index), label, hint, example, &value);
            input.kind = fields.get(index).map(|field| field.kind);
            input.choices = Choices::of(rtype, label);
            inputs.push(input);
        }
        Form {
            rtype,
            origin: origin.clone(),
            fixed_owner: owner.unwrap_or(origin).clone(),
            replaced: None,
            inputs,
            current: 0,
            default_ttl: None,
            record: None,
            set_note: None,
            apart: None,
            summary: None,
            is_there: false,
            accept_tried: false,
            message: None,
            serial: zone.base.serial(),
            now: None,
        }
    }

    /// Tells it the time, which some words for a serial need.
    pub fn set_clock(&mut self, now: Option<u64>) {
        self.now = now;
    }

    fn first_rdata(&self) -> usize {
        self.inputs.iter().position(|input| matches!(input.part, Part::Rdata(_))).unwrap_or(0)
    }

    /// Takes a key. `zone` is the zone as the draft makes it, which the record has to fit into.
    pub fn on_key(&mut self, key: Key, zone: Contents<'_>) -> Outcome {
        let before = self.message.take();
        let (esc_before, enter_before) =
            (before.as_deref() == Some(DROPS), before.as_deref() == Some(DOUBTS));
        let modified = key.ctrl || key.alt;
        match key.code {
            Code::Esc if esc_before || !self.is_changed() => return Outcome::Cancel,
            Code::Esc => self.message = Some(DROPS.into()),
            Code::Tab | Code::Down if !modified => self.move_by(1, zone),
            Code::BackTab | Code::Up if !modified => self.move_by(self.inputs.len().saturating_sub(1), zone),
            Code::Enter if !modified => return self.accept(enter_before),
            Code::Char(' ') if !modified && self.has_choices() => self.next_choice(zone),
            Code::Char('p') if key.alt && !key.ctrl => self.show_parts(zone),
            Code::Char('n') if key.ctrl && self.rtype == RecordType::SOA => self.next_primary(zone),
            _ => {
                self.type_into(zone, |field| {
                    field.on_key(key) || !matches!(key.code, Code::Char(_)) || modified
                });
            }
        }
        Outcome::Stay
    }

    /// Takes pasted text into the current field.
    pub fn on_paste(&mut self, text: &str, zone: Contents<'_>) {
        self.message = None;
        if self.take_material(text.as_bytes(), zone) {
            return;
        }
        self.type_into(zone, |field| field.paste(text));
    }

    fn type_into(&mut self, zone: Contents<'_>, change: impl FnOnce(&mut Field) -> bool) {
        let Some(input) = self.inputs.get_mut(self.current) else { return };
        let before = input.field.text();
        if !change(&mut input.field) {
            self.message = Some(format!("Not taken: a field holds up to {} KiB.", MAX_LENGTH / 1024));
        }
        if input.field.text() != before {
            if input.part == Part::Ttl {
                self.default_ttl = None;
            }
            self.check(zone);
        }
    }

    fn move_by(&mut self, steps: usize, zone: Contents<'_>) {
        let was_piece = self.inputs.get(self.current).is_some_and(Input::is_piece);
        self.current = (self.current + steps).checked_rem(self.inputs.len()).unwrap_or(0);
        if was_piece {
            let (goes_on, count) = (steps == 1 && self.current > 0, self.inputs.len());
            self.take_apart();
            // A piece that was emptied is gone: the next one has its place.
            if goes_on {
                self.current = self.current.saturating_sub(count.saturating_sub(self.inputs.len()));
            }
            self.check(zone);
        }
    }

    fn has_choices(&self) -> bool {
        self.inputs.get(self.current).is_some_and(|input| input.choices != Choices::NONE)
    }

    /// The next of a field's choices.
    fn next_choice(&mut self, zone: Contents<'_>) {
        if let Some(input) = self.inputs.get_mut(self.current)
            && let Some(next) = input.choices.after(&input.field.text())
        {
            input.field = Field::new(next);
            self.check(zone);
        }
    }

    fn accept(&mut self, enter_before: bool) -> Outcome {
        if self.is_edit() && !self.is_changed() {
            return Outcome::Cancel;
        }
        match (&self.record, self.inputs.iter().position(|input| input.problem.is_some())) {
            (Some(record), None) => {
                let doubt = self.inputs.iter().position(|input| matches!(input.note, Some(Note::Doubt(_))));
                let Some(doubt) = doubt.filter(|_| !enter_before) else {
                    return Outcome::Accept(record.clone());
                };
                self.current = doubt;
                self.message = Some(DOUBTS.into());
            }
            (_, wrong) => {
                self.accept_tried = true;
                self.inputs.iter_mut().for_each(|input| input.accept_tried = true);
                // Rather to the piece that is wrong than to the whole.
                let piece =
                    self.inputs.iter().position(|input| input.problem.is_some() && !input.blames_piece);
                self.current = piece.or(wrong).unwrap_or(self.current);
                self.message = Some("Not accepted yet: see the field marked !.".into());
            }
        }
        Outcome::Stay
    }

    /// The record's RDATA as it is in the zone, while its fields are as they were: then its octets stay too.
    fn unchanged_rdata(&self) -> Option<&Rdata> {
        let mut fields = self.inputs.iter().filter(|input| matches!(input.part, Part::Rdata(_)));
        let (_, rdata) = self.replaced.as_ref()?;
        fields.all(|input| !input.is_changed()).then_some(rdata)
    }

    /// Has anything been typed that closing the form would lose?
    pub fn is_changed(&self) -> bool {
        self.inputs.iter().any(|input| !input.is_piece() && input.is_changed())
    }

    pub fn rtype(&self) -> RecordType {
        self.rtype
    }

    /// What the table says of the type.
    pub fn info(&self) -> Option<&'static TypeInfo> {
        types::info(self.rtype)
    }

    /// Is a record edited, rather than added?
    pub fn is_edit(&self) -> bool {
        self.replaced.is_some()
    }

    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The index of the field that keys go to.
    pub fn current(&self) -> usize {
        self.current
    }

    /// What is wrong with each field, by the parser that reads zone files too; none wrong: Enter accepts.
    pub fn problems(&self) -> impl Iterator<Item = Option<&str>> {
        self.inputs.iter().map(|input| input.problem.as_deref())
    }

    /// What the last key led to, for the message line.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Where the TTL concerns more than this record: a sentence on that.
    pub fn set_note(&self) -> Option<&str> {
        self.set_note.as_deref()
    }

    /// What is to be said of the text as a whole: how long it is, what a policy costs.
    pub fn summary(&self) -> Option<&str> {
        self.summary.as_deref()
    }

    /// Where the record stands when the form has no field for it.
    pub fn fixed_owner(&self) -> Option<&Name> {
        self.inputs.iter().all(|input| input.part != Part::Owner).then_some(&self.fixed_owner)
    }

    /// The line of a zone file that the fields make, when they make one.
    pub fn zone_file_line(&self) -> Option<String> {
        let record = self.record.as_ref()?;
        Some(print_record(&record.owner, record.ttl, record.rtype, &record.rdata, Some(&self.origin)))
    }
}

/// The fields of a type; none where it is not in the table.
fn fields(rtype: RecordType) -> &'static [types::Field] {
    types::info(rtype).map_or(&[], |info| info.fields)
}

const DROPS: &str = "Esc again drops what you typed.";
const DOUBTS: &str = "Is that what you mean? See the field marked ?; Enter again accepts it.";

impl Input {
    fn new(part: Part, label: &'static str, hint: &'static str, example: &'static str, text: &str) -> Input {
        let field = Field::new(text);
        let initial = field.text();
        Input {
            part,
            label,
            hint,
            example,
            kind: None,
            choices: Choices::NONE,
            field,
            initial,
            problem: None,
            blames_piece: false,
            note: None,
            accept_tried: false,
        }
    }

    fn is_changed(&self) -> bool {
        self.field.text() != self.initial
    }

    /// Is it a part of another field's text?
    pub fn is_piece(&self) -> bool {
        matches!(self.part, Part::Piece(_))
    }

    /// Is its text often long?
    pub fn is_wide(&self) -> bool {
        use Kind::{Base64, Digest, Hex, Location, Strings, SvcParams, Text, Types};
        let long = matches!(
            self.kind,
            Some(Strings | Text | Hex | Digest(_) | Base64 | Types | SvcParams | Location)
        );
        long || self.kind.is_none() && matches!(self.part, Part::Rdata(_))
    }

    /// What is wrong, as it is shown: an empty field is not reproached before the person wants to go on.
    pub fn shown_problem(&self) -> Option<&str> {
        self.problem.as_deref().filter(|_| self.accept_tried || !self.field.is_empty())
    }
}

impl Accepted {
    /// The RRset that the record belongs to.
    pub fn key(&self) -> RrKey {
        RrKey::of_record(self.owner.as_ref(), self.rtype, &self.rdata)
    }

    /// What the person did, for the undo message: "add www A".
    pub fn label(&self, origin: &Name) -> String {
        let verb = if self.replaced.is_some() { "edit" } else { "add" };
        format!("{verb} {} {}", self.owner.relative_to(origin), self.rtype)
    }
}
