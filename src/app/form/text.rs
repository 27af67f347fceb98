//! TXT as one text: the strings that it is cut into are shown on demand, and kept where nobody edits it.

use super::{Form, Part};
use crate::edit::Field;
use crate::zone::name::NameRef;
use crate::zone::{Contents, RecordType, RrKey, types};

/// Longest character-string (RFC 1035 section 3.3).
const MAX_STRING: usize = 255;

/// Is it a text that readers put together of its strings?
fn is_one_text(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::TXT | RecordType::SPF)
}

/// Are the strings of the text at this name things of their own (RFC 6763 section 6)?
fn has_attributes(key: &RrKey) -> bool {
    let is = |label: &[u8]| [&b"_tcp"[..], b"_udp"].iter().any(|own| own.eq_ignore_ascii_case(label));
    key.owner.as_ref().labels().any(is)
}

/// The whole text of a record that is cut in an unusual way.
pub(super) fn joined(key: &RrKey, rdata: &[u8], _origin: NameRef<'_>) -> Option<String> {
    if !is_one_text(key.rtype) || has_attributes(key) { None } else { types::joined_text(rdata) }
}

impl Form {
    /// Shows the text as the strings that it is cut into, or as one again.
    pub(super) fn show_parts(&mut self, zone: Contents<'_>) {
        if !is_one_text(self.rtype) {
            self.message = Some("Only the text of TXT records is cut into parts.".into());
            return;
        }
        let kept = self.unchanged_rdata().cloned();
        let Some(input) = self.inputs.iter_mut().find(|input| input.part == Part::Rdata(0)) else { return };
        let text = input.field.text();
        let rdata = match &kept {
            Some(rdata) => Ok(rdata.clone()),
            None => types::parse_fields(self.rtype, &[text.as_str()], self.origin.as_ref()),
        };
        let Ok(rdata) = rdata else {
            self.message = Some("The text is not right yet: see the field marked !.".into());
            return;
        };
        let shown = match text.trim_start().starts_with('"') {
            true => types::joined_text(&rdata),
            false => Some(types::format_rdata(self.rtype, &rdata, None)),
        };
        let Some(shown) = shown else {
            self.message =
                Some("It has octets that are no text: they are written as \\DDD, between quotes.".into());
            return;
        };
        input.field = Field::new(&shown);
        if kept.is_some() {
            input.initial = shown;
        }
        self.current =
            self.inputs.iter().position(|input| input.part == Part::Rdata(0)).unwrap_or(self.current);
        self.check(zone);
    }

    /// Says how long the text is, where it is cut.
    pub(super) fn note_text(&mut self, rdata: Option<&[u8]>) {
        let Some(rdata) = rdata.filter(|_| is_one_text(self.rtype)) else { return };
        let lengths: Vec<usize> = types::strings(rdata).map(<[u8]>::len).collect();
        let Some((_, full)) = lengths.split_last().filter(|(_, full)| !full.is_empty()) else { return };
        let total: usize = lengths.iter().sum();
        let parts: Vec<String> = lengths.iter().take(8).map(usize::to_string).collect();
        let more = if lengths.len() > parts.len() { ", ..." } else { "" };
        let unusual = full.iter().any(|length| *length != MAX_STRING);
        let as_text = self.input(Part::Rdata(0)).is_some_and(|input| !input.field.text().starts_with('"'));
        let kept = if unusual && as_text { "; stays so until the text is edited" } else { "" };
        self.summary = Some(format!(
            "{total} octets in {} parts ({}{more}){kept}. Alt-P shows {}.",
            lengths.len(),
            parts.join(", "),
            if as_text { "them" } else { "one text" }
        ));
    }
}
