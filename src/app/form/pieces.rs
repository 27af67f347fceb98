//! Texts with a form of their own, taken apart into pieces that are fields: policies for mail in TXT records, the
//! values of CAA, the parameters of SVCB and HTTPS, and names such as `_sip._tcp`.
//!
//! A piece and the field that it is from are two views of one text: what is typed into one is seen in the other, and
//! octets that nobody touched stay as they are. What pieces mean is said in words; judging them is for `notes`.

mod caa;
mod owner;
mod spf;
mod svcb;
mod tags;
#[cfg(test)]
mod tests;

use super::choices::Choices;
use super::{Form, Input, Note, Part};
use crate::edit::Field;
use crate::zone::RecordType;

/// A text taken apart.
#[derive(Debug, Clone)]
pub(super) struct Apart {
    /// The field that it is the text of.
    pub of: Part,
    kind: Kind,
    /// What stands before the first piece.
    lead: String,
    /// Does the lead come with the first piece that has a value?
    lead_is_new: bool,
    pub pieces: Vec<Piece>,
    /// What stands after the last.
    tail: String,
}

/// What the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Spf,
    Tags(tags::Policy),
    Caa,
    Parameters,
    Service,
}

/// A piece as a field.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// How the text calls it: the tag, the parameter.
    key: String,
    label: &'static str,
    hint: &'static str,
    example: &'static str,
    choices: Choices,
    /// What stands before and after the value, where there is one.
    head: String,
    foot: String,
    value: String,
    /// Does it stand in the text although its value is empty?
    is_empty_there: bool,
}

/// What is known of a piece that can be in a text.
#[derive(Debug, Clone, Copy)]
struct Known {
    key: &'static str,
    label: &'static str,
    hint: &'static str,
    example: &'static str,
    choices: Choices,
}

const fn known(
    key: &'static str,
    label: &'static str,
    hint: &'static str,
    example: &'static str,
    choices: Choices,
) -> Known {
    Known { key, label, hint, example, choices }
}

impl Known {
    /// A piece that is not there yet.
    fn absent(&self, head: String, foot: &str) -> Piece {
        Piece {
            key: self.key.into(),
            label: self.label,
            hint: self.hint,
            example: self.example,
            choices: self.choices,
            head,
            foot: foot.into(),
            value: String::new(),
            is_empty_there: false,
        }
    }
}

/// Most pieces that become fields; a text with more stays one.
const MOST: usize = 64;

impl Apart {
    /// What a form's texts are made of; `None` where there is nothing to take apart.
    fn find(form: &Form) -> Option<Apart> {
        let text = |part| form.input(part).map(|input| input.field.text());
        let owner = text(Part::Owner)
            .unwrap_or_else(|| form.fixed_owner.relative_to(&form.origin))
            .to_ascii_lowercase();
        let apart = match form.rtype {
            RecordType::TXT => {
                let value = text(Part::Rdata(0))?;
                let value = value.trim();
                spf::apart(value).or_else(|| tags::apart(value, &owner))
            }
            RecordType::CAA => caa::apart(&text(Part::Rdata(1))?, &text(Part::Rdata(2))?),
            RecordType::SVCB | RecordType::HTTPS => {
                svcb::apart(&text(Part::Rdata(2))?, form.rtype == RecordType::SVCB)
            }
            RecordType::SRV | RecordType::TLSA => owner::apart(&text(Part::Owner)?, form.rtype),
            _ => None,
        };
        apart.filter(|apart| apart.pieces.len() <= MOST)
    }

    /// The text that the pieces make.
    fn text(&self) -> String {
        let mut text = String::new();
        for piece in self.pieces.iter().filter(|piece| !piece.value.is_empty() || piece.is_empty_there) {
            text.push_str(&piece.head);
            text.push_str(&piece.value);
            text.push_str(&piece.foot);
        }
        let lead = if text.is_empty() && self.lead_is_new { "" } else { &self.lead };
        let whole = format!("{lead}{text}{}", self.tail);
        match self.kind {
            // What parted the first one from nothing.
            Kind::Parameters => whole.trim_start().to_owned(),
            Kind::Tags(_) if lead.is_empty() => whole.trim_start_matches([';', ' ']).to_owned(),
            _ => whole,
        }
    }

    /// What is said of a text as a whole.
    fn summary(&self) -> Option<String> {
        match self.kind {
            Kind::Spf => Some(spf::summary(&self.text())),
            Kind::Caa if self.text().trim_start().starts_with(';') => {
                Some("No authority is named: nobody may issue.".into())
            }
            _ => None,
        }
    }
}

impl Form {
    pub(super) fn input(&self, part: Part) -> Option<&Input> {
        self.inputs.iter().find(|input| input.part == part)
    }

    /// Brings the pieces and the text that they are from together: the one that has the cursor decides.
    pub(super) fn join_pieces(&mut self) {
        let at_piece = self.inputs.get(self.current).is_some_and(|input| input.is_piece());
        match at_piece {
            true => self.put_together(),
            false => self.take_apart(),
        }
    }

    /// Makes the text of the pieces.
    fn put_together(&mut self) {
        let Some(apart) = &mut self.apart else { return };
        for input in &self.inputs {
            if let Part::Piece(index) = input.part
                && let Some(piece) = apart.pieces.get_mut(index)
            {
                let value = input.field.text().trim().to_owned();
                piece.is_empty_there &= value == piece.value;
                piece.value = value;
            }
        }
        let (of, text) = (apart.of, apart.text());
        if let Some(input) = self.inputs.iter_mut().find(|input| input.part == of)
            && input.field.text() != text
        {
            input.field = Field::new(&text);
        }
    }

    /// Makes the pieces of the text anew. The cursor stays in its field.
    pub(super) fn take_apart(&mut self) {
        let there: Vec<Part> = self.inputs.iter().map(|input| input.part).collect();
        let current = there.get(self.current).copied();
        self.inputs.retain(|input| !input.is_piece());
        self.apart = Apart::find(self);
        if let Some(apart) = &self.apart
            && let Some(parent) = self.inputs.iter().position(|input| input.part == apart.of)
        {
            let pieces = apart.pieces.iter().enumerate().map(|(index, piece)| {
                let mut input =
                    Input::new(Part::Piece(index), piece.label, piece.hint, piece.example, &piece.value);
                input.accept_tried = self.accept_tried;
                input.choices = piece.choices;
                input
            });
            let pieces: Vec<Input> = pieces.collect();
            self.inputs.splice(parent + 1..parent + 1, pieces);
        }
        let same = |part: Part| self.inputs.iter().position(|input| input.part == part);
        let at = current.and_then(|part| same(part).or_else(|| same(self.apart.as_ref()?.of)));
        self.current = at.unwrap_or(self.current).min(self.inputs.len().saturating_sub(1));
    }

    /// Says beside each piece what it means, or what is wrong with it.
    pub(super) fn note_pieces(&mut self) {
        let Some(apart) = &self.apart else { return };
        self.summary = apart.summary().or(self.summary.take());
        let parent_wrong = self.input(apart.of).and_then(|input| input.problem.clone());
        let mut blamed = false;
        for input in &mut self.inputs {
            let Part::Piece(index) = input.part else { continue };
            let Some(piece) = apart.pieces.get(index).filter(|piece| !piece.value.is_empty()) else {
                continue;
            };
            let said = match apart.kind {
                Kind::Spf => Some(spf::words(&piece.value)),
                Kind::Tags(policy) => tags::words(policy, &piece.key, &piece.value, apart),
                Kind::Caa => caa::words(&piece.key, &piece.value),
                Kind::Parameters => {
                    if parent_wrong.is_some() {
                        input.problem = svcb::problem(piece, &self.origin);
                        blamed |= input.problem.is_some();
                    }
                    None
                }
                Kind::Service => None,
            };
            input.note =
                said.or_else(|| input.choices.words(&piece.value).map(|words| Note::Means(words.into())));
        }
        if blamed && let Some(input) = self.inputs.iter_mut().find(|input| input.part == apart.of) {
            input.blames_piece = true;
        }
    }
}

/// A tag of such a text, if it has one with a value.
fn value<'a>(apart: &'a Apart, key: &str) -> Option<&'a str> {
    let piece = apart.pieces.iter().find(|piece| piece.key == key)?;
    Some(piece.value.as_str()).filter(|value| !value.is_empty())
}
