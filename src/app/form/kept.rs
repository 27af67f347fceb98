//! A form as it is kept on disk, and opened again from there.

use super::{Form, Input, Part};
use crate::facts::OpenForm;
use crate::zone::Contents;

impl Form {
    /// What is to be kept of it.
    pub fn kept(&self) -> OpenForm {
        OpenForm {
            values_of: None,
            rtype: self.rtype,
            owner: self.fixed_owner().cloned(),
            replaced: self.replaced.clone(),
            fields: self.own_inputs().map(|input| input.field.text()).collect(),
            current: self.current,
        }
    }

    /// The form that was kept, over the zone as the draft makes it now. Where the record that was edited is not there
    /// any more, the form adds one. `default_ttl`: see [`Form::add`].
    pub fn reopened(kept: &OpenForm, zone: Contents<'_>, default_ttl: u32) -> Form {
        let edited = kept.replaced.as_ref().and_then(|(key, rdata)| {
            let index = zone.get(key)?.position(key.rtype, rdata)?;
            Form::edit(key, index, zone)
        });
        let owner = kept.owner.as_ref().or(kept.replaced.as_ref().map(|(key, _)| &key.owner));
        let mut form = edited.unwrap_or_else(|| Form::add(kept.rtype, owner, zone, default_ttl));
        if kept.owner.is_some() {
            form = form.without_name(zone);
        }
        for (input, text) in form.inputs.iter_mut().filter(|input| !input.is_piece()).zip(&kept.fields) {
            if input.field.text() != *text {
                input.field = crate::edit::Field::new(text);
                if input.part == Part::Ttl {
                    form.default_ttl = None;
                }
            }
        }
        form.take_apart();
        form.current = kept.current.min(form.inputs.len().saturating_sub(1));
        form.check(zone);
        form
    }

    /// The fields that are not made of others.
    fn own_inputs(&self) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(|input| !input.is_piece())
    }

    /// Is there nothing left to do with it? So it is when the program ended after the step was written, and before the
    /// form was forgotten.
    pub fn is_done(&self) -> bool {
        self.is_there || !self.is_changed()
    }
}
