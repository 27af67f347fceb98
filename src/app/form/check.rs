//! What is wrong with a form's fields, and what is to be said about them.
//!
//! Text is judged by the parsers that read zone files; what the record meets in the zone is judged here.

use super::{Accepted, Form, Input, Note, Part, idn};
use crate::zone::name::NameError;
use crate::zone::ttl::{self, MAX_TTL};
use crate::zone::types::{self, Kind};
use crate::zone::update::stands_beside_cname;
use crate::zone::{Contents, Name, Rdata, RecordType, RrKey, RrSet};

const LOC: RecordType = RecordType(29);

impl Form {
    /// Looks at all fields again: problems, notes, and the record that they make.
    pub(super) fn check(&mut self, zone: Contents<'_>) {
        self.join_pieces();
        for input in &mut self.inputs {
            (input.problem, input.note, input.blames_piece) = (None, None, false);
        }
        (self.record, self.set_note, self.is_there) = (None, None, false);
        self.summary = None;
        let owner = self.check_owner(zone);
        let rdata = self.check_rdata();
        let key = owner.map(|owner| match &rdata {
            Some(rdata) => RrKey::of_record(owner.as_ref(), self.rtype, rdata),
            None => RrKey::new(owner, self.rtype),
        });
        let set = key.as_ref().and_then(|key| self.others(key, zone));
        self.follow_ttl(set.as_ref());
        let ttl = self.check_ttl(set.as_ref());
        self.note_text(rdata.as_deref());
        self.note_pieces();
        self.note_soa(zone);
        let (Some(key), Some(rdata)) = (key, rdata) else { return };
        if let Some(set) = set.filter(|set| set.contains(self.rtype, &rdata)) {
            self.is_there = ttl == Some(set.ttl);
            let text = format!("{} already has this {} record", key.owner, self.rtype);
            self.set_problem(self.first_rdata(), text);
        }
        let valid = self.inputs.iter().all(|input| input.problem.is_none());
        let Some(ttl) = ttl.filter(|_| valid) else { return };
        self.record = Some(Accepted {
            owner: key.owner,
            rtype: self.rtype,
            ttl,
            rdata,
            replaced: self.replaced.clone(),
        });
    }

    fn set_problem(&mut self, index: usize, text: String) {
        if let Some(input) = self.inputs.get_mut(index) {
            input.problem.get_or_insert(text);
        }
    }

    fn check_owner(&mut self, zone: Contents<'_>) -> Option<Name> {
        let mut owner = Ok(self.fixed_owner.clone());
        if let Some(input) = self.inputs.iter_mut().find(|input| input.part == Part::Owner) {
            owner = parse_owner(input.field.text().trim(), &self.origin);
            input.note = name_note(&input.field.text(), &self.origin);
        }
        let result = owner.and_then(|owner| match self.clash(&owner, zone) {
            Some(problem) => Err(problem),
            None => Ok(owner),
        });
        match result {
            Ok(owner) => Some(owner),
            Err(problem) => {
                // The owner's field comes first; without one the first field has to carry the message.
                self.set_problem(0, problem);
                None
            }
        }
    }

    /// Why a record of this type cannot stand at this name.
    fn clash(&self, owner: &Name, zone: Contents<'_>) -> Option<String> {
        let rtype = self.rtype;
        if rtype.is_meta() {
            return Some(format!("{rtype} is used in messages only; it cannot stand in a zone"));
        }
        let there = zone.keys_at(owner);
        if rtype == RecordType::CNAME {
            if *owner == self.origin {
                return Some("a CNAME cannot stand at the zone's own name; use A and AAAA, or HTTPS".into());
            }
            let mut others: Vec<_> = (there.iter().map(|key| key.rtype))
                .filter(|other| !stands_beside_cname(*other))
                .map(|other| other.to_string())
                .collect();
            others.dedup();
            if !others.is_empty() {
                let others = others.join(", ");
                return Some(format!(
                    "{owner} has {others}; a CNAME must be alone: delete what is there first"
                ));
            }
        } else if !stands_beside_cname(rtype) && there.iter().any(|key| key.rtype == RecordType::CNAME) {
            return Some(format!(
                "{owner} is an alias (CNAME) and can have nothing else: delete the CNAME first"
            ));
        }
        let taken = rtype.is_singleton() && self.others(&RrKey::new(owner.clone(), rtype), zone).is_some();
        taken.then(|| format!("{owner} already has its {rtype}; edit that one"))
    }

    /// The RRset of this key without the record that is being edited; `None` where nothing is left.
    fn others(&self, key: &RrKey, zone: Contents<'_>) -> Option<RrSet> {
        let mut set = zone.get(key)?;
        if let Some((_, rdata)) = self.replaced.as_ref().filter(|(old_key, _)| old_key == key)
            && let Some(place) = set.position(key.rtype, rdata)
        {
            set.rdata.remove(place);
            if place < set.mixed_ttls.len() {
                set.mixed_ttls.remove(place);
            }
        }
        Some(set).filter(|set| !set.rdata.is_empty())
    }

    /// Until a TTL is typed it is that of the set that the new record joins, so that adding changes no TTL.
    fn follow_ttl(&mut self, set: Option<&RrSet>) {
        if let Some(default) = self.default_ttl
            && let Some(input) = self.inputs.iter_mut().find(|input| input.part == Part::Ttl)
        {
            let text = ttl::short(set.map_or(default, |set| set.ttl));
            if input.initial != text {
                *input = Input::new(Part::Ttl, input.label, input.hint, input.example, &text);
                input.accept_tried = self.accept_tried;
            }
        }
    }

    fn check_ttl(&mut self, set: Option<&RrSet>) -> Option<u32> {
        let input = self.inputs.iter_mut().find(|input| input.part == Part::Ttl)?;
        let text = input.field.text();
        let Some(value) = ttl::parse(text.trim().as_bytes()).filter(|value| *value <= MAX_TTL) else {
            input.problem =
                Some(format!("a TTL is a number of seconds up to {MAX_TTL}, or with units: 1h30m"));
            return None;
        };
        let meaning = if text.trim() == value.to_string() { ttl::short(value) } else { format!("{value} s") };
        input.note = (meaning != text.trim()).then_some(Note::Means(meaning));
        if let Some(set) = set {
            let records = set.rdata.len().saturating_add(1);
            let now = if set.ttl != value || !set.mixed_ttls.is_empty() {
                format!("; the others have {} now", ttl::short(set.ttl))
            } else {
                String::new()
            };
            self.set_note = Some(format!("This TTL is that of all {records} records of the set{now}."));
        }
        Some(value)
    }

    fn check_rdata(&mut self) -> Option<Rdata> {
        let first = self.first_rdata();
        let fields = self.inputs.iter().filter(|input| matches!(input.part, Part::Rdata(_)));
        let mut texts: Vec<String> =
            fields.map(|input| idn::rdata_text(input.kind, input.field.text())).collect();
        self.read_soa(&mut texts);
        let mut good: Vec<&str> = texts.iter().map(String::as_str).collect();
        let origin = self.origin.as_ref();
        let result = match self.unchanged_rdata() {
            Some(rdata) => Ok(rdata.clone()),
            None => types::parse_fields(self.rtype, &good, origin),
        };
        // The parser stops at the first field that is wrong. With the example in its place it looks at the rest.
        let mut error = result.as_ref().err().cloned();
        let mut replaced = false;
        while let Some(found) = error {
            let wrong = found.field.min(texts.len().saturating_sub(1));
            let (Some(input), Some(text)) = (self.inputs.get_mut(first + wrong), good.get_mut(wrong)) else {
                break;
            };
            if *text == input.example {
                // An example is wrong only beside a field that is.
                if !replaced {
                    input.problem = Some(found.message);
                }
                break;
            }
            // What is right there may be said by a field before it, which may be an example now.
            if !(replaced && input.kind.is_some_and(Kind::depends_on_others)) {
                input.problem = Some(found.message);
            }
            *text = input.example;
            replaced = true;
            error = types::parse_fields(self.rtype, &good, origin).err();
        }
        for input in self.inputs.iter_mut() {
            let text = input.field.text();
            match input.kind {
                Some(Kind::Name | Kind::PlainName) if input.problem.is_some() => {
                    input.problem = idn::problem(&text).or(input.problem.take());
                }
                Some(Kind::Name | Kind::PlainName) => input.note = name_note(&text, &self.origin),
                Some(Kind::Location) => input.note = location_note(&text, result.as_deref().ok()),
                _ if input.problem.is_none() && matches!(input.part, Part::Rdata(_)) => {
                    input.note = input.choices.words(&text).map(|words| Note::Means(words.into()));
                }
                _ => {}
            }
        }
        result.ok()
    }
}

/// What decimal degrees were taken for.
fn location_note(text: &str, rdata: Option<&[u8]>) -> Option<Note> {
    let meaning = types::format_rdata(LOC, rdata?, None);
    (!text.contains(['N', 'S', 'n', 's'])).then_some(Note::Means(meaning))
}

fn parse_owner(text: &str, origin: &Name) -> Result<Name, String> {
    let typed = idn::to_a_labels(text)?;
    let text = typed.as_str();
    if let Some(character) = bare_special(text) {
        return Err(format!("a name holds {character:?} only as an escape: \\{:03}", u32::from(character)));
    }
    let owner = Name::parse(text.as_bytes(), Some(origin.as_ref())).map_err(|error| match error {
        NameError::Empty => format!("type a name, or @ for {origin} itself"),
        other => other.to_string(),
    })?;
    if owner.is_at_or_below(origin) { Ok(owner) } else { Err(format!("{owner} is not in the zone {origin}")) }
}

/// The first character that would end a name in a zone file.
fn bare_special(text: &str) -> Option<char> {
    let mut escaped = false;
    text.chars().find(|character| {
        let bare = !escaped && matches!(character, '\0'..=' ' | '"' | '(' | ')' | ';' | '\x7f');
        escaped = !escaped && *character == '\\';
        bare
    })
}

/// What a name in a field means where that is not plain from its text.
fn name_note(text: &str, origin: &Name) -> Option<Note> {
    let typed = idn::to_a_labels(text.trim()).ok()?;
    let text = typed.as_str();
    let full = Name::parse(text.as_bytes(), Some(origin.as_ref())).ok()?;
    let shown = idn::with_u_labels(&full);
    if shown == text {
        return None;
    }
    if text.parse::<std::net::IpAddr>().is_ok() {
        return Some(Note::Doubt(format!("an address where a name is wanted? this means {shown}")));
    }
    if lacks_final_dot(text, origin) {
        return Some(Note::Doubt(format!("no final dot? this means {shown}")));
    }
    Some(Note::Means(shown))
}

/// Does a relative name look as if its final dot was forgotten: it has dots and ends like the zone's name?
fn lacks_final_dot(text: &str, origin: &Name) -> bool {
    let Ok(typed) = Name::parse(format!("{text}.").as_bytes(), None) else { return false };
    let last = |name: &Name| name.as_ref().labels().last().map(<[u8]>::to_ascii_lowercase);
    let relative = text != "@" && !text.ends_with('.') && !origin.as_ref().is_root();
    let labels = typed.as_ref().labels().count();
    relative && (typed.is_at_or_below(origin) || labels > 1 && last(&typed) == last(origin))
}
